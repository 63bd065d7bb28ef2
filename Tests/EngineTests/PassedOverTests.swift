// An engine that comes back: of several overdue steps of one clock that tell the same people the last one fires, the
// others are facts of the turn. The rule has a plain twin that lists every step and crosses out.

import HujiaContainers
import HujiaTestSupport
import Testing

@testable import HujiaEngine

@Suite struct PassedOverTests {
  private static let ladder: [StepAction] = [.supervisor, .widen, .supervision, .manual]

  private func bench(
    _ kind: ClockKind, _ limit_s: Int64, _ actions: [StepAction], units: Int = 0,
    after_s: Int64 = 10, repeat_s: Int64 = 60, nobody: NobodyRule = .keep,
    _ change: (inout PlanDraft) -> Void = { _ in }
  ) throws -> Bench {
    var plans = PlanDraft.with(
      kind, limit_s, actions, after_s: after_s, repeat_s: repeat_s, nobody: nobody)
    // No other clock beside it.
    for other in [ClockKind.pending, .acknowledge, .arrival, .resolve] where other != kind {
      plans.chains[Int(other.rawValue)] = Array(repeating: nil, count: PlanTables.tierCount)
    }
    change(&plans)
    let bench = try Bench(Bench.row(), plans: plans, watches: 4)
    for unit in 0..<units { bench.put(UInt64(unit + 1), at: bench.node(unit)) }
    return bench
  }

  @Test func ofTheSameAddresseeTheLastComes() throws {
    let bench = try bench(.pending, 10, Self.ladder)
    bench.open(at: 1)
    // Due at 10, 20, 30, 40; the last again at 100.
    bench.comeBack(s: 105)
    check(
      bench.firedAndLate(),
      equals: [
        "pending 2 widen 0 late 85", "pending 3 supervision 0 late 75",
        "pending 4 manual 1 late 5",
      ])
    // From here on as ever.
    bench.poll(s: 159)
    check(bench.fired().isEmpty)
    bench.poll(s: 160)
    check(bench.fired(), equals: ["pending 4 manual 2"])
    bench.poll(s: 1_000)
    check(bench.fired(), equals: ["pending 4 manual 3"])
  }

  /// In one life of a process each step fires in its turn, however late a poll is.
  @Test func aLatePollIsNoComingBack() throws {
    let bench = try bench(.pending, 10, Self.ladder)
    bench.open(at: 1)
    bench.poll(s: 105)
    check(
      bench.fired(),
      equals: [
        "pending 1 supervisor 0", "pending 2 widen 0", "pending 3 supervision 0",
        "pending 4 manual 0", "pending 4 manual 1",
      ])
  }

  /// What falls due later is none of it, also where the same turn fires it.
  @Test func onlyWhatFellDueMeanwhile() throws {
    let bench = try bench(.pending, 10, Self.ladder)
    bench.open(at: 1)
    bench.comeBack(s: 25)
    check(bench.fired(), equals: ["pending 1 supervisor 0", "pending 2 widen 0"])
    bench.poll(s: 200)
    check(
      bench.fired(),
      equals: ["pending 3 supervision 0", "pending 4 manual 0", "pending 4 manual 1"])
  }

  /// No unit is sent and withdrawn in the same moment: it was never asked.
  @Test func unitsAreNotChurned() throws {
    let bench = try bench(
      .acknowledge, 15, [.notifyAgain, .nextUnit, .callUnit, .nextUnit, .supervisor], units: 4,
      after_s: 15, repeat_s: 300)
    let incident = bench.open(at: 0, tier: .preventive)
    check(bench.units(incident), equals: [1])
    bench.comeBack(s: 80)
    check(
      bench.fired(),
      equals: [
        "acknowledge 3 callUnit 0", "acknowledge 4 nextUnit 0", "acknowledge 5 supervisor 0",
      ])
    check(bench.units(incident), equals: [2])
    check(bench.counter(Counter.assignmentsOpened), equals: 2)
  }

  @Test func aWarningBehindItsLimitIsNoNews() throws {
    func life(_ back_s: Double) throws -> [String] {
      let bench = try bench(.pending, 100, [.supervisor]) {
        $0.tune(.pending) { $0.warn_percent = 50 }
      }
      bench.open(at: 1)
      bench.comeBack(s: back_s)
      return bench.drain().filter { $0.kind == .warning || $0.kind == .escalation }.map {
        "\($0.kind) \($0.step)"
      }
    }
    check(try life(70), equals: ["warning 0"])
    check(try life(110), equals: ["escalation 1"])
  }

