// The commands that a simulation draws, and what each must answer.

import CHujia
import HujiaHostKit

extension Simulation {
  mutating func command() throws(Violation) {
    commands += 1
    let act = InventedAct.drawn(&random)
    commandCounts[act, default: 0] += 1
    switch act {
    case .report: try report()
    case .post: try post()
    case .sign: try sign()
    case .advance: try advance()
    case .decline: try endAssignment(HJ_ASSIGNMENT_DECLINED)
    case .cancel: try endAssignment(HJ_ASSIGNMENT_CANCELLED)
    case .close: try endIncident(isClosed: true)
    case .cancelIncident: try endIncident(isClosed: false)
    case .update: try update()
    case .assign: try assign()
    case .divert: try divert()
    case .activity: try setActivity()
    case .positions: try positions()
    case .unit: try putUnit()
    case .remove: try removeUnit()
    case .repeatReport: try repeatReport()
    case .conflict: try conflict()
    case .unknownIDs: try unknownIDs()
    case .illegalMove: try illegalMove()
    case .wallStep: wallOffset_us += Int64(below(7_200) - 3_600) * 1_000_000
    case .nearest: try nearest()
    case .route: try route()
    case .selfInitiate: try selfInitiate()
    }
  }

  private mutating func place() -> (lat_e7: Int32, lon_e7: Int32) {
    // One in fifty is off the map.
    let far = below(50) == 0 ? Int32(2_000_000) : 0
    let height = Int(area.north_e7 - area.south_e7)
    let width = Int(area.east_e7 - area.west_e7)
    return (
      area.south_e7 + Int32(below(height)) + far, area.west_e7 + Int32(below(width))
    )
  }

  private mutating func newReport() -> hj_report {
    var report = hj_report()
    report.tier = Int32(below(5))
    report.type = UInt32(1 + below(5))
    (report.lat_e7, report.lon_e7) = place()
    report.flags = below(8) == 0 ? HJ_REPORT_VULNERABLE : 0
    if below(2) == 0 {
      report.key_high = 7
      report.key_low = nextKey
      nextKey += 1
    }
    return report
  }

  private mutating func report() throws(Violation) {
    var report = newReport()
    // Some were typed in late.
    let elapsed_us = below(10) == 0 ? Int64(below(120)) * 1_000_000 : 0
    if elapsed_us > 0 { report.wall_us = wall_us - elapsed_us }
    let advice = engine.recommend(report)
    let (status, answer) = engine.report(report)
    let isManual = report.type == SimulationPlan.manualType
    try expect(
      status == (isManual ? HJ_MANUAL : HJ_OK), "states", "a report answered \(status)")
    let advised = advice.answer.units.map { [$0.unit_id, UInt64($0.travel_ms), UInt64($0.role)] }
    let sent = answer.units.map { [$0.unit_id, UInt64($0.travel_ms), UInt64($0.role)] }
    try expect(
      advised == sent, "a recommendation is what a report does", "\(advised) and \(sent)")
    model.opened(answer.incident_id, report, now_ns: now_ns, elapsed_us: elapsed_us)
    if report.key_low != 0 { reports.append((report, answer.incident_id)) }
    if reports.count > 500 { reports.removeFirst(250) }
  }

  private mutating func post() throws(Violation) {
    var report = newReport()
    report.key_high = 9
    report.key_low = nextKey
    nextKey += 1
    model.posted[report.key_low] = report
    let status = engine.post(report)
    try expect(status == HJ_OK, "states", "a post answered \(status)")
    // It is due now: the next poll decides it.
    try poll(most: 0, decidesPosts: true)
  }

  private mutating func move(_ id: UInt64, to state: Int32, _ expected: hj_status) throws(Violation)
  {
    let status = engine.advance(id, state)
    try expect(
      status == expected, "states",
      "assignment \(id) to \(Host.name(HJ_NAMES_ASSIGNMENT, state)) answered \(status), not \(expected)"
    )
  }

  private mutating func sign() throws(Violation) {
    let unsigned = model.live.filter { model.assignments[$0]?.acknowledge != nil }
    guard let id = pick(unsigned) else { return }
    // An automatic receipt is no signature.
    if below(4) == 0, model.assignments[id]?.state == HJ_ASSIGNMENT_DISPATCHED {
      return try deliver(id)
    }
    try move(id, to: HJ_ASSIGNMENT_ACKNOWLEDGED, HJ_OK)
  }

