// When promises fall due. One fixed-capacity structure; `now` is an argument, never read here. An
// indexed heap with four children a node. At a million live (Benchmarks/DeadlineBenchmark): cancel
// + arm 56 ns, expiry 220 ns, against 450 and 1,400 ns of libuv's heap. A flat calendar wheel does
// the same in 20 and 40 ns, but it knows no order within a tick and scans everything after a long
// sleep; a hierarchical one cascades for 1.4 ms. Here the order is exact and a turn costs what it
// fires, however far `now` has jumped.

import HujiaContainers

/// Deadlines named by the caller's slot numbers 0 ..< capacity. Arm, re-arm, cancel, pop: O(log n),
/// no allocation. Pops in order of due time, then of slot, never before `now` has reached the due
/// time, each armed deadline once.
package struct DeadlineWheel: ~Copyable {
  package struct Entry: BitwiseCopyable {
    var due_ns: Int64
    var slot: UInt32

    func isBefore(_ other: Entry) -> Bool {
      due_ns != other.due_ns ? due_ns < other.due_ns : slot < other.slot
    }
  }

  /// Four entries fill a cache line, and the blocks of `Memory` start on one: with three entries
  /// left free in front, the children of place p (4p + 1 ... 4p + 4) share a line.
  private static var free: Int { 3 }

  private let entries: Block<Entry>
  /// Place in the heap + 1 of each slot; 0 = not armed.
  private let places: Block<UInt32>
  package private(set) var count = 0

  package init(_ memory: Memory, capacity: Int) throws(OutOfMemory) {
    precondition(capacity < Int(UInt32.max))
    let entries = try Block<Entry>(memory, count: capacity + Self.free)
    let places = try Block<UInt32>(memory, count: capacity)
    self.entries = entries
    self.places = places
  }

  package var capacity: Int { places.count }
  private var heap: UnsafeMutablePointer<Entry> { entries.base + Self.free }

  package func isArmed(slot: UInt32) -> Bool { places[slot] != 0 }

  /// The earliest due time; `Int64.max` when nothing is armed. O(1).
  package var next_due_ns: Int64 { count == 0 ? .max : heap[0].due_ns }

  /// When an armed slot is due; `Int64.max` when it is not armed. O(1).
  package func due_ns(of slot: UInt32) -> Int64 {
    places[slot] == 0 ? .max : heap[Int(places[slot]) - 1].due_ns
  }

  /// Arms a slot, or moves it when it is armed.
  package mutating func arm(slot: UInt32, due_ns: Int64) {
    let entry = Entry(due_ns: due_ns, slot: slot)
    if places[slot] == 0 {
      count += 1
      rise(entry, from: count - 1)
    } else {
      let place = Int(places[slot]) - 1
      if entry.isBefore(heap[place]) { rise(entry, from: place) } else { sink(entry, from: place) }
    }
  }

  /// Takes a slot out; nothing happens when it is not armed.
  package mutating func cancel(slot: UInt32) {
    guard places[slot] != 0 else { return }
    let place = Int(places[slot]) - 1
    places[slot] = 0
    count -= 1
    guard place < count else { return }
    let last = heap[count]
    if place > 0, last.isBefore(heap[(place - 1) / 4]) {
      rise(last, from: place)
    } else {
      sink(last, from: place)
    }
  }

  /// The next deadline with due <= now, taken out; nil when none is due.
  package mutating func popDue(now_ns: Int64) -> UInt32? {
    guard count > 0, heap[0].due_ns <= now_ns else { return nil }
    let slot = heap[0].slot
    cancel(slot: slot)
    return slot
  }

  private func put(_ entry: Entry, at place: Int) {
    heap[place] = entry
    places[entry.slot] = UInt32(place + 1)
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
      guard first < count else { break }
      var least = first
      var child = first + 1
      let end = min(first + 4, count)
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
