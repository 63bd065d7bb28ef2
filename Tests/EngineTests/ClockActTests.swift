// What people do to clocks, and what they are told when they act on what has moved on: take, snooze, escalate now.

import HujiaTestSupport
import Testing

@testable import HujiaEngine

@Suite struct ClockActTests {
  private let someone = Act(operatorID: 4, reason: 2)

  /// One routine incident without units: pending at 1,800 s, then 60 s, then every 300 s.
  private func waiting(_ tune: (inout ClockManners) -> Void = { _ in }) throws -> (Bench, UInt64) {
    var plans = PlanDraft.builtIn
    plans.tune(.pending, tune)
    let bench = try Bench(Bench.row(), plans: plans)
    return (bench, bench.open(at: 1, tier: .routine))
  }

  @Test func aTakenEscalationClimbsAndRepeatsNoMore() throws {
    let (bench, incident) = try waiting()
    check(bench.core.take(bench.clock(.pending, incident), act: someone), equals: .step)
    bench.poll(s: 1_800)
    check(bench.fired(), equals: ["pending 1 supervisor 0"])
    let seen = bench.clock(.pending, incident, step: 1)
    check(bench.core.take(seen, act: Act(operatorID: 0, reason: 1)), equals: .argument)
    check(bench.core.take(seen, act: someone), equals: .ok)
    let told = bench.drain().filter { $0.kind == .clock }
    if check(told.map(\.state), equals: [ClockState.taken.rawValue]) {
      check(told[0].operatorID, equals: 4)
    }
    check(bench.core.take(seen, act: someone), equals: .unchanged)
    check(bench.core.read(seen).reading?.state, equals: .taken)
    bench.poll(s: 7_100)
    check(bench.fired().isEmpty)
    check(bench.core.clocks.armed, equals: 1)  // resolve
    // It can still be asked to climb.
    check(bench.escalateNow(seen, act: someone), equals: .ok)
    check(bench.fired(), equals: ["pending 2 tellCaller 0"])
    bench.poll(s: 7_199)
    check(bench.fired().isEmpty)
    bench.close(incident)
    check(bench.core.take(seen, act: someone), equals: .state)
    check(bench.escalateNow(seen, act: someone), equals: .state)
    check(bench.core.snooze(seen, for_ms: 1_000, act: someone), equals: .state)
  }

  @Test func whoTakesTooLongIsPassed() throws {
    let (bench, incident) = try waiting { $0.taken_ms = 120_000 }
    bench.poll(s: 1_810)
    check(bench.core.take(bench.clock(.pending, incident, step: 1), act: someone), equals: .ok)
    bench.poll(s: 1_929)
    check(bench.fired(), equals: ["pending 1 supervisor 0"])
    bench.poll(s: 1_930)
    check(bench.fired(), equals: ["pending 2 tellCaller 0"])
    bench.poll(s: 2_230)
    check(bench.fired(), equals: ["pending 2 tellCaller 1"])
  }

  @Test func theStepThatWasSeenMustBeTheLast() throws {
    let (bench, incident) = try waiting()
    bench.poll(s: 2_170)  // 1 at 1,800, 2 at 1,860, 2 again at 2,160
    check(bench.fired().last, equals: "pending 2 tellCaller 1")
    let late = [(0, 0), (1, 0), (2, 0)] as [(Int32, Int32)]
    for (step, cycle) in late {
      let old = bench.clock(.pending, incident, step: step, cycle: cycle)
      check(bench.core.take(old, act: someone), equals: .passed)
      check(bench.core.snooze(old, for_ms: 300_000, act: someone), equals: .passed)
      check(bench.escalateNow(old, act: someone), equals: .passed)
    }
    for (step, cycle) in [(3, 1), (1, 2), (2, 2)] as [(Int32, Int32)] {
      let ahead = bench.clock(.pending, incident, step: step, cycle: cycle)
      check(bench.core.take(ahead, act: someone), equals: .step)
      check(bench.escalateNow(ahead, act: someone), equals: .step)
    }
    check(bench.fired().isEmpty)
    check(bench.core.take(bench.clock(.arrival, incident), act: someone), equals: .noClock)
    check(bench.core.take(bench.clock(.acknowledge, incident), act: someone), equals: .stale)
  }