  private mutating func deliver(_ id: UInt64) throws(Violation) {
    let running = model.assignments[id]?.acknowledge
    try move(id, to: HJ_ASSIGNMENT_DELIVERED, HJ_OK)
    try settle()
    try expect(
      model.assignments[id]?.acknowledge == running, "states",
      "the delivery of \(id) stopped the acknowledge clock")
  }

  private static let forward = [
    HJ_ASSIGNMENT_EN_ROUTE, HJ_ASSIGNMENT_ON_SCENE, HJ_ASSIGNMENT_TRANSPORTING,
    HJ_ASSIGNMENT_AT_DESTINATION, HJ_ASSIGNMENT_REPORTED, HJ_ASSIGNMENT_CLEARED,
  ]

  private mutating func advance() throws(Violation) {
    let signed = model.live.filter { model.assignments[$0]?.acknowledge == nil }
    guard let id = pick(signed), let state = model.assignments[id]?.state else { return }
    let ahead = Self.forward.filter {
      $0 > state && ($0 != HJ_ASSIGNMENT_CLEARED || state >= HJ_ASSIGNMENT_ON_SCENE)
    }
    // Forward skips are legal.
    let skip = below(6) == 0 ? below(ahead.count) : 0
    guard !ahead.isEmpty else { return }
    try move(id, to: ahead[skip], HJ_OK)
  }

  private mutating func endAssignment(_ state: Int32) throws(Violation) {
    guard let id = pick(model.live), let now = model.assignments[id]?.state else { return }
    let isTooLate = state == HJ_ASSIGNMENT_DECLINED && now >= HJ_ASSIGNMENT_ON_SCENE
    try move(id, to: state, isTooLate ? HJ_E_STATE : HJ_OK)
  }

  private mutating func endIncident(isClosed: Bool) throws(Violation) {
    guard let id = pick(model.open) else { return }
    let status = isClosed ? engine.close(id) : engine.cancel(id)
    try expect(status == HJ_OK, "states", "ending incident \(id) answered \(status)")
    try settle()
    try expect(
      model.incidents[id]?.isOpen == false, "states", "incident \(id) was ended and told nobody")
    let again = isClosed ? engine.close(id) : engine.cancel(id)
    try expect(again == HJ_UNCHANGED, "states", "ending incident \(id) twice answered \(again)")
  }

  private mutating func update() throws(Violation) {
    guard let id = pick(model.open) else { return }
    var change = hj_report()
    change.tier = Int32(below(5))
    if below(3) == 0 { change.type = UInt32(1 + below(5)) }
    if below(4) == 0 { change.flags = HJ_REPORT_VULNERABLE }
    model.updated(id, change, now_ns: now_ns)
    let (status, answer) = engine.update(id, change)
    try expect(status >= 0, "states", "updating incident \(id) answered \(status)")
    try settle()
    try expect(
      answer.units.map(\.assignment_id) == model.incidents[id]?.live, "states",
      "the update of \(id) did not list its live assignments")
  }

  private mutating func assign() throws(Violation) {
    guard let incident = pick(model.open), let unit = pick(model.units.keys.sorted()) else {
      return
    }
    let assignment = model.units[unit]?.assignment ?? 0
    let isHere = model.assignments[assignment]?.incident == incident
    let isFull = (model.incidents[incident]?.live.count ?? 0) >= Int(HJ_CHOSEN_MAX)
    let answer = engine.assign(incident, unit)
    let expected =
      assignment != 0 ? (isHere ? HJ_UNCHANGED : HJ_E_BUSY) : (isFull ? HJ_FULL : HJ_OK)
    try expect(
      answer.status == expected, "states",
      "sending unit \(unit) by hand answered \(answer.status), not \(expected)")
  }

  private mutating func divert() throws(Violation) {
    guard let order = pick(model.live), let target = pick(model.open),
      let known = model.assignments[order]
    else { return }
    let isForced = below(3) == 0
    let hasArrived = known.state >= HJ_ASSIGNMENT_ON_SCENE
    let isFull = (model.incidents[target]?.live.count ?? 0) >= Int(HJ_CHOSEN_MAX)
    let answer = engine.divert(order, to: target, isForced: isForced)
    model.divertedByHand = order
    defer { model.divertedByHand = 0 }
    let expected =
      known.incident == target
      ? HJ_E_CONFLICT : hasArrived && !isForced ? HJ_E_STATE : isFull ? HJ_FULL : HJ_OK
    try expect(
      answer.status == expected, "states",
      "sending order \(order) to incident \(target) answered \(answer.status), not \(expected)")
    guard answer.status == HJ_OK else { return try nothingHappened("a refused divert") }
    try settle()
    try expect(
      model.assignments[order] == nil && model.assignments[answer.assignment]?.unit == known.unit
        && model.assignments[answer.assignment]?.incident == target, "states",
      "unit \(known.unit) of order \(order) is not on incident \(target)")
  }

