// The first time an engine hears the time, time that it did not see pass, and answers to posts that could not be taken.

import HujiaIngest

/// What commands before the first poll left open because no wall time was known. Nothing is looked for when it becomes
/// known: what shows a time finds it here, and what waits for it is armed in slices before anything fires.
struct FirstWall: BitwiseCopyable {
  /// The first wall time, and the engine's own time then; nil = none yet.
  var moment: Moment?
  /// Appointments and begins of shifts that came before it.
  var hasAppointments = false
  var hasShifts = false
  /// Slots from here on have still to be armed; nil = all are.
  var nextUnit: UInt32?
  var nextIncident: UInt32?

  @inline(__always) var isArming: Bool { nextUnit != nil || nextIncident != nil }
}

extension EngineCore {
  /// Commands before the first poll had no wall time; they get that of the first poll. O(1).
  package mutating func startWall(_ wall_us: Int64) {
    firstWall.moment = Moment(now_ns: time.now_ns, wall_us: wall_us)
    firstWall.nextUnit = firstWall.hasShifts ? 0 : nil
    firstWall.nextIncident = firstWall.hasAppointments ? 0 : nil
  }

  /// Whether a record that is made now has to wait for the first wall time.
  @inline(__always) var isBeforeFirstWall: Bool { time.wall_us == 0 && firstWall.moment == nil }

  /// The wall time of something that is kept as 0 when it came before the first one.
  func known(_ wall_us: Int64) -> Int64 {
    wall_us == 0 ? firstWall.moment?.wall_us ?? 0 : wall_us
  }

  /// The same where 0 means never, and 1 that it came before the first one.
  func knownOrNever(_ wall_us: Int64) -> Int64 {
    wall_us == 1 ? firstWall.moment?.wall_us ?? 1 : wall_us
  }

  /// A device's time that came before the first wall time has its place on the engine's clock since then. O(1).
  func fixTimes(of slot: UInt32) -> (wall_us: Int64, fix_ns: Int64) {
    let unit = units[slot]
    guard unit.isFixBeforeFirstWall, let first = firstWall.moment, first.wall_us != 0 else {
      return (unit.fixWall_us, unit.fix_ns)
    }
    return FixRules.times(wall_us: unit.fixWall_us, now_us: first.wall_us, now_ns: first.now_ns)
  }

  /// A slice of the units and incidents that wait for the first wall time. False: more are left.
  mutating func armFirstWall() -> Bool {
    if let first = firstWall.nextUnit {
      let end = min(first + Self.armedSlice, UInt32(unitSlots.touched))
      for slot in first..<end { armShift(slot) }
      firstWall.nextUnit = end < UInt32(unitSlots.touched) ? end : nil
    } else if let first = firstWall.nextIncident {
      let end = min(first + Self.armedSlice, UInt32(incidentSlots.touched))
      for slot in first..<end { armAppointment(slot) }
      firstWall.nextIncident = end < UInt32(incidentSlots.touched) ? end : nil
    }
    return !firstWall.isArming
  }

  private static var armedSlice: UInt32 { 512 }

  /// When something that is due at a wall time is due on the engine's clock; `Int64.max` = never.
  func firstDue_ns(_ wall_us: Int64) -> Int64 {
    guard let first = firstWall.moment else { return .max }
    let ahead_us = wall_us &- first.wall_us
    if ahead_us <= 0 { return first.now_ns }
    return ahead_us > Self.farthestAppointment_us ? .max : first.now_ns &+ ahead_us &* 1_000
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
