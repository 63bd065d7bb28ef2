// The ring: what has room in it, what becomes of it when it is lost, not ours, too small or damaged; the host's area.

import CHujiaJournal
import Glibc
import HujiaTestSupport
import Testing

@testable import HujiaJournal

@Suite struct RingTests {
  @Test func checksums() {
    check(
      "123456789".utf8.withContiguousStorageIfAvailable { hujia_crc32c(0, $0.baseAddress, 9) },
      equals: 0xe306_9283)
    var random = SplitMix64(3)
    let bytes = (0..<300).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    for from in 0..<20 {
      for to in from..<bytes.count where to % 7 == 0 {
        let seed = UInt32(truncatingIfNeeded: random.next())
        bytes[from..<to].withUnsafeBytes { raw in
          _ = check(
            hujia_crc32c(seed, raw.baseAddress, UInt64(raw.count)),
            equals: hujia_crc32c_slow(seed, raw.baseAddress, UInt64(raw.count)))
        }
      }
    }
  }

  /// Round and round the ring with a disk that stands still now and then.
  @Test func roomIsGivenBackWhenSynced() throws {
    let bench = JournalBench(ring: 64 << 10, segment: 1 << 20)
    bench.open()
    let journal = try #require(bench.journal)
    for _ in 0..<20 {
      bench.disk.fault = { _, name in name == "syncData" || name == "sync" ? .error(EIO) : nil }
      while bench.append() {}
      let used = journal.info.used_bytes
      check(used, atLeast: 60 << 10)
      bench.sync()
      check(journal.info.used_bytes, equals: used)
      check(journal.info.reasons.contains(.diskFailed), equals: true)
      check(journal.info.reasons.contains(.ringHalfFull), equals: true)
      check(journal.info.lastError, equals: EIO)
      check(journal.wait(0, .durable, timeout_ns: 0), equals: .timeout)
      check(journal.wait(0, .recorded, timeout_ns: 0), equals: .reached)
      bench.disk.fault = nil
      bench.sync()
      check(journal.info.used_bytes, equals: 0)
      check(journal.info.isDegraded, equals: false)
      check(journal.wait(0, .durable, timeout_ns: 0), equals: .reached)
    }
    check(journal.wait(journal.recorded + 1, .durable, timeout_ns: 0), equals: .never)
    checkNil(bench.killAndReopen())
    bench.close()
  }

  /// A full disk: the reserve serves first, then nothing becomes durable and nothing is lost; with room it goes on, and
  /// the reserve is made again.
  @Test func theReserveServesAndIsMadeAgain() throws {
    let bench = JournalBench()
    bench.settings.reserveBytes = 128 << 10
    bench.open()
    let journal = try #require(bench.journal)
    check(journal.info.reasons, equals: [])
    func has(_ name: String) -> Bool {
      bench.disk.folder("/disk/journal")?.entries[name] != nil
    }
    check(has("reserve"))
    bench.disk.capacity = (64 << 10) + (128 << 10) + 20_000
    var seen: [JournalReasons] = []
    while !journal.reasons.contains(.diskFailed) {
      while bench.append(), journal.ring.used < 8_192 {}
      bench.sync()
      if seen.last != journal.reasons { seen.append(journal.reasons) }
    }
    check(seen, equals: [[], [.diskFull], [.diskFull, .diskFailed]])
    check(has("reserve"), equals: false)
    // Three segments: the first, and two in the room of the reserve.
    check(bench.durable, atLeast: 3 * 40_000 / 148)
    check(journal.durable, below: journal.recorded)
    for _ in 0..<5 { bench.append() }
    bench.disk.time_ns += 60_000_000_000
    bench.sync()
    check(has("reserve"), equals: false, "what is needed comes first")
    bench.disk.capacity = 1 << 30
    bench.sync()
    check(bench.durable, equals: bench.twin.payloads.count)
    bench.disk.time_ns += 11_000_000_000
    bench.sync()
    check(has("reserve"))
    check(journal.info.reasons, equals: [])
    checkNil(bench.killAndReopen())
    bench.close()
  }

  @Test func routineWorkStopsAtThreeQuarters() throws {
    let bench = JournalBench()
    bench.open()
    let journal = try #require(bench.journal)
    let payload = [UInt8](repeating: 7, count: 1_000 - 48)
    var routine = 0
    while journal.hasRoom(JournalRecord.size(payload: payload.count), .routine) {
      routine += 1
      payload.withUnsafeBytes { _ = journal.append(kind: 1, monotonic_ns: 0, wall_us: 0, $0) }
    }
    check(routine, equals: (48 << 10) / 1_000)
    var rest = 0
    while journal.hasRoom(JournalRecord.size(payload: payload.count), .rest) {
      rest += 1
      payload.withUnsafeBytes { _ = journal.append(kind: 1, monotonic_ns: 0, wall_us: 0, $0) }
    }
    check(routine + rest, equals: (64 << 10) / 1_000)
    let refused = payload.withUnsafeBytes {
      journal.append(kind: 1, monotonic_ns: 0, wall_us: 0, $0)
    }
    check(refused, equals: 0)
    let long = [UInt8](repeating: 0, count: journal.mostPayload + 1)
    bench.sync()
    check(
      long.withUnsafeBytes { journal.append(kind: 1, monotonic_ns: 0, wall_us: 0, $0) }, equals: 0)
    check(
      long.dropLast().withUnsafeBytes { journal.append(kind: 1, monotonic_ns: 0, wall_us: 0, $0) },
      equals: UInt64(routine + rest + 1))
    bench.sync()
    check(journal.durable, equals: journal.recorded)
    bench.close()
  }

