// Before its first poll an engine knows no wall time. What came before it gets that of the first poll.

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

  /// When something that is due at a wall time is due on the engine's clock; `Int64.max` = never.
  func firstDue_ns(_ wall_us: Int64) -> Int64 {
    guard let first = firstWall.moment else { return .max }
    let ahead_us = wall_us &- first.wall_us
    if ahead_us <= 0 { return first.now_ns }
    return ahead_us > Moment.farthest_us ? .max : first.now_ns &+ ahead_us &* 1_000
  }
}
