// The container of a snapshot: written beside and renamed, read back whole before it counts. What is in it is the
// host's matter. Must never: take the place of an older one before its own bytes were compared.

import HujiaContainers
import CHujiaJournal

enum SnapshotFile {
  /// More than this is no snapshot.
  static var most: Int64 { 1 << 36 }

  enum How {
    /// Its bytes are the host's own.
    case opened(FrameOpener?)
    /// Its bytes are those that lie there.
    case proved
  }

  /// The host's bytes, when all sums and the hash hold.
  static func read(
    _ folder: Folder, _ name: String, journal: JournalID, _ how: How
  ) throws(JournalProblem) -> (head: SnapshotHead, bytes: [UInt8]) {
    guard let file = try folder.contents(name, most: most) else {
      throw JournalProblem.damage(name, 0, lastGood: 0, "longer than any snapshot")
    }
    let read: Result<(SnapshotHead, [UInt8]), JournalProblem> = file.withUnsafeBytes { raw in
      do throws(JournalProblem) { return .success(try parse(raw, name, journal, how)) } catch {
        return .failure(error)
      }
    }
    return try read.get()
  }

  private static func parse(
    _ raw: UnsafeRawBufferPointer, _ name: String, _ journal: JournalID, _ how: How
  ) throws(JournalProblem) -> (SnapshotHead, [UInt8]) {
    let head: SnapshotHead
    do throws(SnapshotHead.Flaw) { head = try SnapshotHead.read(raw) } catch {
      if case .newer(let version) = error {
        throw JournalProblem(
          .newer,
          "\(name): format \(version), this version reads up to \(JournalFormat.newest): open it "
            + "with the version that wrote it")
      }
      throw JournalProblem.damage(name, 0, lastGood: 0, "the snapshot's head is damaged")
    }
    guard head.journal == journal else {
      throw JournalProblem(.foreign, "\(name) belongs to journal \(head.journal.text)")
    }
    guard SnapshotHead.number(name) == nil || SnapshotHead.number(name) == head.sequence else {
      throw JournalProblem(.foreign, "\(name) is snapshot \(head.sequence) under another name")
    }
    let seed = Frame.seed(journal)
    let digest = try ChainDigest(head.digest)
    var fields = NumberReader(raw)
    _ = fields.getBytes(SnapshotHead.size)
    var bytes: [UInt8] = []
    digest.begin()
    digest.add(head.bytes)
    var pieces: UInt64 = 0
    while true {
      let offset = Int64(fields.offset)
      let count = Int(fields.get(UInt32.self))
      let sum: UInt32 = fields.get()
      guard !fields.isBroken, count <= SnapshotHead.mostStored else {
        throw JournalProblem.damage(name, offset, lastGood: 0, "a length is damaged")
      }
      let chunk = fields.getBytes(count == 0 ? ChainDigest.size : count)
      guard !fields.isBroken,
        chunk.withUnsafeBytes({ hujia_crc32c(seed, $0.baseAddress, UInt64($0.count)) }) == sum
      else { throw JournalProblem.damage(name, offset, lastGood: 0, "a chunk is damaged") }
      guard count == 0 else {
        digest.add(chunk)
        bytes += try opened(chunk, head, pieces, name, offset, how)
        pieces += 1
        continue
      }
      var hash = ChainDigest.zero
      hash.withUnsafeMutableBytes { room in
        if let start = room.baseAddress { digest.end(start) }
      }
      guard hash == chunk, fields.offset == raw.count else {
        throw JournalProblem.damage(name, offset, lastGood: 0, "the snapshot's hash does not hold")
      }
      return (head, bytes)
    }
  }

