// Sending by hand: in MANUAL the engine tells what it would do and sends nobody; what waits is served when a person
// gives the sending back.

import HujiaContainers
import HujiaMapBuild
import HujiaRoads
import HujiaTestSupport
import Testing

@testable import HujiaEngine

@Suite struct ManualModeTests {
  static var person: Act { Act(operatorID: 4, reason: 2) }

  static func proposed(_ events: [Event]) -> [Event] {
    events.filter { $0.kind == .incident && $0.reason == Reason.proposed.rawValue }
  }

  @Test func aReportIsOpenedAndAnsweredAndNobodyIsSent() throws {
    let bench = try Bench(Bench.row())
    bench.put(1, at: bench.node(3))
    check(bench.setMode(true), equals: .ok)
    check(bench.setMode(true), equals: .unchanged)
    _ = bench.drain()
    let advice = bench.recommend(bench.call(bench.node(0)))
    check(advice, equals: .manual)
    check(bench.decision.answer.shortfall, equals: .manual)
    check(bench.report(bench.call(bench.node(0))), equals: .manual)
    check(bench.chosen.map(\.unitID), equals: [1])
    check(bench.chosen.map(\.assignmentID), equals: [0])
    check(bench.decision.answer.shortfall, equals: .manual)
    check(bench.decision.answer.state, equals: .pending)
    let id = bench.decision.answer.incidentID
    check(bench.units(id), equals: [])
    let events = bench.drain()
    check(events.first?.kind, equals: .decided)
    check(events.first?.reason, equals: Status.manual.rawValue)
    check(Self.proposed(events).map(\.unitID), equals: [1])
    check(Self.proposed(events).first?.travel_ms, equals: 30_000)
    // Its clocks run.
    bench.poll(s: 61)
    check(bench.escalations().map(\.clock), equals: [Int32(ClockKind.pending.rawValue)])
    // A person sends.
    check(bench.assign(id, unit: 1, wall_us: 0, act: Self.person), equals: .ok)
    check(bench.units(id), equals: [1])
    check(bench.core.waiting.count, equals: 0)
    check(bench.setMode(false), equals: .ok)
    check(bench.setMode(false), equals: .unchanged)
    bench.finish()
    check(bench.units(id), equals: [1])
  }

  @Test func theModeIsToldAndShownAlsoWhileDegraded() throws {
    let bench = try Bench(Bench.row())
    func tell(_ state: Int32, _ reasons: Int32) -> Status {
      bench.apply(
        .tell(event: EventKind.mode.rawValue, state: state, number: reasons, for_ns: 0))
    }
    check(tell(2, 16), equals: .ok)
    check(bench.setMode(true), equals: .ok)
    check(tell(2, 24), equals: .ok)
    check(tell(1, 0), equals: .ok)
    check(tell(2, 8), equals: .ok)
    check(bench.setMode(false), equals: .ok)
    check(tell(1, 0), equals: .ok)
    let told = bench.drain().filter { $0.kind == .mode }
    check(told.map(\.state), equals: [2, 3, 3, 3, 3, 2, 1])
    check(told.map(\.step), equals: [16, 16, 24, 0, 8, 8, 0])
    check(told.map(\.operatorID), equals: [0, 4, 0, 0, 0, 4, 0])
    check(bench.core.mode, equals: WorkMode())
  }

  @Test func whatWouldBeDoneIsTold() throws {
    var plans = PlanDraft.with(.acknowledge, 15, [.nextUnit], repeat_s: 100_000)
    plans.set(.welfare, 60, [.backup], repeat_s: 100_000)
    let bench = try Bench(Bench.row(), plans: plans)
    bench.put(1, at: bench.node(1))
    bench.put(2, at: bench.node(4))
    let first = bench.open(at: 0)
    check(bench.units(first), equals: [1])
    let assignment = bench.live(first)[0]
    check(bench.setMode(true), equals: .ok)
    _ = bench.drain()
    // The next unit is named, and the first stays asked.
    bench.poll(s: 16)
    let step = bench.escalations()
    check(step.map(\.reason), equals: [Reason.proposed.rawValue])
    check(step.map(\.unitID), equals: [2])
    check(step.map(\.assignmentID), equals: [assignment])
    check(step.first?.travel_ms, equals: 40_000)
    check(bench.units(first), equals: [1])
    // So is one more unit.
    check(bench.advance(assignment, .onScene), equals: .ok)
    bench.poll(s: 90)
    let backup = bench.escalations().filter { $0.action == Int32(StepAction.backup.rawValue) }
    check(backup.map(\.reason), equals: [Reason.proposed.rawValue])
    check(backup.map(\.unitID), equals: [2])
    // One that declines leaves a seat.
    let second = bench.open(at: 5, tier: .urgent)
    check(bench.assign(second, unit: 2, wall_us: 0, act: Self.person), equals: .ok)
    _ = bench.drain()
    bench.put(3, at: bench.node(9))
    check(bench.advance(bench.live(second)[0], .declined), equals: .ok)
    check(Self.proposed(bench.drain()).map(\.unitID), equals: [3])
    check(bench.units(second), equals: [])
    // A unit that becomes free is named for what waits.
    check(bench.advance(assignment, .cleared), equals: .ok)
    let freed = Self.proposed(bench.drain())
    check(freed.map(\.unitID), equals: [1])
    check(freed.map(\.incidentID), equals: [second])
    // An appointment comes.
    let due_us = bench.core.time.wall_us + 60_000_000
    var later = bench.call(bench.node(7), tier: .preventive)
    later.appointmentWall_us = due_us
    check(bench.report(later), equals: .held)
    let held = bench.decision.answer.incidentID
    _ = bench.drain()
    bench.poll(s: 200)
    let came = bench.drain()
    check(Self.proposed(came).filter { $0.incidentID == held }.count, equals: 1)
    check(bench.units(held), equals: [])
    // All of it is done when a person gives the sending back.
    check(bench.setMode(false), equals: .ok)
    bench.finish()
    check(bench.units(second).count, equals: 1)
    check(bench.units(held).count, equals: 1)
  }

