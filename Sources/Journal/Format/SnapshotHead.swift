// The head of a snapshot file. See docs/reference/journal-format.md.

import HujiaContainers

struct SnapshotHead: Equatable {
  static var magic: UInt64 { 0x3130_504e_534a_4848 }  // "HHJSNP01"
  static var size: Int { 128 }
  /// Chunks: length, sum, bytes. The last one has length 0 and the hash of all.
  static var mostStored: Int { 1 << 20 }
  /// Sealed, it is no longer.
  static var mostChunk: Int { mostStored - JournalSealing.overhead }

  var format = JournalFormat.oldest
  var journal: JournalID
  /// Every record up to this one is in it.
  var sequence: UInt64
  /// The chain's hash up to it where a batch ended there, else zero.
  var chain: [UInt8]
  var digest: JournalDigest
  var made_us: Int64
  /// As which the pieces in it are sealed; empty: they are clear.
  var seal = ""

  var bytes: [UInt8] {
    var fields = FieldWriter()
    fields.put(Self.magic)
    fields.put(format)
    fields.put(digest.rawValue)
    fields.put(journal)
    fields.put(sequence)
    fields.put(made_us)
    fields.put(chain)
    if format >= JournalFormat.sealing { fields.putCounted(Array(seal.utf8)) }
    fields.seal(to: Self.size)
    return fields.bytes
  }

  enum Flaw: Error { case damaged, newer(UInt32) }

  static func read(_ bytes: UnsafeRawBufferPointer) throws(Flaw) -> SnapshotHead {
    guard bytes.count >= size,
      FieldWriter.isSealed(UnsafeRawBufferPointer(rebasing: bytes[..<size]))
    else { throw .damaged }
    var fields = NumberReader(bytes)
    guard fields.get(UInt64.self) == magic else { throw .damaged }
    let version: UInt32 = fields.get()
    if version > JournalFormat.newest { throw .newer(version) }
    guard let digest = JournalDigest(rawValue: fields.get()) else { throw .damaged }
    let journal = fields.getID()
    let sequence: UInt64 = fields.get()
    let made_us: Int64 = fields.get()
    let chain = fields.getBytes(ChainDigest.size)
    let seal =
      version < JournalFormat.sealing ? [] : fields.getCounted(most: JournalSealing.mostName)
    guard !fields.isBroken, version >= JournalFormat.oldest,
      sequence <= JournalFormat.mostNumber
    else { throw .damaged }
    return SnapshotHead(
      format: version, journal: journal, sequence: sequence, chain: chain, digest: digest,
      made_us: made_us,
      seal: String(decoding: seal, as: UTF8.self))
  }

  static func name(_ sequence: UInt64) -> String {
    "snapshot-" + SegmentHead.padded(sequence, 20)
  }

  static func number(_ name: String) -> UInt64? { SegmentHead.number(name, "snapshot-", 20) }
}
