// What people do to clocks: take an escalation, put a step off, ask for the next one now. Each says which firing the
// person saw, so that two people, or one on an old screen, never act on what has moved on.

extension EngineCore {

  /// A person takes an escalation: it is not repeated and climbs no further, until its clock stops or, where the plans
  /// say so, until too long has passed.
  package mutating func take(_ reference: ClockReference, act: Act) -> Status {
    guard act.operatorID != 0 else { return .argument }
    if reference.clock == .absence { return takeAbsence(reference, act: act) }
    let (status, slot) = seen(reference)
    guard status == .ok else { return status }
    guard clocks[slot].firedStep > 0 else { return .step }
    guard !clocks[slot].isTaken else { return .unchanged }
    let incident = incident(ofClock: slot)
    let taken_ms = policy(slot, incident: incident).manners.taken_ms
    if taken_ms > 0 {
      let until_ns = time.now_ns.adding(ms: taken_ms)
      clocks.take(slot, until_ns: until_ns)
      rearm(slot, due_ns: until_ns)
    } else {
      clocks.take(slot, until_ns: nil)
      disarm(slot)
    }
    tell(slot, act)
    return .ok
  }

  /// Puts the step that comes next off, to `for_ms` from now, at most so far from its due time as the policy says.
  package mutating func snooze(_ reference: ClockReference, for_ms: Int64, act: Act) -> Status {
    guard act.operatorID != 0, for_ms > 0 else { return .argument }
    guard act.reason != 0 else { return .reason }
    if reference.clock == .absence {
      return snoozeAbsence(reference, for_ms: for_ms, act: act)
    }
    let (status, slot) = seen(reference)
    guard status == .ok else { return status }
    guard !clocks[slot].isTaken else { return .state }
    let most_ms = policy(slot, incident: incident(ofClock: slot)).manners.snoozeMost_ms
    let until_ns = time.now_ns.adding(ms: for_ms)
    guard most_ms > 0, until_ns <= clocks[slot].planned_ns.adding(ms: most_ms) else {
      return .snooze
    }
    guard until_ns > clocks[slot].due_ns else { return .unchanged }
    // Before the limit it is the limit that is put off; its warning is spared.
    if clocks[slot].step < 0 {
      guard until_ns > clocks[slot].planned_ns else { return .unchanged }
    }
    clocks.snooze(slot)
    rearm(slot, due_ns: until_ns)
    tell(slot, act)
    return .ok
  }

  /// Fires the next step now; the steps after it count from now.
  mutating func escalateNow(
    _ reference: ClockReference, act: Act, _ decision: inout Decision
  ) -> Status {
    guard act.operatorID != 0 else { return .argument }
    if reference.clock == .absence {
      return escalateAbsence(reference, act: act, &decision)
    }
    let (status, slot) = seen(reference)
    guard status == .ok else { return status }
    guard outbox.hasRoomForEscalation else { return .full }
    disarm(slot)
    clocks.setDue(slot, time.now_ns)
    let outcome = escalate(slot, incident: incident(ofClock: slot), act: act, &decision)
    if let freed = outcome.freed { offer(unit: freed, &decision) }
    return .ok
  }

  private mutating func tell(_ slot: UInt32, _ act: Act) {
    let record = clocks[slot]
    var event = event(.clock, incident: incident(ofClock: slot))
    event.clock = Int32(record.kind.rawValue)
    event.step = record.firedStep
    event.cycle = record.firedCycle
    event.state = record.state.rawValue
    sign(&event, act, incident: incident(ofClock: slot))
    event.reason = Int32(truncatingIfNeeded: act.reason)
    event.dueWall_us = clocks.isArmed(slot) ? time.wall_us(of: record.due_ns) : 0
    if let assignment = assignment(ofClock: slot) {
      event.assignmentID = assignments.id(of: assignment)
      event.unitID = units[assignments[assignment].unit].id
    }
    emit(event)
  }
}
