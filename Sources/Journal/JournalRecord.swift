// A record and its frame: the same bytes in the ring and in a segment. See docs/reference/journal-format.md.

import CHujiaJournal

/// A record as it is read back. `payload` is valid during the call that gives it.
package struct JournalRecord {
  /// Counted from 1, without gaps.
  package var sequence: UInt64
  /// The host's own, below `Frame.firstReserved`.
  package var kind: UInt16
  /// Of the payload's encoding; the host's own.
  package var version: UInt8
  /// Whether the next record belongs to the same turn (`append(isLast: false)`).
  package var hasMore: Bool
  package var epoch: UInt32
  /// As `append` was told; comparable with other records of the same boot.
  package var monotonic_ns: Int64
  package var wall_us: Int64
  package var boot: JournalID
  /// Of the segment that it stands in; nil: it stands in the ring alone.
  package var digest: JournalDigest?
  package var payload: UnsafeRawBufferPointer
  /// What of it lies in the streams; valid as long.
  package var apart: ApartBytes = .none

  /// What a record takes in the ring: for `Journal.hasRoom`. A multiple of 8.
  package static func size(payload: Int) -> Int { Frame.headSize + (payload + 7) & ~7 }
}

/// The 48 bytes before a payload. All numbers little-endian.
enum Frame {
  static var headSize: Int { 48 }
  /// No length on disk or in a ring is larger; what a caller gives is shorter by a head, which sealing may add.
  static var mostPayload: Int { 1 << 20 }
  static var firstReserved: UInt16 { 0xff00 }
  static var batchHead: UInt16 { 0xfff1 }
  static var batchEnd: UInt16 { 0xfff2 }
  static var moreFlag: UInt8 { 1 }
  /// The payload is sealed by the host. On a disk alone.
  static var sealedFlag: UInt8 { 2 }
  /// Something of it stands apart (`ApartView`).
  static var apartFlag: UInt8 { 4 }
  /// Ours, and a record among the others: what was deleted (`DeletionNote`).
  static var note: UInt16 { 0xff01 }
  static func isRecord(_ kind: UInt16) -> Bool { kind < firstReserved || kind == note }

  /// Sums begin with the journal's own number: no frame of another journal, and nothing that a caller puts into a
  /// payload, passes for one of ours.
  static func seed(_ journal: JournalID) -> UInt32 {
    var words = (journal.high.littleEndian, journal.low.littleEndian)
    return withUnsafeBytes(of: &words) { hujia_crc32c(0, $0.baseAddress, UInt64($0.count)) }
  }

  static func whole(_ length: Int) -> Int { headSize + (length + 7) & ~7 }

  /// Writes the head before a payload that stands at `frame + headSize` already, and zeros up to a multiple of 8.
  @inline(__always)
  static func seal(
    _ frame: UnsafeMutableRawPointer, length: Int, kind: UInt16, version: UInt8, flags: UInt8,
    sequence: UInt64, monotonic_ns: Int64, wall_us: Int64, epoch: UInt32, seed: UInt32
  ) {
    let padding = (8 - length & 7) & 7
    if padding > 0 {
      let end = frame + headSize + length
      for index in 0..<padding { end.storeBytes(of: 0, toByteOffset: index, as: UInt8.self) }
    }
    frame.storeBytes(of: UInt32(truncatingIfNeeded: length).littleEndian, as: UInt32.self)
    frame.storeBytes(of: kind.littleEndian, toByteOffset: 4, as: UInt16.self)
    frame.storeBytes(of: version, toByteOffset: 6, as: UInt8.self)
    frame.storeBytes(of: flags, toByteOffset: 7, as: UInt8.self)
    frame.storeBytes(of: sequence.littleEndian, toByteOffset: 8, as: UInt64.self)
    frame.storeBytes(of: monotonic_ns.littleEndian, toByteOffset: 16, as: Int64.self)
    frame.storeBytes(of: wall_us.littleEndian, toByteOffset: 24, as: Int64.self)
    frame.storeBytes(of: epoch.littleEndian, toByteOffset: 32, as: UInt32.self)
    let body = hujia_crc32c(seed, frame + headSize, UInt64(length))
    frame.storeBytes(of: body.littleEndian, toByteOffset: 36, as: UInt32.self)
    frame.storeBytes(of: 0, toByteOffset: 40, as: UInt32.self)
    let head = hujia_crc32c(seed, frame, 44)
    frame.storeBytes(of: head.littleEndian, toByteOffset: 44, as: UInt32.self)
  }

