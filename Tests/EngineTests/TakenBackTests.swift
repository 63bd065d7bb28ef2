// A status that is taken back takes back what followed from it: promises run again from where they began, figures count
// once, and a unit that never was there leaves no trace.

import HujiaTestSupport
import Testing

@testable import HujiaEngine

@Suite struct TakenBackTests {
  private func read(_ bench: Bench, _ interval: FigureInterval) -> Figures {
    bench.core.figures.read(interval, by: .all, value: 0)
  }

  private func fired(_ bench: Bench, _ clock: ClockKind) -> [Event] {
    bench.escalations().filter { $0.clock == Int32(clock.rawValue) }
  }

  private func firstSteps(_ bench: Bench, _ clock: ClockKind) -> [Event] {
    fired(bench, clock).filter { $0.step == 1 }
  }

  private func two() throws -> Bench {
    var plans = PlanDraft.builtIn
    plans.requirements[0].count = 2
    let bench = try Bench(Bench.row(), plans: plans)
    for unit in 1...2 as ClosedRange<UInt64> { bench.put(unit, at: bench.node(0)) }
    return bench
  }

  @Test func theArrivalPromiseRunsAgain() throws {
    for takenBack_s in [200.0, 600.0] {
      let bench = try Bench(Bench.row())
      bench.put(1, at: bench.node(0))
      let incident = bench.open(at: 5)
      let order = bench.live(incident)[0]
      bench.advance(order, .enRoute)
      bench.poll(s: 100)
      bench.advance(order, .onScene)
      check(read(bench, .dispatchToArrival).count, equals: 1)
      bench.poll(s: takenBack_s)
      check(fired(bench, .arrival).isEmpty)
      check(bench.advance(order, .enRoute), equals: .reason)
      check(bench.advance(order, .enRoute, reason: 4), equals: .ok)
      let record = try #require(bench.incident(incident))
      check(!record.hasArrived)
      check(record.arrivedWall_us, equals: 0)
      check(record.state, equals: .enRoute)
      check(bench.core.units[bench.slot(1)].activity, equals: .enRoute)
      check(read(bench, .dispatchToArrival).count, equals: 0)
      check(read(bench, .receiptToArrival).count, equals: 0)
      bench.poll(Int64(takenBack_s * 1e9))
      // Overdue, it fires at once, late; else at its time from the first dispatch.
      let isOverdue = takenBack_s > 480
      check(
        firstSteps(bench, .arrival).map(\.late_ns), equals: (isOverdue ? [120_000_000_000] : []))
      bench.poll(s: 700)
      check(
        firstSteps(bench, .arrival).map(\.late_ns), equals: (isOverdue ? [] : [220_000_000_000]))
      bench.advance(order, .onScene)
      let figures = read(bench, .dispatchToArrival)
      check(figures.count, equals: 1)
      check(figures.mean_ms, equals: 700_000)
      check(figures.withinTarget, equals: 0)
      check(figures.least_ms, equals: 700_000)
      check(figures.greatest_ms, equals: 700_000)
      check(bench.counter(Counter.breaches), equals: 1)
      check(bench.core.breaches.count, equals: 1)
      check(bench.core.breaches.breach(0).ended_ns, equals: 700_000_000_000)
    }
  }

  /// A promise that was broken, seemed to end, and was not kept is one breach.
  @Test func oneBreachOfOnePromise() throws {
    let bench = try Bench(Bench.row())
    bench.put(1, at: bench.node(0))
    let order = bench.live(bench.open(at: 5))[0]
    bench.advance(order, .enRoute)
    bench.poll(s: 500)
    check(bench.counter(Counter.breaches), equals: 1)
    bench.advance(order, .onScene)
    check(bench.core.breaches.breach(0).ended_ns, equals: 500_000_000_000)
    bench.poll(s: 520)
    bench.advance(order, .enRoute, reason: 4)
    check(bench.core.breaches.breach(0).ended_ns, equals: .max)
    _ = bench.drain()
    bench.poll(s: 521)
    let again = fired(bench, .arrival)
    if check(again.count, equals: 1) {
      check(again[0].step, equals: 1)
      check(again[0].cycle, above: 0)
    }
    check(bench.counter(Counter.breaches), equals: 1)
    check(bench.core.breaches.count, equals: 1)
  }

  /// It never was there: the incident is not reported but waits, and somebody is promised again.
  @Test func whoNeverWasThereReportsNothing() throws {
    let bench = try Bench(Bench.row())
    bench.put(1, at: bench.node(0))
    let incident = bench.open(at: 5)
    let order = bench.live(incident)[0]
    bench.advance(order, .onScene)
    bench.advance(order, .enRoute, reason: 4)
    bench.advance(order, .cancelled)
    check(bench.incident(incident)?.state, equals: .pending)
    check(bench.core.units[bench.slot(1)].activity, equals: .patrolling)
    bench.poll(s: 61)
    check(fired(bench, .pending).map(\.late_ns), equals: [1_000_000_000])
  }

