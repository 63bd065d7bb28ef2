// The first page or pages of a segment. See docs/reference/journal-format.md.

import HujiaContainers

struct SegmentHead: Equatable {
  static var magic: UInt64 { 0x3130_4745_534a_4848 }  // "HHJSEG01"
  static var page: Int { 4_096 }
  static var mostHostBytes: Int { 64 << 10 }
  /// Everything but the host's bytes.
  private static func fixedSize(_ format: UInt32) -> Int {
    format < JournalFormat.sealing ? 160 : 160 + 4 + JournalSealing.mostName
  }

  var format = JournalFormat.oldest
  var journal: JournalID
  var boot: JournalID
  var number: UInt64
  /// The first record that can stand in it.
  var first: UInt64
  /// The last record of the chain before it: `first - 1`, or less when those between stand in a snapshot alone.
  var after: UInt64
  /// Of the first batch in it.
  var batch: UInt64
  var digest: JournalDigest
  var epoch: UInt32
  var made_us: Int64
  /// The chain's hash up to record `after`.
  var previous: [UInt8]
  var host: [UInt8]
  /// As which the frames in it are sealed; empty: they are clear.
  var seal = ""

  var size: Int { Self.size(host: host.count, format) }

  static func size(host: Int, _ format: UInt32 = JournalFormat.newest) -> Int {
    (fixedSize(format) + host + page - 1) / page * page
  }

  var bytes: [UInt8] {
    var fields = FieldWriter()
    fields.put(Self.magic)
    fields.put(format)
    fields.put(UInt32(size))
    fields.put(journal)
    fields.put(boot)
    fields.put(number)
    fields.put(first)
    fields.put(after)
    fields.put(batch)
    fields.put(digest.rawValue)
    fields.put(epoch)
    fields.put(made_us)
    fields.put(previous)
    fields.putCounted(host)
    if format >= JournalFormat.sealing { fields.putCounted(Array(seal.utf8)) }
    fields.seal(to: size)
    return fields.bytes
  }

  enum Flaw: Error, Equatable {
    /// No magic at all: never written, or not ours.
    case absent
    case newer(UInt32)
    /// The head is whole, and names a hash that this version does not know.
    case digest(UInt32)
    case damaged
  }

  static func read(
    _ bytes: UnsafeRawBufferPointer, newest: UInt32 = JournalFormat.newest
  ) throws(Flaw) -> SegmentHead {
    var fields = NumberReader(bytes)
    guard fields.get(UInt64.self) == magic else { throw .absent }
    let version: UInt32 = fields.get()
    let size = Int(fields.get(UInt32.self))
    // Magic, version, size and the sum at the end stay where they are in every version.
    guard size >= page, size % page == 0, size <= bytes.count,
      size <= Self.size(host: mostHostBytes),
      FieldWriter.isSealed(UnsafeRawBufferPointer(rebasing: bytes[..<size]))
    else { throw .damaged }
    if version > newest { throw .newer(version) }
    let journal = fields.getID()
    let boot = fields.getID()
    let number: UInt64 = fields.get()
    let first: UInt64 = fields.get()
    let after: UInt64 = fields.get()
    let batch: UInt64 = fields.get()
    let digest: UInt32 = fields.get()
    let epoch: UInt32 = fields.get()
    let made_us: Int64 = fields.get()
    let previous = fields.getBytes(ChainDigest.size)
    let host = fields.getCounted(most: mostHostBytes)
    let seal =
      version < JournalFormat.sealing ? [] : fields.getCounted(most: JournalSealing.mostName)
    guard !fields.isBroken, version >= JournalFormat.oldest, after < first,
      max(number, first, batch) <= JournalFormat.mostNumber,
      size == Self.size(host: host.count, version)
    else { throw .damaged }
    guard let digest = JournalDigest(rawValue: digest) else { throw .digest(digest) }
    return SegmentHead(
      format: version, journal: journal, boot: boot, number: number, first: first, after: after,
      batch: batch,
      digest: digest, epoch: epoch, made_us: made_us, previous: previous, host: host,
      seal: String(decoding: seal, as: UTF8.self))
  }

  static func name(_ number: UInt64) -> String { "journal-" + padded(number, 12) }

  /// The number in a segment's name; nil for other names.
  static func number(_ name: String) -> UInt64? { Self.number(name, "journal-", 12) }

  static func padded(_ number: UInt64, _ digits: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
  }

  static func number(_ name: String, _ prefix: String, _ digits: Int) -> UInt64? {
    guard name.hasPrefix(prefix) else { return nil }
    let rest = name.dropFirst(prefix.count)
    guard rest.utf8.count >= digits, rest.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }) else {
      return nil
    }
    return UInt64(rest).flatMap { $0 <= JournalFormat.mostNumber ? $0 : nil }
  }
}
