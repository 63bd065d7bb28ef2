// Events that a host has taken and not said that it handled: after a recovery they come again.

import HujiaContainers

/// The newest so many, oldest first. Note, forget: O(1).
package struct HandedEvents: ~Copyable {
  private let inPlace = InPlace()
  private var ring: Ring<Event>

  package init(_ memory: Memory, capacity: Int) throws(OutOfMemory) {
    ring = try Ring(memory, capacity: capacity)
  }

  package var count: Int { ring.count }
  package func event(_ index: Int) -> Event { ring.element(index) }

  /// It was handed out. The oldest goes where there is no room.
  mutating func note(_ event: borrowing Event) {
    if ring.count == ring.capacity { ring.dropFirst() }
    ring.appendUnfilled()?.pointee = copy event
  }

  /// Those up to this number were handled.
  mutating func forget(upTo sequence: UInt64) {
    while !ring.isEmpty, ring.first.sequence <= sequence { ring.dropFirst() }
  }

  /// Between two commands. O(events).
  func validate(_ invariants: inout Invariants, newest: UInt64) {
    var last: UInt64 = 0
    for index in 0..<ring.count {
      let sequence = ring.element(index).sequence
      invariants.hold(last < sequence, "events that were handed out stand in order", index)
      last = sequence
    }
    invariants.hold(last <= newest, "an event that was handed out has been written", last)
  }

  /// In a state; of a smaller ring than it was, the newest stay.
  package mutating func code(_ coder: inout StateCoder) {
    coder.section(0x646e_6148)
    var length = ring.count
    coder.code(count: &length, most: Int(UInt32.max))
    for index in 0..<length {
      var event = coder.isReading ? Event.blank : ring.element(index)
      event.code(&coder)
      guard coder.isGood else { return }
      if coder.isReading { note(event) }
    }
  }
}
