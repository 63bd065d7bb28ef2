// A person sends a unit from one incident to another: what the first gets, what is told, and what only force does.

import HujiaTestSupport
import Testing

@testable import HujiaEngine

@Suite struct DivertTests {
  private let person = Act(operatorID: 7, reason: 3, role: 2, sessionID: 9)

  @Test func theFirstIsServedInTheSameTurn() throws {
    let bench = try Bench(Bench.row())
    bench.put(1, at: bench.node(0))
    let first = bench.open(at: 1)
    bench.put(2, at: bench.node(10))
    let second = bench.open(at: 9)
    bench.put(3, at: bench.node(15))
    _ = bench.drain()
    let order = bench.live(first)[0]
    check(bench.divert(order, to: second, act: person), equals: .ok)
    check(bench.units(first), equals: [3])
    check(bench.units(second), equals: [2, 1])
    check(bench.decision.answer.count, equals: 1)
    check(bench.decision.chosen[0].assignmentID, equals: bench.live(second)[1])
    let told = bench.drain().map { [Int64($0.kind.rawValue), Int64($0.state), Int64($0.reason)] }
    check(
      told,
      equals: [
        said(.assignment, .diverted, .diverted), said(.assignment, .dispatched, .byHand),
        said(.assignment, .dispatched, .nextUnit),
        [Int64(EventKind.incident.rawValue), Int64(IncidentState.assigned.rawValue), 16],
      ])
    check(bench.state(order), equals: nil)
    check(bench.divert(order, to: second, act: person), equals: .stale)
    bench.validate()
  }

  private func said(_ kind: EventKind, _ state: AssignmentState, _ reason: Reason) -> [Int64] {
    [Int64(kind.rawValue), Int64(state.rawValue), Int64(reason.rawValue)]
  }

  @Test func eachEventOfThePersonsActIsSigned() throws {
    let bench = try Bench(Bench.row())
    bench.put(1, at: bench.node(0))
    let first = bench.open(at: 1)
    let second = bench.open(at: 5)
    _ = bench.drain()
    check(bench.divert(bench.live(first)[0], to: second, act: person), equals: .ok)
    let signed = bench.drain().filter { $0.operatorID == 7 && $0.operatorReason == 3 }
    check(signed.count, atLeast: 3)
    for incident in [first, second] {
      check(bench.incident(incident)?.operatorID, equals: 7)
      check(bench.incident(incident)?.operatorReason, equals: 3)
    }
    bench.validate()
  }

  /// Until a unit is on scene: in any state before.
  @Test(arguments: [AssignmentState.dispatched, .delivered, .acknowledged, .enRoute])
  func beforeArrival(state: AssignmentState) throws {
    let bench = try Bench(Bench.row())
    bench.put(1, at: bench.node(0))
    let first = bench.open(at: 1)
    let second = bench.open(at: 5)
    if state != .dispatched { bench.advance(bench.live(first)[0], state) }
    check(bench.divert(bench.live(first)[0], to: second), equals: .ok)
    check(bench.incident(first)?.state, equals: .pending)
    check(bench.incident(first)?.isWaiting, equals: true)
    check(bench.units(second), equals: [1])
    check(bench.incident(second)?.isWaiting, equals: false)
    bench.validate()
  }

