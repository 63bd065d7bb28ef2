// What stands apart, read back beside the chain: in order, each piece against the hash that the chain has of it. Knows
// what is missing, and afterwards whether a deletion on record says so. Must never: give what its hash does not name,
// refuse a chain because something that may be deleted is gone.

import HujiaContainers

/// What a reader found of the streams.
struct StreamFindings {
  /// Pieces that are there, and that are not, by stream.
  var present = [0, 0]
  var gone = [0, 0]
  /// Runs of records of which a stream has nothing, oldest first.
  var missing: [(stream: JournalStream, first: UInt64, last: UInt64)] = []
  var notes: [DeletionNote] = []
  /// The first piece that is another than its hash says.
  var flaw: (stream: JournalStream, file: String, offset: Int64, record: UInt64)?

  /// A run that no deletion on record explains.
  var unexplained: (stream: JournalStream, first: UInt64, last: UInt64)? {
    for run in missing {
      let deleted = notes.filter { $0.stream == run.stream }.map(\.last).max() ?? 0
      if run.last > deleted { return (run.stream, max(run.first, deleted + 1), run.last) }
    }
    return nil
  }

  mutating func lacks(_ stream: JournalStream, _ sequence: UInt64, isRun: Bool) {
    gone[stream.rawValue] += 1
    let index = isRun ? missing.lastIndex { $0.stream == stream } : nil
    if let index {
      missing[index].last = sequence
    } else {
      missing.append((stream, sequence, sequence))
    }
  }
}

struct UnopenedPiece: Equatable {
  var file: String
  var offset: Int64
  /// As which it was sealed.
  var seal: String

  var problem: JournalProblem { .sealed(file, offset, by: seal, isTried: true) }
}

final class StreamShelf {
  private let folder: Folder
  private let journal: JournalID
  private let seed: UInt32
  private let seal: (any JournalSeal)?
  private var openers: [FrameOpener?]
  private var files: [[StreamFacts]]
  private var cursors: [[StreamCursor]] = [[], []]
  private var isRun = [false, false]
  var findings = StreamFindings()
  /// The first piece that is whole and does not open.
  private(set) var unopened: UnopenedPiece?

  init(_ folder: Folder, _ journal: JournalID, _ seal: (any JournalSeal)?) {
    self.folder = folder
    self.journal = journal
    self.seal = seal
    seed = Frame.seed(journal)
    openers = JournalStream.allCases.map { _ in FrameOpener.make(seal, journal) }
    files = [[], []]
    list()
  }

  /// Files that came since count, too.
  private func list() {
    let all = StreamFacts.list(folder, journal)
    for stream in JournalStream.allCases {
      let known = cursors[stream.rawValue].map(\.facts.number).max() ?? 0
      files[stream.rawValue] = all.of(stream).onChain.filter { $0.number > known }
    }
  }

  /// What stands apart of a record, each against its hash.
  func take(_ view: ApartView, _ frame: FrameHead, _ digest: ChainDigest) -> ApartBytes {
    var apart = ApartBytes()
    for stream in JournalStream.allCases {
      guard let hash = view[stream] else { continue }
      if let bytes = find(stream, frame.sequence, Array(hash), digest) {
        findings.present[stream.rawValue] += 1
        isRun[stream.rawValue] = false
        apart[stream] = bytes
        if bytes.baseAddress == nil { apart.gone.insert(JournalStreams(stream)) }
      } else {
        findings.lacks(stream, frame.sequence, isRun: isRun[stream.rawValue])
        isRun[stream.rawValue] = true
        apart.gone.insert(JournalStreams(stream))
      }
    }
    return apart
  }

  /// Without an address: it is there and whole, and does not open.
  private func find(
    _ stream: JournalStream, _ sequence: UInt64, _ hash: [UInt8], _ digest: ChainDigest
  ) -> UnsafeRawBufferPointer? {
    let index = stream.rawValue
    if let found = look(stream, sequence, hash, digest) { return found }
    // A journal that is written meanwhile has more by now.
    let isAtEnd = files[index].isEmpty && cursors[index].allSatisfy(\.isAtEnd)
    guard isAtEnd, findings.flaw == nil else { return nil }
    var hasMore = false
    for cursor in cursors[index] where cursor.reload(folder) { hasMore = true }
    list()
    guard hasMore || !files[index].isEmpty else { return nil }
    return look(stream, sequence, hash, digest)
  }

