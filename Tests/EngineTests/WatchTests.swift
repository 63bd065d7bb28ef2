// Signs of life and silence, to the second: the chain, what ends it, whose clock counts, pauses, alarms.

import HujiaTestSupport
import Testing

@testable import HujiaEngine

@Suite struct WatchTests {
  private static let hour: Int64 = 3_600

  private func bench(
    incidents: Int = 4, watches: Int = 4, plans: PlanDraft = .builtIn
  ) throws -> Bench {
    let bench = try Bench(Bench.row(), plans: plans, incidents: incidents, watches: watches)
    bench.put(1, at: bench.node(0))
    return bench
  }

  private func put(
    _ bench: Bench, _ id: UInt64 = 7, limit_s: UInt32 = 0, tier: Tier = .urgent,
    alarmTier: Tier = .emergency, carrier: UInt64 = 0, last_us: Int64 = 0
  ) -> Status {
    let place = bench.node(5)
    return bench.core.put(
      watch: WatchDescription(
        id: id, limit_s: limit_s, tier: tier, alarmTier: alarmTier, type: 31, alarmType: 32,
        lat_e7: place.lat_e7, lon_e7: place.lon_e7, homeOfficer: 101, gridWorker: 102,
        carrier: carrier, lastWall_us: last_us, place: place))
  }

  private func beat(_ bench: Bench, _ id: UInt64 = 7, wall_us: Int64 = 0) -> Bool {
    bench.core.beat(Heartbeat(watchID: id, wall_us: wall_us))
  }

  private func record(_ bench: Bench, _ id: UInt64 = 7) -> WatchRecord? {
    bench.core.watch(id).map { bench.core.watches[$0] }
  }

  private func poll(_ bench: Bench, s: Int64) { bench.poll(s * Bench.second_ns) }

  @Test func threeDaysOfSilenceLeadToTheOfficerTheGridWorkerAndAnIncident() throws {
    let bench = try bench()
    check(put(bench), equals: .ok)
    poll(bench, s: 72 * Self.hour - 1)
    check(bench.drain().isEmpty)
    check(record(bench)?.state, equals: .present)
    poll(bench, s: 72 * Self.hour)
    var event = try #require(bench.drain().first)
    check(event.kind, equals: .escalation)
    check(event.clock, equals: 11)
    check(event.step, equals: 1)
    check(event.late_ns, equals: 0)
    check(event.action, equals: 21)
    check(event.unitID, equals: 101)
    check(event.watchID, equals: 7)
    check(event.incidentID, equals: 0)
    check(record(bench)?.state, equals: .absent)
    poll(bench, s: 74 * Self.hour - 1)
    check(bench.drain().isEmpty)
    poll(bench, s: 74 * Self.hour)
    event = try #require(bench.drain().first)
    check(event.step, equals: 2)
    check(event.action, equals: 22)
    check(event.unitID, equals: 102)
    poll(bench, s: 76 * Self.hour)
    let events = bench.drain()
    check(events.map(\.kind), equals: [.decided, .assignment, .escalation])
    let opened = events[0].incidentID
    check(events[2].action, equals: 20)
    check(events[2].incidentID, equals: opened)
    check(events[2].step, equals: 3)
    // As any call: the plan was matched, the unit is on its way, its clocks run.
    check(bench.units(opened), equals: [1])
    check(bench.incident(opened)?.tier, equals: .urgent)
    check(bench.incident(opened)?.type, equals: 31)
    check(bench.incident(opened)?.lat_e7, equals: bench.node(5).lat_e7)
    // From here the incident's clocks keep the promise.
    bench.advance(bench.live(opened)[0], .onScene)
    _ = bench.drain()
    poll(bench, s: 200 * Self.hour)
    check(!bench.drain().contains { $0.watchID == 7 })
    // Closing it answers for the silence: the limit runs again from there.
    bench.close(opened)
    check(bench.drain().contains { $0.kind == .absenceEnded && $0.reason == 9 && $0.watchID == 7 })
    check(record(bench)?.state, equals: .present)
    check(record(bench)?.incidentID, equals: 0)
    poll(bench, s: 272 * Self.hour - 1)
    check(!bench.escalations().contains { $0.watchID == 7 })
    poll(bench, s: 272 * Self.hour)
    check(bench.escalations().filter { $0.watchID == 7 }.map(\.action), equals: [21])
  }