  private static func opened(
    _ chunk: [UInt8], _ head: SnapshotHead, _ piece: UInt64, _ name: String, _ offset: Int64,
    _ how: How
  ) throws(JournalProblem) -> [UInt8] {
    guard !head.seal.isEmpty, case .opened(let opener) = how else { return chunk }
    let clear = chunk.withUnsafeBytes { raw in
      opener?.open(raw, named: head.seal, what: .snapshot, number: head.sequence, part: piece)
        .map { Array($0) }
    }
    guard let clear else {
      throw .sealed(name, offset, by: head.seal, isTried: opener != nil)
    }
    return clear
  }
}

/// A snapshot on its way: any thread but the baton's holder, one at a time for each journal.
package final class SnapshotWriter {
  package let sequence: UInt64
  private let journal: Journal
  private let folder: Folder
  private let file: Int32
  private let name: String
  private let final: String
  private let isBesideRing: Bool
  private let head: SnapshotHead
  private let digest: ChainDigest
  private var offset = Int64(SnapshotHead.size)
  private var chunk: [UInt8] = []
  private var pieces: UInt64 = 0
  private var isOver = false

  init(
    _ journal: Journal, _ folder: Folder, _ head: SnapshotHead, name: String? = nil,
    isBesideRing: Bool = false
  ) throws(JournalProblem) {
    self.journal = journal
    self.folder = folder
    self.head = head
    sequence = head.sequence
    final = name ?? SnapshotHead.name(head.sequence)
    self.name = final + ".new"
    let name = self.name
    self.isBesideRing = isBesideRing
    digest = try ChainDigest(head.digest)
    _ = folder.remove(name)
    file = try folder.opened(name, .new)
    let bytes = head.bytes
    if let error = bytes.withUnsafeBytes({ folder.write(file, $0, at: 0) }) {
      folder.close(file)
      _ = folder.remove(name)
      // The caller closes the folder, here as when no file could be made; `deinit` closes nothing a second time.
      isOver = true
      throw .system("write \(name)", error)
    }
    digest.begin()
    digest.add(bytes)
    chunk.reserveCapacity(SnapshotHead.mostChunk)
  }

  deinit { if !isOver { abandon() } }

  /// More of the host's bytes.
  package func write(_ bytes: UnsafeRawBufferPointer) throws(JournalProblem) {
    var done = 0
    while done < bytes.count {
      let count = min(bytes.count - done, SnapshotHead.mostChunk - chunk.count)
      chunk.append(contentsOf: bytes[done..<done + count])
      done += count
      if chunk.count == SnapshotHead.mostChunk { try flushPiece() }
    }
  }

  /// The hash is over what lies there, so that a snapshot is proved without a key.
  private func flushPiece() throws(JournalProblem) {
    if let seal = journal.settings.seal { try sealPiece(seal) }
    digest.add(chunk)
    pieces += 1
    try flush(count: chunk.count)
  }

  private func sealPiece(_ seal: any JournalSeal) throws(JournalProblem) {
    let place = SealedPlace(
      journal: head.journal, what: .snapshot, number: sequence, part: pieces)
    var sealed = [UInt8](repeating: 0, count: chunk.count + JournalSealing.overhead)
    let count = chunk.withUnsafeBytes { clear in
      sealed.withUnsafeMutableBytes { room in
        place.withBytes { seal.seal(clear, about: $0, into: room) }
      }
    }
    guard let count, count > 0, count <= sealed.count else {
      throw JournalProblem(.sealed, "\(name): the seal \"\(seal.name)\" could not be made")
    }
    sealed.removeLast(sealed.count - count)
    chunk = sealed
  }

  private func flush(count: Int) throws(JournalProblem) {
    var fields = FieldWriter()
    fields.put(UInt32(count))
    fields.put(
      chunk.withUnsafeBytes { hujia_crc32c(journal.seed, $0.baseAddress, UInt64($0.count)) })
    fields.put(chunk)
    let bytes = fields.bytes
    if let error = bytes.withUnsafeBytes({ folder.write(file, $0, at: offset) }) {
      throw .system("write \(name)", error)
    }
    offset += Int64(bytes.count)
    chunk.removeAll(keepingCapacity: true)
  }

  /// Waits until the disk has it and the records up to it, reads it back, and gives it its name: then it counts.
  /// Segments that it makes needless go.
  package func finish(timeout_ns: Int64 = 60_000_000_000) throws(JournalProblem) {
    if !chunk.isEmpty { try flushPiece() }
    chunk = ChainDigest.zero
    chunk.withUnsafeMutableBytes { room in
      if let start = room.baseAddress { digest.end(start) }
    }
    try flush(count: 0)
    if let error = folder.sync(file) { throw .system("sync \(name)", error) }
    let (read, _) = try SnapshotFile.read(folder, name, journal: head.journal, .proved)
    guard read == head else {
      throw JournalProblem.damage(name, 0, lastGood: 0, "read back as another")
    }
    guard
      isBesideRing || journal.wait(sequence, .durable, timeout_ns: timeout_ns) == .reached
    else { throw JournalProblem(.system, "record \(sequence) did not become durable in time") }
    if let error = folder.rename(name, final) { throw .system("rename \(name)", error) }
    if let error = folder.syncFolder() { throw .system("sync the folder of \(final)", error) }
    isOver = true
    folder.close(file)
    folder.close(folder.descriptor)
    if isBesideRing {
      journal.restartRing(after: sequence)
    } else {
      journal.keep(snapshot: sequence)
    }
  }

  /// Nothing of it stays.
  package func abandon() {
    guard !isOver else { return }
    isOver = true
    folder.close(file)
    _ = folder.remove(name)
    folder.close(folder.descriptor)
  }
}