  @Test(arguments: [AssignmentState.onScene, .transporting, .atDestination, .reported])
  func afterArrivalOnlyWithForceAndAReason(state: AssignmentState) throws {
    let bench = try Bench(Bench.row())
    bench.put(1, at: bench.node(0))
    let first = bench.open(at: 1)
    let second = bench.open(at: 5)
    let order = bench.live(first)[0]
    bench.poll(s: 30)
    bench.advance(order, state)
    let arrived_us = bench.incident(first)?.arrivedWall_us
    _ = bench.drain()
    check(bench.divert(order, to: second, act: person), equals: .state)
    check(bench.divert(order, to: second, isForced: true), equals: .reason)
    check(
      bench.divert(order, to: second, isForced: true, act: Act(operatorID: 7)), equals: .reason)
    check(bench.drain().isEmpty)
    check(bench.divert(order, to: second, isForced: true, act: person), equals: .ok)
    check(bench.units(second), equals: [1])
    // Nobody is there any more: it waits for somebody, and its arrival stands.
    check(bench.incident(first)?.state, equals: .pending)
    check(bench.incident(first)?.isWaiting, equals: true)
    check(bench.incident(first)?.arrivedWall_us, equals: arrived_us)
    bench.validate()
    bench.put(2, at: bench.node(3))
    check(bench.units(first), equals: [2])
    bench.advance(bench.live(first)[0], .declined)
    check(bench.incident(first)?.state, equals: .pending)
    check(bench.incident(first)?.isWaiting, equals: true)
    bench.put(3, at: bench.node(4))
    check(bench.units(first), equals: [3])
    bench.advance(bench.live(first)[0], .onScene)
    check(bench.incident(first)?.state, equals: .onScene)
    bench.advance(bench.live(first)[0], .cleared)
    check(bench.incident(first)?.state, equals: .reported)
    check(bench.incident(first)?.isWaiting, equals: false)
  }

  @Test func anotherThatIsThereStays() throws {
    var plans = PlanDraft.builtIn
    plans.requirements[0].count = 2
    let bench = try Bench(Bench.row(), plans: plans)
    bench.put(1, at: bench.node(0))
    bench.put(2, at: bench.node(1))
    let first = bench.open(at: 1)
    bench.poll(s: 1)
    let second = bench.open(at: 5)
    for order in bench.live(first) { bench.advance(order, .onScene) }
    check(
      bench.divert(bench.live(first)[0], to: second, isForced: true, act: person), equals: .ok)
    check(bench.incident(first)?.state, equals: .onScene)
    check(bench.incident(first)?.isWaiting, equals: true)
    bench.validate()
    bench.put(3, at: bench.node(3))
    // The older one was opened first, and lost its unit: its seat is filled before what the second lacks.
    check(bench.units(first).count, equals: 2)
  }

  @Test func whereItCannotGo() throws {
    let bench = try Bench(Bench.row())
    bench.put(1, at: bench.node(0))
    let first = bench.open(at: 1)
    let order = bench.live(first)[0]
    let other = bench.open(at: 2)
    let root = bench.open(at: 3)
    check(bench.core.merge(other, into: root, wall_us: 0, act: Act()), equals: .ok)
    var later = bench.call(bench.node(4))
    later.appointmentWall_us = bench.wall_us + 3_600_000_000
    check(bench.report(later), equals: .held)
    let held = bench.decision.answer.incidentID
    let closed = bench.open(at: 5)
    bench.close(closed)
    _ = bench.drain()
    for target in [other, held, closed] {
      for isForced in [false, true] {
        check(bench.divert(order, to: target, isForced: isForced, act: person), equals: .state)
      }
    }
    check(bench.divert(order, to: first, isForced: true, act: person), equals: .conflict)
    check(bench.drain().isEmpty)
    check(bench.units(first), equals: [1])
    check(bench.state(order), equals: .dispatched)
  }

  /// In MANUAL a person may; nobody is sent in its place, and the one that would be is told.
  @Test func inManual() throws {
    let bench = try Bench(Bench.row())
    bench.put(1, at: bench.node(0))
    let first = bench.open(at: 1)
    let second = bench.open(at: 5)
    check(bench.apply(.setMode(isManual: true), act: person), equals: .ok)
    bench.put(2, at: bench.node(3))
    _ = bench.drain()
    check(bench.divert(bench.live(first)[0], to: second, act: person), equals: .ok)
    check(bench.units(first), equals: [])
    check(bench.incident(first)?.isWaiting, equals: true)
    let proposed = bench.drain().filter { $0.reason == Reason.proposed.rawValue }
    check(proposed.map(\.unitID), equals: [2])
    bench.validate()
  }

  @Test func anEarlierFormatCannotSayForce() {
    for isForced in [false, true] {
      let change = Change.divert(assignment: 1, to: 2, wall_us: 0, isForced: isForced)
      check(change.isSaid(in: 1), equals: !isForced)
      check(change.isSaid(in: 2), equals: !isForced)
      check(change.isSaid(in: 3), equals: true)
    }
  }
}
