// What must be deletable stands apart: the chain holds its hash, it goes on time or on demand, and the chain still
// holds and says what went, at which hand and why.

import Glibc
import HujiaTestSupport
import Testing

@testable import HujiaJournal

@Suite struct StreamTests {
  private static let hour_ns: Int64 = 3_600_000_000_000

  private func lived(_ records: Int, _ seal: (any JournalSeal)? = nil) -> StreamBench {
    let bench = StreamBench(seal)
    bench.open()
    for _ in 0..<records / 10 {
      bench.append(10)
      bench.sync()
    }
    return bench
  }

  @Test(arguments: [false, true]) func whatStandsApartComesBack(_ isSealed: Bool) {
    let bench = lived(500, isSealed ? ToySeal() : nil)
    bench.close()
    check(bench.names("positions-").count, atLeast: 1)
    check(bench.names("watches-").count, atLeast: 1)
    // Places lie in the streams alone.
    check(bench.places("journal-"), equals: 0)
    check(bench.places("positions-"), equals: isSealed ? 0 : 167)
    check(bench.places("watches-"), equals: isSealed ? 0 : 100)
    bench.open()
    check(bench.found.count, equals: 500, bench.problem?.text ?? "")
    check(bench.differs() == nil, bench.differs() ?? "")
    check(bench.gone.count, equals: 0)
    check(bench.journal?.info.reasons, equals: [])
    bench.close()
    let report = bench.verify()
    check(report.problem == nil, report.problem?.text ?? "")
    check(report.apart, equals: [167, 100])
    check(report.gone, equals: [0, 0])
  }

  /// Also those that were not durable: they are whole in the ring.
  @Test func aKilledProcessLosesNothingApart() {
    let bench = lived(100)
    for round in 0..<12 {
      bench.append(7)
      if round % 3 == 0 { bench.sync() }
      bench.append(5)
      bench.disk.kill()
      bench.close()
      bench.disk.revive()
      bench.open()
      check(bench.found.count, equals: bench.twin.count, bench.problem?.text ?? "")
      check(bench.differs() == nil, "round \(round): \(bench.differs() ?? "")")
      check(bench.gone.count, equals: 0)
    }
    bench.close()
    check(bench.verify().problem == nil, bench.verify().problem?.text ?? "")
  }

  /// A power cut takes what was not durable, of both; what was durable is there with all its parts.
  @Test func aPowerCutLeavesBothOrNeither() {
    let bench = lived(60)
    var random = SplitMix64(0x57a3)
    for round in 0..<25 {
      bench.append(random.below(20))
      bench.sync()
      let durable = Int(bench.journal?.durable ?? 0)
      bench.append(random.below(9))
      bench.disk.cutPower(&random)
      bench.close()
      bench.disk.revive()
      bench.open()
      guard bench.journal != nil else {
        return _ = check(false, "round \(round): \(bench.problem?.text ?? "")")
      }
      check(bench.found.count, atLeast: durable)
      bench.twin.removeLast(bench.twin.count - bench.found.count)
      check(bench.differs() == nil, "round \(round): \(bench.differs() ?? "")")
      check(bench.gone.count, equals: 0, "round \(round)")
      check(bench.journal?.info.reasons.contains(.streamsLost), equals: false)
    }
    bench.close()
    check(bench.verify().problem == nil, bench.verify().problem?.text ?? "")
  }

