// Incidents, assignments and units through their states; which waits, which is asked again, which slot is reused.

import HujiaTestSupport
import Testing

@testable import HujiaEngine

@Suite struct LifecycleTests {
  private static let moving: [AssignmentState] = [
    .dispatched, .delivered, .acknowledged, .enRoute, .onScene, .transporting, .atDestination,
    .reported,
  ]
  private static let all = (0...15 as ClosedRange<Int32>).compactMap {
    AssignmentState(rawValue: $0)
  }

  /// The table of domain.md and the header, written down once more.
  private func expected(
    _ from: AssignmentState, _ to: AssignmentState, hasReason: Bool
  ) -> Status {
    if from == to { return .unchanged }
    let isOnScene = Self.moving.firstIndex(of: from).unsafelyUnwrapped >= 4
    switch to {
    case .none, .reserved, .expired, .diverted, .exchanged: return .state
    case .cleared: return isOnScene ? .ok : .state
    case .declined: return isOnScene ? .state : .ok
    case .cancelled: return .ok
    default:
      let isForward =
        Self.moving.firstIndex(of: to).unsafelyUnwrapped
        > Self.moving.firstIndex(of: from).unsafelyUnwrapped
      return isForward || hasReason ? .ok : .reason
    }
  }

  @Test func everyMoveAgainstTheTable() throws {
    let image = Bench.row(4)
    for from in Self.moving {
      for to in Self.all {
        for reason in [0, 9] as [UInt32] {
          let bench = try Bench(image, units: 1, incidents: 1, assignments: 1)
          bench.put(1, at: bench.node(0))
          let incident = bench.open(at: 1)
          let assignment = bench.live(incident)[0]
          if from != .dispatched { check(bench.advance(assignment, from), equals: .ok) }
          let status = bench.advance(assignment, to, reason: reason)
          check(
            status, equals: expected(from, to, hasReason: reason != 0),
            "\(from) to \(to): \(status)")
          let isOver = status == .ok && to.rawValue >= AssignmentState.cleared.rawValue
          let now = status == .ok ? to : from
          check(bench.state(assignment), equals: (isOver ? nil : now), "\(from) to \(to)")
          if isOver { check(bench.advance(assignment, .enRoute), equals: .stale) }
          let derived: IncidentState =
            switch now {
            case .dispatched, .delivered, .acknowledged: .assigned
            case .enRoute: .enRoute
            case .onScene: .onScene
            case .transporting, .atDestination: .handling
            case .reported, .cleared: .reported
            case .cancelled:
              Self.moving.firstIndex(of: from).unsafelyUnwrapped >= 4 ? .reported : .pending
            default: .pending
            }
          check(bench.incident(incident)?.state, equals: derived, "\(from) to \(to)")
        }
      }
    }
  }

  @Test func unitFollowsItsAssignment() throws {
    let bench = try Bench(Bench.row())
    bench.put(1, at: bench.node(0), activity: .station)
    let incident = bench.open(at: 3)
    let assignment = bench.live(incident)[0]
    let unit = bench.slot(1)
    func activity() -> Activity { bench.core.units[unit].activity }
    check(activity(), equals: .enRoute)
    check(bench.core.level(of: unit), equals: .notAvailable)
    check(bench.set(activity: .onScene, of: 1), equals: .busy)
    check(bench.core.remove(unit: 1), equals: .busy)
    bench.advance(assignment, .onScene)
    check(activity(), equals: .onScene)
    bench.advance(assignment, .transporting)
    check(activity(), equals: .transporting)
    bench.advance(assignment, .atDestination)
    check(activity(), equals: .atDestination)
    bench.advance(assignment, .cleared)
    check(activity(), equals: .returning)
    check(bench.core.level(of: unit), equals: .available)
    // One that never arrived goes back to what it did before.
    _ = bench.set(activity: .post, of: 1)
    let other = bench.open(at: 5)
    bench.close(other, as: .cancelled)
    check(activity(), equals: .post)
  }

  /// The most advanced live assignment decides; when the last one goes before arrival, the incident waits again.
  @Test func incidentIsDerivedFromTheMostAdvanced() throws {
    var plans = PlanDraft.builtIn
    plans.requirements[0].count = 2
    let bench = try Bench(Bench.row(), plans: plans)
    bench.put(1, at: bench.node(0))
    bench.put(2, at: bench.node(9))
    let incident = bench.open(at: 1)
    let live = bench.live(incident)
    func state() -> IncidentState? { bench.incident(incident)?.state }
    check(state(), equals: .assigned)
    bench.advance(live[1], .enRoute)
    check(state(), equals: .enRoute)
    bench.advance(live[0], .onScene)
    check(state(), equals: .onScene)
    bench.advance(live[0], .cleared)
    check(state(), equals: .enRoute)
    bench.advance(live[1], .onScene)
    bench.advance(live[1], .cleared)
    check(state(), equals: .reported)
    check(bench.live(incident).isEmpty)
    check(bench.close(incident), equals: .ok)
    check(bench.close(incident), equals: .unchanged)
    check(bench.close(incident, as: .cancelled), equals: .state)
    check(bench.upgrade(incident, to: .emergency), equals: .state)
  }

