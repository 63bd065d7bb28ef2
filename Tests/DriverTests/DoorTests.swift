// Calls that find the baton held: the holder carries out what they published, and each caller has its own answer.

import Foundation
import HujiaRoads
import HujiaTestSupport
import Synchronization
import Testing

@testable import HujiaDriver
@testable import HujiaEngine

@Suite struct DoorTests {
  private static let nowhere = Place.nowhere

  private func open() throws -> UInt {
    var configuration = Configuration()
    configuration.runMode = .poll
    configuration.maxUnits = 64
    configuration.maxIncidents = 64
    configuration.maxAssignments = 64
    configuration.eventCapacity = 256
    configuration.maxWatches = 4
    return try EngineDriver.open(configuration)
  }

  private func unit(_ id: UInt64) -> UnitDescription {
    UnitDescription(
      id: id, kind: 0, agency: 0, capabilities: 0, homeBeat: 0, crew: 2, activity: .patrolling,
      shiftEnd_us: 0, place: Self.nowhere, hasPosition: false)
  }

  /// While this thread holds the baton, another makes a call; it is carried out here, before `body` is over there.
  private func contended(
    _ driver: EngineDriver, _ body: @escaping @Sendable (EngineDriver) -> Void
  ) {
    let before = driver.baton.helpedCount
    let held = Held(driver)
    let thread = Thread {
      body(held.driver)
      held.isOver.store(true, ordering: .releasing)
    }
    driver.baton.take()
    thread.start()
    while !driver.baton.isWanted { usleep(100) }
    check(!held.isOver.load(ordering: .acquiring), "a call went on while another held the baton")
    driver.baton.give()
    // Its next call may come while the holder is still at it.
    check(driver.baton.helpedCount, above: before, "the holder carried the call out")
    while !held.isOver.load(ordering: .acquiring) { usleep(100) }
  }

  private final class Held: Sendable {
    let driver: EngineDriver
    let isOver = Atomic<Bool>(false)
    init(_ driver: EngineDriver) { self.driver = driver }
  }

  @Test func theHolderCarriesOutWhatOthersPublished() throws {
    let token = try open()
    defer { _ = EngineDriver.close(token) }
    _ = EngineDriver.value(token) { driver in
      _ = driver.poll(now_ns: 0, wall_us: 1_516_000_000_000_000, most: 0)
      // A command of which nobody reads the decision.
      contended(driver) { check($0.submit(Command(.putUnit(self.unit(7)))), equals: .ok) }
      // One with a decision.
      contended(driver) { driver in
        var report = IncidentReport(
          tier: .emergency, type: 3, lat_e7: 0, lon_e7: 0, flags: 0, keyHigh: 0, keyLow: 9,
          callerHash: 0, wall_us: 0, place: Self.nowhere)
        report.agency = 4
        var decision = Decision()
        check(driver.submit(Command(.report(report)), into: &decision), equals: .manual)
        check(decision.answer.incidentID, isNot: 0)
        check(decision.answer.shortfall, equals: [.manual, .noPlace])
        var again = Decision()
        check(driver.submit(Command(.report(report)), into: &again), equals: .exists)
        check(again.answer.incidentID, equals: decision.answer.incidentID)
      }
      // A question, and one that has no answer.
      contended(driver) { driver in
        var view = UnitView()
        check(driver.read(unit: 7, into: &view), equals: .ok)
        check(view.id, equals: 7)
        check(!view.hasPosition)
      }
      contended(driver) { driver in
        var view = WatchView()
        check(driver.read(watch: 1, into: &view), equals: .unknownUnit)
      }
    }
  }

  @Test func aDrainRefusesHostsAndLeavesTheirEvents() throws {
    let token = try open()
    defer { _ = EngineDriver.close(token) }
    _ = EngineDriver.value(token) { driver in
      _ = driver.poll(now_ns: 0, wall_us: 1_516_000_000_000_000, most: 0)
      let report = IncidentReport(
        tier: .emergency, type: 3, lat_e7: 0, lon_e7: 0, flags: 0, keyHigh: 0, keyLow: 0,
        callerHash: 0, wall_us: 0, place: Self.nowhere)
      check(driver.submit(Command(.report(report))), equals: .manual)
      check(driver.drain(), equals: .ok)
      check(driver.submit(Command(.report(report))), equals: .state)
      check(driver.submit(Command(.resetFigures)), equals: .state)
      var decision = Decision()
      check(driver.submitOwn(.stall(late_ns: 1), into: &decision), equals: .state)
      let events = Array<Event>(unsafeUninitializedCapacity: 8) { room, count in
        count = driver.takeEvents(into: room)
      }
      check(events.map(\.kind), equals: [.decided])
    }
  }
}
