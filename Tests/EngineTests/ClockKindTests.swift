// Each clock of the domain: what starts it, what stops it, to the nanosecond; and what its steps do.

import HujiaTestSupport
import Testing

@testable import HujiaEngine

@Suite struct ClockKindTests {
  private let s = Bench.second_ns

  @Test func withTheBuiltInPlanOnlyFourClocksRun() throws {
    let draft = PlanDraft.builtIn
    // That of watches runs where there are watches.
    for kind in ClockKind.allCases where kind != .absence {
      let runs = [.pending, .acknowledge, .arrival, .resolve].contains(kind)
      check(draft.chains[Int(kind.rawValue)].allSatisfy { ($0 != nil) == runs }, "\(kind)")
    }
  }

  @Test func deliveryStopsOnAnyLaterState() throws {
    for state in [AssignmentState.delivered, .acknowledged, .enRoute, .onScene] {
      let bench = try Bench(Bench.row(), plans: .with(.delivery, 15, [.otherChannel]))
      bench.put(1, at: bench.node(0))
      let incident = bench.open(at: 1, tier: .preventive)
      bench.poll(15 * s - 1)
      check(bench.escalations().isEmpty)
      bench.poll(15 * s)
      check(
        bench.fired(),
        equals: ["delivery 1 otherChannel 0", "acknowledge 1 notifyAgain 0"].sorted())
      bench.poll(s: 20)
      bench.advance(bench.live(incident)[0], state)
      bench.poll(s: 1_000)
      check(!bench.fired().contains { $0.hasPrefix("delivery") }, "\(state)")
    }
  }

  /// 60 s, and 80 s for a kind that says so; a signature is what starts it and moving what stops it.
  @Test func turnoutByTheUnitsKind() throws {
    for (kind, limit_s) in [(1, 60), (7, 80)] as [(UInt32, Int64)] {
      var plans = PlanDraft.with(.turnout, -1, [.notifyAgain])
      plans.turnouts = [TurnoutRecord(kind: 7, turnout_ms: 80_000)]
      let bench = try Bench(Bench.row(), plans: plans)
      bench.put(1, at: bench.node(0), kind: kind)
      let incident = bench.open(at: 1, tier: .preventive)
      bench.poll(s: 5)
      bench.advance(bench.live(incident)[0], .acknowledged)
      bench.poll((5 + limit_s) * s - 1)
      check(bench.escalations().isEmpty)
      // The unit signed and never moves: the signature itself times out.
      bench.poll((5 + limit_s) * s)
      check(bench.fired(), equals: ["turnout 1 notifyAgain 0"])
      bench.advance(bench.live(incident)[0], .enRoute)
      bench.poll(s: 5_000)
      check(bench.fired().isEmpty)
    }
  }

  @Test func aUnitThatSignedAndNeverMovesIsReplaced() throws {
    let bench = try Bench(
      Bench.row(), plans: .with(.turnout, -1, [.notifyAgain, .nextUnit], after_s: 10))
    bench.put(1, at: bench.node(0))
    bench.put(2, at: bench.node(9))
    let incident = bench.open(at: 1, tier: .preventive)
    bench.advance(bench.live(incident)[0], .acknowledged)
    bench.poll(s: 70)
    check(bench.fired(), equals: ["turnout 1 notifyAgain 0", "turnout 2 nextUnit 0"])
    check(bench.units(incident), equals: [2])
    // The other unit is asked afresh.
    bench.poll(85 * s - 1)
    check(bench.fired().isEmpty)
    bench.poll(s: 85)
    check(bench.fired(), equals: ["acknowledge 1 notifyAgain 0"])
  }

  @Test func welfareBeginsAgainAtEverySignOfTheUnit() throws {
    let bench = try Bench(
      Bench.row(), plans: .with(.welfare, 600, [.callUnit, .backup], after_s: 60, repeat_s: 60))
    bench.put(1, at: bench.node(0))
    bench.put(2, at: bench.node(9))
    let incident = bench.open(at: 1, tier: .preventive)
    let assignment = bench.live(incident)[0]
    check(bench.core.checkIn(unit: 1, wall_us: 0), equals: .unchanged)
    bench.advance(assignment, .onScene)
    bench.poll(s: 599)
    check(bench.core.checkIn(unit: 1, wall_us: 0), equals: .ok)
    bench.poll(1_199 * s - 1)
    check(bench.escalations().isEmpty)
    bench.poll(s: 1_199)
    check(bench.fired(), equals: ["welfare 1 callUnit 1"])
    bench.advance(assignment, .transporting)
    bench.poll(1_799 * s - 1)
    check(bench.escalations().isEmpty)
    bench.poll(s: 1_799)
    check(bench.fired(), equals: ["welfare 1 callUnit 2"])
    bench.poll(s: 1_859)
    let events = bench.drain()
    let backup = try #require(events.last { $0.kind == .escalation })
    check(backup.unitID, equals: 2)
    check(backup.reason, equals: Reason.backup.rawValue)
    check(backup.step, equals: 2)
    check(bench.units(incident), equals: [1, 2])
    bench.advance(assignment, .atDestination)
    bench.advance(assignment, .cleared)
    bench.advance(bench.live(incident)[0], .acknowledged)
    bench.poll(s: 9_000)
    check(bench.fired().isEmpty)
    check(bench.core.checkIn(unit: 1, wall_us: 0), equals: .unchanged)
    check(bench.core.checkIn(unit: 9, wall_us: 0), equals: .unknownUnit)
  }