  private func look(
    _ stream: JournalStream, _ sequence: UInt64, _ hash: [UInt8], _ digest: ChainDigest
  ) -> UnsafeRawBufferPointer? {
    let index = stream.rawValue
    while let next = files[index].first, next.first <= sequence {
      files[index].removeFirst()
      // One that ended before is not even read.
      if let after = files[index].first, after.first <= sequence, after.first > next.first {
        continue
      }
      if let cursor = StreamCursor(folder, next, seed) { cursors[index].append(cursor) }
    }
    var flaw: (StreamCursor, Int)?
    for cursor in cursors[index].reversed() {
      guard let stored = cursor.seek(sequence) else { continue }
      if FrameLayer.hash(stored.payload, stream, sequence, digest) == hash {
        let clear = opened(stored.payload, stored.isSealed, cursor.facts.seal, stream, sequence)
        if clear.baseAddress == nil, unopened == nil {
          unopened = UnopenedPiece(
            file: cursor.facts.name, offset: Int64(stored.offset), seal: cursor.facts.seal)
        }
        return clear
      }
      flaw = (cursor, stored.offset)
    }
    // Only the newest two can have anything of what comes.
    if cursors[index].count > 2 { cursors[index].removeFirst(cursors[index].count - 2) }
    if let (cursor, offset) = flaw, findings.flaw == nil {
      findings.flaw = (stream, cursor.facts.name, Int64(offset), sequence)
    }
    return nil
  }

  private func opened(
    _ payload: UnsafeRawBufferPointer, _ isSealed: Bool, _ name: String, _ stream: JournalStream,
    _ sequence: UInt64
  ) -> UnsafeRawBufferPointer {
    let none = UnsafeRawBufferPointer(start: nil, count: 0)
    var salted = payload
    if isSealed {
      guard
        let clear = openers[stream.rawValue]?.open(
          payload, named: name, what: .apart, number: sequence, part: UInt64(stream.rawValue))
      else { return none }
      salted = clear
    }
    guard salted.count > Self.salt else { return none }
    return UnsafeRawBufferPointer(rebasing: salted[Self.salt...])
  }

  static var salt: Int { 16 }
}

/// One file of a stream, gone through once.
final class StreamCursor {
  let facts: StreamFacts
  private let seed: UInt32
  private var room: UnsafeMutableRawBufferPointer
  private var offset = StreamHead.size
  private var next: FrameHead?

  init?(_ folder: Folder, _ facts: StreamFacts, _ seed: UInt32) {
    guard let bytes = try? folder.contents(facts.name, most: Catalogue.mostSegment) else {
      return nil
    }
    self.facts = facts
    self.seed = seed
    room = .allocate(byteCount: bytes.count, alignment: 64)
    room.copyBytes(from: bytes)
    next = Frame.read(UnsafeRawBufferPointer(room), at: offset, seed: seed)
  }

  deinit { room.deallocate() }

  var isAtEnd: Bool { next == nil }

  /// The frame of that record, if it has one. Earlier ones are passed over.
  func seek(
    _ sequence: UInt64
  ) -> (payload: UnsafeRawBufferPointer, isSealed: Bool, offset: Int)? {
    let raw = UnsafeRawBufferPointer(room)
    while let frame = next, frame.sequence < sequence {
      offset += frame.size
      next = Frame.read(raw, at: offset, seed: seed)
    }
    guard let frame = next, frame.sequence == sequence else { return nil }
    return (
      Frame.payload(raw, at: offset, frame), frame.flags & Frame.sealedFlag != 0, offset
    )
  }

  /// Whether there is more in it by now.
  func reload(_ folder: Folder) -> Bool {
    guard let again = try? folder.contents(facts.name, most: Catalogue.mostSegment),
      again.count > room.count
    else { return false }
    room.deallocate()
    room = .allocate(byteCount: again.count, alignment: 64)
    room.copyBytes(from: again)
    next = Frame.read(UnsafeRawBufferPointer(room), at: offset, seed: seed)
    return next != nil
  }
}
