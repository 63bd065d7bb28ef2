// Units that are taken from one incident for another: every rule of it by one worked case, and beside the plain choice
// on thousands of random small worlds.

import HujiaContainers
import HujiaMapBuild
import HujiaRoads
import HujiaRouting
import HujiaTestSupport
import Testing

@testable import HujiaEngine

@Suite struct PreemptTests {
  private static func rule(
    from tiers: [Tier] = [.routine, .preventive], near_s: UInt32 = 20, margin_s: UInt64 = 30,
    most: UInt32 = 2
  ) -> PreemptRule {
    var rule = PreemptRule()
    rule.from = tiers.reduce(0) { $0 | 1 << UInt32($1.rawValue) }
    rule.nearArrival_ms = near_s * 1_000
    rule.margin_ms = margin_s * 1_000
    rule.most = most
    return rule
  }

  /// One unit a call, no time to set out; emergencies take from what is routine or preventive.
  private static func plans(_ rule: PreemptRule = rule(), count: UInt32 = 1) -> PlanDraft {
    var plans = PlanDraft.builtIn
    plans.requirements[0].count = count
    plans.preempt = [PreemptRule](repeating: PreemptRule(), count: PlanTables.tierCount)
    plans.preempt[Int(Tier.emergency.rawValue)] = rule
    plans.defaultTurnout_ms = 0
    return plans
  }

  private func isRobbed(_ bench: Bench) -> [Bool] {
    bench.chosen.map { $0.marks & ChosenMark.diverted != 0 }
  }

  // One rule at a time

  @Test func theOnlyCarLeavesALostDocument() throws {
    let bench = try Bench(Bench.row(), plans: Self.plans())
    bench.put(1, at: bench.node(0))
    let document = bench.open(at: 9, tier: .routine)
    bench.advance(bench.live(document)[0], .enRoute)
    let arrival = bench.incident(document)?.dispatchedWall_us
    _ = bench.drain()
    let stabbing = bench.open(at: 5)
    check(bench.units(stabbing), equals: [1])
    check(isRobbed(bench), equals: [true])
    check(bench.chosen[0].reason, equals: .closest)
    check(bench.decision.answer.shortfall, equals: [])
    check(bench.units(document).isEmpty)
    check(bench.incident(document)?.state, equals: .pending)
    check(bench.incident(document)?.isWaiting, equals: true)
    check(bench.incident(document)?.dispatchedWall_us, equals: arrival)
    let told = bench.drain().map {
      "\($0.incidentID == document ? "document" : "stabbing") \($0.kind) \($0.reason)"
    }
    check(
      told,
      equals: [
        "document assignment 16", "document incident 16", "stabbing decided 0",
        "stabbing assignment 1",
      ])
    bench.put(2, at: bench.node(19))
    check(bench.units(document), equals: [2])
  }

  @Test func itsNextBestUnitGoesInTheSameTurn() throws {
    let bench = try Bench(Bench.row(), plans: Self.plans())
    bench.put(1, at: bench.node(0))
    let document = bench.open(at: 9, tier: .routine)
    bench.put(2, at: bench.node(19))
    _ = bench.drain()
    let stabbing = bench.open(at: 2)
    check(bench.units(stabbing), equals: [1])
    check(bench.units(document), equals: [2])
    let sent = bench.drain().filter {
      $0.kind == .assignment && $0.state == AssignmentState.dispatched.rawValue
    }
    check(sent.map(\.unitID), equals: [2, 1])
    check(sent.map(\.reason), equals: [Reason.nextUnit.rawValue, Reason.closest.rawValue])
  }

  /// 10 s from node to node: the free unit is there in 60 s, the other in 20 s, and 30 s is the margin, then 40 s.
  @Test(arguments: [(30, true), (39, true), (40, false), (50, false)] as [(UInt64, Bool)])
  func byMoreThanTheMargin(margin_s: UInt64, isTaken: Bool) throws {
    let bench = try Bench(
      Bench.row(), plans: Self.plans(Self.rule(near_s: 0, margin_s: margin_s)))
    bench.put(1, at: bench.node(0))
    let document = bench.open(at: 9, tier: .routine)
    bench.put(2, at: bench.node(8))
    bench.open(at: 2)
    check(isRobbed(bench), equals: [isTaken])
    check(bench.units(document), equals: [isTaken ? 2 : 1])
  }

  /// A unit that has set out needs no time for it.
  @Test(arguments: [false, true]) func whoDrivesHasSetOut(isDriving: Bool) throws {
    var plans = Self.plans(Self.rule(near_s: 0, margin_s: 30))
    plans.defaultTurnout_ms = 60_000
    let bench = try Bench(Bench.row(), plans: plans)
    bench.put(1, at: bench.node(0))
    let document = bench.open(at: 9, tier: .routine)
    if isDriving { bench.advance(bench.live(document)[0], .enRoute) }
    bench.put(2, at: bench.node(4))
    bench.open(at: 2)
    check(isRobbed(bench), equals: [isDriving])
    check(bench.chosen[0].turnout_ms, equals: isDriving ? 0 : 60_000)
  }

