// The exact order of what is drawn: an indexed heap with four children a node. It holds the ticks that time has
// reached, so as a rule a few hundred deadlines, and all of them when a million fall due in one tick.

import HujiaContainers

extension DeadlineWheel {
  package struct Entry: BitwiseCopyable {
    var due_ns: Int64
    var slot: UInt32

    func isBefore(_ other: Entry) -> Bool {
      due_ns != other.due_ns ? due_ns < other.due_ns : slot < other.slot
    }
  }

  /// Four entries fill a cache line, and the blocks of `Memory` start on one: with three entries left free in front,
  /// the children of place p (4p + 1 ... 4p + 4) share a line.
  static var free: Int { 3 }
  var heap: UnsafeMutablePointer<Entry> { entries.base + Self.free }

  mutating func push(_ entry: Entry) {
    drawnCount += 1
    rise(entry, from: drawnCount - 1)
  }

  /// The entry at `place` has another due time now.
  func moveDrawn(_ entry: Entry, at place: Int) {
    if entry.isBefore(heap[place]) { rise(entry, from: place) } else { sink(entry, from: place) }
  }

  mutating func removeDrawn(at place: Int) {
    drawnCount -= 1
    guard place < drawnCount else { return }
    let last = heap[drawnCount]
    if place > 0, last.isBefore(heap[(place - 1) / 4]) {
      rise(last, from: place)
    } else {
      sink(last, from: place)
    }
  }

  private func put(_ entry: Entry, at place: Int) {
    heap[place] = entry
    links[entry.slot].before = Self.isDrawn | UInt32(truncatingIfNeeded: place)
  }

  private func rise(_ entry: Entry, from start: Int) {
    var place = start
    while place > 0 {
      let parent = (place - 1) / 4
      guard entry.isBefore(heap[parent]) else { break }
      put(heap[parent], at: place)
      place = parent
    }
    put(entry, at: place)
  }

  private func sink(_ entry: Entry, from start: Int) {
    var place = start
    while true {
      let first = place * 4 + 1
      guard first < drawnCount else { break }
      var least = first
      var child = first + 1
      let end = min(first + 4, drawnCount)
      while child < end {
        if heap[child].isBefore(heap[least]) { least = child }
        child += 1
      }
      guard heap[least].isBefore(entry) else { break }
      put(heap[least], at: place)
      place = least
    }
    put(entry, at: place)
  }
}
