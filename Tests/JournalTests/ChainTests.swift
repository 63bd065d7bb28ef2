// Nobody edits a journal unseen: every flipped byte, every length, and forgeries whose sums are right.

import HujiaTestSupport
import Testing

@testable import HujiaJournal

@Suite struct ChainTests {
  /// A journal of `records` in batches of `batch`, closed; its last head.
  private func closed(
    _ records: Int, batch: Int, snapshots: Bool = false, _ digest: JournalDigest = .sha256
  ) -> (JournalBench, ChainHead) {
    let bench = JournalBench(ring: 64 << 10, segment: 256 << 10)
    bench.settings.digest = digest
    bench.open()
    for index in 1...records {
      bench.append()
      if index % batch == 0 { bench.sync() }
      if snapshots, index % (records / 3) == 0 { try? bench.snapshot() }
    }
    bench.sync()
    let info = bench.journal?.info
    bench.close()
    return (bench, ChainHead(record: info?.headRecord ?? 0, hash: info?.head ?? []))
  }

  private func verify(_ bench: JournalBench, _ kept: [ChainHead] = []) -> ChainReport {
    Journal.verifyChain("/disk/journal", kept: kept, calls: bench.disk)
  }

  @Test(arguments: [JournalDigest.sha256, .sm3]) func aWholeChainHolds(_ digest: JournalDigest) {
    let (bench, head) = closed(2_000, batch: 37, digest)
    let report = verify(bench, [head])
    check(report.problem == nil, "\(report.problem.map { "\($0)" } ?? "")")
    check(report.last, equals: 2_000)
    check(report.batches, equals: 55)
    check(report.head, equals: head.hash)
    check(report.digest, equals: digest)
    check(report.torn_bytes, equals: 0)
    check(
      verify(bench, [ChainHead(record: 2_000, hash: ChainDigest.zero)]).problem?.kind,
      equals: .damaged)
    check(
      verify(bench, [ChainHead(record: 2_001, hash: head.hash)]).problem?.kind, equals: .damaged)
  }

  /// Each bit position of each byte: found by the chain, and refused by an open. Nothing crashes.
  @Test(arguments: [JournalDigest.sha256, .sm3]) func everyByteFlipped(_ digest: JournalDigest) {
    let (bench, _) = closed(9, batch: 4, digest)
    bench.open()
    for _ in 0..<5 { bench.append() }
    bench.close()
    let files = JournalFiles(disk: bench.disk)
    var flips = 0
    for name in files.segments {
      let whole = files.bytes(name)
      var bytes = whole
      // All of the records; of the heads' long zeros some.
      for index in whole.indices
      where index >= 4_096 || index < 200 || index % 97 == 0 || Scale.isFull {
        let bit = UInt8(1) << UInt8(index % 8)
        bytes[index] ^= bit
        files.set(name, bytes)
        bytes[index] ^= bit
        flips += 1
        if verify(bench).problem == nil {
          return _ = check(false, "\(name), byte \(index): unseen")
        }
        guard index % 3 == 0 || Scale.isFull else { continue }
        bench.open()
        if bench.journal != nil { return _ = check(false, "\(name), byte \(index): opened") }
      }
      files.set(name, whole)
    }
    check(flips, atLeast: 2_000)
    check(verify(bench).problem == nil)
    bench.open()
    check(bench.found, equals: bench.twin)
    bench.close()
  }

  /// A closed journal that is shorter than it was, by any number of bytes.
  @Test(arguments: [JournalDigest.sha256, .sm3])
  func everyLengthTruncated(_ digest: JournalDigest) {
    let (bench, _) = closed(14, batch: 4, digest)
    let files = JournalFiles(disk: bench.disk)
    guard let name = files.segments.last else { return _ = check(false, "no segment") }
    let whole = files.bytes(name)
    for count in stride(from: 0, to: whole.count, by: 1) where count >= 4_000 || count % 64 == 0 {
      files.set(name, Array(whole[..<count]))
      if verify(bench).problem == nil { return _ = check(false, "\(count) bytes: unseen") }
      guard count % 5 == 0 || Scale.isFull else { continue }
      bench.open()
      if bench.journal != nil { return _ = check(false, "\(count) bytes: opened") }
    }
  }