  @Test func reportWithin30Minutes() throws {
    for last in [AssignmentState.reported, .cleared] {
      let bench = try Bench(Bench.row(), plans: .with(.report, 1_800, [.supervision]))
      bench.put(1, at: bench.node(0))
      let incident = bench.open(at: 1, tier: .preventive)
      let assignment = bench.live(incident)[0]
      bench.poll(s: 10)
      bench.advance(assignment, .onScene)
      bench.poll(s: 100)
      bench.advance(assignment, .transporting)
      bench.poll(1_810 * s - 1)
      check(bench.escalations().isEmpty)
      bench.poll(s: 1_810)
      check(bench.fired(), equals: ["report 1 supervision 0"])
      bench.advance(assignment, last)
      bench.poll(s: 20_000)
      check(bench.fired().isEmpty, "\(last)")
    }
  }

  @Test func aBackwardMoveFromTheSceneEndsItsClocks() throws {
    var plans = PlanDraft.with(.report, 1_800, [.supervision])
    plans.set(.welfare, 600, [.callUnit])
    let bench = try Bench(Bench.row(), plans: plans)
    bench.put(1, at: bench.node(0))
    let incident = bench.open(at: 1, tier: .preventive)
    let assignment = bench.live(incident)[0]
    bench.advance(assignment, .onScene)
    check(bench.advance(assignment, .enRoute, reason: 1), equals: .ok)
    bench.poll(s: 4_000)
    check(bench.fired().isEmpty)
  }

  @Test func callBackWithin24Hours() throws {
    let bench = try Bench(
      Bench.row(), plans: .with(.callback, 86_400, [.supervisor]), incidents: 2)
    let first = bench.open(at: 1)
    bench.close(first)
    let second = bench.open(at: 2)
    bench.close(second, as: .cancelled)
    check(bench.core.calledBack(second, wall_us: 0, act: Act()), equals: .state)
    bench.poll(86_400 * s - 1)
    check(bench.escalations().isEmpty)
    bench.poll(s: 86_400)
    check(bench.fired(), equals: ["callback 1 supervisor 0"])
    check(bench.core.calledBack(first, wall_us: 0, act: Act(operatorID: 3)), equals: .ok)
    check(bench.incident(first)?.state, equals: .archived)
    check(bench.core.calledBack(first, wall_us: 0, act: Act()), equals: .unchanged)
    bench.poll(s: 300_000)
    check(bench.fired().isEmpty)
    check(bench.core.clocks.armed, equals: 0)
    let third = bench.open(at: 3)
    check(bench.core.calledBack(third, wall_us: 0, act: Act()), equals: .state)
    check(bench.core.calledBack(12_345, wall_us: 0, act: Act()), equals: .stale)
  }

  /// A new call is worth more than a call-back: the slot that waits longest is given up, and that is told.
  @Test func aCallBackNeverRefusesANewCall() throws {
    let bench = try Bench(
      Bench.row(), plans: .with(.callback, 86_400, [.supervisor]), incidents: 2)
    let closed = (1...2).map { _ in bench.open(at: 1) }
    for incident in closed { bench.close(incident) }
    check(bench.core.clocks.armed, equals: 2)
    _ = bench.drain()
    let fresh = bench.open(at: 1)
    let told = bench.drain().filter { $0.reason == Reason.roomNeeded.rawValue }
    check(told.map(\.incidentID), equals: [closed[0]])
    checkNil(bench.incident(closed[0]))
    check(bench.incident(closed[1])?.state, equals: .closed)
    bench.close(fresh)
    let next = bench.open(at: 1)
    checkNil(bench.incident(closed[1]))
    check(bench.incident(next) != nil)
    check(bench.report(bench.call(bench.node(1))), equals: .ok)
    check(bench.report(bench.call(bench.node(1))), equals: .full)
  }

  private func severalAgencies() -> PlanDraft {
    var plans = PlanDraft.with(.lead, 60, [.firstLeads], nobody: .skip)
    plans.requirements = [
      Requirement(capabilities: 0, agency: 1), Requirement(capabilities: 0, agency: 2),
    ]
    plans.plans[0].requirementCount = 2
    return plans
  }

