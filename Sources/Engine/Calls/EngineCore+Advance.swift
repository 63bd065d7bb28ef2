// A unit's progress: the host advances an assignment, incident and unit follow.

import HujiaContainers

extension EngineCore {
  /// Moves an assignment. Legal moves are those of `AssignmentState.permits`.
  mutating func advance(
    _ id: UInt64, to state: AssignmentState, wall_us: Int64, act: Act,
    _ decision: inout Decision
  ) -> Status {
    guard let assignment = assignments.slot(of: id) else { return .stale }
    let current = assignments[assignment].state
    guard current != state else { return .unchanged }
    let verdict = current.permits(state)
    guard verdict == .ok || (verdict == .reason && act.reason != 0) else { return verdict }
    let incident = assignments[assignment].incident
    let before = incidents[incident].state
    let hadArrived = incidents[incident].hasArrived
    if state.isTerminal {
      finish(assignment, as: state, act: act, wall_us: wall_us, &decision)
    } else {
      step(assignment, to: state, act: act, wall_us: wall_us)
      // Seats that were left empty because somebody seemed to be there.
      let isMissed = hadArrived && !incidents[incident].hasArrived
      if isMissed, hasOpenSeat(incident) { serveAgain(incident, act: act, &decision) }
    }
    deriveState(of: incident)
    if incidents[incident].state != before { emitIncident(incident, act: act) }
    return .ok
  }

  /// Its unit stands there already, when its order is given.
  mutating func arrive(_ assignment: UInt32, act: Act) {
    step(assignment, to: .onScene, act: act, wall_us: 0)
  }

  private mutating func step(
    _ assignment: UInt32, to state: AssignmentState, act: Act, wall_us: Int64
  ) {
    let record = assignments[assignment]
    assignments.move(assignment, to: state)
    noteMove(assignment, from: record.state, to: state, wall_us: wall_us)
    moveClocks(of: assignment, from: record.state, to: state, wall_us: wall_us)
    if state.isSigned != record.state.isSigned {
      counters.add(Counter.assignmentsAcknowledged, state.isSigned ? 1 : -1)
      if state.isSigned { stopOtherSignatures(record.incident) }
    }
    if state.hasArrived != record.state.hasArrived {
      reviseArrival(record.incident)
      recode(assignment)
    }
    if state.hasArrived { incidents.set(record.incident, isLeftAlone: false) }
    if units[record.unit].activity != state.activity {
      become(state.activity, unit: record.unit)
    }
    emitAssignment(assignment, act: act, wall_us: wall_us)
  }

  private mutating func finish(
    _ assignment: UInt32, as state: AssignmentState, act: Act, wall_us: Int64,
    _ decision: inout Decision
  ) {
    let record = assignments[assignment]
    // It declined, or a person withdrew it: this incident does not ask it again.
    if Sending.isRefusal(state) {
      incidents.refuse(units[record.unit].id, by: record.incident)
    }
    end(assignment, as: state, reason: .none, act: act, wall_us: wall_us)
    // A seat that nobody reached is open again; its incident keeps its clocks and is served before anything newer.
    if Sending.isWantedAgain(
      record.state, endsAs: state, othersArrived: incidents[record.incident].hasArrived)
    {
      serveAgain(record.incident, act: state == .cancelled ? act : Act(), &decision)
    }
    promiseDispatchAgain(record.incident)
    deriveState(of: record.incident)
    if incidents[record.incident].state == .reported, incidents[record.incident].liveCount == 0 {
      stopWaiting(record.incident)
    }
    offer(unit: record.unit, &decision)
  }
}
