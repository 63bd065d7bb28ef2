// Watches come, go, pause, and show signs of life.

import HujiaContainers
import HujiaDeadlines

extension EngineCore {
  package func watch(_ id: UInt64) -> UInt32? { watches.find(id) }

  /// Adds a watch, or replaces what is known of it; a running chain goes on. O(log watches).
  package mutating func put(watch description: WatchDescription) -> Status {
    guard let seen_ns = seen_ns(description.lastWall_us) else { return .argument }
    let slot: UInt32
    if let known = watches.find(description.id) {
      slot = known
      // Saying again what is known of it is no sign of life, unless it names one.
      if description.lastWall_us != 0 {
        _ = beat(Heartbeat(watchID: description.id, wall_us: description.lastWall_us))
      }
    } else {
      let seenWall_us =
        description.lastWall_us == 0 ? time.wall_us : clampedWall_us(description.lastWall_us)
      guard
        let fresh = watches.enter(id: description.id, seen_ns: seen_ns, seenWall_us: seenWall_us)
      else { return .full }
      slot = fresh
      counters.add(Counter.watches)
      counters.raise(Counter.watchesHigh, to: counters.read(Counter.watches))
    }
    watches.describe(slot, description)
    if watches[slot].state == .present { armAbsence(slot) }
    return .ok
  }

  package mutating func remove(watch id: UInt64) -> Status {
    guard let slot = watches.find(id) else { return .unknownUnit }
    forgetIncident(ofWatch: slot)
    watches.remove(slot)
    counters.add(Counter.watches, -1)
    return .ok
  }

  /// A sign of life. False when it is refused: unknown watch, older than the newest, more than a day ahead. O(1): the
  /// deadline stays where it is, and is moved when it comes up too early.
  package mutating func beat(_ beat: Heartbeat) -> Bool {
    guard let slot = watches.find(beat.watchID), beat.wall_us >= 0,
      let seen_ns = seen_ns(beat.wall_us)
    else {
      return false
    }
    // The device's own time says which is newer; one that runs ahead counts as now, so it blocks nothing later.
    var isNewer = true
    if beat.wall_us != 0 {
      let wall_us = clampedWall_us(beat.wall_us)
      let known_us = known(watches[slot].seenWall_us)
      guard wall_us >= known_us else { return false }
      // One that is told twice is one sign: a person may have acted on the silence after it.
      isNewer =
        wall_us > known_us && seen_ns > watches[slot].seen_ns
      watches.note(slot, seenWall_us: wall_us)
    } else {
      watches.note(slot, seenWall_us: time.wall_us)
    }
    if watches.see(slot, at_ns: seen_ns), watches[slot].state == .present { armAbsence(slot) }
    if isNewer, watches[slot].state == .absent, absentAt_ns(slot) > time.now_ns {
      endAbsence(slot, reason: .signOfLife)
    }
    return true
  }

  /// No absence counts until `until_us` (0 = until `resume`). A running chain ends.
  package mutating func pause(watch id: UInt64, until_us: Int64) -> Status {
    guard let slot = watches.find(id) else { return .unknownUnit }
    guard until_us == 0 || time.wall_us != 0 else { return .state }
    guard until_us == 0 || until_us > time.wall_us else { return .argument }
    let wait_us = min(until_us &- time.wall_us, Self.longestAge_us)
    let due_ns = until_us == 0 ? .max : time.now_ns &+ wait_us &* 1_000
    let record = watches[slot]
    if record.state == .paused, record.due_ns == due_ns { return .unchanged }
    if record.state == .absent { endAbsence(slot, reason: .paused) }
    watches.pause(slot, until_ns: due_ns)
    return .ok
  }

  /// Absence counts again, from now.
  package mutating func resume(watch id: UInt64) -> Status {
    guard let slot = watches.find(id) else { return .unknownUnit }
    guard watches[slot].state == .paused else { return .unchanged }
    resume(slot, at_ns: time.now_ns)
    return .ok
  }

  mutating func resume(_ slot: UInt32, at_ns: Int64) {
    watches.resume(slot, at_ns: at_ns)
    armAbsence(slot)
  }

