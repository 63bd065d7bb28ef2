// What was written on paper while the machines were down 补录: typed in with its real times, it fires nothing old, is
// judged by those times, and stays marked.

import HujiaContainers
import HujiaTestSupport
import Testing

@testable import HujiaEngine

@Suite struct CatchUpTests {
  /// Five hours after the start, so that there is a past.
  private static let now_s: Int64 = 18_000

  private static func bench(_ plans: PlanDraft = .builtIn) throws -> Bench {
    let bench = try Bench(Bench.row(), plans: plans)
    bench.put(1, at: bench.node(1), agency: 3)
    bench.put(2, at: bench.node(9), agency: 3)
    bench.poll(now_s * Bench.second_ns)
    _ = bench.drain()
    return bench
  }

  private static func wall(_ bench: Bench, _ s: Int64) -> Int64 { bench.wall_us + s * 1_000_000 }

  private static func open(
    _ bench: Bench, at s: Int64, tier: Tier = .emergency
  ) -> UInt64 {
    var report = bench.call(bench.node(0), tier: tier, wall_us: wall(bench, s))
    report.source = 9
    check(bench.report(report), equals: .manual)
    check(bench.decision.answer.count, equals: 0)
    check(bench.decision.answer.shortfall, equals: .manual)
    return bench.decision.answer.incidentID
  }

  private static func assign(_ bench: Bench, _ id: UInt64, _ unit: UInt64, at s: Int64) -> UInt64 {
    check(
      bench.assign(id, unit: unit, wall_us: wall(bench, s), act: Act(operatorID: 7)), equals: .ok)
    return bench.decision.chosen[0].assignmentID
  }

  private static func advance(
    _ bench: Bench, _ id: UInt64, _ state: AssignmentState, at s: Int64
  ) {
    check(
      bench.advance(id, to: state, wall_us: wall(bench, s), act: Act(operatorID: 7)), equals: .ok)
  }

  private static func fired(_ bench: Bench) -> [Event] {
    bench.drain().filter { $0.kind == .escalation || $0.kind == .warning }
  }

  /// Of what was typed in, and of receipts that a merge brought from paper.
  private static func old(_ bench: Bench) -> [Event] {
    fired(bench).filter {
      ($0.isCatchUp || ClockKind(rawValue: UInt8($0.clock))?.isOfAssignment == false)
        && $0.dueWall_us < wall(bench, now_s)
    }
  }

  private static func count(
    _ bench: Bench, _ interval: FigureInterval, _ dimension: FigureDimension
  ) -> Figures { bench.core.figures.read(interval, by: dimension, value: 0) }

  @Test func anIncidentThatIsOverFiresNothing() throws {
    let bench = try Self.bench()
    // Received at 1,000 s; sent after half a minute; there after twenty minutes, where eight were promised.
    let id = Self.open(bench, at: 1_000)
    let order = Self.assign(bench, id, 1, at: 1_030)
    check(bench.incident(id)?.dispatchedWall_us, equals: Self.wall(bench, 1_030))
    Self.advance(bench, order, .onScene, at: 2_230)
    check(bench.incident(id)?.arrivedWall_us, equals: Self.wall(bench, 2_230))
    Self.advance(bench, order, .cleared, at: 3_000)
    check(
      bench.end(
        incident: id, as: .closed, disposition: 1, wall_us: Self.wall(bench, 3_060), act: Act()),
      equals: .ok)
    let told = bench.drain()
    check(told.contains { $0.incidentID == id })
    check(told.filter { $0.incidentID == id }.allSatisfy { $0.isCatchUp })
    bench.poll(s: Double(Self.now_s + 86_400))
    check(Self.fired(bench).count, equals: 0)
    // Judged by its real times, in a row of its own.
    check(Self.count(bench, .receiptToDispatch, .catchUp).count, equals: 1)
    check(Self.count(bench, .receiptToDispatch, .catchUp).greatest_ms, equals: 30_000)
    check(Self.count(bench, .receiptToDispatch, .catchUp).withinTarget, equals: 1)
    check(Self.count(bench, .dispatchToArrival, .catchUp).greatest_ms, equals: 1_200_000)
    check(Self.count(bench, .dispatchToArrival, .catchUp).withTarget, equals: 1)
    check(Self.count(bench, .dispatchToArrival, .catchUp).withinTarget, equals: 0)
    check(Self.count(bench, .receiptToClose, .catchUp).greatest_ms, equals: 2_060_000)
    for dimension in FigureDimension.allCases where dimension != .catchUp {
      check(Self.count(bench, .receiptToDispatch, dimension).count, equals: 0, "\(dimension)")
      check(Self.count(bench, .dispatchToArrival, dimension).count, equals: 0, "\(dimension)")
    }
    // The arrival was broken when it was due, and ended when the unit came.
    check(bench.core.breaches.count, equals: 1)
    let breach = bench.core.breaches.breach(0)
    check(breach.isCatchUp)
    check(breach.clock, equals: .arrival)
    check(breach.dueWall_us, equals: Self.wall(bench, 1_510))
    check(breach.ended_ns, equals: 2_230 * Bench.second_ns)
  }

