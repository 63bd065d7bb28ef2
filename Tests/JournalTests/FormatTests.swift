// Formats, hashes and reading without opening: what a version knows it reads, what it does not know it names.

import Glibc
import HujiaTestSupport
import Testing

@testable import HujiaJournal

@Suite struct FormatTests {
  private func closed(_ bench: JournalBench, records: Int = 40) {
    bench.open()
    check(bench.problem == nil, "\(bench.problem.map { "\($0)" } ?? "")")
    for index in 1...records {
      bench.append()
      if index % 7 == 0 { bench.sync() }
    }
    bench.close()
  }

  private func segmentFormats(_ bench: JournalBench) -> [UInt32] {
    let files = JournalFiles(disk: bench.disk)
    return files.segments.compactMap { name in
      files.bytes(name).withUnsafeBytes { try? SegmentHead.read($0, newest: 9).format }
    }
  }

  // Formats

  /// A later version goes on in the format that it found, and the earlier one opens again: until somebody upgrades.
  @Test func aFormatIsKeptUntilTheUpgrade() throws {
    let bench = JournalBench()
    closed(bench)
    check(bench.journal == nil)
    bench.settings.newestFormat = 4
    closed(bench)
    check(segmentFormats(bench), equals: [3, 3])
    // The update is undone.
    bench.settings.newestFormat = 3
    closed(bench)
    check(bench.found.payloads.count, equals: 80)
    let report = try Journal.upgrade("/disk/journal", newest: 4, calls: bench.disk)
    check(report, equals: UpgradeReport(before: 3, now: 4))
    check(
      try Journal.upgrade("/disk/journal", newest: 4, calls: bench.disk),
      equals: UpgradeReport(before: 4, now: 4))
    bench.settings.newestFormat = 4
    closed(bench)
    check(bench.found.payloads.count, equals: 120)
    check(segmentFormats(bench), equals: [3, 3, 3, 4])
    // What does not know it names it, and does what mends it.
    bench.settings.newestFormat = 3
    bench.open()
    check(bench.problem?.kind, equals: .newer)
    check(bench.problem?.text.contains("format 4, this version knows up to 3") ?? false)
    let verdict = Journal.verifyChain("/disk/journal", calls: bench.disk)
    check(verdict.problem?.kind, equals: .newer)
    check(bench.problem?.text.contains("open it with a version that knows it") ?? false)
  }

  /// LOCK is the first to say it; a folder without LOCK says it by its segments.
  @Test func aSegmentOfALaterFormatIsNamed() {
    let bench = JournalBench()
    bench.settings.newestFormat = 77
    closed(bench)
    bench.disk.folder("/disk/journal")?.entries[LockPage.name] = nil
    bench.settings.newestFormat = 3
    bench.open()
    check(bench.problem?.kind, equals: .newer)
    check(
      bench.problem?.text ?? "",
      equals: "journal-000000000001: format 77, this version reads up to 3: "
        + "open it with the version that wrote it")
  }

  /// A copy without LOCK goes on as what it was copied from.
  @Test func aCopyKeepsItsFormat() throws {
    let bench = JournalBench()
    closed(bench)
    _ = try Journal.salvage("/disk/journal", into: "/disk/saved", calls: bench.disk)
    bench.settings.folder = "/disk/saved"
    bench.settings.newestFormat = 4
    closed(bench)
    bench.settings.newestFormat = 3
    closed(bench)
    check(bench.problem == nil)
  }

  @Test func whatCannotBeUpgradedIsNamed() {
    let bench = JournalBench()
    func refusal() -> String {
      do throws(JournalProblem) {
        _ = try Journal.upgrade("/disk/journal", newest: 4, calls: bench.disk)
        return ""
      } catch {
        return error.text
      }
    }
    check(refusal().contains("cannot open /disk/journal"))
    bench.open()
    check(refusal().contains("is in use by an engine of this process"))
    bench.append()
    bench.disk.kill()
    bench.close()
    bench.disk.revive()
    check(refusal().contains("was not closed: open it once"))
    // Nothing was changed, and nothing is held.
    bench.open()
    check(bench.found.payloads.count, equals: 1)
    bench.close()
    check(refusal(), equals: "")
  }

  // Hashes

