// What a command points at, where it is long: put on record piece by piece, in turns of their own, before the turn that
// names it. So no turn is longer than a piece, and a crash in between leaves pieces that nothing names.

import HujiaContainers
import HujiaEngine
import HujiaJournal

/// How the turn's record names what was staged before it.
struct StagedMark: Equatable {
  /// The record of the first piece.
  var number: UInt64
  var bytes: UInt64

  static var size: Int { 16 }

  init(number: UInt64, bytes: UInt64) {
    self.number = number
    self.bytes = bytes
  }

  /// nil: none of ours.
  init?(_ raw: UnsafeRawBufferPointer) {
    guard raw.count == Self.size else { return nil }
    var reader = NumberReader(raw)
    number = reader.get()
    bytes = reader.get()
  }
}

/// The pieces as they are read back. Only one content at a time is being staged: the first piece of the next one ends
/// it, and so does a piece without bytes.
struct StagedContent {
  private var number: UInt64 = 0
  private(set) var bytes: [UInt8] = []

  /// Before each piece: the number of the staging.
  static var headBytes: Int { 8 }
  /// A quarter of the largest ring, and more than the longest plans.
  static var most: Int { 256 << 20 }

  var isEmpty: Bool { bytes.isEmpty }

  /// The next piece. False: it continues what never began, or is too much.
  mutating func take(_ record: borrowing JournalRecord) -> Bool {
    guard record.payload.count >= Self.headBytes else { return false }
    var reader = NumberReader(record.payload)
    let staging: UInt64 = reader.get()
    let piece = record.payload[Self.headBytes...]
    if piece.isEmpty {
      removeAll()
      return true
    }
    if staging == record.sequence {
      number = staging
      bytes.removeAll(keepingCapacity: true)
    }
    guard number == staging, bytes.count + piece.count <= Self.most else { return false }
    bytes.append(contentsOf: piece)
    return true
  }

  /// In a state that was taken between two pieces.
  mutating func code(_ coder: inout StateCoder) {
    coder.code(&number)
    var read: [UInt8]?
    let isReading = coder.isReading
    bytes.withUnsafeBytes { raw in
      var raw = raw
      coder.code(bytes: &raw, most: Self.most)
      if isReading, coder.isGood { read = Array(raw) }
    }
    if let read { bytes = read }
    coder.demand(number > 0 || bytes.isEmpty, "pieces of a content that nothing began")
  }

  /// Whether the mark names all of it.
  func isWhole(_ mark: StagedMark) -> Bool {
    mark.number == number && mark.bytes == UInt64(bytes.count) && !bytes.isEmpty
  }

  mutating func removeAll() {
    number = 0
    bytes.removeAll()
  }
}
