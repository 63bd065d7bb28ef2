// The figures beside plain lists of the same intervals; rows, targets, breaches, reset.

import HujiaTestSupport
import Testing

@testable import HujiaEngine

@Suite struct FigureTests {
  private func read(
    _ bench: Bench, _ interval: FigureInterval, by dimension: FigureDimension = .all,
    value: UInt32 = 0
  ) -> Figures {
    bench.core.figures.read(interval, by: dimension, value: value)
  }

  @Test func oneCallsIntervalsAreThoseThatPassed() throws {
    let bench = try Bench(Bench.row())
    bench.poll(s: 100)
    let incident = bench.open(at: 3, tier: .urgent, type: 9, flags: 1)
    bench.poll(s: 170)
    bench.put(1, at: bench.node(0), agency: 4)
    let assignment = try #require(bench.live(incident).first)
    bench.poll(s: 178)
    bench.advance(assignment, .acknowledged)
    bench.poll(s: 208.5)
    bench.advance(assignment, .enRoute)
    bench.poll(s: 470)
    bench.advance(assignment, .onScene)
    bench.poll(s: 900)
    bench.close(incident)
    let expected: [(FigureInterval, Int64, Int64?)] = [
      (.receiptToDispatch, 70_000, 1), (.dispatchToAcknowledge, 8_000, 1),
      (.acknowledgeToEnRoute, 30_500, 1), (.dispatchToArrival, 300_000, 1),
      (.receiptToArrival, 370_000, nil), (.receiptToClose, 800_000, nil),
    ]
    let keys: [(FigureDimension, UInt32)] = [
      (.all, 0), (.tier, 2), (.type, 9), (.agency, 4), (.beat, 0), (.vulnerable, 1),
    ]
    for (interval, took_ms, within) in expected {
      for (dimension, value) in keys {
        let figures = read(bench, interval, by: dimension, value: value)
        check(figures.count, equals: 1, "\(interval) \(dimension)")
        check(figures.mean_ms, equals: took_ms, "\(interval) \(dimension)")
        check(figures.least_ms, equals: took_ms)
        check(figures.greatest_ms, equals: took_ms)
        check(figures.p50_ms, equals: took_ms)
        check(figures.p99_ms, equals: took_ms)
        check(figures.withTarget, equals: (within == nil ? 0 : 1))
        check(figures.withinTarget, equals: within ?? 0)
      }
    }
    check(read(bench, .receiptToClose, by: .tier, value: 1).count, equals: 0)
    check(read(bench, .receiptToClose, by: .vulnerable, value: 0).count, equals: 0)
    check(read(bench, .receiptToClose, by: .type, value: 8).isUnknown)
  }

