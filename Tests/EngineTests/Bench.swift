// What the engine suites stand on. Must never: decide anything that a suite is there to check.

import HujiaContainers
import HujiaMapBuild
import HujiaRoads
import HujiaTestSupport
import Testing

@testable import HujiaEngine

/// One core on a small invented map, with what a test needs to say to it.
final class Bench {
  static let second_ns: Int64 = 1_000_000_000
  static let wallStart_us: Int64 = 1_516_000_000_000_000

  let image: MapImage
  var core: EngineCore
  /// Of the command before.
  var decision = Decision()
  var wall_us = Bench.wallStart_us
  var losesDeadlines = false
  private var commands = 0

  init(
    _ image: MapImage, plans: PlanDraft = .builtIn, units: Int = 16, incidents: Int = 16,
    assignments: Int = 32, events: Int = 1_024, keys: Int = 8,
    keyRetention_ns: Int64 = 86_400 * Bench.second_ns, memory: Memory = .system, watches: Int = 0,
    breaches: Int = 64, clients: Int = 0
  ) throws {
    self.image = image
    var limits = EngineLimits(
      units: units, incidents: incidents, assignments: assignments, events: events, keys: keys,
      keyRetention_ns: keyRetention_ns)
    limits.watches = watches
    limits.breaches = breaches
    limits.clients = clients
    core = try EngineCore(
      map: image.map, limits: limits,
      firstPlans: try Self.keep(plans), memory: memory)
    core.time = Moment(now_ns: 0, wall_us: wall_us)
  }

  deinit {
    check(core.validate() == nil || losesDeadlines, "at the end an invariant is broken")
    while let plans = core.removePlans() { Self.free(plans) }
  }

  /// After every command: all invariants of all rooms. In tables for thousands, after every two hundredth.
  func validate(sourceLocation: SourceLocation = #_sourceLocation) {
    commands += 1
    let isLarge = core.limits.incidents + core.limits.units + core.limits.watches > 1_000
    guard !losesDeadlines, !isLarge || commands % 200 == 0, let broken = core.validate() else {
      return
    }
    Issue.record("broken: \(broken.words) [\(broken.number)]", sourceLocation: sourceLocation)
  }

  func validated(_ status: Status) -> Status {
    validate()
    return status
  }

  static func keep(_ draft: PlanDraft) throws -> UnsafeMutablePointer<PlanTables> {
    let tables = try draft.tables(.system)
    let place = UnsafeMutablePointer<PlanTables>.allocate(capacity: 1)
    place.initialize(to: tables)
    return place
  }

  static func free(_ tables: UnsafeMutablePointer<PlanTables>) {
    tables.deinitialize(count: 1)
    tables.deallocate()
  }

  /// A row of nodes 100 m apart, ten seconds each, both ways.
  static func row(_ nodes: Int = 20) -> MapImage {
    var draft = MapDraft()
    for node in 0..<nodes { draft.nodes.append((lat_e7: 0, lon_e7: Int32(node) * 8_993)) }
    for node in 1..<nodes {
      draft.streets.append(
        MapDraft.Street(
          id: UInt64(node), from: UInt32(node - 1), to: UInt32(node), length_mm: 100_000,
          forward: .init(10_000), backward: .init(10_000)))
    }
    return MapImage(draft)
  }

  func node(_ node: Int) -> Place {
    image.map.snap(
      lat_e7: image.map.nodeLat_e7[node], lon_e7: image.map.nodeLon_e7[node], limit_mm: 250_000)
  }

  // Time

  /// Moves to a time and fires what is due.
  func poll(_ now_ns: Int64, most: Int = .max) {
    core.time = Moment(now_ns: now_ns, wall_us: wall_us &+ now_ns / 1_000)
    _ = fireDue(most: most)
    // Whatever a suite does, the self-audit finds nothing lost, unless the suite lost it itself.
    if !losesDeadlines { check(core.audit(), equals: 0, "the audit found a lost deadline") }
    validate()
  }
  func poll(s: Double) { poll(Int64(s * 1e9)) }

  // Commands

