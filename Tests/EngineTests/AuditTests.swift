// A promise whose deadline is lost behind the engine's back is found by reading the records, within two seconds, and
// kept after all. Whatever is well is left alone.

import HujiaTestSupport
import Testing

@testable import HujiaEngine

@Suite struct AuditTests {
  /// Polls as a driver does: what is due, a slice of the audit, what that found. Every 100 ms.
  private func run(_ bench: Bench, from start_s: Double, to end_s: Double) -> [(s: Double, Event)] {
    var told: [(s: Double, Event)] = []
    var now_s = start_s
    while now_s <= end_s {
      bench.poll(s: now_s)
      if bench.core.audit() > 0 { _ = bench.fireDue(most: .max) }
      told += bench.drain().map { (now_s, $0) }
      now_s += 0.1
    }
    return told
  }

  private func lose(_ kind: ClockKind, _ bench: Bench) {
    let slots = (0..<UInt32(bench.core.clocks.count)).filter {
      bench.core.clocks[$0].isRunning && bench.core.clocks[$0].kind == kind
        && bench.core.clocks.isArmed($0)
    }
    check(slots.count, equals: 1, "one clock of this kind runs")
    for slot in slots { bench.core.clocks.lose(slot) }
  }

  private func lose(watch id: UInt64, _ bench: Bench) {
    let slot = bench.core.watch(id)
    check(slot != nil)
    if let slot { bench.core.watches.lose(slot) }
  }

  @Test(arguments: [0, 0.05, 0.31, 0.5, 0.77, 0.9] as [Double])
  func aLostDeadlineIsFoundWithinTwoSecondsAndKept(_ phase_s: Double) throws {
    let bench = try Bench(Bench.row())
    bench.losesDeadlines = true
    bench.put(1, at: bench.node(0))
    _ = run(bench, from: 0, to: phase_s)
    let incident = bench.open(at: 3)
    let assignment = bench.live(incident)[0]
    let armed = bench.core.clocks.armed
    lose(.acknowledge, bench)
    let due_s = phase_s + 15
    let told = run(bench, from: phase_s, to: phase_s + 25)
    let alarms = told.filter { $0.1.kind == .alarm }
    check(alarms.count, equals: 1)
    let (found_s, alarm) = try #require(alarms.first)
    check(found_s, above: due_s + 1, "found at \(found_s)")
    check(found_s, atMost: due_s + 2.001, "found at \(found_s)")
    check(alarm.incidentID, equals: incident)
    check(alarm.assignmentID, equals: assignment)
    check(alarm.unitID, equals: 1)
    check(alarm.clock, equals: 3)
    check(alarm.step, equals: 1)
    check(alarm.reason, equals: 28)
    let steps = told.filter { $0.1.kind == .escalation && $0.1.clock == 3 }
    if check(steps.map(\.1.step), equals: [1]) {
      check(steps[0].s, equals: found_s)
    }
    check(steps[0].1.late_ns, above: 1_000_000_000)
    check(steps[0].1.dueWall_us, equals: alarm.dueWall_us)
    // The chain goes on as if nothing had been, and the count of what is armed is right again.
    let later = run(bench, from: phase_s + 29.9, to: phase_s + 30.4)
    check(later.filter { $0.1.kind == .escalation }.map(\.1.step), equals: [2])
    check(bench.core.clocks.armed, equals: bench.core.clocks.filed)
    check(bench.core.clocks.armed, atMost: armed)
    check(bench.counter(Counter.auditFound), equals: 1)
  }

  @Test func aWatchAndAnIncidentsClockAreFoundToo() throws {
    let bench = try Bench(Bench.row(), watches: 8)
    bench.losesDeadlines = true
    let place = bench.node(3)
    for id in 1...5 as ClosedRange<UInt64> {
      _ = bench.core.put(
        watch: WatchDescription(
          id: id, limit_s: 20, lat_e7: place.lat_e7, lon_e7: place.lon_e7, place: place))
    }
    let incident = bench.open(at: 3)
    lose(.pending, bench)
    lose(watch: 4, bench)
    let told = run(bench, from: 0.1, to: 70)
    let alarms = told.filter { $0.1.kind == .alarm }.map(\.1)
    check(alarms.map(\.watchID), equals: [4, 0])
    check(alarms.map(\.clock), equals: [11, 1])
    check(alarms[1].incidentID, equals: incident)
    let absences = told.filter { $0.1.kind == .escalation && $0.1.clock == 11 }
    check(absences.map(\.1.watchID).sorted(), equals: [1, 2, 3, 4, 5])
    check(
      told.filter { $0.1.kind == .escalation && $0.1.clock == 1 }.map(\.1.step).first, equals: 1)
  }

  @Test func aDeadlineThatLiesTooLateIsFound() throws {
    let bench = try Bench(Bench.row())
    bench.losesDeadlines = true
    bench.put(1, at: bench.node(0))
    bench.open(at: 3, tier: .preventive)
    let found = (0..<UInt32(bench.core.clocks.count)).first {
      bench.core.clocks[$0].isRunning && bench.core.clocks[$0].kind == .acknowledge
    }
    let slot = try #require(found)
    bench.core.clocks.misfile(slot, due_ns: 9_000 * Bench.second_ns)
    let told = run(bench, from: 0.1, to: 20)
    check(told.filter { $0.1.kind == .alarm }.count, equals: 1)
    check(told.filter { $0.1.kind == .escalation }.count, equals: 1)
  }

  @Test func whatWaitsForRoomIsNotLost() throws {
    let bench = try Bench(Bench.row(), incidents: 2, assignments: 1, events: 16, watches: 3)
    bench.losesDeadlines = true
    let place = bench.node(3)
    for id in 1...3 as ClosedRange<UInt64> {
      _ = bench.core.put(
        watch: WatchDescription(
          id: id, limit_s: 1, lat_e7: place.lat_e7, lon_e7: place.lon_e7, place: place))
    }
    // Nobody reads: the chains repeat until the outbox is full, and then wait.
    for hour in 1...40 as ClosedRange<Int64> {
      bench.poll(hour * 3_600 * Bench.second_ns)
      check(bench.core.audit(), equals: 0)
    }
    check(bench.core.isEscalationBlocked)
    check(bench.counter(Counter.auditFound), equals: 0)
  }

  @Test func eachPassReadsEverythingInSlices() throws {
    let watches = 3 * EngineCore.auditSlice
    let bench = try Bench(Bench.row(), watches: watches)
    bench.losesDeadlines = true
    let place = bench.node(3)
    for id in 1...UInt64(watches) {
      _ = bench.core.put(
        watch: WatchDescription(
          id: id, limit_s: 10, lat_e7: place.lat_e7, lon_e7: place.lon_e7, place: place))
    }
    lose(watch: UInt64(watches), bench)
    bench.core.time = Moment(now_ns: 5 * Bench.second_ns, wall_us: 0)
    var turns = 0
    repeat {
      check(bench.core.audit(), equals: 0)
      turns += 1
    } while bench.core.auditState.isUnderWay
    check(turns, equals: 3)
    check(bench.counter(Counter.auditRuns), equals: 1)
    check(bench.core.audit(), equals: 0, "not again at once")
    check(!bench.core.auditState.isUnderWay, "not again at once")
    bench.core.time = Moment(now_ns: 12 * Bench.second_ns, wall_us: 0)
    _ = bench.fireDue(most: .max)
    while bench.core.popEvent() != nil { _ = bench.fireDue(most: .max) }
    var found = 0
    repeat { found += bench.core.audit() } while bench.core.auditState.isUnderWay
    check(found, equals: 1)
  }
}