  @Test(arguments: [(30, false), (29, true)] as [(UInt32, Bool)])
  func whoIsNearlyThereDrivesOn(near_s: UInt32, isTaken: Bool) throws {
    let bench = try Bench(Bench.row(), plans: Self.plans(Self.rule(near_s: near_s)))
    bench.put(1, at: bench.node(0))
    let document = bench.open(at: 3, tier: .routine)
    let stabbing = bench.open(at: 2)
    check(bench.units(stabbing), equals: isTaken ? [1] : [])
    check(bench.units(document), equals: isTaken ? [] : [1])
  }

  @Test(arguments: [AssignmentState.onScene, .transporting, .atDestination, .reported])
  func whoHasArrivedStays(state: AssignmentState) throws {
    let bench = try Bench(Bench.row(), plans: Self.plans())
    bench.put(1, at: bench.node(0))
    let document = bench.open(at: 9, tier: .routine)
    bench.advance(bench.live(document)[0], state)
    let stabbing = bench.open(at: 2)
    check(bench.units(document), equals: [1])
    check(bench.units(stabbing).isEmpty)
    check(bench.incident(stabbing)?.shortfall, equals: .notAvailable)
    // Where that is taken back, it may be taken away again.
    bench.advance(bench.live(document)[0], .enRoute, reason: 1)
    let other = bench.open(at: 2)
    check(bench.units(other), equals: [1])
  }

  @Test func fromEqualsNobody() throws {
    let bench = try Bench(Bench.row(), plans: Self.plans())
    bench.put(1, at: bench.node(0))
    bench.put(2, at: bench.node(1))
    bench.open(at: 9)
    bench.open(at: 9, tier: .urgent)
    let stabbing = bench.open(at: 2)
    check(bench.units(stabbing).isEmpty)
    // And for others than emergencies nobody.
    let third = bench.open(at: 2, tier: .routine)
    check(bench.units(third).isEmpty)
  }

  @Test func anUpgradeAndAnEaseCount() throws {
    let bench = try Bench(Bench.row(), plans: Self.plans())
    bench.put(1, at: bench.node(0))
    let first = bench.open(at: 9, tier: .routine)
    bench.upgrade(first, to: .urgent)
    let second = bench.open(at: 5)
    check(bench.units(first), equals: [1])
    bench.upgrade(first, to: .preventive)
    let third = bench.open(at: 5)
    check(bench.units(second).isEmpty)
    check(bench.units(third), equals: [1])
  }

  /// A call that turns out to be graver takes as well.
  @Test func anUpgradeTakes() throws {
    let bench = try Bench(Bench.row(), plans: Self.plans())
    bench.put(1, at: bench.node(0))
    let document = bench.open(at: 9, tier: .routine)
    let quarrel = bench.open(at: 5, tier: .routine)
    check(bench.units(quarrel).isEmpty)
    bench.upgrade(quarrel, to: .emergency)
    check(bench.units(quarrel), equals: [1])
    check(bench.units(document).isEmpty)
    check(isRobbed(bench), equals: [true])
  }

  @Test func whomAPersonSentStays() throws {
    let bench = try Bench(Bench.row(), plans: Self.plans())
    let document = bench.open(at: 9, tier: .routine)
    var unit = UnitDescription(
      id: 1, kind: 0, agency: 0, capabilities: 0, homeBeat: 0, crew: 0, activity: .court,
      shiftEnd_us: 0, place: bench.node(0), hasPosition: true)
    check(bench.put(unit: unit), equals: .ok)
    check(bench.assign(document, unit: 1, wall_us: 0, act: Act()), equals: .ok)
    let stabbing = bench.open(at: 5)
    check(bench.units(document), equals: [1])
    check(bench.units(stabbing).isEmpty)
    unit.id = 2
    check(bench.put(unit: unit), equals: .ok)
    check(bench.units(stabbing).isEmpty)
  }

  @Test func soOftenAtMost() throws {
    let bench = try Bench(Bench.row(), plans: Self.plans(Self.rule(most: 2)))
    let document = bench.open(at: 19, tier: .routine)
    for unit in 1...3 as ClosedRange<UInt64> {
      bench.put(unit, at: bench.node(0))
      check(bench.units(document), equals: [unit])
      let stabbing = bench.open(at: 1)
      check(bench.units(stabbing), equals: unit == 3 ? [] : [unit])
    }
  }

  /// Two at once count as two.
  @Test(arguments: [(1, [3]), (2, [])] as [(UInt32, [UInt64])])
  func twoAtOnceCountAsTwo(most: UInt32, left: [UInt64]) throws {
    let bench = try Bench(Bench.row(), plans: Self.plans(Self.rule(most: most), count: 2))
    bench.put(2, at: bench.node(0))
    bench.put(3, at: bench.node(1))
    let document = bench.open(at: 19, tier: .routine)
    check(bench.units(document), equals: [3, 2])
    bench.open(at: 0)
    check(bench.units(document), equals: left)
  }

