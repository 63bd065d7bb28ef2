// An engine that was closed is opened from its snapshot, and is the one that all its records give. What stands in a
// snapshot is believed no more than a record.

import Foundation
import HujiaContainers
import HujiaIngest
import HujiaJournal
import HujiaMapBuild
import HujiaRoads
import HujiaTestSupport
import Testing

@testable import HujiaDriver
@testable import HujiaEngine

@Suite(.serialized, .timeLimit(.minutes(10))) struct SnapshotTests {
  private let folder = TemporaryFolder()

  private func set(_ configuration: inout Configuration, _ name: String) {
    configuration.recorder = nil
    configuration.journalPath = folder.file(name)
    configuration.ringBytes = 8 << 20
    configuration.maxClients = 3
  }

  /// A long random life, closed; its configuration, and what was true at its end.
  private func live(
    _ seed: UInt64, _ name: String = "journal", _ change: (inout Configuration) -> Void = { _ in }
  ) throws -> (configuration: Configuration, lines: [String]) {
    var configuration = Configuration()
    let city = try RecordedCity(.poll, in: folder) {
      set(&$0, name)
      change(&$0)
      configuration = $0
    }
    var life = StateLife(city, seed: seed)
    try life.run(900)
    _ = city.recording()
    let lines = StateLines.of(&city.driver.core.pointee)
    return (configuration, lines)
  }

  private func reopen(
    _ configuration: Configuration, _ look: (EngineDriver) throws -> Void = { _ in }
  ) throws -> [String] {
    try Snapshots.reopen(configuration, look)
  }

  private func compare(_ own: [String], _ other: [String], leavingOut prefixes: [String] = []) {
    Snapshots.compare(own, other, leavingOut: prefixes)
  }

  private func snapshots(_ name: String) throws -> [String] {
    try Snapshots.names(folder.file(name))
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func aSnapshotIsWhatAllRecordsGive(seed: UInt64) throws {
    let (configuration, lines) = try live(seed)
    check(try snapshots("journal").count, equals: 1)
    var bare = configuration
    set(&bare, "bare")
    try FileManager.default.copyItem(atPath: folder.file("journal"), toPath: folder.file("bare"))
    for name in try snapshots("bare") {
      try FileManager.default.removeItem(atPath: folder.file("bare/" + name))
    }
    compare(
      try reopen(configuration) {
        check($0.journal?.rebuilt ?? 1, equals: 0, "records were applied")
        check($0.journal?.reasonsNow ?? 1, equals: 0)
      }, lines, leavingOut: ["armed"])
    // What was refused, an audit that finds nothing, and times that were looked for in vain, are on no record.
    compare(
      try reopen(bare) {
        check($0.journal?.rebuilt ?? 0, above: 500)
        check($0.journal?.reasonsNow ?? 1, equals: 0)
      }, lines, leavingOut: ["armed", "waiting", "counter"])
  }

  @Test func damagedSnapshots() throws {
    let (configuration, lines) = try live(4)
    _ = try reopen(configuration)
    let names = try snapshots("journal")
    check(names.count, equals: 2)
    func damage(_ name: String) throws {
      var bytes = try [UInt8](
        Data(contentsOf: URL(fileURLWithPath: folder.file("journal/" + name))))
      bytes[bytes.count / 2] ^= 4
      try Data(bytes).write(to: URL(fileURLWithPath: folder.file("journal/" + name)))
    }
    var rebuilt: UInt64 = 0
    let noted: (EngineDriver) -> Void = {
      rebuilt = $0.journal?.rebuilt ?? 0
      check(
        $0.journal?.reasonsNow ?? 0, equals: JournalReasons.snapshotDamaged.rawValue, "it is told")
    }
    try damage(names[1])
    let token = try EngineDriver.open(configuration)
    let driver = try #require(EngineDriver.value(token) { $0 })
    noted(driver)
    check(rebuilt, above: 0)
    check(rebuilt, below: 20, "the older snapshot was read")
    check(driver.core.pointee.validate() == nil)
    check(EngineDriver.close(token), equals: .ok)
    _ = lines
    let kept = try snapshots("journal")
    check(kept.count, equals: 2)
    check(kept.first, equals: names[0], "the damaged one counts for nothing")
    for name in try snapshots("journal") { try damage(name) }
    _ = try reopen(configuration, noted)
    check(rebuilt, above: 500, "all records")
  }

  @Test func limits() throws {
    let (configuration, _) = try live(5)
    func refused(_ field: String, _ change: (inout Configuration) -> Void) {
      var other = configuration
      change(&other)
      do throws(Failure) {
        _ = EngineDriver.close(try EngineDriver.open(other))
        Issue.record("\(field) was taken")
      } catch {
        check(error.status, equals: .limit)
        check(error.field, equals: field)
      }
    }
    refused("max_incidents") { $0.maxIncidents -= 1 }
    refused("max_units") { $0.maxUnits -= 1 }
    refused("max_watches") { $0.maxWatches -= 1 }
    refused("key_capacity") { $0.keyCapacity = 8 }
    refused("figure_beats") { $0.figureBeats = 1 }
    refused("max_clients") { $0.maxClients = 1 }
    var larger = configuration
    larger.maxIncidents += 10
    larger.maxAssignments += 3
    larger.maxUnits += 100
    larger.maxWatches += 1
    larger.figureTypes += 1
    larger.breachCapacity = 5
    var told: Event?
    _ = try reopen(larger) { driver in
      check(driver.journal?.rebuilt ?? 1, equals: 0)
      while let event = driver.core.pointee.popEvent() {
        if event.kind == .recovered { told = event }
      }
    }
    check(told?.kind.rawValue ?? 0, equals: EventKind.recovered.rawValue)
    check(told?.reason ?? 0, equals: Status.changed.rawValue)
  }

  @Test func anotherMap() throws {
    let (configuration, _) = try live(6)
    var other = configuration
    other.mapPath = folder.file("elsewhere.hjmap")
    try RecordedCity.elsewhere().write(to: folder.file("elsewhere.hjmap"))
    var told: Event?
    _ = try reopen(other) { driver in
      check(driver.journal?.rebuilt ?? 1, equals: 0)
      for slot in 0..<UInt32(driver.core.pointee.units.touched)
      where driver.core.pointee.units.isLive(slot) {
        let place = driver.core.pointee.units[slot].place
        check(driver.map.holds(place), "unit \(slot) stands on another map")
        guard driver.core.pointee.units[slot].hasPosition else { continue }
        check(place, equals: driver.snap((place.lat_e7, place.lon_e7)), "snapped anew")
      }
      while let event = driver.core.pointee.popEvent() {
        if event.kind == .recovered { told = event }
      }
    }
    check(told?.reason ?? 0, equals: Status.changed.rawValue)
  }

  /// The first poll after a restart says how long it was; a wall clock that went back says nothing, and is told.
  @Test func theWallClockWentBack() throws {
    let (configuration, _) = try live(7)
    _ = try reopen(configuration) { driver in
      let last = driver.core.pointee.time
      let due_ns = driver.core.pointee.nextDue_ns
      check(last.wall_us, above: 0)
      _ = driver.poll(now_ns: 5, wall_us: last.wall_us - 3_000_000, most: 0)
      check(driver.core.pointee.time.now_ns, equals: last.now_ns, "time does not go back")
      check(
        driver.journal?.reasonsNow ?? 0, equals: EngineJournal.Reason.timeUncertain, "it is told")
      guard due_ns != .max else { return }
      _ = driver.poll(
        now_ns: 5 + max(due_ns - last.now_ns, 0) + 1, wall_us: last.wall_us, most: 0)
      check(driver.core.pointee.nextDue_ns, above: due_ns)
    }
  }

  private enum Rest: CaseIterable {
    /// Another boot, and the wall clock is where it belongs; or so far back that it says nothing ran at all.
    case otherBoot, otherBootSetBack
    /// The boot of the records: there is nothing but the wall clock, where the records are a polled engine's.
    case setBack
  }

  /// Deadlines over a restart of the machine: what was due in the time that it is up at least has fired, late, also
  /// where the wall clock was set back across it; what is due later waits; and what is not known is told.
  @Test(arguments: Rest.allCases) private func deadlinesAcrossBoots(_ rest: Rest) throws {
    let up_ns = Clock.now_ns()
    let away_us: Int64 = rest == .otherBoot ? up_ns / 1_000 + 7_200_000_000 : -864_000_000_000
    let last_us = Clock.wall_us() - away_us
    var configuration = Configuration()
    set(&configuration, "boots")
    configuration.runMode = .poll
    configuration.bootID = JournalID(high: 1, low: 1)
    let token = try EngineDriver.open(configuration)
    let driver = try #require(EngineDriver.value(token) { $0 })
    _ = driver.poll(now_ns: 1_000_000_000, wall_us: last_us, most: 0)
    // Due within the time that this machine is up, and an hour after it; far beyond everything.
    let limits_s = [max(1, up_ns / 2_000_000_000), up_ns / 1_000_000_000 + 3_600, 30_000_000]
    for (index, limit_s) in limits_s.enumerated() {
      let watch = WatchDescription(
        id: UInt64(index + 1), limit_s: UInt32(limit_s), lat_e7: 0, lon_e7: 0, place: .nowhere)
      check(driver.submit(.putWatch(watch)), equals: .ok)
    }
    check(EngineDriver.close(token), equals: .ok)
    configuration.runMode = .thread
    configuration.bootID = JournalID(high: 1, low: rest == .setBack ? 1 : 2)
    let second = try EngineDriver.open(configuration)
    defer { check(EngineDriver.close(second), equals: .ok) }
    let again = try #require(EngineDriver.value(second) { $0 })
    check(again.journal?.rebuilt ?? 1, equals: 0)
    check(
      (again.journal?.reasonsNow ?? 0) & EngineJournal.Reason.timeUncertain != 0,
      equals: rest != .otherBoot)
    let fired = fired(again, atLeast: rest == .otherBoot ? 2 : rest == .setBack ? 0 : 1)
    switch rest {
    case .otherBoot: check(fired, equals: [1, 2])
    case .otherBootSetBack: check(fired, equals: [1])
    case .setBack: check(fired, equals: [])
    }
    // Under the baton: its loop is at work.
    check(again.turnHere { core, _ in core.validate() == nil })
  }

  /// Watches of which an escalation was told, once there are so many. Each was late.
  private func fired(_ driver: EngineDriver, atLeast count: Int) -> [UInt64] {
    var found: Set<UInt64> = []
    let events = UnsafeMutableBufferPointer<Event>.allocate(capacity: 64)
    defer { events.deallocate() }
    for _ in 0..<60_000 {
      _ = driver.turnHere { core, _ in core.nextDue_ns }
      for event in events.prefix(driver.takeEvents(into: events)) where event.kind == .escalation {
        found.insert(event.watchID)
        check(event.late_ns, above: 0)
      }
      let isDue = driver.turnHere { core, _ in core.nextDue_ns <= core.time.now_ns }
      if found.count >= count, !isDue { break }
      usleep(1_000)
    }
    return found.sorted()
  }

  /// A whole snapshot that says what no engine says: the older one is taken, and that is told. Where that one cannot be
  /// taken either, all records are.
  @Test func forged() throws {
    let (configuration, _) = try live(9)
    for (bytes, least) in [
      ([], 0), ([1, 2, 3], 0), ([UInt8](repeating: 0xff, count: 70_000), 500),
    ]
      as [([UInt8], UInt64)]
    {
      try forge(bytes, configuration)
      if least > 0 { try forge(bytes, configuration) }
      _ = try reopen(configuration) { driver in
        check(driver.journal?.reasonsNow ?? 0, equals: JournalReasons.snapshotDamaged.rawValue)
        check(driver.journal?.rebuilt ?? 0, above: least)
      }
    }
    // Without the records either there is nothing to take: the first reason is named.
    try forge([7], configuration)
    try forge([7], configuration)
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.file("journal"))
    where name.hasPrefix("journal-") && name < "journal-000000000003" {
      try FileManager.default.removeItem(atPath: folder.file("journal/" + name))
    }
    do throws(Failure) {
      _ = EngineDriver.close(try EngineDriver.open(configuration))
      Issue.record("it was taken")
    } catch {
      check(error.status, equals: .journal)
      check(error.text.contains("snapshot"), error.text)
    }
  }

  private func forge(_ bytes: [UInt8], _ configuration: Configuration) throws {
    var settings = JournalSettings(folder: folder.file("journal"))
    settings.ringPath = configuration.ringPath
    settings.ringBytes = 8 << 20
    settings.segmentBytes = 8 << 20
    settings.retention_s = 1_000_000
    let journal = try Journal.open(settings, snapshot: { _ in true }) { _ in true }
    let room: [UInt8] = [0, 0, 0, 0]
    _ = room.withUnsafeBytes {
      journal.append(
        kind: RecordKind.positions, version: RecordKind.version, monotonic_ns: 1, wall_us: 1, $0)
    }
    let writer = try journal.beginSnapshot(journal.recorded)
    try bytes.withUnsafeBytes { raw in try writer.write(raw) }
    try writer.finish()
    journal.close()
  }

  /// More positions wait than a turn takes in: closing loses none.
  @Test func positionsThatWait() throws {
    let units = 900
    var configuration = Configuration()
    configuration.runMode = .poll
    configuration.maxUnits = UInt32(units)
    configuration.maxIncidents = 8
    configuration.maxAssignments = 8
    set(&configuration, "placed")
    let token = try EngineDriver.open(configuration)
    let driver = try #require(EngineDriver.value(token) { $0 })
    for id in 1...UInt64(units) {
      let unit = UnitDescription(
        id: id, kind: 0, agency: 0, capabilities: 0, homeBeat: 0, crew: 2, activity: .patrolling,
        shiftEnd_us: 0, place: .nowhere, hasPosition: false)
      check(driver.submit(.putUnit(unit)), equals: .ok)
    }
    driver.baton.take()
    let taken = driver.takeFixes(units) { index in
      GivenFix(
        unitID: UInt64(index + 1), lat_e7: 10_000_000 + Int32(index), lon_e7: 20_000_000, datum: 1,
        accuracy_dm: 0, heading_cdeg: .min, speed_cms: .min, wall_us: 0)
    }
    driver.baton.give()
    check(taken, equals: units)
    check(EngineDriver.close(token), equals: .ok)
    _ = try reopen(configuration) { driver in
      check(driver.journal?.rebuilt ?? 1, equals: 0)
      for id in 1...UInt64(units) {
        let found = driver.core.pointee.units.find(id)
        let slot = try #require(found)
        let unit = driver.core.pointee.units[slot]
        check(unit.hasPosition, "unit \(id) is nowhere")
        check(unit.place.lat_e7, equals: 10_000_000 + Int32(id - 1))
      }
    }
  }
}
