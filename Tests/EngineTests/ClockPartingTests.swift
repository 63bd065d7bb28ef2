// Clocks across what happens to incidents: divert, merge and un-merge, appointments, cancelling, late entries.

import HujiaTestSupport
import Testing

@testable import HujiaEngine

@Suite struct ClockPartingTests {
  private let s = Bench.second_ns

  // Divert

  @Test func aDivertNeverStopsTheFirstIncidentsClock() throws {
    let bench = try Bench(Bench.row())
    bench.put(1, at: bench.node(0))
    let robbed = bench.open(at: 1, tier: .urgent)
    bench.poll(s: 100)
    let other = bench.open(at: 5)
    _ = bench.drain()
    let status = bench.divert(bench.live(robbed)[0], to: other, wall_us: 0, act: Act())
    check(status, equals: .ok)
    check(bench.units(other), equals: [1])
    check(bench.units(robbed).isEmpty)
    check(bench.incident(robbed)?.state, equals: .pending)
    check(bench.incident(robbed)?.isWaiting, equals: true)
    check(
      bench.drain().contains {
        $0.kind == .assignment && $0.state == AssignmentState.diverted.rawValue
          && $0.reason == Reason.diverted.rawValue
      })
    bench.advance(bench.live(other)[0], .acknowledged)
    // 900 s from its first dispatch at 0; the other's 480 s from 100 s.
    // Nobody is on the way to the first any more: that somebody is sent is promised again, from its receipt.
    bench.poll(300 * s - 1)
    check(bench.fired().isEmpty)
    bench.poll(s: 300)
    check(bench.fired(), equals: ["pending 1 supervisor 1"])
    func arrivals() -> [Event] { bench.escalations().filter { $0.clock == 5 } }
    bench.poll(580 * s - 1)
    check(arrivals().isEmpty)
    bench.poll(s: 580)
    check(arrivals().map(\.incidentID), equals: [other])
    bench.advance(bench.live(other)[0], .onScene)
    bench.poll(900 * s - 1)
    check(arrivals().isEmpty)
    bench.poll(s: 900)
    check(arrivals().map(\.incidentID), equals: [robbed])
    // It is served first, and a unit on scene stops the old clock.
    bench.put(2, at: bench.node(9))
    check(bench.units(robbed), equals: [2])
    bench.advance(bench.live(robbed)[0], .onScene)
    bench.poll(s: 9_000)
    check(bench.fired().isEmpty)
  }

  @Test func divertsThatAreNotLegal() throws {
    let bench = try Bench(Bench.row())
    bench.put(1, at: bench.node(0))
    let first = bench.open(at: 1)
    let second = bench.open(at: 2)
    let assignment = bench.live(first)[0]
    check(bench.divert(assignment, to: first, wall_us: 0, act: Act()), equals: .conflict)
    check(bench.divert(assignment, to: 99, wall_us: 0, act: Act()), equals: .stale)
    check(bench.divert(99, to: second, wall_us: 0, act: Act()), equals: .stale)
    bench.advance(assignment, .onScene)
    check(bench.divert(assignment, to: second, wall_us: 0, act: Act()), equals: .state)
    let third = bench.open(at: 3)
    bench.close(third)
    check(bench.divert(assignment, to: third, wall_us: 0, act: Act()), equals: .state)
  }

  // Merge and un-merge

  @Test func aMergeKeepsTheEarliestReceipt() throws {
    let bench = try Bench(Bench.row())
    let early = bench.open(at: 1, tier: .routine)
    bench.poll(s: 600)
    let later = bench.open(at: 1, tier: .routine)
    check(bench.core.merge(early, into: later, wall_us: 0, act: Act()), equals: .ok)
    check(bench.incident(early)?.state, equals: .merged)
    check(bench.incident(later)?.receivedWall_us, equals: Bench.wallStart_us)
    check(bench.core.clocks.armed, equals: 2)
    bench.poll(1_800 * s - 1)
    check(bench.fired().isEmpty)
    bench.poll(s: 1_800)
    let fired = bench.escalations()
    if check(fired.map(\.incidentID), equals: [later]) {
      check(fired[0].clock, equals: 1)
      check(fired[0].late_ns, equals: 0)
    }
  }

