// What must be deletable stands apart: bytes of a record that lie in a stream of their own beside the segments. The
// chain holds their hash alone, so they go on time or on demand and the chain still holds.

import HujiaContainers

package enum JournalStream: Int, CaseIterable, Sendable {
  case positions = 0
  case watches = 1

  package var name: String { self == .positions ? "positions" : "watches" }
  var prefix: String { name + "-" }

  func fileName(_ number: UInt64) -> String { prefix + SegmentHead.padded(number, 12) }
  func number(_ name: String) -> UInt64? { SegmentHead.number(name, prefix, 12) }
}

package struct JournalStreams: OptionSet, Hashable, Sendable {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }
  package init(_ stream: JournalStream) { rawValue = 1 << UInt8(stream.rawValue) }
  package static let positions = JournalStreams(.positions)
  package static let watches = JournalStreams(.watches)
  package static let all: JournalStreams = [.positions, .watches]
}

/// How much of a record's payload stands apart: its last bytes, positions first.
package struct ApartCounts: Equatable, Sendable {
  package var positions: Int
  package var watches: Int

  package init(positions: Int = 0, watches: Int = 0) {
    self.positions = positions
    self.watches = watches
  }

  package static let none = ApartCounts()
  package var isEmpty: Bool { positions == 0 && watches == 0 }
  /// Both numbers, behind all else.
  package static var size: Int { 8 }

  subscript(stream: JournalStream) -> Int { stream == .positions ? positions : watches }
}

/// What stands apart of a record that was read back; valid as its payload is.
package struct ApartBytes {
  /// nil: nothing of it stands there, or it is gone.
  package var positions: UnsafeRawBufferPointer?
  package var watches: UnsafeRawBufferPointer?
  /// Deleted, or lost.
  package var gone: JournalStreams = []
  package static var none: ApartBytes { ApartBytes() }

  subscript(stream: JournalStream) -> UnsafeRawBufferPointer? {
    get { stream == .positions ? positions : watches }
    set { if stream == .positions { positions = newValue } else { watches = newValue } }
  }
}

/// A payload with something apart, taken to pieces: in the ring the bytes themselves stand behind it, on a disk their
/// hashes.
struct ApartView {
  let payload: UnsafeRawBufferPointer
  let counts: ApartCounts
  private let rest: UnsafeRawBufferPointer
  private let isOnDisk: Bool

  /// nil: no such payload.
  init?(_ whole: UnsafeRawBufferPointer, isOnDisk: Bool) {
    guard whole.count >= ApartCounts.size else { return nil }
    var reader = NumberReader(
      UnsafeRawBufferPointer(rebasing: whole[(whole.count - ApartCounts.size)...]))
    let positions = Int(reader.get(UInt32.self))
    counts = ApartCounts(positions: positions, watches: Int(reader.get(UInt32.self)))
    let size =
      isOnDisk
      ? ChainDigest.size * ((counts.positions > 0 ? 1 : 0) + (counts.watches > 0 ? 1 : 0))
      : counts.positions + counts.watches
    let end = whole.count - ApartCounts.size
    guard size <= end else { return nil }
    payload = UnsafeRawBufferPointer(rebasing: whole[..<(end - size)])
    rest = UnsafeRawBufferPointer(rebasing: whole[(end - size)..<end])
    self.isOnDisk = isOnDisk
  }

  /// nil: nothing of it stands there. Bytes, or a hash.
  subscript(stream: JournalStream) -> UnsafeRawBufferPointer? {
    guard counts[stream] > 0 else { return nil }
    let first = isOnDisk ? (counts.positions > 0 ? ChainDigest.size : 0) : counts.positions
    let piece = stream == .positions ? rest[..<first] : rest[first...]
    return UnsafeRawBufferPointer(rebasing: piece)
  }

  var bytes: ApartBytes { ApartBytes(positions: self[.positions], watches: self[.watches]) }
}

/// On record before anything goes: which stream, up to which record, by which hand and why. What went begins with the
/// oldest that was there, so nothing up to `last` is left.
package struct DeletionNote: Equatable, Sendable {
  package var stream: JournalStream
  package var first: UInt64
  package var last: UInt64
  /// What was taken in before this time went.
  package var before_us: Int64
  package var by: String
  package var why: String
  /// Of the record that says it.
  package var record: UInt64 = 0
  package var wall_us: Int64 = 0

  static var mostText: Int { 256 }

  var bytes: [UInt8] {
    var fields = FieldWriter()
    fields.put(UInt32(stream.rawValue))
    fields.put(first)
    fields.put(last)
    fields.put(before_us)
    fields.putCounted(Array(by.utf8.prefix(Self.mostText)))
    fields.putCounted(Array(why.utf8.prefix(Self.mostText)))
    return fields.bytes
  }

  init(
    _ stream: JournalStream, _ first: UInt64, _ last: UInt64, before_us: Int64, by: String,
    why: String
  ) {
    self.stream = stream
    self.first = first
    self.last = last
    self.before_us = before_us
    self.by = by
    self.why = why
  }

  /// nil: it cannot be read.
  init?(_ payload: UnsafeRawBufferPointer, _ frame: FrameHead) {
    var fields = NumberReader(payload)
    guard let stream = JournalStream(rawValue: Int(fields.get(UInt32.self))) else { return nil }
    self.stream = stream
    first = fields.get()
    last = fields.get()
    before_us = fields.get()
    by = String(decoding: fields.getCounted(most: Self.mostText), as: UTF8.self)
    why = String(decoding: fields.getCounted(most: Self.mostText), as: UTF8.self)
    record = frame.sequence
    wall_us = frame.wall_us
    guard !fields.isBroken, max(first, last) <= JournalFormat.mostNumber else { return nil }
  }
}
