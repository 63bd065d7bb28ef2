// Which chain a clock has, what it does when a step finds nobody, and what newer plans change.

import HujiaTestSupport
import Testing

@testable import HujiaEngine

@Suite struct ClockPolicyTests {
  private let s = Bench.second_ns

  // Nobody

  @Test func aStepThatFindsNobodyIsSkippedAtOnce() throws {
    var plans = PlanDraft.builtIn
    plans.tune(.acknowledge) { $0.nobody = .skip }
    let bench = try Bench(Bench.row(), plans: plans)
    bench.put(1, at: bench.node(0))
    bench.open(at: 1, tier: .preventive)
    bench.poll(s: 15)
    check(bench.fired(), equals: ["acknowledge 1 notifyAgain 0"])
    bench.poll(s: 30)
    let events = bench.escalations()
    check(events.map(\.step), equals: [2, 3])
    check(events[0].reason, equals: Reason.nobody.rawValue)
    check(events[1].reason, equals: 0)
    check(events.allSatisfy { $0.late_ns == 0 })
    // The supervisor was there at 30 s, so the repeats count from then.
    bench.poll(330 * s - 1)
    check(bench.fired().isEmpty)
    bench.poll(s: 330)
    check(bench.fired(), equals: ["acknowledge 3 supervisor 1"])
  }

  /// Where the plans say nothing the times stay: what 0.1 promised.
  @Test func byDefaultTheTimesAreKept() throws {
    let bench = try Bench(Bench.row())
    bench.put(1, at: bench.node(0))
    bench.open(at: 1, tier: .preventive)
    bench.poll(s: 44)
    check(bench.fired(), equals: ["acknowledge 1 notifyAgain 0", "acknowledge 2 nextUnit 0"])
    bench.poll(s: 45)
    check(bench.fired(), equals: ["acknowledge 3 supervisor 0"])
  }

  @Test func whereNoStepFindsAnybodyTheLastResortHasIt() throws {
    var plans = PlanDraft.builtIn
    plans.set(.acknowledge, 15, [.nextUnit, .nextUnit], repeat_s: 100, nobody: .skip)
    plans.tune(.acknowledge) { $0.lastResort = .manual }
    let bench = try Bench(Bench.row(), plans: plans)
    bench.put(1, at: bench.node(0))
    let incident = bench.open(at: 1, tier: .preventive)
    bench.poll(s: 15)
    check(
      bench.fired(),
      equals: ["acknowledge 1 nextUnit 0", "acknowledge 2 nextUnit 0", "acknowledge 3 manual 0"])
    bench.poll(s: 215)
    check(bench.fired(), equals: ["acknowledge 3 manual 1"])
    bench.poll(s: 315)
    check(bench.fired(), equals: ["acknowledge 3 manual 2"])
    bench.advance(bench.live(incident)[0], .acknowledged)
    bench.poll(s: 5_000)
    check(bench.fired().isEmpty)
  }

  @Test func undeliverableCountsAsNobody() throws {
    var plans = PlanDraft.with(.delivery, 10, [.otherChannel])
    plans.tune(.acknowledge) { $0.nobody = .skip }
    let bench = try Bench(Bench.row(), plans: plans)
    bench.put(1, at: bench.node(0))
    bench.put(2, at: bench.node(9))
    let incident = bench.open(at: 1, tier: .preventive)
    let first = bench.live(incident)[0]
    bench.poll(s: 4)
    check(bench.core.undeliverable(first, wall_us: 0, act: Act()), equals: .ok)
    check(bench.core.undeliverable(first, wall_us: 0, act: Act()), equals: .unchanged)
    // To notify it again finds nobody, so the next unit is asked at once, and inherits the rest.
    bench.poll(s: 4)
    check(bench.fired(), equals: ["acknowledge 1 notifyAgain 0", "acknowledge 2 nextUnit 0"])
    check(bench.units(incident), equals: [2])
    bench.poll(s: 19)
    check(
      bench.fired().sorted(), equals: ["acknowledge 3 supervisor 0", "delivery 1 otherChannel 0"])
  }