  /// The head at `offset`, checked by its own sum: a length that passes was written by us, and is bounded.
  static func head(_ bytes: UnsafeRawBufferPointer, at offset: Int, seed: UInt32) -> FrameHead? {
    guard offset >= 0, offset <= bytes.count - headSize, let base = bytes.baseAddress else {
      return nil
    }
    let at = base + offset
    let length = UInt32(littleEndian: at.loadUnaligned(as: UInt32.self))
    guard length <= UInt32(mostPayload) else { return nil }
    let sum = UInt32(littleEndian: at.loadUnaligned(fromByteOffset: 44, as: UInt32.self))
    guard hujia_crc32c(seed, at, 44) == sum else { return nil }
    let sequence = UInt64(littleEndian: at.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    guard sequence &- 1 < JournalFormat.mostNumber else { return nil }
    return FrameHead(
      length: Int(length),
      kind: UInt16(littleEndian: at.loadUnaligned(fromByteOffset: 4, as: UInt16.self)),
      version: at.load(fromByteOffset: 6, as: UInt8.self),
      flags: at.load(fromByteOffset: 7, as: UInt8.self),
      sequence: sequence,
      monotonic_ns: Int64(littleEndian: at.loadUnaligned(fromByteOffset: 16, as: Int64.self)),
      wall_us: Int64(littleEndian: at.loadUnaligned(fromByteOffset: 24, as: Int64.self)),
      epoch: UInt32(littleEndian: at.loadUnaligned(fromByteOffset: 32, as: UInt32.self)),
      bodySum: UInt32(littleEndian: at.loadUnaligned(fromByteOffset: 36, as: UInt32.self)))
  }

  /// A whole frame whose payload's sum holds, too.
  static func read(_ bytes: UnsafeRawBufferPointer, at offset: Int, seed: UInt32) -> FrameHead? {
    guard let head = head(bytes, at: offset, seed: seed), head.size <= bytes.count - offset,
      let base = bytes.baseAddress,
      hujia_crc32c(seed, base + offset + headSize, UInt64(head.length)) == head.bodySum
    else { return nil }
    return head
  }

  /// Whether two frames say the same but for kind, length, sequence and sums. The hash of a batch covers its head and
  /// not its end: so nothing of the end may be its own.
  static func areAlike(_ bytes: UnsafeRawBufferPointer, _ one: Int, _ other: Int) -> Bool {
    for place in [6..<8, 16..<36, 40..<44] {
      for at in place where bytes[one + at] != bytes[other + at] { return false }
    }
    return true
  }

  static func payload(
    _ bytes: UnsafeRawBufferPointer, at offset: Int, _ head: FrameHead
  ) -> UnsafeRawBufferPointer {
    let start = offset + headSize
    return UnsafeRawBufferPointer(rebasing: bytes[start..<start + head.length])
  }
}

struct FrameHead: BitwiseCopyable {
  let length: Int
  let kind: UInt16
  let version: UInt8
  let flags: UInt8
  let sequence: UInt64
  let monotonic_ns: Int64
  let wall_us: Int64
  let epoch: UInt32
  let bodySum: UInt32

  var size: Int { Frame.whole(length) }

  /// As it stands in the ring: what will stand apart is still in it. nil: it is none of the host's.
  func ringRecord(_ payload: UnsafeRawBufferPointer, boot: JournalID) -> JournalRecord? {
    guard kind < Frame.firstReserved else { return nil }
    guard flags & Frame.apartFlag != 0, let view = ApartView(payload, isOnDisk: false) else {
      return record(payload, boot: boot)
    }
    return record(view.payload, view.bytes, boot: boot)
  }

  func record(
    _ payload: UnsafeRawBufferPointer, _ apart: ApartBytes = .none, boot: JournalID,
    digest: JournalDigest? = nil
  ) -> JournalRecord {
    JournalRecord(
      sequence: sequence, kind: kind, version: version, hasMore: flags & Frame.moreFlag != 0,
      epoch: epoch, monotonic_ns: monotonic_ns, wall_us: wall_us, boot: boot, digest: digest,
      payload: payload, apart: apart)
  }
}
