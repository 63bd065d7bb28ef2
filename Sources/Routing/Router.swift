// The router: one map, the units on it, and scratch space for one question at a time.
// Owned by whoever holds the baton. After `init` it allocates nothing, and it never fails: what the streets do not
// reach is answered by a marked estimate.

import CHujiaKernels
import HujiaContainers
import HujiaRoads

package struct Router: ~Copyable {
  let map: RoadMap
  let hierarchy: Hierarchy?
  private let ancestorTables: CommonAncestors?
  let ancestors: CommonAncestors.View?
  /// The epoch that answers; the views point into it.
  private(set) var metric: Metric?
  private(set) var normal: LayerView
  private(set) var response: LayerView
  let kernelLevel: Int32

  var units: UnitTable
  var search: NetworkSearch
  var shortlist: Shortlist
  var way: WayScratch
  /// Marks the units that the streets reach, question by question.
  let reached: Block<UInt32>
  var question: UInt32 = 0

  /// Takes all memory that will ever be needed: per node about 32 bytes, per unit about 160, and the labels of the
  /// map's own travel times unless the map carries them.
  package init(map: RoadMap, unitCapacity: Int, memory: Memory) throws(OutOfMemory) {
    let hierarchy = Hierarchy(map)
    let units = try UnitTable(capacity: unitCapacity, nodeCount: map.nodeCount, memory: memory)
    let search = try NetworkSearch(nodeCount: map.nodeCount, memory: memory)
    let shortlist = try Shortlist(unitCapacity: unitCapacity, memory: memory)
    let way = try WayScratch(deepest: hierarchy?.deepest ?? 0, memory: memory)
    let reached = try Block<UInt32>(memory, count: unitCapacity)
    var ancestorTables: CommonAncestors?
    var ancestors: CommonAncestors.View?
    var metric: Metric?
    var normal = LayerView(times_ms: map.arcNormal_ms, labels: nil)
    var response = LayerView(times_ms: map.arcResponse_ms, labels: nil)
    if let hierarchy {
      let tables = try CommonAncestors(hierarchy, memory: memory)
      ancestors = tables.view
      ancestorTables = consume tables
      let own = try Metric(map: map, memory: memory)
      try own.take(normal_ms: map.arcNormal_ms, response_ms: map.arcResponse_ms)
      try own.build()
      normal = own.view(.normal)
      response = own.view(.response)
      metric = own
    }
    self.map = map
    self.hierarchy = hierarchy
    self.ancestorTables = ancestorTables
    self.ancestors = ancestors
    self.metric = metric
    self.normal = normal
    self.response = response
    kernelLevel = hjk_best_level()
    self.units = units
    self.search = search
    self.shortlist = shortlist
    self.way = way
    self.reached = reached
  }

  package var unitCapacity: Int { units.capacity }

  /// The epoch that answers now; 0 = the map's own travel times.
  package var epoch: UInt64 { metric?.epoch ?? 0 }

  /// Answers from `metric` from now on, a metric of the same map that has been built. Returns the one before, to be
  /// filled again; nil when that was the map's own. O(1).
  package mutating func publish(_ metric: Metric) -> Metric? {
    let before = self.metric
    self.metric = metric
    normal = metric.view(.normal)
    response = metric.view(.response)
    return before
  }

  @inline(__always) func view(_ profile: Profile) -> LayerView {
    profile == .normal ? normal : response
  }

  /// The arcs' times of this moment, by arc.
  @inline(__always) func times_ms(_ profile: Profile) -> UnsafePointer<UInt32> {
    view(profile).times_ms
  }

  /// Labels of this moment; nil on a map without routing's sections.
  @inline(__always) func labelQuery(_ profile: Profile) -> LabelQuery? {
    guard let hierarchy, let ancestors, let labels = view(profile).labels else { return nil }
    return LabelQuery(
      hierarchy: hierarchy, labels: labels, ancestors: ancestors, level: kernelLevel)
  }
}
