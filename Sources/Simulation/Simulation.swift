// The seeded simulation: invented commands at invented times in HJ_RUN_POLL, checked after every one. Integers only, so
// that a seed does the same in any build on any machine.

import CHujia
import HujiaHostKit

struct Simulation {
  let engine: Witness
  let area: SimulationArea
  let initialUnits: Int
  var random: SplitMix64
  var model = Model()
  var now_ns: Int64 = 0
  /// Moves with now_ns and is set to and fro now and then; no deadline may care. 2026-01-05 08:00 UTC.
  var wallOffset_us: Int64 = 1_767_600_000_000_000
  var nextDue_ns: Int64 = .max
  var nextUnit: UInt64 = 1
  var nextKey: UInt64 = 1
  var reports: [(report: hj_report, incident: UInt64)] = []
  var commands = 0
  var commandCounts: [InventedAct: Int] = [:]

  var wall_us: Int64 { now_ns / 1_000 + wallOffset_us }

  init(engine: Witness, area: SimulationArea, seed: UInt64, units: Int) throws(Violation) {
    self.engine = engine
    self.area = area
    initialUnits = units
    random = SplitMix64(seed: seed)
    for _ in 0..<units { try addUnit() }
    try poll(most: 0)
  }

  mutating func below(_ bound: Int) -> Int { random.below(bound) }

  mutating func pick<Element>(_ elements: [Element]) -> Element? {
    elements.isEmpty ? nil : elements[below(elements.count)]
  }

  /// Runs until `end_ns` of virtual time, then ends every incident and checks that nothing is left.
  mutating func run(until end_ns: Int64, pace: (Double) -> Void) throws(Violation) {
    while now_ns < end_ns {
      let command_ns = now_ns + Int64(below(10_000)) * 1_000_000
      // Now and then the process is suspended: deadlines come late, but they come.
      let isSuspended = below(400) == 0
      let resume_ns = command_ns + Int64(below(900)) * 1_000_000_000
      if !isSuspended { try wait(until: command_ns) }
      now_ns = isSuspended ? resume_ns : command_ns
      try poll(most: below(20) == 0 ? 1 + UInt32(below(3)) : 0)
      try command()
      try settle()
      if commands % 64 == 0 { try sweep() }
      if commands % 512 == 0 { pace(Double(now_ns) / Double(end_ns)) }
    }
    try windDown()
  }

  /// Polls at exactly the times that the engine asked for.
  mutating func wait(until time_ns: Int64) throws(Violation) {
    while nextDue_ns <= time_ns {
      now_ns = max(nextDue_ns, now_ns)
      try poll(most: 0)
    }
  }

  /// Moves the engine to now, in portions of `most` items if not 0, and holds it against the model.
  mutating func poll(most: UInt32, decidesPosts: Bool = false) throws(Violation) {
    var rounds = 0
    repeat {
      let (status, next_ns) = engine.poll(now_ns: now_ns, wall_us: wall_us, most: most)
      try expect(status == HJ_OK, "poll", "hj_engine_poll answered \(status)")
      nextDue_ns = next_ns
      try settle()
      rounds += 1
      try expect(rounds < 100_000, "poll", "the engine always wants more at \(now_ns) ns")
    } while nextDue_ns <= now_ns
    let expected_ns = model.earliestDue_ns
    if decidesPosts, nextDue_ns < expected_ns {
      // Posts are decided behind what is due. One that takes a unit away may stop the clock that comes next: the
      // engine then wants a poll before the next deadline, and that poll finds it.
      return try poll(most: most)
    }
    try expect(
      expected_ns > now_ns, "no deadline is lost",
      "at \(now_ns) ns a deadline of \(expected_ns) ns has not fired")
    try expect(
      nextDue_ns == expected_ns, "due exactly",
      "the engine wants the next poll at \(nextDue_ns) ns, the next deadline is at \(expected_ns) ns"
    )
    try expect(model.posted.isEmpty, "decided once", "\(model.posted.count) posts were not decided")
  }

