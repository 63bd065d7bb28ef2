// What a host says of a unit on an incident is kept until the incident lets it go, and holds before anybody is offered
// to it.

import HujiaTestSupport
import Testing

@testable import HujiaEngine

@Suite struct NextActivityTests {
  /// A car on its way to one incident while another waits for it.
  private func oneCarForTwo() throws -> (bench: Bench, first: UInt64, second: UInt64, car: UInt64) {
    let bench = try Bench(Bench.row())
    bench.put(1, at: bench.node(0))
    let first = bench.open(at: 5)
    let second = bench.open(at: 6)
    return (bench, first, second, bench.live(first)[0])
  }

  @Test func aCrashedCarIsNotSentOn() throws {
    for isPut in [false, true] {
      let (bench, _, second, order) = try oneCarForTwo()
      if isPut {
        check(bench.put(1, at: nil, activity: .offDuty), equals: .ok)
      } else {
        check(bench.set(activity: .offDuty, of: 1), equals: .ok)
        check(bench.set(activity: .offDuty, of: 1), equals: .unchanged)
      }
      check(bench.core.units[bench.slot(1)].nextActivity, equals: .offDuty)
      check(bench.core.units[bench.slot(1)].activity, equals: .enRoute)
      check(bench.advance(order, .cancelled), equals: .ok)
      let car = bench.core.units[bench.slot(1)]
      check(car.activity, equals: .offDuty)
      check(bench.core.level(of: bench.slot(1)), equals: .notAvailable)
      check(car.isFree)
      checkNil(car.nextActivity)
      check(bench.units(second).isEmpty)
      // On duty again, it goes to the one that waits.
      check(bench.set(activity: .patrolling, of: 1), equals: .ok)
      check(bench.core.units[bench.slot(1)].isFree, equals: false)
    }
  }

  /// Whichever way its assignment ends.
  @Test func everyEndSetsIt() throws {
    for end in [AssignmentState.cleared, .declined, .cancelled, .expired, .none] {
      let bench = try Bench(Bench.row())
      bench.put(1, at: bench.node(0))
      let incident = bench.open(at: 5)
      let order = bench.live(incident)[0]
      check(bench.set(activity: .court, of: 1), equals: .ok)
      switch end {
      case .cleared:
        check(bench.advance(order, .onScene), equals: .ok)
        check(bench.advance(order, .cleared), equals: .ok)
      case .expired:
        // The next best unit takes its place when it does not sign.
        bench.put(2, at: bench.node(1))
        bench.poll(s: 31)
        check(bench.units(incident), equals: [2])
      case .none: check(bench.close(incident), equals: .ok)
      default: check(bench.advance(order, end), equals: .ok)
      }
      let car = bench.core.units[bench.slot(1)]
      check(car.isFree, "\(end)")
      check(car.activity, equals: .court, "\(end)")
      checkNil(car.nextActivity, "\(end)")
    }
  }

  @Test func nothingSaidIsAsBefore() throws {
    for arrives in [false, true] {
      let bench = try Bench(Bench.row())
      bench.put(1, at: bench.node(0), activity: .station)
      let order = bench.live(bench.open(at: 5))[0]
      checkNil(bench.core.units[bench.slot(1)].nextActivity)
      if arrives { check(bench.advance(order, .onScene), equals: .ok) }
      check(bench.advance(order, arrives ? .cleared : .cancelled), equals: .ok)
      check(bench.core.units[bench.slot(1)].activity, equals: (arrives ? .returning : .station))
    }
  }

  /// What an assignment says of its unit is no next activity: a host that puts back what it read loses nothing.
  @Test func whatTheEngineSetsIsNotRemembered() throws {
    for activity in [Activity.enRoute, .onScene, .transporting, .atDestination] {
      let (bench, _, second, order) = try oneCarForTwo()
      check(bench.set(activity: activity, of: 1), equals: .busy)
      check(bench.set(activity: .meal, of: 1), equals: .ok)
      check(bench.put(1, at: nil, capabilities: 4, activity: activity), equals: .ok)
      check(bench.core.units[bench.slot(1)].nextActivity, equals: .meal)
      check(bench.core.units[bench.slot(1)].capabilities, equals: 4)
      check(bench.core.remove(unit: 1), equals: .busy)
      // A meal is broken off for an emergency.
      check(bench.advance(order, .cancelled), equals: .ok)
      check(bench.units(second), equals: [1])
    }
  }

  @Test func aDivertedCarKeepsIt() throws {
    let (bench, _, second, order) = try oneCarForTwo()
    check(bench.set(activity: .offDuty, of: 1), equals: .ok)
    check(bench.divert(order, to: second, wall_us: 0, act: Act()), equals: .ok)
    check(bench.units(second), equals: [1])
    check(bench.core.units[bench.slot(1)].nextActivity, equals: .offDuty)
    check(bench.close(second), equals: .ok)
    check(bench.core.units[bench.slot(1)].activity, equals: .offDuty)
  }
}