  /// What was seen before the unit checked in is over.
  @Test func aCheckInPassesWhatWasSeen() throws {
    let bench = try Bench(Bench.row(), plans: .with(.welfare, 60, [.callUnit, .supervisor]))
    bench.put(1, at: bench.node(0))
    let incident = bench.open(at: 1)
    bench.advance(bench.live(incident)[0], .onScene)
    bench.poll(s: 60)
    _ = bench.core.checkIn(unit: 1, wall_us: 0)
    let old = bench.clock(.welfare, incident, step: 1)
    check(bench.core.take(old, act: someone), equals: .passed)
    let reading = try #require(bench.core.read(old).reading)
    check(reading.state, equals: .running)
    check(reading.step, equals: 0)
    check(reading.cycle, equals: 1)
    bench.poll(s: 120)
    check(
      bench.core.take(bench.clock(.welfare, incident, step: 1, cycle: 1), act: someone), equals: .ok
    )
  }

  @Test func escalateNowCountsFromNow() throws {
    let (bench, incident) = try waiting()
    bench.poll(s: 100)
    let unseen = bench.clock(.pending, incident)
    check(bench.escalateNow(unseen, act: Act(operatorID: 0)), equals: .argument)
    check(bench.escalateNow(unseen, act: someone), equals: .ok)
    let event = try #require(bench.escalations().first)
    check(event.step, equals: 1)
    check(event.late_ns, equals: 0)
    check(event.operatorID, equals: 4)
    // The same press a second time is that of a person that saw nothing of the first.
    check(bench.escalateNow(unseen, act: someone), equals: .passed)
    bench.poll(160 * Bench.second_ns - 1)
    check(bench.fired().isEmpty)
    bench.poll(s: 160)
    check(bench.fired(), equals: ["pending 2 tellCaller 0"])
  }

  @Test func aSnoozeNeedsAReasonAnOperatorAndAnEnd() throws {
    let (bench, incident) = try waiting { $0.snoozeMost_ms = 600_000 }
    let unseen = bench.clock(.pending, incident)
    bench.poll(s: 1_700)
    check(bench.core.snooze(unseen, for_ms: 200_000, act: Act(operatorID: 4)), equals: .reason)
    check(bench.core.snooze(unseen, for_ms: 200_000, act: Act(reason: 4)), equals: .argument)
    check(bench.core.snooze(unseen, for_ms: 0, act: someone), equals: .argument)
    check(bench.core.snooze(unseen, for_ms: 700_001, act: someone), equals: .snooze)
    check(bench.core.snooze(unseen, for_ms: 100_000, act: someone), equals: .unchanged)
    check(bench.core.snooze(unseen, for_ms: 200_000, act: someone), equals: .ok)
    check(bench.core.read(unseen).reading?.state, equals: .snoozed)
    // Putting it off again and again comes to the same end.
    bench.poll(s: 1_890)
    check(bench.core.snooze(unseen, for_ms: 510_001, act: someone), equals: .snooze)
    check(bench.core.snooze(unseen, for_ms: 510_000, act: someone), equals: .ok)
    bench.poll(2_400 * Bench.second_ns - 1)
    check(bench.fired().isEmpty)
    bench.poll(s: 2_400)
    check(bench.fired(), equals: ["pending 1 supervisor 0"])
    check(bench.core.read(unseen).reading?.state, equals: .breached)
    bench.poll(s: 2_460)
    check(bench.fired(), equals: ["pending 2 tellCaller 0"])
  }

