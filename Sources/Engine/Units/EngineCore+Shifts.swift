// A shift begins: until then its unit is not available, whatever it does; then it is offered to what waits.

extension EngineCore {
  /// What the unit's details say of its shift's begin holds from now on. Mapped to the engine's clock here, once: a
  /// jump of the wall clock afterwards moves nothing. The caller tells routing and offers the unit. O(1).
  mutating func setShiftBegin(unit slot: UInt32) {
    let begin_us = units[details: slot].shiftBegin_us
    let isBefore = begin_us != 0 && (time.wall_us == 0 || begin_us > time.wall_us)
    guard isBefore else {
      if units.beginShift(slot) { units.setIdle(slot, since_ns: time.now_ns) }
      return
    }
    // Before the first poll the wall time is not known: `armShift` sets it right.
    if isBeforeFirstWall { firstWall.hasShifts = true }
    let ahead_us = time.wall_us == 0 ? Int64.max : begin_us &- time.wall_us
    units.awaitShift(
      slot,
      begin_ns: ahead_us > Moment.farthest_us ? .max : time.now_ns &+ ahead_us &* 1_000)
  }

  /// The wall time is known now. What came since has its begin already.
  mutating func armShift(_ slot: UInt32) {
    guard units.isLive(slot), units[slot].isBeforeShift, !units.begins.isSet(slot) else {
      return
    }
    units.awaitShift(slot, begin_ns: firstDue_ns(units[details: slot].shiftBegin_us))
  }
}
