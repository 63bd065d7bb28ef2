// What a journal has on record, read without opening it: by the tool, also while an engine writes. Each hash is
// compared on the way. Must never: change a file, take the lock, give a record twice.

/// What `Journal.read` met.
package struct ReadingReport: Sendable {
  package var chain = ChainReport()
  /// Records that stand in the ring alone: not durable yet.
  package var fromRing: UInt64 = 0
  /// The last record given, or the snapshot's.
  package var last: UInt64 = 0
  /// The last snapshot that was given and taken, where records were gone; 0 = none.
  package var snapshot: UInt64 = 0
  /// False: an engine has it, or died with it.
  package var wasClosed = true
  /// The ring that LOCK names is gone: what was not durable is lost.
  package var isRingLost = false
  /// The first bad place; nil: all is whole.
  package var problem: JournalProblem?
}

extension Journal {
  /// Gives what stands behind `after`, in order: records of segments and ring. Where some are gone, `snapshot` gets the
  /// oldest whole snapshot that has them, before the records that are left, though it may have the first of those too;
  /// no bytes: there is none. Ends where `record` says false, or before the first bad place. `isBlind`: what is sealed
  /// is proved and not given.
  package static func read(
    _ path: String, after: UInt64 = 0, calls: any FileCalls = SystemFiles(),
    seal: (any JournalSeal)? = nil, isBlind: Bool = false,
    snapshot: (UInt64, UnsafeRawBufferPointer) -> Bool = { _, _ in false },
    record: (borrowing JournalRecord) -> Bool
  ) -> ReadingReport {
    let descriptor = calls.openFolder(path)
    var report = ReadingReport()
    guard descriptor >= 0 else {
      report.problem = .system("open \(path)", SystemError(-descriptor))
      return report
    }
    let folder = Folder(calls: calls, descriptor: descriptor)
    defer { folder.close(descriptor) }
    var reading = Reading(folder: folder, after: after, seal: seal, isBlind: isBlind)
    do throws(JournalProblem) {
      try reading.run(snapshot, record)
    } catch {
      reading.report.problem = error
    }
    return reading.report
  }

  /// As which the newest segment of a folder is sealed; nil: it is not, or there is none.
  package static func sealName(of path: String, calls: any FileCalls = SystemFiles()) -> String? {
    let descriptor = calls.openFolder(path)
    guard descriptor >= 0 else { return nil }
    let folder = Folder(calls: calls, descriptor: descriptor)
    defer { folder.close(descriptor) }
    let page = (try? FolderLock.page(folder)) ?? nil
    let head = (try? Catalogue(folder, journal: page?.journal))?.segments.last?.head
    return head.flatMap { $0.seal.isEmpty ? nil : $0.seal }
  }
}

private struct Reading {
  let folder: Folder
  var report = ReadingReport()
  private var isStopped = false

  /// Rounds of segments and ring, where records move from one to the other meanwhile.
  static var mostRounds: Int { 16 }

  private let seal: (any JournalSeal)?
  private let isBlind: Bool

  init(folder: Folder, after: UInt64, seal: (any JournalSeal)?, isBlind: Bool) {
    self.folder = folder
    self.seal = seal
    self.isBlind = isBlind
    report.last = after
  }

  mutating func run(
    _ snapshot: (UInt64, UnsafeRawBufferPointer) -> Bool,
    _ record: (borrowing JournalRecord) -> Bool
  ) throws(JournalProblem) {
    if report.last > 0, try takeRing(record) { return }
    for _ in 0..<Self.mostRounds {
      let page = try lockPage()
      report.wasClosed = page?.isClosed ?? true
      try takeSegments(snapshot, record)
      guard !isStopped, let page, !page.isClosed, !page.ringPath.isEmpty else { return }
      let last = report.last
      let view = RingView.read(page.ringPath, journal: page.journal, folder.calls)
      guard let view else { return report.isRingLost = true }
      if view.isOverwritten { continue }
      guard let first = view.first(after: last) else {
        // They went to the disk between the two looks.
        if view.durable > last { continue }
        if view.state > last { throw Self.beside(last + 1, view.state) }
        return
      }
      if first == last + 1 {
        view.each(after: last) { frame, payload in
          report.fromRing += 1
          report.last = frame.sequence
          return frame.ringRecord(payload, boot: page.boot).map { record($0) } ?? true
        }
        return
      }
      if view.state >= first - 1 {
        throw Self.beside(last + 1, first - 1)
      }
    }
    throw JournalProblem(
      .incomplete, "the journal is written faster than it is read: try again, or close the engine")
  }

  private static func beside(_ first: UInt64, _ last: UInt64) -> JournalProblem {
    JournalProblem(
      .incomplete,
      "records \(first) to \(last) stand in a state beside the ring: open the engine once, so that it "
        + "becomes a snapshot")
  }

  /// What comes next stands in the ring alone: the segments need not be read again. False: it does not.
  private mutating func takeRing(
    _ record: (borrowing JournalRecord) -> Bool
  ) throws(JournalProblem) -> Bool {
    let last = report.last
    guard let page = try lockPage(), !page.isClosed,
      let view = RingView.read(page.ringPath, journal: page.journal, folder.calls),
      view.first(after: last) == last + 1
    else { return false }
    report.wasClosed = false
    view.each(after: last) { frame, payload in
      report.fromRing += 1
      report.last = frame.sequence
      return frame.ringRecord(payload, boot: page.boot).map { record($0) } ?? true
    }
    return true
  }

