// Hours of commands of all kinds, with the mode set to and fro: in MANUAL no assignment is opened but by the act of a
// person, and all that should go on does.

import HujiaTestSupport
import Testing

@testable import HujiaEngine

@Suite struct ManualSeedsTests {
  @Test func inManualOnlyPeopleSend() throws {
    var sent = (manual: 0, normal: 0)
    var told = 0
    for seed in 1...40 as ClosedRange<UInt64> {
      let hour = try ManualHour(seed: seed)
      for _ in 0..<400 { hour.step() }
      sent.manual += hour.byHand
      sent.normal += hour.byEngine
      told += hour.told
    }
    // The hours were worth looking at.
    check(sent.manual, above: 100)
    check(sent.normal, above: 500)
    check(told, above: 500)
  }
}

private final class ManualHour {
  let bench: Bench
  let seed: UInt64
  var random: SplitMix64
  var incidents: [UInt64] = []
  var now_ns: Int64 = 0
  /// Opened by people in MANUAL, by the engine in NORMAL, and proposals.
  var byHand = 0
  var byEngine = 0
  var told = 0

  init(seed: UInt64) throws {
    self.seed = seed
    random = SplitMix64(seed)
    var plans = PlanDraft.with(
      .acknowledge, 15, [.notifyAgain, .nextUnit, .nextUnit], repeat_s: 60)
    plans.set(.welfare, 60, [.backup], repeat_s: 60)
    plans.set(.delivery, 10, [.nextUnit], repeat_s: 60)
    plans.set(.turnout, 30, [.nextUnit], repeat_s: 60)
    plans.set(.lead, 60, [.firstLeads], repeat_s: 600)
    plans.set(.absence, 90, [.openIncident], repeat_s: 600)
    plans.requirements = [.anyUnit, Requirement(capabilities: 1), Requirement(capabilities: 2)]
    plans.planTypes = [1, 2, 3]
    plans.plans = []
    for (first, count, mode) in [
      (0, 1, DispatchMode.auto), (0, 1, .manual), (1, 2, .recommend), (1, 2, .auto),
    ] {
      var plan = PlanRecord()
      plan.conditions.firstType = UInt32(plans.plans.count)
      plan.conditions.typeCount = plans.plans.count < 3 ? 1 : 0
      plan.firstRequirement = UInt32(first)
      plan.requirementCount = UInt32(count)
      plan.dispatch = mode
      plans.plans.append(plan)
    }
    bench = try Bench(
      Bench.row(), plans: plans, units: 12, incidents: 24, assignments: 24, events: 4_096,
      watches: 4)
    for id in 1...8 as ClosedRange<UInt64> { put(id) }
    for id in 1...2 as ClosedRange<UInt64> {
      _ = bench.apply(
        .putWatch(
          WatchDescription(
            id: id, limit_s: 90, lat_e7: 0, lon_e7: 0, place: bench.node(random.below(20)))))
    }
  }

  private func put(_ id: UInt64) {
    bench.put(
      id, at: random.chance(10) ? nil : bench.node(random.below(20)),
      capabilities: UInt64(random.below(4)), agency: UInt32(random.below(3)))
  }

  private func pick(_ ids: [UInt64]) -> UInt64 { ids.isEmpty ? 0 : ids[random.below(ids.count)] }
  private var live: [UInt64] { incidents.flatMap { bench.live($0) } }

