// Promises to the second: limits, chains, repeats, late polls, wall jumps, a full outbox.

import HujiaTestSupport
import Testing

@testable import HujiaEngine

@Suite struct ClockTests {
  private func told(_ events: [Event]) -> [String] {
    events.map { event in
      let clock = ClockKind(rawValue: UInt8(event.clock)).map { "\($0)" } ?? "?"
      let action = StepAction(rawValue: UInt8(event.action)).map { "\($0)" } ?? "?"
      return "\(clock) \(event.step) \(action) \(event.cycle)"
    }
  }

  /// Polls each second up to `end_s`; what fired with the second it fired at.
  private func run(_ bench: Bench, from start_s: Int64 = 1, to end_s: Int64) -> [String] {
    var lines: [String] = []
    for second in start_s...end_s {
      bench.poll(second * Bench.second_ns - 1)
      check(bench.escalations().isEmpty || second == start_s, "early at \(second)")
      bench.poll(second * Bench.second_ns)
      let events = bench.escalations()
      for event in events { check(event.late_ns, equals: 0, "late at \(second)") }
      lines += told(events).map { "\(second) \($0)" }
    }
    return lines
  }

  @Test func acknowledgeStepsAt15_30_45ThenEvery300() throws {
    let bench = try Bench(Bench.row())
    bench.put(1, at: bench.node(0))
    let incident = bench.open(at: 1, tier: .preventive)
    let asked = bench.live(incident)[0]
    check(
      run(bench, to: 700),
      equals: [
        "15 acknowledge 1 notifyAgain 0", "30 acknowledge 2 nextUnit 0",
        "45 acknowledge 3 supervisor 0", "345 acknowledge 3 supervisor 1",
        "645 acknowledge 3 supervisor 2",
      ])
    // Nobody else was there: the one asked before stays asked.
    check(bench.live(incident), equals: [asked])
    // A receipt by the terminal is no signature; a signature is.
    bench.advance(asked, .delivered)
    check(run(bench, from: 701, to: 950), equals: ["945 acknowledge 3 supervisor 3"])
    bench.advance(asked, .acknowledged)
    check(run(bench, from: 951, to: 2_000).isEmpty)
  }

  @Test func theNextUnitInheritsTheChain() throws {
    let bench = try Bench(Bench.row())
    bench.put(1, at: bench.node(0))
    bench.put(2, at: bench.node(5))
    let incident = bench.open(at: 1, tier: .preventive)
    let asked = bench.live(incident)[0]
    bench.poll(s: 15)
    bench.poll(s: 30)
    check(bench.units(incident), equals: [2])
    checkNil(bench.state(asked))
    let events = bench.drain()
    let step = try #require(events.last { $0.kind == .escalation })
    check(step.unitID, equals: 2)
    check(step.reason, equals: Reason.nextUnit.rawValue)
    check(
      events.contains {
        $0.kind == .assignment && $0.state == AssignmentState.expired.rawValue && $0.unitID == 1
      })
    check(bench.counter(Counter.assignmentsExpired), equals: 1)
    check(run(bench, from: 31, to: 50), equals: ["45 acknowledge 3 supervisor 0"])
    // The unit that did not sign is free, but not for this one.
    check(bench.core.units[bench.slot(1)].isFree)
  }

  @Test func arrivalAt8And5Minutes() throws {
    for (flags, limit_s) in [(0, 480), (1, 300)] as [(UInt32, Int64)] {
      let bench = try Bench(Bench.row())
      bench.put(1, at: bench.node(0))
      let incident = bench.open(at: 1, flags: flags)
      bench.advance(bench.live(incident)[0], .acknowledged)
      check(
        run(bench, to: limit_s + 400),
        equals: [
          "\(limit_s) arrival 1 supervisor 0", "\(limit_s + 60) arrival 2 suggestExchange 0",
          "\(limit_s + 360) arrival 2 suggestExchange 1",
        ])
      bench.advance(bench.live(incident)[0], .onScene)
      check(run(bench, from: limit_s + 401, to: limit_s + 1_500).isEmpty)
    }
  }