  /// Takes all events into the model.
  mutating func settle() throws(Violation) {
    for event in try engine.takeEvents() {
      try model.take(event, now_ns: now_ns, wall_us: wall_us)
    }
    model.commandEnded()
    // A command may have moved the next deadline; the engine tells at the next poll, the model knows now.
    nextDue_ns = min(nextDue_ns, model.earliestDue_ns)
  }

  func expect(
    _ holds: Bool, _ invariant: String, _ text: @autoclosure () -> String
  ) throws(Violation) {
    engine.checks += 1
    if !holds { throw Violation(invariant, text()) }
  }

  /// Every unit and open incident as the engine tells it, against the model.
  mutating func sweep() throws(Violation) {
    for id in model.units.keys.sorted() { try check(unit: id) }
    for id in model.open { try check(incident: id) }
    try checkLists()
    let stats = engine.stats()
    try expect(
      stats.assignments_live == Int64(model.live.count), "every reservation ends",
      "\(stats.assignments_live) live assignments, the model has \(model.live.count)")
    try expect(
      stats.incidents_open == Int64(model.open.count), "known ids",
      "\(stats.incidents_open) open incidents, the model has \(model.open.count)")
    try expect(stats.events_lost == 0, "no event is lost", "\(stats.events_lost) events were lost")
  }

  mutating func check(unit id: UInt64) throws(Violation) {
    let (status, unit) = engine.read(unit: id)
    try expect(status == HJ_OK, "known ids", "unit \(id) is unknown to the engine")
    let assignment = model.units[id]?.assignment ?? 0
    let incident = model.assignments[assignment]?.incident ?? 0
    try expect(
      unit.assignment_id == assignment && unit.incident_id == incident,
      "no unit on two incidents",
      "unit \(id) is on assignment \(unit.assignment_id), incident \(unit.incident_id); the events said \(assignment), \(incident)"
    )
    try expect(
      assignment == 0 || unit.level == HJ_LEVEL_NOT_AVAILABLE, "no unit on two incidents",
      "unit \(id) is on an assignment and counts as available")
  }

  mutating func check(incident id: UInt64) throws(Violation) {
    let (status, incident) = engine.read(incident: id)
    try expect(status == HJ_OK, "known ids", "incident \(id) is unknown to the engine")
    let live = incident.liveAssignments
    guard let model = model.incidents[id] else { return }
    try expect(
      live == model.live, "every reservation ends",
      "incident \(id) has assignments \(live), the events said \(model.live)")
    try expect(
      (incident.arrived_wall_us != 0) == model.hasArrived && incident.tier == model.tier,
      "states", "incident \(id) is not as the events said")
    guard model.live.isEmpty, !model.wasRefused, !model.hasArrived,
      model.type != SimulationPlan.manualType
    else { return }
    var report = hj_report()
    report.tier = model.tier
    report.type = model.type
    report.lat_e7 = model.lat_e7
    report.lon_e7 = model.lon_e7
    // A unit that drives to what can wait longer is taken when a call is decided: one that could be taken only now,
    // because its own call was eased, is not free.
    let free = engine.recommend(report).answer.freeUnits
    try expect(
      free.isEmpty, "nobody waits while a unit is free",
      "incident \(id) waits, and unit \(free.first?.unit_id ?? 0) could go")
  }

  private mutating func windDown() throws(Violation) {
    try poll(most: 0)
    try sweep()
    // Ending one may send its units to another that waits.
    while let id = model.open.first {
      let status = below(2) == 0 ? engine.close(id) : engine.cancel(id)
      try expect(status == HJ_OK, "states", "incident \(id) cannot be ended: \(status)")
      try settle()
    }
    try sweep()
    for id in model.units.keys.sorted() {
      let status = engine.remove(unit: id)
      try expect(status == HJ_OK, "every reservation ends", "unit \(id) is not free at the end")
    }
    now_ns += 864_000_000_000_000
    nextDue_ns = .max
    try poll(most: 0)
    let stats = engine.stats()
    try expect(
      stats.deadlines_armed == 0 && stats.assignments_live == 0 && stats.units == 0
        && stats.incidents_opened == stats.incidents_closed, "every reservation ends",
      "\(stats.deadlines_armed) deadlines and \(stats.assignments_live) assignments are left")
  }
}
