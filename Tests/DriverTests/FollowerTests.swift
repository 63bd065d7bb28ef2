// While an engine runs a second core follows it, and snapshots are written without the baton: opened from one of them,
// with the records behind it, an engine is as it was.

import Foundation
import HujiaContainers
import HujiaIngest
import HujiaJournal
import HujiaTestSupport
import Testing

@testable import HujiaDriver
@testable import HujiaEngine

@Suite(.serialized, .timeLimit(.minutes(10))) struct FollowerTests {
  private let folder = TemporaryFolder()
  private static let units: UInt64 = 64

  private func configuration(
    _ name: String, _ change: (inout Configuration) -> Void = { _ in }
  ) -> Configuration {
    var configuration = Configuration()
    configuration.runMode = .thread
    configuration.maxUnits = UInt32(Self.units)
    configuration.maxIncidents = 256
    configuration.maxAssignments = 256
    configuration.snapshotRecords = 1_000
    configuration.ringBytes = 8 << 20
    configuration.journalPath = folder.file(name)
    change(&configuration)
    return configuration
  }

  private func put(_ unit: UInt64, _ round: UInt64, _ driver: EngineDriver) {
    _ = driver.submit(
      Command(
        .putUnit(
          UnitDescription(
            id: unit, kind: 0, agency: 0, capabilities: round, homeBeat: 0, crew: 2,
            activity: .patrolling, shiftEnd_us: 0, place: .nowhere, hasPosition: false))))
  }

  private func report(_ number: UInt64, _ place: Int32, _ driver: EngineDriver) {
    var decision = Decision()
    _ = driver.submit(
      Command(
        .report(
          IncidentReport(
            tier: .urgent, type: 1, lat_e7: place, lon_e7: place, flags: 0, keyHigh: 1,
            keyLow: number, callerHash: 0, wall_us: 0, place: driver.snap((place, place))))),
      into: &decision)
    guard decision.answer.incidentID != 0 else { return }
    _ = driver.submit(
      .end(
        incident: decision.answer.incidentID, as: .closed, disposition: 1, wall_us: 0))
  }

  private func locate(_ unit: UInt64, _ place: Int32, _ driver: EngineDriver) {
    _ = driver.takeFixes(1) { _ in
      GivenFix(
        unitID: unit, lat_e7: place, lon_e7: place, datum: 1, accuracy_dm: 0, heading_cdeg: .min,
        speed_cms: .min, wall_us: 0)
    }
  }

  /// Calls, units and positions until so many snapshots were made.
  private func work(_ driver: EngineDriver, snapshots: UInt64) throws {
    let follower = try #require(driver.follower)
    let until = Date(timeIntervalSinceNow: 120)
    var round: UInt64 = 0
    while follower.made.load(ordering: .relaxed) < snapshots, Date() < until {
      round += 1
      let unit = round % Self.units + 1
      if round <= Self.units || round % 4 == 0 { put(unit, round, driver) }
      locate(unit, 1_000_000 + Int32(truncatingIfNeeded: round % 5_000), driver)
      report(round, 1_000_000 + Int32(truncatingIfNeeded: round % 3_000), driver)
      if round % 128 == 0 {
        _ = driver.takeEvents(into: events)
        usleep(1_000)
      }
    }
    check(follower.made.load(ordering: .relaxed), atLeast: snapshots)
    check(
      driver.journal.map { $0.reasonsNow & ~EngineJournal.Reason.harmless } ?? 1, equals: 0)
  }

  private let events = UnsafeMutableBufferPointer<Event>.allocate(capacity: 4_096)

  /// A life, then an opening from a snapshot that the follower made.
  private func live(_ configuration: Configuration, snapshots: UInt64 = 2) throws {
    let path = try #require(configuration.journalPath)
    let token = try EngineDriver.open(configuration)
    let driver = try #require(EngineDriver.value(token) { $0 })
    try work(driver, snapshots: snapshots)
    check(EngineDriver.close(token), equals: .ok)
    let lines = StateLines.of(&driver.core.pointee)
    check(try Snapshots.names(path).count, equals: 2, "the newest two")
    // Without the last one, that of the follower is opened from, and the records behind it.
    let last = try #require(try Snapshots.names(path).last)
    try FileManager.default.removeItem(atPath: path + "/" + last)
    Snapshots.compare(
      try Snapshots.reopen(configuration) {
        check($0.journal?.rebuilt ?? 0, above: 0)
        check($0.journal?.rebuilt ?? .max, below: $0.journal?.journal.recorded ?? 0)
        check($0.journal?.reasonsNow ?? 1, equals: 0)
      }, lines, leavingOut: Snapshots.ofRecords)
  }

  @Test func snapshotsAreMadeAndOpenedFrom() throws { try live(configuration("followed")) }

  /// Those that wait when the engine is closed stand on record as well: the records alone give them.
  @Test func waitingPositionsAreToldAtTheClose() throws {
    let configuration = configuration("waiting") {
      $0.telemetry = .all
      $0.runMode = .poll
    }
    let token = try EngineDriver.open(configuration)
    let driver = try #require(EngineDriver.value(token) { $0 })
    _ = driver.poll(now_ns: 1_000_000_000, wall_us: 1_700_000_000_000_000, most: 0)
    for unit in 1...Self.units { put(unit, 1, driver) }
    // Nobody takes them in while somebody has the baton.
    driver.baton.take()
    for unit in 1...Self.units { locate(unit, 1_000_000 + Int32(unit), driver) }
    driver.baton.give()
    check(driver.positions.pointee.hasFresh)
    check(EngineDriver.close(token), equals: .ok)
    try Snapshots.removeAll(folder.file("waiting"))
    _ = try Snapshots.reopen(configuration) { driver in
      check(driver.journal?.rebuilt ?? 0, above: Self.units)
      check(driver.journal?.reasonsNow ?? 1, equals: 0)
      for unit in 1...Self.units {
        let found = driver.core.pointee.units.find(unit)
        let slot = try #require(found)
        check(driver.core.pointee.units[slot].place.lat_e7, equals: 1_000_000 + Int32(unit))
      }
    }
  }

  /// A position before the first poll of a rebuilt engine is of the time at which its records ended.
  @Test func positionsBeforeTheFirstPollHaveATime() throws {
    let configuration = configuration("before") { $0.runMode = .poll }
    let token = try EngineDriver.open(configuration)
    let driver = try #require(EngineDriver.value(token) { $0 })
    _ = driver.poll(now_ns: 1_000_000_000, wall_us: 1_700_000_000_000_000, most: 0)
    put(1, 1, driver)
    check(EngineDriver.close(token), equals: .ok)
    _ = try Snapshots.reopen(configuration) { driver in
      locate(1, 1_000_000, driver)
      let found = driver.core.pointee.units.find(1)
      let slot = try #require(found)
      check(driver.core.pointee.units[slot].place.lat_e7, equals: 1_000_000)
      check(driver.core.pointee.units[slot].fixWall_us, equals: 1_700_000_000_000_000)
    }
  }

  /// Positions stand on record.
  @Test func withAllTelemetry() throws {
    try live(configuration("all") { $0.telemetry = .all })
  }

  /// The records before are of other streets than those behind.
  @Test func afterAnotherMap() throws {
    let city = try RecordedCity(.poll, in: folder, journal: folder.file("moved")) {
      $0.maxUnits = UInt32(Self.units)
      $0.ringBytes = 8 << 20
    }
    for unit in 1...Self.units { put(unit, 1, city.driver) }
    for round in 1...60 as ClosedRange<UInt64> { report(round, 1_000_000, city.driver) }
    city.close()
    try Snapshots.removeAll(folder.file("moved"))
    try RecordedCity.elsewhere().write(to: folder.file("elsewhere.hjmap"))
    try live(
      configuration("moved") {
        $0.mapPath = folder.file("elsewhere.hjmap")
        $0.maxWatches = UInt32(RecordedCity.watches)
        $0.keyRetention_s = 2
        $0.telemetry = .all
      })
  }

  /// Long plans are on record piece by piece, and a snapshot is made between two of them: it has those before it.
  @Test func betweenTwoPieces() throws {
    let configuration = configuration("pieces")
    let token = try EngineDriver.open(configuration)
    let driver = try #require(EngineDriver.value(token) { $0 })
    let follower = try #require(driver.follower)
    driver.stagingGate.piece = 64
    var looks = 0
    driver.stagingGate.between = {
      looks += 1
      guard looks == 3 else { return }
      let until = Date(timeIntervalSinceNow: 120)
      while follower.made.load(ordering: .relaxed) < 1, Date() < until {
        put(1, UInt64.random(in: 1...9), driver)
      }
    }
    var text = RecordedCity.plans
    try text.withUTF8 { try driver.loadPlans(UnsafeRawBufferPointer($0)) }
    driver.stagingGate.between = {}
    check(looks, above: 3)
    check(follower.made.load(ordering: .relaxed), equals: 1)
    check(EngineDriver.close(token), equals: .ok)
    let lines = StateLines.of(&driver.core.pointee)
    let path = folder.file("pieces")
    let last = try #require(try Snapshots.names(path).last)
    try FileManager.default.removeItem(atPath: path + "/" + last)
    Snapshots.compare(
      try Snapshots.reopen(configuration) { driver in
        check(driver.journal?.reasonsNow ?? 1, equals: 0)
        check(driver.core.pointee.planSource.bytes, equals: UInt32(RecordedCity.plans.utf8.count))
      }, lines, leavingOut: Snapshots.ofRecords)
  }

  /// Positions that are on no record stand in the follower's snapshots: after a power cut a unit is where it was.
  @Test func newestPositionsSurviveAPowerCut() throws {
    let configuration = configuration("newest")
    let token = try EngineDriver.open(configuration)
    let driver = try #require(EngineDriver.value(token) { $0 })
    for unit in 1...Self.units { put(unit, 1, driver) }
    for unit in 1...Self.units { locate(unit, 5_000_000 + Int32(unit), driver) }
    let follower = try #require(driver.follower)
    let until = Date(timeIntervalSinceNow: 120)
    while follower.made.load(ordering: .relaxed) < 1, Date() < until {
      put(Self.units, UInt64.random(in: 1...9), driver)
    }
    check(follower.made.load(ordering: .relaxed), atLeast: 1)
    // A copy of the disk, on a machine that was started anew: without the ring, and what lies in it.
    try FileManager.default.copyItem(atPath: folder.file("newest"), toPath: folder.file("disk"))
    check(EngineDriver.close(token), equals: .ok)
    var other = configuration
    other.journalPath = folder.file("disk")
    other.ringPath = folder.file("other.ring")
    other.bootID = JournalID(high: 5, low: 5)
    _ = try Snapshots.reopen(other) { driver in
      driver.baton.take()
      defer { driver.baton.give() }
      for id in 1...Self.units - 1 {
        let found = driver.core.pointee.units.find(id)
        let unit = driver.core.pointee.units[try #require(found)]
        check(unit.hasPosition, "unit \(id) is nowhere")
        check(unit.place.lat_e7, equals: 5_000_000 + Int32(id))
      }
    }
  }
}