  private func lockPage() throws(JournalProblem) -> LockPage? { try FolderLock.page(folder) }

  /// Records before this one are gone: what they came to stands in a snapshot.
  private mutating func takeSnapshot(
    before first: UInt64, _ take: (UInt64, UnsafeRawBufferPointer) -> Bool
  ) throws(JournalProblem) {
    let catalogue = try Catalogue(folder, journal: try lockPage()?.journal)
    guard let journal = catalogue.journal else { return }
    for sequence in catalogue.snapshots where sequence >= first - 1 {
      guard
        let read = try? SnapshotFile.read(
          folder, SnapshotHead.name(sequence), journal: journal,
          .opened(FrameOpener.make(seal, journal)))
      else { continue }
      if read.bytes.withUnsafeBytes({ take(sequence, $0) }) { return report.snapshot = sequence }
    }
    _ = take(first - 1, UnsafeRawBufferPointer(start: nil, count: 0))
  }

  private mutating func takeSegments(
    _ snapshot: (UInt64, UnsafeRawBufferPointer) -> Bool,
    _ record: (borrowing JournalRecord) -> Bool
  ) throws(JournalProblem) {
    var walk = ChainWalk(folder: folder, kept: [], seal: seal, isBlind: isBlind)
    var last = report.last
    var isStopped = false
    var problem: JournalProblem?
    var flaw: JournalProblem?
    do throws(JournalProblem) {
      try walk.run(
        gap: { first in
          guard !isStopped, first > last + 1 else { return }
          do throws(JournalProblem) { try takeSnapshot(before: first, snapshot) } catch {
            flaw = error
            isStopped = true
          }
        },
        {
          guard !isStopped, $0.sequence > last else { return }
          last = $0.sequence
          isStopped = !record($0)
        })
    } catch {
      problem = error
    }
    report.last = isStopped ? last : max(last, walk.report.last)
    report.chain = walk.report
    self.isStopped = isStopped
    if let problem = flaw ?? problem { throw problem }
  }
}

/// A ring as its file says it at one moment: a copy, while its engine goes on.
struct RingView {
  let bytes: [UInt8]
  let seed: UInt32
  /// The last record of the state beside the ring; 0 = none.
  let state: UInt64
  /// All up to this one stand in segments, or in a snapshot.
  let durable: UInt64

  /// nil: it is gone, or not this journal's.
  static func read(_ path: String, journal: JournalID, _ calls: any FileCalls) -> RingView? {
    RingFile.inside(path, calls, none: RingView?.none) { folder, name in
      guard case .success(let file) = folder.open(name, .read) else { return nil }
      defer { folder.close(file) }
      guard let page = piece(folder, file, at: 0, Ring.page),
        let facts = page.withUnsafeBytes({ Ring.facts($0) }), facts.journal == journal
      else { return nil }
      let ends = page.withUnsafeBytes { Ring.ends($0) }
      let capacity = Int64(facts.ringBytes)
      let count = Int64(bitPattern: ends.tail &- ends.head)
      guard count >= 0, count <= capacity else { return nil }
      let start = Int64(Ring.shared(area: Int(facts.areaBytes)))
      let place = Int64(ends.head & UInt64(capacity - 1))
      let before = min(count, capacity - place)
      guard let first = piece(folder, file, at: start + place, Int(before)),
        let second = piece(folder, file, at: start, Int(count - before))
      else { return nil }
      return RingView(
        bytes: first + second, seed: Frame.seed(journal), state: ends.state, durable: ends.durable)
    }
  }

  private static func piece(
    _ folder: Folder, _ file: Int32, at offset: Int64, _ count: Int
  ) -> [UInt8]? {
    var room = [UInt8](repeating: 0, count: count)
    guard case .success(count) = room.withUnsafeMutableBytes({ folder.read(file, $0, at: offset) })
    else { return nil }
    return room
  }

  /// What it begins with was written over while it was copied.
  var isOverwritten: Bool {
    !bytes.isEmpty && bytes.withUnsafeBytes { Frame.read($0, at: 0, seed: seed) == nil }
  }

  /// The number of the first record behind `last` that is here.
  func first(after last: UInt64) -> UInt64? {
    var found: UInt64?
    each(after: last) { frame, _ in
      found = frame.sequence
      return false
    }
    return found
  }

  /// Whole frames that count on. What was overwritten while it was copied has no sum that holds, and ends them, as does
  /// a record that is not the next.
  func each(after last: UInt64, _ body: (FrameHead, UnsafeRawBufferPointer) -> Bool) {
    bytes.withUnsafeBytes { raw in
      var offset = 0
      var next: UInt64?
      while let frame = Frame.read(raw, at: offset, seed: seed), Frame.isRecord(frame.kind),
        next == nil || frame.sequence == next
      {
        next = frame.sequence + 1
        let payload = Frame.payload(raw, at: offset, frame)
        if frame.sequence > last, !body(frame, payload) { return }
        offset += frame.size
      }
    }
  }
}