  /// A unit that cleared is not sent again to the incident it comes from, although a second seat is still open there.
  @Test func aServedSeatStaysServed() throws {
    var plans = PlanDraft.builtIn
    plans.requirements[0].count = 2
    let bench = try Bench(Bench.row(), plans: plans)
    bench.put(1, at: bench.node(0))
    let incident = bench.open(at: 1)
    check(bench.units(incident), equals: [1])
    bench.advance(bench.live(incident)[0], .onScene)
    bench.advance(bench.live(incident)[0], .cleared)
    check(bench.units(incident).isEmpty)
    check(bench.incident(incident)?.state, equals: .reported)
  }

  /// The first is there, the second declines: a third is sent for the second's seat only.
  @Test func aDeclineAfterAnotherArrivedIsReplaced() throws {
    var plans = PlanDraft.builtIn
    plans.requirements[0].count = 2
    let bench = try Bench(Bench.row(), plans: plans)
    for unit in 1...4 { bench.put(UInt64(unit), at: bench.node(unit)) }
    let incident = bench.open(at: 0)
    check(bench.units(incident), equals: [1, 2])
    bench.advance(bench.live(incident)[0], .onScene)
    bench.advance(bench.live(incident)[1], .declined)
    check(bench.units(incident), equals: [1, 3])
    bench.advance(bench.live(incident)[0], .cleared)
    // The one that cleared is free and nearest; its own seat stays served, so one unit goes, not two.
    bench.advance(bench.live(incident)[0], .declined)
    check(bench.units(incident), equals: [1])
  }

  /// Three are wanted, two go, one arrives, a person takes the second off: the next free unit is for the third seat
  /// only.
  @Test func aSeatGivenUpByAPersonStaysEmpty() throws {
    var plans = PlanDraft.builtIn
    plans.requirements[0].count = 3
    let bench = try Bench(Bench.row(), plans: plans)
    for unit in 1...2 { bench.put(UInt64(unit), at: bench.node(unit)) }
    let incident = bench.open(at: 0)
    bench.advance(bench.live(incident)[0], .onScene)
    bench.advance(bench.live(incident)[1], .cancelled)
    check(bench.units(incident), equals: [1])
    bench.put(3, at: bench.node(3))
    bench.put(4, at: bench.node(4))
    check(bench.units(incident), equals: [1, 3])
  }

  @Test func refusalsAreRememberedByThatIncidentOnly() throws {
    let bench = try Bench(Bench.row())
    bench.put(1, at: bench.node(1))
    bench.put(2, at: bench.node(2))
    let incident = bench.open(at: 0)
    bench.advance(bench.live(incident)[0], .declined)
    check(bench.units(incident), equals: [2])
    bench.advance(bench.live(incident)[0], .declined)
    check(bench.units(incident).isEmpty)
    check(bench.incident(incident)?.state, equals: .pending)
    // Both are free and nearest, and neither is asked again by this one; another incident gets them.
    _ = bench.set(activity: .station, of: 1)
    check(bench.units(incident).isEmpty)
    let other = bench.open(at: 0)
    check(bench.units(other), equals: [1])
    // A fresh unit takes the waiting one.
    bench.put(3, at: bench.node(15))
    check(bench.units(incident), equals: [3])
    // By hand, even one that refused may go.
    check(bench.assign(incident, unit: 2, wall_us: 0, act: Act()), equals: .ok)
    check(bench.units(incident), equals: [3, 2])
    check(bench.assign(incident, unit: 2, wall_us: 0, act: Act()), equals: .unchanged)
    check(bench.assign(incident, unit: 1, wall_us: 0, act: Act()), equals: .busy)
    check(bench.assign(incident, unit: 99, wall_us: 0, act: Act()), equals: .unknownUnit)
    check(bench.assign(5, unit: 1, wall_us: 0, act: Act()), equals: .stale)
  }

  /// A unit that a person withdrew is not sent straight back.
  @Test func aWithdrawnUnitIsReplacedByAnother() throws {
    let bench = try Bench(Bench.row())
    bench.put(1, at: bench.node(1))
    bench.put(2, at: bench.node(9))
    let incident = bench.open(at: 0)
    bench.advance(bench.live(incident)[0], .cancelled)
    check(bench.units(incident), equals: [2])
  }

  @Test func waitingListServesByTierThenReceipt() throws {
    let bench = try Bench(Bench.row())
    var expected: [(tier: Tier, at: Int64, id: UInt64)] = []
    var random = SplitMix64(4)
    for second in 1...12 as ClosedRange<Int64> {
      bench.poll(second * Bench.second_ns)
      let tier = Tier(rawValue: UInt8(1 + random.below(4))).unsafelyUnwrapped
      expected.append((tier, second, bench.open(at: Int(second), tier: tier)))
    }
    // One is raised: it goes behind those of the new tier that came before it, by its own receipt.
    let raised = expected.firstIndex { $0.tier == .preventive || $0.tier == .routine }
    if let raised {
      bench.upgrade(expected[raised].id, to: .emergency)
      expected[raised].tier = .emergency
    }
    expected.sort { ($0.tier.rawValue, $0.at) < ($1.tier.rawValue, $1.at) }
    bench.put(1, at: bench.node(0))
    for (place, next) in expected.enumerated() {
      check(bench.units(next.id), equals: [1], "place \(place)")
      let assignment = bench.live(next.id)[0]
      bench.advance(assignment, .onScene)
      bench.advance(assignment, .cleared)
    }
  }