  /// Figures, breaches and what people can do are those of an engine that fired each step.
  @Test func theBooksAreTheSame() throws {
    func life(_ passes: Bool) throws -> Bench {
      let bench = try bench(.pending, 10, Self.ladder)
      let incident = bench.open(at: 1)
      if passes { bench.comeBack(s: 105) } else { bench.poll(s: 105) }
      // The firing that was seen last can be taken, none before it.
      func take(_ cycle: Int32) -> Status {
        bench.apply(
          .takeClock(bench.clock(.pending, incident, step: 4, cycle: cycle)),
          act: Act(operatorID: 1))
      }
      check(take(0), equals: .passed)
      check(take(1), equals: .ok)
      return bench
    }
    let (own, other) = (try life(true), try life(false))
    check(own.counter(Counter.breaches), equals: 1)
    check(other.counter(Counter.breaches), equals: 1)
    let (breach, twin) = (own.core.breaches.breach(0), other.core.breaches.breach(0))
    check(breach.due_ns, equals: 10 * Bench.second_ns)
    check(breach.due_ns, equals: twin.due_ns)
    check(breach.dueWall_us, equals: twin.dueWall_us)
    check(breach.incidentID, equals: twin.incidentID)
    check(own.counter(Counter.escalations), equals: 3)
  }

  @Test func whereTheLastResortHasItOneRepeatComes() throws {
    let bench = try bench(
      .acknowledge, 15, [.nextUnit, .nextUnit], units: 1, repeat_s: 100, nobody: .skip)
    bench.open(at: 0, tier: .preventive)
    bench.poll(s: 30)
    check(
      bench.fired(),
      equals: [
        "acknowledge 1 nextUnit 0", "acknowledge 2 nextUnit 0", "acknowledge 3 lastResort 0",
      ])
    bench.comeBack(s: 500)
    check(bench.fired(), equals: ["acknowledge 3 lastResort 1"])
  }

  /// An officer, a grid worker and an incident have three addressees; of the repeats one is left.
  @Test func watches() throws {
    let bench = try bench(.absence, 60, [.homeOfficer, .supervisor, .gridWorker, .supervisor])
    let place = bench.node(5)
    check(
      bench.core.put(
        watch: WatchDescription(
          id: 7, tier: .urgent, alarmTier: .emergency, type: 31, alarmType: 32,
          lat_e7: place.lat_e7,
          lon_e7: place.lon_e7, homeOfficer: 101, gridWorker: 102, place: place)), equals: .ok)
    // Due at 60, 70, 80, 90; the last again at 150, 210.
    bench.comeBack(s: 215)
    check(
      bench.firedAndLate(),
      equals: [
        "absence 1 homeOfficer 0 late 155", "absence 3 gridWorker 0 late 135",
        "absence 4 supervisor 1 late 5",
      ])
    bench.poll(s: 270)
    check(bench.fired(), equals: ["absence 4 supervisor 2"])
  }

  // The plain twin

  private struct Line: Equatable, CustomStringConvertible {
    var due_s: Int64
    var owner: Int
    var step: Int
    var cycle: Int32
    var told: Int
    var description: String { "due \(due_s) call \(owner) step \(step).\(cycle)" }
  }

  /// The addressees of steps, by the words of PLANS.md.
  private static let words: [(action: StepAction, told: Int)] = [
    (.supervisor, 1), (.supervision, 1), (.widen, 2), (.tellCaller, 3), (.neighbour, 4),
    (.manual, 5), (.suggestExchange, 6),
  ]

  /// Calls at random times, an engine that comes back twice: every chain of steps, in order among the calls.
  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func everyStepIsToldOrStoodFor(seed: UInt64) throws {
    var random = SplitMix64(seed)
    let count = 1 + random.below(6)
    let actions = (0..<count).map { _ in Self.words[random.below(Self.words.count)] }
    let after_s = Int64(5 + random.below(20))
    let repeat_s: Int64 = random.below(4) == 0 ? 0 : Int64(20 + random.below(60))
    let bench = try bench(
      .pending, 10, actions.map(\.action), after_s: after_s, repeat_s: repeat_s)
    var received_s: [Int64] = []
    var incidents: [UInt64: Int] = [:]
    for call in 0..<8 {
      let at_s = (received_s.last ?? 0) + Int64(1 + random.below(15))
      received_s.append(at_s)
      bench.core.time = Moment(
        now_ns: at_s * Bench.second_ns, wall_us: bench.wall_us + at_s * 1_000_000)
      incidents[bench.open(at: 1 + call)] = call
    }
    let back_s = (received_s.last ?? 0) + Int64(random.below(300))
    bench.comeBack(s: Double(back_s))
    var expected: [Line] = []
    for (call, start_s) in received_s.enumerated() {
      var lines = Self.overdue(
        actions.map(\.told), start_s + 10, after_s, repeat_s, by: back_s, call)
      lines = lines.enumerated().filter { place, line in
        !lines[(place + 1)...].contains { $0.told == line.told }
      }.map(\.element)
      expected += lines
    }
    expected.sort { ($0.due_s, $0.owner) < ($1.due_s, $1.owner) }
    let found = bench.escalations().map { event in
      Line(
        due_s: (event.dueWall_us - bench.wall_us) / 1_000_000,
        owner: incidents[event.incidentID] ?? -1, step: Int(event.step) - 1, cycle: event.cycle,
        told: Self.words.first { Int32($0.action.rawValue) == event.action }?.told ?? 0)
    }
    check(found, equals: expected)
  }