  /// A unit comes upon something: it is on it with its first event.
  private mutating func selfInitiate() throws(Violation) {
    guard let unit = pick(model.units.keys.sorted()) else { return }
    var report = newReport()
    if below(4) == 0 { (report.lat_e7, report.lon_e7) = (0, 0) }
    let isBusy = model.units[unit]?.assignment != 0
    let (status, answer) = engine.selfInitiated(unit, report)
    let isManual = report.type == SimulationPlan.manualType
    try expect(
      isBusy ? status == HJ_E_BUSY : status == HJ_OK || isManual && status == HJ_MANUAL, "states",
      "unit \(unit), busy \(isBusy): what it came upon was answered \(status)")
    guard !isBusy else { return try nothingHappened("what a busy unit came upon") }
    try expect(
      answer.units.first?.unit_id == unit && answer.units.first?.travel_ms == 0, "states",
      "unit \(unit) is not the first on what it came upon")
    model.opened(answer.incident_id, report, now_ns: now_ns, elapsed_us: 0)
    if report.key_low != 0 { reports.append((report, answer.incident_id)) }
    model.takingOn = unit
    try settle()
    let order = model.units[unit]?.assignment ?? 0
    try expect(
      model.takingOn == 0 && model.assignments[order]?.incident == answer.incident_id
        && model.assignments[order]?.state == HJ_ASSIGNMENT_ON_SCENE, "states",
      "unit \(unit) is not on scene of what it came upon")
  }

  private static let activities = [
    HJ_ACTIVITY_PATROLLING, HJ_ACTIVITY_STATION, HJ_ACTIVITY_MEAL, HJ_ACTIVITY_PATROLLING,
    HJ_ACTIVITY_COURT, HJ_ACTIVITY_OFF_DUTY, HJ_ACTIVITY_POST, HJ_ACTIVITY_PATROLLING,
  ]

  private mutating func setActivity() throws(Violation) {
    guard let unit = pick(model.units.keys.sorted()), let activity = pick(Self.activities) else {
      return
    }
    let isBusy = model.units[unit]?.assignment != 0
    let status = engine.setActivity(unit, activity)
    try expect(
      status >= 0, "states",
      "unit \(unit), busy \(isBusy): an activity answered \(status)")
  }

  private mutating func positions() throws(Violation) {
    let ids = model.units.keys.sorted()
    let fixes = (0..<(1 + below(20))).map { _ in
      // One in thirty is of a unit that nobody knows.
      let unit = below(30) == 0 ? 999_999 : (pick(ids) ?? 999_999)
      let (lat_e7, lon_e7) = place()
      return Host.fix(
        unit, at: Location(lat_e7: lat_e7, lon_e7: lon_e7),
        wall_us: wall_us - Int64(below(20)) * 1_000_000)
    }
    let status = engine.positions(fixes)
    try expect(status >= 0, "states", "positions answered \(status)")
  }

  mutating func addUnit() throws(Violation) {
    var unit = hj_unit()
    unit.id = nextUnit
    nextUnit += 1
    unit.kind = UInt32(1 + below(3))
    unit.capabilities = UInt64(1 + below(7))
    unit.crew = below(40) == 0 ? HJ_CREW_NONE : 2
    unit.activity = HJ_ACTIVITY_PATROLLING
    // One in twenty has no position yet.
    if below(20) > 0 { (unit.lat_e7, unit.lon_e7) = place() }
    model.units[unit.id] = ModelUnit()
    let status = engine.put(unit)
    try expect(status == HJ_OK, "states", "hj_unit_put answered \(status)")
  }