  @Test func anUnmergeRestoresBoth() throws {
    let bench = try Bench(Bench.row())
    let early = bench.open(at: 1, tier: .routine)
    bench.poll(s: 600)
    let later = bench.open(at: 1, tier: .routine)
    _ = bench.core.merge(early, into: later, wall_us: 0, act: Act())
    bench.poll(s: 1_000)
    check(bench.unmerge(early, wall_us: 0, act: Act()), equals: .ok)
    check(bench.unmerge(early, wall_us: 0, act: Act()), equals: .state)
    check(bench.incident(later)?.receivedWall_us, equals: Bench.wallStart_us + 600_000_000)
    check(bench.incident(early)?.receivedWall_us, equals: Bench.wallStart_us)
    check(bench.incident(early)?.state, equals: .pending)
    check(bench.core.clocks.armed, equals: 4)
    bench.poll(s: 1_800)
    check(bench.escalations().map(\.incidentID), equals: [early])
    bench.poll(2_400 * s - 1)
    _ = bench.drain()
    bench.poll(s: 2_400)
    check(bench.escalations().contains { $0.incidentID == later && $0.step == 1 })
  }

  /// What fell due while it was merged fires once, marked late.
  @Test func whatFellDueMeanwhileIsNotLost() throws {
    let bench = try Bench(Bench.row())
    let early = bench.open(at: 1, tier: .urgent)
    bench.poll(s: 10)
    let later = bench.open(at: 1, tier: .preventive)
    _ = bench.core.merge(early, into: later, wall_us: 0, act: Act())
    bench.poll(s: 350)
    check(bench.fired().isEmpty)
    _ = bench.unmerge(early, wall_us: 0, act: Act())
    bench.poll(s: 350)
    let late = bench.escalations()
    if check(late.map(\.step), equals: [1]) {
      check(late[0].late_ns, equals: 50 * s)
      check(late[0].incidentID, equals: early)
    }
    bench.poll(s: 360)
    check(bench.fired(), equals: ["pending 2 tellCaller 0"])
  }

  @Test func anArrivalAtEitherIsTheArrivalOfBoth() throws {
    let bench = try Bench(Bench.row())
    bench.put(1, at: bench.node(0))
    bench.put(2, at: bench.node(9))
    let first = bench.open(at: 1)
    let second = bench.open(at: 8)
    let (near, far) = (bench.live(first)[0], bench.live(second)[0])
    bench.advance(near, .acknowledged)
    bench.advance(far, .acknowledged)
    _ = bench.core.merge(second, into: first, wall_us: 0, act: Act())
    bench.poll(s: 100)
    bench.advance(far, .onScene)
    bench.poll(s: 1_000)
    check(bench.fired().isEmpty)
    // Taken back: nobody has arrived at the first, and its limit passed at 480 s.
    _ = bench.unmerge(second, wall_us: 0, act: Act())
    check(bench.incident(second)?.state, equals: .onScene)
    bench.poll(s: 1_000)
    let late = bench.escalations()
    check(late.allSatisfy { $0.incidentID == first && $0.clock == 5 })
    check(late.first?.late_ns, equals: 520 * s)
  }

  @Test func whatIsFiledUnderAMergedOneFollowsToTheRoot() throws {
    let bench = try Bench(Bench.row())
    let incidents = (0..<4).map { index -> UInt64 in
      bench.poll(s: Double(index) * 100)
      return bench.open(at: 1, tier: .routine)
    }
    check(bench.core.merge(incidents[0], into: incidents[1], wall_us: 0, act: Act()), equals: .ok)
    check(bench.core.merge(incidents[1], into: incidents[2], wall_us: 0, act: Act()), equals: .ok)
    // Filed under the root of what is named.
    check(bench.core.merge(incidents[3], into: incidents[0], wall_us: 0, act: Act()), equals: .ok)
    check(
      bench.core.merge(incidents[2], into: incidents[1], wall_us: 0, act: Act()), equals: .conflict)
    check(
      bench.core.merge(incidents[2], into: incidents[2], wall_us: 0, act: Act()), equals: .conflict)
    check(
      bench.core.merge(incidents[1], into: incidents[2], wall_us: 0, act: Act()), equals: .state)
    check(bench.core.merge(99, into: incidents[2], wall_us: 0, act: Act()), equals: .stale)
    func received_s(_ index: Int) -> Int64? {
      bench.incident(incidents[index]).map {
        ($0.receivedWall_us - Bench.wallStart_us) / 1_000_000
      }
    }
    check(received_s(2), equals: 0)
    check(bench.unmerge(incidents[0], wall_us: 0, act: Act()), equals: .ok)
    check(received_s(2), equals: 100)
    check(received_s(1), equals: 100)
    check(bench.unmerge(incidents[1], wall_us: 0, act: Act()), equals: .ok)
    check(received_s(2), equals: 200)
    bench.close(incidents[2])
    check(bench.incident(incidents[3])?.state, equals: .closed)
    check(bench.core.clocks.armed, equals: 4)
    bench.poll(s: 100_000)
    check(!bench.escalations().contains { $0.incidentID == incidents[3] })
  }