  @Test func freeUnitsTogetherGoFirst() throws {
    var plans = Self.plans()
    plans.requirements[0].capabilities = 3
    let bench = try Bench(Bench.row(), plans: plans)
    bench.put(1, at: bench.node(0), capabilities: 3)
    let document = bench.open(at: 19, tier: .routine)
    bench.put(2, at: bench.node(3), capabilities: 1)
    bench.put(3, at: bench.node(2), capabilities: 2)
    let stabbing = bench.open(at: 1)
    check(bench.units(stabbing), equals: [2, 3])
    check(bench.units(document), equals: [1])
  }

  @Test func whoIsPastItsShiftComesBehind() throws {
    let bench = try Bench(Bench.row(), plans: Self.plans())
    bench.poll(s: 10)
    bench.put(1, at: bench.node(0))
    let document = bench.open(at: 19, tier: .routine)
    bench.put(2, at: bench.node(1), shiftEnd_us: bench.wall_us + 1_000_000)
    let stabbing = bench.open(at: 1)
    check(bench.units(stabbing), equals: [1])
    check(bench.units(document).isEmpty)
  }

  @Test func whatAPersonServesIsNotRobbed() throws {
    var plans = Self.plans()
    var manual = plans.plans[0]
    manual.conditions.tiers = 1 << UInt32(Tier.routine.rawValue)
    manual.dispatch = .manual
    let bench = try Bench(Bench.row(), plans: plans)
    bench.put(1, at: bench.node(0))
    let document = bench.open(at: 19, tier: .routine)
    plans.plans.append(manual)
    check(try bench.load(plans))
    // The plan of now leaves it to a person.
    check(bench.upgrade(document, to: .none), equals: .ok)
    let stabbing = bench.open(at: 1)
    check(bench.units(document), equals: [1])
    check(bench.units(stabbing).isEmpty)
  }

  @Test func whatIsOnlyNamedStays() throws {
    var plans = Self.plans()
    var named = plans.plans[0]
    named.conditions.tiers = 1 << UInt32(Tier.emergency.rawValue)
    named.dispatch = .recommend
    plans.plans.append(named)
    let bench = try Bench(Bench.row(), plans: plans)
    bench.put(1, at: bench.node(0))
    let document = bench.open(at: 19, tier: .routine)
    check(bench.recommend(bench.call(bench.node(1))), equals: .ok)
    check(bench.chosen.map(\.unitID), equals: [1])
    check(isRobbed(bench), equals: [true])
    bench.open(at: 1)
    check(bench.chosen.map(\.unitID), equals: [1])
    check(isRobbed(bench), equals: [true])
    check(bench.units(document), equals: [1])
  }

  /// Each step takes from what can wait longer.
  @Test func aChainOfThree() throws {
    var plans = Self.plans(Self.rule(from: [.urgent]))
    plans.preempt[Int(Tier.urgent.rawValue)] = Self.rule(from: [.routine])
    plans.preempt[Int(Tier.routine.rawValue)] = Self.rule(from: [.preventive])
    let bench = try Bench(Bench.row(), plans: plans)
    var incidents: [UInt64] = []
    for (unit, tier) in [(1, Tier.preventive), (2, .routine), (3, .urgent)] as [(UInt64, Tier)] {
      bench.put(unit, at: bench.node(Int(unit)))
      incidents.append(bench.open(at: 19, tier: tier))
    }
    let stabbing = bench.open(at: 10)
    check(bench.units(stabbing), equals: [3])
    check(incidents.map { bench.units($0) }, equals: [[], [1], [2]])
    check(bench.incident(incidents[0])?.isWaiting, equals: true)
  }

  @Test func aTakenCarKeepsWhatItDoesNext() throws {
    let bench = try Bench(Bench.row(), plans: Self.plans())
    bench.put(1, at: bench.node(0))
    bench.open(at: 19, tier: .routine)
    check(bench.set(activity: .meal, of: 1), equals: .ok)
    let stabbing = bench.open(at: 5)
    check(bench.units(stabbing), equals: [1])
    bench.advance(bench.live(stabbing)[0], .onScene)
    bench.advance(bench.live(stabbing)[0], .cleared)
    check(bench.core.units[bench.slot(1)].activity, equals: .meal)
  }

  @Test func theBuiltInPlanTakes() throws {
    let bench = try Bench(Bench.row(40))
    bench.put(1, at: bench.node(0))
    let document = bench.open(at: 39, tier: .routine)
    let stabbing = bench.open(at: 5)
    check(bench.units(stabbing), equals: [1])
    check(bench.units(document).isEmpty)
    let quarrel = bench.open(at: 5, tier: .urgent)
    check(bench.units(quarrel).isEmpty)
  }
}
