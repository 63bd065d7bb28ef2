// A shift begins: until then its unit is not available, whatever it does; then it is offered to what waits.

extension EngineCore {
  /// What the unit's details say of its shift's begin holds from now on. Mapped to the engine's clock here, once: a
  /// jump of the wall clock afterwards moves nothing. The caller tells routing and offers the unit. O(1).
  mutating func setShiftBegin(unit slot: UInt32) {
    let begin_us = details.units[slot].shiftBegin_us
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
      ahead_us > Self.farthestAppointment_us ? .max : time.now_ns &+ ahead_us &* 1_000)
  }

  /// The first shift that has begun: its unit is available, if what it does allows that. False: none has.
  mutating func beginShift(_ offerSteps: inout Int, _ decision: inout Decision) -> Bool {
    guard let slot = shifts.begins.popDue(now_ns: time.now_ns) else { return false }
    begin(shiftOf: slot)
    if offerSteps > 0 { workOffers(&offerSteps, &decision) }
    return true
  }

  private mutating func begin(shiftOf slot: UInt32) {
    units[slot].isBeforeShift = false
    guard units[slot].isFree else { return }
    units[slot].idleSince_ns = time.now_ns
    fileIdle(slot)
    router.set(level: code(of: slot), of: slot)
    noteFreed(unit: slot)
  }

  /// The wall time is known now. What came since has its begin already.
  mutating func armShift(_ slot: UInt32) {
    guard unitSlots.isLive(slot), units[slot].isBeforeShift, !shifts.begins.isSet(slot) else {
      return
    }
    shifts.begins.set(slot, firstDue_ns(details.units[slot].shiftBegin_us))
  }
}