  @Test func undeliverableSkipsWhatCannotReachTheUnit() throws {
    var plans = PlanDraft.builtIn
    plans.set(.acknowledge, 15, [.notifyAgain, .otherChannel, .nextUnit], nobody: .skip)
    let bench = try Bench(Bench.row(), plans: plans)
    bench.put(1, at: bench.node(0))
    bench.put(2, at: bench.node(9))
    let incident = bench.open(at: 1, tier: .preventive)
    _ = bench.core.undeliverable(bench.live(incident)[0], wall_us: 0, act: Act())
    bench.poll(0)
    check(
      bench.fired(),
      equals: [
        "acknowledge 1 notifyAgain 0", "acknowledge 2 otherChannel 0", "acknowledge 3 nextUnit 0",
      ])
    check(bench.units(incident), equals: [2])
    bench.advance(bench.live(incident)[0], .delivered)
    check(bench.core.undeliverable(bench.live(incident)[0], wall_us: 0, act: Act()), equals: .state)
    check(bench.core.undeliverable(77, wall_us: 0, act: Act()), equals: .stale)
  }

  // K of N

  @Test func enoughSignaturesEndTheAsking() throws {
    var plans = PlanDraft.builtIn
    plans.requirements[0].count = 3
    plans.tune(.acknowledge) { $0.acknowledgements = 2 }
    let bench = try Bench(Bench.row(), plans: plans)
    for unit in 1...3 as ClosedRange<UInt64> { bench.put(unit, at: bench.node(Int(unit))) }
    let incident = bench.open(at: 1, tier: .preventive)
    let live = bench.live(incident)
    bench.poll(s: 10)
    bench.advance(live[0], .acknowledged)
    bench.poll(s: 15)
    check(bench.fired().count, equals: 2)
    bench.advance(live[1], .enRoute)
    bench.poll(s: 5_000)
    check(bench.fired().isEmpty)
    check(bench.units(incident).count, equals: 3)
  }

  // Rules and windows

  private func rule(_ clock: ClockKind, _ body: (inout ClockRule) -> Void) -> ClockRule {
    var rule = ClockRule(clock: clock)
    body(&rule)
    return rule
  }

  private func chain(_ limit_s: Int64, _ action: StepAction) -> [PlanDraft.Chain?] {
    let steps = [Step(after_ms: 0, action: action)]
    return Array(
      repeating: .init(limit_ms: limit_s * 1_000, repeat_ms: 3_600_000, steps: steps),
      count: PlanTables.tierCount)
  }

  /// Tier x type x area x caller: the most specific rule has it.
  @Test func theMostSpecificRuleWins() throws {
    var plans = PlanDraft.builtIn
    plans.planTypes = [7]
    plans.areaRings = [RingRecord(first: 0, count: 4)]
    plans.areaPoints = [(-1_000, 40_000), (1_000, 40_000), (1_000, 80_000), (-1_000, 80_000)].map {
      AreaPoint(lat_e7: $0.0, lon_e7: $0.1)
    }
    plans.areas = [
      AreaRecord(
        first: 0, count: 1, south_e7: -1_000, north_e7: 1_000, west_e7: 40_000, east_e7: 80_000)
    ]
    plans.planAreas = [0]
    plans.clockRules = [
      rule(.pending) { $0.conditions.tiers = 1 << UInt32(Tier.routine.rawValue) },
      rule(.pending) { $0.conditions.typeCount = 1 },
      rule(.pending) { $0.conditions.areaCount = 1 },
      rule(.pending) {
        $0.conditions.typeCount = 1
        $0.conditions.areaCount = 1
      },
      rule(.pending) {
        $0.conditions.tiers = 1 << UInt32(Tier.routine.rawValue)
        $0.conditions.vulnerable = 1
      },
      rule(.resolve) { $0.conditions.typeCount = 1 },
    ]
    plans.ruleChains = [
      chain(100, .widen), chain(200, .widen), chain(300, .widen), chain(400, .widen),
      chain(50, .widen), chain(10, .widen),
    ]
    plans.ruleChains[5] = Array(repeating: nil, count: PlanTables.tierCount)
    let cases: [(node: Int, tier: Tier, type: UInt32, flags: UInt32, due_s: Int64)] = [
      (1, .urgent, 0, 0, 300), (1, .routine, 0, 0, 100), (1, .routine, 0, 1, 50),
      (1, .urgent, 7, 0, 200), (1, .routine, 7, 0, 200), (6, .urgent, 0, 0, 300),
      (6, .urgent, 7, 0, 400), (6, .routine, 0, 0, 100),
    ]
    for item in cases {
      let bench = try Bench(Bench.row(), plans: plans)
      let incident = bench.open(at: item.node, tier: item.tier, type: item.type, flags: item.flags)
      bench.poll(item.due_s * s - 1)
      check(bench.fired().isEmpty, "\(item)")
      bench.poll(item.due_s * s)
      check(bench.fired().count, equals: 1, "\(item)")
      // A rule can also say that a clock does not run.
      let resolve = bench.core.read(bench.clock(.resolve, incident)).reading?.state
      check((resolve == .running), equals: (item.tier == .routine && item.type != 7), "\(item)")
    }
  }