  /// Every step of one chain that is due, repeats as they come: of those that were slept through the newest.
  private static func overdue(
    _ told: [Int], _ first_s: Int64, _ after_s: Int64, _ repeat_s: Int64, by now_s: Int64,
    _ owner: Int
  ) -> [Line] {
    var lines: [Line] = []
    for step in told.indices {
      let due_s = first_s + Int64(step) * after_s
      if due_s > now_s { return lines }
      lines.append(Line(due_s: due_s, owner: owner, step: step, cycle: 0, told: told[step]))
    }
    let last_s = first_s + Int64(told.count - 1) * after_s
    if repeat_s > 0, last_s + repeat_s <= now_s {
      let newest_s = last_s + (now_s - last_s) / repeat_s * repeat_s
      lines.append(
        Line(
          due_s: newest_s, owner: owner, step: told.count - 1, cycle: 1, told: told[told.count - 1])
      )
    }
    return lines
  }

  // On record

  /// Applied again, the facts say what was passed over; without them (as a record of format 2 is) each step fires.
  @Test func factsDecide() throws {
    func log() throws -> UnsafeMutablePointer<ChoiceLog> {
      let place = UnsafeMutablePointer<ChoiceLog>.allocate(capacity: 1)
      place.initialize(to: try ChoiceLog(.system, capacity: 4_096))
      return place
    }
    let written = try log()
    let read = try log()
    defer {
      for place in [written, read] {
        place.deinitialize(count: 1)
        place.deallocate()
      }
    }
    func life(_ log: UnsafeMutablePointer<ChoiceLog>, rested: Bool = true) throws -> [String] {
      let bench = try bench(.pending, 10, Self.ladder)
      bench.open(at: 1)
      bench.core.choices = log
      if rested { bench.comeBack(s: 105) } else { bench.poll(s: 105) }
      bench.core.choices = nil
      return bench.fired()
    }
    written.pointee.begin()
    let lines = try life(written)
    check(lines.count, equals: 3)
    check(written.pointee.count, equals: 2 * (3 + 41))
    check(read.pointee.begin(reading: written.pointee.written, isCut: false))
    check(try life(read), equals: lines)
    check(read.pointee.isUsedUp && !read.pointee.isBroken)
    // Other rules than today's decided then: one of the two alone.
    let half = UnsafeRawBufferPointer(rebasing: written.pointee.written.prefix(3 + 41))
    check(read.pointee.begin(reading: half, isCut: false))
    check(try life(read).count, equals: 4)
    check(read.pointee.isUsedUp && !read.pointee.isBroken)
    let none = UnsafeRawBufferPointer(start: nil, count: 0)
    check(read.pointee.begin(reading: none, isCut: false))
    check(try life(read, rested: false).count, equals: 5)
    // What did not fit is decided anew.
    check(read.pointee.begin(reading: half, isCut: true))
    check(try life(read), equals: lines)
  }
}

extension Bench {
  /// As `poll`, of an engine that nothing ran of until then.
  func comeBack(s: Double) {
    let now_ns = Int64(s * 1e9)
    core.time = Moment(now_ns: now_ns, wall_us: wall_us &+ now_ns / 1_000)
    _ = apply(
      .tick(
        Tick(
          most: .max, decisions: .max, offerSteps: EngineCore.offerSlice, restedUntil_ns: now_ns)))
    check(core.audit(), equals: 0, "the audit found a lost deadline")
    validate()
  }

  func firedAndLate() -> [String] {
    escalations().map { event in
      let clock = ClockKind(rawValue: UInt8(event.clock)).map { "\($0)" } ?? "?"
      let action = StepAction(rawValue: UInt8(event.action)).map { "\($0)" } ?? "?"
      return
        "\(clock) \(event.step) \(action) \(event.cycle) late \(event.late_ns / Self.second_ns)"
    }
  }
}
