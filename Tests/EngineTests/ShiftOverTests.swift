// A unit whose shift has ended and that is still available goes where life is at stake, behind all others.

import HujiaTestSupport
import Testing

@testable import HujiaEngine

@Suite struct ShiftOverTests {
  private static let over_us = Bench.wallStart_us - 60_000_000

  @Test func theOnlyCarOnTheStreet() throws {
    for tier in [Tier.emergency, .urgent, .routine, .preventive] {
      let bench = try Bench(Bench.row())
      bench.put(1, at: bench.node(1), shiftEnd_us: Self.over_us)
      let incident = bench.open(at: 2, tier: tier)
      let isPressing = tier == .emergency || tier == .urgent
      check(bench.units(incident), equals: (isPressing ? [1] : []), "\(tier)")
      check(bench.chosen.map(\.marks), equals: (isPressing ? [ChosenMark.shiftOver] : []))
      check(bench.incident(incident)?.shortfall, equals: (isPressing ? [] : .shiftEnd))
      check(bench.chosen.allSatisfy { $0.reason == .closest })
    }
  }

  /// Within their shift: far away, at a meal, without a position.
  @Test func behindAllOthers() throws {
    for other in 0..<3 {
      let bench = try Bench(Bench.row())
      bench.put(1, at: bench.node(0), shiftEnd_us: Self.over_us)
      bench.put(
        2, at: other == 2 ? nil : bench.node(19), activity: other == 1 ? .meal : .patrolling,
        shiftEnd_us: Bench.wallStart_us)
      check(bench.units(bench.open(at: 0)), equals: [2], "\(other)")
      check(bench.chosen[0].marks, equals: 0)
      // The next call finds only the one whose shift is over.
      check(bench.units(bench.open(at: 0)), equals: [1], "\(other)")
      check(bench.chosen[0].marks, equals: ChosenMark.shiftOver)
    }
  }

  @Test func itWaitsForNobodyAndIsOffered() throws {
    let bench = try Bench(Bench.row())
    bench.put(1, at: bench.node(1), activity: .offDuty, shiftEnd_us: Self.over_us)
    let calm = bench.open(at: 2, tier: .routine)
    let urgent = bench.open(at: 3, tier: .urgent)
    check(bench.set(activity: .returning, of: 1), equals: .ok)
    check(bench.units(urgent), equals: [1])
    check(bench.units(calm).isEmpty)
    // A change of the incident lists it with its mark.
    check(bench.upgrade(urgent, to: .emergency), equals: .ok)
    check(bench.chosen.map(\.marks), equals: [ChosenMark.shiftOver])
  }

  @Test func sentByHandItIsMarked() throws {
    let bench = try Bench(Bench.row())
    bench.put(1, at: bench.node(1), shiftEnd_us: Self.over_us)
    let calm = bench.open(at: 2, tier: .routine)
    check(bench.assign(calm, unit: 1, wall_us: 0, act: Act()), equals: .ok)
    check(bench.chosen[0].marks, equals: ChosenMark.shiftOver)
  }

  private func seat(_ capabilities: UInt64) throws -> Bench {
    var plans = PlanDraft.builtIn
    plans.requirements[0].capabilities = capabilities
    return try Bench(Bench.row(), plans: plans)
  }

  /// Two within their shifts that cover a seat together come before one beyond its shift that has all.
  @Test func behindSeveralTogether() throws {
    let bench = try seat(3)
    bench.put(1, at: bench.node(1), capabilities: 1)
    bench.put(2, at: bench.node(1), capabilities: 2)
    bench.put(3, at: bench.node(0), capabilities: 3, shiftEnd_us: Self.over_us)
    check(bench.units(bench.open(at: 0)), equals: [1, 2])
    check(bench.units(bench.open(at: 0)), equals: [3])
    check(bench.chosen.map(\.marks), equals: [ChosenMark.shiftOver])
  }

  /// What those within their shifts do not have is asked of those beyond them, and of nobody else.
  @Test func forWhatIsLeft() throws {
    let bench = try seat(7)
    bench.put(1, at: bench.node(9), capabilities: 2)
    bench.put(2, at: bench.node(1), capabilities: 1, shiftEnd_us: Self.over_us)
    bench.put(3, at: bench.node(2), capabilities: 5, shiftEnd_us: Self.over_us)
    let pressing = bench.open(at: 0)
    check(bench.units(pressing), equals: [1, 3])
    check(bench.chosen.map(\.marks), equals: [0, ChosenMark.shiftOver])
    check(bench.incident(pressing)?.shortfall, equals: [])
    bench.close(pressing)
    let calm = bench.open(at: 0, tier: .routine)
    check(bench.units(calm), equals: [1])
    check(bench.incident(calm)?.shortfall, equals: .shiftEnd)
  }
}