  /// What waits after MANUAL is served as by an engine that was NORMAL all the time, whose units became available at
  /// once.
  @Test func whatWaitsIsServedAsEver() throws {
    for seed in 1...30 as ClosedRange<UInt64> {
      let manual = try Backlog(seed: seed, isManual: true)
      let normal = try Backlog(seed: seed, isManual: false)
      check(manual.served, equals: normal.served, "seed \(seed)")
      check(manual.served.contains { !$0.isEmpty }, "seed \(seed): nobody was sent")
    }
  }

  private struct Backlog {
    let served: [[UInt64]]

    init(seed: UInt64, isManual: Bool) throws {
      var random = SplitMix64(seed)
      var draft = PlanDraft.builtIn
      draft.requirements = [
        Requirement(capabilities: 1), Requirement(capabilities: 6), .anyUnit,
      ]
      draft.planTypes = [1, 2]
      var both = PlanRecord()
      both.conditions.typeCount = 1
      both.requirementCount = 2
      var near = PlanRecord()
      near.conditions.firstType = 1
      near.conditions.typeCount = 1
      near.firstRequirement = 1
      near.requirementCount = 1
      near.radius_dm = 9_000
      var any = PlanRecord()
      any.firstRequirement = 2
      any.requirementCount = 1
      draft.plans = [both, near, any]
      // Before: what is in court goes nowhere. After: all of it may.
      let bench = try Bench(Bench.row(), plans: draft, units: 16, incidents: 32, assignments: 64)
      for id in 1...10 as ClosedRange<UInt64> {
        bench.put(
          id, at: bench.node(random.below(20)), capabilities: UInt64(random.below(8)),
          activity: .court)
      }
      var after = draft
      after.levels[Int(Activity.court.rawValue)] = Level.available.rawValue
      if isManual {
        check(bench.setMode(true), equals: .ok)
        check(try bench.load(after))
      }
      var ids: [UInt64] = []
      for _ in 0..<16 {
        bench.poll(bench.core.time.now_ns + Bench.second_ns)
        let tier = Tier(rawValue: UInt8(1 + random.below(4))) ?? .routine
        ids.append(
          bench.open(at: random.below(20), tier: tier, type: UInt32(1 + random.below(3))))
      }
      check(ids.allSatisfy { bench.units($0).isEmpty })
      if isManual {
        check(bench.setMode(false), equals: .ok)
        bench.finish()
      } else {
        check(try bench.load(after))
      }
      served = ids.map { bench.units($0).sorted() }
    }
  }

  @Test func givingItBackWorksInSlices() throws {
    let bench = try Bench(
      MapImage(MapDraft()), units: 700, incidents: 700, assignments: 700, events: 1 << 14)
    for id in 1...600 as ClosedRange<UInt64> { bench.put(id, at: Bench.nowhere) }
    check(bench.setMode(true), equals: .ok)
    for _ in 0..<500 {
      _ = bench.apply(.report(bench.call(Self.place(), tier: .urgent)))
    }
    check(bench.core.waiting.count, equals: 500)
    check(bench.setMode(false), equals: .ok)
    check(bench.counter(Counter.assignmentsLive), equals: 0, "giving back is no long turn")
    var slices = 0
    while bench.core.hasBackgroundWork {
      let before = bench.counter(Counter.assignmentsLive)
      var steps = EngineCore.offerSlice
      bench.workInBackground(&steps)
      slices += 1
      check(
        bench.counter(Counter.assignmentsLive) - before,
        atMost: Int64(EngineCore.offerSlice / EngineCore.decisionSteps + 1))
      guard check(slices, below: 1_000) else { return }
    }
    check(bench.counter(Counter.assignmentsLive), equals: 500)
    check(slices, above: 30)
  }

  private static func place() -> Place {
    Place(
      street: Place.none, offset_mm: 0, node: Place.none, gap_dm: 0, lat_e7: 310_000_000,
      lon_e7: 0, isOffNetwork: true)
  }
}

extension Bench {
  func setMode(_ isManual: Bool) -> Status {
    validated(apply(.setMode(isManual: isManual), act: ManualModeTests.person))
  }

  /// All that is left for the background.
  func finish() {
    while core.hasBackgroundWork { workInBackground() }
    validate()
  }
}