  /// A file that begins in a batch which a power cut takes hides none that begins before it later on.
  @Test func aFileOfABatchThatWasCutOff() {
    for number in 1...40 {
      let bench = StreamBench()
      bench.open()
      bench.append(6)
      bench.close()
      bench.open()
      bench.append(6, isIdle: true)
      bench.append(1)  // record 13 is the first of this process with positions
      let from = bench.disk.count
      bench.disk.fault = { count, _ in count == from + number ? .killAfter : nil }
      bench.sync()
      var random = SplitMix64(UInt64(number))
      bench.disk.cutPower(&random)
      bench.close()
      bench.disk.fault = nil
      bench.disk.revive()
      bench.open()
      bench.twin.removeLast(bench.twin.count - Int(bench.journal?.recorded ?? 0))
      bench.append(9)  // from record 7 on, where the batch is gone
      bench.sync()
      bench.close()
      bench.open()
      let what = "killed in call \(number)"
      checkNil(bench.problem, what)
      check(bench.gone.keys.sorted(), equals: [], what)
      check(bench.journal?.info.reasons.contains(.streamsLost), equals: false, what)
      checkNil(bench.differs(), what)
      bench.close()
    }
  }

  /// Each byte of a stream's entries: the first bad place is named, and no dispatch is stopped by it.
  @Test func everyByteOfAStreamIsHashed() {
    let bench = lived(40)
    bench.close()
    for name in bench.names("positions-") + bench.names("watches-") {
      let files = JournalFiles(disk: bench.disk)
      let whole = files.bytes(name)
      let stride = Scale.isFull ? 1 : 7
      for at in Swift.stride(from: StreamHead.size, to: whole.count, by: stride) {
        var bytes = whole
        bytes[at] ^= 0x10
        files.set(name, bytes)
        let report = bench.verify()
        guard let problem = report.problem else {
          // Zeros up to a multiple of 8 say nothing.
          if whole[at] == 0 { continue }
          return _ = check(false, "\(name), byte \(at): unseen")
        }
        check(problem.kind, equals: .damaged)
      }
      files.set(name, whole)
    }
    check(bench.verify().problem == nil)
  }

  /// Edited with its sums right, swapped, cut, gone: the hash in the chain finds it.
  @Test func forgedStreamsAreFound() {
    let bench = lived(200)
    bench.close()
    let files = JournalFiles(disk: bench.disk)
    let seed = Frame.seed(JournalID(high: 0xabcd, low: 1))
    guard let name = bench.names("positions-").first else { return _ = check(false, "none") }
    let whole = files.bytes(name)
    var offsets: [Int] = []
    whole.withUnsafeBytes { raw in
      var offset = StreamHead.size
      while let frame = Frame.read(raw, at: offset, seed: seed) {
        offsets.append(offset)
        offset += frame.size
      }
    }
    check(offsets.count, atLeast: 20)
    for offset in offsets {
      var bytes = whole
      bytes[offset + Frame.headSize + StreamShelf.salt] ^= 1
      JournalFiles.reseal(&bytes, at: offset, seed: seed)
      files.set(name, bytes)
      let problem = bench.verify().problem
      check(problem?.file, equals: name)
      check(problem?.offset, equals: Int64(offset))
      check(problem?.text.contains("are not those that the chain has a hash of") ?? false)
      files.set(name, Array(whole[..<offset]))
      check(bench.verify().problem?.text.contains("are missing, and no deletion") ?? false)
    }
    bench.disk.folder("/disk/journal")?.entries[name] = nil
    check(bench.verify().problem?.text.contains("are missing, and no deletion") ?? false)
    // The engine opens, and says so.
    bench.open()
    check(bench.found.count, equals: 200, bench.problem?.text ?? "")
    check(bench.differs() == nil, bench.differs() ?? "")
    check(bench.journal?.info.reasons, equals: [.streamsLost])
    bench.close()
  }

