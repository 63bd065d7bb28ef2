// Proves a journal without opening it: each hash, from the first segment that is there to the end, and what should be
// behind it. Must never: change a file, stop at something it cannot name.

/// What `Journal.verifyChain` found.
package struct ChainReport: Sendable {
  /// The first bad place; nil: the chain holds.
  package var problem: JournalProblem?
  /// Records whose hashes hold.
  package var first: UInt64 = 0
  package var last: UInt64 = 0
  package var segments = 0
  package var batches: UInt64 = 0
  /// The hash of the chain up to `last`.
  package var head: [UInt8] = []
  /// With which that hash was made: of the last segment; nil: there is none.
  package var digest: JournalDigest?
  /// As which it is sealed, or the newest part of it that is; empty: it is clear.
  package var seal = ""
  /// Pieces that stand apart, by stream: those that are there, and those that are not.
  package var apart = [0, 0]
  package var gone = [0, 0]
  /// What was deleted, and by which hand.
  package var deletions: [DeletionNote] = []
  /// The hash before `first`: what went into an archive ends with it.
  package var previous: [UInt8] = []
  /// Not durable when its process died: bytes behind the last whole batch.
  package var torn_bytes: Int64 = 0
  /// Records that stand in a snapshot alone, because the disk was dead when they were written.
  package var inSnapshotAlone: UInt64 = 0
}

/// A head that somebody kept elsewhere: a printer, a log server.
package struct ChainHead: Sendable, Equatable {
  package var record: UInt64
  package var hash: [UInt8]

  package init(record: UInt64, hash: [UInt8]) {
    self.record = record
    self.hash = hash
  }
}

extension Journal {
  /// Reads all segments of a closed journal, or of one that is in use (what is written meanwhile may look torn). With
  /// `kept` it also finds what was cut off at the end, and a chain that was written anew as a whole.
  package static func verifyChain(
    _ path: String, kept: [ChainHead] = [], calls: any FileCalls = SystemFiles(),
    seal: (any JournalSeal)? = nil, record: (borrowing JournalRecord) -> Void = { _ in }
  ) -> ChainReport {
    let descriptor = calls.openFolder(path)
    guard descriptor >= 0 else {
      var report = ChainReport()
      report.problem = .system("open \(path)", SystemError(-descriptor))
      return report
    }
    let folder = Folder(calls: calls, descriptor: descriptor)
    defer { folder.close(descriptor) }
    var walk = ChainWalk(folder: folder, kept: kept, seal: seal, isBlind: seal == nil)
    do throws(JournalProblem) {
      try walk.run(record)
    } catch {
      walk.report.problem = error
    }
    return walk.report
  }
}

struct ChainWalk {
  let folder: Folder
  var kept: [ChainHead]
  var report = ChainReport()
  /// How many bytes of each segment are good: for salvage.
  var good: [(name: String, bytes: Int64)] = []
  private let seal: (any JournalSeal)?
  private let isBlind: Bool
  private var shelf: StreamShelf?

  /// `isBlind`: what is sealed is proved and not given.
  init(folder: Folder, kept: [ChainHead], seal: (any JournalSeal)?, isBlind: Bool) {
    self.folder = folder
    self.kept = kept
    self.seal = seal
    self.isBlind = isBlind
  }

  /// `gap`: before this record some are not in the chain.
  mutating func run(
    gap: (UInt64) -> Void = { _ in }, _ record: (borrowing JournalRecord) -> Void
  ) throws(JournalProblem) {
    let page = try lockPage()
    let catalogue = try Catalogue(folder, journal: page?.journal)
    shelf = catalogue.journal.map { StreamShelf(folder, $0, seal) }
    var entries: [(Catalogue.Segment, SegmentHead)] = []
    for segment in catalogue.segments {
      guard let head = segment.head else { continue }
      if let (last, lastHead) = entries.last, try isSuperseded(last, lastHead, head) {
        entries.removeLast()
      }
      entries.append((segment, head))
    }
    var place: ChainPlace?
    for (index, (segment, head)) in entries.enumerated() {
      let until = index + 1 < entries.count ? entries[index + 1].1.after : nil
      try walk(segment, head, until: until, &place, gap, record)
    }
    report.head = place?.hash ?? []
    report.digest = entries.last?.1.digest
    // Behind a gap a last segment may have no batch yet: what stands before it, a snapshot alone has.
    let reached = max(place?.last ?? 0, (entries.last?.1.first ?? 1) - 1)
    try compare(page, place, reached, entries.last?.0.name ?? "the folder")
    try judge(isArchive: page == nil)
    // What went by retention is in a snapshot.
    if report.first > 1, !catalogue.snapshots.contains(where: { $0 >= report.first - 1 }) {
      throw JournalProblem(
        .incomplete, "records 1 to \(report.first - 1) are missing, and no snapshot has them")
    }
  }

