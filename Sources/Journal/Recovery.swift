// What was written down, given back in order: the newest good snapshot, then the segments, then the ring. Each source
// is read up to where the next one begins. Must never: change a file, give a record twice, pass over a gap.

struct Recovery {
  let folder: Folder
  let catalogue: Catalogue
  let ring: Ring?
  let seed: UInt32
  var opening = JournalOpening()
  /// The end of the chain on the disk, as far as it counts.
  var place = ChainPlace(last: 0, hash: ChainDigest.zero, batch: 1)
  var segments: [SegmentFacts] = []
  /// Where the last segment with records ends; what stands behind it is cut off.
  var trimmed: (name: String, bytes: Int64)?
  /// An opening of what did not close.
  var settles = false
  /// Segments that are read to their end; those where a sync failed are written and synced no more.
  private var settled: Set<String> = []
  private(set) var unsettled: Set<String> = []
  /// Segments without a batch: they hold nothing.
  var empty: [String] = []
  var digest: ChainDigest
  /// Of a journal that goes on meanwhile: what comes after this record does not count.
  var bound: UInt64?
  /// So many of the newest snapshots do not count.
  var passedSnapshots = 0
  /// Opens what is sealed; nil: nothing can be.
  var opener: FrameOpener?
  /// What stands apart; nil: it is not looked for.
  var shelf: StreamShelf?
  /// What is sealed is proved and not given.
  var isBlind = false
  /// Deletions whose record was not durable yet.
  var ringNotes: [DeletionNote] = []
  /// Those that could not be taken: newer than the one that was.
  var spoilt: [UInt64] = []

  init(
    _ folder: Folder, _ catalogue: Catalogue, ring: Ring?, journal: JournalID,
    digest: JournalDigest
  ) throws(JournalProblem) {
    self.folder = folder
    self.catalogue = catalogue
    self.ring = ring
    seed = Frame.seed(journal)
    self.digest = try ChainDigest(digest)
  }

  /// The newest that is whole; 0 = none.
  mutating func takeSnapshot(
    journal: JournalID, _ take: (UnsafeRawBufferPointer) -> Bool
  ) throws(JournalProblem) {
    var first: JournalProblem?
    for (index, sequence) in catalogue.snapshots.reversed().enumerated() {
      guard index >= passedSnapshots else {
        opening.reasons.insert(.snapshotDamaged)
        spoilt.append(sequence)
        continue
      }
      let name = SnapshotHead.name(sequence)
      do throws(JournalProblem) {
        let (head, bytes) = try SnapshotFile.read(
          folder, name, journal: journal, isBlind ? .proved : .opened(opener))
        guard bytes.withUnsafeBytes({ take($0) }) else {
          throw JournalProblem(.refused, "\(name) was not taken")
        }
        opening.snapshot = head.sequence
        return
      } catch {
        guard error.kind == .damaged else { throw error }
        first = first ?? error
        opening.reasons.insert(.snapshotDamaged)
        spoilt.append(sequence)
      }
    }
    // Without any, the segments must begin with the first record; `takeSegments` sees to that.
    if let first, catalogue.segments.allSatisfy({ $0.head?.first != 1 }) { throw first }
  }

