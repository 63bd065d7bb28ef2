// Firing what is due: one event a step, never early, exactly once, in order of due time, then of slot.

import HujiaContainers
import HujiaDeadlines

extension EngineCore {
  mutating func fire(
    _ slot: UInt32, act: Act, _ decision: inout Decision
  ) -> Outcome {
    assert(clocks[slot].isRunning && clocks[slot].due_ns <= time.now_ns)
    let incident = incident(ofClock: slot)
    if clocks[slot].kind == .appointment {
      keepAppointment(incident, &decision)
      return Outcome(isDecision: true)
    }
    if isPassedOver(slot, incident: incident) {
      passOver(slot, incident: incident)
      return Outcome()
    }
    guard clocks[slot].step < 0 else {
      return escalate(slot, incident: incident, act: act, &decision)
    }
    warn(slot, incident: incident)
    return Outcome()
  }

  /// As if it had fired, but nobody hears of it and nothing is done.
  private mutating func passOver(_ slot: UInt32, incident: UInt32) {
    guard clocks[slot].step >= 0 else {
      clocks.warn(slot)
      return rearm(slot, due_ns: firstStep_ns(slot, incident: incident))
    }
    let tables = plans.tables(incidents[incident].clockVersion)
    let policy = tables.pointee.policy(clocks[slot].policy)
    clocks.clampStep(slot, count: policy.stepCount)
    _ = beginFiring(slot, incident: incident, policy)
    advance(slot, along: Chain(policy, in: tables))
  }

  /// The step counts as fired: a breach is noted, its number is used up. Returns step and cycle.
  private mutating func beginFiring(
    _ slot: UInt32, incident: UInt32, _ policy: ClockPolicy
  ) -> (step: Int32, cycle: Int32) {
    let record = clocks[slot]
    let step = record.isLastResort ? policy.stepCount + 1 : record.step + 1
    var cycle = record.cycle
    // Its chain was changed for a shorter one: a step that has fired fires again, as another firing.
    if (cycle, step) <= (record.firedCycle, record.firedStep) { cycle = record.firedCycle &+ 1 }
    clocks.useCycle(cycle, record.kind, slot: slot)
    // A step that a person asked for may come before the limit; the breach is noted by the first that comes after it.
    let limit_ns = record.limit_ns
    if limit_ns <= time.now_ns, !breaches.isNoted(clock: slot) {
      noteBreach(slot, incident: incident, assignment: assignment(ofClock: slot), due_ns: limit_ns)
    }
    clocks.fire(slot, step: step, cycle: cycle, limit_ns: limit_ns)
    return (step, cycle)
  }

  private func event(_ kind: EventKind, clock slot: UInt32, incident: UInt32) -> Event {
    let record = clocks[slot]
    var event = event(kind, incident: incident)
    event.clock = Int32(record.kind.rawValue)
    event.cycle = record.cycle
    event.plansVersion = plans.number(incidents[incident].clockVersion)
    event.late_ns = time.now_ns &- record.due_ns
    event.dueWall_us = time.wall_us &- event.late_ns / 1_000
    return event
  }

  private mutating func name(_ assignment: UInt32?, in event: inout Event) {
    guard let assignment else { return }
    event.assignmentID = assignments.id(of: assignment)
    event.unitID = units[assignments[assignment].unit].id
  }

  /// The limit comes near: an event of its own kind, then the limit itself.
  private mutating func warn(_ slot: UInt32, incident: UInt32) {
    var warning = event(.warning, clock: slot, incident: incident)
    name(assignment(ofClock: slot), in: &warning)
    clocks.warn(slot)
    rearm(slot, due_ns: firstStep_ns(slot, incident: incident))
    emit(warning)
    noteLateness(warning.late_ns)
  }

  /// Fires the step that is next, whether its time has come or a person wants it now. The caller offers what it frees.
  mutating func escalate(
    _ slot: UInt32, incident: UInt32, act: Act, _ decision: inout Decision
  ) -> Outcome {
    let tables = plans.tables(incidents[incident].clockVersion)
    let policy = tables.pointee.policy(clocks[slot].policy)
    // Its chain may have changed since; a shorter one goes on with its last step.
    clocks.clampStep(slot, count: policy.stepCount)
    let record = clocks[slot]
    let action =
      record.isLastResort
      ? policy.manners.lastResort : tables.pointee.step(policy, record.step).action
    var event = event(.escalation, clock: slot, incident: incident)
    event.action = Int32(action.rawValue)
    sign(&event, act, incident: incident)
    (event.step, event.cycle) = beginFiring(slot, incident: incident, policy)
    // The firing names the clock's own assignment, never the replacement's, also when that assignment has ended.
    name(assignment(ofClock: slot), in: &event)
    // The chain goes on before the step acts, so that a replacement inherits the next due time.
    advance(slot, along: Chain(policy, in: tables))
    let outcome = carryOut(action, slot: slot, incident: incident, &decision)
    event.reason = outcome.reason.rawValue
    if let sent = outcome.assignment { event.unitID = units[assignments[sent].unit].id }
    if let proposed = outcome.proposed {
      (event.unitID, event.travel_ms) = (proposed.unit, proposed.travel_ms)
    }
    if let slot = outcome.slot {
      if let heir = assignment(ofClock: slot) { event.assignmentID = assignments.id(of: heir) }
      if outcome.reason != .nobody {
        clocks.reach(slot)
      } else if policy.manners.nobody == .skip {
        skipAhead(slot, from: record, cycle: event.cycle, policy: policy)
      }
    }
    emit(event)
    counters.add(Counter.escalations)
    noteLateness(event.late_ns)
    return outcome
  }

  /// Arms what comes next.
  private mutating func advance(_ slot: UInt32, along chain: Chain) {
    let record = clocks[slot]
    let place = ChainPlace(
      step: record.step, cycle: record.cycle, isRepeating: record.isRepeating,
      due_ns: record.due_ns)
    guard let next = chain.next(after: place, at: time.now_ns) else {
      clocks.end(slot)
      return
    }
    clocks.go(slot, to: next)
    rearm(slot, due_ns: next.due_ns)
  }

  /// The step found nobody, and the chain says not to wait: the next step is due when this one was. When no step of the
  /// chain found anybody, the last resort has it.
  private mutating func skipAhead(
    _ slot: UInt32, from record: ClockRecord, cycle: Int32, policy: ClockPolicy
  ) {
    guard clocks[slot].isRunning, !record.isLastResort else { return }
    if record.step + 1 >= policy.stepCount {
      guard !clocks[slot].hasReached else { return }
      clocks.resort(slot, cycle: cycle, isRepeating: record.isRepeating)
    }
    clocks.replan(slot, due_ns: record.due_ns)
    rearm(slot, due_ns: record.due_ns)
  }
}