  /// The ring is removed, or another journal's, while the process that used it is dead: told, with the last record.
  @Test(arguments: 0..<4)
  func lostRing(_ how: Int) {
    let bench = JournalBench()
    bench.open()
    for _ in 0..<10 { bench.append() }
    bench.sync()
    for _ in 0..<10 { bench.append() }
    bench.disk.kill()
    bench.close()
    bench.disk.revive()
    let node = bench.disk.shared.entries["ring"]
    switch how {
    case 0: bench.disk.shared.entries["ring"] = nil
    case 1: node?.owner = 1_001
    case 2: node?.mode = 0o666
    default: node?.isLink = true
    }
    bench.open()
    check(bench.journal?.opening.reasons, equals: how == 0 ? [.ringLost] : [.ringLost])
    check(bench.journal?.opening.last, equals: 10)
    check(bench.journal?.info.isDegraded, equals: true)
    check(bench.found.payloads.count, equals: 10)
    bench.close()
  }

  /// A file that stands where the ring is to come: another user's, a link, no tmpfs, no room, no folder. It opens,
  /// DEGRADED.
  @Test(arguments: 0..<5)
  func noRing(_ how: Int) {
    let bench = JournalBench()
    let folder = bench.disk.shared
    if how < 2 {
      let other = ModelDisk.Node(9, isFolder: false)
      other.owner = how == 0 ? 0 : 1_000
      other.isLink = how == 1
      other.bytes = [1, 2, 3]
      for suffix in ["", "-1", "-2", "-3", "-4", "-5", "-6", "-7"] {
        folder.entries["ring" + suffix] = other
      }
    }
    if how == 2 { bench.disk.sharedKind = .disk }
    if how == 4 { bench.settings.ringPath = "/none/ring" }
    bench.settings.areaBytes = 4_096
    if how == 3 { bench.disk.fault = { _, name in name == "reserve" ? .error(ENOSPC) : nil } }
    bench.open()
    bench.disk.fault = nil
    if how == 3 {
      // Neither the ring nor a segment had room.
      check(bench.problem?.kind ?? .memory, equals: .memory)
      return
    }
    check(bench.journal?.info.reasons, equals: [.notRecorded])
    check(bench.journal?.area.count, equals: 4_096)
    bench.append()
    bench.sync()
    check(bench.journal?.wait(0, .recorded, timeout_ns: 0), equals: .reached)
    bench.close()
    bench.open()
    check(bench.found, equals: bench.twin)
    bench.close()
    if how < 2 { check(folder.entries.count, equals: 8) }
  }

  /// The host's area lives as long as the ring; another size keeps what there is room for.
  @Test func theAreaSurvivesADeath() throws {
    let bench = JournalBench()
    bench.settings.areaBytes = 5_000
    bench.open()
    bench.journal?.area.storeBytes(of: 0x1234_5678, toByteOffset: 4_992, as: UInt64.self)
    for _ in 0..<5 { bench.append() }
    checkNil(bench.killAndReopen())
    check(bench.journal?.area.load(fromByteOffset: 4_992, as: UInt64.self), equals: 0x1234_5678)
    bench.settings.areaBytes = 9_000
    bench.settings.ringBytes = 128 << 10
    for _ in 0..<5 { bench.append() }
    checkNil(bench.killAndReopen())
    check(bench.journal?.area.count, equals: 9_000)
    check(bench.journal?.info.capacity_bytes, equals: 128 << 10)
    check(bench.journal?.area.load(fromByteOffset: 4_992, as: UInt64.self), equals: 0x1234_5678)
    for _ in 0..<5 { bench.append() }
    checkNil(bench.killAndReopen())
    bench.close()
    check(bench.disk.shared.entries.isEmpty, "a close leaves no ring")
  }

  /// Memory that the host has written into: what stands before it comes back, and it is told.
  @Test func aDamagedRecordEndsTheRing() throws {
    let bench = JournalBench()
    bench.open()
    for _ in 0..<10 { bench.append() }
    let journal = try #require(bench.journal)
    var places: [UInt64] = []
    _ = journal.ring.walk(seed: journal.seed) { _, _, place in
      places.append(place)
      return true
    }
    var index = 6
    while bench.twin.payloads[index].isEmpty { index += 1 }
    let at = journal.ring.address(places[index]) + Frame.headSize
    at.storeBytes(of: ~at.load(as: UInt8.self), as: UInt8.self)
    bench.disk.kill()
    bench.close()
    bench.disk.revive()
    bench.open()
    check(bench.found.payloads, equals: Array(bench.twin.payloads[..<index]))
    check(bench.journal?.opening.reasons, equals: [.ringDamaged])
    bench.twin.payloads.removeLast(bench.twin.payloads.count - index)
    bench.append()
    bench.sync()
    bench.disk.kill()
    bench.close()
    bench.disk.revive()
    bench.open()
    check(bench.found, equals: bench.twin)
    bench.close()
  }

  @Test func aTurnOfSeveralRecordsIsNeverParted() throws {
    let bench = JournalBench()
    bench.open()
    bench.append()
    bench.append(isLast: false)
    bench.append(isLast: false)
    check(bench.journal?.recorded, equals: 1)
    bench.disk.kill()
    bench.close()
    bench.disk.revive()
    bench.open()
    check(bench.found.payloads.count, equals: 1)
    bench.close()
  }
}
