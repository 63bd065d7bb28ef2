// The seeded simulation holds, gives one digest a seed, and its model notices what it is there to notice.

import CHujia
import Glibc
import HujiaHostKit
import Testing

@testable import HujiaSimulation

struct SimulationTests {
  private static func digest(seed: UInt64, hours: Int64, units: Int = 40) throws -> String {
    let engine = try Witness(map: nil, units: units)
    var simulation = try Simulation(engine: engine, area: .sea, seed: seed, units: units)
    do {
      try simulation.run(until: hours * 3_600_000_000_000) { _ in }
    } catch {
      Issue.record("seed \(seed): \(error.invariant): \(error.text)")
    }
    return engine.digest.text
  }

  @Test func promisesHoldAndSeedsRepeat() throws {
    let isFull = getenv("HUJIA_FULL").map { String(cString: $0) } == "1"
    var digests: Set<String> = []
    for seed in 1...(isFull ? 200 : 4) {
      let first = try Self.digest(seed: UInt64(seed), hours: isFull ? 24 : 3)
      digests.insert(first)
      if seed <= 2 {
        #expect(try Self.digest(seed: UInt64(seed), hours: isFull ? 24 : 3) == first)
      }
    }
    #expect(digests.count == (isFull ? 200 : 4))
    _ = try Self.digest(seed: 1, hours: 3, units: 2)
  }

  /// Each act is drawn, and as often as its weight says.
  @Test func actsAreDrawnByWeight() {
    var random = SplitMix64(seed: 1)
    var counts: [InventedAct: Int] = [:]
    let sum = InventedAct.allCases.reduce(0) { $0 + $1.weight }
    for _ in 0..<sum * 1_000 { counts[.drawn(&random), default: 0] += 1 }
    for act in InventedAct.allCases {
      let share = Double(counts[act] ?? 0) / Double(act.weight * 1_000)
      #expect(abs(share - 1) < 0.2, "\(act): \(share)")
    }
  }

  @Test func digestIsFNV1a() {
    // FNV-1a of eight zero bytes, by the reference algorithm's definition.
    var expected: UInt64 = 0xcbf2_9ce4_8422_2325
    for _ in 0..<8 { expected = expected &* 0x0000_0100_0000_01b3 }
    var digest = Digest()
    digest.add(UInt64(0))
    #expect(digest.value == expected)
    #expect(Digest().text == "cbf29ce484222325")
  }

  // The model must be able to say no.

  private static func model() throws -> Model {
    var model = Model()
    model.units = [1: ModelUnit(), 2: ModelUnit()]
    var report = hj_report()
    report.tier = HJ_TIER_EMERGENCY
    model.opened(100, report, now_ns: 0, elapsed_us: 0)
    model.opened(101, report, now_ns: 0, elapsed_us: 0)
    try model.take(event(1, HJ_EVENT_ASSIGNMENT, HJ_ASSIGNMENT_DISPATCHED), now_ns: 0, wall_us: 0)
    return model
  }

  private static func event(_ sequence: UInt64, _ kind: Int32, _ state: Int32) -> hj_event {
    var event = hj_event()
    event.sequence = sequence
    event.kind = kind
    event.state = state
    event.incident_id = 100
    event.assignment_id = 500
    event.unit_id = 1
    return event
  }

  private static func step(_ step: Int32, late_ns: Int64) -> hj_event {
    var event = event(2, HJ_EVENT_ESCALATION, 0)
    event.clock = HJ_CLOCK_ACKNOWLEDGE
    event.step = step
    event.action = HJ_STEP_NOTIFY_AGAIN
    event.late_ns = late_ns
    event.due_wall_us = 15_000_000
    return event
  }

  private static func broken(_ event: hj_event, now_ns: Int64, wall_us: Int64) throws -> String? {
    var model = try Self.model()
    do {
      try model.take(event, now_ns: now_ns, wall_us: wall_us)
      return nil
    } catch {
      return error.invariant
    }
  }

  @Test func modelNoticesWhatIsWrong() throws {
    let due_ns: Int64 = 15_000_000_000
    let due_us: Int64 = 15_000_000
    let right = Self.step(1, late_ns: 0)
    #expect(try Self.broken(right, now_ns: due_ns, wall_us: due_us) == nil)
    #expect(
      try Self.broken(right, now_ns: due_ns - 1, wall_us: due_us) == "never early")
    #expect(
      try Self.broken(Self.step(2, late_ns: 0), now_ns: due_ns, wall_us: due_us) == "exactly once")
    #expect(
      try Self.broken(Self.step(1, late_ns: 5), now_ns: due_ns, wall_us: due_us) == "due exactly")
    var gap = right
    gap.sequence = 3
    #expect(try Self.broken(gap, now_ns: due_ns, wall_us: due_us) == "no event is lost")
    var twice = Self.event(2, HJ_EVENT_ASSIGNMENT, HJ_ASSIGNMENT_DISPATCHED)
    twice.incident_id = 101
    twice.assignment_id = 501
    #expect(try Self.broken(twice, now_ns: 0, wall_us: 0) == "no unit on two incidents")
    let ended = Self.event(2, HJ_EVENT_INCIDENT, HJ_INCIDENT_CLOSED)
    #expect(try Self.broken(ended, now_ns: 0, wall_us: 0) == "every reservation ends")
  }

  @Test func modelKeepsTheNextDeadline() throws {
    var model = try Self.model()
    #expect(model.earliestDue_ns == 15_000_000_000)
    try model.take(
      Self.step(1, late_ns: 0), now_ns: 15_000_000_000, wall_us: 15_000_000)
    #expect(model.earliestDue_ns == 30_000_000_000)
    // After the last step the newest of the repeats that were slept through comes.
    var clock = ModelClock(clock: HJ_CLOCK_ACKNOWLEDGE, due_ns: 100, step: 2, cycle: 0)
    clock.next(now_ns: 100 + 365_000_000_000)
    #expect(clock.due_ns == 100 + 360_000_000_000)
    #expect(clock.cycle == 1)
    // A repeat that comes late stands for those after it.
    clock = ModelClock(clock: HJ_CLOCK_ACKNOWLEDGE, due_ns: 100, step: 2, cycle: 4)
    clock.isRepeating = true
    clock.next(now_ns: 100 + 365_000_000_000)
    #expect(clock.due_ns == 100 + 480_000_000_000)
    #expect(clock.cycle == 5)
  }
}
