// The head of a snapshot file. See docs/reference/journal-format.md.

import HujiaContainers

struct SnapshotHead: Equatable {
  static var magic: UInt64 { 0x3130_504e_534a_4848 }  // "HHJSNP01"
  static var version: UInt32 { 1 }
  static var size: Int { 128 }
  /// Chunks: length, sum, bytes. The last one has length 0 and the hash of all.
  static var mostChunk: Int { 1 << 20 }

  var journal: JournalID
  /// Every record up to this one is in it.
  var sequence: UInt64
  /// The chain's hash up to it where a batch ended there, else zero.
  var chain: [UInt8]
  var digest: JournalDigest
  var made_us: Int64

  var bytes: [UInt8] {
    var fields = FieldWriter()
    fields.put(Self.magic)
    fields.put(Self.version)
    fields.put(digest.rawValue)
    fields.put(journal)
    fields.put(sequence)
    fields.put(made_us)
    fields.put(chain)
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
    if version > Self.version { throw .newer(version) }
    guard let digest = JournalDigest(rawValue: fields.get()) else { throw .damaged }
    let journal = fields.getID()
    let sequence: UInt64 = fields.get()
    let made_us: Int64 = fields.get()
    return SnapshotHead(
      journal: journal, sequence: sequence, chain: fields.getBytes(ChainDigest.size),
      digest: digest, made_us: made_us)
  }

  static func name(_ sequence: UInt64) -> String {
    "snapshot-" + SegmentHead.padded(sequence, 20)
  }

  static func number(_ name: String) -> UInt64? { SegmentHead.number(name, "snapshot-", 20) }
}