  @Test func anotherThatIsThereStays() throws {
    let bench = try two()
    let incident = bench.open(at: 5)
    let orders = bench.live(incident)
    for order in orders { bench.advance(order, .enRoute) }
    bench.poll(s: 100)
    bench.advance(orders[0], .onScene)
    let first_us = bench.core.time.wall_us
    bench.poll(s: 200)
    bench.advance(orders[1], .onScene)
    check(bench.incident(incident)?.arrivedWall_us, equals: first_us)
    bench.advance(orders[0], .enRoute, reason: 4)
    let record = try #require(bench.incident(incident))
    check(record.hasArrived)
    check(record.arrivedWall_us, equals: first_us + 100_000_000)
    check(read(bench, .dispatchToArrival).mean_ms, equals: 200_000)
    // One that was really there and has left counts too.
    bench.advance(orders[1], .cleared)
    bench.advance(orders[0], .cancelled)
    check(bench.incident(incident)?.state, equals: .reported)
    bench.poll(s: 1_000)
    check(fired(bench, .arrival).isEmpty)
  }

  /// Nobody is needed any more, said a person, because one seemed to be there and was not.
  @Test func sparedSeatsAreWantedAgain() throws {
    let bench = try two()
    let incident = bench.open(at: 5)
    let orders = bench.live(incident)
    bench.advance(orders[0], .onScene)
    bench.advance(orders[1], .cancelled)
    bench.put(3, at: bench.node(0))
    check(bench.units(incident), equals: [1])
    bench.advance(orders[0], .enRoute, reason: 4)
    check(bench.units(incident), equals: [1, 3])
  }

  @Test func theSignaturePromiseRunsAgain() throws {
    let bench = try Bench(Bench.row())
    bench.put(1, at: bench.node(0))
    let incident = bench.open(at: 5)
    let order = bench.live(incident)[0]
    bench.poll(s: 10)
    bench.advance(order, .acknowledged)
    check(read(bench, .dispatchToAcknowledge).count, equals: 1)
    bench.poll(s: 40)
    bench.advance(order, .delivered, reason: 4)
    check(read(bench, .dispatchToAcknowledge).count, equals: 0)
    check(bench.counter(Counter.assignmentsAcknowledged), equals: 0)
    bench.poll(s: 40)
    check(fired(bench, .acknowledge).map(\.late_ns), equals: [25_000_000_000, 10_000_000_000])
    bench.poll(s: 50)
    bench.advance(order, .acknowledged)
    let figures = read(bench, .dispatchToAcknowledge)
    check(figures.count, equals: 1)
    check(figures.mean_ms, equals: 50_000)
    check(figures.withinTarget, equals: 0)
    check(bench.counter(Counter.breaches), equals: 1)
    check(bench.counter(Counter.assignmentsAcknowledged), equals: 1)
  }

  @Test func welfareAndReportEnd() throws {
    var plans = PlanDraft.with(.welfare, 600, [.callUnit])
    plans.chains[Int(ClockKind.report.rawValue)] = Array(
      repeating: PlanDraft.Chain(
        limit_ms: 1_800_000, repeat_ms: 300_000,
        steps: [Step(after_ms: 0, action: .supervision)]), count: PlanTables.tierCount)
    let bench = try Bench(Bench.row(), plans: plans)
    bench.put(1, at: bench.node(0))
    let order = bench.live(bench.open(at: 5, tier: .preventive))[0]
    bench.advance(order, .onScene)
    bench.advance(order, .enRoute, reason: 4)
    bench.poll(s: 5_000)
    check(fired(bench, .welfare).isEmpty && fired(bench, .report).isEmpty)
    bench.advance(order, .onScene)
    bench.advance(order, .reported)
    // A report taken back is owed from the arrival.
    bench.poll(s: 6_000)
    bench.advance(order, .onScene, reason: 4)
    bench.poll(s: 6_799)
    check(fired(bench, .report).isEmpty)
    bench.poll(s: 6_800)
    check(fired(bench, .report).map(\.late_ns), equals: [0])
  }

  /// All declined: that somebody is sent is promised again, from the receipt.
  @Test func allDeclined() throws {
    for declined_s in [30.0, 100.0] {
      let bench = try Bench(Bench.row())
      bench.put(1, at: bench.node(0))
      let incident = bench.open(at: 5)
      check(read(bench, .receiptToDispatch).count, equals: 1)
      bench.poll(s: declined_s)
      bench.advance(bench.live(incident)[0], .declined)
      check(bench.incident(incident)?.state, equals: .pending)
      check(read(bench, .receiptToDispatch).count, equals: 0)
      _ = bench.drain()
      bench.poll(s: 100)
      check(fired(bench, .pending).map(\.late_ns), equals: [40_000_000_000])
      bench.put(2, at: bench.node(0))
      check(bench.units(incident), equals: [2])
      let figures = read(bench, .receiptToDispatch)
      check(figures.count, equals: 1)
      check(figures.mean_ms, equals: 100_000)
      check(figures.withinTarget, equals: 0)
      check(bench.core.breaches.breach(0).ended_ns, equals: 100_000_000_000)
      // The arrival still counts from the first dispatch.
      bench.poll(s: 480)
      check(fired(bench, .arrival).map(\.late_ns), equals: [0])
      check(fired(bench, .pending).isEmpty)
    }
  }

