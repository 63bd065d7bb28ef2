// Numbers that nobody wrote, with all sums right: each is refused or read, and none ends the process. What counts on
// from a number of a file would overflow otherwise.

import CHujiaJournal
import HujiaTestSupport
import Testing

@testable import HujiaJournal

@Suite struct ForgedNumberTests {
  static let numbers: [UInt64] = [
    0, 1, 1 << 61, JournalFormat.mostNumber - 1, JournalFormat.mostNumber,
    JournalFormat.mostNumber + 1, 1 << 63, .max - 1, .max,
  ]

  private func put(_ number: UInt64, at place: Int, _ bytes: inout [UInt8]) {
    bytes.withUnsafeMutableBytes {
      $0.storeBytes(of: number.littleEndian, toByteOffset: place, as: UInt64.self)
    }
  }

  private func sealHead(_ bytes: inout [UInt8], from start: Int = 0, size: Int) {
    bytes.withUnsafeMutableBytes { raw in
      guard let base = raw.baseAddress else { return }
      let sum = hujia_crc32c(0, base + start, UInt64(size - 4))
      raw.storeBytes(of: sum.littleEndian, toByteOffset: start + size - 4, as: UInt32.self)
    }
  }

  // Heads

  /// Of a file by its name: how long its heads are, where they begin, where their numbers stand.
  private func heads(_ name: String) -> (size: Int, starts: [Int], places: [Int]) {
    if name == LockPage.name { return (4_096, [0, 4_096], [48, 56, 64]) }
    if SegmentHead.number(name) != nil { return (4_096, [0], [48, 56, 64, 72, 88]) }
    if SnapshotHead.number(name) != nil { return (128, [0], [32, 40]) }
    return (4_096, [0], [40, 48, 56])
  }

  /// Read, proved and opened: all that a host can do with the folder.
  private func useAll(_ files: [(name: String, bytes: [UInt8])], _ note: String) {
    let bench = JournalBench()
    var golden = GoldenJournal.all[0]
    golden.files = files
    golden.lay(bench.disk)
    _ = Journal.read("/disk/journal", calls: bench.disk) { _ in true }
    _ = Journal.verifyChain("/disk/journal", calls: bench.disk)
    let journal: Journal
    do throws(JournalProblem) {
      journal = try Journal.open(
        bench.settings, snapshot: { _ in true }, record: { _ in true })
    } catch {
      check(!error.text.isEmpty, note)
      return
    }
    let payload: [UInt8] = [1, 2, 3]
    _ = payload.withUnsafeBytes { journal.append(kind: 3, monotonic_ns: 1, wall_us: 1, $0) }
    journal.sync()
    journal.close()
  }

  @Test func ofHeads() {
    let numbers = [0, JournalFormat.mostNumber, JournalFormat.mostNumber + 1, .max]
    for golden in GoldenJournal.all where !golden.name.contains("sm3") {
      for index in golden.files.indices {
        let file = golden.files[index]
        let (size, starts, places) = heads(file.name)
        for place in places {
          for number in numbers {
            var files = golden.files
            for start in starts where start + size <= file.bytes.count {
              put(number, at: start + place, &files[index].bytes)
              sealHead(&files[index].bytes, from: start, size: size)
            }
            // Under the name that its head says, where there is one.
            if place == 32 { files[index].name = SnapshotHead.name(number) }
            if place == 48, SegmentHead.number(file.name) != nil {
              files[index].name = SegmentHead.name(number)
            }
            useAll(files, "\(golden.name): \(file.name), \(number) at \(place)")
          }
        }
      }
    }
  }

  @Test func ofNames() {
    for golden in GoldenJournal.all {
      for name in ["journal-", "snapshot-00", "positions-", "watches-"] {
        let files = golden.files + [(name + "\(UInt64.max)", [])]
        useAll(files, "\(golden.name) with \(name)\(UInt64.max)")
      }
    }
  }

  // Batches

  private let journal = JournalID(high: 5, low: 6)

  /// A batch of one record, as a segment has it.
  private func batch(
    _ number: UInt64, record: UInt64, _ digest: ChainDigest
  ) -> [UInt8] {
    let seed = Frame.seed(journal)
    let size = BatchHead.overhead + Frame.whole(8)
    var bytes = [UInt8](repeating: 0, count: size)
    bytes.withUnsafeMutableBytes { raw in
      guard let base = raw.baseAddress else { return }
      BatchHead(number: number, first: record, count: 1, bytes: UInt32(Frame.whole(8)))
        .write(base, epoch: 1, wall_us: 2, now_ns: 3, seed: seed)
      Frame.seal(
        base + BatchHead.size, length: 8, kind: 3, version: 1, flags: 0, sequence: record,
        monotonic_ns: 3, wall_us: 2, epoch: 1, seed: seed)
      let end = base + BatchHead.size + Frame.whole(8)
      let hash = digest.hash(
        ChainDigest.zero, UnsafeRawBufferPointer(rebasing: raw[..<(end - base)]))
      UnsafeMutableRawBufferPointer(start: end + Frame.headSize, count: hash.count)
        .copyBytes(from: hash)
      BatchHead.sealEnd(
        end, batch: number, last: record, epoch: 1, wall_us: 2, now_ns: 3, seed: seed)
    }
    return bytes
  }

  @Test func ofBatches() throws {
    let digest = try ChainDigest(.sha256)
    let most = JournalFormat.mostNumber
    for number in Self.numbers {
      for record in Self.numbers where record > 0 {
        let bytes = batch(number, record: record, digest)
        let head = SegmentHead(
          journal: journal, boot: .none, number: 1, first: record, after: record - 1, batch: number,
          digest: .sha256, epoch: 1, made_us: 1, previous: ChainDigest.zero, host: [])
        var place = ChainPlace(last: record - 1, hash: ChainDigest.zero, batch: number)
        var given = 0
        let end = bytes.withUnsafeBytes { raw in
          SegmentReader(name: "journal-1", head: head, bytes: raw, digest: digest)
            .readBatches(&place, from: 0, until: nil) { _, _, _ in
              given += 1
              return true
            }
        }
        let isTaken = number <= most && record < most
        check(given, equals: isTaken ? 1 : 0, "record \(record) in batch \(number)")
        check(place.last, equals: isTaken ? record : record - 1, "\(end)")
      }
    }
  }

  // Rings

  @Test func ofRings() {
    let seed = Frame.seed(journal)
    for number in Self.numbers {
      var bytes = [UInt8](repeating: 0, count: Frame.whole(8))
      bytes.withUnsafeMutableBytes { raw in
        guard let base = raw.baseAddress else { return }
        Frame.seal(
          base, length: 8, kind: 3, version: 1, flags: 0, sequence: number, monotonic_ns: 1,
          wall_us: 1, epoch: 1, seed: seed)
      }
      let view = RingView(bytes: bytes, seed: seed, state: 0, durable: 0)
      let isTaken = number > 0 && number <= JournalFormat.mostNumber
      check(view.first(after: 0), equals: isTaken ? number : nil, "record \(number)")
    }
  }
}
