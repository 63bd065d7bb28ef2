// Reads a segment back, batch by batch. A batch is given when its sums, its numbers and its hash hold, and not before.
// Tells a torn tail from damage. Must never: trust a length, skip anything silently.

import CHujiaJournal

/// Where the chain is: carried from one segment to the next.
struct ChainPlace: Equatable {
  /// The last record, and the hash up to it.
  var last: UInt64
  var hash: [UInt8]
  /// Of the next batch.
  var batch: UInt64
  /// When the last batch was written.
  var wall_us: Int64 = 0
}

struct SegmentReader {
  let name: String
  let head: SegmentHead
  let bytes: UnsafeRawBufferPointer
  let digest: ChainDigest
  let seed: UInt32
  private let opener: FrameOpener?
  /// nil: what stands apart is not looked for.
  private let shelf: StreamShelf?
  /// Records that are sealed are proved and not given.
  private let isBlind: Bool

  enum End: Equatable {
    /// All there is was read, up to this offset.
    case whole(Int)
    /// From `offset` on nothing whole follows: a crash came before this was durable.
    case torn(Int, bytes: Int)
    case damaged(Int, String)
    /// The reader said no.
    case stopped
    /// The record at this offset is whole and does not open, or a piece that stands apart of it.
    case sealed(Int, UnopenedPiece?)
  }

  init(
    name: String, head: SegmentHead, bytes: UnsafeRawBufferPointer, digest: ChainDigest,
    opener: FrameOpener? = nil, shelf: StreamShelf? = nil, isBlind: Bool = false
  ) {
    self.shelf = shelf
    self.opener = opener
    self.isBlind = isBlind
    self.name = name
    self.head = head
    self.bytes = bytes
    self.digest = digest
    seed = Frame.seed(head.journal)
  }

  /// The hash with which the first batch begins: that of the chain before, and this segment's head.
  static func begin(_ head: [UInt8], previous: [UInt8], _ digest: ChainDigest) -> [UInt8] {
    head.withUnsafeBytes { digest.hash(previous, $0) }
  }

  /// Reads from the segment's first batch. `until`: what comes after this record stands in a later segment or in the
  /// ring, and does not count here.
  func read(
    _ place: inout ChainPlace, until: UInt64?, batch seen: (ChainPlace, Int) -> Void = { _, _ in },
    _ record: (FrameHead, UnsafeRawBufferPointer, ApartBytes) -> Bool
  ) -> End {
    place.last = max(place.last, head.first - 1)
    place.batch = head.batch
    place.hash = Self.begin(
      Array(bytes[..<head.size]), previous: head.previous, digest)
    return readBatches(&place, from: head.size, until: until, batch: seen, record)
  }

  /// Goes on from a batch at `offset`, behind `place`.
  func readBatches(
    _ place: inout ChainPlace, from offset: Int, until: UInt64?,
    batch seen: (ChainPlace, Int) -> Void = { _, _ in },
    _ record: (FrameHead, UnsafeRawBufferPointer, ApartBytes) -> Bool
  ) -> End {
    var offset = offset
    while until == nil || place.last < until ?? 0 {
      if isEnd(offset) {
        return until == nil
          ? .whole(offset) : .damaged(offset, "records after \(place.last) are missing")
      }
      switch batch(at: offset, place, until) {
      case .failure(let flaw):
        if until != nil || hasLater(than: offset, place) { return .damaged(offset, flaw.text) }
        return .torn(offset, bytes: bytes.count - offset)
      case .success(let found):
        if let end = give(found.head, at: offset, record) { return end }
        place.last = found.head.last
        place.hash = found.end.hash
        place.batch = found.head.number + 1
        place.wall_us = found.end.wall_us
        seen(place, offset)
        offset += BatchHead.overhead + Int(found.head.bytes)
      }
    }
    return .whole(offset)
  }

  private struct Flaw: Error { let text: String }

  /// Everything of a batch is checked here.
  private func batch(
    at offset: Int, _ place: ChainPlace, _ until: UInt64?
  ) -> Result<(head: BatchHead, end: BatchHead.End), Flaw> {
    guard let head = BatchHead.read(bytes, at: offset, seed: seed) else {
      return .failure(Flaw(text: "the head of batch \(place.batch) is damaged"))
    }
    guard head.number == place.batch, head.first == place.last + 1 else {
      return .failure(
        Flaw(
          text: "batch \(head.number) from record \(head.first) stands where batch "
            + "\(place.batch) from record \(place.last + 1) belongs"))
    }
    let records = offset + BatchHead.size
    let size = Int(head.bytes)
    guard size <= bytes.count - records - BatchHead.endSize,
      let end = BatchHead.readEnd(bytes, at: records + size, seed: seed),
      end.number == head.number, end.last == head.last,
      Frame.areAlike(bytes, offset, records + size)
    else { return .failure(Flaw(text: "the end of batch \(head.number) is missing or damaged")) }
    if let until, head.last > until {
      return .failure(Flaw(text: "batch \(head.number) reaches past record \(until)"))
    }
    let hashed = UnsafeRawBufferPointer(rebasing: bytes[offset..<records + size])
    guard digest.hash(place.hash, hashed) == end.hash else {
      return .failure(Flaw(text: "the hash of batch \(head.number) does not hold"))
    }
    guard areRecordsWhole(head, from: records) else {
      return .failure(Flaw(text: "a record of batch \(head.number) is damaged"))
    }
    return .success((head, end))
  }

