// A likely repeat does not send again: held, answered by a person, or given a few units when nobody answers.

import HujiaRoads
import HujiaTestSupport
import Testing

@testable import HujiaEngine

@Suite struct LikelyRepeatTests {
  /// One unit a call of any type; four and, at alarm level 2, four more for an explosion (type 9).
  private static func plans(hold_ms: Int64 = 20_000, units: UInt8 = 2) -> PlanDraft {
    var draft = PlanDraft()
    var usual = PlanRecord()
    usual.repeats.suggest_at = RepeatRules.usualSuggest_at
    usual.repeats.holdEmergency_ms = hold_ms
    usual.repeats.units = units
    usual.requirementCount = 1
    usual.wholeCount = 1
    draft.requirements = [.anyUnit]
    var explosion = usual
    explosion.conditions.typeCount = 1
    explosion.repeats.distance_dm = 10_000
    explosion.repeats.within_ms = 900_000
    explosion.firstRequirement = 1
    explosion.wholeCount = 2
    explosion.levels = 2
    draft.planTypes = [9]
    var more = Requirement(capabilities: 0, count: 4)
    more.level = 2
    draft.requirements += [Requirement(capabilities: 0, count: 4), more]
    draft.plans = [usual, explosion]
    return draft
  }

  private static func place(_ north_m: Int, _ east_m: Int) -> Place {
    Place(
      street: Place.none, offset_mm: 0, node: Place.none, gap_dm: 0,
      lat_e7: Int32(north_m * 90 + 1), lon_e7: Int32(east_m * 90 + 1), isOffNetwork: true)
  }

  private static func bench(
    _ plans: PlanDraft = plans(), units: Int, incidents: Int = 16
  ) throws -> Bench {
    let bench = try Bench(
      Bench.row(), plans: plans, units: units + 4, incidents: incidents, assignments: units + 4)
    bench.poll(s: 0)
    for unit in 1...units {
      bench.put(UInt64(unit), at: Self.place(unit * 37 % 900, unit * 61 % 1_100))
    }
    return bench
  }

  private static func report(_ bench: Bench, _ at: Place, type: UInt32) -> (Status, UInt64) {
    let status = bench.report(bench.call(at, type: type))
    return (status, bench.decision.answer.incidentID)
  }

  /// 300 reports in five minutes within 250 m, 120 units, a stabbing two kilometres away among them.
  @Test func anExplosionLeavesTheStabbingItsUnit() throws {
    let bench = try Self.bench(units: 120, incidents: 400)
    var random = SplitMix64(11)
    let (first, root) = Self.report(bench, Self.place(0, 0), type: 9)
    check(first, equals: .ok)
    check(bench.units(root).count, equals: 4)
    check(bench.raise(root, to: 2), equals: .ok)
    check(bench.units(root).count, equals: 8)
    var repeats: [UInt64] = []
    for number in 1..<300 {
      bench.poll(s: Double(number))
      // One second each, the whole within 250 m of the middle.
      var (north, east) = (1_000, 0)
      while north * north + east * east > 250 * 250 {
        (north, east) = (random.below(501) - 250, random.below(501) - 250)
      }
      let (status, id) = Self.report(bench, Self.place(north, east), type: 9)
      check(status, equals: .held)
      repeats.append(id)
      if number == 150 {
        let (status, stabbing) = Self.report(bench, Self.place(2_000, 0), type: 3)
        check(status, equals: .ok)
        check(bench.units(stabbing).count, equals: 1)
      }
    }
    bench.poll(s: 600)
    // No call is lost: each is open, named after the first, and its promise runs unless units were sent to it.
    var sent = 0
    for id in repeats {
      let slot = bench.core.incident(id) ?? 0
      check(bench.core.incidents[slot].state.isOpen)
      check(bench.core.openRoot(ofLikely: slot), equals: bench.core.incident(root))
      let pending = ClockSlot.of(.pending, incident: slot)
      let count = bench.units(id).count
      check(bench.core.clocks.isRunning(.pending, slot: pending), equals: count == 0)
      sent += count
    }
    check(sent, equals: 2)
    check(bench.units(root).count, equals: 8)
    check(bench.core.assignments.live, equals: 8 + 2 + 1)
  }

  @Test func withoutTheKeyEveryCallIsServed() throws {
    var plans = Self.plans()
    for index in plans.plans.indices { plans.plans[index].repeats = RepeatRules() }
    let bench = try Self.bench(plans, units: 6)
    for _ in 0..<3 { check(Self.report(bench, Self.place(0, 0), type: 3).0, equals: .ok) }
    check(bench.core.assignments.live, equals: 3)
  }