  @discardableResult func put(
    _ id: UInt64, at place: Place?, capabilities: UInt64 = 0, agency: UInt32 = 0, kind: UInt32 = 0,
    crew: Int32 = 0, activity: Activity = .patrolling, shiftEnd_us: Int64 = 0,
    homeBeat: UInt32 = 0
  ) -> Status {
    put(
      unit: UnitDescription(
        id: id, kind: kind, agency: agency, capabilities: capabilities, homeBeat: homeBeat,
        crew: crew,
        activity: activity, shiftEnd_us: shiftEnd_us, place: place ?? Bench.nowhere,
        hasPosition: place != nil))
  }

  static var nowhere: Place {
    Place(
      street: Place.none, offset_mm: 0, node: Place.none, gap_dm: 0, lat_e7: 0, lon_e7: 0,
      isOffNetwork: true)
  }

  func call(
    _ place: Place, tier: Tier = .emergency, type: UInt32 = 0, flags: UInt32 = 0, key: UInt64 = 0,
    caller: UInt64 = 0, wall_us: Int64 = 0
  ) -> IncidentReport {
    IncidentReport(
      tier: tier, type: type, lat_e7: place.lat_e7, lon_e7: place.lon_e7, flags: flags, keyHigh: 0,
      keyLow: key, callerHash: caller, wall_us: wall_us, place: place)
  }

  /// Opens an incident at a node; its id.
  @discardableResult func open(
    at node: Int, tier: Tier = .emergency, type: UInt32 = 0, flags: UInt32 = 0
  ) -> UInt64 {
    _ = report(call(self.node(node), tier: tier, type: type, flags: flags))
    return decision.answer.incidentID
  }

  @discardableResult func advance(
    _ assignment: UInt64, _ state: AssignmentState, reason: UInt32 = 0
  ) -> Status {
    advance(assignment, to: state, wall_us: 0, act: Act(operatorID: 1, reason: reason))
  }

  @discardableResult func close(_ incident: UInt64, as state: IncidentState = .closed) -> Status {
    end(incident: incident, as: state, disposition: 7, wall_us: 0, act: Act())
  }

  @discardableResult func upgrade(
    _ incident: UInt64, to tier: Tier, type: UInt32 = 0, flags: UInt32 = 0
  ) -> Status {
    update(
      incident, call(Bench.nowhere, tier: tier, type: type, flags: flags), movesPlace: false)
  }

  /// False when eight versions are in use. Frees what nobody needs.
  /// With `finishes` what follows in slices is done, as by `hj_plans_load`.
  func load(_ draft: PlanDraft, finishes: Bool = true) throws -> Bool {
    while let old = core.reclaimPlans() { Self.free(old) }
    let tables = try Self.keep(draft)
    let isTaken = core.use(plans: tables)
    if !isTaken { Self.free(tables) }
    while finishes, core.hasBackgroundWork { workInBackground() }
    while let old = core.reclaimPlans() { Self.free(old) }
    validate()
    return isTaken
  }

  /// All slices.
  func migrateClocks() -> UInt32 {
    var changed: UInt32 = 0
    var next: UInt32? = 0
    while let first = next {
      let slice = core.migrateClocks(from: first)
      changed += slice.changed
      next = slice.next
    }
    return changed
  }

  // Reading

  /// The slot of a unit that is there.
  func slot(_ unit: UInt64) -> UInt32 { core.unit(unit) ?? .max }
  func incident(_ id: UInt64) -> IncidentRecord? { core.incident(id).map { core.incidents[$0] } }

  /// Ids of the live assignments of an incident, oldest first.
  func live(_ id: UInt64) -> [UInt64] {
    guard let slot = core.incident(id) else { return [] }
    return (0..<Int(core.incidents[slot].liveCount)).map {
      core.assignments.id(of: core.incidents.assignment(of: slot, $0))
    }
  }

  /// The units on an incident, oldest assignment first.
  func units(_ id: UInt64) -> [UInt64] {
    live(id).compactMap { core.assignments.slot(of: $0) }.map {
      core.units[core.assignments[$0].unit].id
    }
  }

  func state(_ assignment: UInt64) -> AssignmentState? {
    core.assignments.slot(of: assignment).map { core.assignments[$0].state }
  }

  func counter(_ index: Int) -> Int64 { core.counters.read(index) }

  var chosen: [Chosen] { (0..<decision.answer.count).map { decision.chosen[$0] } }

  func drain() -> [Event] {
    var events: [Event] = []
    while let event = core.popEvent() { events.append(event) }
    return events
  }

  func escalations() -> [Event] { drain().filter { $0.kind == .escalation } }
}
