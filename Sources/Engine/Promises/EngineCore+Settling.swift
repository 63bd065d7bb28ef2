// One truth in all books: whether a promise was kept is decided here, by what really happened and when, and figures,
// the list of breaches and the statistics say the same. What was told late counts from its real time; the escalation
// that was told meanwhile stays told.

extension ClockRecord {
  /// When the promise is broken. A snooze puts off the step and not the limit.
  var limit_ns: Int64 {
    firedStep == 0 && !kind.isOfAssignment && !isOfPaper ? planned_ns : own_ns
  }
}

extension EngineCore {
  /// Ends a promise at `at_ns`. Broken: its breach ends then, and is noted if no step has told of it. Kept: a breach
  /// that was noted meanwhile is withdrawn. `isOver`: the clock had stopped before, by what turned out otherwise.
  mutating func settle(_ slot: UInt32, at_ns: Int64, isOver: Bool = false) {
    let record = clocks[slot]
    guard record.kind != .appointment else { return }
    let isKept = at_ns <= record.limit_ns
    if !breaches.isNoted(clock: slot) {
      guard record.isRunning || isOver, !record.isSuspended, !isKept else { return }
      noteBreach(
        slot, incident: incident(ofClock: slot), assignment: assignment(ofClock: slot),
        due_ns: record.limit_ns)
    }
    counters.add(Counter.breaches, breaches.settle(clock: slot, ended_ns: at_ns, isKept: isKept))
  }

  /// Whether the promise of a clock was kept by what happened at `at_ns`; nil = there is none to judge. Its clock knows
  /// best (a raised tier gives it a new limit); without a clock the target does. A limit that had run out before anyone
  /// told of its beginning is not judged.
  func isKept(
    _ kind: ClockKind, slot: UInt32, at_ns: Int64, took_ns: Int64, target_ms: Int64
  ) -> Bool? {
    let record = clocks[slot]
    if record.kind == kind, record.limit_ns != .max {
      if record.isCatchUp, !record.isOfPaper { return nil }
      if record.isSuspended, !breaches.isNoted(clock: slot), at_ns > record.limit_ns { return nil }
      return at_ns <= record.limit_ns
    }
    return target_ms < 0 ? nil : took_ns <= target_ms.multipliedClamped(by: 1_000_000)
  }

  /// Starts a promise again that turned out not to be kept: from where it started first, so that it may be overdue and
  /// fires then, once, late. Its breach goes on.
  mutating func restart(_ kind: ClockKind, slot: UInt32, _ promise: Promise, from start_ns: Int64) {
    guard promise.canStart else { return }
    let breach = clocks[slot].kind == kind ? breaches.take(clock: slot) : 0
    start(kind, slot: slot, promise, from: start_ns, keepsOverdue: true)
    counters.add(Counter.breaches, breaches.reopen(breach, clock: slot))
  }

  /// New clocks have no limits yet; what the slot's last incident or assignment left behind says nothing.
  mutating func clearClocks(incident: UInt32) {
    let first = incident * UInt32(ClockSlot.perIncident)
    for slot in first..<first + UInt32(ClockSlot.perIncident) { clearClock(slot) }
  }

  mutating func clearClocks(assignment: UInt32) {
    let first = ClockSlot.of(.acknowledge, assignment: assignment, limits)
    for slot in first..<first + UInt32(ClockSlot.perAssignment) { clearClock(slot) }
  }

  private mutating func clearClock(_ slot: UInt32) {
    clocks.clear(slot)
    _ = breaches.take(clock: slot)
  }

  /// A promise is broken: a step has told of it, or its limit had passed before its clock stopped.
  mutating func noteBreach(_ slot: UInt32, incident: UInt32, assignment: UInt32?, due_ns: Int64) {
    breaches.note(
      Breach(
        incidentID: incidents.id(of: incident),
        assignmentID: assignment.map { assignments.id(of: $0) } ?? 0,
        unitID: assignment.map { units[assignments[$0].unit].id } ?? 0, due_ns: due_ns,
        dueWall_us: time.wall_us &- (time.now_ns &- due_ns) / 1_000, ended_ns: .max,
        clock: clocks[slot].kind, tier: incidents[incident].tier, type: incidents[incident].type,
        isCatchUp: incidents[incident].isCatchUp, reference: incidents.reference(of: incident)),
      clock: slot)
    counters.add(Counter.breaches)
  }
}
