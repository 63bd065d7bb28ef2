// Figures, the list of breaches and the statistics say the same, whatever was told late.

import HujiaTestSupport
import Testing

@testable import HujiaEngine

@Suite struct OneTruthTests {
  private func read(_ bench: Bench, _ interval: FigureInterval) -> Figures {
    bench.core.figures.read(interval, by: .all, value: 0)
  }

  private func at(_ bench: Bench, s: Double) -> Int64 { Bench.wallStart_us + Int64(s * 1e6) }

  @Test func anArrivalToldLate() throws {
    // Within the limit, before the dispatch even, and after the limit.
    for (real_s, isKept) in [(300.0, true), (480.0, true), (-20.0, true), (490.0, false)] {
      let bench = try Bench(Bench.row())
      bench.put(1, at: bench.node(0))
      let order = bench.live(bench.open(at: 5))[0]
      bench.advance(order, .enRoute)
      bench.poll(s: 1_200)
      let escalations = bench.counter(Counter.escalations)
      check(escalations, above: 0)
      check(bench.counter(Counter.breaches), equals: 1)
      check(
        bench.advance(order, to: .onScene, wall_us: at(bench, s: real_s), act: Act()),
        equals: .ok)
      let breach = bench.core.breaches.breach(0)
      check(breach.wasKept, equals: isKept, "\(real_s)")
      check(breach.ended_ns, equals: Int64(real_s * 1e9), "\(real_s)")
      check(bench.counter(Counter.breaches), equals: (isKept ? 0 : 1))
      check(bench.counter(Counter.escalations), equals: escalations)
      let figures = read(bench, .dispatchToArrival)
      check(figures.withTarget, equals: 1)
      check(figures.withinTarget, equals: (isKept ? 1 : 0))
      bench.poll(s: 5_000)
      check(bench.counter(Counter.escalations), equals: escalations)
    }
  }

  /// A second unit tells late that it was there before the first, and in time.
  @Test func theRealFirstArrivalCounts() throws {
    var plans = PlanDraft.builtIn
    plans.requirements[0].count = 2
    let bench = try Bench(Bench.row(), plans: plans)
    for unit in 1...2 as ClosedRange<UInt64> { bench.put(unit, at: bench.node(0)) }
    let incident = bench.open(at: 5)
    let orders = bench.live(incident)
    for order in orders { bench.advance(order, .enRoute) }
    bench.poll(s: 600)
    bench.advance(orders[0], .onScene)
    check(bench.counter(Counter.breaches), equals: 1)
    _ = bench.advance(orders[1], to: .onScene, wall_us: at(bench, s: 400), act: Act())
    if check(bench.counter(Counter.breaches), equals: 0) {
      check(bench.core.breaches.breach(0).wasKept)
    }
    let figures = read(bench, .dispatchToArrival)
    check(figures.count, equals: 1)
    check(figures.mean_ms, equals: 400_000)
    check(figures.withinTarget, equals: 1)
    check(bench.incident(incident)?.arrivedWall_us, equals: at(bench, s: 400))
    // Taken back, the other's arrival counts, and the promise was broken after all.
    bench.advance(orders[1], .enRoute, reason: 3)
    if check(bench.counter(Counter.breaches), equals: 1) {
      check(!bench.core.breaches.breach(0).wasKept)
    }
    check(bench.core.breaches.breach(0).ended_ns, equals: 600_000_000_000)
    check(read(bench, .dispatchToArrival).withinTarget, equals: 0)
  }

  @Test func aSignatureToldLate() throws {
    for real_s in [10.0, 20.0] {
      let bench = try Bench(Bench.row())
      bench.put(1, at: bench.node(0))
      let order = bench.live(bench.open(at: 5))[0]
      bench.poll(s: 50)
      check(bench.counter(Counter.breaches), equals: 1)
      _ = bench.advance(order, to: .acknowledged, wall_us: at(bench, s: real_s), act: Act())
      let isKept = real_s <= 15
      check(bench.counter(Counter.breaches), equals: (isKept ? 0 : 1))
      check(bench.core.breaches.breach(0).wasKept, equals: isKept)
      check(read(bench, .dispatchToAcknowledge).withinTarget, equals: (isKept ? 1 : 0))
    }
  }

  @Test func aClosingToldLate() throws {
    let bench = try Bench(Bench.row())
    let incident = bench.open(at: 5, tier: .routine)
    bench.poll(s: 8_000)
    let broken = bench.counter(Counter.breaches)
    check(broken, equals: 2)  // Nobody was sent, and it was not resolved.
    _ = bench.end(
      incident: incident, as: .closed, disposition: 0, wall_us: at(bench, s: 7_000), act: Act())
    check(bench.counter(Counter.breaches), equals: 1)
    check(read(bench, .receiptToClose).withinTarget, equals: 1)
    let kept = (0..<2).map { bench.core.breaches.breach($0) }.filter(\.wasKept)
    check(kept.map(\.clock), equals: [.resolve])
  }

