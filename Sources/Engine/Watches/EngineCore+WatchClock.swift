// What people do to the clock of a watch: as with every other clock (EngineCore+ClockActs), each names the firing that
// was seen. Before its limit the clock runs on the silence; a sign of life, a pause or the end of its incident ends the
// absence and all that was done to it.

import HujiaContainers

extension EngineCore {
  /// The watch that someone names. Its incident may be named beside it, nothing else.
  private func locateWatch(_ reference: ClockReference) -> (status: Status, slot: UInt32) {
    guard reference.watchID != 0, reference.assignmentID == 0 else { return (.argument, 0) }
    guard let slot = watches.index.find(reference.watchID) else { return (.unknownUnit, 0) }
    guard
      reference.incidentID == 0 || reference.incidentID == watches.records[slot].incidentID
    else { return (.argument, 0) }
    return (.ok, slot)
  }

  /// Paused, or the plans have no chain for it.
  func isAbsenceOff(_ slot: UInt32) -> Bool {
    switch watches.records[slot].state {
    case .paused: return true
    case .present: return firstStepDue_ns(slot) == .max
    case .absent: return absencePolicy(slot).stepCount == 0
    }
  }

  private func seenAbsence(_ reference: ClockReference) -> (status: Status, slot: UInt32) {
    let found = locateWatch(reference)
    guard found.status == .ok else { return found }
    guard !isAbsenceOff(found.slot) else { return (.noClock, found.slot) }
    let chain = watches.chains[found.slot]
    let fired = (chain.firedCycle, chain.firedStep)
    if (reference.cycle, reference.step) < fired { return (.passed, found.slot) }
    if (reference.cycle, reference.step) > fired { return (.step, found.slot) }
    return (.ok, found.slot)
  }

  private func isSnoozed(_ slot: UInt32) -> Bool {
    watches.chains[slot].isSnoozed || watches.records[slot].step == WatchRecord.putOff
  }

  private func absenceState(_ slot: UInt32) -> ClockState {
    if isAbsenceOff(slot) { return .none }
    if watches.chains[slot].isTaken { return .taken }
    if isSnoozed(slot) { return .snoozed }
    return watches.chains[slot].firedStep > 0 ? .breached : .running
  }

  func readAbsence(_ reference: ClockReference) -> (status: Status, reading: ClockReading?) {
    let (status, slot) = locateWatch(reference)
    guard status == .ok else { return (status, nil) }
    let state = absenceState(slot)
    let isOff = state == .none
    let isPresent = watches.records[slot].state == .present
    let chain = watches.chains[slot]
    return (
      .ok,
      ClockReading(
        state: state, step: isOff ? 0 : chain.firedStep, cycle: isOff ? 0 : chain.firedCycle,
        due_ns: isOff ? .max : isPresent ? firstStepDue_ns(slot) : watches.records[slot].due_ns,
        planned_ns: isOff || chain.isTaken
          ? .max : isPresent ? absentAt_ns(slot) : chain.planned_ns,
        plansVersion: isOff ? 0 : plans.number(plans.current))
    )
  }

  mutating func takeAbsence(_ reference: ClockReference, act: Act) -> Status {
    let (status, slot) = seenAbsence(reference)
    guard status == .ok else { return status }
    guard watches.chains[slot].firedStep > 0 else { return .step }
    guard !watches.chains[slot].isTaken else { return .unchanged }
    watches.chains[slot].isTaken = true
    watches.chains[slot].isSnoozed = false
    let taken_ms = absencePolicy(slot).manners.taken_ms
    if taken_ms > 0, watches.chains[slot].hasNext {
      watches.chains[slot].planned_ns = time.now_ns.adding(ms: taken_ms)
      due(slot, watches.chains[slot].planned_ns)
    } else {
      watches.records[slot].due_ns = .max
      watches.deadlines.cancel(slot: slot)
    }
    tellAbsence(slot, act)
    return .ok
  }

  mutating func snoozeAbsence(_ reference: ClockReference, for_ms: Int64, act: Act) -> Status {
    let (status, slot) = seenAbsence(reference)
    guard status == .ok else { return status }
    guard !watches.chains[slot].isTaken else { return .state }
    let isPresent = watches.records[slot].state == .present
    let planned_ns = isPresent ? absentAt_ns(slot) : watches.chains[slot].planned_ns
    let due_ns = isPresent ? firstStepDue_ns(slot) : watches.records[slot].due_ns
    let most_ms = absencePolicy(slot).manners.snoozeMost_ms
    let until_ns = time.now_ns.adding(ms: for_ms)
    guard most_ms > 0, until_ns <= planned_ns.adding(ms: most_ms) else { return .snooze }
    guard until_ns > due_ns else { return .unchanged }
    if isPresent {
      watches.records[slot].step = WatchRecord.putOff
      watches.chains[slot].putOffUntil_ns = until_ns
    } else {
      watches.chains[slot].isSnoozed = true
    }
    due(slot, until_ns)
    tellAbsence(slot, act)
    return .ok
  }

  mutating func escalateAbsence(
    _ reference: ClockReference, act: Act, _ decision: inout Decision
  ) -> Status {
    let (status, slot) = seenAbsence(reference)
    guard status == .ok else { return status }
    guard watches.chains[slot].hasNext else { return .state }
    guard outbox.hasRoomForEscalation else { return .full }
    watches.deadlines.cancel(slot: slot)
    if watches.records[slot].state == .present {
      beginAbsence(slot, due_ns: time.now_ns)
    } else {
      watches.records[slot].due_ns = time.now_ns
    }
    fireAbsence(slot, act: act, &decision)
    return .ok
  }

  private mutating func due(_ slot: UInt32, _ due_ns: Int64) {
    watches.records[slot].due_ns = due_ns
    watches.deadlines.arm(slot: slot, due_ns: due_ns)
  }

  private mutating func tellAbsence(_ slot: UInt32, _ act: Act) {
    let record = watches.records[slot]
    var event = Event(.clock)
    event.watchID = record.id
    event.incidentID = record.incidentID
    event.clock = Int32(ClockKind.absence.rawValue)
    event.step = watches.chains[slot].firedStep
    event.cycle = watches.chains[slot].firedCycle
    event.state = absenceState(slot).rawValue
    event.sign(act)
    event.reason = Int32(truncatingIfNeeded: act.reason)
    event.dueWall_us = time.wall_us(of: record.due_ns)
    refer(&event)
    emit(event)
  }
}
