// A journal whose sums are right and that says what no host could have said: opening names the record, and follows
// none of it.

import Glibc
import HujiaContainers
import HujiaEngine
import HujiaIngest
import HujiaJournal
import HujiaRoads
import HujiaTestSupport
import Testing

@testable import HujiaDriver

@Suite struct ForgedJournalTests {
  private static let limit: UInt32 = 16

  private func configuration(_ folder: TemporaryFolder, _ mode: RunMode) -> Configuration {
    var configuration = Configuration()
    configuration.runMode = mode
    configuration.maxUnits = Self.limit
    configuration.maxIncidents = 16
    configuration.maxAssignments = 16
    configuration.journalPath = folder.file("journal")
    configuration.ringPath = folder.file("ring")
    configuration.ringBytes = 4 << 20
    return configuration
  }

  /// An engine's journal, and behind what it wrote one more record.
  private func forged(
    _ folder: TemporaryFolder, _ kind: UInt16, _ mode: RunMode = .poll, monotonic_ns: Int64 = 1,
    _ body: (inout NumberWriter) -> Void
  ) throws -> Configuration {
    let configuration = configuration(folder, mode)
    _ = EngineDriver.close(try EngineDriver.open(configuration))
    var settings = JournalSettings(folder: folder.file("journal"))
    settings.ringPath = configuration.ringPath
    settings.ringBytes = 4 << 20
    settings.segmentBytes = 8 << 20
    let journal = try Journal.open(settings, snapshot: { _ in true }) { _ in true }
    defer { journal.close() }
    let room = UnsafeMutableRawPointer.allocate(byteCount: 1 << 12, alignment: 8)
    defer { room.deallocate() }
    var writer = NumberWriter(room)
    body(&writer)
    let sequence = journal.append(
      kind: kind, version: RecordKind.version, monotonic_ns: monotonic_ns, wall_us: 1,
      UnsafeRawBufferPointer(start: room, count: writer.count))
    check(sequence, isNot: 0, "it was appended")
    return configuration
  }

  private func open(_ configuration: Configuration, isNamed: Bool) {
    do throws(Failure) {
      let token = try EngineDriver.open(configuration)
      check(EngineDriver.close(token), equals: .ok)
      #expect(!isNamed, "it was taken")
    } catch {
      #expect(isNamed, "refused: \(error.text)")
      check(error.status, equals: .journal)
      #expect(error.text.contains("record"))
    }
  }

  /// Killed between its record and its first turn: the time until then has passed all the same.
  @Test func anOpeningWithoutATurn() throws {
    let folder = TemporaryFolder()
    let opened = OpenedRecord(configuration(folder, .thread), map: 0, plans: TextMark())
    let configuration = try forged(folder, RecordKind.opened, .thread, monotonic_ns: 1 << 60) {
      for byte in opened.bytes { $0.put(byte) }
    }
    let closed_ns = Clock.now_ns()
    usleep(1_000_000)
    let token = try EngineDriver.open(configuration)
    let driver = try #require(EngineDriver.value(token) { $0 })
    // Where the engine's own time began: before the first life ended.
    check(driver.origin_ns, atMost: closed_ns, "\(driver.origin_ns - closed_ns) ns are lost")
    check(EngineDriver.close(token), equals: .ok)
  }

  private func fix(_ slot: UInt32, _ place: Place) -> TakenFix {
    TakenFix(slot: slot, ask: 0, wall_us: 1, fix_ns: 1, place: place)
  }

  private func put(_ fix: TakenFix, _ writer: inout NumberWriter) {
    let place = writer.reserve()
    writer.put(fix)
    writer.close(place)
  }

  private func place(street: UInt32, lat_e7: Int32) -> Place {
    Place(
      street: street, offset_mm: 0, node: Place.none, gap_dm: 0, lat_e7: lat_e7, lon_e7: 1,
      isOffNetwork: false)
  }

  @Test func positions() throws {
    let cases: [(TakenFix, isNamed: Bool)] = [
      (fix(0, .nowhere), false), (fix(Self.limit - 1, .nowhere), false),
      (fix(Self.limit, .nowhere), true), (fix(4_000_000_000, .nowhere), true),
      (fix(0, place(street: 7, lat_e7: 1)), true),
      (fix(0, place(street: Place.none, lat_e7: 900_000_001)), true),
    ]
    for (fix, isNamed) in cases {
      let folder = TemporaryFolder()
      open(try forged(folder, RecordKind.positions) { put(fix, &$0) }, isNamed: isNamed)
    }
  }

  private func turn(
    _ report: IncidentReport, _ fix: TakenFix?, _ writer: inout NumberWriter, now_ns: Int64 = 1
  ) {
    TurnRecord.putHead(.ok, 0, isCut: false, hasLeft: false, &writer)
    writer.put(Command(.report(report)), at: Moment(now_ns: now_ns, wall_us: 1))
    writer.put(UInt32(0))
    writer.put(UInt32(0))
    if let fix { put(fix, &writer) } else { writer.put(UInt32(0)) }
  }

  private func report(lat_e7: Int32, _ place: Place) -> IncidentReport {
    IncidentReport(
      tier: .routine, type: 0, lat_e7: lat_e7, lon_e7: 1, flags: 0, keyHigh: 0, keyLow: 0,
      callerHash: 0, wall_us: 0, place: place)
  }

  @Test func commands() throws {
    let cases: [(IncidentReport, TakenFix?, isNamed: Bool)] = [
      (report(lat_e7: 1, .nowhere), nil, false),
      (report(lat_e7: 900_000_001, .nowhere), nil, true),
      (report(lat_e7: 1, place(street: 7, lat_e7: 1)), nil, true),
      (report(lat_e7: 1, .nowhere), fix(4_000_000_000, .nowhere), true),
    ]
    for (report, fix, isNamed) in cases {
      let folder = TemporaryFolder()
      open(try forged(folder, RecordKind.turn) { turn(report, fix, &$0) }, isNamed: isNamed)
    }
  }

  /// A virtual machine that goes on from an earlier state of its own has the same boot and an earlier clock; the
  /// journal may be the later one. The engine's own time never goes back all the same.
  @Test func aMachineSetBack() throws {
    let folder = TemporaryFolder()
    let five_ns: Int64 = 5_000_000_000
    let configuration = try forged(
      folder, RecordKind.turn, .thread, monotonic_ns: Clock.now_ns() + 3_600_000_000_000
    ) { turn(report(lat_e7: 1, .nowhere), nil, &$0, now_ns: five_ns) }
    for _ in 0..<2 {
      let token = try EngineDriver.open(configuration)
      let driver = try #require(EngineDriver.value(token) { $0 })
      let time_ns = driver.turnHere { core, _ in core.time.now_ns }
      #expect(time_ns >= five_ns && time_ns < five_ns + 3_600_000_000_000, "\(time_ns)")
      check(EngineDriver.close(token), equals: .ok)
    }
  }
}
