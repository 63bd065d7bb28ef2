// A unit comes upon something and takes it on: one act opens, assigns and arrives; the plan's other seats are filled.

import HujiaContainers
import HujiaRoads
import HujiaTestSupport
import Testing

@testable import HujiaEngine

@Suite struct SelfInitiatedTests {
  private static let onView: UInt8 = 6

  /// `count` units of any kind a call.
  private static func plans(_ count: UInt32 = 1, _ dispatch: DispatchMode = .auto) -> PlanDraft {
    var draft = PlanDraft()
    var plan = PlanRecord()
    draft.requirements = [Requirement(capabilities: 0, count: count)]
    plan.requirementCount = 1
    plan.wholeCount = 1
    plan.dispatch = dispatch
    draft.plans = [plan]
    return draft
  }

  @Test func oneActOpensAssignsAndArrives() throws {
    let bench = try Bench(Bench.row(), plans: Self.plans())
    bench.put(1, at: bench.node(3))
    bench.put(2, at: bench.node(4))
    _ = bench.drain()
    let person = Act(operatorID: 9, reason: 3)
    check(bench.selfInitiated(1, bench.call(bench.node(4)), act: person), equals: .ok)
    let incident = bench.decision.answer.incidentID
    check(bench.units(incident), equals: [1], "the unit that is nearer still is not sent")
    check(bench.chosen.map(\.unitID), equals: [1])
    check(bench.chosen[0].travel_ms, equals: 0)
    check(bench.chosen[0].turnout_ms, equals: 0)
    check(bench.chosen[0].reason, equals: .byHand)
    check(bench.decision.answer.state, equals: .onScene)
    let record = try #require(bench.incident(incident))
    check(record.state, equals: .onScene)
    check(record.hasArrived, equals: true)
    check(record.source, equals: Self.onView)
    check(record.operatorID, equals: 9)
    check(bench.state(bench.live(incident)[0]), equals: .onScene)
    check(bench.core.units[bench.slot(1)].activity, equals: .onScene)
    let told = bench.drain()
    check(told.map(\.kind), equals: [.decided, .assignment])
    check(told.map(\.incidentID), equals: [incident, incident])
    check(told[1].state, equals: AssignmentState.onScene.rawValue)
    check(told[1].operatorID, equals: 9)
    // No promise of the way runs, and none is broken.
    bench.poll(s: 86_400)
    let kinds: Set<Int32> = [
      Int32(ClockKind.pending.rawValue), Int32(ClockKind.arrival.rawValue),
      Int32(ClockKind.acknowledge.rawValue), Int32(ClockKind.turnout.rawValue),
      Int32(ClockKind.delivery.rawValue),
    ]
    check(bench.escalations().filter { kinds.contains($0.clock) }.count, equals: 0)
  }

  @Test func otherSeatsAreFilledAsOfAnyReport() throws {
    let bench = try Bench(Bench.row(), plans: Self.plans(3))
    for unit in 1...3 { bench.put(UInt64(unit), at: bench.node(unit * 2)) }
    check(bench.selfInitiated(3, bench.call(bench.node(6))), equals: .ok)
    let incident = bench.decision.answer.incidentID
    check(bench.units(incident), equals: [3, 2, 1])
    check(bench.chosen.map(\.unitID), equals: [3, 2, 1])
    check(bench.incident(incident)?.isWaiting, equals: false)
    // One seat too many: it waits for the next that is free.
    bench.put(4, at: bench.node(9))
    check(bench.selfInitiated(4, bench.call(bench.node(9))), equals: .ok)
    let waiting = bench.decision.answer.incidentID
    check(bench.incident(waiting)?.isWaiting, equals: true)
    check(bench.close(incident), equals: .ok)
    check(bench.units(waiting), equals: [4, 3, 2])
  }

  @Test func withoutAPlaceItIsWhereItsUnitIs() throws {
    let bench = try Bench(Bench.row(), plans: Self.plans())
    bench.put(1, at: bench.node(3))
    check(bench.selfInitiated(1, bench.call(Bench.nowhere)), equals: .ok)
    let record = try #require(bench.incident(bench.decision.answer.incidentID))
    check(record.lat_e7, equals: bench.node(3).lat_e7)
    check(record.lon_e7, equals: bench.node(3).lon_e7)
    check(record.place.isNowhere, equals: false)
    // Nobody knows where that one is: it is taken in all the same, without a place.
    bench.put(2, at: nil)
    check(bench.selfInitiated(2, bench.call(Bench.nowhere)), equals: .ok)
    let other = bench.decision.answer.incidentID
    check(bench.incident(other)?.place.isNowhere, equals: true)
    check(bench.units(other), equals: [2])
  }

