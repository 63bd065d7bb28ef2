// Every escalation of a random hour against a second book of promises, kept the simplest way: one list of clocks,
// looked through at each poll. None missing, none twice, none early, each with its due time.

import HujiaTestSupport
import Testing

@testable import HujiaEngine

@Suite struct EscalationTests {
  /// A promise in the second book.
  private struct Promise {
    var clock: ClockKind
    var incident: UInt64
    var due_s: Int64
    /// Waits before each step; the first is 0.
    var waits_s: [Int64]
    var repeat_s: Int64
    var step = 0
    var cycle = 0
    var isRepeating = false
  }

  private struct Line: Hashable, Comparable, CustomStringConvertible {
    var due_s: Int64
    var incident: UInt64
    var clock: UInt8
    var step: Int32
    var cycle: Int32
    var description: String {
      "\(incident & 0xffff) clock \(clock) step \(step).\(cycle) due \(due_s)"
    }
    static func < (a: Line, b: Line) -> Bool {
      (a.due_s, a.incident, a.clock, a.step, a.cycle) < (
        b.due_s, b.incident, b.clock, b.step, b.cycle
      )
    }
  }

  private struct Known {
    var tier: Tier
    var isVulnerable: Bool
    var received_s: Int64
    /// What its pending clock begins with next: no number comes twice.
    var nextCycle = 1
    var isDispatched = false
    /// All declined before any arrived.
    var isUnmanned = false
    var hasArrived = false
    /// The assignment whose signature is awaited.
    var assignment: UInt64?
  }

  /// One hour: calls, signatures, declines, arrivals, clearances, closings and raised tiers at random, late polls.
  private final class Hour {
    let bench: Bench
    var random: SplitMix64
    let seed: UInt64
    var now_s: Int64 = 0
    var promises: [Promise] = []
    var known: [UInt64: Known] = [:]
    var expected: [Line] = []
    var found: [Line] = []
    var dueOrder: [Int64] = []
    /// Promises that ended within a poll, before their time came in it.
    var stopped = 0
    /// In this poll a step freed a unit, which went to this incident: the due time of that step.
    var freedFor_s: [UInt64: Int64] = [:]

    init(seed: UInt64) throws {
      self.seed = seed
      random = SplitMix64(seed)
      bench = try Bench(EscalationTests.map, units: 6, incidents: 12, assignments: 12, events: 64)
      for unit in 1...UInt64(1 + random.below(6)) {
        bench.put(unit, at: bench.node(random.below(20)))
      }
    }

    func respond_s(_ tier: Tier) -> Int64? {
      switch tier {
      case .emergency: 60
      case .urgent: 300
      case .routine: 1_800
      default: nil
      }
    }

    func arrive_s(_ known: Known) -> Int64? {
      switch known.tier {
      case .emergency: known.isVulnerable ? 300 : 480
      case .urgent: 900
      default: nil
      }
    }

    func resolve_s(_ tier: Tier) -> Int64? {
      switch tier {
      case .routine: 7_200
      case .preventive: 86_400
      default: nil
      }
    }

    func start(_ clock: ClockKind, _ incident: UInt64, after_s: Int64?, cycle: Int = 0) {
      guard let after_s else { return }
      let waits_s: [Int64] =
        clock == .acknowledge ? [0, 15, 15] : clock == .resolve ? [0] : [0, 60]
      promises.append(
        Promise(
          clock: clock, incident: incident, due_s: now_s + after_s, waits_s: waits_s,
          repeat_s: clock == .resolve ? 3_600 : 300, cycle: cycle))
    }

    func stop(_ clock: ClockKind, _ incident: UInt64) {
      promises.removeAll { $0.clock == clock && $0.incident == incident }
    }

    /// After commands and polls: the units sent, those that left. Units are the engine's choice; clocks are ours.
    func look(isPoll: Bool) {
      for id in known.keys.sorted() {
        guard var state = known[id] else { continue }
        let live = bench.live(id).first
        if live != state.assignment {
          if !isPoll || state.assignment == nil {
            // A fresh promise to sign; a unit that the chain itself sent inherits the old one.
            stop(.acknowledge, id)
            if live != nil { start(.acknowledge, id, after_s: 15) }
          }
          state.assignment = live
        }
        if live != nil, state.isUnmanned {
          state.isUnmanned = false
          stop(.pending, id)
        }
        if live == nil, state.isDispatched, !state.hasArrived, !state.isUnmanned {
          state.isUnmanned = true
          let after_s = respond_s(state.tier).map { state.received_s + $0 - now_s }
          start(.pending, id, after_s: after_s, cycle: state.nextCycle)
          if after_s != nil { state.nextCycle += 1 }
        }
        if live != nil, !state.isDispatched {
          state.isDispatched = true
          stop(.pending, id)
          start(.arrival, id, after_s: arrive_s(state))
        }
        known[id] = state
      }
    }

