// The host as the simulation calls it: raw statuses back, everything that the engine answers goes into the digest (all
// but the time a decision took).

import CHujia
import HujiaHostKit

final class Witness {
  private let host: Host
  private(set) var digest = Digest()
  var checks = 0
  private var looks = 0
  private var room = Host.roomForEvents(128)

  init(map: String?, units: Int, journal: HostJournal? = nil) throws(Failed) {
    let plans = Host.Plans.text(SimulationPlan.text, name: "the simulation's plan")
    host = try Host(map: map, plans: plans, journal: journal) { config in
      config.run_mode = HJ_RUN_POLL
      config.max_units = UInt32(units + 128)
      config.max_incidents = 2_048
      config.max_assignments = 4_096
      // Its units appear anywhere: they are to move, not to be refused.
      config.max_speed_cms = .max
    }
  }

  /// The journal, where there is one, says then how it ended.
  func close() { host.close() }

  private func note(_ status: hj_status) -> hj_status {
    digest.add(status)
    return status
  }

  func poll(now_ns: Int64, wall_us: Int64, most: UInt32) -> (status: hj_status, next_ns: Int64) {
    let (status, next_ns) = host.poll(now_ns: now_ns, wall_us: wall_us, most: most)
    digest.add(status)
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
    if let broken = host.brokenInvariant { throw Violation("between two commands", broken) }
  }

  /// All waiting events, in order.
  func takeEvents() throws(Violation) -> [hj_event] {
    try validate()
    var all: [hj_event] = []
    let status = host.takeEvents(&room) { all.append($0) }
    guard status == HJ_OK else {
      throw Violation("events", "hj_events_poll answered \(Host.text(status))")
    }
    for event in all { add(event) }
    return all
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

  private func add(_ decision: Host.Decision) -> Host.Decision {
    digest.add(decision.status)
    if decision.status >= 0 { add(decision.answer) }
    return decision
  }

  func report(_ report: hj_report) -> Host.Decision { add(host.report(report)) }
  func recommend(_ report: hj_report) -> Host.Decision { add(host.recommend(report)) }
  func selfInitiated(_ unit: UInt64, _ report: hj_report) -> Host.Decision {
    add(host.selfInitiated(unit, report))
  }
  func update(_ incident: UInt64, _ report: hj_report) -> Host.Decision {
    add(host.update(incident, report))
  }
  func post(_ report: hj_report) -> hj_status { note(host.post(report)) }
  func put(_ unit: hj_unit) -> hj_status { note(host.put(unit)) }
  func remove(unit: UInt64) -> hj_status { note(host.remove(unit: unit)) }
  func setActivity(_ unit: UInt64, _ activity: Int32) -> hj_status {
    note(host.setActivity(unit, activity))
  }
  func cancel(_ incident: UInt64) -> hj_status { note(host.cancel(incident)) }
  func close(_ incident: UInt64) -> hj_status { note(host.close(incident)) }
  func advance(_ assignment: UInt64, _ state: Int32) -> hj_status {
    note(host.advance(assignment, state))
  }

  func divert(_ assignment: UInt64, to incident: UInt64, isForced: Bool) -> (
    status: hj_status, assignment: UInt64
  ) {
    let answer = host.divert(assignment, to: incident, isForced: isForced)
    digest.add(answer.status)
    digest.add(answer.assignment)
    return answer
  }

  func assign(_ incident: UInt64, _ unit: UInt64) -> (status: hj_status, assignment: UInt64) {
    let (status, assignment) = host.assign(incident, unit)
    digest.add(status)
    digest.add(assignment)
    return (status, assignment)
  }

  func positions(_ fixes: [hj_position]) -> hj_status {
    let (status, accepted) = fixes.withUnsafeBufferPointer { host.positions($0) }
    digest.add(status)
    digest.add(accepted)
    return status
  }

  func nearest(_ query: hj_nearest_query) -> (status: hj_status, units: [hj_nearest]) {
    let (status, units) = host.nearest(query)
    digest.add(status)
    for unit in units {
      digest.add(unit.unit_id)
      for word in [unit.flags, unit.travel_ms, unit.distance_dm] { digest.add(word) }
    }
    return (status, units)
  }

  func route(_ assignment: UInt64) -> hj_status {
    let (status, points) = host.routeLength(assignment: assignment)
    digest.add(status)
    digest.add(points)
    return status
  }

  // Looks that decide nothing are not in the digest.

  func read(unit: UInt64) -> (status: hj_status, unit: hj_unit_status) { host.read(unit: unit) }
  func read(incident: UInt64) -> (status: hj_status, incident: hj_incident_status) {
    host.read(incident: incident)
  }
  func openIncidents() -> (status: hj_status, incidents: [hj_incident_status]) {
    host.openIncidents()
  }
  func units() -> (status: hj_status, units: [hj_unit_status]) { host.units() }
  func incident(keyHigh: UInt64, _ keyLow: UInt64) -> UInt64? {
    host.incident(keyHigh: keyHigh, keyLow)
  }
  func stats() -> hj_stats { host.stats() }
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