  @Test func arrivalStopsOnAnyUnitAndRunsThroughReplacements() throws {
    let bench = try Bench(Bench.row())
    for unit in 1...3 { bench.put(UInt64(unit), at: bench.node(unit)) }
    let incident = bench.open(at: 0)
    bench.poll(s: 10)
    bench.advance(bench.live(incident)[0], .declined)
    bench.advance(bench.live(incident)[0], .acknowledged)
    // The promise to arrive is counted from the first dispatch.
    check(run(bench, from: 11, to: 485), equals: ["480 arrival 1 supervisor 0"])
  }

  @Test func pendingAt60SecondsWhileNobodyIsSent() throws {
    let bench = try Bench(Bench.row())
    let incident = bench.open(at: 1)
    check(
      run(bench, to: 430),
      equals: [
        "60 pending 1 supervisor 0", "120 pending 2 tellCaller 0", "420 pending 2 tellCaller 1",
      ])
    bench.put(1, at: bench.node(3))
    check(bench.units(incident), equals: [1])
    bench.advance(bench.live(incident)[0], .acknowledged)
    check(run(bench, from: 431, to: 900).isEmpty)
    check(run(bench, from: 901, to: 912), equals: ["910 arrival 1 supervisor 0"])
  }

  @Test func resolveAt2Hours() throws {
    let bench = try Bench(Bench.row())
    bench.put(1, at: bench.node(0))
    let incident = bench.open(at: 1, tier: .routine)
    bench.advance(bench.live(incident)[0], .onScene)
    bench.poll(7_200 * Bench.second_ns - 1)
    check(bench.escalations().isEmpty)
    bench.poll(s: 7_200)
    check(told(bench.escalations()), equals: ["resolve 1 supervisor 0"])
    bench.close(incident)
    bench.poll(s: 100_000)
    check(bench.escalations().isEmpty)
    check(bench.core.clocks.armed, equals: 0)
    check(bench.core.nextDue_ns, equals: .max)
  }

  /// Due times are absolute: a late poll moves none of the later ones, and repeats slept through are one.
  @Test func latePollsKeepTheSchedule() throws {
    let bench = try Bench(Bench.row())
    bench.put(1, at: bench.node(0))
    bench.open(at: 1, tier: .preventive)
    bench.poll(s: 29)
    var events = bench.escalations()
    check(told(events), equals: ["acknowledge 1 notifyAgain 0"])
    check(events[0].late_ns, equals: 14 * Bench.second_ns)
    check(events[0].dueWall_us, equals: Bench.wallStart_us + 15_000_000)
    bench.poll(s: 31)
    events = bench.escalations()
    if check(told(events), equals: ["acknowledge 2 nextUnit 0"]) {
      check(events[0].late_ns, equals: Bench.second_ns)
    }
    bench.poll(s: 2_000)
    events = bench.escalations()
    check(told(events), equals: ["acknowledge 3 supervisor 0", "acknowledge 3 supervisor 1"])
    // 45 + 6 * 300 = 1,845 is the repeat that is told, 155 s late; then 2,145.
    check(events[1].late_ns, equals: 155 * Bench.second_ns)
    check(bench.core.nextDue_ns, equals: 2_145 * Bench.second_ns)
    check(bench.counter(Counter.lateDeadlines), equals: 3)
  }

  @Test func overdueOnesFireOnceInDueOrder() throws {
    let bench = try Bench(Bench.row(), incidents: 16)
    for second in 0..<10 as Range<Int64> {
      bench.poll(second * Bench.second_ns)
      bench.open(at: 1)
    }
    bench.poll(s: 75)
    let events = bench.escalations()
    check(events.count, equals: 10)
    check(events.map(\.late_ns), equals: events.map(\.late_ns).sorted(by: >))
    check(bench.escalations().isEmpty)
  }

  @Test func wallJumpsMoveNothing() throws {
    let bench = try Bench(Bench.row())
    bench.put(1, at: bench.node(0))
    bench.open(at: 1, tier: .preventive)
    bench.wall_us &+= 10 * 365 * 86_400_000_000
    bench.poll(s: 14.999)
    check(bench.escalations().isEmpty)
    bench.wall_us &-= 20 * 365 * 86_400_000_000
    bench.poll(s: 15)
    check(bench.escalations().count, equals: 1)
    bench.wall_us = 0
    bench.poll(s: 29.999)
    check(bench.escalations().isEmpty)
    bench.poll(s: 30)
    check(bench.escalations().count, equals: 1)
  }