    func poll() {
      // What the commands told.
      _ = bench.drain()
      bench.poll(now_s * Bench.second_ns)
      take()
      while true {
        // The earliest that is due, one step at a time.
        guard
          let place = promises.indices.filter({ promises[$0].due_s <= now_s }).min(by: {
            promises[$0].due_s < promises[$1].due_s
          })
        else { break }
        var promise = promises[place]
        // Steps fire in order of due time: those up to the one that freed the unit have, those after it have not.
        if promise.clock == .pending, let freed_s = freedFor_s[promise.incident],
          promise.due_s > freed_s
        {
          promises.remove(at: place)
          stopped += 1
          continue
        }
        expected.append(
          Line(
            due_s: promise.due_s, incident: promise.incident, clock: promise.clock.rawValue,
            step: Int32(promise.step + 1), cycle: Int32(promise.cycle)))
        if promise.clock == .pending, let state = known[promise.incident] {
          known[promise.incident]?.nextCycle = max(state.nextCycle, promise.cycle + 1)
        }
        if promise.step + 1 < promise.waits_s.count {
          promise.step += 1
          promise.due_s += promise.waits_s[promise.step]
        } else {
          // Repeats slept through are one: this one if it is a repeat itself, else the latest.
          let enough_s = promise.isRepeating ? now_s : now_s - promise.repeat_s
          promise.isRepeating = true
          promise.cycle += 1
          promise.due_s += promise.repeat_s
          while promise.due_s <= enough_s { promise.due_s += promise.repeat_s }
        }
        promises[place] = promise
      }
      look(isPoll: true)
    }

    func take() {
      freedFor_s = [:]
      var freed: [UInt64] = []
      for event in bench.drain() {
        // The step that freed it is told right after.
        if event.kind == .assignment, event.reason == Reason.unitFreed.rawValue {
          freed.append(event.incidentID)
        }
        guard event.kind == .escalation else { continue }
        let due_s = now_s - event.late_ns / Bench.second_ns
        check(event.late_ns, atLeast: 0, "seed \(seed): early")
        check(event.late_ns % Bench.second_ns, equals: 0, "seed \(seed): early")
        for incident in freed { freedFor_s[incident] = due_s }
        freed = []
        dueOrder.append(due_s)
        found.append(
          Line(
            due_s: due_s, incident: event.incidentID, clock: UInt8(event.clock), step: event.step,
            cycle: event.cycle))
      }
      check(dueOrder, equals: dueOrder.sorted(), "seed \(seed): not in order of due time")
      dueOrder = []
    }

    func open() {
      let tier = Tier(rawValue: UInt8(1 + random.below(4))).unsafelyUnwrapped
      let isVulnerable = random.chance(30)
      let call = bench.call(
        bench.node(random.below(20)), tier: tier, flags: isVulnerable ? 1 : 0)
      guard bench.report(call) == .ok else { return }
      let id = bench.decision.answer.incidentID
      known[id] = Known(tier: tier, isVulnerable: isVulnerable, received_s: now_s)
      start(.pending, id, after_s: respond_s(tier))
      start(.resolve, id, after_s: resolve_s(tier))
      look(isPoll: false)
    }

    func close(_ id: UInt64) {
      bench.close(id, as: random.chance(70) ? .closed : .cancelled)
      for clock in ClockKind.allCases { stop(clock, id) }
      known[id] = nil
      look(isPoll: false)
    }

    func advance(_ id: UInt64, _ assignment: UInt64, _ state: AssignmentState) {
      check(bench.advance(assignment, state), equals: .ok, "seed \(seed)")
      if state.rawValue >= AssignmentState.acknowledged.rawValue, !state.isTerminal {
        stop(.acknowledge, id)
      }
      if state == .onScene {
        known[id]?.hasArrived = true
        stop(.arrival, id)
      }
      if state.isTerminal {
        stop(.acknowledge, id)
        known[id]?.assignment = nil
      }
      look(isPoll: false)
    }

    func command() {
      guard let id = known.keys.sorted().dropFirst(random.below(max(known.count, 1))).first,
        let state = known[id]
      else { return open() }
      let step = random.below(10)
      if step < 3 { return open() }
      if step == 3 { return close(id) }
      guard let assignment = state.assignment, let now = bench.state(assignment) else { return }
      switch step {
      case 4 where !now.hasArrived:
        advance(id, assignment, random.chance(70) ? .declined : .cancelled)
      case 5 where now == .dispatched: advance(id, assignment, .delivered)
      case 6, 7:
        if !now.isSigned { advance(id, assignment, .acknowledged) }
      case 8 where !now.hasArrived: advance(id, assignment, .onScene)
      case 9 where now.hasArrived: advance(id, assignment, .cleared)
      default: break
      }
    }

    func run() {
      while now_s < 3_600 {
        now_s += Int64(random.chance(10) ? random.below(400) : random.below(20))
        if random.chance(15) { bench.wall_us &+= random.within(-90_000_000_000...90_000_000_000) }
        poll()
        for _ in 0..<random.below(3) { command() }
      }
      check(found.sorted(), equals: expected.sorted(), "seed \(seed): \(difference)")
      check(bench.core.clocks.armed, equals: promises.count, "seed \(seed)")
    }

    var difference: String {
      let missing = Set(expected).subtracting(found).sorted().prefix(3)
      let surplus = Set(found).subtracting(expected).sorted().prefix(3)
      return "missing \(missing), not promised \(surplus)"
    }
  }

  private static let map = Bench.row()

  @Test(arguments: 0..<6 as Range<UInt64>)
  func hoursAtRandom(part: UInt64) throws {
    let count = UInt64(Scale.count(50, full: 334))
    var escalations = 0
    var stopped = 0
    for seed in part * count..<(part + 1) * count {
      let hour = try Hour(seed: seed)
      hour.run()
      escalations += hour.found.count
      stopped += hour.stopped
    }
    // A book of empty pages would agree as well.
    check(escalations, above: 20 * Int(count), "\(escalations)")
    // Among the first hours is one where a freed unit ends a promise within a poll.
    if part == 0 { check(stopped, above: 0) }
  }
}
