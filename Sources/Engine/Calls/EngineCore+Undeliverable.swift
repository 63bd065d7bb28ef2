// Every channel to a unit failed.

extension EngineCore {
  /// Every channel to a unit failed: to the clock that waits for its signature that is nobody. Where the chain skips
  /// steps that find nobody, the step that comes next is due at once.
  package mutating func undeliverable(_ id: UInt64, wall_us: Int64, act: Act) -> Status {
    guard let assignment = assignments.slot(of: id) else { return .stale }
    guard !assignments[assignment].state.isSigned,
      assignments[assignment].state != .delivered
    else { return .state }
    guard !assignments[assignment].isUndeliverable else { return .unchanged }
    assignments.setUndeliverable(assignment)
    emitAssignment(assignment, reason: .undeliverable, act: act, wall_us: wall_us)
    let incident = assignments[assignment].incident
    stop(.delivery, assignment: assignment)
    let slot = ClockSlot.of(.acknowledge, assignment: assignment, limits)
    guard clocks.isRunning(.acknowledge, slot: slot), !clocks[slot].isTaken,
      policy(slot, incident: incident).manners.nobody == .skip, clocks[slot].due_ns > time.now_ns
    else { return .ok }
    // The step comes early; the limit stays where it is.
    clocks.hasten(slot, now_ns: time.now_ns)
    rearm(slot, due_ns: time.now_ns)
    return .ok
  }
}
