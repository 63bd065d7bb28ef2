// The clock that somebody names, at the firing that was seen.

extension EngineCore {
  /// The slot of a clock that someone names. For an assignment's clock its id is asked and the incident's may be 0.
  func locate(_ reference: ClockReference) -> (status: Status, slot: UInt32) {
    guard reference.watchID == 0 else { return (.argument, 0) }
    if reference.clock.isOfAssignment {
      guard let assignment = assignments.slot(of: reference.assignmentID) else {
        return (.stale, 0)
      }
      let incident = incidents.id(of: assignments[assignment].incident)
      guard reference.incidentID == 0 || reference.incidentID == incident else {
        return (.argument, 0)
      }
      return (.ok, ClockSlot.of(reference.clock, assignment: assignment, limits))
    }
    guard let incident = incidents.slot(of: reference.incidentID) else { return (.stale, 0) }
    guard reference.assignmentID == 0 else { return (.argument, 0) }
    return (.ok, ClockSlot.of(reference.clock, incident: incident))
  }

  /// A clock that runs, at the firing that was seen.
  func seen(_ reference: ClockReference) -> (status: Status, slot: UInt32) {
    let found = locate(reference)
    guard found.status == .ok else { return found }
    let slot = found.slot
    guard clocks.isRunning(reference.clock, slot: slot), reference.clock != .appointment else {
      let isOver = !incidents[incident(ofClock: slot)].state.isOpen
      return (isOver ? .state : .noClock, slot)
    }
    guard !clocks[slot].isSuspended else { return (.state, slot) }
    let fired = (clocks[slot].firedCycle, clocks[slot].firedStep)
    if (reference.cycle, reference.step) < fired { return (.passed, slot) }
    if (reference.cycle, reference.step) > fired { return (.step, slot) }
    return (.ok, slot)
  }
}
