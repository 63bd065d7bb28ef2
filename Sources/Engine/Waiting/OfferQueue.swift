// Units that became free and are offered to what waits, the most urgent first, in slices.

import HujiaContainers

/// Up to where a unit has been offered: nothing before this is for it. The order of offers.
struct OfferKey: BitwiseCopyable, Comparable {
  var tier: UInt8
  var key: WaitingKey

  /// Nothing is known yet.
  static var least: OfferKey { OfferKey(tier: 0, key: .least) }

  @inline(__always) static func < (a: OfferKey, b: OfferKey) -> Bool {
    a.tier != b.tier ? a.tier < b.tier : a.key < b.key
  }
}

/// A heap of units by the least key of what each may serve; equal keys by slot. Push and pop: O(log units).
struct OfferQueue: ~Copyable {
  private let inPlace = InPlace()
  private let heap: Block<UInt32>
  private let bounds: Block<OfferKey>
  /// By unit: its place in the heap + 1; 0 = not in it.
  private let places: Block<UInt32>
  private(set) var count = 0

  /// 32 bytes a unit.
  init(_ memory: Memory, units: Int) throws(OutOfMemory) {
    let heap = try Block<UInt32>(memory, count: units)
    let bounds = try Block<OfferKey>(memory, count: units)
    let places = try Block<UInt32>(memory, count: units)
    self.heap = heap
    self.bounds = bounds
    self.places = places
  }

  var least: OfferKey? { count == 0 ? nil : bounds[heap[0]] }

  /// A unit that is in the queue already gets the new bound.
  mutating func push(_ unit: UInt32, from bound: OfferKey) {
    bounds[unit] = bound
    if places[unit] == 0 {
      heap[count] = unit
      count += 1
      places[unit] = UInt32(count)
    }
    settle(Int(places[unit]) - 1)
  }

  /// The unit with the least bound; nil when none waits.
  mutating func pop() -> (unit: UInt32, bound: OfferKey)? {
    guard count > 0 else { return nil }
    let unit = heap[0]
    places[unit] = 0
    count -= 1
    if count > 0 {
      heap[0] = heap[count]
      places[heap[0]] = 1
      settle(0)
    }
    return (unit, bounds[unit])
  }

  /// A place in the heap whose unit's bound is in a tier before `tier`: the first of them, or the one behind `place`.
  func place(before tier: UInt8, after place: Int?) -> Int? {
    func stands(_ place: Int) -> Bool { place < count && bounds[heap[place]].tier < tier }
    guard var index = place else { return stands(0) ? 0 : nil }
    if stands(index * 2 + 1) { return index * 2 + 1 }
    if stands(index * 2 + 2) { return index * 2 + 2 }
    // Up to the next that is a left child and has a right sibling.
    while index > 0 {
      if index % 2 == 1, stands(index + 1) { return index + 1 }
      index = (index - 1) / 2
    }
    return nil
  }

  func unit(at place: Int) -> UInt32 { heap[place] }

  /// Empties the queue, as far as the steps go.
  mutating func removeAll(_ steps: inout Int) {
    while count > 0, steps > 0 {
      count -= 1
      places[heap[count]] = 0
      steps -= 1
    }
  }

  private func isBefore(_ a: UInt32, _ b: UInt32) -> Bool {
    bounds[a] < bounds[b] || bounds[a] == bounds[b] && a < b
  }

  // In a state

  /// In the order of the heap, so that it is the same again.
  mutating func code(_ coder: inout StateCoder) {
    coder.section(0x7266_664f)
    coder.code(count: &count, most: heap.count)
    for index in 0..<count {
      coder.code(&heap[index], below: bounds.count)
      let unit = heap[index]
      coder.code(&bounds[unit].tier, 0...Tier.preventive.rawValue)
      bounds[unit].key.code(&coder)
      guard coder.isReading else { continue }
      coder.demand(places[unit] == 0, "a unit is on offer twice")
      places[unit] = UInt32(index + 1)
    }
  }

  /// Between two commands. O(units).
  func validate(_ invariants: inout Invariants) {
    for index in 0..<count {
      invariants.hold(
        Int(places[heap[index]]) == index + 1, "a unit on offer knows its place", heap[index])
      invariants.hold(
        index == 0 || !isBefore(heap[index], heap[(index - 1) / 2]),
        "no unit on offer stands behind one that may wait longer", heap[index])
    }
    var queued = 0
    for unit in 0..<places.count where places[unit] != 0 { queued += 1 }
    invariants.hold(queued == count, "only what is on offer has a place there", queued)
  }

  private mutating func settle(_ start: Int) {
    var index = start
    while index > 0, isBefore(heap[index], heap[(index - 1) / 2]) {
      exchange(index, (index - 1) / 2)
      index = (index - 1) / 2
    }
    while index * 2 + 1 < count {
      var child = index * 2 + 1
      if child + 1 < count, isBefore(heap[child + 1], heap[child]) { child += 1 }
      guard isBefore(heap[child], heap[index]) else { return }
      exchange(index, child)
      index = child
    }
  }

  private mutating func exchange(_ a: Int, _ b: Int) {
    let unit = heap[a]
    heap[a] = heap[b]
    heap[b] = unit
    places[heap[a]] = UInt32(a + 1)
    places[heap[b]] = UInt32(b + 1)
  }
}

/// A pass over all units after the plans were replaced: which are free now is offered.
struct OfferSweep: BitwiseCopyable {
  var next: UInt32 = 0
  var isUnderWay = false
}