  /// What stands apart is as its hashes say, or a deletion on record says that it went. An archive has none of it.
  private mutating func judge(isArchive: Bool) throws(JournalProblem) {
    guard let findings = shelf?.findings else { return }
    report.apart = findings.present
    report.gone = findings.gone
    report.deletions = findings.notes
    if let flaw = findings.flaw {
      throw JournalProblem.damage(
        flaw.file, flaw.offset, lastGood: report.last,
        "the \(flaw.stream.name) of record \(flaw.record) are not those that the chain has a hash of"
      )
    }
    if let run = findings.unexplained, !isArchive {
      throw JournalProblem.damage(
        run.stream.name, 0, lastGood: report.last,
        "the \(run.stream.name) of records \(run.first) to \(run.last) are missing, and no deletion "
          + "on record says so")
    }
  }

  private func lockPage() throws(JournalProblem) -> LockPage? { try FolderLock.page(folder) }

  /// A segment in which nothing was finished says nothing: the next one begins at the same place.
  private func isSuperseded(
    _ segment: Catalogue.Segment, _ own: SegmentHead, _ next: SegmentHead
  ) throws(JournalProblem) -> Bool { own.after == next.after && own.batch == next.batch }

  private mutating func walk(
    _ segment: Catalogue.Segment, _ head: SegmentHead, until: UInt64?,
    _ place: inout ChainPlace?, _ gap: (UInt64) -> Void,
    _ record: (borrowing JournalRecord) -> Void
  ) throws(JournalProblem) {
    if head.first > (place == nil ? 0 : head.after) + 1 { gap(head.first) }
    if let before = place {
      guard head.previous == before.hash, head.after == before.last, head.batch == before.batch
      else {
        throw JournalProblem.damage(
          segment.name, 0, lastGood: before.last,
          "the chain of hashes does not go on from the segment before")
      }
      report.inSnapshotAlone += head.first - head.after - 1
    } else {
      report.first = head.first
      report.previous = head.previous
      report.last = head.after
    }
    guard let bytes = try folder.contents(segment.name, most: Catalogue.mostSegment) else {
      throw JournalProblem.damage(segment.name, 0, lastGood: report.last, "longer than any segment")
    }
    let digest = try ChainDigest(head.digest)
    var next = ChainPlace(last: head.after, hash: head.previous, batch: head.batch)
    var flaw: JournalProblem?
    let end = bytes.withUnsafeBytes { raw in
      SegmentReader(
        name: segment.name, head: head, bytes: raw, digest: digest,
        opener: FrameOpener.make(head.seal.isEmpty ? nil : seal, head.journal), shelf: shelf,
        isBlind: isBlind
      ).read(
        &next, until: until,
        batch: { place, offset in
          flaw = flaw ?? disagreement(place, segment.name, offset)
        }
      ) { frame, payload, apart in
        record(frame.record(payload, apart, boot: head.boot, digest: head.digest))
        return true
      }
    }
    report.segments += 1
    if !head.seal.isEmpty { report.seal = head.seal }
    report.batches += next.batch - head.batch
    report.last = max(report.last, next.last)
    place =
      next.batch == head.batch
      ? place
        ?? ChainPlace(
          last: head.after, hash: head.previous, batch: head.batch) : next
    if let flaw { throw flaw }
    switch end {
    case .damaged(let offset, let what):
      good.append((segment.name, Int64(offset)))
      throw JournalProblem.damage(segment.name, Int64(offset), lastGood: report.last, what)
    case .torn(let offset, let count):
      good.append((segment.name, Int64(offset)))
      report.torn_bytes = Int64(count)
    case .whole(let offset): good.append((segment.name, Int64(offset)))
    case .sealed(let offset, let piece):
      throw piece?.problem
        ?? .sealed(segment.name, Int64(offset), by: head.seal, isTried: seal != nil)
    case .stopped: break
    }
  }

  /// A head that was kept names a record at which a batch ended, with this hash.
  private func disagreement(_ place: ChainPlace, _ name: String, _ offset: Int) -> JournalProblem? {
    for head in kept where head.record == place.last && head.hash != place.hash {
      return JournalProblem.damage(
        name, Int64(offset), lastGood: place.last,
        "the chain up to record \(head.record) is not the one that was kept")
    }
    return nil
  }

  private func compare(
    _ page: LockPage?, _ place: ChainPlace?, _ last: UInt64, _ name: String
  ) throws(JournalProblem) {
    let wanted = max(page?.last ?? 0, kept.map(\.record).max() ?? 0)
    if wanted > last {
      throw JournalProblem.damage(
        name, good.last?.bytes ?? 0, lastGood: last,
        "records \(last + 1) to \(wanted) were durable and are missing")
    }
    if let page, page.isClosed, page.last == last, page.hash != place?.hash ?? page.hash {
      throw JournalProblem.damage(
        name, good.last?.bytes ?? 0, lastGood: last,
        "the chain does not end as it did when it was closed")
    }
  }
}