  @Test func aHeartbeatMovesTheLimitAndEndsTheChain() throws {
    let bench = try bench()
    _ = put(bench, limit_s: 100)
    for second in stride(from: 50 as Int64, through: 1_000, by: 50) {
      poll(bench, s: second)
      check(beat(bench))
    }
    check(bench.drain().isEmpty)
    poll(bench, s: 1_099)
    check(bench.drain().isEmpty)
    poll(bench, s: 1_100)
    check(bench.escalations().count, equals: 1)
    poll(bench, s: 1_200)
    check(beat(bench))
    let event = try #require(bench.drain().first)
    check(event.kind, equals: .absenceEnded)
    check(event.reason, equals: 25)
    check(event.watchID, equals: 7)
    check(record(bench)?.state, equals: .present)
    poll(bench, s: 1_299)
    check(bench.drain().isEmpty)
    poll(bench, s: 1_300)
    check(bench.escalations().map(\.step), equals: [1])
  }

  @Test func theNewestDeviceTimeWins() throws {
    let bench = try bench()
    let day_us: Int64 = 86_400_000_000
    poll(bench, s: 1_000)
    let now_us = bench.core.time.wall_us
    check(put(bench, limit_s: 1_000, last_us: now_us - 600_000_000), equals: .ok)
    check(!beat(bench, wall_us: now_us - 700_000_000), "older than the newest")
    check(beat(bench, wall_us: now_us - 500_000_000))
    check(beat(bench, wall_us: now_us - 500_000_000), "the same again")
    check(!beat(bench, wall_us: now_us + day_us + 1), "more than a day ahead")
    check(!beat(bench, wall_us: -1) && !beat(bench, 8))
    // The limit runs from 500 s before 1,000 s.
    poll(bench, s: 1_499)
    check(bench.drain().isEmpty)
    poll(bench, s: 1_500)
    check(bench.escalations().count, equals: 1)
    // A backlog that is itself older than the limit ends nothing.
    poll(bench, s: 1_510)
    check(beat(bench, wall_us: now_us - 495_000_000))
    check(bench.drain().isEmpty)
    check(record(bench)?.state, equals: .absent)
    // A fast device clock counts as now and blocks nothing that comes after.
    check(beat(bench, wall_us: bench.core.time.wall_us + day_us))
    check(bench.drain().map(\.kind), equals: [.absenceEnded])
    poll(bench, s: 1_511)
    check(beat(bench, wall_us: bench.core.time.wall_us))
  }

  @Test func noJumpOfTheWallClockMovesADeadline() throws {
    let bench = try bench()
    _ = put(bench, limit_s: 1_000)
    poll(bench, s: 500)
    check(beat(bench, wall_us: bench.core.time.wall_us))
    for jump_us in [40 * 86_400_000_000, -80 * 86_400_000_000] as [Int64] {
      bench.wall_us += jump_us
      poll(bench, s: 501)
      check(bench.drain().isEmpty)
    }
    // Arrival counts where no device time is given, whatever the wall clock says.
    poll(bench, s: 600)
    check(beat(bench))
    poll(bench, s: 1_599)
    check(bench.drain().isEmpty)
    poll(bench, s: 1_600)
    check(bench.escalations().map(\.late_ns), equals: [0])
  }

  @Test func silenceThatWasKnownAtPutFiresAtOnceMarkedLate() throws {
    let bench = try bench()
    poll(bench, s: 10)
    check(put(bench, last_us: bench.core.time.wall_us - 73 * 3_600_000_000), equals: .ok)
    poll(bench, s: 10)
    let events = bench.escalations()
    if check(events.map(\.step), equals: [1]) {
      check(events[0].late_ns, equals: Self.hour * Bench.second_ns)
    }
  }

  @Test func saidAgainIsNoSignOfLife() throws {
    let bench = try bench()
    _ = put(bench, limit_s: 100)
    poll(bench, s: 90)
    check(put(bench, limit_s: 100), equals: .ok)
    poll(bench, s: 100)
    check(bench.escalations().count, equals: 1)
    // A new limit holds from the last sign of life; the running chain goes on.
    check(put(bench, limit_s: 5_000), equals: .ok)
    check(record(bench)?.state, equals: .absent)
    check(put(bench, limit_s: 5_000, last_us: bench.core.time.wall_us), equals: .ok)
    check(bench.drain().map(\.kind), equals: [.absenceEnded])
    poll(bench, s: 5_099)
    check(bench.drain().isEmpty)
    poll(bench, s: 5_100)
    check(bench.escalations().count, equals: 1)
  }

