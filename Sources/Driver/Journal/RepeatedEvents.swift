// Events that may have been handed out before the engine was rebuilt, and were not acknowledged: they come again.

import HujiaEngine

/// In order of their numbers, read from the front. Under the baton nothing moves and nothing is freed.
struct RepeatedEvents {
  private let events: [Event]
  private var next = 0

  init(_ events: [Event] = []) {
    self.events = events.map { event in
      var event = event
      event.isRepeated = true
      return event
    }
  }

  var isEmpty: Bool { next == events.count }
  var oldest: Event? { isEmpty ? nil : events[next] }

  mutating func removeOldest() {
    if !isEmpty { next += 1 }
  }

  /// Returns how many it looked at: all of them may be acknowledged in one turn, so it halves what is left.
  @discardableResult
  mutating func forget(upTo sequence: UInt64) -> Int {
    var looks = 0
    var end = events.count
    while next < end {
      looks += 1
      let middle = next + (end - next) / 2
      if events[middle].sequence <= sequence { next = middle + 1 } else { end = middle }
    }
    return looks
  }
}
