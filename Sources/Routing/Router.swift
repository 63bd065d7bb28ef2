// The router: one map, the units on it, and scratch space for one question at a time.
// Owned by the baton's holder. After `init` it allocates nothing, and it never fails: what the streets do not
// reach is answered by a marked estimate.

import CHujiaKernels
import HujiaContainers
import HujiaRoads

package struct Router: ~Copyable {
  private let inPlace: InPlace
  let map: RoadMap
  let hierarchy: Hierarchy?
  private let ancestorTables: CommonAncestors?
  let ancestors: CommonAncestors.View?
  /// The epoch that answers; the views point into it. nil: the map's own, in its file.
  private(set) var metric: Metric?
  private(set) var normal: LayerView
  private(set) var response: LayerView
  let kernelLevel: Int32

  /// The levels of units that a question's level stands for.
  private var levelCodes: InlineArray<6, UInt32> = [1, 2, 4, 0, 0, 0]

  var units: UnitTable
  var sets: UnitSets
  var cells: CellIndex
  /// Of an engine without streets.
  var ground: GroundTree
  let normalEnds: Block<UnitEnds>
  let responseEnds: Block<UnitEnds>
  let arcs: Block<UnitArcs>
  let normalRows: UnitRows
  let responseRows: UnitRows
  /// Of the metric that answers; units' times with another stamp are stale.
  private(set) var stamp: UInt32 = 1
  /// Response driving has no times of its own, neither now nor on the map.
  private(set) var hasOneProfile: Bool
  private let mapHasOneProfile: Bool
  var search: NetworkSearch
  var times: TimeSearch
  var nearestScratch: NearestScratch
  private let climbs: Climbs
  var ties: Ties
  var shortlist: Shortlist
  var way: WayScratch
  /// Marks the units that the streets reach, question by question.
  let reached: Block<UInt32>
  var question: UInt32 = 0

  /// Takes all memory that will ever be needed: per node about 50 bytes; per unit about 260, and two rows in each
  /// profile where not all nodes have rows (New York: 4.3 KB); the rows of the map's own travel times unless the map
  /// carries them.
  package init(map: RoadMap, unitCapacity: Int, memory: Memory) throws(OutOfMemory) {
    try self.init(
      map: map, unitCapacity: unitCapacity, leafNodes: CellMap.leafNodes, memory: memory)
  }

  /// Tests make smaller cells, so that small maps have many, and keep rows of fewer units.
  init(
    map: RoadMap, unitCapacity: Int, leafNodes: Int, rowsKept: Int? = nil, memory: Memory
  ) throws(OutOfMemory) {
    let hierarchy = Hierarchy(map)
    let units = try UnitTable(capacity: unitCapacity, nodeCount: map.nodeCount, memory: memory)
    let sets = try UnitSets(capacity: unitCapacity, memory: memory)
    let unitsOnCells = hierarchy == nil ? 0 : unitCapacity
    let cells = try CellIndex(
      hierarchy ?? .empty, leafNodes: leafNodes, unitCapacity: unitsOnCells, memory: memory)
    let normalEnds = try Self.unitEnds(unitsOnCells, memory)
    let responseEnds = try Self.unitEnds(unitsOnCells, memory)
    let arcs = try Block<UnitArcs>(memory, count: unitsOnCells)
    let ground = try GroundTree(map, unitCapacity: unitCapacity, memory: memory)
    let search = try NetworkSearch(nodeCount: map.nodeCount, memory: memory)
    let times = try TimeSearch(
      nodeCount: hierarchy == nil ? 0 : map.nodeCount,
      arcCount: hierarchy == nil ? 0 : map.arcCount, memory: memory)
    let nearestScratch = try NearestScratch(
      deepest: hierarchy?.deepest ?? 0, slots: cells.map.count * UnitTraits.classes, memory: memory)
    let shortlist = try Shortlist(unitCapacity: unitCapacity, memory: memory)
    let climbs = try Climbs(hierarchy ?? .empty, memory: memory)
    let ties = try Ties(memory: memory)
    let way = try WayScratch(deepest: hierarchy?.deepest ?? 0, memory: memory)
    let reached = try Block<UInt32>(memory, count: unitCapacity)
    var ancestorTables: CommonAncestors?
    var ancestors: CommonAncestors.View?
    let first = try FirstEpoch(map, hierarchy, memory)
    if let hierarchy {
      let tables = try CommonAncestors(hierarchy, memory: memory)
      ancestors = tables.view
      ancestorTables = consume tables
    }
    let normalRows = try UnitRows(
      hierarchy, unitCapacity: unitCapacity, kept: rowsKept, isUsed: true, memory: memory)
    let responseRows = try UnitRows(
      hierarchy, unitCapacity: unitCapacity, kept: rowsKept, isUsed: !first.hasOneProfile,
      memory: memory)
    inPlace = InPlace()
    self.map = map
    self.hierarchy = hierarchy
    self.ancestorTables = ancestorTables
    self.ancestors = ancestors
    metric = first.metric
    normal = first.normal
    response = first.response
    kernelLevel = hjk_best_level()
    self.units = units
    self.sets = sets
    self.cells = cells
    self.ground = ground
    self.normalEnds = normalEnds
    self.responseEnds = responseEnds
    self.arcs = arcs
    self.normalRows = normalRows
    self.responseRows = responseRows
    (hasOneProfile, mapHasOneProfile) = (first.hasOneProfile, first.hasOneProfile)
    self.search = search
    self.times = times
    self.nearestScratch = nearestScratch
    self.climbs = climbs
    self.ties = ties
    self.shortlist = shortlist
    self.way = way
    self.reached = reached
  }

  private static func unitEnds(
    _ units: Int, _ memory: Memory
  ) throws(OutOfMemory) -> Block<UnitEnds> {
    try Block(memory, count: units, isHot: true, isTouched: true)
  }

  /// From the unit or the start under way.
  @inline(__always) var startClimb: Climb {
    unsafeAddress { UnsafePointer(climbs.start) }
    nonmutating unsafeMutableAddress { climbs.start }
  }

  /// To the destination.
  @inline(__always) var goalClimb: Climb {
    unsafeAddress { UnsafePointer(climbs.goal) }
    nonmutating unsafeMutableAddress { climbs.goal }
  }

  package var unitCapacity: Int { units.capacity }

  /// The epoch that answers now; 0 = the map's own travel times.
  package var epoch: UInt64 { metric?.epoch ?? 0 }

  /// What an `EpochStore` must know of the epoch that answers.
  package var serving: Metric? { metric }
  package var isOneProfile: Bool { hasOneProfile }

  /// Answers from `metric` from now on, a metric of the same map that has been built. Returns the one before, which
  /// nobody reads any more (`EpochStore`); nil when that was the map's own. O(1).
  package mutating func publish(_ metric: Metric) -> Metric? {
    let before = self.metric
    self.metric = metric
    normal = metric.view(.normal)
    response = metric.view(.response)
    hasOneProfile = metric.hasOneProfile && mapHasOneProfile
    stamp &+= 1
    if stamp == 0 { stamp = 1 }
    cells.voidAll(.normal)
    cells.voidAll(.response)
    return before
  }

  /// From now on a question's level 0 to 5 stands for these levels of units, as bit sets. O(1).
  package mutating func setLevels(_ codes: InlineArray<6, UInt32>) { levelCodes = codes }

  /// Whether any unit with a place is at one of a question's levels. O(levels).
  package func holdsPlaced(levels: UInt32) -> Bool { sets.count(levels: codes(levels)) > 0 }

  /// The levels of units that a question's levels stand for; `.max` = all.
  @inline(__always) func codes(_ levels: UInt32) -> UInt32 {
    if levels == .max { return .max }
    let usual =
      (levels & 1 != 0 ? levelCodes[0] : 0) | (levels & 2 != 0 ? levelCodes[1] : 0)
      | (levels & 4 != 0 ? levelCodes[2] : 0)
    return levels > 7 ? usual | rareCodes(levels) : usual
  }

  /// Those of the levels from 3 on, which few questions ask for.
  @inline(never) private func rareCodes(_ levels: UInt32) -> UInt32 {
    var codes: UInt32 = 0
    for level in 3..<levelCodes.count where levels &>> UInt32(level) & 1 != 0 {
      codes |= levelCodes[level]
    }
    return codes
  }

  /// Of the profile that a question is answered by (`Asked.profile`).
  @inline(__always) func unitRows(_ profile: Profile) -> UnsafeMutablePointer<UInt32> {
    profile == .normal || hasOneProfile ? normalRows.rows.base : responseRows.rows.base
  }

  func areCellsValid(_ profile: Profile) -> Bool {
    cells.isValid(hasOneProfile ? .normal : profile)
  }

  @inline(__always) func view(_ profile: Profile) -> LayerView {
    profile == .normal ? normal : response
  }

  /// The arcs' times of this moment, by arc.
  @inline(__always) func times_ms(_ profile: Profile) -> UnsafePointer<UInt32> {
    view(profile).times_ms
  }

  /// What arcs take for the places on them.
  @inline(__always) func ownTimes(_ profile: Profile) -> OwnTimes {
    OwnTimes(
      now_ms: times_ms(profile),
      mapped_ms: profile == .normal ? map.arcNormal_ms : map.arcResponse_ms)
  }

  /// Labels of this moment; nil on a map without routing's sections.
  @inline(__always) func labelQuery(_ profile: Profile) -> LabelQuery? {
    guard let hierarchy, let ancestors, let labels = view(profile).labels else { return nil }
    return LabelQuery(
      hierarchy: hierarchy, labels: labels, ancestors: ancestors,
      unitRows: UnsafePointer(unitRows(profile)), toLengths: normalRows.toLengths,
      level: kernelLevel)
  }
}

/// The map's own times: as they stand in the map, or built here.
private struct FirstEpoch {
  var metric: Metric?
  var normal: LayerView
  var response: LayerView
  var hasOneProfile = false

  init(_ map: RoadMap, _ hierarchy: Hierarchy?, _ memory: Memory) throws(OutOfMemory) {
    normal = LayerView(times_ms: map.arcNormal_ms, labels: nil)
    response = LayerView(times_ms: map.arcResponse_ms, labels: nil)
    guard let hierarchy else { return }
    if let mapped = MappedMetric(map, hierarchy) {
      normal = mapped.normal
      response = mapped.response
      hasOneProfile = mapped.hasOneProfile
      return
    }
    let own = try Metric(map: map, memory: memory)
    try own.take(normal_ms: map.arcNormal_ms, response_ms: map.arcResponse_ms)
    try own.build()
    normal = own.view(.normal)
    response = own.view(.response)
    hasOneProfile = own.hasOneProfile
    metric = own
  }
}