  mutating func takeSegments(
    head: (UnsafeRawBufferPointer) -> Bool, record: (borrowing JournalRecord) -> Bool
  ) throws(JournalProblem) {
    let ringFirst = ring.flatMap { firstIn($0) }
    var heads: [(segment: Catalogue.Segment, head: SegmentHead)] = []
    for segment in catalogue.segments {
      guard let head = segment.head else {
        empty.append(segment.name)
        continue
      }
      heads.append((segment, head))
    }
    // From the last one that begins at or before the first record that is wanted.
    let wanted = opening.snapshot + 1
    var start = 0
    for (index, entry) in heads.enumerated() where entry.head.first <= wanted { start = index }
    for (index, (segment, head)) in heads[..<start].enumerated() {
      let next = heads[index + 1].head
      segments.append(
        SegmentFacts(
          number: segment.number, first: head.first, last: next.after,
          wall_us: max(head.made_us, next.made_us), bytes: segment.bytes))
    }
    var index = start
    var room: [UInt8] = []
    while index < heads.count {
      let (segment, own) = heads[index]
      // A segment in which no batch was finished does not count: it says nothing about the one before.
      var next = index + 1
      while next < heads.count, try isEmpty(heads[next].segment, heads[next].head) {
        empty.append(heads[next].segment.name)
        next += 1
      }
      if next == heads.count { settle(segment.name) }
      let count = try contents(segment, into: &room)
      // Behind a state beside the ring there is a gap on the disk.
      let isGap = ring.map { $0.state > 0 } ?? false
      let until =
        next < heads.count
        ? heads[next].head.after : bound ?? (isGap ? nil : ringFirst.map { $0 - 1 })
      try takeSegment(
        segment, own, room, count, until: until, isLast: next == heads.count,
        isFirst: index == start,
        head: head, record: record)
      index = next
    }
    if let ringFirst, opening.last > 0 || opening.snapshot > 0,
      ringFirst > max(place.last, opening.snapshot) + 1
    {
      throw JournalProblem.damage(
        heads.last?.segment.name ?? "the folder", 0, lastGood: place.last,
        "records \(place.last + 1) to \(ringFirst - 1) are missing before those in the ring")
    }
  }

  /// The last segment of a process that did not close may be in memory otherwise than on the disk: a sync that failed
  /// leaves pages that look good. Written out and forgotten, it is read from the disk. Where that sync fails, its pages
  /// are forgotten as well: a second one would say of them what is not so.
  mutating func settle(_ name: String) {
    guard settles, settled.insert(name).inserted,
      case .success(let file) = folder.open(name, .write)
    else { return }
    if folder.syncData(file) != nil {
      unsettled.insert(name)
      opening.reasons.insert(.diskFailed)
    }
    folder.calls.forget(file)
    folder.close(file)
  }

  private func firstIn(_ ring: Ring) -> UInt64? {
    var first: UInt64?
    _ = ring.walk(seed: seed) { frame, _, _ in
      first = frame.sequence
      return false
    }
    return first
  }

  /// How much of the room it fills.
  private func contents(
    _ segment: Catalogue.Segment, into room: inout [UInt8]
  ) throws(JournalProblem) -> Int {
    guard
      let count = try folder.contents(segment.name, most: Catalogue.mostSegment, into: &room)
    else { throw JournalProblem.damage(segment.name, 0, lastGood: 0, "longer than any segment") }
    return count
  }

  private func isEmpty(
    _ segment: Catalogue.Segment, _ head: SegmentHead
  ) throws(JournalProblem) -> Bool {
    let file = try folder.opened(segment.name)
    defer { folder.close(file) }
    var room = [UInt8](repeating: 0, count: BatchHead.size)
    if case .failure(let error) = room.withUnsafeMutableBytes({
      folder.read(file, $0, at: Int64(head.size))
    }) {
      throw .system("read \(segment.name)", error)
    }
    if room.withUnsafeBytes({ SegmentReader.isZero($0) }) { return true }
    guard segment.number == catalogue.segments.last?.number else { return false }
    // The newest, with something in it: its first batch may be torn.
    var bytes: [UInt8] = []
    let count = try contents(segment, into: &bytes)
    bytes.removeLast(bytes.count - count)
    var place = ChainPlace(last: head.after, hash: head.previous, batch: head.batch)
    // By the hash that its own head names: by another a whole batch looks torn, and its records would be lost.
    let own = try ChainDigest(head.digest)
    let end = bytes.withUnsafeBytes {
      SegmentReader(name: segment.name, head: head, bytes: $0, digest: own).read(
        &place, until: nil
      ) { _, _, _ in false }
    }
    if case .torn = end { return true }
    return false
  }

