// Dijkstra's search from a destination against the direction of travel, on the arcs' times of this moment. The
// plain truth that everything faster must equal, and the fastest way itself where units are dense.
// Must never allocate: storage for the whole network is taken at open and reset by a stamp.

import HujiaContainers
import HujiaRoads

/// Costs to one destination, settled in ascending order. One search at a time.
struct NetworkSearch: ~Copyable {
  let cost: Block<UInt64>
  private let seen: Block<UInt32>
  /// The arc to take from a settled node towards the destination; `none` where the destination is entered.
  let nextArc: Block<UInt32>
  private let heap: Block<UInt32>
  private let slot: Block<UInt32>
  private var heapCount = 0
  private var stamp: UInt32 = 0

  init(nodeCount: Int, memory: Memory) throws(OutOfMemory) {
    let cost = try Block<UInt64>(memory, count: nodeCount)
    let seen = try Block<UInt32>(memory, count: nodeCount)
    let nextArc = try Block<UInt32>(memory, count: nodeCount)
    let heap = try Block<UInt32>(memory, count: nodeCount)
    let slot = try Block<UInt32>(memory, count: nodeCount)
    self.cost = cost
    self.seen = seen
    self.nextArc = nextArc
    self.heap = heap
    self.slot = slot
  }

  /// Starts at the tails of the destination's arcs.
  mutating func begin(at ends: Ends) {
    heapCount = 0
    stamp &+= 1
    if stamp == 0 {
      seen.base.update(repeating: 0, count: seen.count)
      stamp = 1
    }
    for index in 0..<ends.count {
      let end = ends[index]
      lower(end.node, to: end.cost, by: .max)
    }
  }

  /// The cost of the next node to be settled; unreachable when none is left.
  @inline(__always) var nextCost: Cost {
    heapCount == 0 ? .unreachable : Cost(bits: cost[heap[0]])
  }

  /// Takes the nearest node and relaxes the arcs that lead to it.
  @inline(__always)
  mutating func settle(_ map: RoadMap, _ times_ms: UnsafePointer<UInt32>) -> UInt32 {
    let node = popNearest()
    let base = Cost(bits: cost[node])
    let first = Int(map.firstIn[Int(node)])
    let end = Int(map.firstIn[Int(node) + 1])
    for position in first..<end {
      let arc = map.inArc[position]
      let time_ms = times_ms[Int(arc)]
      if time_ms >= Cost.unreachable_ms { continue }
      let length = map.streetLength_mm[Int(map.arcStreet[Int(arc)])]
      let total = base + Cost(time_ms: time_ms, length_mm: length)
      if total.isReachable { lower(map.arcTail[Int(arc)], to: total, by: arc) }
    }
    return node
  }

  @inline(__always) private mutating func lower(_ node: UInt32, to total: Cost, by arc: UInt32) {
    if seen[node] != stamp {
      seen[node] = stamp
      slot[node] = UInt32(heapCount)
      heap[heapCount] = node
      heapCount += 1
    } else if total.bits >= cost[node] {
      return
    }
    cost[node] = total.bits
    nextArc[node] = arc
    rise(node, from: Int(slot[node]))
  }

  private mutating func rise(_ node: UInt32, from start: Int) {
    var place = start
    let own = cost[node]
    while place > 0 {
      let parent = (place - 1) / 4
      let other = heap[parent]
      if cost[other] <= own { break }
      heap[place] = other
      slot[other] = UInt32(place)
      place = parent
    }
    heap[place] = node
    slot[node] = UInt32(place)
  }

  private mutating func popNearest() -> UInt32 {
    let nearest = heap[0]
    heapCount -= 1
    guard heapCount > 0 else { return nearest }
    let last = heap[heapCount]
    let own = cost[last]
    var place = 0
    while true {
      let first = place * 4 + 1
      guard first < heapCount else { break }
      var best = first
      for child in first..<min(first + 4, heapCount)
      where cost[heap[child]] < cost[heap[best]] { best = child }
      if cost[heap[best]] >= own { break }
      let moved = heap[best]
      heap[place] = moved
      slot[moved] = UInt32(place)
      place = best
    }
    heap[place] = last
    slot[last] = UInt32(place)
    return nearest
  }
}
