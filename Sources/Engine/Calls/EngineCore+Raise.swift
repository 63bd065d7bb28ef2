// An incident is graver than its plan's first level: a higher alarm level asks for more, and never again for what is
// there.

import HujiaContainers

extension EngineCore {
  /// Raises the alarm level and sends what it asks for besides. The answer lists all live assignments, new ones
  /// included; behind them the units that a plan that only recommends names, without an assignment.
  mutating func raise(
    _ id: UInt64, to level: UInt32, wall_us: Int64, act: Act, into decision: inout Decision
  ) -> Status {
    guard let incident = incidents.slot(of: id) else { return .stale }
    guard incidents[incident].state.isOpen else { return .state }
    let tables = plans.tables(incidents[incident].planVersion)
    let (before, version) = (incidents[incident].plan, incidents[incident].planVersion)
    guard level > 0, level <= UInt32(tables.pointee.levels(before)) else { return .level }
    guard level > UInt32(before.alarmLevel) else {
      listLive(incident, &decision)
      return .unchanged
    }
    stopWaiting(incident)
    incidents.follow(
      incident, plan: tables.pointee.raised(before, to: UInt8(level)), version: version)
    seatLive(incident)
    var named = 0
    if incidents[incident].state != .held {
      startLeadClock(incident)
      named = serveFurther(incident, reason: .raised, &decision)
    }
    emitIncident(incident, reason: .raised, act: act, wall_us: wall_us)
    listLive(incident, &decision)
    decision.answer.count += named
    return .ok
  }

  /// How many units are only named; they stand in the decision behind the places of the live ones.
  mutating func serveFurther(
    _ incident: UInt32, reason: Reason, _ decision: inout Decision
  ) -> Int {
    switch sending(incident) {
    case .auto:
      _ = fillSeats(of: incident, reason: reason, &decision)
      for place in 0..<decision.answer.count {
        guard let assignment = assignments.slot(of: decision.chosen[place].assignmentID) else {
          continue
        }
        emitAssignment(assignment, reason: decision.chosen[place].reason)
      }
      return 0
    case .manual:
      incidents.set(incident, shortfall: Sending.manual(at: incidents[incident].place))
      return 0
    case .recommend:
      let record = incidents[incident]
      beginSelection(excludingRefusalsOf: incident)
      let shortfall = choose(
        record.plan, version: record.planVersion, place: record.place, tier: record.tier,
        incident: incident, needs: openNeeds(of: incident), reason: reason, &decision)
      incidents.set(incident, shortfall: shortfall)
      let named = decision.answer.count
      for place in stride(from: named - 1, through: 0, by: -1) {
        decision.chosen[Int(record.liveCount) + place] = decision.chosen[place]
      }
      return named
    }
  }
}