  private mutating func takeSegment(
    _ segment: Catalogue.Segment, _ own: SegmentHead, _ room: [UInt8], _ count: Int, until: UInt64?,
    isLast: Bool, isFirst: Bool, head: (UnsafeRawBufferPointer) -> Bool,
    record: (borrowing JournalRecord) -> Bool
  ) throws(JournalProblem) {
    let name = segment.name
    if !isFirst, own.previous != place.hash || own.after != place.last {
      throw JournalProblem.damage(
        name, 0, lastGood: place.last, "the chain of hashes does not go on from the segment before")
    }
    // Between `after` and `first` a snapshot alone has the records.
    guard own.first <= max(isFirst ? 0 : own.after, opening.snapshot) + 1 else {
      throw JournalProblem(
        .incomplete,
        "records \(opening.snapshot + 1) to \(own.first - 1) are missing: neither a snapshot nor a "
          + "segment has them; copy the folder whole")
    }
    guard own.host.withUnsafeBytes({ head($0) }) else {
      throw JournalProblem(.refused, "the head of \(name) was not taken")
    }
    if digestName != own.digest { digest = try ChainDigest(own.digest) }
    digestName = own.digest
    if isFirst { place = ChainPlace(last: own.after, hash: own.previous, batch: own.batch) }
    let before = place
    var given: UInt64 = 0
    let after = opening.snapshot
    let end = room.withUnsafeBytes { raw in
      SegmentReader(
        name: name, head: own, bytes: UnsafeRawBufferPointer(rebasing: raw[..<count]),
        digest: digest, opener: opener, shelf: shelf,
        isBlind: isBlind
      ).read(
        &place, until: until
      ) { frame, payload, apart in
        guard frame.sequence > after else { return true }
        given += 1
        return record(frame.record(payload, apart, boot: own.boot, digest: own.digest))
      }
    }
    opening.fromSegments += given
    try finish(segment, own, end, isLast: isLast, before: before)
  }

  /// Of the segment read last.
  private(set) var digestName: JournalDigest?

  private mutating func finish(
    _ segment: Catalogue.Segment, _ own: SegmentHead, _ end: SegmentReader.End, isLast: Bool,
    before: ChainPlace
  ) throws(JournalProblem) {
    var used = segment.bytes
    switch end {
    case .stopped:
      throw JournalProblem(.refused, "a record of \(segment.name) was not taken")
    case .damaged(let offset, let what):
      throw JournalProblem.damage(segment.name, Int64(offset), lastGood: place.last, what)
    case .sealed(let offset, let piece):
      throw piece?.problem
        ?? .sealed(segment.name, Int64(offset), by: own.seal, isTried: opener != nil)
    case .torn(let offset, let bytes):
      used = Int64(offset)
      opening.tornSegment = segment.name
      opening.tornOffset = used
      opening.torn_bytes = Int64(bytes)
      opening.reasons.insert(.tornTail)
    case .whole(let offset):
      used = Int64(offset)
    }
    opening.last = max(opening.last, place.last)
    if place.batch == own.batch {
      // A first batch that was never finished.
      place = before
      empty.append(segment.name)
      return
    }
    if isLast { trimmed = (segment.name, used) }
    segments.append(
      SegmentFacts(
        number: segment.number, first: own.first, last: place.last,
        wall_us: max(own.made_us, place.wall_us), bytes: isLast ? used : segment.bytes))
  }

  mutating func takeRing(
    boot: JournalID, _ record: (borrowing JournalRecord) -> Bool
  ) throws(JournalProblem) {
    guard let ring else { return }
    let known = max(place.last, opening.snapshot)
    if ring.durable > known {
      throw JournalProblem.damage(
        catalogue.segments.last?.name ?? "the folder", 0, lastGood: place.last,
        "records \(place.last + 1) to \(ring.durable) were durable and are missing")
    }
    var given: UInt64 = 0
    var isTaken = true
    var last: UInt64 = 0
    var notes: [DeletionNote] = []
    let (_, isWhole) = ring.walk(seed: seed) { frame, payload, _ in
      last = frame.sequence
      if frame.kind == Frame.note, let note = DeletionNote(payload, frame) { notes.append(note) }
      guard frame.sequence > opening.snapshot else { return true }
      given += 1
      isTaken = frame.ringRecord(payload, boot: boot).map { record($0) } ?? true
      return isTaken
    }
    guard isTaken else { throw JournalProblem(.refused, "a record of the ring was not taken") }
    ringNotes = notes
    if !isWhole { opening.reasons.insert(.ringDamaged) }
    opening.fromRing = given
    opening.last = max(opening.last, last)
  }
}