extension Journal {
  /// Begins a snapshot of the state after record `sequence`, which is recorded.
  package func beginSnapshot(_ sequence: UInt64) throws(JournalProblem) -> SnapshotWriter {
    guard sequence > 0, sequence <= recorded else {
      throw JournalProblem(.argument, "there is no record \(sequence) yet")
    }
    let own = try openAgain()
    let place = gate.held { head }
    do throws(JournalProblem) {
      return try SnapshotWriter(
        self, own,
        SnapshotHead(
          format: format, journal: id, sequence: sequence,
          chain: place.last == sequence ? place.hash : ChainDigest.zero,
          digest: settings.digest, made_us: calls.wall_us(), seal: settings.seal?.name ?? ""))
    } catch {
      own.close(own.descriptor)
      throw error
    }
  }

  /// A verified snapshot is there: the newest two stay, and the segments that the older of them needs.
  func keep(snapshot sequence: UInt64) {
    work.held {
      if !snapshots.contains(sequence) { snapshots.append(sequence) }
      snapshots.sort()
      while snapshots.count > 2 {
        let old = snapshots.removeFirst()
        snapshotLengths[old] = nil
        _ = folder.remove(SnapshotHead.name(old))
      }
      for old in spoiltSnapshots where !snapshots.contains(old) {
        _ = folder.remove(SnapshotHead.name(old))
      }
      spoiltSnapshots = []
      prune()
    }
  }

  /// Under `work`. The last record that the older of two snapshots has: what comes after it stays.
  var covered: UInt64 { snapshots.count < 2 ? 0 : snapshots[0] }

  /// Under `work`: segments, what stands apart of them, snapshots. Nothing is looked at that was looked at before.
  var bytesOfFiles: Int64 {
    writer.written.reduce(snapshotBytes + streamBytes) { $0 + $1.bytes }
  }

  private var streamBytes: Int64 {
    writer.layer?.streams.reduce(0) { $0 + $1.bytes(folder) } ?? 0
  }

  private var snapshotBytes: Int64 {
    snapshots.reduce(0) { sum, sequence in
      let known = snapshotLengths[sequence] ?? folder.bytes(of: SnapshotHead.name(sequence))
      snapshotLengths[sequence] = known
      return sum + known
    }
  }
}
