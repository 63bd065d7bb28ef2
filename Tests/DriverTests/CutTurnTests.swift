// Turns that ended before all was fired, because thousands fell due in one moment: an engine that is rebuilt leaves out
// the turns in which nothing fired, draws more at once, and yet fires the same.

import Foundation
import HujiaContainers
import HujiaIngest
import HujiaJournal
import HujiaTestSupport
import Testing

@testable import HujiaDriver
@testable import HujiaEngine

@Suite(.serialized, .timeLimit(.minutes(5))) struct CutTurnTests {
  private let folder = TemporaryFolder()
  private static let wall_us: Int64 = 1_700_000_000_000_000

  private func configuration() -> Configuration {
    var configuration = Configuration()
    configuration.runMode = .poll
    configuration.maxUnits = 1_200
    configuration.maxIncidents = 4
    configuration.maxAssignments = 4
    configuration.maxWatches = 700
    configuration.eventCapacity = 64
    configuration.ringBytes = 8 << 20
    configuration.journalPath = folder.file("journal")
    return configuration
  }

  private func poll(_ driver: EngineDriver, _ second: Double) {
    let now_ns = Int64(second * 1e9)
    _ = driver.poll(now_ns: now_ns, wall_us: Self.wall_us + now_ns / 1_000, most: 0)
  }

  /// Closed, opened again from the records alone, and compared.
  private func compare(_ token: UInt, _ driver: EngineDriver) throws {
    check(EngineDriver.close(token), equals: .ok)
    let lines = StateLines.of(&driver.core.pointee)
    try Snapshots.removeAll(folder.file("journal"))
    Snapshots.compare(
      try Snapshots.reopen(configuration()) {
        check($0.journal?.reasonsNow ?? 1, equals: 0, "rebuilt otherwise")
      }, lines, leavingOut: Snapshots.ofRecords)
  }

  private static let plans = """
    {"version": 1,
     "clocks": {"absence": {"limit_s": 1, "steps": [{"do": "home_officer"}], "repeat_s": 1}},
     "plans": [{"name": "one", "units": [{}]}]}
    """

  /// Events are taken while deadlines wait for room, and others have fallen due meanwhile that are not drawn yet.
  @Test func takingEventsFiresWhatItFired() throws {
    let token = try EngineDriver.open(configuration())
    let driver = try #require(EngineDriver.value(token) { $0 })
    poll(driver, 1)
    var text = Self.plans
    try text.withUTF8 { try driver.loadPlans(UnsafeRawBufferPointer($0)) }
    for watch in 1...700 as ClosedRange<UInt64> {
      let watch = WatchDescription(
        id: watch, limit_s: watch <= 350 ? 1 : 100, lat_e7: 0, lon_e7: 0, place: .nowhere)
      check(driver.submit(.putWatch(watch)), equals: .ok)
    }
    var second = 2.0
    while !driver.core.pointee.isEscalationBlocked, second < 90 {
      poll(driver, second)
      second += 0.5
    }
    check(driver.core.pointee.isEscalationBlocked, "no deadline waits for room")
    // As where the engine reads the clock: this call comes later than the last poll. The engine's own time began with
    // the first poll, a second after the machine's.
    driver.moment = Moment(now_ns: 100_500_000_000, wall_us: Self.wall_us + 101_500_000)
    let room = UnsafeMutableBufferPointer<Event>.allocate(capacity: 40)
    defer { room.deallocate() }
    let newest = driver.core.pointee.outbox.newest
    check(driver.takeEvents(into: room), equals: 40)
    check(driver.core.pointee.outbox.newest, below: newest + 40, "nothing was cut")
    for step in 1...40 { poll(driver, 101.5 + Double(step) / 10) }
    try compare(token, driver)
  }

  /// Shifts that wait for the first wall time get their places in slices, one a turn.
  @Test func theFirstWallTimeTakesSeveralTurns() throws {
    let token = try EngineDriver.open(configuration())
    let driver = try #require(EngineDriver.value(token) { $0 })
    for id in 1...1_200 as ClosedRange<UInt64> {
      var unit = UnitDescription(
        id: id, kind: 0, agency: 0, capabilities: 0, homeBeat: 0, crew: 2, activity: .patrolling,
        shiftEnd_us: 0, place: .nowhere, hasPosition: false)
      unit.details.shiftBegin_us = Self.wall_us + Int64(id) * 1_000
      check(driver.submit(.putUnit(unit)), equals: .ok)
    }
    for step in 1...30 { poll(driver, Double(step) / 10) }
    let unit = driver.core.pointee.units.find(1_200)
    check(
      unit.map { driver.core.pointee.units[$0].isBeforeShift } ?? true, equals: false,
      "the last shift has not begun")
    try compare(token, driver)
  }
}