  @Test func pausesCountNoSilence() throws {
    let bench = try bench()
    _ = put(bench, limit_s: 100)
    poll(bench, s: 100)
    check(bench.escalations().count, equals: 1)
    check(bench.core.pause(watch: 7, until_us: bench.core.time.wall_us + 500_000_000), equals: .ok)
    check(bench.drain().map(\.reason), equals: [26])
    check(bench.core.pause(watch: 7, until_us: bench.core.time.wall_us), equals: .argument)
    bench.wall_us -= 10_000_000_000
    poll(bench, s: 699)
    check(bench.drain().isEmpty)
    // It ended at 600 s by itself; silence counts from there.
    poll(bench, s: 700)
    check(bench.escalations().map(\.late_ns), equals: [0])
    check(bench.core.pause(watch: 7, until_us: 0), equals: .ok)
    check(bench.core.pause(watch: 7, until_us: 0), equals: .unchanged)
    poll(bench, s: 100_000)
    check(bench.escalations().isEmpty)
    check(bench.core.resume(watch: 7), equals: .ok)
    check(bench.core.resume(watch: 7), equals: .unchanged)
    _ = bench.drain()
    poll(bench, s: 100_099)
    check(bench.drain().isEmpty)
    poll(bench, s: 100_100)
    check(bench.escalations().count, equals: 1)
    check(bench.core.pause(watch: 8, until_us: 0), equals: .unknownUnit)
    check(bench.core.resume(watch: 8), equals: .unknownUnit)
  }

  @Test func aFullTableBringsTheStepAgain() throws {
    let bench = try bench(incidents: 1)
    let occupied = bench.open(at: 9, tier: .preventive)
    _ = put(bench, limit_s: 100)
    _ = bench.drain()
    bench.advance(bench.live(occupied)[0], .onScene)
    poll(bench, s: 100 + 4 * Self.hour)
    let fired = bench.escalations()
    if check(fired.map(\.step), equals: [1, 2, 3]) {
      check(fired[2].reason, equals: 27)
      check(fired[2].incidentID, equals: 0)
    }
    bench.close(occupied)
    _ = bench.drain()
    poll(bench, s: 99 + 5 * Self.hour)
    check(bench.escalations().isEmpty)
    poll(bench, s: 100 + 5 * Self.hour)
    let again = try #require(bench.escalations().first)
    check(again.cycle, equals: 1)
    check(again.reason, equals: 0)
    check(again.incidentID, isNot: 0)
  }

  @Test func alarmsOpenOneIncidentAndRaiseIt() throws {
    let bench = try bench()
    _ = put(bench, alarmTier: .routine)
    check(bench.alarm(watch: 8, wall_us: 0), equals: .unknownUnit)
    check(bench.alarm(watch: 7, wall_us: 0), equals: .ok)
    let opened = bench.decision.answer.incidentID
    check(bench.decision.answer.count, equals: 1)
    check(bench.incident(opened)?.type, equals: 32)
    check(bench.incident(opened)?.tier, equals: .routine)
    for _ in 1...3 { check(bench.alarm(watch: 7, wall_us: 0), equals: .exists) }
    check(bench.decision.answer.incidentID, equals: opened)
    check(bench.decision.answer.count, equals: 1)
    _ = put(bench, alarmTier: .emergency)
    check(bench.alarm(watch: 7, wall_us: 0), equals: .exists)
    check(bench.incident(opened)?.tier, equals: .emergency)
    check(bench.counter(Counter.incidentsOpened), equals: 1)
    check(bench.counter(Counter.watchAlarms), equals: 5)
    bench.close(opened)
    check(bench.alarm(watch: 7, wall_us: 0), equals: .ok)
    check(bench.decision.answer.incidentID, isNot: opened)
    // A watch that is gone leaves its incident alone.
    let second = bench.decision.answer.incidentID
    check(bench.core.remove(watch: 7), equals: .ok)
    check(bench.core.remove(watch: 7), equals: .unknownUnit)
    _ = put(bench, 9)
    check(bench.close(second), equals: .ok)
    check(record(bench, 9)?.state, equals: .present)
  }

  @Test func aCarriedSourceIsWhereItsUnitIs() throws {
    let bench = try bench()
    bench.put(2, at: bench.node(12), activity: .offDuty)
    _ = put(bench, carrier: 2)
    check(bench.alarm(watch: 7, wall_us: 0), equals: .ok)
    let opened = bench.decision.answer.incidentID
    check(bench.incident(opened)?.lon_e7, equals: bench.node(12).lon_e7)
    _ = put(bench, 9, carrier: 99)
    check(bench.alarm(watch: 9, wall_us: 0), equals: .ok)
    check(
      bench.incident(bench.decision.answer.incidentID)?.lon_e7, equals: bench.node(5).lon_e7,
      "the place stands in for a unit that is not known")
  }