  @Test func anUpgradeTightensAndKeepsTheReceipt() throws {
    let bench = try Bench(Bench.row())
    let incident = bench.open(at: 1, tier: .routine)
    let received_us = bench.incident(incident)?.receivedWall_us
    bench.poll(s: 100)
    check(bench.upgrade(incident, to: .emergency), equals: .ok)
    check(bench.incident(incident)?.tier, equals: .emergency)
    check(bench.incident(incident)?.receivedWall_us, equals: received_us)
    check(run(bench, from: 101, to: 170), equals: ["160 pending 1 supervisor 0"])
    // Lowering it loosens nothing.
    check(bench.upgrade(incident, to: .routine), equals: .ok)
    check(run(bench, from: 171, to: 230), equals: ["220 pending 2 tellCaller 0"])
  }

  @Test func anUpgradeNeverSilencesAChain() throws {
    var plans = PlanDraft.builtIn
    let steps = [
      Step(after_ms: 0, action: .supervisor), Step(after_ms: 10_000, action: .widen),
      Step(after_ms: 10_000, action: .manual),
    ]
    plans.chains[Int(ClockKind.pending.rawValue)][Int(Tier.urgent.rawValue)] = .init(
      limit_ms: -1, repeat_ms: 60_000, steps: steps)
    let bench = try Bench(Bench.row(), plans: plans)
    let incident = bench.open(at: 1, tier: .urgent)
    check(run(bench, to: 312), equals: ["300 pending 1 supervisor 0", "310 pending 2 widen 0"])
    bench.upgrade(incident, to: .emergency)
    check(run(bench, from: 313, to: 330), equals: ["320 pending 2 tellCaller 1"])
  }

  @Test func fullOutboxLosesOrdinaryEventsOnlyAndTells() throws {
    let bench = try Bench(Bench.row(), units: 2, incidents: 2, assignments: 2, events: 16)
    bench.put(1, at: bench.node(0))
    let incident = bench.open(at: 1, tier: .preventive)
    let assignment = bench.live(incident)[0]
    for _ in 0..<20 {
      bench.advance(assignment, .enRoute)
      bench.advance(assignment, .acknowledged, reason: 1)
    }
    let lost = bench.counter(Counter.eventsLost)
    check(lost, above: 0)
    // Escalations have room of their own (2 x 4 + 2 x 2): signed by now, so let the day's end resolve repeat.
    for hour in 24...40 as ClosedRange<Int64> { bench.poll(hour * 3_600 * Bench.second_ns) }
    check(bench.core.isEscalationBlocked)
    check(bench.counter(Counter.escalationsWaiting), equals: 1)
    let first = bench.drain()
    check(first.filter { $0.kind == .escalation }.map(\.cycle), equals: Array(0..<12))
    bench.poll(s: 40 * 3_600)
    let rest = bench.escalations()
    // The thirteenth waited since hour 36 and stands for hours 37 to 40 as well.
    check(rest.map(\.cycle), equals: [12])
    check(!bench.core.isEscalationBlocked)
    check(rest[0].late_ns, equals: 4 * 3_600 * Bench.second_ns)
    check(bench.core.nextDue_ns, equals: 41 * 3_600 * Bench.second_ns)
    let told = first.filter { $0.kind == .overflow }
    check(told.map(\.step), equals: [Int32(lost)])
    bench.advance(assignment, .onScene)
    check(bench.drain().map(\.kind).contains(.assignment))
    let sequences = (first + rest).map(\.sequence)
    check(sequences, equals: sequences.sorted())
    check(Set(sequences).count, equals: sequences.count)
  }

  @Test func boundedWorkGoesOnWithTheNextPoll() throws {
    let bench = try Bench(Bench.row(), incidents: 16)
    for _ in 0..<10 { bench.open(at: 1) }
    bench.poll(60 * Bench.second_ns, most: 3)
    check(bench.escalations().count, equals: 3)
    bench.poll(60 * Bench.second_ns, most: 100)
    check(bench.escalations().count, equals: 7)
  }
}
