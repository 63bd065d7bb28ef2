// The engine's own time never goes back, whatever a file says: keys, clocks and watches stand in order of it.

import HujiaContainers
import HujiaIngest
import HujiaRoads
import HujiaTestSupport
import Testing

@testable import HujiaDriver
@testable import HujiaEngine
@testable import HujiaJournal

@Suite struct TimeBackTests {
  private static let second_ns: Int64 = 1_000_000_000

  private var configuration: Configuration {
    var configuration = Configuration()
    configuration.runMode = .poll
    return configuration
  }

  /// A snapshot's turns ended before its engine's time: the later one counts, and the same on the clock of its boot.
  @Test func aSnapshot() throws {
    let writing = try State.blank(configuration)
    writing.core.pointee.time = Moment(now_ns: 9 * Self.second_ns, wall_us: 1)
    for last_s in [9, 10, 8, 0] as [Int64] {
      let last = Moment(now_ns: last_s * Self.second_ns, wall_us: 1)
      let state = try State.bytes(of: writing, last: last)
      let driver = try State.blank(configuration)
      let rebuilder = try Rebuilder(driver, configuration)
      withExtendedLifetime(driver) {
        #expect(state.withUnsafeBytes { rebuilder.take(snapshot: $0) })
      }
      check(rebuilder.last.now_ns, equals: max(last_s, 9) * Self.second_ns)
      check(rebuilder.monotonic_ns, equals: 5 + max(9 - last_s, 0) * Self.second_ns)
    }
  }

  private func record(_ kind: UInt16, _ payload: UnsafeRawBufferPointer) -> JournalRecord {
    JournalRecord(
      sequence: 7, kind: kind, version: RecordKind.version, hasMore: false, epoch: 1,
      monotonic_ns: 0, wall_us: 0, boot: .none, digest: nil, payload: payload)
  }

  private func take(_ rebuilder: Rebuilder, key: UInt64, at_s: Int64) {
    let room = UnsafeMutableRawPointer.allocate(byteCount: 1 << 12, alignment: 8)
    defer { room.deallocate() }
    var writer = NumberWriter(room)
    TurnRecord.putHead(.ok, 0, isCut: false, hasLeft: false, &writer)
    let report = IncidentReport(
      tier: .routine, type: 0, lat_e7: 1, lon_e7: 1, flags: 0, keyHigh: 3, keyLow: key,
      callerHash: 0, wall_us: 0, place: .nowhere)
    writer.put(
      Command(.report(report)), at: Moment(now_ns: at_s * Self.second_ns, wall_us: 1))
    for _ in 0..<3 { writer.put(UInt32(0)) }
    let payload = UnsafeRawBufferPointer(start: room, count: writer.count)
    #expect(rebuilder.take(record(RecordKind.turn, payload)))
  }

  /// A record's turn was before that of an earlier record.
  @Test func records() throws {
    let driver = try State.blank(configuration)
    let rebuilder = try Rebuilder(driver, configuration)
    OpenedRecord(configuration, map: driver.mapChecksum, plans: TextMark()).bytes.withUnsafeBytes {
      #expect(rebuilder.take(record(RecordKind.opened, $0)))
    }
    for (key, at_s) in [(1, 5), (2, 1), (3, 6)] as [(UInt64, Int64)] {
      take(rebuilder, key: key, at_s: at_s)
      check(driver.core.pointee.time.now_ns, equals: max(at_s, 5) * Self.second_ns)
      check(rebuilder.last.now_ns, equals: max(at_s, 5) * Self.second_ns)
      checkNil(driver.core.pointee.validate().map { "\($0.words)" })
    }
  }
}