  /// One command, and what it may have opened.
  func step() {
    now_ns += Int64(random.below(20)) * Bench.second_ns
    bench.core.time = Moment(now_ns: now_ns, wall_us: bench.wall_us + now_ns / 1_000)
    let wasManual = bench.core.mode.isManual
    let before = bench.counter(Counter.assignmentsOpened)
    let change = drawn()
    let status = bench.apply(change, act: random.chance(50) ? Act() : ManualModeTests.person)
    bench.validate()
    if status == .unsupported { Issue.record("seed \(seed): \(change) has no home") }
    if case .report = change { incidents.append(bench.decision.answer.incidentID) }
    let opened = Int(bench.counter(Counter.assignmentsOpened) - before)
    let events = bench.drain()
    told += ManualModeTests.proposed(events).count
    guard wasManual, bench.core.mode.isManual else {
      if !wasManual { byEngine += opened }
      return
    }
    byHand += opened
    for event in events where event.incidentID != 0 && !incidents.contains(event.incidentID) {
      incidents.append(event.incidentID)
    }
    let orders = events.filter {
      $0.kind == .assignment && $0.state == AssignmentState.dispatched.rawValue
        && $0.reason != Reason.none.rawValue && $0.reason != Reason.undeliverable.rawValue
    }
    check(orders.allSatisfy { $0.reason == Reason.byHand.rawValue }, "seed \(seed): \(change)")
    switch change {
    case .assign, .divert: check(opened, atMost: 1)
    default: check(opened, equals: 0, "seed \(seed): \(change)")
    }
  }

  private func report() -> IncidentReport {
    var report = bench.call(
      random.chance(10) ? Bench.nowhere : bench.node(random.below(20)),
      tier: Tier(rawValue: UInt8(random.below(5))) ?? .none, type: UInt32(random.below(5)))
    if random.chance(10) { report.source = 9 }
    if random.chance(10) { report.needs = 1 }
    if random.chance(10) { report.appointmentWall_us = bench.core.time.wall_us + 60_000_000 }
    if random.chance(20) { report.wall_us = bench.core.time.wall_us - 400_000_000 }
    return report
  }

  private func drawn() -> Change {
    let units: [UInt64] = Array(1...10)
    let past = random.chance(20) ? bench.core.time.wall_us - 5_000_000 : 0
    switch random.below(26) {
    case 0, 1, 2: return .report(report())
    case 3: return .post(report())
    case 4: return .update(incident: pick(incidents), report(), movesPlace: random.chance(50))
    case 5, 6: return .assign(incident: pick(incidents), unit: pick(units), wall_us: past)
    case 7:
      return .end(
        incident: pick(incidents), as: random.chance(50) ? .closed : .cancelled, disposition: 1,
        wall_us: past)
    case 8: return .merge(incident: pick(incidents), into: pick(incidents), wall_us: 0)
    case 9: return .unmerge(incident: pick(incidents), wall_us: 0)
    case 10, 11, 12, 13:
      let states: [AssignmentState] = [
        .delivered, .acknowledged, .enRoute, .onScene, .reported, .cleared, .declined, .cancelled,
        .dispatched,
      ]
      return .advance(
        assignment: pick(live), to: states[random.below(states.count)], wall_us: past)
    case 14:
      return .divert(assignment: pick(live), to: pick(incidents), wall_us: 0, isForced: false)
    case 15: return .undeliverable(assignment: pick(live), wall_us: 0)
    case 16:
      return .escalateClock(
        ClockReference(
          clock: [.acknowledge, .welfare, .turnout, .delivery][random.below(4)],
          assignmentID: pick(live), step: 0, cycle: 0))
    case 17: return .setActivity(activity(), unit: pick(units), wall_us: 0)
    case 18: return .checkIn(unit: pick(units), wall_us: 0)
    case 19: return .alarm(watch: UInt64(1 + random.below(2)), wall_us: 0)
    case 20: return .setMode(isManual: random.chance(60))
    case 21:
      let id = pick(units)
      return .putUnit(
        UnitDescription(
          id: id, kind: 0, agency: UInt32(random.below(3)),
          capabilities: UInt64(random.below(4)), homeBeat: 0, crew: 0, activity: .patrolling,
          shiftEnd_us: 0, place: bench.node(random.below(20)), hasPosition: true))
    case 22: return .migrateSlice(from: 0)
    case 23: return .background(offerSteps: EngineCore.offerSlice)
    default: return .tick(Tick(most: 16, decisions: 8, offerSteps: EngineCore.offerSlice))
    }
  }

  private func activity() -> Activity {
    [.patrolling, .meal, .court, .station][random.below(4)]
  }
}
