// Firing what is due: one event a step, never early, exactly once, in order of due time, then of slot.

import HujiaContainers
import HujiaDeadlines

extension EngineCore {
  /// Later than this after its due time, a deadline counts as late.
  static var late_ns: Int64 { 1_000_000_000 }

  /// Fires at most `most` steps that are due by now; returns how many. When the outbox has no room left for
  /// escalations the rest stay armed and wait.
  package mutating func fireDue(most: Int) -> Int {
    var fired = 0
    isEscalationBlocked = false
    while fired < most, deadlines.next_due_ns <= time.now_ns {
      guard outbox.hasRoomForEscalation else {
        isEscalationBlocked = true
        break
      }
      guard let slot = deadlines.popDue(now_ns: time.now_ns) else { break }
      disarmed()
      fire(slot)
      fired += 1
    }
    counters.set(Counter.escalationsWaiting, isEscalationBlocked ? 1 : 0)
    return fired
  }

  /// The earliest due time; `Int64.max` when nothing is armed.
  package var nextDue_ns: Int64 { deadlinesArmed == 0 ? .max : deadlines.next_due_ns }

  private mutating func fire(_ slot: UInt32) {
    assert(clocks[slot].isRunning && clocks[slot].due_ns <= time.now_ns)
    let incident = incident(ofClock: slot)
    let tables = plans.tables(incidents[incident].planVersion)
    let tier = incidents[incident].tier
    let policy = tables.pointee.clock(clocks[slot].kind, tier: tier)
    guard policy.stepCount > 0 else {
      clocks[slot].isRunning = false
      return
    }
    // The tier or the plans may have changed since; a shorter chain goes on with its last step.
    clocks[slot].step = min(clocks[slot].step, policy.stepCount - 1)
    let record = clocks[slot]
    let step = tables.pointee.step(record.kind, tier: tier, index: Int(record.step))
    var event = event(.escalation, incident: incident)
    event.clock = Int32(record.kind.rawValue)
    event.step = record.step + 1
    event.cycle = record.cycle
    event.action = Int32(step.action.rawValue)
    event.late_ns = time.now_ns &- record.due_ns
    event.dueWall_us = time.wall_us &- event.late_ns / 1_000
    var assignment = assignment(ofClock: slot)
    var freed: UInt32?

    // The chain goes on before the step acts, so that a replacement inherits the next due time.
    advanceChain(slot, policy: policy, tables: tables, tier: tier)
    if step.action == .nextUnit, let asked = assignment {
      let withdrawn = assignments[asked].unit
      if let replacement = replaceUnsigned(asked) {
        assignment = replacement
        freed = withdrawn
        event.reason = Reason.nextUnit.rawValue
      } else {
        event.reason = Reason.nobody.rawValue
      }
    }
    if let assignment {
      event.assignmentID = assignmentSlots.id(of: assignment)
      event.unitID = units[assignments[assignment].unit].id
    }
    emit(event)
    counters.add(Counter.escalations)
    if event.late_ns > Self.late_ns { counters.add(Counter.lateDeadlines) }
    counters.raise(Counter.worstLateness_ns, to: event.late_ns)
    // A unit that did not sign for this one may be what another incident waits for.
    if let freed { offer(unit: freed) }
  }

  /// Arms the next step at this step's due time plus its delay. After the last step it repeats until it is stopped;
  /// repeats that were slept through are one, not many.
  private mutating func advanceChain(
    _ slot: UInt32, policy: ClockPolicy, tables: UnsafeMutablePointer<PlanTables>, tier: Tier
  ) {
    let record = clocks[slot]
    if record.step + 1 < policy.stepCount {
      let next = tables.pointee.step(record.kind, tier: tier, index: Int(record.step) + 1)
      clocks[slot].step = record.step + 1
      rearm(slot, due_ns: record.due_ns &+ next.after_ms &* 1_000_000)
      return
    }
    guard policy.repeat_ms > 0 else {
      clocks[slot].isRunning = false
      return
    }
    let repeat_ns = policy.repeat_ms &* 1_000_000
    var due_ns = record.due_ns &+ repeat_ns
    if due_ns <= time.now_ns {
      due_ns &+= (time.now_ns &- due_ns) / repeat_ns &* repeat_ns
      // This one was a repeat already: it stands for those that were slept through.
      if record.cycle > 0 { due_ns &+= repeat_ns }
    }
    clocks[slot].cycle = record.cycle &+ 1
    rearm(slot, due_ns: due_ns)
  }

  private func incident(ofClock slot: UInt32) -> UInt32 {
    let incidentClocks = UInt32(limits.incidents * ClockSlot.perIncident)
    return slot < incidentClocks ? slot / 4 : assignments[slot - incidentClocks].incident
  }

  private func assignment(ofClock slot: UInt32) -> UInt32? {
    let incidentClocks = UInt32(limits.incidents * ClockSlot.perIncident)
    return slot < incidentClocks ? nil : slot - incidentClocks
  }

  /// Withdraws a unit that did not sign and sends the next best one in its place, with the rest of its chain; nil
  /// when there is no other.
  private mutating func replaceUnsigned(_ asked: UInt32) -> UInt32? {
    let record = assignments[asked]
    refuse(unit: units[record.unit].id, incident: record.incident)
    guard
      let replacement = sendReplacement(
        incident: record.incident, requirement: record.requirement, seat: record.seat,
        role: record.role)
    else {
      takeBackRefusal(incident: record.incident)
      return nil
    }
    let old = ClockSlot.acknowledge(asked, limits)
    let new = ClockSlot.acknowledge(replacement, limits)
    if clocks[old].isRunning {
      stop(new)
      moveClock(from: old, to: new)
    }
    end(asked, as: .expired, reason: .nextUnit, act: Act(), wall_us: 0)
    offer(unit: record.unit)
    return replacement
  }
}
