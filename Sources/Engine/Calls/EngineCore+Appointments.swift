// Incidents that are to be dispatched later 预约: held until their appointment, then decided as if they came in then.

import HujiaContainers

extension EngineCore {

  /// Whether a report is for later, and when that is. A jump of the wall clock afterwards moves nothing.
  func appointment(of report: IncidentReport) -> (status: Status, isAhead: Bool, due_ns: Int64) {
    guard report.appointmentWall_us > time.wall_us else { return (.ok, false, 0) }
    // Before the first poll the wall time is not known: `armAppointment` sets it right.
    guard time.wall_us > 0 else { return (.ok, true, .max) }
    let ahead_us = report.appointmentWall_us &- time.wall_us
    guard ahead_us <= Moment.farthest_us else { return (.argument, false, 0) }
    return (.ok, true, time.now_ns.adding(ms: 0) &+ ahead_us &* 1_000)
  }

  mutating func hold(
    _ incident: UInt32, until_ns: Int64, _ decision: inout Decision
  ) -> Status {
    decision.answer = Answer(epoch: epoch)
    incidents.hold(incident)
    if isBeforeFirstWall { firstWall.hasAppointments = true }
    setAppointment(incident, due_ns: until_ns)
    describe(incident, &decision)
    var held = event(.decided, incident: incident)
    held.reason = Status.held.rawValue
    emit(held)
    return .held
  }

  /// The appointment has come: its limits count from it.
  mutating func keepAppointment(_ incident: UInt32, _ decision: inout Decision) {
    if incidents[incident].isSuspected { return serve(likely: incident, &decision) }
    let due_ns = clocks[ClockSlot.of(.appointment, incident: incident)].due_ns
    beginAppointment(incident, at_ns: due_ns)
    _ = choose(for: incident, &decision)
    emitIncident(incident, reason: .appointment)
    announceSent(incident, &decision)
  }

  /// Ends the holding, without a decision. A unit sent by hand goes before the time.
  mutating func beginAppointment(_ incident: UInt32, at_ns: Int64) {
    stop(.appointment, slot: ClockSlot.of(.appointment, incident: incident))
    incidents.release(incident, at_ns: at_ns)
    fileOpen(incident)
  }
}