  /// The limit passed before anybody told of it: between the limit and the first step.
  @Test func aBreachThatNoStepTold() throws {
    var plans = PlanDraft.builtIn
    let arrival = Int(ClockKind.arrival.rawValue)
    for tier in plans.chains[arrival].indices {
      plans.chains[arrival][tier]?.steps[0].after_ms = 100_000
    }
    let bench = try Bench(Bench.row(), plans: plans)
    bench.put(1, at: bench.node(0))
    let order = bench.live(bench.open(at: 5))[0]
    bench.advance(order, .enRoute)
    bench.poll(s: 500)
    check(bench.counter(Counter.breaches), equals: 0)
    bench.advance(order, .onScene)
    check(bench.counter(Counter.breaches), equals: 1)
    check(read(bench, .dispatchToArrival).withinTarget, equals: 0)
    let breach = bench.core.breaches.breach(0)
    check(breach.due_ns, equals: 480_000_000_000)
    check(breach.ended_ns, equals: 500_000_000_000)
  }

  /// A step that a person asked for before the limit does not hide the breach that comes later.
  @Test func aStepBeforeTheLimit() throws {
    let bench = try Bench(Bench.row())
    bench.put(1, at: bench.node(0))
    let incident = bench.open(at: 5)
    let order = bench.live(incident)[0]
    bench.advance(order, .enRoute)
    bench.poll(s: 100)
    let seen = ClockReference(
      clock: .arrival, incidentID: incident, assignmentID: 0, step: 0, cycle: 0)
    check(bench.escalateNow(seen, act: Act(operatorID: 1)), equals: .ok)
    check(bench.counter(Counter.breaches), equals: 0)
    bench.poll(s: 2_000)
    check(bench.counter(Counter.breaches), equals: 1)
    check(bench.core.breaches.breach(0).due_ns, equals: 480_000_000_000)
    bench.advance(order, .onScene)
    check(read(bench, .dispatchToArrival).withinTarget, equals: 0)
  }

  @Test func mergedOnes() throws {
    let bench = try Bench(Bench.row())
    for unit in 1...2 as ClosedRange<UInt64> { bench.put(unit, at: bench.node(0)) }
    let root = bench.open(at: 5)
    let filed = bench.open(at: 6)
    for incident in [root, filed] { bench.advance(bench.live(incident)[0], .enRoute) }
    check(bench.core.merge(filed, into: root, wall_us: 0, act: Act()), equals: .ok)
    bench.poll(s: 600)
    check(bench.counter(Counter.breaches), equals: 1)
    _ = bench.advance(
      bench.live(filed)[0], to: .onScene, wall_us: at(bench, s: 200), act: Act())
    if check(bench.counter(Counter.breaches), equals: 0) {
      check(bench.core.breaches.breach(0).wasKept)
    }
    check(bench.unmerge(filed, wall_us: 0, act: Act()), equals: .ok)
    if check(bench.counter(Counter.breaches), equals: 1) {
      check(!bench.core.breaches.breach(0).wasKept)
    }
  }

