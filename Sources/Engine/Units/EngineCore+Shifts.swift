// A shift begins: until then its unit is not available, whatever it does; then it is offered to what waits.

extension EngineCore {
  /// What the unit's details say of its shift's begin holds from now on. Mapped to the engine's clock here, once: a
  /// jump of the wall clock afterwards moves nothing. The caller tells routing and offers the unit. O(1).
  mutating func setShiftBegin(unit slot: UInt32) {
    let begin_us = unitDetails[slot].shiftBegin_us
    let wasBefore = units[slot].isBeforeShift
    let isBefore = begin_us != 0 && (time.wall_us == 0 || begin_us > time.wall_us)
    units[slot].isBeforeShift = isBefore
    guard isBefore else {
      shifts.begins.remove(slot)
      if wasBefore { units[slot].idleSince_ns = time.now_ns }
      return
    }
    // Before the first poll the wall time is not known: `armShift` sets it right.
    if isBeforeFirstWall { firstWall.hasShifts = true }
    let ahead_us = time.wall_us == 0 ? Int64.max : begin_us &- time.wall_us
    shifts.begins.set(
      slot,
      ahead_us > Moment.farthest_us ? .max : time.now_ns &+ ahead_us &* 1_000)
  }

  /// The wall time is known now. What came since has its begin already.
  mutating func armShift(_ slot: UInt32) {
    guard unitSlots.isLive(slot), units[slot].isBeforeShift, !shifts.begins.isSet(slot) else {
      return
    }
    shifts.begins.set(slot, firstDue_ns(unitDetails[slot].shiftBegin_us))
  }
}