  @Test func closedSlotsAreReusedOldestFirst() throws {
    let bench = try Bench(Bench.row(), incidents: 3)
    let ids = (0..<3).map { _ in bench.open(at: 2) }
    check(bench.report(bench.call(bench.node(1))), equals: .full)
    check(bench.counter(Counter.refused), equals: 1)
    bench.close(ids[1])
    bench.close(ids[0], as: .cancelled)
    check(bench.incident(ids[1])?.state, equals: .closed)
    check(bench.incident(ids[1])?.disposition, equals: 7)
    let next = bench.open(at: 3)
    checkNil(bench.incident(ids[1]))
    check(bench.incident(ids[0])?.state, equals: .cancelled)
    _ = bench.open(at: 3)
    checkNil(bench.incident(ids[0]))
    check(bench.incident(next)?.state, equals: .pending)
    check(bench.report(bench.call(bench.node(1))), equals: .full)
    check(bench.close(ids[0]), equals: .stale)
  }

  @Test func sameKeySameAnswer() throws {
    let bench = try Bench(Bench.row(), incidents: 64)
    bench.put(1, at: bench.node(0))
    check(bench.report(bench.call(bench.node(2), key: 77)), equals: .ok)
    let first = bench.decision.answer.incidentID
    bench.put(2, at: bench.node(2))
    bench.poll(s: 3_600)
    check(bench.report(bench.call(bench.node(2), key: 77)), equals: .exists)
    check(bench.decision.answer.incidentID, equals: first)
    check(bench.chosen.map(\.unitID), equals: [1])
    check(bench.report(bench.call(bench.node(3), key: 77)), equals: .conflict)
    check(bench.report(bench.call(bench.node(2), key: 77, caller: 3)), equals: .conflict)
    check(bench.report(bench.call(bench.node(2), tier: .urgent, key: 77)), equals: .conflict)
    check(bench.counter(Counter.repeated), equals: 1)
    // A day later less a nanosecond it still is known, then forgotten.
    bench.poll(86_400 * Bench.second_ns - 1)
    check(bench.report(bench.call(bench.node(2), key: 77)), equals: .exists)
    bench.poll(86_400 * Bench.second_ns)
    check(bench.report(bench.call(bench.node(2), key: 77)), equals: .ok)
    check(bench.decision.answer.incidentID, isNot: first)
    check(bench.counter(Counter.keysEvicted), equals: 0)
  }

  @Test func fullKeyTableForgetsTheOldest() throws {
    let bench = try Bench(Bench.row(), incidents: 64, keys: 4)
    for key in 1...5 as ClosedRange<UInt64> {
      check(bench.report(bench.call(bench.node(2), key: key)), equals: .ok)
    }
    check(bench.counter(Counter.keysEvicted), equals: 1)
    for key in 2...5 as ClosedRange<UInt64> {
      check(bench.report(bench.call(bench.node(2), key: key)), equals: .exists)
    }
    check(bench.report(bench.call(bench.node(2), key: 1)), equals: .ok)
  }

  @Test func openIncidentsKeepTheirPlans() throws {
    let bench = try Bench(Bench.row())
    // Two plans, so that the numbers of requirements differ between the versions.
    var old = PlanDraft()
    var special = PlanRecord()
    special.conditions.firstType = 0
    special.conditions.typeCount = 1
    special.requirementCount = 1
    var any = PlanRecord()
    any.firstRequirement = 1
    any.requirementCount = 1
    old.planTypes = [5]
    old.requirements = [Requirement(capabilities: 2), Requirement(capabilities: 4)]
    old.plans = [special, any]
    check(try bench.load(old))
    let waiting = bench.open(at: 1)  // wants capability 4
    check(try bench.load(.builtIn))
    bench.put(1, at: bench.node(1), capabilities: 2)
    check(bench.units(waiting).isEmpty)
    bench.put(2, at: bench.node(9), capabilities: 4)
    check(bench.units(waiting), equals: [2])
    let fresh = bench.open(at: 1)
    check(bench.units(fresh), equals: [1])
  }

  @Test func eightVersionsAtOnce() throws {
    let bench = try Bench(Bench.row())
    var open: [UInt64] = []
    for _ in 0..<7 {
      open.append(bench.open(at: 1))
      check(try bench.load(.builtIn))
    }
    open.append(bench.open(at: 1))
    check(try !bench.load(.builtIn))
    // Closing is enough; the slot need not be used again.
    bench.close(open[3])
    check(bench.incident(open[3])?.state, equals: .closed)
    check(try bench.load(.builtIn))
    for incident in open { bench.close(incident) }
    for _ in 0..<20 { check(try bench.load(.builtIn)) }
  }
}