  /// One that was not closed: what is cut off in the last batch is a torn tail, and told; before it, damage.
  @Test func tornTailsAreToldAndDamageIsRefused() {
    let bench = JournalBench()
    bench.open()
    for _ in 0..<3 {
      for _ in 0..<4 { bench.append() }
      bench.sync()
    }
    bench.disk.kill()
    bench.close()
    bench.disk.revive()
    bench.disk.shared.entries = [:]
    bench.settings.bootID = JournalID(high: 1, low: 1)
    let files = JournalFiles(disk: bench.disk)
    guard let name = files.segments.first else { return _ = check(false, "no segment") }
    let whole = files.bytes(name)
    let lock = files.bytes(LockPage.name)
    let records = files.records(name, seed: Frame.seed(JournalID(high: 0xabcd, low: 1)))
    check(records.count, equals: 12)
    for (index, record) in records.enumerated() {
      var bytes = whole
      bytes[record.offset + Frame.headSize - 1] ^= 4
      files.set(name, bytes)
      files.set(LockPage.name, lock)
      bench.open()
      if index < 8 {
        check(bench.problem?.kind, equals: .damaged)
        check(bench.problem?.offset, equals: Int64(record.batch))
        check(bench.problem?.lastGood, equals: UInt64(index / 4 * 4))
      } else {
        check(bench.found.payloads.count, equals: 8)
        check(bench.journal?.opening.reasons, equals: [.tornTail])
        check(bench.journal?.opening.tornOffset, equals: Int64(record.batch))
        check(bench.journal?.info.isDegraded, equals: false)
        bench.close()
        for extra in files.segments.dropFirst() { files.folder?.entries[extra] = nil }
      }
    }
  }

  /// Edited, deleted, swapped, cut off, another time in the end of its batch: at every record of a long journal (here
  /// at every 101st; HUJIA_FULL=1: at all), all sums right.
  @Test(arguments: [JournalDigest.sha256, .sm3])
  func everyForgeryIsFound(_ digest: JournalDigest) {
    let (bench, head) = closed(10_000, batch: 50, digest)
    let files = JournalFiles(disk: bench.disk)
    let seed = Frame.seed(JournalID(high: 0xabcd, low: 1))
    var random = SplitMix64(12)
    var before = 0
    for name in files.segments {
      let whole = files.bytes(name)
      let records = files.records(name, seed: seed)
      for (index, record) in records.enumerated()
      where index % Scale.count(101, full: 1) == 0 || index == records.count - 1 {
        for kind in 0..<5 {
          var bytes = whole
          guard forge(kind, &bytes, records, index, seed, &random) else { continue }
          files.set(name, bytes)
          let report = verify(bench, [head])
          guard let problem = report.problem else {
            return _ = check(false, "record \(before + index + 1), forgery \(kind): unseen")
          }
          check(problem.file, equals: name)
          if kind != 3 { check(problem.offset, equals: Int64(record.batch)) }
        }
      }
      files.set(name, whole)
      before += records.count
    }
    check(before, equals: 10_000)
    check(verify(bench, [head]).problem == nil)
  }