  /// Random hours: of the incidents that somebody reached, as many were reached too late by the figures as there are
  /// arrival promises of theirs that stand broken; so it is with signatures and closings.
  @Test(arguments: 0..<Scale.count(40, full: 400))
  func theBooksAgree(seed: Int) throws {
    var random = SplitMix64(UInt64(seed) &* 77 &+ 5)
    let bench = try Bench(
      Bench.row(), units: 8, incidents: 64, assignments: 64, events: 100_000, breaches: 4_096)
    for unit in 1...6 as ClosedRange<UInt64> { bench.put(unit, at: bench.node(Int(unit))) }
    var now_s = 0.0
    var open: [UInt64] = []
    var all: [UInt64] = []
    var closed: Set<UInt64> = []
    func when() -> Int64 { random.chance(50) ? 0 : at(bench, s: now_s - Double(random.below(500))) }
    for _ in 0..<120 {
      now_s += Double(random.below(90))
      bench.poll(s: now_s)
      switch random.below(6) {
      case 0 where all.count < 60:
        let tier = Tier(rawValue: UInt8(1 + random.below(3))).unsafelyUnwrapped
        open.append(bench.open(at: random.below(20), tier: tier))
        all.append(open[open.count - 1])
      case 1 where open.count > 4:
        let incident = open.remove(at: random.below(open.count))
        _ = bench.end(
          incident: incident, as: .closed, disposition: 0, wall_us: when(), act: Act())
        closed.insert(incident)
      default:
        guard let incident = open.isEmpty ? nil : open[random.below(open.count)] else { continue }
        let orders = bench.live(incident)
        guard !orders.isEmpty else { continue }
        let states: [AssignmentState] = [
          .dispatched, .acknowledged, .enRoute, .onScene, .onScene, .declined, .cleared,
        ]
        _ = bench.advance(
          orders[random.below(orders.count)], to: states[random.below(states.count)],
          wall_us: when(), act: Act(operatorID: 1, reason: 1))
      }
    }
    let standing = (0..<bench.core.breaches.count).map { bench.core.breaches.breach($0) }
      .filter { !$0.wasKept }
    check(bench.counter(Counter.breaches), equals: Int64(standing.count), "seed \(seed)")
    let reached = Set(all.filter { bench.incident($0)?.hasArrived == true })
    let late = standing.filter { $0.clock == .arrival && reached.contains($0.incidentID) }
    check(
      Set(late.map(\.incidentID)).count, equals: late.count, "seed \(seed): a promise broken twice")
    let arrivals = read(bench, .dispatchToArrival)
    check(
      arrivals.withTarget - arrivals.withinTarget, equals: Int64(late.count),
      "seed \(seed): \(arrivals.withTarget) with, \(arrivals.withinTarget) within, \(late.count)")
    let unresolved = standing.filter { $0.clock == .resolve && closed.contains($0.incidentID) }
    let closings = read(bench, .receiptToClose)
    check(
      closings.withTarget - closings.withinTarget, equals: Int64(unresolved.count), "seed \(seed)")
  }

  private func three(signatures: Int32) throws -> (bench: Bench, orders: [UInt64]) {
    var plans = PlanDraft.builtIn
    plans.requirements[0].count = 3
    plans.tune(.acknowledge) { $0.acknowledgements = signatures }
    let bench = try Bench(Bench.row(), plans: plans)
    for unit in 1...3 as ClosedRange<UInt64> { bench.put(unit, at: bench.node(0)) }
    return (bench, bench.live(bench.open(at: 5)))
  }

  private func sign(_ bench: Bench, _ order: UInt64, s: Double) {
    let wall_us = at(bench, s: s)
    check(bench.advance(order, to: .acknowledged, wall_us: wall_us, act: Act()), equals: .ok)
  }

  /// K of N: the others' promises ended with the last signature that was needed, whenever that was told.
  @Test func enoughSignaturesToldLate() throws {
    let (one, first) = try three(signatures: 1)
    one.poll(s: 25)
    check(one.counter(Counter.breaches), equals: 3)
    sign(one, first[0], s: 20)
    check(one.counter(Counter.breaches), equals: 3)
    check((0..<3).allSatisfy { one.core.breaches.breach($0).ended_ns == 20_000_000_000 })
    // Another had signed before: what it ended, it ended then.
    sign(one, first[1], s: 14)
    check(one.counter(Counter.breaches), equals: 1)

    // The second of two counts, in whichever order they are told.
    for (told, broken) in [([10.0, 14.0], 0), ([14.0, 10.0], 0), ([10.0, 16.0], 2)]
      as [([Double], Int64)]
    {
      let (two, orders) = try three(signatures: 2)
      two.poll(s: 16)
      check(two.counter(Counter.breaches), equals: 3)
      sign(two, orders[0], s: told[0])
      check(two.counter(Counter.breaches), equals: 2)
      sign(two, orders[1], s: told[1])
      check(two.counter(Counter.breaches), equals: broken, "\(told)")
    }
  }

  /// Two arrive at the same moment. The first of them was not there: the arrival is the other's, in all books.
  @Test func theAgencyOfTheArrivalThatCounts() throws {
    var plans = PlanDraft.builtIn
    plans.requirements[0].count = 2
    let bench = try Bench(Bench.row(), plans: plans)
    for unit in 1...2 as ClosedRange<UInt64> {
      bench.put(unit, at: bench.node(0), agency: UInt32(unit))
    }
    let orders = bench.live(bench.open(at: 5))
    bench.poll(s: 60)
    for order in orders { bench.advance(order, .onScene) }
    func counts(_ interval: FigureInterval) -> [Int64] {
      ([1, 2] as [UInt32]).map { bench.core.figures.read(interval, by: .agency, value: $0).count }
    }
    check(counts(.dispatchToArrival), equals: [1, 0])
    check(counts(.receiptToArrival), equals: [1, 0])
    check(bench.advance(orders[0], .enRoute, reason: 3), equals: .ok)
    check(counts(.dispatchToArrival), equals: [0, 1])
    check(counts(.receiptToArrival), equals: [0, 1])
  }
}