  /// A call that fails, once or from then on: nothing is lost, no segment is begun for a stream's sake but one, and
  /// all becomes durable when the disk is back.
  @Test(arguments: [EIO, ENOSPC]) func eachCallFails(_ number: Int32) {
    var isOver = false
    for call in 1...400 where !isOver {
      for isForGood in [false, true] {
        let bench = lived(20)
        let first = bench.disk.count + call
        bench.disk.fault = { count, _ in
          count == first || isForGood && count > first ? .error(number) : nil
        }
        bench.append(12)
        for _ in 0..<6 { bench.sync() }
        isOver = bench.disk.count < first
        bench.disk.fault = nil
        for _ in 0..<3 { bench.sync() }
        check(
          bench.journal?.durable, equals: bench.journal?.recorded, "call \(call), \(isForGood)")
        check(bench.names("journal-").count, atMost: 4, "call \(call), \(isForGood)")
        bench.close()
        bench.open()
        check(bench.found.count, equals: 32, bench.problem?.text ?? "")
        check(bench.differs() == nil, bench.differs() ?? "")
        check(bench.gone.count, equals: 0, "call \(call)")
        bench.close()
        check(bench.verify().problem == nil, bench.verify().problem?.text ?? "")
      }
    }
    check(isOver, "the calls never ended")
  }

  // Deletion

  private func deletion(_ bench: StreamBench, before_us: Int64) throws -> DeletionReport {
    try Journal.delete(
      "/disk/journal",
      Deletion(.positions, before_us: before_us, by: "A. Wang", why: "request 17 of 2026"),
      calls: bench.disk)
  }

  @Test(arguments: [false, true]) func deletedOnDemand(_ isSealed: Bool) throws {
    let bench = lived(200, isSealed ? ToySeal() : nil)
    let middle_us = bench.disk.wall_us()
    bench.append(100)
    bench.sync()
    check((try? deletion(bench, before_us: middle_us)) == nil)  // in use
    bench.close()
    // Not before a snapshot has what was decided from it.
    #expect(throws: JournalProblem.self) { try deletion(bench, before_us: middle_us) }
    check(bench.verify().deletions, equals: [])
    bench.open()
    try bench.snapshot()
    bench.close()
    let report = try deletion(bench, before_us: middle_us)
    check(report.note?.by, equals: "A. Wang")
    check(report.note?.last ?? 0, atLeast: 195)
    check(report.files, atLeast: 1)
    if !isSealed { check(bench.places("positions-"), equals: 33) }
    if !isSealed { check(bench.places("watches-"), equals: 60) }
    let verdict = bench.verify()
    check(verdict.problem == nil, verdict.problem?.text ?? "")
    check(verdict.apart, equals: [33, 60])
    check(verdict.gone, equals: [67, 0])
    check(verdict.deletions.map(\.why), equals: ["request 17 of 2026"])
    check(verdict.deletions.map(\.first), equals: [1])
    check(try deletion(bench, before_us: middle_us).note == nil)
    bench.open()
    check(bench.journal?.info.reasons, equals: [], bench.problem?.text ?? "")
    bench.twin.append(([], [], []))
    bench.append(20)
    bench.close()
    check(bench.verify().problem == nil, bench.verify().problem?.text ?? "")
  }

  /// A piece that stands apart, is whole and does not open: its own file is named, and what opens it.
  @Test func aPieceThatDoesNotOpenIsNamed() {
    final class Forgetful: ToySeal, @unchecked Sendable {
      override func open(
        _ sealed: UnsafeRawBufferPointer, named name: String, about: UnsafeRawBufferPointer,
        into room: UnsafeMutableRawBufferPointer
      ) -> Int? {
        let what = about.loadUnaligned(fromByteOffset: 16, as: UInt64.self).littleEndian
        return what == UInt64(SealedPlace.What.apart.rawValue)
          ? nil : super.open(sealed, named: name, about: about, into: room)
      }
    }
    let bench = StreamBench(ToySeal())
    bench.open()
    bench.append(30)
    bench.close()
    bench.settings.seal = Forgetful()
    bench.open()
    check(bench.journal == nil)
    check(bench.problem?.kind, equals: .sealed)
    let text = bench.problem?.text ?? ""
    check(text.hasPrefix("positions-000000000001, offset 4096"), text)
    check(text.contains("sealed as \"toy 1\"") && text.contains("hj_config.open"), text)
    bench.settings.seal = ToySeal()
    bench.open()
    check(bench.differs() == nil)
    bench.close()
    // Without a key the chain is proved all the same.
    check(bench.verify().problem == nil)
  }

