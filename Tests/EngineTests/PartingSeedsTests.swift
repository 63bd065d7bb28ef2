// Divert, merge and un-merge at random, against a second book that knows only the rules: a divert stops no clock of the
// first incident; a merge lets the earliest receipt hold and an arrival at either be that of both; an un-merge gives
// both back what they had, and what fell due meanwhile fires once, late.

import HujiaTestSupport
import Testing

@testable import HujiaEngine

@Suite struct PartingSeedsTests {
  private struct Promise {
    /// Before any earlier receipt of another incident.
    var due_s: Int64
    var isFired = false
  }

  private struct Case {
    let id: UInt64
    var tier: Tier
    let receipt_s: Int64
    var isOpen = true
    var isDispatched = false
    /// All its units were taken away before any arrived.
    var isUnmanned = false
    var hasArrived = false
    var root: Int?
    /// Those that run, fired or not.
    var clocks: [ClockKind: Promise] = [:]
  }

  private struct Fired: Hashable, Comparable, CustomStringConvertible {
    var due_s: Int64
    var incident: UInt64
    var clock: UInt8
    var description: String { "\(incident & 0xffff) clock \(clock) due \(due_s)" }
    static func < (a: Fired, b: Fired) -> Bool {
      (a.due_s, a.incident, a.clock) < (b.due_s, b.incident, b.clock)
    }
  }

  /// One hour. Each clock has one step and repeats after the hour, so it fires once.
  private final class Hour {
    static let respond_s: Int64 = 300
    static let resolve_s: Int64 = 2_000
    let bench: Bench
    let seed: UInt64
    var random: SplitMix64
    var now_s: Int64 = 0
    var cases: [Case] = []
    var fired = 0
    var acts: [String: Int] = [:]

    init(seed: UInt64) throws {
      self.seed = seed
      random = SplitMix64(seed)
      var plans = PlanDraft.builtIn
      for clock in [ClockKind.pending, .arrival, .resolve] {
        plans.chains[Int(clock.rawValue)] = Array(
          repeating: .init(
            limit_ms: -1, repeat_ms: 100_000_000, steps: [Step(after_ms: 0, action: .supervisor)]),
          count: PlanTables.tierCount)
      }
      plans.chains[Int(ClockKind.acknowledge.rawValue)] = Array(
        repeating: nil, count: PlanTables.tierCount)
      plans.tiers = (0..<PlanTables.tierCount).map { tier in
        TierLimits(
          respond_ms: Self.respond_s * 1_000,
          arrive_ms: Self.arrive_s(Tier(rawValue: UInt8(tier)) ?? .none).map { $0 * 1_000 } ?? -1,
          arriveVulnerable_ms: -1, resolve_ms: Self.resolve_s * 1_000)
      }
      bench = try Bench(
        PartingSeedsTests.map, plans: plans, units: 8, incidents: 64, assignments: 64, events: 256)
      for unit in 1...UInt64(1 + random.below(5)) {
        bench.put(unit, at: bench.node(random.below(20)))
      }
    }

    static func arrive_s(_ tier: Tier) -> Int64? {
      switch tier {
      case .emergency: 400
      case .urgent: 700
      case .routine: 1_100
      default: nil
      }
    }

    // The second book

    func root(_ index: Int) -> Int { cases[index].root ?? index }
    func filed(_ index: Int) -> [Int] { cases.indices.filter { cases[$0].root == index } }

    /// When a promise is due now; nil while it is suspended.
    func due_s(_ index: Int, _ clock: ClockKind, _ promise: Promise) -> Int64? {
      guard cases[index].root == nil else { return nil }
      let filed = filed(index)
      if clock == .arrival { return filed.contains { cases[$0].hasArrived } ? nil : promise.due_s }
      let earliest_s = filed.map { cases[$0].receipt_s }.min() ?? cases[index].receipt_s
      guard earliest_s < cases[index].receipt_s else { return promise.due_s }
      return min(
        promise.due_s, earliest_s + (clock == .pending ? Self.respond_s : Self.resolve_s))
    }

