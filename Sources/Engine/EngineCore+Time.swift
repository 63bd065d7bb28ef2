// The first time an engine hears the time, time that it did not see pass, and answers to posts that could not be taken.

extension EngineCore {
  /// Commands before the first poll had no wall time; they get that of the first poll. O(what was put in before
  /// it).
  package mutating func startWall(_ wall_us: Int64) {
    for slot in 0..<UInt32(incidentSlots.touched) where incidentSlots.isLive(slot) {
      if incidents[slot].receivedWall_us == 0 { incidents[slot].receivedWall_us = wall_us }
      if incidents[slot].ownReceivedWall_us == 0 { incidents[slot].ownReceivedWall_us = wall_us }
      if incidents[slot].state == .held { setAppointment(slot, wall_us: wall_us) }
      if incidents[slot].calledBackWall_us == 1 { incidents[slot].calledBackWall_us = wall_us }
      if incidents[slot].dispatchedWall_us == 1 { incidents[slot].dispatchedWall_us = wall_us }
      if incidents[slot].arrivedWall_us == 1 { incidents[slot].arrivedWall_us = wall_us }
      if incidents[slot].closedWall_us == 1 { incidents[slot].closedWall_us = wall_us }
    }
    for slot in 0..<UInt32(assignmentSlots.touched) where assignmentSlots.isLive(slot) {
      if assignments[slot].dispatchedWall_us == 0 { assignments[slot].dispatchedWall_us = wall_us }
    }
    startFixWall(wall_us)
    startShiftWall(wall_us)
    startWatchWall(wall_us)
  }

  /// A posted report that opened nothing: the host hears why, with its key.
  mutating func answerPost(
    _ report: IncidentReport, _ status: Status, _ decision: borrowing Decision
  ) {
    var event = Event(status == .exists ? .decided : .refused)
    event.reason = status.rawValue
    event.keyHigh = report.keyHigh
    event.keyLow = report.keyLow
    event.reference = report.reference
    if status == .exists { event.incidentID = decision.answer.incidentID }
    emit(event)
  }

  /// The loop was kept from running: the host hears for how long. What fell due meanwhile fires now, marked late.
  package mutating func tellStall(late_ns: Int64) {
    var event = Event(.stall)
    event.late_ns = late_ns
    emit(event)
  }
}
