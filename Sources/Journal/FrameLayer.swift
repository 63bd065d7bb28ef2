// Frames on their way from the ring to the disk: what stands apart goes into its stream, its hash stays; the host seals
// what it wants sealed. Must never: let anything of the two reach a segment.

final class FrameLayer {
  private let seal: (any JournalSeal)?
  private let journal: JournalID
  private let seed: UInt32
  private let digest: ChainDigest
  private let calls: any FileCalls
  let streams: [StreamWriter]

  init(
    seal: (any JournalSeal)?, journal: JournalID, seed: UInt32, digest: ChainDigest,
    calls: any FileCalls, streams: [StreamWriter]
  ) {
    self.seal = seal
    self.journal = journal
    self.seed = seed
    self.digest = digest
    self.calls = calls
    self.streams = streams
  }

  /// The batch failed: it comes again with other bytes of chance, and no file has a record twice.
  func giveUp(_ folder: Folder) {
    for stream in streams where stream.isAhead { stream.finish(folder) }
  }

  /// The batch that has the hashes is on the disk.
  func settle() { for stream in streams { stream.isAhead = false } }

  /// What a frame can have more on the disk than in the ring.
  func growth(_ frame: FrameHead) -> Int {
    var bytes = 0
    if seal != nil, frame.kind < Frame.firstReserved { bytes += JournalSealing.growth }
    if frame.flags & Frame.apartFlag != 0 { bytes += 2 * ChainDigest.size }
    return bytes
  }

  /// The frames of `records`, behind each other. How many bytes; nil: the host could not seal, or what stands in the
  /// ring is no frame.
  func lay(
    _ records: UnsafeRawBufferPointer, into room: UnsafeMutableRawBufferPointer
  ) -> Int? {
    for stream in streams { stream.clear() }
    var (from, to) = (0, 0)
    while from < records.count {
      guard let frame = Frame.head(records, at: from, seed: seed), let start = room.baseAddress,
        frame.size <= records.count - from, to + frame.size + growth(frame) <= room.count
      else { return nil }
      let at = start + to
      if growth(frame) == 0 {
        if let base = records.baseAddress {
          at.copyMemory(from: base + from, byteCount: frame.size)
        }
        to += frame.size
      } else {
        guard let count = lay(frame, Frame.payload(records, at: from, frame), at) else {
          return nil
        }
        to += Frame.whole(count)
      }
      from += frame.size
    }
    return to
  }

  private func lay(
    _ frame: FrameHead, _ whole: UnsafeRawBufferPointer, _ at: UnsafeMutableRawPointer
  ) -> Int? {
    guard frame.flags & Frame.apartFlag != 0 else { return close(frame, whole, [], at) }
    guard let view = ApartView(whole, isOnDisk: false), let tail = part(frame, view) else {
      return nil
    }
    return close(frame, view.payload, tail, at)
  }

  /// What stands behind the payload: a hash for each stream that has something of the record, how much. It is never
  /// sealed, so that the streams are proved without a key.
  private func part(_ frame: FrameHead, _ view: ApartView) -> [UInt8]? {
    var fields = FieldWriter()
    for stream in streams {
      guard let bytes = view[stream.stream] else { continue }
      guard let hash = put(frame, bytes, stream) else { return nil }
      fields.put(hash)
    }
    fields.put(UInt32(view.counts.positions))
    fields.put(UInt32(view.counts.watches))
    return fields.bytes
  }

  /// Behind 16 bytes of chance, so that nobody finds by trying what stood behind a hash once it is deleted.
  private func put(
    _ frame: FrameHead, _ bytes: UnsafeRawBufferPointer, _ stream: StreamWriter
  ) -> [UInt8]? {
    let salt = calls.randomID()
    var salted = FieldWriter()
    salted.put(salt)
    let clear = salted.bytes + Array(bytes)
    let place = SealedPlace(
      journal: journal, what: .apart, number: frame.sequence,
      part: UInt64(stream.stream.rawValue))
    let most = clear.count + (seal == nil ? 0 : JournalSealing.overhead)
    let range = stream.add(
      frame, most: most, flags: seal == nil ? 0 : Frame.sealedFlag, seed: seed
    ) { room in
      clear.withUnsafeBytes { raw in
        guard let seal else {
          room.copyBytes(from: raw)
          return raw.count
        }
        return place.withBytes { seal.seal(raw, about: $0, into: room) }
      }
    }
    guard let range else { return nil }
    return stream.bytes(range) {
      Self.hash($0, stream.stream, frame.sequence, digest)
    }
  }

  /// Of what lies in the stream, and where it belongs.
  static func hash(
    _ stored: UnsafeRawBufferPointer, _ stream: JournalStream, _ sequence: UInt64,
    _ digest: ChainDigest
  ) -> [UInt8] {
    var fields = FieldWriter()
    fields.put(UInt64(stream.rawValue))
    fields.put(sequence)
    return digest.hash(fields.bytes, stored)
  }

  private func close(
    _ frame: FrameHead, _ payload: UnsafeRawBufferPointer, _ tail: [UInt8],
    _ at: UnsafeMutableRawPointer
  ) -> Int? {
    var flags = frame.flags
    var count = payload.count
    let start = at + Frame.headSize
    if let seal, frame.kind < Frame.firstReserved {
      let space = UnsafeMutableRawBufferPointer(
        start: start, count: count + JournalSealing.overhead)
      let place = SealedPlace(journal: journal, what: .record, number: frame.sequence)
      guard let sealed = place.withBytes({ seal.seal(payload, about: $0, into: space) }),
        sealed >= 0, sealed <= space.count
      else { return nil }
      count = sealed
      flags |= Frame.sealedFlag
    } else if let from = payload.baseAddress {
      start.copyMemory(from: from, byteCount: count)
    }
    tail.withUnsafeBytes { raw in
      if let from = raw.baseAddress { (start + count).copyMemory(from: from, byteCount: raw.count) }
    }
    count += tail.count
    Frame.seal(
      at, length: count, kind: frame.kind, version: frame.version, flags: flags,
      sequence: frame.sequence, monotonic_ns: frame.monotonic_ns, wall_us: frame.wall_us,
      epoch: frame.epoch, seed: seed)
    return count
  }
}
