// The router: one map, the units on it, and scratch space for one question at a time.
// Owned by whoever holds the baton. After `init` it allocates nothing, and it never fails: what the streets do not
// reach is answered by a marked estimate.

import HujiaContainers
import HujiaRoads

package struct Router: ~Copyable {
  let map: RoadMap
  var units: UnitTable
  var search: NetworkSearch
  var shortlist: Shortlist
  /// Marks the units that the streets reach, question by question.
  let reached: Block<UInt32>
  var question: UInt32 = 0

  /// Takes all memory that will ever be needed: per node about 28 bytes, per unit about 160.
  package init(map: RoadMap, unitCapacity: Int, memory: Memory) throws(OutOfMemory) {
    let units = try UnitTable(capacity: unitCapacity, nodeCount: map.nodeCount, memory: memory)
    let search = try NetworkSearch(nodeCount: map.nodeCount, memory: memory)
    let shortlist = try Shortlist(unitCapacity: unitCapacity, memory: memory)
    let reached = try Block<UInt32>(memory, count: unitCapacity)
    self.map = map
    self.units = units
    self.search = search
    self.shortlist = shortlist
    self.reached = reached
  }

  package var unitCapacity: Int { units.capacity }

  /// The arcs' times of this moment, by arc.
  @inline(__always) func times_ms(_ profile: Profile) -> UnsafePointer<UInt32> {
    profile == .normal ? map.arcNormal_ms : map.arcResponse_ms
  }
}
