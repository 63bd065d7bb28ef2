// The engine behind its C interface, as the simulation calls it: raw statuses back, everything answered goes into the
// digest (all but the time a decision took).

import CHujia
import Foundation
import HujiaCInterface
import HujiaDriver

final class SimulatedHost {
  private let engine: OpaquePointer
  private(set) var digest = Digest()
  var checks = 0
  private var looks = 0
  private var events = [hj_event](repeating: hj_event(), count: 128)

  init(map: String?, units: Int) throws {
    var config = hj_config()
    hj_config_init(&config, UInt32(MemoryLayout<hj_config>.size))
    config.run_mode = HJ_RUN_POLL
    config.max_units = UInt32(units + 128)
    config.max_incidents = 2_048
    config.max_assignments = 4_096
    // Its units appear anywhere: they are to move, not to be refused.
    config.max_speed_cms = .max
    var detail = hj_error_detail()
    detail.size = UInt32(MemoryLayout<hj_error_detail>.size)
    let path = map.flatMap { strdup($0) }
    defer { free(path) }
    config.map_path = UnsafePointer(path)
    config.map_memory = HJ_MAP_SHARED
    var opened: OpaquePointer?
    guard hj_engine_open(&config, &opened, &detail) == HJ_OK, let opened else {
      throw Failed(SimulatedHost.text(detail))
    }
    engine = opened
    let json = SimulationPlan.text
    guard hj_plans_load(engine, json, UInt32(json.utf8.count), &detail) == HJ_OK else {
      throw Failed("the simulation's plan: \(SimulatedHost.text(detail))")
    }
  }

  deinit { hj_engine_close(engine) }

  private static func text(_ detail: hj_error_detail) -> String {
    func words(_ raw: UnsafeRawBufferPointer) -> String {
      String(decoding: raw.prefix(while: { $0 != 0 }), as: UTF8.self)
    }
    let field = withUnsafeBytes(of: detail.field, words)
    let text = withUnsafeBytes(of: detail.text, words)
    return field.isEmpty ? text : "\(field): \(text)"
  }

  private func note(_ status: hj_status) -> hj_status {
    digest.add(status)
    return status
  }

  func poll(now_ns: Int64, wall_us: Int64, most: UInt32) -> (status: hj_status, next_ns: Int64) {
    var next_ns: Int64 = 0
    let status = note(hj_engine_poll(engine, now_ns, wall_us, most, &next_ns))
    digest.add(next_ns)
    return (status, next_ns)
  }

  /// A look at every table after each command; a debug build looks less often, or a day would take minutes.
  #if DEBUG
    private static let commandsALook = 16
  #else
    private static let commandsALook = 1
  #endif

  private func validate() throws(Violation) {
    looks += 1
    guard looks % Self.commandsALook == 0 else { return }
    if let broken = EngineDriver.brokenInvariant(UInt(bitPattern: engine)) {
      throw Violation("between two commands", broken)
    }
  }

  /// All waiting events, in order.
  func takeEvents() throws(Violation) -> [hj_event] {
    try validate()
    var all: [hj_event] = []
    while true {
      events[0].size = UInt32(MemoryLayout<hj_event>.size)
      var count: UInt32 = 0
      guard hj_events_poll(engine, &events, UInt32(events.count), &count) == HJ_OK else {
        throw Violation("events", "hj_events_poll failed")
      }
      for event in events.prefix(Int(count)) { add(event) }
      all += events.prefix(Int(count))
      if Int(count) < events.count { return all }
    }
  }

  private func add(_ event: hj_event) {
    for word in [event.sequence, event.incident_id, event.assignment_id, event.unit_id] {
      digest.add(word)
    }
    for word in [event.key_high, event.key_low, event.operator_id] { digest.add(word) }
    for word in [event.wall_us, event.due_wall_us, event.late_ns] { digest.add(word) }
    for word in [event.kind, event.clock, event.step, event.reason] { digest.add(word) }
    for word in [event.state, event.action, event.cycle] { digest.add(word) }
  }

  private func add(_ answer: hj_dispatch) {
    digest.add(answer.incident_id)
    digest.add(answer.incident_state)
    digest.add(answer.tier)
    for word in [answer.assignment_count, answer.shortfall, answer.plan] { digest.add(word) }
    for unit in answer.units {
      digest.add(unit.unit_id)
      digest.add(unit.assignment_id)
      for word in [unit.role, unit.travel_ms, unit.turnout_ms, unit.distance_dm] {
        digest.add(word)
      }
      digest.add(unit.reason)
    }
  }

  typealias Ask = (
    OpaquePointer?, UnsafePointer<hj_report>?, UnsafeMutablePointer<hj_dispatch>?
  ) -> hj_status