  private mutating func putUnit() throws(Violation) {
    if below(3) == 0, model.units.count < 4_096, model.units.count < initialUnits + 32 {
      return try addUnit()
    }
    guard let id = pick(model.units.keys.sorted()) else { return }
    var unit = hj_unit()
    unit.id = id
    unit.kind = UInt32(1 + below(3))
    unit.capabilities = UInt64(1 + below(7))
    unit.activity = HJ_ACTIVITY_PATROLLING
    let status = engine.put(unit)
    try expect(status == HJ_OK, "states", "hj_unit_put answered \(status)")
  }

  private mutating func removeUnit() throws(Violation) {
    guard model.units.count > initialUnits / 2, let id = pick(model.units.keys.sorted()) else {
      return
    }
    let isBusy = model.units[id]?.assignment != 0
    let status = engine.remove(unit: id)
    try expect(
      status == (isBusy ? HJ_E_BUSY : HJ_OK), "states", "removing unit \(id) answered \(status)")
    if !isBusy { model.units[id] = nil }
  }

  private mutating func repeatReport() throws(Violation) {
    guard let known = pick(reports) else { return }
    let (status, answer) = engine.report(known.report)
    try expect(
      status == HJ_EXISTS && answer.incident_id == known.incident, "a key counts once",
      "the same report again answered \(status), incident \(answer.incident_id), not \(known.incident)"
    )
    try nothingHappened("a repeated report")
  }

  private mutating func conflict() throws(Violation) {
    guard let known = pick(reports) else { return }
    var report = known.report
    report.type += 1
    let status = engine.report(report).status
    try expect(
      status == HJ_E_CONFLICT, "a key counts once",
      "the same key with another body answered \(status)")
    try nothingHappened("a conflicting report")
  }

  private mutating func nothingHappened(_ what: String) throws(Violation) {
    let events = try engine.takeEvents()
    try expect(events.isEmpty, "a refusal changes nothing", "\(what) made \(events.count) events")
  }

  private mutating func unknownIDs() throws(Violation) {
    let id = random.next() | 1 << 63
    try expect(engine.close(id) == HJ_E_STALE, "known ids", "an invented incident was closed")
    try expect(
      engine.advance(id, HJ_ASSIGNMENT_ACKNOWLEDGED) == HJ_E_STALE, "known ids",
      "an invented assignment moved")
    try expect(
      engine.setActivity(id, HJ_ACTIVITY_POST) == HJ_E_UNKNOWN, "known ids",
      "an invented unit took an activity")
    try expect(engine.remove(unit: id) == HJ_E_UNKNOWN, "known ids", "an invented unit was removed")
    try nothingHappened("an invented id")
  }

  private mutating func illegalMove() throws(Violation) {
    guard let id = pick(model.live), let state = model.assignments[id]?.state else { return }
    if state < HJ_ASSIGNMENT_ON_SCENE {
      try move(id, to: HJ_ASSIGNMENT_CLEARED, HJ_E_STATE)
    }
    if state > HJ_ASSIGNMENT_DISPATCHED { try move(id, to: HJ_ASSIGNMENT_DISPATCHED, HJ_E_REASON) }
    try move(id, to: HJ_ASSIGNMENT_EXPIRED, HJ_E_STATE)
    try move(id, to: state, HJ_UNCHANGED)
    try nothingHappened("an illegal move")
  }

  private mutating func nearest() throws(Violation) {
    var query = hj_nearest_query()
    (query.lat_e7, query.lon_e7) = place()
    query.k = UInt32(1 + below(64))
    query.capabilities = UInt64(below(8))
    let (status, units) = engine.nearest(query)
    try expect(status == HJ_OK, "states", "hj_nearest_units answered \(status)")
    for (one, other) in zip(units, units.dropFirst()) {
      let a = (one.flags & HJ_NEAREST_STRAIGHT_LINE, one.travel_ms, one.unit_id)
      let b = (other.flags & HJ_NEAREST_STRAIGHT_LINE, other.travel_ms, other.unit_id)
      try expect(a < b, "nearest first", "units \(one.unit_id) and \(other.unit_id) change places")
    }
    for unit in units {
      try expect(
        model.units[unit.unit_id]?.assignment == 0, "no unit on two incidents",
        "unit \(unit.unit_id) is busy and was offered as available")
    }
  }

  private mutating func route() throws(Violation) {
    guard let id = pick(model.live) else { return }
    let status = engine.route(id)
    try expect(
      status == HJ_E_BUFFER || status == HJ_OK || status == HJ_E_STATE, "states",
      "hj_assignment_route answered \(status)")
  }
}