  @Test func timesThatTheHostGivesCount() throws {
    let bench = try Bench(Bench.row())
    bench.put(1, at: bench.node(0))
    bench.poll(s: 1_000)
    let wall_us = bench.core.time.wall_us
    _ = bench.report(bench.call(bench.node(3), tier: .emergency, wall_us: wall_us - 40_000_000))
    let incident = bench.decision.answer.incidentID
    check(read(bench, .receiptToDispatch).mean_ms, equals: 40_000)
    let assignment = bench.live(incident)[0]
    bench.poll(s: 2_000)
    let arrived_us = bench.core.time.wall_us - 500_000_000
    _ = bench.advance(assignment, to: .onScene, wall_us: arrived_us, act: Act())
    check(read(bench, .dispatchToArrival).mean_ms, equals: 500_000)
    check(read(bench, .receiptToArrival).mean_ms, equals: 540_000)
    check(read(bench, .dispatchToArrival).withinTarget, equals: 0)
    // A skip forward says nothing of when somebody signed or left.
    check(read(bench, .dispatchToAcknowledge).count, equals: 0)
    check(read(bench, .acknowledgeToEnRoute).count, equals: 0)
    // A time ahead of now is now, and one without end in the past stays a number.
    _ = bench.end(incident: incident, as: .closed, disposition: 0, wall_us: .max, act: Act())
    check(read(bench, .receiptToClose).mean_ms, equals: 1_040_000)
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func aRandomDayAgreesWithPlainLists(_ seed: UInt64) throws {
    var random = SplitMix64(seed)
    let bench = try Bench(Bench.row(), units: 8, incidents: 8, assignments: 8)
    for unit in 1...4 as ClosedRange<UInt64> {
      bench.put(unit, at: bench.node(random.below(20)), agency: UInt32(unit))
    }
    // Eight types and four agencies have rows; more types than that come.
    var lists: [String: [Int64]] = [:]
    var order: [UInt32] = []
    var now_ms: Int64 = 0
    for _ in 0..<400 {
      now_ms += Int64(random.below(900_000))
      bench.poll(now_ms * 1_000_000)
      let type = UInt32(random.below(14))
      let tier = Tier(rawValue: UInt8(1 + random.below(4))) ?? .urgent
      let incident = bench.open(at: random.below(20), tier: tier, type: type)
      if !order.contains(type) { order.append(type) }
      let took_ms = Int64(random.below(2_000_000))
      now_ms += took_ms
      bench.poll(now_ms * 1_000_000)
      let assignment = bench.live(incident)[0]
      let unit = UInt32(truncatingIfNeeded: bench.units(incident)[0])
      bench.advance(assignment, .onScene)
      let row = order.firstIndex(of: type).map { $0 < 8 ? type : FigureTable.other } ?? 0
      // A unit that did not sign was replaced: the dispatch that counts is the incident's first.
      for key in ["all 0", "tier \(tier.rawValue)", "type \(row)", "agency \(unit)"] {
        lists[key, default: []].append(took_ms)
      }
      bench.close(incident)
      _ = bench.drain()
    }
    for (key, unsorted) in lists {
      let list = unsorted.sorted()
      let parts = key.split(separator: " ")
      let dimension = try #require(FigureDimension.allCases.first { "\($0)" == parts[0] })
      let figures = read(
        bench, .dispatchToArrival, by: dimension, value: try #require(UInt32(parts[1])))
      check(figures.count, equals: Int64(list.count), key)
      check(figures.least_ms, equals: list.first, key)
      check(figures.greatest_ms, equals: list.last)
      check(figures.mean_ms, equals: list.reduce(0, +) / figures.count)
      for (permille, value) in [
        (500, figures.p50_ms), (900, figures.p90_ms), (990, figures.p99_ms),
      ] {
        let exact = list[max((list.count * permille + 999) / 1_000, 1) - 1]
        check(abs(value - exact) * 128, atMost: exact, "\(key) \(permille): \(value), not \(exact)")
      }
      guard key == "tier 1" || key == "tier 2" else { continue }
      let target_ms: Int64 = key == "tier 1" ? 480_000 : 900_000
      check(figures.withTarget, equals: Int64(list.count))
      check(figures.withinTarget, equals: Int64(list.count { $0 <= target_ms }))
    }
    check(bench.core.figures.valueCount(.type), equals: 8)
    check((0..<8).map { bench.core.figures.value(.type, $0) }, equals: Array(order.prefix(8)))
    check(read(bench, .dispatchToArrival, by: .type, value: 99).isTableFull)
  }

  @Test func breachesSayWhichAndByHowMuch() throws {
    let bench = try Bench(Bench.row())
    let incident = bench.open(at: 3)
    bench.poll(s: 60)
    var breach = bench.core.breaches.breach(0)
    check(bench.core.breaches.count, equals: 1)
    check(breach.clock, equals: .pending)
    check(breach.incidentID, equals: incident)
    check(breach.ended_ns, equals: .max)
    check(breach.dueWall_us, equals: Bench.wallStart_us + 60_000_000)
    bench.poll(s: 400)
    check(bench.core.breaches.count, equals: 1, "further steps are the same breach")
    bench.put(1, at: bench.node(0))
    breach = bench.core.breaches.breach(0)
    check(breach.ended_ns - breach.due_ns, equals: 340 * Bench.second_ns)
    // The promise of the unit that did not sign goes over to the next one, breach and all.
    bench.put(2, at: bench.node(9))
    bench.poll(s: 415)
    bench.poll(s: 430)
    check(bench.units(incident), equals: [2])
    bench.poll(s: 440)
    bench.advance(bench.live(incident)[0], .acknowledged)
    breach = bench.core.breaches.breach(0)
    check(breach.clock, equals: .acknowledge)
    check(breach.unitID, equals: 1)
    check(breach.due_ns, equals: 415 * Bench.second_ns)
    check(breach.ended_ns, equals: 440 * Bench.second_ns)
    check(bench.counter(Counter.breaches), equals: 2)
    bench.core.resetFigures()
    check(bench.core.breaches.count, equals: 0)
    check(read(bench, .receiptToDispatch).count, equals: 0)
    bench.poll(s: 2_000)
    if check(bench.core.breaches.count, equals: 1) {
      check(bench.core.breaches.breach(0).clock, equals: .arrival)
    }
  }

  @Test func theListKeepsTheNewest() throws {
    let bench = try Bench(Bench.row(), incidents: 200)
    var opened: [UInt64] = []
    for _ in 0..<150 { opened.append(bench.open(at: 3)) }
    bench.poll(s: 61)
    check(bench.core.breaches.count, equals: 64)
    check(bench.counter(Counter.breaches), equals: 150)
    let kept = (0..<64).map { bench.core.breaches.breach($0).incidentID }
    check(kept, equals: Array(opened.suffix(64).reversed()))
    for incident in opened { bench.close(incident) }
    check((0..<64).allSatisfy { bench.core.breaches.breach($0).ended_ns != .max })
  }
}
