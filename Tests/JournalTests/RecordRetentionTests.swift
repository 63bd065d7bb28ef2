// Records go in their time, whether records come or not, and never before two snapshots have them; a folder that has
// outgrown its bound lets go of what may go, and says what may and what keeps the rest.

import Glibc
import HujiaTestSupport
import Testing

@testable import HujiaJournal

@Suite struct RecordRetentionTests {
  private static let day_s: Int64 = 86_400
  private static let day_ns: Int64 = day_s * 1_000_000_000

  private func names(_ bench: JournalBench, _ prefix: String = "journal-") -> [String] {
    (bench.disk.folder("/disk/journal")?.entries.keys.sorted() ?? []).filter {
      $0.hasPrefix(prefix)
    }
  }

  private func bytes(_ bench: JournalBench, _ name: String) -> Int {
    bench.disk.folder("/disk/journal")?.entries[name]?.bytes.count ?? 0
  }

  /// What a host does where a snapshot is wanted: one more record where nothing came, and a snapshot.
  private func answer(_ bench: JournalBench) throws {
    guard bench.journal?.wantsSnapshot == true else { return }
    bench.append()
    bench.sync()
    try bench.snapshot()
  }

  private func lived(retention_d: Int64 = 10) -> JournalBench {
    let bench = JournalBench()
    bench.settings.retention_s = retention_d * Self.day_s
    bench.open()
    for _ in 0..<100 { bench.append() }
    bench.sync()
    return bench
  }

  /// Nothing comes any more, and all of it goes in its time: the segment that was written to as well.
  @Test func whatIsOldGoesFromAnIdleJournal() throws {
    let bench = lived()
    let first = names(bench)
    check(first.count, equals: 1)
    check(bytes(bench, first[0]), equals: 64 << 10)
    for day in 1...12 {
      bench.disk.time_ns += Self.day_ns
      bench.sync()
      // It was finished on the first day, and gave back what it had reserved.
      check(names(bench).count, equals: day < 11 ? 2 : names(bench).count, "day \(day)")
      check(bytes(bench, first[0]), below: 32 << 10, "day \(day)")
      if day <= 9 {
        check(bench.journal?.wantsSnapshot, equals: false, "day \(day)")
        check(bench.journal?.info.hold, equals: .retention, "day \(day)")
        check(bench.journal?.info.first, equals: 1)
      }
      try answer(bench)
      bench.disk.time_ns += 2_000_000_000
      bench.sync()
      try answer(bench)
    }
    check(names(bench).contains(first[0]), equals: false)
    let info = try #require(bench.journal?.info)
    check(info.gone, equals: 100)
    check(info.first, equals: 101)
    check(info.reasons, equals: [.recordsWent])
    check(info.isDegraded, equals: false)
    check(info.disk_bytes, atMost: Int64(3 * (64 << 10) + 2 * bench.twin.bytes.count + 4_096))
    checkNil(bench.killAndReopen())
    check(bench.journal?.info.reasons, equals: [])
    check(bench.journal?.info.gone, equals: 0)
    bench.close()
    let report = Journal.verifyChain("/disk/journal", calls: bench.disk)
    check(report.problem == nil, report.problem?.text ?? "")
    check(report.first, equals: 101)
  }

  /// Where nobody makes the snapshots it stays, and that is told; once they are there it goes, and all is well.
  @Test func whatNoSnapshotHasStays() throws {
    let bench = lived()
    for _ in 0..<14 {
      bench.disk.time_ns += Self.day_ns
      bench.sync()
    }
    let info = try #require(bench.journal?.info)
    check(info.reasons, equals: [.keptTooLong])
    check(info.hold, equals: .snapshot)
    check(info.first, equals: 1)
    check(info.archivable, equals: 0)
    for _ in 0..<2 { try answer(bench) }
    check(bench.journal?.info.reasons, equals: [.recordsWent])
    check(bench.journal?.info.gone, equals: 100)
    check(bench.journal?.wantsSnapshot, equals: false)
    bench.close()
  }

  /// The host hears of the wish with the next telling, also where no batch comes.
  @Test func theWishIsTold() throws {
    final class Told: @unchecked Sendable { var count = 0 }
    let bench = lived()
    let told = Told()
    bench.journal?.tellDurable { _, _ in told.count += 1 }
    for day in 1...12 {
      bench.disk.time_ns += Self.day_ns
      bench.sync()
      if day < 10 { check(told.count, equals: 0, "day \(day)") }
    }
    check(told.count, atLeast: 1)
    bench.journal?.tellDurable { _, _ in }
    bench.close()
  }

