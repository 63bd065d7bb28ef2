// What people do to clocks: take an escalation, put a step off, ask for the next one now. Each says which firing the
// person saw, so that two people, or one on an old screen, never act on what has moved on.

/// One clock and the firing that was seen: 1-based step and cycle; 0 = none has fired.
package struct ClockReference: BitwiseCopyable {
  package var clock: ClockKind
  package var incidentID: UInt64
  package var assignmentID: UInt64
  package var watchID: UInt64
  package var step: Int32
  package var cycle: Int32
  package init(
    clock: ClockKind, incidentID: UInt64 = 0, assignmentID: UInt64 = 0, watchID: UInt64 = 0,
    step: Int32, cycle: Int32
  ) {
    self.clock = clock
    self.incidentID = incidentID
    self.assignmentID = assignmentID
    self.watchID = watchID
    self.step = step
    self.cycle = cycle
  }
}

/// What a clock says of itself (`hj_clock_status`).
package struct ClockReading: BitwiseCopyable {
  package var state = ClockState.none
  package var step: Int32 = 0
  package var cycle: Int32 = 0
  package var due_ns: Int64 = .max
  /// Before the limit: the limit; after: the next step without a snooze.
  package var planned_ns: Int64 = .max
  package var plansVersion: UInt32 = 0
  /// The same two on the wall clock as it is now; 0 = never.
  package var dueWall_us: Int64 = 0
  package var plannedWall_us: Int64 = 0
  package init() {}

  init(
    state: ClockState, step: Int32, cycle: Int32, due_ns: Int64, planned_ns: Int64,
    plansVersion: UInt32
  ) {
    self.state = state
    self.step = step
    self.cycle = cycle
    self.due_ns = due_ns
    self.planned_ns = planned_ns
    self.plansVersion = plansVersion
  }
}

extension EngineCore {
  /// The slot of a clock that someone names. For an assignment's clock its id is asked and the incident's may be 0.
  private func locate(_ reference: ClockReference) -> (status: Status, slot: UInt32) {
    guard reference.watchID == 0 else { return (.argument, 0) }
    if reference.clock.isOfAssignment {
      guard let assignment = assignmentSlots.slot(of: reference.assignmentID) else {
        return (.stale, 0)
      }
      let incident = incidentSlots.id(of: assignments[assignment].incident)
      guard reference.incidentID == 0 || reference.incidentID == incident else {
        return (.argument, 0)
      }
      return (.ok, ClockSlot.of(reference.clock, assignment: assignment, limits))
    }
    guard let incident = incidentSlots.slot(of: reference.incidentID) else { return (.stale, 0) }
    guard reference.assignmentID == 0 else { return (.argument, 0) }
    return (.ok, ClockSlot.of(reference.clock, incident: incident))
  }

  /// A clock that runs, at the firing that was seen.
  private func seen(_ reference: ClockReference) -> (status: Status, slot: UInt32) {
    let found = locate(reference)
    guard found.status == .ok else { return found }
    let slot = found.slot
    guard isRunning(reference.clock, slot: slot), reference.clock != .appointment else {
      let isOver = !incidents[incident(ofClock: slot)].state.isOpen
      return (isOver ? .state : .noClock, slot)
    }
    guard !clocks[slot].isSuspended else { return (.state, slot) }
    let fired = (clocks[slot].firedCycle, clocks[slot].firedStep)
    if (reference.cycle, reference.step) < fired { return (.passed, slot) }
    if (reference.cycle, reference.step) > fired { return (.step, slot) }
    return (.ok, slot)
  }

  package func read(_ reference: ClockReference) -> (status: Status, reading: ClockReading?) {
    if reference.clock == .absence { return readAbsence(reference) }
    let found = locate(reference)
    guard found.status == .ok else { return (found.status, nil) }
    let record = clocks[found.slot]
    let runs = isRunning(reference.clock, slot: found.slot)
    return (
      .ok,
      ClockReading(
        state: runs ? record.state : .none, step: runs ? record.firedStep : 0,
        cycle: runs ? record.firedCycle : 0,
        due_ns: runs && deadlines.isArmed(slot: found.slot) ? record.due_ns : .max,
        planned_ns: runs && !record.isTaken ? record.planned_ns : .max,
        plansVersion: runs
          ? plans.number(incidents[incident(ofClock: found.slot)].clockVersion) : 0)
    )
  }

  /// When a due time comes on the wall clock as it is now; 0 for never.
  package func wall_us(of due_ns: Int64) -> Int64 {
    guard due_ns != .max else { return 0 }
    return time.wall_us &+ (due_ns &- time.now_ns) / 1_000
  }

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
    clocks[slot].isTaken = true
    clocks[slot].isSnoozed = false
    let taken_ms = policy(slot, incident: incident).manners.taken_ms
    if taken_ms > 0 {
      clocks[slot].planned_ns = time.now_ns.adding(ms: taken_ms)
      rearm(slot, due_ns: clocks[slot].planned_ns)
    } else {
      clocks[slot].due_ns = .max
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
      clocks[slot].step = 0
      clocks[slot].isWarned = true
    }
    clocks[slot].isSnoozed = true
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
    clocks[slot].due_ns = time.now_ns
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
    event.dueWall_us = deadlines.isArmed(slot: slot) ? wall_us(of: record.due_ns) : 0
    if let assignment = assignment(ofClock: slot) {
      event.assignmentID = assignmentSlots.id(of: assignment)
      event.unitID = units[assignments[assignment].unit].id
    }
    emit(event)
  }
}
