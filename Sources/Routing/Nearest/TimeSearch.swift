// Dijkstra's search against the direction of travel, times only: the fastest of the three ways where units are dense.
// What it finds is the same as what labels find; lengths are looked up afterwards, for the few that are answered.

import HujiaContainers
import HujiaRoads

/// One search at a time. A heap entry is time and node in one word; entries that were overtaken stay until popped.
struct TimeSearch: ~Copyable {
  /// Stamp and best time of a node in one word.
  private let best: Block<UInt64>
  private let heap: Block<UInt64>
  private var count = 0
  private var stamp: UInt64 = 0

  /// 8 bytes a node and 8 an arc.
  init(nodeCount: Int, arcCount: Int, memory: Memory) throws(OutOfMemory) {
    let best = try Block<UInt64>(memory, count: nodeCount)
    let heap = try Block<UInt64>(memory, count: arcCount + 8)
    self.best = best
    self.heap = heap
  }

  mutating func begin(at ends: Ends) {
    count = 0
    stamp += 1
    if stamp > UInt64(UInt32.max) {
      best.base.update(repeating: 0, count: best.count)
      stamp = 1
    }
    for index in 0..<ends.count { lower(ends[index].node, to: ends[index].cost.time_ms) }
  }

  /// The next node and its time; nil when none is left within `bound_ms`.
  @inline(__always)
  mutating func next(within bound_ms: UInt32) -> (node: UInt32, time_ms: UInt32)? {
    while count > 0 {
      let top = heap[0]
      let time_ms = UInt32(truncatingIfNeeded: top >> 32)
      if time_ms > bound_ms { return nil }
      pop()
      let node = UInt32(truncatingIfNeeded: top)
      if best[node] == stamp << 32 | UInt64(time_ms) { return (node, time_ms) }
    }
    return nil
  }

  /// Goes on to the neighbours of a node. One that lies beyond `bound_ms` would never be taken out again, because the
  /// bound only falls, so it is not put in.
  @inline(__always)
  mutating func relax(
    _ node: UInt32, _ time_ms: UInt32, within bound_ms: UInt32, _ map: RoadMap,
    _ incoming: UnsafePointer<IncomingArc>
  ) {
    let most_ms = min(bound_ms, Cost.unreachable_ms - 1)
    guard time_ms <= most_ms else { return }
    let room_ms = most_ms - time_ms
    for place in Int(map.firstIn[Int(node)])..<Int(map.firstIn[Int(node) + 1]) {
      let arc = incoming[place]
      // The second: only in a damaged map.
      if arc.time_ms > room_ms || Int(arc.tail) >= best.count { continue }
      lower(arc.tail, to: time_ms + arc.time_ms)
    }
  }

  @inline(__always) private mutating func lower(_ node: UInt32, to time_ms: UInt32) {
    let old = best[node]
    let new = stamp << 32 | UInt64(time_ms)
    if old >> 32 == stamp && old <= new { return }
    best[node] = new
    push(UInt64(time_ms) << 32 | UInt64(node))
  }

  @inline(__always) private mutating func push(_ entry: UInt64) {
    var place = count
    count += 1
    while place > 0 {
      let parent = (place - 1) / 4
      if heap[parent] <= entry { break }
      heap[place] = heap[parent]
      place = parent
    }
    heap[place] = entry
  }

  @inline(__always) private mutating func pop() {
    count -= 1
    let entry = heap[count]
    var place = 0
    while true {
      let first = place * 4 + 1
      if first >= count { break }
      var least = first
      for child in first..<min(first + 4, count) where heap[child] < heap[least] { least = child }
      if heap[least] >= entry { break }
      heap[place] = heap[least]
      place = least
    }
    heap[place] = entry
  }
}