  @Test func theTableSaysFullAndTakesBack() throws {
    let bench = try bench(watches: 2)
    check(put(bench, 1), equals: .ok)
    check(put(bench, 2), equals: .ok)
    check(put(bench, 3), equals: .full)
    check(bench.core.remove(watch: 1), equals: .ok)
    check(put(bench, 3), equals: .ok)
    check(bench.counter(Counter.watches), equals: 2)
    check(bench.counter(Counter.watchesHigh), equals: 2)
    check(beat(bench, 3) && !beat(bench, 1))
  }

  @Test func newPlansHoldForWatchesAtOnce() throws {
    let bench = try bench()
    _ = put(bench)
    var plans = PlanDraft.builtIn
    let absence = Int(ClockKind.absence.rawValue)
    for tier in plans.chains[absence].indices {
      plans.chains[absence][tier] = PlanDraft.Chain(
        limit_ms: 60_000, repeat_ms: 0, steps: [Step(after_ms: 5_000, action: .supervisor)])
    }
    check(try bench.load(plans))
    poll(bench, s: 64)
    check(bench.drain().isEmpty)
    poll(bench, s: 65)
    check(bench.escalations().map(\.action), equals: [5])
    poll(bench, s: 100_000)
    check(bench.escalations().isEmpty, "the last step comes once")
    check(beat(bench))
    for tier in plans.chains[absence].indices { plans.chains[absence][tier] = nil }
    check(try bench.load(plans))
    _ = bench.drain()
    poll(bench, s: 500_000)
    check(bench.drain().isEmpty, "without a chain nothing fires")
  }

  /// A person found out meanwhile that somebody vulnerable is there.
  @Test func anAlarmThatRaisesForgetsNothing() throws {
    let bench = try bench()
    _ = put(bench, alarmTier: .urgent)
    check(bench.alarm(watch: 7, wall_us: 0), equals: .ok)
    let opened = bench.decision.answer.incidentID
    check(bench.upgrade(opened, to: .none, flags: 1), equals: .ok)
    _ = put(bench, alarmTier: .emergency)
    check(bench.alarm(watch: 7, wall_us: 0), equals: .exists)
    check(bench.incident(opened)?.tier, equals: .emergency)
    check(bench.incident(opened)?.flags, equals: 1)
  }

  /// A person did not wait for the limit. The sign before that, told again, is no new one.
  @Test func aSignToldTwiceIsOne() throws {
    let bench = try bench()
    _ = put(bench, limit_s: 1_000)
    poll(bench, s: 5)
    let sign_us = bench.core.time.wall_us
    check(beat(bench, wall_us: sign_us))
    poll(bench, s: 200)
    for (cycle, given_us) in [(0, sign_us + 1_000_000), (1, 0)] as [(Int32, Int64)] {
      let seen = ClockReference(clock: .absence, watchID: 7, step: 0, cycle: cycle)
      check(bench.escalateNow(seen, act: Act(operatorID: 1)), equals: .ok)
      check(bench.escalations().map(\.step), equals: [1])
      if cycle == 0 {
        check(beat(bench, wall_us: sign_us))
        check(bench.drain().isEmpty)
        check(record(bench)?.state, equals: .absent)
      }
      check(beat(bench, wall_us: given_us))
      check(bench.drain().map(\.kind), equals: [.absenceEnded])
      check(record(bench)?.state, equals: .present)
    }
  }

  /// It is absent, and the plans have no chain any more: there is no clock.
  @Test func plansWithoutAChainWhileItIsAbsent() throws {
    let bench = try bench()
    _ = put(bench, limit_s: 100)
    poll(bench, s: 101)
    check(bench.escalations().map(\.step), equals: [1])
    var plans = PlanDraft.builtIn
    let absence = Int(ClockKind.absence.rawValue)
    for tier in plans.chains[absence].indices { plans.chains[absence][tier] = nil }
    check(try bench.load(plans))
    let seen = ClockReference(clock: .absence, watchID: 7, step: 1, cycle: 0)
    check(bench.core.read(seen).reading?.state, equals: ClockState.none)
    let found = bench.core.watch(7)
    let slot = try #require(found)
    check(bench.core.absence(slot).nextWall_us, equals: 0)
    let act = Act(operatorID: 1, reason: 2)
    check(bench.escalateNow(seen, act: act), equals: .noClock)
    check(bench.core.take(seen, act: act), equals: .noClock)
    check(bench.core.snooze(seen, for_ms: 1_000, act: act), equals: .noClock)
    poll(bench, s: 100_000)
    check(bench.drain().isEmpty)
    check(beat(bench))
    check(record(bench)?.state, equals: .present)
    check(bench.drain().map(\.kind), equals: [.absenceEnded])
  }
}