    func sent(_ index: Int) {
      if cases[index].isUnmanned { cases[index].clocks[.pending] = nil }
      cases[index].isUnmanned = false
      guard !cases[index].isDispatched else { return }
      cases[index].isDispatched = true
      cases[index].clocks[.pending] = nil
      guard !cases[index].hasArrived, let limit_s = Self.arrive_s(cases[index].tier) else { return }
      cases[index].clocks[.arrival] = Promise(due_s: now_s + limit_s)
    }

    /// Units are the engine's choice; the clocks are ours.
    func hear() -> [Fired] {
      var found: [Fired] = []
      for event in bench.drain() {
        guard let index = cases.firstIndex(where: { $0.id == event.incidentID }) else { continue }
        if event.kind == .assignment, event.state == AssignmentState.dispatched.rawValue {
          sent(index)
        } else if event.kind == .assignment, event.state == AssignmentState.onScene.rawValue {
          cases[index].hasArrived = true
          cases[index].clocks[.arrival] = nil
        } else if event.kind == .escalation {
          found.append(
            Fired(
              due_s: now_s - event.late_ns / Bench.second_ns, incident: event.incidentID,
              clock: UInt8(event.clock)))
        }
      }
      return found
    }

    /// After a command: nobody is on the way any more, so that somebody is sent is promised again, from the receipt.
    func lookForUnmanned() {
      for index in cases.indices {
        guard cases[index].isOpen, cases[index].isDispatched, !cases[index].hasArrived,
          !cases[index].isUnmanned, bench.live(cases[index].id).isEmpty
        else { continue }
        cases[index].isUnmanned = true
        cases[index].clocks[.pending] = Promise(due_s: cases[index].receipt_s + Self.respond_s)
      }
    }

    func poll() {
      var expected: [Fired] = []
      for index in cases.indices where cases[index].isOpen {
        for (clock, promise) in cases[index].clocks where !promise.isFired {
          guard let due_s = due_s(index, clock, promise), due_s <= now_s else { continue }
          cases[index].clocks[clock]?.isFired = true
          expected.append(Fired(due_s: due_s, incident: cases[index].id, clock: clock.rawValue))
        }
      }
      bench.poll(now_s * Bench.second_ns)
      let found = hear()
      check(found.map(\.due_s), equals: found.map(\.due_s).sorted(), "seed \(seed): out of order")
      check(
        found.sorted(), equals: expected.sorted(),
        "seed \(seed) at \(now_s): \(found) for \(expected)")
      fired += found.count
    }

    func checkArmed() {
      var armed = 0
      for index in cases.indices where cases[index].isOpen {
        armed += cases[index].clocks.count { due_s(index, $0.key, $0.value) != nil }
      }
      check(
        bench.core.clocks.armed, equals: armed,
        "seed \(seed) at \(now_s): \(bench.core.clocks.armed) armed, not \(armed)")
    }

    // What happens

    func any(_ isWanted: (Case) -> Bool) -> Int? {
      let fitting = cases.indices.filter { isWanted(cases[$0]) }
      return fitting.isEmpty ? nil : fitting[random.below(fitting.count)]
    }

    func open() {
      guard cases.count < 50 else { return }
      let tier = Tier(rawValue: UInt8(1 + random.below(4))).unsafelyUnwrapped
      let id = bench.open(at: random.below(20), tier: tier)
      var fresh = Case(id: id, tier: tier, receipt_s: now_s)
      fresh.clocks[.pending] = Promise(due_s: now_s + Self.respond_s)
      fresh.clocks[.resolve] = Promise(due_s: now_s + Self.resolve_s)
      cases.append(fresh)
    }

    func merge() {
      guard let index = any({ _ in true }), let target = any({ _ in true }) else { return }
      let under = root(target)
      let expected: Status =
        under == index
        ? .conflict
        : cases[index].isOpen && cases[index].root == nil && cases[under].isOpen ? .ok : .state
      let status = bench.core.merge(
        cases[index].id, into: cases[target].id, wall_us: 0, act: Act())
      check(status, equals: expected, "seed \(seed): merge \(status), not \(expected)")
      guard status == .ok else { return }
      for filed in filed(index) { cases[filed].root = under }
      cases[index].root = under
      acts["merge", default: 0] += 1
    }