  private func areRecordsWhole(_ head: BatchHead, from start: Int) -> Bool {
    var offset = start
    let end = start + Int(head.bytes)
    let inside = UnsafeRawBufferPointer(rebasing: bytes[..<end])
    for index in 0..<UInt64(head.count) {
      guard let frame = Frame.read(inside, at: offset, seed: seed),
        Frame.isRecord(frame.kind), frame.sequence == head.first + index
      else { return false }
      offset += frame.size
    }
    return offset == end
  }

  /// nil: all of the batch was given.
  private func give(
    _ head: BatchHead, at offset: Int,
    _ record: (FrameHead, UnsafeRawBufferPointer, ApartBytes) -> Bool
  ) -> End? {
    var offset = offset + BatchHead.size
    for _ in 0..<head.count {
      guard let frame = Frame.head(bytes, at: offset, seed: seed) else { return .stopped }
      defer { offset += frame.size }
      if frame.kind == Frame.note {
        let payload = Frame.payload(bytes, at: offset, frame)
        if let note = DeletionNote(payload, frame) { shelf?.findings.notes.append(note) }
        continue
      }
      var payload = Frame.payload(bytes, at: offset, frame)
      var apart = ApartBytes.none
      if frame.flags & Frame.apartFlag != 0 {
        guard let view = ApartView(payload, isOnDisk: true) else {
          return .damaged(offset, "what stands apart of record \(frame.sequence) is not said")
        }
        payload = view.payload
        if let shelf { apart = shelf.take(view, frame, digest) } else { apart.gone = .all }
        if opener != nil, !isBlind, let piece = shelf?.unopened { return .sealed(offset, piece) }
      }
      if frame.flags & Frame.sealedFlag != 0 {
        if isBlind { continue }
        guard let clear = opener?.open(payload, named: self.head.seal, number: frame.sequence)
        else { return .sealed(offset, nil) }
        payload = clear
      }
      guard record(frame, payload, apart) else { return .stopped }
    }
    return nil
  }

  /// Whether nothing was written from here on.
  private func isEnd(_ offset: Int) -> Bool {
    Self.isZero(UnsafeRawBufferPointer(rebasing: bytes[min(offset, bytes.count)...]))
  }

  static func isZero(_ bytes: UnsafeRawBufferPointer) -> Bool {
    hujia_is_zero(bytes.baseAddress, UInt64(bytes.count)) != 0
  }

  /// Whether something stands behind a flaw that was written after the flawed batch. One batch at a time is under way,
  /// and it is synced before the next one is begun: so a torn tail has nothing of a later one behind it.
  private func hasLater(than offset: Int, _ place: ChainPlace) -> Bool {
    var last: UInt64?
    if let head = BatchHead.read(bytes, at: offset, seed: seed), head.number == place.batch {
      last = head.last
    }
    return Self.firstFrame(bytes, from: offset, seed: seed) { at, frame in
      if let head = BatchHead.read(bytes, at: at, seed: seed), head.number > place.batch {
        return true
      }
      if let end = BatchHead.readEnd(bytes, at: at, seed: seed) {
        if end.number > place.batch { return true }
        if end.number == place.batch { last = end.last }
      }
      return last.map { frame.sequence > $0 } ?? false
    } != nil
  }

  /// Where the first frame stands that `body` agrees to, whatever stands before it.
  static func firstFrame(
    _ bytes: UnsafeRawBufferPointer, from offset: Int, seed: UInt32,
    _ body: (Int, FrameHead) -> Bool
  ) -> Int? {
    var at = offset
    while at + Frame.headSize <= bytes.count {
      defer { at += 8 }
      // Cheap first: the reserved word is zero, the sum practically never.
      let words = bytes.loadUnaligned(fromByteOffset: at + 40, as: UInt64.self).littleEndian
      guard words & 0xffff_ffff == 0, words != 0,
        let frame = Frame.head(bytes, at: at, seed: seed)
      else { continue }
      if body(at, frame) { return at }
    }
    return nil
  }

  static func hasFrame(_ bytes: UnsafeRawBufferPointer, seed: UInt32) -> Bool {
    firstFrame(bytes, from: 0, seed: seed) { _, _ in true } != nil
  }
}
