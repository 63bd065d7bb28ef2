// The host's own encryption of what lies on the disk: each frame and each piece of a snapshot by itself, below the sums
// and hashes, so that a chain is proved without a key. Must never: put a clear byte on a disk where a seal is given.

/// What seals and opens. Used by one thread at a time for each journal that is written; a reader has its own.
package protocol JournalSeal: AnyObject, Sendable {
  /// Of method and key, as it is to be told to those that open: 1 to 32 bytes.
  var name: String { get }
  /// Writes at most `JournalSealing.overhead` bytes more than there are; how many. nil: it could not.
  func seal(
    _ clear: UnsafeRawBufferPointer, about: UnsafeRawBufferPointer,
    into room: UnsafeMutableRawBufferPointer
  ) -> Int?
  /// Writes at most as many as there are; how many. nil: another key, or not what was sealed for this place.
  func open(
    _ sealed: UnsafeRawBufferPointer, named name: String, about: UnsafeRawBufferPointer,
    into room: UnsafeMutableRawBufferPointer
  ) -> Int?
}

package enum JournalSealing {
  /// What sealing adds: a number used once, a tag.
  package static var overhead: Int { 64 }
  package static var mostName: Int { 32 }
  /// A frame's growth with its padding.
  static var growth: Int { overhead + 8 }
}

/// Where something sealed stands: a host binds it into the seal, and nothing that was moved elsewhere opens there.
struct SealedPlace {
  enum What: UInt32 { case record = 1, apart, snapshot }

  static var bytes: Int { 40 }
  var journal: JournalID
  var what: What
  /// The record's number, or that of the snapshot's last record.
  var number: UInt64
  /// The number of a snapshot's piece, the kind of a stream.
  var part: UInt64 = 0

  func withBytes<Value>(_ body: (UnsafeRawBufferPointer) -> Value) -> Value {
    var words = (
      journal.high.littleEndian, journal.low.littleEndian, UInt64(what.rawValue).littleEndian,
      number.littleEndian, part.littleEndian
    )
    return withUnsafeBytes(of: &words) { body($0) }
  }
}

/// Opens frames of one journal, one at a time: what it gives is valid until the next.
final class FrameOpener {
  let seal: any JournalSeal
  private let journal: JournalID
  private let room: UnsafeMutableRawBufferPointer

  init(_ seal: any JournalSeal, _ journal: JournalID) {
    self.seal = seal
    self.journal = journal
    room = .allocate(byteCount: Frame.mostPayload, alignment: 64)
  }

  deinit { room.deallocate() }

  static func make(_ seal: (any JournalSeal)?, _ journal: JournalID) -> FrameOpener? {
    seal.map { FrameOpener($0, journal) }
  }

  func open(
    _ payload: UnsafeRawBufferPointer, named name: String, what: SealedPlace.What = .record,
    number: UInt64, part: UInt64 = 0
  ) -> UnsafeRawBufferPointer? {
    let place = SealedPlace(journal: journal, what: what, number: number, part: part)
    let count = place.withBytes { seal.open(payload, named: name, about: $0, into: room) }
    guard let count, count >= 0, count <= payload.count, count <= room.count else { return nil }
    return UnsafeRawBufferPointer(rebasing: room[..<count])
  }
}

extension JournalProblem {
  /// Something that does not open: no hook was given, or not that key.
  static func sealed(_ file: String, _ offset: Int64, by name: String, isTried: Bool)
    -> JournalProblem
  {
    var problem = JournalProblem(
      .sealed,
      "\(file), offset \(offset): it is sealed as \"\(name)\", "
        + (isTried
          ? "and what was given does not open it: " : "and nothing was given that opens it: ")
        + "give hj_config.open, or `hujia journal --key-file`, that key")
    problem.file = file
    problem.offset = offset
    return problem
  }
}