    func unmerge() {
      guard let index = any({ $0.root != nil }) ?? any({ _ in true }) else { return }
      let isMerged = cases[index].root != nil
      let status = bench.unmerge(cases[index].id, wall_us: 0, act: Act())
      check(status, equals: (isMerged ? .ok : .state), "seed \(seed): un-merge \(status)")
      guard isMerged else { return }
      cases[index].root = nil
      acts["unmerge", default: 0] += 1
    }

    func divert() {
      guard let robbed = any({ $0.isOpen && $0.isDispatched }), let target = any({ _ in true }),
        let assignment = bench.live(cases[robbed].id).last, let state = bench.state(assignment)
      else { return }
      let isLegal = !state.hasArrived && cases[target].isOpen && cases[target].root == nil
      let expected: Status = robbed == target ? .conflict : isLegal ? .ok : .state
      let status = bench.divert(assignment, to: cases[target].id, wall_us: 0, act: Act())
      check(status, equals: expected, "seed \(seed): divert \(status), not \(expected)")
      if status == .ok { acts["divert", default: 0] += 1 }
    }

    func arrive() {
      guard let index = any({ $0.isOpen && $0.isDispatched }),
        let assignment = bench.live(cases[index].id).first
      else { return }
      bench.advance(assignment, bench.state(assignment)?.hasArrived == true ? .cleared : .onScene)
    }

    /// An arrival limit that is shorter, or that only the new tier has; the others are the same in all tiers.
    func raise() {
      guard let index = any({ $0.isOpen && $0.root == nil && $0.tier != .emergency }) else {
        return
      }
      let tier = Tier(rawValue: cases[index].tier.rawValue - 1).unsafelyUnwrapped
      cases[index].tier = tier
      let due_s = now_s + (Self.arrive_s(tier) ?? 0)
      if let running = cases[index].clocks[.arrival] {
        if !running.isFired { cases[index].clocks[.arrival]?.due_s = min(running.due_s, due_s) }
      } else if cases[index].isDispatched, !cases[index].hasArrived {
        cases[index].clocks[.arrival] = Promise(due_s: due_s)
      }
      check(bench.upgrade(cases[index].id, to: tier), equals: .ok, "seed \(seed): raise")
    }

    func close() {
      guard let index = any({ $0.isOpen && $0.root == nil }) else { return }
      bench.close(cases[index].id)
      for place in [index] + filed(index) {
        cases[place].isOpen = false
        cases[place].root = nil
      }
    }

    func run() {
      while now_s < 3_600 {
        now_s += Int64(random.chance(10) ? random.below(500) : random.below(25))
        poll()
        for _ in 0..<random.below(3) {
          switch random.below(12) {
          case 0, 1: open()
          case 2, 3: merge()
          case 4, 5: unmerge()
          case 6, 7: divert()
          case 8, 9: arrive()
          case 10: raise()
          default: if random.chance(40) { close() }
          }
          check(hear().isEmpty, "seed \(seed) at \(now_s): fired outside a poll")
          lookForUnmanned()
          checkArmed()
        }
      }
    }
  }

  private static let map = Bench.row()

  @Test(arguments: 0..<4 as Range<UInt64>)
  func hoursAtRandom(part: UInt64) throws {
    let count = UInt64(Scale.count(25, full: 250))
    var fired = 0
    var acts: [String: Int] = [:]
    for seed in part * count..<(part + 1) * count {
      let hour = try Hour(seed: seed)
      hour.run()
      fired += hour.fired
      acts.merge(hour.acts) { $0 + $1 }
    }
    // A book of empty pages would agree as well.
    check(fired, above: 10 * Int(count), "\(fired)")
    for act in ["merge", "unmerge", "divert"] {
      check(acts[act] ?? 0, above: Int(count), "\(acts)")
    }
  }
}
