// A unit on its way to one incident is sent to another 抽调. The first incident's arrival clock never stops for that: it
// runs until any unit arrives.

extension EngineCore {
  /// Ends the assignment as diverted, sends its unit to `targetID`, and then serves the first incident again, before
  /// anything newer. After arrival only with force and a reason. The decision is that of the new assignment.
  @inline(never)
  mutating func divert(
    _ id: UInt64, to targetID: UInt64, isForced: Bool, wall_us: Int64, act: Act,
    into decision: inout Decision
  ) -> Status {
    guard let assignment = assignments.slot(of: id),
      let target = incidents.slot(of: targetID)
    else { return .stale }
    let record = assignments[assignment]
    let robbed = record.incident
    guard robbed != target else { return .conflict }
    guard isForced || !record.state.hasArrived, incidents[target].state.isOpen,
      incidents[target].state != .held
    else { return .state }
    guard !isForced || act.reason != 0 else { return .reason }
    guard Int(incidents[target].liveCount) < EngineLimits.chosen else { return .full }
    refresh(unit: record.unit)
    let unitID = units[record.unit].id
    // It goes from one incident to the other without being free in between.
    let next = units[record.unit].nextActivity
    takeAway(assignment, act: act, wall_us: wall_us)
    // Its place in the assignment table is free, so it goes to the other; then the first is served.
    let status = assign(targetID, unit: unitID, wall_us: wall_us, act: act, into: &decision)
    if status == .ok { units.remember(next: next, record.unit) }
    serveRobbed(robbed, act: act, wall_us: wall_us)
    return status
  }
}