  private func forge(
    _ kind: Int, _ bytes: inout [UInt8], _ records: [(offset: Int, size: Int, batch: Int)],
    _ index: Int, _ seed: UInt32, _ random: inout SplitMix64
  ) -> Bool {
    let record = records[index]
    switch kind {
    case 0:  // another wall time
      bytes[record.offset + 24] ^= UInt8(1 + random.below(255))
      JournalFiles.reseal(&bytes, at: record.offset, seed: seed)
    case 1:  // deleted: what comes behind it moves up
      bytes.removeSubrange(record.offset..<record.offset + record.size)
      bytes += [UInt8](repeating: 0, count: record.size)
    case 2:  // swapped with its neighbour, each under the other's number
      guard index > 0, records[index - 1].batch == record.batch else { return false }
      let first = records[index - 1]
      let one = Array(bytes[first.offset..<first.offset + first.size])
      let other = Array(bytes[record.offset..<record.offset + record.size])
      guard one.count != other.count || one[48...] != other[48...] else { return false }
      let sequence = one.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self) }
      bytes.replaceSubrange(first.offset..<record.offset + record.size, with: other + one)
      JournalFiles.renumber(&bytes, at: first.offset, sequence, seed: seed)
      JournalFiles.renumber(&bytes, at: first.offset + other.count, sequence + 1, seed: seed)
    case 3:  // cut off
      bytes.removeLast(bytes.count - record.offset)
    default:  // the end of its batch, where no hash is, says another time
      let isLast = index + 1 == records.count || records[index + 1].batch != record.batch
      guard isLast else { return false }
      let end = record.offset + record.size
      bytes[end + 16 + Int(random.below(20))] ^= UInt8(1 + random.below(255))
      JournalFiles.reseal(&bytes, at: end, seed: seed)
    }
    return true
  }

  /// Whole segments that are missing, swapped or of another journal.
  @Test func segmentsAreMissedAndSwapped() {
    let (bench, head) = closed(6_000, batch: 50)
    let files = JournalFiles(disk: bench.disk)
    let names = files.segments
    check(names.count, atLeast: 3)
    for name in names {
      let node = files.folder?.entries.removeValue(forKey: name)
      let report = verify(bench, [head])
      // The first one may go by retention: then a snapshot has its records, and opening demands one.
      check(report.problem?.kind, equals: name == names[0] ? .incomplete : .damaged)
      bench.open()
      check(bench.journal == nil, "opened without \(name)")
      files.folder?.entries[name] = node
    }
    let first = files.bytes(names[0])
    files.set(names[0], files.bytes(names[1]))
    files.set(names[1], first)
    check(verify(bench).problem?.kind, equals: .foreign)
  }

  /// A newest snapshot that is damaged: the one before it serves, and it is told. Both damaged: the segments do, while
  /// they are all there.
  @Test func damagedSnapshots() {
    let (bench, _) = closed(600, batch: 20, snapshots: true)
    let files = JournalFiles(disk: bench.disk)
    let names = files.snapshots
    check(names.count, equals: 2)
    for name in names.reversed() {
      var bytes = files.bytes(name)
      bytes[bytes.count / 2] ^= 1
      files.set(name, bytes)
      bench.open()
      check(bench.found, equals: bench.twin, "\(bench.problem.map { "\($0)" } ?? "")")
      check(bench.journal?.info.reasons.contains(.snapshotDamaged), equals: true)
      bench.close()
    }
  }

  /// Segments went because two snapshots cover them: the older one alone still has all it needs behind it.
  @Test func theOlderSnapshotServes() throws {
    let bench = JournalBench()
    bench.open()
    for index in 1...2_000 {
      bench.append()
      if index % 50 == 0 { bench.sync() }
      if index % 400 == 0 { try bench.snapshot() }
    }
    bench.close()
    let files = JournalFiles(disk: bench.disk)
    check(files.snapshots.count, equals: 2)
    check(files.segments.first.flatMap { SegmentHead.number($0) } ?? 0, atLeast: 2)
    guard let newest = files.snapshots.last else { return }
    var bytes = files.bytes(newest)
    bytes[500] ^= 1
    files.set(newest, bytes)
    bench.open()
    check(bench.found, equals: bench.twin, "\(bench.problem.map { "\($0)" } ?? "")")
    bench.close()
  }

  /// What is whole before damage is copied, and the copy opens.
  @Test func salvageCopiesTheGoodPart() throws {
    let (bench, _) = closed(6_000, batch: 50)
    let files = JournalFiles(disk: bench.disk)
    let name = files.segments[1]
    var bytes = files.bytes(name)
    let record = files.records(name, seed: Frame.seed(JournalID(high: 0xabcd, low: 1)))[333]
    bytes[record.offset + 30] ^= 1
    files.set(name, bytes)
    bench.open()
    check(bench.problem?.kind, equals: .damaged)
    let lastGood = bench.problem?.lastGood ?? 0
    let report = try Journal.salvage("/disk/journal", into: "/disk/saved", calls: bench.disk)
    check(report.last, equals: lastGood)
    check(report.problem?.kind, equals: .damaged)
    bench.settings.folder = "/disk/saved"
    bench.open()
    check(bench.found.payloads.count, equals: Int(lastGood))
    check(bench.found.payloads, equals: Array(bench.twin.payloads[..<Int(lastGood)]))
    bench.close()
  }

  @Test func archiveKeepsTheChain() throws {
    let bench = JournalBench()
    bench.settings.retention_s = 1_000_000
    bench.open()
    for index in 1...2_000 {
      bench.append()
      if index % 50 == 0 { bench.sync() }
    }
    try bench.snapshot()
    bench.append()
    try bench.snapshot()
    let before = JournalFiles(disk: bench.disk).segments.count
    let moved = try bench.journal?.archive(into: "/disk/archive") ?? 0
    check(moved, atLeast: 3)
    check(JournalFiles(disk: bench.disk).segments.count, equals: before - moved)
    let head = bench.journal?.info.head ?? []
    bench.close()
    check(verify(bench, [ChainHead(record: 2_001, hash: head)]).problem == nil)
    bench.open()
    check(bench.found, equals: bench.twin)
    bench.close()
    // Laid together again they are one chain from the first record on.
    for (name, node) in bench.disk.folder("/disk/archive")?.entries ?? [:] {
      bench.disk.folder("/disk/journal")?.entries[name] = node
    }
    let report = verify(bench)
    check(report.problem == nil, "\(report.problem.map { "\($0)" } ?? "")")
    check(report.first, equals: 1)
  }
}
