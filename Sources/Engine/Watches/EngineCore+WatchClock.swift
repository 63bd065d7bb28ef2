// What people do to the clock of a watch: as with every other clock (EngineCore+ClockActs), each names the firing that
// was seen. Before its limit the clock runs on the silence; a sign of life, a pause or the end of its incident ends the
// absence and all that was done to it.

import HujiaContainers

extension EngineCore {
  /// The watch that someone names. Its incident may be named beside it, nothing else.
  private func locateWatch(_ reference: ClockReference) -> (status: Status, slot: UInt32) {
    guard reference.watchID != 0, reference.assignmentID == 0 else { return (.argument, 0) }
    guard let slot = watches.find(reference.watchID) else { return (.unknownUnit, 0) }
    guard
      reference.incidentID == 0 || reference.incidentID == watches[slot].incidentID
    else { return (.argument, 0) }
    return (.ok, slot)
  }

  /// Paused, or the plans have no chain for it.
  func isAbsenceOff(_ slot: UInt32) -> Bool {
    switch watches[slot].state {
    case .paused: return true
    case .present: return firstStepDue_ns(slot) == .max
    case .absent: return absencePolicy(slot).stepCount == 0
    }
  }

  private func seenAbsence(_ reference: ClockReference) -> (status: Status, slot: UInt32) {
    let found = locateWatch(reference)
    guard found.status == .ok else { return found }
    guard !isAbsenceOff(found.slot) else { return (.noClock, found.slot) }
    let chain = watches[chain: found.slot]
    let fired = (chain.firedCycle, chain.firedStep)
    if (reference.cycle, reference.step) < fired { return (.passed, found.slot) }
    if (reference.cycle, reference.step) > fired { return (.step, found.slot) }
    return (.ok, found.slot)
  }

  private func isSnoozed(_ slot: UInt32) -> Bool {
    watches[chain: slot].isSnoozed || watches[slot].step == WatchRecord.putOff
  }

  private func absenceState(_ slot: UInt32) -> ClockState {
    if isAbsenceOff(slot) { return .none }
    if watches[chain: slot].isTaken { return .taken }
    if isSnoozed(slot) { return .snoozed }
    return watches[chain: slot].firedStep > 0 ? .breached : .running
  }

  func readAbsence(_ reference: ClockReference) -> (status: Status, reading: ClockReading?) {
    let (status, slot) = locateWatch(reference)
    guard status == .ok else { return (status, nil) }
    let state = absenceState(slot)
    let isOff = state == .none
    let isPresent = watches[slot].state == .present
    let chain = watches[chain: slot]
    return (
      .ok,
      ClockReading(
        state: state, step: isOff ? 0 : chain.firedStep, cycle: isOff ? 0 : chain.firedCycle,
        due_ns: isOff ? .max : isPresent ? firstStepDue_ns(slot) : watches[slot].due_ns,
        planned_ns: isOff || chain.isTaken
          ? .max : isPresent ? absentAt_ns(slot) : chain.planned_ns,
        plansVersion: isOff ? 0 : plans.number(plans.current))
    )
  }

  mutating func takeAbsence(_ reference: ClockReference, act: Act) -> Status {
    let (status, slot) = seenAbsence(reference)
    guard status == .ok else { return status }
    guard watches[chain: slot].firedStep > 0 else { return .step }
    guard !watches[chain: slot].isTaken else { return .unchanged }
    let taken_ms = absencePolicy(slot).manners.taken_ms
    let isLimited = taken_ms > 0 && watches[chain: slot].hasNext
    watches.take(slot, until_ns: isLimited ? time.now_ns.adding(ms: taken_ms) : nil)
    tellAbsence(slot, act)
    return .ok
  }

  mutating func snoozeAbsence(_ reference: ClockReference, for_ms: Int64, act: Act) -> Status {
    let (status, slot) = seenAbsence(reference)
    guard status == .ok else { return status }
    guard !watches[chain: slot].isTaken else { return .state }
    let isPresent = watches[slot].state == .present
    let planned_ns = isPresent ? absentAt_ns(slot) : watches[chain: slot].planned_ns
    let due_ns = isPresent ? firstStepDue_ns(slot) : watches[slot].due_ns
    let most_ms = absencePolicy(slot).manners.snoozeMost_ms
    let until_ns = time.now_ns.adding(ms: for_ms)
    guard most_ms > 0, until_ns <= planned_ns.adding(ms: most_ms) else { return .snooze }
    guard until_ns > due_ns else { return .unchanged }
    watches.snooze(slot, until_ns: until_ns)
    tellAbsence(slot, act)
    return .ok
  }

  mutating func escalateAbsence(
    _ reference: ClockReference, act: Act, _ decision: inout Decision
  ) -> Status {
    let (status, slot) = seenAbsence(reference)
    guard status == .ok else { return status }
    guard watches[chain: slot].hasNext else { return .state }
    guard outbox.hasRoomForEscalation else { return .full }
    watches.hasten(slot, now_ns: time.now_ns)
    if watches[slot].state == .present { beginAbsence(slot, due_ns: time.now_ns) }
    fireAbsence(slot, act: act, &decision)
    return .ok
  }

  private mutating func tellAbsence(_ slot: UInt32, _ act: Act) {
    let record = watches[slot]
    var event = Event(.clock)
    event.watchID = record.id
    event.incidentID = record.incidentID
    event.clock = Int32(ClockKind.absence.rawValue)
    event.step = watches[chain: slot].firedStep
    event.cycle = watches[chain: slot].firedCycle
    event.state = absenceState(slot).rawValue
    event.sign(act)
    event.reason = Int32(truncatingIfNeeded: act.reason)
    event.dueWall_us = time.wall_us(of: record.due_ns)
    refer(&event)
    emit(event)
  }
}
