// A unit is taken from one incident for another 抽调. What its incident gets now is said in the same turn: its next best
// unit, or that it waits with its promises running. No incident is stranded.

extension EngineCore {
  /// Ends an assignment because its unit is wanted elsewhere. What its incident gets now is said by `serveRobbed`.
  mutating func takeAway(_ assignment: UInt32, act: Act, wall_us: Int64) {
    let record = assignments[assignment]
    end(assignment, as: .diverted, reason: .diverted, act: act, wall_us: wall_us)
    if record.state.hasArrived, !isAnybodyThere(record.incident) {
      incidents.set(record.incident, isLeftAlone: true)
    }
    deriveState(of: record.incident)
  }

  private func isAnybodyThere(_ incident: UInt32) -> Bool {
    for place in 0..<Int(incidents[incident].liveCount)
    where assignments[incidents.assignment(of: incident, place)].state.hasArrived { return true }
    return false
  }

  /// An incident that lost a unit to another gets its next best one, or waits for it with its promises running; either
  /// is told. A decision of its own.
  @inline(never)
  mutating func serveRobbed(_ incident: UInt32, act: Act = Act(), wall_us: Int64 = 0) {
    var other = Decision()
    serveAgain(incident, act: act, &other)
    promiseDispatchAgain(incident)
    deriveState(of: incident)
    emitIncident(incident, reason: .diverted, act: act, wall_us: wall_us)
  }
}