  /// A folder beyond its bound: what retention keeps stays, DEGRADED, and what an archive could take is told.
  @Test func retentionWinsOverTheBound() throws {
    let bench = JournalBench()
    bench.settings.journalBytes = 200_000
    bench.settings.retention_s = 10 * Self.day_s
    bench.open()
    while (bench.journal?.info.disk_bytes ?? 0) < 500_000 {
      bench.append()
      bench.sync()
    }
    check(bench.journal?.info.archivable, equals: 0, "no snapshot has them")
    for _ in 0..<2 { try smallSnapshot(bench) }
    bench.disk.time_ns += 2_000_000_000
    bench.sync()
    var info = try #require(bench.journal?.info)
    check(info.reasons, equals: [.overBound])
    check(info.isDegraded)
    check(info.hold, equals: .retention)
    check(info.gone, equals: 0)
    check(info.archivable, above: 100)
    check(info.archivable_bytes, above: 300_000)
    // That is what an archive takes.
    let standing = try Journal.standing("/disk/journal", calls: bench.disk)
    check(standing.archivable_last, equals: info.archivable)
    check(standing.archivable_bytes, equals: info.archivable_bytes)
    check(standing.covered, equals: UInt64(bench.twin.payloads.count - 1))
    // Once it is old enough it goes, and there is room again.
    bench.disk.time_ns += 11 * Self.day_ns
    for _ in 0..<8 {
      bench.disk.time_ns += 2_000_000_000
      bench.sync()
      if bench.journal?.wantsSnapshot == true { try smallSnapshot(bench) }
    }
    info = try #require(bench.journal?.info)
    check(info.reasons, equals: [.recordsWent])
    check(info.hold, equals: .nothing)
    check(info.disk_bytes, atMost: 200_000)
    bench.close()
  }

  /// Of a host that needs little room for what came of its records.
  private func smallSnapshot(_ bench: JournalBench) throws {
    bench.append()
    bench.sync()
    let journal = try #require(bench.journal)
    try journal.beginSnapshot(journal.recorded).finish(timeout_ns: 0)
  }

  /// The status of a folder is what `archive` does to it.
  @Test func whatIsToldIsWhatAnArchiveMoves() throws {
    let bench = JournalBench()
    bench.settings.retention_s = JournalSettings.forEver_s
    bench.open()
    for round in 0..<3 {
      while names(bench).count < 3 * (round + 1) {
        bench.append()
        bench.sync()
      }
      if round < 2 { try bench.snapshot() }
    }
    bench.close()
    let standing = try Journal.standing("/disk/journal", calls: bench.disk)
    check(standing.wasClosed)
    check(standing.archivable, above: 0)
    check(standing.segments, equals: names(bench).count)
    check(standing.first, equals: 1)
    check(standing.last, equals: UInt64(bench.twin.payloads.count))
    let report = try Journal.archive("/disk/journal", into: "/disk/archive", calls: bench.disk)
    check(report.segments.count, equals: standing.archivable)
    check(report.last, equals: standing.archivable_last)
    check(report.covered, equals: standing.covered)
    check(report.left, equals: standing.segments - standing.archivable)
  }

  /// A power cut, a death or a failure at each call by which a segment is finished and old ones go.
  @Test func endsAtEachCall() throws {
    func old() throws -> JournalBench {
      let bench = lived()
      for _ in 0..<2 {
        bench.append()
        bench.sync()
        try bench.snapshot()
      }
      bench.append()
      bench.sync()
      bench.disk.time_ns += 11 * Self.day_ns
      return bench
    }
    func goOn(_ bench: JournalBench) throws {
      for _ in 0..<4 {
        bench.disk.time_ns += 2_000_000_000
        bench.sync()
        try answer(bench)
      }
    }
    let whole = try old()
    let before = whole.disk.count
    try goOn(whole)
    let calls = whole.disk.count - before
    check(whole.journal?.info.gone ?? 0, atLeast: 102)
    whole.close()
    check(calls, atLeast: 20)
    for number in 1...calls {
      for end in [ModelDisk.Fault.killAfter, .killBefore, .error(EIO), .error(ENOSPC)] {
        let bench = try old()
        let from = bench.disk.count
        bench.disk.fault = { count, _ in count == from + number ? end : nil }
        try? goOn(bench)
        bench.disk.fault = nil
        var random = SplitMix64(UInt64(number))
        let flaw = number % 2 == 0 ? bench.cutAndReopen(&random) : bench.killAndReopen()
        let what = "call \(number), \(end)"
        if let flaw { return _ = check(false, "\(what): \(flaw)") }
        for _ in 0..<3 { bench.append() }
        try goOn(bench)
        check(bench.durable, equals: bench.twin.payloads.count, what)
        // Before LOCK had it, 11 days of another boot are the wall clock's word alone.
        let told = bench.journal?.info.reasons.subtracting(.timeUncertain) ?? .diskFailed
        check(told.isDisjoint(with: .degrading), equals: true, "\(what): \(told)")
        bench.close()
        let report = Journal.verifyChain("/disk/journal", calls: bench.disk)
        check(report.problem == nil, "\(what): \(report.problem?.text ?? "")")
      }
    }
  }
}