  /// What the folder takes is told with its streams and snapshots, and the bound is of all of them.
  @Test func theDiskIsCountedWhole() throws {
    let bench = StreamBench()
    bench.open()
    bench.append(60)
    bench.sync()
    try bench.snapshot()
    bench.append(30)
    bench.sync()
    func bytes(_ prefix: String) -> Int64 {
      bench.names(prefix).reduce(0) {
        $0 + Int64(bench.disk.folder("/disk/journal")?.entries[$1]?.bytes.count ?? 0)
      }
    }
    let apart = bytes("positions-") + bytes("watches-")
    check(apart, above: 8_192)
    check(bytes("snapshot-"), above: 0)
    check(
      bench.journal?.info.disk_bytes, equals: bytes("journal-") + apart + bytes("snapshot-"))
    bench.close()
    bench.settings.journalBytes = bytes("journal-") + bytes("snapshot-") + (64 << 10)
    bench.open()
    bench.append()
    bench.sync()
    check(bench.journal?.info.reasons.contains(.overBound), equals: true)
    bench.close()
  }

  /// Whatever a crash leaves of a deletion: before its record nothing is gone, behind it the rest goes at the next one.
  @Test func aDeletionThatACrashInterrupts() throws {
    for call in 1...400 {
      let bench = lived(60)
      let middle_us = bench.disk.wall_us()
      bench.append(30)
      bench.sync()
      try bench.snapshot()
      bench.close()
      let last = bench.disk.count + call
      bench.disk.fault = { count, _ in count == last ? .killBefore : nil }
      let isDone = (try? deletion(bench, before_us: middle_us)) != nil
      let wasDead = bench.disk.isDead
      bench.disk.fault = nil
      bench.disk.revive()
      if !wasDead {
        check(isDone)
        check(call, atLeast: 30)
        return
      }
      bench.open()
      check(bench.problem == nil, "call \(call): \(bench.problem?.text ?? "")")
      check(bench.journal?.info.reasons.contains(.streamsLost), equals: false, "call \(call)")
      bench.close()
      let report = bench.verify()
      check(report.problem == nil, "call \(call): \(report.problem?.text ?? "")")
      check(bench.places("positions-"), equals: report.deletions.isEmpty ? 30 : 10, "call \(call)")
    }
    check(false, "the deletion never ended")
  }

  // Retention

  /// So long, by files; no sooner than a snapshot has them, and that is told; on record before they go.
  @Test func whatIsOldGoesByItself() throws {
    let bench = StreamBench()
    bench.settings.retain_s = [72 * 3_600, JournalSettings.always_s]
    bench.open()
    for _ in 0..<100 {
      bench.append(10)
      bench.sync()
      bench.disk.time_ns += Self.hour_ns
    }
    // A hundred hours on record, none in a snapshot.
    check(bench.journal?.info.reasons, equals: [.keptTooLong])
    check(bench.places("positions-"), equals: 334)
    try bench.snapshot()
    for _ in 0..<4 {
      bench.disk.time_ns += Self.hour_ns
      bench.append(10)
      bench.sync()
    }
    check(bench.journal?.info.reasons, equals: [])
    let left = bench.places("positions-")
    // 72 hours and one that its file may last.
    check((72 * 10 / 3...74 * 10 / 3 + 4).contains(left), "\(left) are left")
    check(bench.places("watches-"), atLeast: 200)
    bench.close()
    let report = bench.verify()
    check(report.problem == nil, report.problem?.text ?? "")
    check(report.deletions.first?.by, equals: "retention")
    check(report.deletions.first?.why, equals: "kept for 72 hours")
    check(report.gone[0] + report.apart[0], equals: bench.twin.count { !$0.positions.isEmpty })
    bench.open()
    check(bench.differs() == nil, bench.differs() ?? "")
    check(bench.journal?.info.reasons, equals: [])
    // Nothing comes any more: what is due at the end goes with the close.
    bench.disk.time_ns += 100 * Self.hour_ns
    try bench.snapshot()
    bench.close()
    check(bench.places("positions-"), equals: 0)
    check(bench.verify().problem == nil, bench.verify().problem?.text ?? "")
  }

