// The best units found so far. A unit may be found twice, by its two nodes; the better one counts.

import HujiaContainers

/// At most `limit` units with the least (time, id), as a heap with the worst on top. Offer: O(log limit).
struct Shortlist: ~Copyable {
  private let units: Block<UInt32>
  private let costs: Block<UInt64>
  private let ids: Block<UInt64>
  /// Place of a unit in the heap, valid when its mark equals `stamp`.
  private let place: Block<UInt32>
  private let mark: Block<UInt32>
  private(set) var count = 0
  private var limit = 0
  private var stamp: UInt32 = 0

  init(unitCapacity: Int, memory: Memory) throws(OutOfMemory) {
    let units = try Block<UInt32>(memory, count: unitCapacity)
    let costs = try Block<UInt64>(memory, count: unitCapacity)
    let ids = try Block<UInt64>(memory, count: unitCapacity)
    let place = try Block<UInt32>(memory, count: unitCapacity)
    let mark = try Block<UInt32>(memory, count: unitCapacity)
    self.units = units
    self.costs = costs
    self.ids = ids
    self.place = place
    self.mark = mark
  }

  mutating func begin(limit: Int) {
    count = 0
    self.limit = min(limit, units.count)
    stamp &+= 1
    if stamp == 0 {
      mark.base.update(repeating: 0, count: mark.count)
      stamp = 1
    }
  }

  /// A time from which on nothing can enter any more: equal times may, by their id.
  @inline(__always) var bound_ms: UInt32 {
    count < limit ? .max : (limit == 0 ? 0 : Cost(bits: costs[0]).time_ms)
  }

  /// Whether a unit of this number and time would be taken.
  @inline(__always) func admits(id: UInt64, time_ms: UInt32) -> Bool {
    count < limit || (limit > 0 && (time_ms, id) < (Cost(bits: costs[0]).time_ms, ids[0]))
  }

  /// How many more would make it full.
  @inline(__always) var lacks: Int { limit - count }

  @inline(__always) func contains(_ unit: UInt32) -> Bool { mark[unit] == stamp }

  mutating func offer(_ unit: UInt32, id: UInt64, cost: Cost) {
    guard limit > 0 else { return }
    if mark[unit] == stamp {
      let index = Int(place[unit])
      if cost.bits < costs[index] {
        costs[index] = cost.bits
        sink(from: index)
      }
    } else if count < limit {
      store(unit, id, cost.bits, at: count)
      mark[unit] = stamp
      count += 1
      rise(from: count - 1)
    } else if (cost.time_ms, id) < (Cost(bits: costs[0]).time_ms, ids[0]) {
      mark[units[0]] = stamp &- 1
      store(unit, id, cost.bits, at: 0)
      mark[unit] = stamp
      sink(from: 0)
    }
  }

  /// Writes the units in ascending order of (time, id) and empties the list.
  mutating func drain(into answer: UnsafeMutablePointer<NearestUnit>, isStraightLine: Bool) -> Int {
    let total = count
    while count > 0 {
      let cost = Cost(bits: costs[0])
      answer[count - 1] = NearestUnit(
        unit: units[0], travel_ms: cost.time_ms, distance_dm: cost.length_dm,
        isStraightLine: isStraightLine)
      count -= 1
      if count > 0 {
        store(units[count], ids[count], costs[count], at: 0)
        sink(from: 0)
      }
    }
    return total
  }

  @inline(__always) private func isWorse(_ a: Int, than b: Int) -> Bool {
    (Cost(bits: costs[a]).time_ms, ids[a]) > (Cost(bits: costs[b]).time_ms, ids[b])
  }

  private mutating func store(_ unit: UInt32, _ id: UInt64, _ cost: UInt64, at index: Int) {
    units[index] = unit
    ids[index] = id
    costs[index] = cost
    place[unit] = UInt32(index)
  }

  private mutating func exchange(_ a: Int, _ b: Int) {
    let (unit, id, cost) = (units[a], ids[a], costs[a])
    store(units[b], ids[b], costs[b], at: a)
    store(unit, id, cost, at: b)
  }

  private mutating func rise(from start: Int) {
    var index = start
    while index > 0, isWorse(index, than: (index - 1) / 2) {
      exchange(index, (index - 1) / 2)
      index = (index - 1) / 2
    }
  }

  private mutating func sink(from start: Int) {
    var index = start
    while index * 2 + 1 < count {
      var child = index * 2 + 1
      if child + 1 < count, isWorse(child + 1, than: child) { child += 1 }
      if !isWorse(child, than: index) { return }
      exchange(index, child)
      index = child
    }
  }
}