  /// Office hours in a zone with daylight-saving time, on the days of the change.
  @Test func windowsFollowLocalTime() throws {
    var plans = PlanDraft.builtIn
    // 2018-03-11 10:00 UTC: from -8 h to -7 h; 2018-11-04 09:00 UTC: back.
    plans.zone = [
      ZoneChange(from_s: .min, offset_s: -8 * 3_600),
      ZoneChange(from_s: 1_520_762_400, offset_s: -7 * 3_600),
      ZoneChange(from_s: 1_541_322_000, offset_s: -8 * 3_600),
    ]
    let office: UInt32 = (8..<18).reduce(0) { $0 | 1 << $1 }
    plans.clockRules = [
      rule(.pending) {
        $0.conditions.hours = office
        $0.conditions.days = 0b0111110
      },
      rule(.pending) { $0.conditions.hours = 1 << 2 },
      rule(.pending) { $0.conditions.hours = 1 << 1 },
    ]
    plans.ruleChains = [chain(100, .widen), chain(200, .widen), chain(20, .widen)]
    let cases: [(wall_s: Int64, due_s: Int64)] = [
      (1_520_611_200, 100),  // Friday 2018-03-09 08:00 (-8)
      (1_520_611_200 - 1, 60),  // 07:59:59
      (1_520_611_200 + 36_000 - 1, 100),  // 17:59:59
      (1_520_611_200 + 36_000, 60),  // 18:00
      (1_520_762_400 - 1, 20),  // Sunday 2018-03-11 01:59:59; an hour that never comes follows:
      (1_520_762_400, 60),  // 03:00
      (1_520_866_800 - 1, 60),  // Monday 2018-03-12 07:59:59 (-7)
      (1_520_866_800, 100),  // 08:00
      (1_541_322_000 - 3_600, 20),  // Sunday 2018-11-04 01:00, the first time
      (1_541_322_000 - 1, 20),
      (1_541_322_000, 20),  // 01:00 again
      (1_541_322_000 + 3_600, 200),  // 02:00
    ]
    for item in cases {
      let bench = try Bench(Bench.row(), plans: plans)
      bench.wall_us = item.wall_s * 1_000_000
      bench.poll(0)
      bench.open(at: 1)
      bench.poll(item.due_s * s - 1)
      check(bench.fired().isEmpty, "\(item)")
      bench.poll(item.due_s * s)
      check(bench.fired().count, equals: 1, "\(item)")
    }
  }

  /// The first step may be later than the limit.
  @Test func theFirstStepMayComeAfterTheLimit() throws {
    var plans = PlanDraft.builtIn
    plans.chains[Int(ClockKind.pending.rawValue)][Int(Tier.emergency.rawValue)]?.steps[0]
      .after_ms = 30_000
    let bench = try Bench(Bench.row(), plans: plans)
    bench.open(at: 1)
    bench.poll(90 * s - 1)
    check(bench.fired().isEmpty)
    bench.poll(s: 150)
    check(bench.fired(), equals: ["pending 1 supervisor 0", "pending 2 tellCaller 0"])
  }

