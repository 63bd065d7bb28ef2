// Starting and stopping clocks: what all of them share. A clock stops on exactly one event.

import HujiaDeadlines

/// What a clock promises an incident: its chain, and how long until it is broken (-1 = no limit, so it does not start).
struct Promise {
  var policy: UInt32
  var limit_ms: Int64
  var canStart: Bool { limit_ms >= 0 }
}

extension EngineCore {
  /// The chain and limit of a clock for an incident as it is now; nil = it has no chain. `unitKind`: for the turnout.
  func promise(_ kind: ClockKind, incident: UInt32, unitKind: UInt32 = 0) -> Promise? {
    let record = incidents[incident]
    let tables = plans.tables(record.clockVersion)
    let index = tables.pointee.policyIndex(kind, for: record.circumstances(wall_us: time.wall_us))
    let policy = tables.pointee.policy(index)
    guard policy.stepCount > 0 else { return nil }
    var limit_ms = policy.limit_ms
    if limit_ms < 0 {
      switch kind {
      case .pending: limit_ms = limits(of: incident).respond_ms
      case .arrival: limit_ms = limits(of: incident).arrive_ms
      case .resolve: limit_ms = limits(of: incident).resolve_ms
      case .turnout: limit_ms = Int64(tables.pointee.turnout_ms(kind: unitKind))
      default: break
      }
    }
    return Promise(policy: index, limit_ms: limit_ms)
  }

  /// The tier's limits, with the plan's own and the vulnerable caller's.
  func limits(of incident: UInt32) -> TierLimits {
    let record = incidents[incident]
    var limits = plans.tables(record.clockVersion).pointee.limits(
      tier: record.tier, plan: 0, isVulnerable: record.isVulnerable)
    let own_ms = plans.tables(record.planVersion).pointee.arrive_ms(plan: record.plan.plan)
    if own_ms >= 0 { limits.arrive_ms = own_ms }
    return limits
  }

  func policy(_ slot: UInt32, incident: UInt32) -> ClockPolicy {
    plans.tables(incidents[incident].clockVersion).pointee.policy(clocks[slot].policy)
  }

  /// Starts a clock whose limit counts from `start_ns`. Where that lies so far back that the limit has passed (it was
  /// typed in late), it counts from now, so that it fires nothing at once.
  /// With `keepsOverdue` such a clock is overdue, and fires at once, late: for promises that run again. What was
  /// written on paper fires nothing old, whatever is told of it.
  mutating func start(
    _ kind: ClockKind, slot: UInt32, _ promise: Promise, from given_ns: Int64,
    keepsOverdue: Bool = false
  ) {
    guard promise.canStart else { return }
    let incident = incident(ofClock: slot)
    let isOfPaper = incidents[incident].isCatchUp && kind.isKeptOnPaper
    var start_ns = min(given_ns, time.now_ns)
    let real_ns = start_ns.adding(ms: promise.limit_ms)
    let isCatchUp =
      start_ns < time.now_ns && real_ns <= time.now_ns
      && (!keepsOverdue || incidents[incident].isCatchUp)
    if isCatchUp { start_ns = time.now_ns }
    let breach_ns = start_ns.adding(ms: promise.limit_ms)
    if clocks.isRunning(kind, slot: slot) { settle(slot, at_ns: min(given_ns, time.now_ns)) }
    _ = breaches.take(clock: slot)
    let cycle = clocks.takeCycle(kind, slot: slot)
    let record = ClockRecord(
      due_ns: breach_ns, planned_ns: breach_ns, own_ns: isOfPaper ? real_ns : breach_ns,
      start_ns: start_ns, policy: promise.policy, step: -1, cycle: cycle, firedCycle: cycle,
      kind: kind, isRunning: true, isCatchUp: isCatchUp, isOfPaper: isOfPaper)
    clocks.begin(slot, record)
    aim(slot, incident: incident)
    guard kind == .arrival else { return }
    incidents.setArrivalFrom(incident, start_ns)
    // Someone is on the scene already, sent to what was merged into this one.
    if incidents.hasMergedArrival(incident) { suspend(.arrival, incident) }
  }

  /// Before the limit: arms the warning if there is one and its time has not passed, else the limit.
  mutating func aim(_ slot: UInt32, incident: UInt32) {
    let record = clocks[slot]
    let breach_ns = record.planned_ns
    let warning_ns =
      record.isWarned
      ? nil
      : policy(slot, incident: incident).warning_ns(
        start_ns: record.start_ns, breach_ns: breach_ns)
    if let warning_ns, warning_ns > time.now_ns, warning_ns < breach_ns {
      clocks.aim(slot, atWarning: true)
      rearm(slot, due_ns: warning_ns)
    } else {
      clocks.aim(slot, atWarning: false)
      rearm(slot, due_ns: firstStep_ns(slot, incident: incident))
    }
  }

  /// When the chain begins: at the limit, or so long after it as its first step says.
  func firstStep_ns(_ slot: UInt32, incident: UInt32) -> Int64 {
    let tables = plans.tables(incidents[incident].clockVersion)
    let first = tables.pointee.step(tables.pointee.policy(clocks[slot].policy), 0)
    return clocks[slot].planned_ns.adding(ms: first.after_ms)
  }

  mutating func rearm(_ slot: UInt32, due_ns: Int64) {
    if clocks.arm(slot, due_ns: due_ns) { countArmed() }
  }

  /// Takes the deadline out; the promise stays open.
  mutating func disarm(_ slot: UInt32) {
    if clocks.disarm(slot) { countArmed() }
  }

  mutating func countArmed() {
    counters.set(Counter.deadlinesArmed, Int64(clocks.armed))
    counters.raise(Counter.deadlinesArmedHigh, to: Int64(clocks.armed))
  }

  /// Ends a promise, if its slot is that clock's at the moment. `at_ns`: when it really ended, nil = now.
  mutating func stop(_ kind: ClockKind, slot: UInt32, at_ns: Int64? = nil) {
    guard clocks[slot].kind == kind else { return }
    guard clocks[slot].isRunning || breaches.isOpen(clock: slot) else { return }
    settle(slot, at_ns: at_ns ?? time.now_ns)
    guard clocks[slot].isRunning else { return }
    clocks.end(slot)
    disarm(slot)
  }

  /// Carries a chain over to another slot: a replacement inherits the promise, not a fresh one.
  mutating func moveClock(from old: UInt32, to new: UInt32) {
    let record = clocks[old]
    disarm(old)
    disarm(new)
    breaches.move(from: old, to: new)
    clocks.move(from: old, to: new)
    if record.due_ns != .max { rearm(new, due_ns: record.due_ns) }
  }

  func incident(ofClock slot: UInt32) -> UInt32 {
    if let assignment = assignment(ofClock: slot) { return assignments[assignment].incident }
    return slot / UInt32(ClockSlot.perIncident)
  }

  func assignment(ofClock slot: UInt32) -> UInt32? {
    let incidentClocks = UInt32(limits.incidents * ClockSlot.perIncident)
    return slot < incidentClocks
      ? nil : (slot - incidentClocks) / UInt32(ClockSlot.perAssignment)
  }

  /// Which version of the plans an incident's clocks follow.
  package func plansNumber(of incident: UInt32) -> UInt32 {
    plans.number(incidents[incident].clockVersion)
  }
}
