// The night of an update can be undone: folders of earlier formats are taken up, written on in their own way, and read
// by what the versions of then knew, until somebody upgrades them.

import Foundation
import HujiaContainers
import HujiaIngest
import HujiaJournal
import HujiaTestSupport
import Testing

@testable import HujiaDriver
@testable import HujiaEngine

@Suite(.serialized, .timeLimit(.minutes(10))) struct OldJournalTests {
  private let folder = TemporaryFolder()

  private func set(_ configuration: inout Configuration, _ name: String) {
    configuration.recorder = nil
    configuration.journalPath = folder.file(name)
    configuration.ringBytes = 8 << 20
    configuration.maxClients = 3
  }

  /// A long random life in a folder of a format: everything that a host can do, killed in between, and closed.
  @Test(arguments: [(1, 1), (2, 2), (2, 3)] as [(UInt32, UInt64)])
  func aLifeInAnOldFolder(format: UInt32, seed: UInt64) throws {
    var configuration = Configuration()
    var isMade = false
    let city = try RecordedCity(.poll, in: folder) {
      set(&$0, "old")
      configuration = $0
      do {
        try OldJournal.make($0, format: format)
        isMade = true
      } catch {}
    }
    check(isMade)
    check(city.driver.journal?.format ?? 0, equals: format)
    var life = StateLife(city, seed: seed)
    try life.run(900)
    check(
      city.submit(.raise(incident: 1, level: 2, wall_us: 0)).status, equals: .unsupported,
      "it cannot be said")
    let found = IncidentReport(
      tier: .routine, type: 0, lat_e7: 0, lon_e7: 0, flags: 0, keyHigh: 0, keyLow: 0,
      callerHash: 0, wall_us: 0, place: .nowhere)
    check(city.submit(.selfInitiated(unit: 1, found)).status, equals: .unsupported)
    signsNothing(city.driver)
    let (_, lines) = city.recordingAndState()
    try OldJournal.read(configuration, format: format)
    // By records alone, and from the snapshot.
    try FileManager.default.copyItem(atPath: folder.file("old"), toPath: folder.file("bare"))
    try Snapshots.removeAll(folder.file("bare"))
    var bare = configuration
    set(&bare, "bare")
    for (other, prefixes) in [(configuration, ["armed"]), (bare, Snapshots.ofRecords)] {
      Snapshots.compare(
        try Snapshots.reopen(other) {
          check($0.journal?.reasonsNow ?? 1, equals: 0)
          check($0.journal?.format ?? 0, equals: format)
        }, lines, leavingOut: prefixes)
    }
    try OldJournal.read(configuration, format: format)
    // From the upgrade on everything can be said, and the version of then is refused by the number.
    _ = try Journal.upgrade(folder.file("old"))
    let token = try EngineDriver.open(configuration)
    let driver = try #require(EngineDriver.value(token) { $0 })
    check(driver.journal?.format ?? 0, equals: JournalFormat.newest)
    check(driver.submit(.raise(incident: 1, level: 2, wall_us: 0)), equals: .stale)
    check(EngineDriver.close(token), equals: .ok)
    var settings = JournalSettings(folder: folder.file("old"))
    settings.newestFormat = format
    do throws(JournalProblem) {
      try Journal.open(settings) { _ in true }.close()
      Issue.record("a later format was taken")
    } catch {
      check(error.kind, equals: .newer)
      check(error.text.contains("format \(JournalFormat.newest)"), error.text)
    }
  }

  /// An act that cannot be said is refused, and its street is as before: nobody's closure is another thing than that
  /// of a person, so it is not taken for it.
  private func signsNothing(_ driver: EngineDriver) {
    let (pending, recorded) = (driver.trafficFigures.pending, driver.journalFigures.recorded)
    for time in [StreetTime.Time.closed, .asMapped] {
      var verdict = Status.ok
      let answer = driver.reportTraffic(
        1, act: Act(operatorID: 7), { _ in (.ok, StreetTime(streetID: 1, time: time)) },
        { verdict = $1 })
      check(verdict, equals: .unsupported)
      check(answer.accepted, equals: 0)
    }
    check(driver.trafficFigures.pending, equals: pending)
    check(driver.journalFigures.recorded, equals: recorded)
  }

  /// A folder that a version of then wrote itself, with a state of version 1 in it.
  @Test func aGoldenFolderIsWrittenOn() throws {
    let golden = try OldJournal.lay("state/1.txt", at: folder.file("golden"))
    var configuration = Configuration()
    configuration.runMode = .poll
    set(&configuration, "golden")
    configuration.maxClients = 0
    let token = try EngineDriver.open(configuration)
    let driver = try #require(EngineDriver.value(token) { $0 })
    check(driver.journal?.format ?? 0, equals: 2)
    check(driver.core.pointee.readState, equals: 1)
    let unit = UnitDescription(
      id: 99, kind: 1, agency: 1, capabilities: 1, homeBeat: 0, crew: 2, activity: .patrolling,
      shiftEnd_us: 0, place: .nowhere, hasPosition: false)
    check(driver.submit(.putUnit(unit)), equals: .ok)
    let last = driver.core.pointee.time
    _ = driver.poll(now_ns: 1, wall_us: last.wall_us + 7_200_000_000, most: 0)
    check(EngineDriver.close(token), equals: .ok)
    check(golden, above: 1)
    try OldJournal.read(configuration, format: 2)
  }

  /// An unreleased version wrote levels into a folder of format 2: they stay, in states of its kind.
  @Test func whatIsThereAlreadyStays() throws {
    var configuration = Configuration()
    configuration.runMode = .poll
    set(&configuration, "beyond")
    try OldJournal.make(configuration, format: 2)
    func life(_ body: (EngineDriver) throws -> Void) throws {
      let token = try EngineDriver.open(configuration)
      let driver = try #require(EngineDriver.value(token) { $0 })
      try body(driver)
      check(EngineDriver.close(token), equals: .ok)
    }
    try life { $0.core.pointee.noteRead(format: 3) }
    try life {
      check($0.core.pointee.readState, equals: EngineCore.stateVersion)
      check($0.submit(.raise(incident: 1, level: 2, wall_us: 0)), equals: .unsupported)
      let closes = Change.signStreet(street: 1, direction: 0, profile: 0, isClosed: true)
      check($0.submit(closes), equals: .unsupported)
    }
    try life { check($0.core.pointee.readState, equals: EngineCore.stateVersion) }
  }

  /// A state of a later version is refused by name: it is no damaged one, behind which an older may be taken.
  @Test func aLaterStateIsRefused() throws {
    var configuration = Configuration()
    configuration.runMode = .poll
    set(&configuration, "later")
    for version in [nil, nil, 99] as [UInt32?] {
      let token = try EngineDriver.open(configuration)
      let driver = try #require(EngineDriver.value(token) { $0 })
      if let version { driver.core.pointee.writtenState = version }
      check(EngineDriver.close(token), equals: .ok)
    }
    check(try Snapshots.names(folder.file("later")).count, equals: 2)
    for _ in 0..<2 {
      do throws(Failure) {
        _ = EngineDriver.close(try EngineDriver.open(configuration))
        Issue.record("it was taken")
      } catch {
        check(error.status, equals: .journal)
        check(error.text.contains("of a later version: update the library"), error.text)
      }
    }
  }
}