  @Test func aReplacementIsNoNewPromise() throws {
    let bench = try Bench(Bench.row())
    for unit in 1...2 as ClosedRange<UInt64> { bench.put(unit, at: bench.node(0)) }
    let incident = bench.open(at: 5)
    bench.advance(bench.live(incident)[0], .declined)
    check(bench.units(incident), equals: [2])
    bench.advance(bench.live(incident)[0], .acknowledged)
    bench.poll(s: 300)
    check(fired(bench, .pending).isEmpty)
    check(read(bench, .receiptToDispatch).count, equals: 1)
  }

  @Test func anArrivalAtAMergedOneTakenBack() throws {
    let bench = try Bench(Bench.row())
    for unit in 1...2 as ClosedRange<UInt64> { bench.put(unit, at: bench.node(0)) }
    let root = bench.open(at: 5)
    let filed = bench.open(at: 6)
    for incident in [root, filed] { bench.advance(bench.live(incident)[0], .enRoute) }
    check(bench.core.merge(filed, into: root, wall_us: 0, act: Act()), equals: .ok)
    bench.poll(s: 100)
    bench.advance(bench.live(filed)[0], .onScene)
    bench.poll(s: 600)
    check(fired(bench, .arrival).isEmpty)
    bench.advance(bench.live(filed)[0], .enRoute, reason: 4)
    bench.poll(s: 600)
    let late = firstSteps(bench, .arrival)
    check(late.map(\.incidentID), equals: [root])
    check(late.map(\.late_ns), equals: [120_000_000_000])
  }

  /// A unit of a merged incident is there still: the breach ended when that one arrived.
  @Test func anotherOfAMergedOneIsThere() throws {
    let bench = try Bench(Bench.row())
    for unit in 1...2 as ClosedRange<UInt64> { bench.put(unit, at: bench.node(0)) }
    let root = bench.open(at: 5)
    let filed = bench.open(at: 6)
    for incident in [root, filed] { bench.advance(bench.live(incident)[0], .enRoute) }
    check(bench.core.merge(filed, into: root, wall_us: 0, act: Act()), equals: .ok)
    bench.poll(s: 500)
    bench.advance(bench.live(root)[0], .onScene)
    check(bench.core.breaches.breach(0).ended_ns, equals: 500_000_000_000)
    bench.poll(s: 600)
    bench.advance(bench.live(filed)[0], .onScene)
    check(bench.advance(bench.live(root)[0], .enRoute, reason: 4), equals: .ok)
    check(bench.core.breaches.breach(0).ended_ns, equals: 600_000_000_000)
    check(bench.counter(Counter.breaches), equals: 1)
    bench.poll(s: 5_000)
    check(firstSteps(bench, .arrival).filter { $0.late_ns == 0 }.isEmpty)
  }

  /// A unit of no agency leads nothing, and hides nobody that signed or arrived after it.
  @Test func agencyLessUnitsThatLeftHideNobody() throws {
    for isSigned in [true, false] {
      var plans = PlanDraft.builtIn
      plans.requirements[0].count = 4
      let bench = try Bench(Bench.row(), plans: plans)
      for (unit, agency) in [(1, 0), (2, 5), (3, 6), (4, 7)] as [(UInt64, UInt32)] {
        bench.put(unit, at: bench.node(Int(unit)), agency: agency)
      }
      let incident = bench.open(at: 1)
      func order(_ unit: UInt64) -> UInt64 {
        let place = bench.units(incident).firstIndex(of: unit)
        return place.map { bench.live(incident)[$0] } ?? 0
      }
      bench.poll(s: 1)
      bench.advance(order(3), .enRoute)
      bench.poll(s: 2)
      bench.advance(order(1), isSigned ? .acknowledged : .enRoute)
      bench.advance(order(1), .onScene)
      bench.advance(order(1), .cleared)
      bench.poll(s: 3)
      bench.advance(order(2), isSigned ? .acknowledged : .onScene)
      let found = bench.core.incident(incident)
      let slot = try #require(found)
      check(bench.core.firstToLead(slot), equals: 5, "\(isSigned)")
      bench.advance(order(2), .onScene)
      bench.advance(order(2), .cleared)
      bench.poll(s: 4)
      bench.advance(order(4), isSigned ? .acknowledged : .onScene)
      check(bench.core.firstToLead(slot), equals: 5, "it has left and leads still")
    }
  }
}