  @Test func aPolicyMayAllowNoSnooze() throws {
    let (bench, incident) = try waiting { $0.snoozeMost_ms = 0 }
    bench.poll(s: 1_800)
    let seen = bench.clock(.pending, incident, step: 1)
    check(bench.core.snooze(seen, for_ms: 100_000, act: someone), equals: .snooze)
    check(bench.core.take(seen, act: someone), equals: .ok)
  }

  @Test func aWarningComesBeforeTheLimit() throws {
    for isByShare in [true, false] {
      let (bench, incident) = try waiting {
        if isByShare { $0.warn_percent = 75 } else { $0.warnBefore_ms = 450_000 }
      }
      bench.poll(1_350 * Bench.second_ns - 1)
      check(bench.drain().allSatisfy { $0.kind != .warning })
      bench.poll(s: 1_350)
      let warnings = bench.drain().filter { $0.kind == .warning }
      if check(warnings.count, equals: 1) {
        check(warnings[0].clock, equals: 1)
        check(warnings[0].step, equals: 0)
      }
      check(warnings[0].dueWall_us, equals: Bench.wallStart_us + 1_350_000_000)
      check(bench.core.read(bench.clock(.pending, incident)).reading?.state, equals: .warned)
      bench.poll(s: 1_800)
      check(bench.fired(), equals: ["pending 1 supervisor 0"])
    }
  }

  /// A raised tier whose warning would already be over goes straight to its limit.
  @Test func warningsFollowARaisedTier() throws {
    let (bench, incident) = try waiting { $0.warnBefore_ms = 30_000 }
    bench.poll(s: 100)
    bench.upgrade(incident, to: .emergency)
    bench.poll(s: 130)
    check(bench.drain().filter { $0.kind == .warning }.count, equals: 1)
    bench.poll(160 * Bench.second_ns - 1)
    check(bench.fired().isEmpty)
    bench.poll(s: 160)
    check(bench.fired(), equals: ["pending 1 supervisor 0"])
  }

  /// The place of an escalation is kept for it, also when a person asks for it.
  @Test func escalateNowWaitsForRoom() throws {
    let bench = try Bench(Bench.row(), units: 1, incidents: 1, assignments: 1, events: 16)
    let incident = bench.open(at: 1)
    var status = Status.ok
    var pressed = 0
    while status == .ok, pressed < 100 {
      let reading = bench.core.read(bench.clock(.pending, incident)).reading
      status = bench.escalateNow(
        bench.clock(.pending, incident, step: reading?.step ?? 0, cycle: reading?.cycle ?? 0),
        act: someone)
      if status == .ok { pressed += 1 }
    }
    check(status, equals: .full)
    check(pressed, equals: 6)
    check(bench.fired().count, equals: 6)
  }

  /// Every firing has a name of its own: incident, assignment, clock, version, cycle, step.
  @Test func noTwoFiringsLookAlike() throws {
    let bench = try Bench(
      Bench.row(), plans: .with(.welfare, 60, [.callUnit, .supervisor], repeat_s: 40))
    bench.put(1, at: bench.node(0))
    let incident = bench.open(at: 1)
    var names: Set<[UInt64]> = []
    var count = 0
    bench.advance(bench.live(incident)[0], .onScene)
    for minute in 1...60 as ClosedRange<Int64> {
      bench.poll(minute * 60 * Bench.second_ns)
      if minute % 7 == 0 { _ = bench.core.checkIn(unit: 1, wall_us: 0) }
      if minute == 30 { _ = try bench.load(.with(.welfare, 50, [.callUnit], repeat_s: 30)) }
      if minute == 31 { check(bench.migrateClocks(), equals: 1) }
      for event in bench.escalations() {
        count += 1
        names.insert([
          event.incidentID, event.assignmentID, UInt64(event.clock), UInt64(event.plansVersion),
          UInt64(event.cycle), UInt64(event.step),
        ])
      }
    }
    check(count, above: 40)
    check(names.count, equals: count)
  }
}