  // Appointments

  @Test func anAppointmentStartsAtItsTime() throws {
    let bench = try Bench(Bench.row())
    bench.put(1, at: bench.node(0))
    var call = bench.call(bench.node(1), tier: .preventive, key: 5)
    call.appointmentWall_us = Bench.wallStart_us + 7_200_000_000
    check(bench.report(call), equals: .held)
    let incident = bench.decision.answer.incidentID
    check(bench.decision.answer.state, equals: .held)
    check(bench.decision.answer.count, equals: 0)
    check(bench.report(call), equals: .exists)
    check(bench.decision.answer.incidentID, equals: incident)
    check(bench.upgrade(incident, to: .urgent), equals: .ok)
    // The wall clock jumps; the appointment was fixed when it was taken in.
    bench.wall_us &+= 86_400_000_000
    bench.poll(7_200 * s - 1)
    check(bench.incident(incident)?.state, equals: .held)
    check(bench.units(incident).isEmpty)
    bench.poll(s: 7_200)
    check(bench.units(incident), equals: [1])
    let told = bench.drain()
    check(told.contains { $0.kind == .incident && $0.reason == Reason.appointment.rawValue })
    check(told.contains { $0.kind == .assignment && $0.unitID == 1 })
    bench.advance(bench.live(incident)[0], .acknowledged)
    bench.poll(8_100 * s - 1)
    check(bench.fired().isEmpty)
    bench.poll(s: 8_100)
    check(bench.fired(), equals: ["arrival 1 supervisor 0"])
  }

  @Test func limitsOfAnAppointmentCountFromIt() throws {
    let bench = try Bench(Bench.row())
    var call = bench.call(bench.node(1), tier: .emergency)
    call.appointmentWall_us = Bench.wallStart_us + 100_000_000
    _ = bench.report(call)
    // Polled late: the appointment is kept once, and its limit is absolute.
    bench.poll(s: 130)
    bench.poll(160 * s - 1)
    check(bench.fired().isEmpty)
    bench.poll(s: 160)
    check(bench.fired(), equals: ["pending 1 supervisor 0"])
  }

  @Test func aHeldIncidentCanBeCancelledOrBegunByHand() throws {
    let bench = try Bench(Bench.row())
    bench.put(1, at: bench.node(0))
    var call = bench.call(bench.node(1), tier: .urgent)
    call.appointmentWall_us = Bench.wallStart_us + 1_000_000_000
    _ = bench.report(call)
    let cancelled = bench.decision.answer.incidentID
    bench.close(cancelled, as: .cancelled)
    check(bench.core.clocks.armed, equals: 0)
    _ = bench.report(call)
    let begun = bench.decision.answer.incidentID
    bench.poll(s: 10)
    check(bench.assign(begun, unit: 1, wall_us: 0, act: Act()), equals: .ok)
    check(bench.incident(begun)?.state, equals: .assigned)
    bench.advance(bench.live(begun)[0], .acknowledged)
    bench.poll(910 * s - 1)
    check(bench.fired().isEmpty)
    bench.poll(s: 910)
    check(bench.fired(), equals: ["arrival 1 supervisor 0"])
    // The appointment itself was given up.
    bench.poll(s: 1_000)
    check(bench.units(begun), equals: [1])
    call.appointmentWall_us = Bench.wallStart_us + 999_000_000
    check(bench.report(call), equals: .ok)
    call.appointmentWall_us = .max
    check(bench.report(call), equals: .argument)
  }

  // Cancel, close and late entries

