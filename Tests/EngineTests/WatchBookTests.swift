// Many watches over a random day against a second book, kept the simplest way: at each poll every watch is looked at.
// None missing, none twice, none early, and none lost while nobody reads the events.

import HujiaTestSupport
import Testing

@testable import HujiaEngine

@Suite struct WatchBookTests {
  private struct Line: Hashable, Comparable {
    var due_s: Int64
    var watch: UInt64
    var step: Int32
    var cycle: Int32
    static func < (a: Line, b: Line) -> Bool {
      (a.due_s, a.watch, a.step, a.cycle) < (b.due_s, b.watch, b.step, b.cycle)
    }
  }

  private struct Watch {
    var seen_s: Int64
    var limit_s: Int64
    var isPaused = false
    /// Goes on from one absence to the next.
    var cycle: Int32 = 0
    var isRepeating = false
    /// The step that comes next, and when; nil while it is present.
    var next: (step: Int32, due_s: Int64)?

    /// The chain ends; what fires next is another firing than all before.
    mutating func end() {
      if next != nil, !isRepeating { cycle += 1 }
      next = nil
      isRepeating = false
    }
  }

  private static let waits_s: [Int64] = [0, 40, 70]
  private static let repeat_s: Int64 = 90

  private static var plans: PlanDraft {
    var plans = PlanDraft.builtIn
    let actions: [StepAction] = [.homeOfficer, .gridWorker, .supervisor]
    let chain = PlanDraft.Chain(
      limit_ms: 1_000_000, repeat_ms: repeat_s * 1_000,
      steps: zip(waits_s, actions).map { Step(after_ms: $0 * 1_000, action: $1) })
    plans.chains[Int(ClockKind.absence.rawValue)] = Array(repeating: chain, count: 5)
    return plans
  }

  @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
  func everyStepComesOnceAndInTime(_ seed: UInt64) throws {
    var random = SplitMix64(seed)
    let count = 60
    let bench = try Bench(Bench.row(), plans: Self.plans, events: 16, watches: count)
    let place = bench.node(3)
    var book: [UInt64: Watch] = [:]
    var expected: [Line] = []
    var found: [Line] = []
    for id in 1...UInt64(count) {
      let limit_s = Int64(30 + random.below(400))
      check(
        bench.core.put(
          watch: WatchDescription(
            id: id, limit_s: UInt32(limit_s), lat_e7: place.lat_e7, lon_e7: place.lon_e7,
            place: place)), equals: .ok)
      book[id] = Watch(seen_s: 0, limit_s: limit_s)
    }
    var now_s: Int64 = 0
    while now_s < 20_000 {
      now_s += 1 + Int64(random.below(random.below(20) == 0 ? 400 : 12))
      // A wall clock that nobody can trust.
      bench.wall_us += Int64(random.below(3)) * 1_000_000_000 - 1_000_000_000
      bench.poll(now_s * Bench.second_ns)
      for id in 1...UInt64(count) { Self.look(&book, id, now_s, &expected) }
      // What waited for room fires when there is some.
      while true {
        let events = bench.escalations()
        if events.isEmpty { break }
        found += events.map {
          Line(
            due_s: now_s - $0.late_ns / Bench.second_ns, watch: $0.watchID, step: $0.step,
            cycle: $0.cycle)
        }
        bench.poll(now_s * Bench.second_ns)
      }
      for _ in 0..<random.below(12) { Self.act(bench, &book, &random, count, now_s) }
    }
    check(found.sorted(), equals: expected.sorted(), "seed \(seed)")
    check(expected.count, above: 1_000)
    check(Set(expected).count, equals: expected.count)
    check(bench.counter(Counter.auditFound), equals: 0)
  }

  private static func look(
    _ book: inout [UInt64: Watch], _ id: UInt64, _ now_s: Int64, _ expected: inout [Line]
  ) {
    guard var watch = book[id], !watch.isPaused else { return }
    while true {
      let next = watch.next ?? (0, watch.seen_s + watch.limit_s)
      guard next.due_s <= now_s else { break }
      expected.append(Line(due_s: next.due_s, watch: id, step: next.step + 1, cycle: watch.cycle))
      if Int(next.step) + 1 < waits_s.count {
        watch.next = (next.step + 1, next.due_s + waits_s[Int(next.step) + 1])
      } else {
        // Repeats that were slept through are one.
        var due_s = next.due_s + repeat_s
        if due_s <= now_s {
          while due_s + repeat_s <= now_s { due_s += repeat_s }
          if watch.isRepeating { due_s += repeat_s }
        }
        watch.isRepeating = true
        watch.cycle += 1
        watch.next = (next.step, due_s)
      }
    }
    book[id] = watch
  }

  private static func act(
    _ bench: Bench, _ book: inout [UInt64: Watch], _ random: inout SplitMix64, _ count: Int,
    _ now_s: Int64
  ) {
    let id = UInt64(1 + random.below(count))
    guard var watch = book[id] else { return }
    switch random.below(12) {
    case 0:
      check(bench.core.pause(watch: id, until_us: 0), equals: (watch.isPaused ? .unchanged : .ok))
      watch.isPaused = true
      watch.end()
    case 1...3:
      check(bench.core.resume(watch: id), equals: (watch.isPaused ? .ok : .unchanged))
      if watch.isPaused { watch.seen_s = now_s }
      watch.isPaused = false
    default:
      check(bench.core.beat(Heartbeat(watchID: id, wall_us: 0)))
      watch.seen_s = now_s
      watch.end()
    }
    book[id] = watch
  }
}