  @Test(arguments: [DispatchMode.recommend, .manual])
  func byPlansThatSendNobodyItsOwnUnitIsThere(dispatch: DispatchMode) throws {
    let bench = try Bench(Bench.row(), plans: Self.plans(2, dispatch))
    bench.put(1, at: bench.node(3))
    bench.put(2, at: bench.node(5))
    let status = bench.selfInitiated(1, bench.call(bench.node(3)))
    check(status, equals: dispatch == .manual ? .manual : .ok)
    let incident = bench.decision.answer.incidentID
    check(bench.units(incident), equals: [1])
    let named = dispatch == .manual ? [UInt64(1)] : [1, 2]
    check(bench.chosen.map(\.unitID), equals: named)
    check(bench.chosen.dropFirst().map(\.assignmentID), equals: named.dropFirst().map { _ in 0 })
  }

  @Test func inManualTheUnitItselfIsThereAndTheRestIsTold() throws {
    let bench = try Bench(Bench.row(), plans: Self.plans(2))
    bench.put(1, at: bench.node(3))
    bench.put(2, at: bench.node(5))
    check(bench.setMode(true), equals: .ok)
    _ = bench.drain()
    check(bench.selfInitiated(1, bench.call(bench.node(3))), equals: .manual)
    let incident = bench.decision.answer.incidentID
    check(bench.units(incident), equals: [1])
    check(ManualModeTests.proposed(bench.drain()).map(\.unitID), equals: [2])
    // Nothing is left to a person where the unit is all that the plan asks for.
    let alone = try Bench(Bench.row(), plans: Self.plans())
    alone.put(1, at: alone.node(3))
    check(alone.setMode(true), equals: .ok)
    check(alone.selfInitiated(1, alone.call(alone.node(3))), equals: .ok)
  }

  @Test func itsKeyIsTheUnitsOwn() throws {
    let bench = try Bench(Bench.row(), plans: Self.plans())
    bench.put(1, at: bench.node(3))
    bench.put(2, at: bench.node(4))
    let report = bench.call(bench.node(3), key: 5)
    check(bench.selfInitiated(1, report), equals: .ok)
    let incident = bench.decision.answer.incidentID
    check(bench.selfInitiated(1, report), equals: .exists)
    check(bench.decision.answer.incidentID, equals: incident)
    check(bench.chosen.map(\.unitID), equals: [1])
    check(bench.selfInitiated(2, report), equals: .conflict)
    check(bench.selfInitiated(1, bench.call(bench.node(4), key: 5)), equals: .conflict)
    check(bench.counter(Counter.incidentsOpened), equals: 1)
  }

  @Test func whatIsRefusedChangesNothing() throws {
    let bench = try Bench(Bench.row(), plans: Self.plans(), incidents: 2, assignments: 2)
    bench.put(1, at: bench.node(3))
    var later = bench.call(bench.node(3))
    later.appointmentWall_us = bench.wall_us + 1
    var paper = bench.call(bench.node(3))
    paper.source = 9
    let refused = bench.counter(Counter.refused)
    check(bench.selfInitiated(9, bench.call(bench.node(3))), equals: .unknownUnit)
    check(bench.selfInitiated(1, later), equals: .argument)
    check(bench.selfInitiated(1, paper), equals: .argument)
    check(bench.counter(Counter.refused), equals: refused + 3)
    check(bench.counter(Counter.incidentsOpened), equals: 0)
    check(bench.selfInitiated(1, bench.call(bench.node(3))), equals: .ok)
    check(bench.selfInitiated(1, bench.call(bench.node(3))), equals: .busy)
    bench.put(2, at: bench.node(5))
    check(bench.selfInitiated(2, bench.call(bench.node(5))), equals: .ok)
    bench.put(3, at: bench.node(6))
    check(bench.selfInitiated(3, bench.call(bench.node(6))), equals: .full)
    check(bench.counter(Counter.incidentsOpened), equals: 2)
  }

  /// A likely repeat of a call is held; an officer that stands there is not.
  @Test func itIsNeverHeldAsALikelyRepeat() throws {
    var draft = Self.plans()
    draft.plans[0].repeats.suggest_at = 1
    draft.plans[0].repeats.holdEmergency_ms = 20_000
    let bench = try Bench(Bench.row(), plans: draft)
    bench.put(1, at: bench.node(3))
    bench.put(2, at: bench.node(3))
    bench.open(at: 3)
    check(bench.report(bench.call(bench.node(3))), equals: .held)
    check(bench.selfInitiated(2, bench.call(bench.node(3))), equals: .ok)
    check(bench.decision.answer.state, equals: .onScene)
  }
}
