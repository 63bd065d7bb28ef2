// Starting and stopping clocks. A clock stops on exactly one event; an incident's limit is counted from its receipt.

import HujiaDeadlines

extension EngineCore {
  mutating func start(_ kind: ClockKind, slot: UInt32, due_ns: Int64) {
    clocks[slot] = ClockRecord(due_ns: due_ns, kind: kind, step: 0, cycle: 0, isRunning: true)
    arm(slot)
  }

  private mutating func arm(_ slot: UInt32) {
    if !deadlines.isArmed(slot: slot) {
      deadlinesArmed += 1
      counters.set(Counter.deadlinesArmed, Int64(deadlinesArmed))
      counters.raise(Counter.deadlinesArmedHigh, to: Int64(deadlinesArmed))
    }
    deadlines.arm(slot: slot, due_ns: clocks[slot].due_ns)
  }

  mutating func rearm(_ slot: UInt32, due_ns: Int64) {
    clocks[slot].due_ns = due_ns
    arm(slot)
  }

  mutating func stop(_ slot: UInt32) {
    guard clocks[slot].isRunning else { return }
    clocks[slot].isRunning = false
    guard deadlines.isArmed(slot: slot) else { return }
    deadlines.cancel(slot: slot)
    disarmed()
  }

  mutating func disarmed() {
    deadlinesArmed -= 1
    counters.set(Counter.deadlinesArmed, Int64(deadlinesArmed))
  }

  /// Carries a chain over to another slot: a replacement inherits the promise, not a fresh one.
  mutating func moveClock(from old: UInt32, to new: UInt32) {
    let record = clocks[old]
    stop(old)
    clocks[new] = record
    clocks[new].isRunning = true
    arm(new)
  }

  /// When a limit counted from the receipt falls due. A receipt typed in so late that the limit has already passed
  /// (catch-up after an outage) counts from now, so that it fires nothing at once.
  func due_ns(of incident: UInt32, limit_ms: Int64) -> Int64 {
    let wall_us = incidents[incident].receivedWall_us
    let received_ns = incidents[incident].received_ns
    let limit_ns = limit_ms &* 1_000_000
    let elapsed_us = time.wall_us == 0 ? 0 : time.wall_us &- wall_us
    guard elapsed_us > 0, elapsed_us < limit_ms &* 1_000 else { return received_ns &+ limit_ns }
    return received_ns &+ limit_ns &- elapsed_us &* 1_000
  }

  func limits(of incident: UInt32) -> TierLimits {
    let record = incidents[incident]
    return plans.tables(record.planVersion).pointee.limits(
      tier: record.tier, plan: record.plan.plan, isVulnerable: record.isVulnerable)
  }

  /// At receipt: the promise to send someone, and the promise to settle it.
  mutating func startIncidentClocks(_ incident: UInt32) {
    let limits = limits(of: incident)
    if limits.respond_ms >= 0, incidents[incident].dispatchedWall_us == 0 {
      start(
        .pending, slot: ClockSlot.pending(incident),
        due_ns: due_ns(of: incident, limit_ms: limits.respond_ms))
    }
    if limits.resolve_ms >= 0 {
      start(
        .resolve, slot: ClockSlot.resolve(incident),
        due_ns: due_ns(of: incident, limit_ms: limits.resolve_ms))
    }
  }

  /// At the first dispatch: someone is on the way, and now has to arrive.
  mutating func startArrivalClock(_ incident: UInt32) {
    stop(ClockSlot.pending(incident))
    let limits = limits(of: incident)
    guard limits.arrive_ms >= 0, !incidents[incident].hasArrived else { return }
    start(
      .arrival, slot: ClockSlot.arrival(incident),
      due_ns: time.now_ns &+ limits.arrive_ms &* 1_000_000)
  }

  mutating func stopIncidentClocks(_ incident: UInt32) {
    stop(ClockSlot.pending(incident))
    stop(ClockSlot.arrival(incident))
    stop(ClockSlot.resolve(incident))
  }

  /// A raised tier: the new limits count from now, and the earlier due time of old and new holds.
  mutating func tightenClocks(_ incident: UInt32) {
    let limits = limits(of: incident)
    if incidents[incident].dispatchedWall_us == 0 {
      tighten(.pending, ClockSlot.pending(incident), limit_ms: limits.respond_ms)
    } else if !incidents[incident].hasArrived {
      tighten(.arrival, ClockSlot.arrival(incident), limit_ms: limits.arrive_ms)
    }
    tighten(.resolve, ClockSlot.resolve(incident), limit_ms: limits.resolve_ms)
  }

  private mutating func tighten(_ kind: ClockKind, _ slot: UInt32, limit_ms: Int64) {
    guard limit_ms >= 0 else { return }
    let due_ns = time.now_ns &+ limit_ms &* 1_000_000
    if !clocks[slot].isRunning {
      start(kind, slot: slot, due_ns: due_ns)
    } else if clocks[slot].step == 0, clocks[slot].cycle == 0, due_ns < clocks[slot].due_ns {
      rearm(slot, due_ns: due_ns)
    }
  }
}