  private func decide(_ report: hj_report, _ ask: Ask) -> (status: hj_status, answer: hj_dispatch) {
    var report = report
    report.size = UInt32(MemoryLayout<hj_report>.size)
    var answer = hj_dispatch()
    answer.size = UInt32(MemoryLayout<hj_dispatch>.size)
    let status = note(ask(engine, &report, &answer))
    if status >= 0 { add(answer) }
    return (status, answer)
  }

  func report(_ report: hj_report) -> (status: hj_status, answer: hj_dispatch) {
    decide(report) { hj_incident_report($0, $1, $2) }
  }

  func recommend(_ report: hj_report) -> (status: hj_status, answer: hj_dispatch) {
    decide(report) { hj_incident_recommend($0, $1, $2) }
  }

  func update(_ incident: UInt64, _ report: hj_report) -> (status: hj_status, answer: hj_dispatch) {
    decide(report) { hj_incident_update($0, incident, $1, $2) }
  }

  func post(_ report: hj_report) -> hj_status {
    var report = report
    report.size = UInt32(MemoryLayout<hj_report>.size)
    return note(hj_incident_post(engine, &report))
  }

  func put(_ unit: hj_unit) -> hj_status {
    var unit = unit
    unit.size = UInt32(MemoryLayout<hj_unit>.size)
    return note(hj_unit_put(engine, &unit))
  }

  func remove(unit: UInt64) -> hj_status { note(hj_unit_remove(engine, unit)) }
  func setActivity(_ unit: UInt64, _ activity: Int32) -> hj_status {
    note(hj_unit_set_activity(engine, unit, activity, 0))
  }
  func assign(_ incident: UInt64, _ unit: UInt64) -> (status: hj_status, assignment: UInt64) {
    var assignment: UInt64 = 0
    let status = note(hj_incident_assign(engine, incident, unit, 0, &assignment))
    digest.add(assignment)
    return (status, assignment)
  }
  func cancel(_ incident: UInt64) -> hj_status { note(hj_incident_cancel(engine, incident, 0)) }
  func close(_ incident: UInt64) -> hj_status { note(hj_incident_close(engine, incident, 1, 0)) }
  func advance(_ assignment: UInt64, _ state: Int32) -> hj_status {
    note(hj_assignment_advance(engine, assignment, state, 0))
  }

  func positions(_ fixes: [hj_position]) -> hj_status {
    var fixes = fixes
    fixes[0].size = UInt32(MemoryLayout<hj_position>.size)
    var accepted: UInt32 = 0
    let status = note(hj_positions_report(engine, &fixes, UInt32(fixes.count), &accepted))
    digest.add(accepted)
    return status
  }

  func nearest(_ query: hj_nearest_query) -> (status: hj_status, units: [hj_nearest]) {
    var query = query
    query.size = UInt32(MemoryLayout<hj_nearest_query>.size)
    var found = [hj_nearest](repeating: hj_nearest(), count: 64)
    found[0].size = UInt32(MemoryLayout<hj_nearest>.size)
    var count: UInt32 = 0
    let status = note(hj_nearest_units(engine, &query, &found, 64, &count))
    let units = Array(found.prefix(Int(count)))
    for unit in units {
      digest.add(unit.unit_id)
      for word in [unit.flags, unit.travel_ms, unit.distance_dm] { digest.add(word) }
    }
    return (status, units)
  }

  func route(_ assignment: UInt64) -> hj_status {
    var needed: UInt32 = 0
    let status = note(hj_assignment_route(engine, assignment, nil, 0, &needed))
    digest.add(needed)
    return status
  }

  func read(unit: UInt64) -> (status: hj_status, unit: hj_unit_status) {
    var status = hj_unit_status()
    status.size = UInt32(MemoryLayout<hj_unit_status>.size)
    let result = hj_unit_read(engine, unit, &status)
    return (result, status)
  }

  func read(incident: UInt64) -> (status: hj_status, incident: hj_incident_status) {
    var status = hj_incident_status()
    status.size = UInt32(MemoryLayout<hj_incident_status>.size)
    let result = hj_incident_read(engine, incident, &status)
    return (result, status)
  }

  func stats() -> hj_stats {
    var stats = hj_stats()
    stats.size = UInt32(MemoryLayout<hj_stats>.size)
    hj_engine_stats(engine, &stats)
    return stats
  }
}

extension hj_dispatch {
  var units: [hj_chosen_unit] {
    withUnsafeBytes(of: chosen) {
      Array($0.bindMemory(to: hj_chosen_unit.self).prefix(Int(assignment_count)))
    }
  }
}

/// An invariant that did not hold.
struct Violation: Error {
  var invariant: String
  var text: String
  init(_ invariant: String, _ text: String) {
    self.invariant = invariant
    self.text = text
  }
}