  @Test func whatIsStillActiveGoesOnFromNow() throws {
    let bench = try Self.bench(.with(.report, 600, [.supervision], repeat_s: 100_000))
    let id = Self.open(bench, at: 1_000, tier: .routine)
    // A unit is on its way since long ago: nobody asks it to sign what it was told by voice.
    let order = Self.assign(bench, id, 1, at: 1_100)
    bench.poll(s: Double(Self.now_s + 120))
    check(Self.fired(bench).count, equals: 0)
    check(bench.units(id), equals: [1])
    Self.advance(bench, order, .onScene, at: 1_500)
    bench.poll(s: Double(Self.now_s + 599))
    check(Self.fired(bench).count, equals: 0)
    // The report: promised within ten minutes, and then from when its beginning was told.
    bench.poll(s: Double(Self.now_s + 721))
    check(Self.fired(bench).map(\.clock), equals: [Int32(ClockKind.report.rawValue)])
    // To be settled within two hours: over long ago, and so from when it was typed in.
    bench.poll(s: Double(Self.now_s + 7_199))
    check(Self.fired(bench).count, equals: 0)
    bench.poll(s: Double(Self.now_s + 7_201))
    check(Self.fired(bench).map(\.clock), equals: [Int32(ClockKind.resolve.rawValue)])
    let breaches = (0..<bench.core.breaches.count).map { bench.core.breaches.breach($0) }
    check(breaches.allSatisfy { $0.isCatchUp })
    check(
      Set(breaches.map(\.dueWall_us)),
      equals: [Self.wall(bench, 1_000 + 7_200), Self.wall(bench, 1_500 + 600)])
  }

  @Test func theEngineSendsNobodyForIt() throws {
    let bench = try Self.bench()
    let id = Self.open(bench, at: 17_900)
    check(bench.core.waiting.count, equals: 0)
    bench.put(3, at: bench.node(0))
    bench.upgrade(id, to: .emergency, flags: 1)
    let order = Self.assign(bench, id, 1, at: 17_950)
    check(bench.advance(order, .declined), equals: .ok)
    bench.finish()
    check(bench.units(id), equals: [])
    check(bench.incident(id)?.isCatchUp, equals: true)
  }

  /// A limit that has not passed yet runs from its real beginning.
  @Test func whatIsNotOldRunsFromItsBeginning() throws {
    let bench = try Self.bench()
    _ = Self.open(bench, at: Self.now_s - 20)
    bench.poll(s: Double(Self.now_s + 39))
    check(Self.fired(bench).count, equals: 0)
    bench.poll(s: Double(Self.now_s + 41))
    check(Self.fired(bench).count, equals: 1)
  }

  /// Merged, taken back, un-merged, raised: whatever is told of it, nothing fires for a time before it was typed in.
  @Test func nothingOldFiresWhateverIsTold() throws {
    for seed in 1...60 as ClosedRange<UInt64> {
      var random = SplitMix64(seed)
      let bench = try Self.bench(.with(.report, 600, [.supervision], repeat_s: 100_000))
      let news = bench.open(at: 5, tier: .routine)
      var ids = [news]
      var orders: [UInt64] = []
      for _ in 0..<30 {
        let s = Int64(random.below(Int(Self.now_s)))
        switch random.below(9) {
        case 0: ids.append(Self.open(bench, at: s, tier: random.chance(50) ? .emergency : .routine))
        case 1:
          if bench.assign(
            ids[random.below(ids.count)], unit: UInt64(1 + random.below(2)),
            wall_us: Self.wall(bench, s), act: Act()) == .ok
          {
            orders.append(bench.decision.chosen[0].assignmentID)
          }
        case 2, 3, 4:
          let states: [AssignmentState] = [
            .acknowledged, .enRoute, .onScene, .dispatched, .cleared, .cancelled,
          ]
          guard let order = orders.randomElement(using: &random) else { continue }
          _ = bench.advance(
            order, to: states[random.below(states.count)], wall_us: Self.wall(bench, s),
            act: Act(operatorID: 1, reason: 1))
        case 5:
          _ = bench.apply(
            .merge(
              incident: ids[random.below(ids.count)], into: ids[random.below(ids.count)],
              wall_us: 0))
        case 6: _ = bench.unmerge(ids[random.below(ids.count)], wall_us: 0, act: Act())
        case 7: bench.upgrade(ids[random.below(ids.count)], to: .emergency, flags: 1)
        default: bench.upgrade(ids[random.below(ids.count)], to: .none)
        }
        bench.validate()
      }
      bench.poll(Self.now_s * Bench.second_ns)
      check(Self.old(bench).count, equals: 0, "seed \(seed)")
      bench.poll(s: Double(Self.now_s + 10_000))
      check(Self.old(bench).count, equals: 0, "seed \(seed)")
    }
  }
}