  @Test func aPersonSaysThatItIsNone() throws {
    let bench = try Self.bench(units: 4)
    _ = Self.report(bench, Self.place(0, 0), type: 3)
    let (status, id) = Self.report(bench, Self.place(10, 0), type: 3)
    check(status, equals: .held)
    check(bench.decision.answer.state, equals: .pending)
    let told = bench.drain().filter { $0.incidentID == id }
    check(told.map(\.reason), equals: [Status.held.rawValue, Reason.likelyRepeat.rawValue])
    check(bench.separate(id), equals: .ok)
    check(bench.chosen.count, equals: 1)
    check(bench.units(id).count, equals: 1)
    check(bench.separate(id), equals: .unchanged)
    bench.poll(s: 300)
    check(bench.units(id).count, equals: 1)
  }

  @Test func aMergedOneIsAnsweredAndSendsNobody() throws {
    let bench = try Self.bench(units: 4)
    let (_, root) = Self.report(bench, Self.place(0, 0), type: 3)
    let (_, id) = Self.report(bench, Self.place(10, 0), type: 3)
    check(bench.core.merge(id, into: root, wall_us: 0, act: Act()), equals: .ok)
    bench.poll(s: 400)
    check(bench.core.assignments.live, equals: 1)
    check(bench.separate(id), equals: .state)
    // Taken back it is its own: that is a person's word too.
    check(bench.unmerge(id, wall_us: 0, act: Act()), equals: .ok)
    check(bench.units(id).count, equals: 1)
  }

  @Test func whatWaitsGoesFirst() throws {
    let bench = try Self.bench(units: 1)
    let (_, root) = Self.report(bench, Self.place(0, 0), type: 3)
    let (_, likely) = Self.report(bench, Self.place(10, 0), type: 3)
    let (_, other) = Self.report(bench, Self.place(1_900, 0), type: 3)
    bench.poll(s: 100)
    check(bench.units(likely).isEmpty && bench.units(other).isEmpty)
    bench.put(2, at: Self.place(0, 20))
    bench.poll(s: 140)
    check(bench.units(other), equals: [2])
    bench.put(3, at: Self.place(0, 20))
    bench.poll(s: 161)
    check(bench.units(likely), equals: [3])
    check(bench.units(root), equals: [1])
  }

  @Test func withoutARootItStaysAPersons() throws {
    let bench = try Self.bench(units: 4)
    let (_, root) = Self.report(bench, Self.place(0, 0), type: 3)
    let (_, id) = Self.report(bench, Self.place(10, 0), type: 3)
    bench.close(root)
    bench.poll(s: 400)
    check(bench.units(id).isEmpty)
    check(bench.separate(id), equals: .ok)
    check(bench.units(id).count, equals: 1)
  }

  @Test func noHoldAndNoShare() throws {
    let off = try Self.bench(Self.plans(hold_ms: 0), units: 4)
    _ = Self.report(off, Self.place(0, 0), type: 3)
    check(Self.report(off, Self.place(10, 0), type: 3).0, equals: .ok)
    let none = try Self.bench(Self.plans(units: 0), units: 4)
    _ = Self.report(none, Self.place(0, 0), type: 3)
    check(Self.report(none, Self.place(10, 0), type: 3).0, equals: .held)
    none.poll(s: 400)
    check(none.core.assignments.live, equals: 1)
  }

  @Test func aFurtherCallOpensNothing() throws {
    let bench = try Self.bench(units: 4)
    let (_, root) = Self.report(bench, Self.place(0, 0), type: 3)
    let (_, id) = Self.report(bench, Self.place(10, 0), type: 3)
    check(bench.core.merge(id, into: root, wall_us: 0, act: Act()), equals: .ok)
    _ = bench.drain()
    let call = bench.call(Self.place(5, 5), type: 3, caller: 8)
    for known in [root, id] { check(bench.addCall(known, call), equals: .ok) }
    let slot = bench.core.incident(root) ?? 0
    check(bench.core.incidents[details: slot].calls, equals: 2)
    check(bench.counter(Counter.callsAdded), equals: 2)
    check(bench.counter(Counter.incidentsOpened), equals: 2)
    check(bench.drain().map(\.reason), equals: [Reason.call.rawValue, Reason.call.rawValue])
    bench.close(root)
    check(bench.addCall(root, call), equals: .state)
    check(bench.addCall(99, call), equals: .stale)
  }
}
