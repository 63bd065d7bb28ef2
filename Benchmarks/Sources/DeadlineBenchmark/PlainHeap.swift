// The rival of the same order: what our structure was until 0.2.

import HujiaContainers

/// Everything in one indexed heap with four children a node: exact order, O(log n).
struct PlainHeap: ~Copyable, Deadlines {
  private struct Entry: BitwiseCopyable {
    var due_ns: Int64
    var slot: UInt32

    func isBefore(_ other: Entry) -> Bool {
      due_ns != other.due_ns ? due_ns < other.due_ns : slot < other.slot
    }
  }

  /// Left free in front, so that the children of a node share a cache line.
  private static var free: Int { 3 }

  private let words: Block<UInt64>
  /// Place in the heap + 1 of each slot; 0 = not armed.
  private let places: Block<UInt32>
  private var count = 0

  init(_ memory: Memory, capacity: Int) throws(OutOfMemory) {
    let words = try Block<UInt64>(memory, count: (capacity + Self.free) * 2)
    let places = try Block<UInt32>(memory, count: capacity)
    self.words = words
    self.places = places
  }

  private var heap: UnsafeMutablePointer<Entry> {
    UnsafeMutableRawPointer(words.base).assumingMemoryBound(to: Entry.self) + Self.free
  }

  mutating func arm(slot: UInt32, due_ns: Int64) {
    let entry = Entry(due_ns: due_ns, slot: slot)
    if places[slot] == 0 {
      count += 1
      rise(entry, from: count - 1)
    } else {
      let place = Int(places[slot]) - 1
      if entry.isBefore(heap[place]) { rise(entry, from: place) } else { sink(entry, from: place) }
    }
  }

  mutating func cancel(slot: UInt32) {
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

  mutating func popDue(now_ns: Int64) -> UInt32? {
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