  @Test func closeWinsOverEverything() throws {
    var plans = PlanDraft.with(.turnout, 30, [.notifyAgain])
    plans.set(.delivery, 15, [.otherChannel])
    for state in [IncidentState.closed, .cancelled] {
      let bench = try Bench(Bench.row(), plans: plans)
      bench.put(1, at: bench.node(0))
      let incident = bench.open(at: 1, tier: .routine)
      let assignment = bench.live(incident)[0]
      bench.poll(s: 20)
      _ = bench.drain()
      let seen = bench.clock(.acknowledge, incident, step: 1)
      bench.close(incident, as: state)
      check(bench.core.clocks.armed, equals: 0)
      check(bench.advance(assignment, .acknowledged), equals: .stale)
      check(bench.core.take(seen, act: Act(operatorID: 1)), equals: .stale)
      check(bench.core.undeliverable(assignment, wall_us: 0, act: Act()), equals: .stale)
      bench.poll(s: 100_000)
      check(bench.fired().isEmpty)
    }
  }

  /// Typing in the log of an outage fires nothing, and keeps the real times.
  @Test func lateEntriesFireNothing() throws {
    var plans = PlanDraft.with(.welfare, 600, [.callUnit])
    plans.set(.report, 1_800, [.supervision])
    plans.set(.callback, 86_400, [.supervisor])
    let bench = try Bench(Bench.row(), plans: plans)
    bench.put(1, at: bench.node(0))
    bench.poll(s: 10_000)
    let now_us = Bench.wallStart_us + 10_000_000_000
    let hourAgo_us = now_us - 3_600_000_000
    _ = bench.report(bench.call(bench.node(1), tier: .routine, wall_us: hourAgo_us))
    let incident = bench.decision.answer.incidentID
    check(bench.incident(incident)?.receivedWall_us, equals: hourAgo_us)
    let assignment = bench.live(incident)[0]
    func enter(_ state: AssignmentState, _ wall_us: Int64) {
      check(bench.advance(assignment, to: state, wall_us: wall_us, act: Act()), equals: .ok)
    }
    enter(.acknowledged, hourAgo_us + 10_000_000)
    enter(.onScene, now_us - 300_000_000)
    check(bench.incident(incident)?.arrivedWall_us, equals: now_us - 300_000_000)
    bench.poll(s: 10_000)
    check(bench.fired().isEmpty)
    // On scene five minutes ago: welfare in five. Resolve: two hours from the receipt.
    bench.poll(10_300 * s - 1)
    check(bench.fired().isEmpty)
    bench.poll(s: 10_300)
    check(bench.fired(), equals: ["welfare 1 callUnit 0"])
    // A check that is older than the last sign says nothing new; one whose limit has run out counts from now.
    check(bench.core.checkIn(unit: 1, wall_us: now_us - 1_800_000_000), equals: .unchanged)
    check(bench.core.checkIn(unit: 1, wall_us: now_us - 300_000_000), equals: .ok)
    bench.poll(10_900 * s - 1)
    check(bench.fired().isEmpty)
    bench.poll(s: 10_900)
    check(bench.fired(), equals: ["welfare 1 callUnit 1"])
    bench.poll(s: 11_500)
    check(bench.fired().contains("report 1 supervision 0"))
    bench.poll(13_600 * s - 1)
    _ = bench.drain()
    bench.poll(s: 13_600)
    check(bench.fired().contains("resolve 1 supervisor 0"))
  }

  /// The upgrade of a caller found to be vulnerable is a raised limit.
  @Test func theEarlierOfOldAndNewHolds() throws {
    let bench = try Bench(Bench.row())
    bench.put(1, at: bench.node(0))
    let incident = bench.open(at: 1)
    bench.advance(bench.live(incident)[0], .acknowledged)
    bench.poll(s: 100)
    bench.upgrade(incident, to: .emergency, flags: 1)
    bench.poll(400 * s - 1)
    check(bench.fired().isEmpty)
    bench.poll(s: 400)
    check(bench.fired(), equals: ["arrival 1 supervisor 0"])
    // 300 s from now would be later than what was promised.
    let late = bench.open(at: 2)
    bench.poll(s: 459)
    bench.upgrade(late, to: .emergency, flags: 1)
    bench.poll(s: 460)
    check(bench.fired().contains("pending 1 supervisor 0"))
    // What has fired is not fired again.
    bench.upgrade(late, to: .emergency, flags: 1)
    bench.poll(520 * s - 1)
    check(bench.fired().isEmpty)
  }
}