  /// New plans may name another limit or chain: one slice of the watches follows. O(slice).
  mutating func rearmWatches() {
    guard var slot = watchSweep else { return }
    let end = min(slot + Self.watchSlice, UInt32(watches.touched))
    while slot < end {
      if watches.isLive(slot), watches[slot].state == .present { armAbsence(slot) }
      slot += 1
    }
    watchSweep = slot < UInt32(watches.touched) ? slot : nil
  }

  private static var watchSlice: UInt32 { 1_024 }

  // Times

  /// Older than this counts as this old (about 31 years): products below stay in range.
  private static var longestAge_us: Int64 { 1_000_000_000_000_000 }

  private func clampedWall_us(_ wall_us: Int64) -> Int64 {
    time.wall_us == 0 ? wall_us : min(wall_us, time.wall_us)
  }

  /// A device's time on the engine's clock; nil when it is more than a day ahead.
  private func seen_ns(_ wall_us: Int64) -> Int64? {
    guard wall_us != 0, time.wall_us != 0 else { return time.now_ns }
    guard wall_us <= time.wall_us &+ limits.fixRules.farthestAhead_us else { return nil }
    let age_us = min(max(time.wall_us &- wall_us, 0), Self.longestAge_us)
    return time.now_ns &- age_us &* 1_000
  }

  /// When a watch's silence becomes an absence: last sign of life and limit.
  func absentAt_ns(_ slot: UInt32) -> Int64 {
    let own_s = watches[slot].limit_s
    let limit_ms =
      own_s > 0 ? Int64(own_s) &* 1_000 : max(absencePolicy(slot).limit_ms, 0)
    return watches[slot].seen_ns.adding(ms: limit_ms)
  }

  /// When the first step of its chain is due; `Int64.max` when the plans have none.
  func firstStepDue_ns(_ slot: UInt32) -> Int64 {
    let policy = absencePolicy(slot)
    guard policy.stepCount > 0, policy.limit_ms >= 0 || watches[slot].limit_s > 0 else {
      return .max
    }
    let due_ns = absentAt_ns(slot).adding(ms: absenceStep(slot, 0).after_ms)
    return watches[slot].step == WatchRecord.putOff
      ? max(due_ns, watches[chain: slot].putOffUntil_ns) : due_ns
  }

  mutating func armAbsence(_ slot: UInt32) {
    watches.arm(slot, due_ns: firstStepDue_ns(slot))
  }

  func absenceTier(_ slot: UInt32) -> Tier {
    let description = watches[description: slot]
    if description.tier != .none { return description.tier }
    return currentPlans.tier(ofType: description.type) ?? .emergency
  }

  func absencePolicy(_ slot: UInt32) -> ClockPolicy {
    currentPlans.clock(.absence, tier: absenceTier(slot))
  }

  func absenceStep(_ slot: UInt32, _ index: Int32) -> Step {
    currentPlans.step(absencePolicy(slot), index)
  }

  /// What a reader is told of a watch's clock.
  package func absence(_ slot: UInt32) -> AbsenceReading {
    let record = watches[slot]
    let chain = watches[chain: slot]
    let isOff = record.state != .paused && isAbsenceOff(slot)
    let next_ns = isOff ? .max : record.state == .present ? firstStepDue_ns(slot) : record.due_ns
    let isKnown = next_ns != .max && time.wall_us != 0
    let limit_s = record.limit_s > 0 ? Int64(record.limit_s) : absencePolicy(slot).limit_ms / 1_000
    let isAbsent = record.state == .absent
    return AbsenceReading(
      nextWall_us: isKnown ? time.wall_us &+ (next_ns &- time.now_ns) / 1_000 : 0,
      firedStep: isAbsent ? chain.firedStep : 0,
      repeats: isAbsent ? chain.firedCycle &- chain.firstCycle : 0,
      limit_s: UInt32(clamping: limit_s))
  }
}

/// A watch's clock (`hj_watch_status`).
package struct AbsenceReading: BitwiseCopyable {
  package var nextWall_us: Int64 = 0
  package var firedStep: Int32 = 0
  /// How often the last step was repeated in this absence.
  package var repeats: Int32 = 0
  package var limit_s: UInt32 = 0
}