  @Test func theFirstReceiverLeadsWhenNobodySaysWho() throws {
    let bench = try Bench(Bench.row(), plans: severalAgencies())
    bench.put(1, at: bench.node(0), agency: 2)
    bench.put(2, at: bench.node(0), agency: 1)
    let incident = bench.open(at: 1, tier: .preventive)
    for assignment in bench.live(incident) { bench.advance(assignment, .acknowledged) }
    bench.poll(60 * s - 1)
    check(bench.escalations().isEmpty)
    bench.poll(s: 60)
    let event = try #require(bench.escalations().first)
    check(event.clock, equals: Int32(ClockKind.lead.rawValue))
    check(event.reason, equals: Reason.lead.rawValue)
    // Both signed at once: the older order's.
    check(bench.incident(incident)?.lead, equals: 1)
    bench.poll(s: 10_000)
    check(bench.fired().isEmpty)
    check(bench.core.setLead(incident, agency: 1, wall_us: 0, act: Act()), equals: .unchanged)
    check(bench.core.setLead(incident, agency: 2, wall_us: 0, act: Act()), equals: .ok)
    bench.close(incident)
    check(bench.core.setLead(incident, agency: 1, wall_us: 0, act: Act()), equals: .state)
  }

  @Test func aLeadThatIsSetStopsItsClock() throws {
    let bench = try Bench(Bench.row(), plans: severalAgencies())
    bench.put(1, at: bench.node(0), agency: 2)
    let incident = bench.open(at: 1, tier: .preventive)
    bench.advance(bench.live(incident)[0], .acknowledged)
    bench.poll(s: 59)
    check(bench.core.setLead(incident, agency: 3, wall_us: 0, act: Act(operatorID: 9)), equals: .ok)
    bench.poll(s: 1_000)
    check(bench.fired().isEmpty)
    check(bench.incident(incident)?.lead, equals: 3)
  }

  /// Nobody was sent, so nobody can lead: the last resort hears of it at once.
  @Test func noReceiverNoLead() throws {
    let bench = try Bench(Bench.row(), plans: severalAgencies())
    bench.open(at: 1, tier: .preventive)
    bench.poll(s: 60)
    check(bench.fired(), equals: ["lead 1 firstLeads 0", "lead 2 lastResort 0"])
  }

  /// One agency needs no lead.
  @Test func oneAgencyHasNoLeadClock() throws {
    let bench = try Bench(Bench.row(), plans: .with(.lead, 60, [.firstLeads]))
    bench.open(at: 1, tier: .preventive)
    bench.poll(s: 1_000)
    check(bench.fired().isEmpty)
  }
}

extension PlanDraft {
  /// The built-in plan, and one clock more.
  static func with(
    _ kind: ClockKind, _ limit_s: Int64, _ actions: [StepAction], after_s: Int64 = 15,
    repeat_s: Int64 = 300, nobody: NobodyRule = .keep
  ) -> PlanDraft {
    var draft = PlanDraft.builtIn
    draft.set(
      kind, limit_s, actions, after_s: after_s, repeat_s: repeat_s, nobody: nobody)
    return draft
  }

  /// A clock's chain for all tiers: the first step at the limit, the others `after_s` apart.
  mutating func set(
    _ kind: ClockKind, _ limit_s: Int64, _ actions: [StepAction], after_s: Int64 = 15,
    repeat_s: Int64 = 300, nobody: NobodyRule = .keep
  ) {
    var chain = Chain(
      limit_ms: limit_s < 0 ? -1 : limit_s * 1_000, repeat_ms: repeat_s * 1_000,
      steps: actions.enumerated().map {
        Step(after_ms: $0.offset == 0 ? 0 : after_s * 1_000, action: $0.element)
      })
    chain.manners.nobody = nobody
    chains[Int(kind.rawValue)] = Array(repeating: chain, count: PlanTables.tierCount)
  }

  /// Changes what a clock does besides its steps, for all tiers.
  mutating func tune(_ kind: ClockKind, _ body: (inout ClockManners) -> Void) {
    for tier in 0..<PlanTables.tierCount {
      guard var chain = chains[Int(kind.rawValue)][tier] else { continue }
      body(&chain.manners)
      chains[Int(kind.rawValue)][tier] = chain
    }
  }
}

extension Bench {
  /// What fired since the last look, in order of due time: clock, step, action, cycle.
  func fired() -> [String] {
    escalations().map { event in
      let clock = ClockKind(rawValue: UInt8(event.clock)).map { "\($0)" } ?? "?"
      let action = StepAction(rawValue: UInt8(event.action)).map { "\($0)" } ?? "?"
      return "\(clock) \(event.step) \(action) \(event.cycle)"
    }
  }

  /// A clock of an incident, or of its first live assignment, at the firing that was seen.
  func clock(
    _ kind: ClockKind, _ incident: UInt64, step: Int32 = 0, cycle: Int32 = 0
  ) -> ClockReference {
    ClockReference(
      clock: kind, incidentID: incident,
      assignmentID: kind.isOfAssignment ? live(incident).first ?? 0 : 0, step: step, cycle: cycle)
  }
}