  private func sm3(_ text: String) throws -> String {
    let digest = try ChainDigest(.sm3)
    return Array(text.utf8).withUnsafeBytes { raw in
      digest.hash([], raw).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
  }

  /// The two examples of the standard (GB/T 32905-2016, annex A).
  @Test func theStandardsExamplesOfSM3() throws {
    check(
      try sm3("abc"), equals: "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0")
    check(
      try sm3(String(repeating: "abcd", count: 16)),
      equals: "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732")
  }

  /// A journal chained by SM3, and one that changed its hash midway: the segment's head says which.
  @Test func chainedBySM3() {
    let bench = JournalBench()
    bench.settings.digest = .sm3
    closed(bench, records: 300)
    var report = Journal.verifyChain("/disk/journal", calls: bench.disk)
    check(report.problem == nil, "\(report.problem.map { "\($0)" } ?? "")")
    check(report.last, equals: 300)
    bench.settings.digest = .sha256
    closed(bench, records: 300)
    check(bench.found, equals: HostState(of: Array(bench.twin.payloads[..<300])))
    report = Journal.verifyChain("/disk/journal", calls: bench.disk)
    check(report.problem == nil, "\(report.problem.map { "\($0)" } ?? "")")
    check(report.last, equals: 600)
    // A byte of it, and a head whose hash is said to be the other one.
    let files = JournalFiles(disk: bench.disk)
    let name = files.segments[0]
    let whole = files.bytes(name)
    var bytes = whole
    bytes[5_000] ^= 1
    files.set(name, bytes)
    check(Journal.verifyChain("/disk/journal", calls: bench.disk).problem?.file, equals: name)
    for (digest, kind) in [
      (1, JournalProblem.Kind.damaged), (3, .newer), (4_000_000_000, .newer),
    ] as [(UInt32, JournalProblem.Kind)] {
      files.set(name, Forgery.digest(whole, digest))
      let problem = Journal.verifyChain("/disk/journal", calls: bench.disk).problem
      check(problem?.kind, equals: kind, "\(digest)")
      if kind == .newer {
        check(problem?.text.contains("chained by digest \(digest)") ?? false, problem?.text ?? "")
      }
    }
  }

  /// A process that dies behind the first batch of a segment with another hash: that batch is whole by its own.
  @Test(arguments: [JournalDigest.sha256, .sm3])
  func aFirstBatchByAnotherHashIsNoTornTail(_ digest: JournalDigest) {
    let bench = JournalBench()
    bench.settings.digest = digest == .sm3 ? .sha256 : .sm3
    closed(bench, records: 30)
    bench.settings.digest = digest
    bench.open()
    for _ in 0..<7 { bench.append() }
    bench.sync()
    check(bench.journal?.info.digest, equals: digest)
    // The ring goes with the power: the segment alone has them.
    var random = SplitMix64(3)
    bench.disk.cutPower(&random)
    bench.close()
    bench.disk.revive()
    // The next opening asks for the other one again.
    bench.settings.digest = digest == .sm3 ? .sha256 : .sm3
    bench.open()
    check(bench.found.payloads.count, equals: 37, bench.problem?.text ?? "")
    check(bench.journal?.info.digest, equals: digest)
    check(bench.journal?.info.reasons, equals: [])
    bench.close()
  }

  // Reading

  /// Read while it is written, from the segments and the ring: each record once, in order, whatever moves meanwhile.
  @Test func readBesideItsWriter() throws {
    let folder = TemporaryFolder()
    var settings = JournalSettings(folder: folder.file("journal"))
    settings.ringBytes = 64 << 10
    settings.segmentBytes = 256 << 10
    settings.reserveBytes = 0
    let journal = try Journal.open(settings) { _ in true }
    var sequence: UInt64 = 0
    var read: UInt64 = 0
    var fromRing: UInt64 = 0
    var round = 0
    while sequence < 600 {
      round += 1
      for _ in 0..<40 {
        guard journal.hasRoom(JournalRecord.size(payload: 100), .rest) else {
          journal.kick()
          break
        }
        let payload = [UInt8](repeating: UInt8(truncatingIfNeeded: sequence &+ 1), count: 100)
        sequence = payload.withUnsafeBytes {
          journal.append(kind: 3, monotonic_ns: 0, wall_us: 1, $0)
        }
      }
      if round % 3 == 0 { journal.kick() }
      let report = Journal.read(settings.folder, after: read) { record in
        check(record.sequence, equals: read + 1)
        check(record.payload.first, equals: UInt8(truncatingIfNeeded: record.sequence))
        read = record.sequence
        return true
      }
      check(report.problem == nil, "\(report.problem.map { "\($0)" } ?? "")")
      check(report.wasClosed, equals: false)
      check(report.last, equals: read)
      fromRing += report.fromRing
      check(read, equals: sequence)
    }
    check(fromRing, atLeast: 1)
    journal.close()
    read = 0
    let report = Journal.read(settings.folder) { record in
      check(record.sequence, equals: read + 1)
      read = record.sequence
      return record.sequence < 500
    }
    check(read, equals: 500)
    check(report.problem == nil)
    check(report.wasClosed, equals: true)
    for name in ["/LOCK"] + (1...9).map({ "/" + SegmentHead.name($0) }) {
      unlink(settings.folder + name)
    }
  }

  // Archives

  @Test func aClosedJournalIsArchived() throws {
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
    func archive() throws -> ArchiveReport {
      try Journal.archive("/disk/journal", into: "/disk/archive", calls: bench.disk)
    }
    #expect(throws: JournalProblem.self) { _ = try archive() }
    bench.close()
    let before = JournalFiles(disk: bench.disk).segments
    let report = try archive()
    check(report.covered, equals: 2_000)
    check(report.segments, equals: Array(before.prefix(report.segments.count)))
    check(report.segments.count, atLeast: 3)
    check(report.left, equals: before.count - report.segments.count)
    check(try archive().segments, equals: [])
    // What stays begins where the archive ends, and both hold.
    let rest = Journal.verifyChain("/disk/journal", calls: bench.disk)
    check(rest.problem == nil, "\(rest.problem.map { "\($0)" } ?? "")")
    check(rest.first, equals: report.last + 1)
    check(rest.previous, equals: report.hash)
    let moved = Journal.verifyChain("/disk/archive", calls: bench.disk)
    check(moved.problem == nil, "\(moved.problem.map { "\($0)" } ?? "")")
    check(moved.last, equals: report.last)
    check(moved.head, equals: report.hash)
    bench.open()
    check(bench.found, equals: bench.twin)
    bench.close()
  }

  @Test func withoutSnapshotsNothingIsArchived() throws {
    let bench = JournalBench()
    closed(bench, records: 2_000)
    let before = JournalFiles(disk: bench.disk).segments
    let report = try Journal.archive("/disk/journal", into: "/disk/archive", calls: bench.disk)
    check(report.covered, equals: 0)
    check(report.segments, equals: [])
    check(JournalFiles(disk: bench.disk).segments, equals: before)
  }
}
