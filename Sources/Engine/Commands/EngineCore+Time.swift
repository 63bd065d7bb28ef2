// The first time an engine hears the time, time that it did not see pass, and answers to posts that could not be taken.

import HujiaIngest

extension EngineCore {
  /// Commands before the first poll had no wall time; they get that of the first poll. O(1).
  package mutating func startWall(_ wall_us: Int64) {
    firstWall.moment = Moment(now_ns: time.now_ns, wall_us: wall_us)
    firstWall.nextUnit = firstWall.hasShifts ? 0 : nil
    firstWall.nextIncident = firstWall.hasAppointments ? 0 : nil
  }

  /// A posted report. Where it opened nothing, the host hears why, with its key.
  mutating func answerPost(_ report: IncidentReport, _ status: Status, _ incident: UInt64) {
    if status == .ok || status == .manual || status == .held { return }
    var event = Event(status == .exists ? .decided : .refused)
    event.reason = status.rawValue
    event.keyHigh = report.keyHigh
    event.keyLow = report.keyLow
    event.reference = report.reference
    if status == .exists { event.incidentID = incident }
    emit(event)
  }

  /// How the engine itself is.
  mutating func tell(_ kind: Int32, state: Int32, number: Int32, for_ns: Int64) -> Status {
    guard let kind = EventKind(rawValue: kind), kind == .mode || kind == .recovered else {
      return .argument
    }
    if kind == .mode {
      mode.isDegraded = state == WorkMode.degraded
      mode.reasons = UInt32(bitPattern: number)
      tellMode(Act())
      return .ok
    }
    var event = Event(kind)
    event.reason = state
    event.step = number
    event.late_ns = for_ns
    emit(event)
    return .ok
  }

  /// The host has handled the events up to this number.
  mutating func acknowledge(_ events: UInt64) -> Status {
    guard events <= outbox.newest else { return .argument }
    guard events > acknowledged else { return .unchanged }
    acknowledged = events
    handed?.pointee.forget(upTo: events)
    return .ok
  }

  /// The loop was kept from running: the host hears for how long. What fell due meanwhile fires now, marked late.
  package mutating func tellStall(late_ns: Int64) {
    var event = Event(.stall)
    event.late_ns = late_ns
    emit(event)
  }
}
