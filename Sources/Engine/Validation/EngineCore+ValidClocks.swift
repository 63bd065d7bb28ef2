// How clocks stand to their incidents and assignments, between two commands.

import HujiaContainers

extension EngineCore {
  func validateClocks(_ invariants: inout Invariants) {
    for slot in 0..<UInt32(clocks.count) where clocks[slot].isRunning {
      validateOwner(of: slot, clocks[slot].kind, &invariants)
    }
  }

  private func validateOwner(
    of slot: UInt32, _ kind: ClockKind, _ invariants: inout Invariants
  ) {
    if let assignment = assignment(ofClock: slot) {
      invariants.hold(
        assignments.isLive(assignment), "a running clock's assignment is live", slot)
      invariants.hold(
        kind.isOfAssignment
          && ClockSlot.of(kind, assignment: assignment, limits) == slot,
        "a clock of an assignment runs in its slot", slot)
      invariants.hold(
        mayRun(kind, assignments[assignment].state),
        "a clock of an assignment runs while what it waits for is to come", slot)
      return
    }
    let incident = incident(ofClock: slot)
    invariants.hold(incidents.isLive(incident), "a running clock's incident is there", slot)
    invariants.hold(
      !kind.isOfAssignment && ClockSlot.of(kind, incident: incident) == slot,
      "a clock of an incident runs in its slot", slot)
    invariants.hold(
      mayRun(kind, incidents[incident]),
      "a clock of an incident runs while what it waits for is to come", slot)
  }

  private func mayRun(_ kind: ClockKind, _ state: AssignmentState) -> Bool {
    switch kind {
    case .delivery: state.rawValue < AssignmentState.delivered.rawValue
    case .acknowledge: !state.isSigned
    case .turnout: state == .acknowledged
    case .welfare: state.hasArrived
    case .report: state.hasArrived && state.rawValue < AssignmentState.reported.rawValue
    default: false
    }
  }

  private func mayRun(_ kind: ClockKind, _ incident: IncidentRecord) -> Bool {
    let isOpen = incident.state.isOpen || incident.state == .merged
    switch kind {
    case .pending: return isOpen && (incident.dispatchedWall_us == 0 || incident.isUnmanned)
    case .arrival: return isOpen && !incident.hasArrived
    case .resolve: return isOpen
    case .lead: return isOpen && incident.lead == 0
    case .appointment:
      return incident.state == .held || incident.isSuspected && incident.state.isOpen
    case .callback: return incident.state == .closed
    default: return false
    }
  }
}