  /// The record of a deletion stands in a gap that a state alone has: it comes once more, on the chain, before anything
  /// goes. A file that went without one is named.
  @Test func aDeletionInAGapComesOnceMore() throws {
    let bench = StreamBench()
    bench.settings.retain_s = [2 * 3_600, JournalSettings.always_s]
    bench.open()
    bench.append(30)
    bench.sync()
    try bench.snapshot()
    // Old enough: the record of it is prepared, and comes behind the next one.
    bench.disk.time_ns += 5 * Self.hour_ns
    bench.sync()
    bench.disk.isDiskDead = true
    bench.append(6, isIdle: true)
    let journal = try #require(bench.journal)
    check(journal.pending.state.load(ordering: .relaxed), equals: PendingNote.State.recorded)
    let writer = try journal.beginRingState(journal.recorded)
    try writer.finish()
    bench.append(6, isIdle: true)
    bench.disk.isDiskDead = false
    for _ in 0..<4 {
      bench.disk.time_ns += 2_000_000_000
      bench.append(1, isIdle: true)
      bench.sync()
    }
    check(bench.places("positions-"), equals: 0)
    bench.close()
    let report = bench.verify()
    check(report.problem == nil, report.problem?.text ?? "")
    check(report.deletions.count, equals: 1, "the one in the gap is on no chain")
    check(report.inSnapshotAlone, above: 0)
    check(report.gone[0], equals: 10)
  }

  /// The last file goes in its time too, while other records come: in the life that wrote it, and in the next.
  @Test(arguments: [false, true])
  func whatIsOldGoesFromAnIdleStream(isReopened: Bool) throws {
    let bench = StreamBench()
    bench.settings.retain_s = [72 * 3_600, 48 * 3_600]
    bench.open()
    bench.append(30)
    bench.sync()
    if isReopened {
      bench.close()
      bench.open()
    }
    check(bench.places("positions-"), equals: 10)
    for hour in 0..<100 {
      bench.disk.time_ns += Self.hour_ns
      bench.append(2, isIdle: true)
      bench.sync()
      if hour == 40 { try bench.snapshot() }
      if hour < 47 { check(bench.places("watches-"), equals: 6, "in hour \(hour)") }
      if hour < 71 { check(bench.places("positions-"), equals: 10, "in hour \(hour)") }
    }
    check(bench.places("watches-"), equals: 0)
    check(bench.places("positions-"), equals: 0)
    check(bench.journal?.info.reasons, equals: [])
    bench.close()
    let report = bench.verify()
    check(report.problem == nil, report.problem?.text ?? "")
    check(report.deletions.count, equals: 2)
  }

  /// A format that knows no streams keeps all in the chain, and a deletion says what to do.
  @Test func anOldFormatKeepsItInTheChain() throws {
    let bench = StreamBench()
    bench.settings.newestFormat = 1
    bench.open()
    check(bench.journal?.keepsApart, equals: false)
    bench.close()
    do throws(JournalProblem) {
      _ = try Journal.delete(
        "/disk/journal", Deletion(.positions, before_us: 1, by: "a", why: "b"), calls: bench.disk)
      check(false, "deleted")
    } catch {
      check(error.kind, equals: .older)
      check(error.text.contains("hujia journal upgrade"))
    }
    for (by, why) in [("", "b"), ("a", ""), (String(repeating: "x", count: 257), "b")] {
      #expect(throws: JournalProblem.self) {
        _ = try Journal.delete(
          "/disk/journal", Deletion(.positions, before_us: 1, by: by, why: why), calls: bench.disk)
      }
    }
  }
}