  // Versions

  @Test func runningIncidentsKeepTheirPolicies() throws {
    let bench = try Bench(Bench.row())
    let incident = bench.open(at: 1, tier: .urgent)
    check(try bench.load(.with(.pending, 30, [.manual])))
    bench.poll(s: 100)
    bench.upgrade(incident, to: .urgent, type: 5)
    bench.poll(300 * s - 1)
    check(bench.fired().isEmpty)
    bench.poll(s: 300)
    let events = bench.escalations()
    check(events.map(\.action), equals: [Int32(StepAction.supervisor.rawValue)])
    check(events[0].plansVersion, equals: 1)
    let fresh = bench.open(at: 2, tier: .urgent)
    bench.poll(s: 330)
    let fired = bench.escalations()
    if check(fired.map(\.incidentID), equals: [fresh]) {
      check(fired[0].plansVersion, equals: 2)
    }
  }

  /// A new limit that has long passed fires one step, and the next counts from now.
  @Test func aMigrationFiresAtMostOneStep() throws {
    let bench = try Bench(Bench.row())
    let incident = bench.open(at: 1, tier: .routine)
    bench.poll(s: 1_000)
    let newer = PlanDraft.with(
      .pending, 30, [.notifyAgain, .widen, .supervisor], after_s: 10, repeat_s: 60)
    check(try bench.load(newer))
    check(bench.core.migrateClocks(of: incident), equals: .ok)
    check(bench.core.migrateClocks(of: incident), equals: .unchanged)
    bench.poll(s: 1_000)
    check(bench.fired(), equals: ["pending 1 notifyAgain 0"])
    bench.poll(1_010 * s - 1)
    check(bench.fired().isEmpty)
    bench.poll(s: 1_010)
    check(bench.fired(), equals: ["pending 2 widen 0"])
  }

  @Test func aMigrationMovesLimitsStopsAndStarts() throws {
    let bench = try Bench(Bench.row())
    bench.put(1, at: bench.node(0))
    let sent = bench.open(at: 1, tier: .urgent)
    bench.advance(bench.live(sent)[0], .acknowledged)
    let waiting = bench.open(at: 2, tier: .routine)
    bench.poll(s: 1_860)
    check(bench.fired().count, atLeast: 4)
    var newer = PlanDraft.with(.turnout, 40, [.notifyAgain])
    newer.chains[Int(ClockKind.arrival.rawValue)] = Array(
      repeating: nil, count: PlanTables.tierCount)
    newer.tiers[Int(Tier.routine.rawValue)].resolve_ms = 3_000_000
    check(try bench.load(newer))
    check(bench.migrateClocks(), equals: 2)
    check(bench.core.read(bench.clock(.arrival, sent)).reading?.state, equals: ClockState.none)
    check(bench.core.read(bench.clock(.turnout, sent)).reading?.state, equals: .running)
    check(bench.migrateClocks(), equals: 0)
    _ = bench.drain()
    bench.poll(s: 1_900)
    check(bench.fired(), equals: ["turnout 1 notifyAgain 0"])
    // What had fired goes on when it was due: 1,860 + 300. The limit counts from its start.
    bench.poll(s: 2_160)
    check(bench.fired(), equals: ["pending 2 tellCaller 1"])
    bench.poll(3_000 * s - 1)
    _ = bench.fired()
    bench.poll(s: 3_000)
    check(bench.fired().contains("resolve 1 supervisor 0"))
    bench.close(waiting)
    check(bench.core.migrateClocks(of: waiting), equals: .state)
    check(bench.core.migrateClocks(of: 99), equals: .stale)
  }

  @Test func eightVersionsStillFreeThemselves() throws {
    let bench = try Bench(Bench.row())
    let incident = bench.open(at: 1)
    for _ in 0..<20 {
      check(try bench.load(.builtIn))
      bench.upgrade(incident, to: .emergency)
    }
    bench.close(incident)
    check(try bench.load(.builtIn))
  }
}
