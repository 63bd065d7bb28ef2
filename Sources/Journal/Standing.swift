// How a journal's folder stands: what takes the room, what could go elsewhere, what waits beside the ring. Read while
// an engine has it. Must never: change a file, take the lock.

/// What `Journal.standing` found.
package struct JournalStanding: Sendable {
  package var journal = ""
  package var format: UInt32 = 0
  /// False: an engine has it, or died with it.
  package var wasClosed = true
  package var segments = 0
  package var segment_bytes: Int64 = 0
  /// The first record that the segments have, and the last one behind which they were known to end; 0 = none.
  package var first: UInt64 = 0
  package var last: UInt64 = 0
  package var stream_bytes: Int64 = 0
  /// The last record of each, oldest first.
  package var snapshots: [UInt64] = []
  package var snapshot_bytes: Int64 = 0
  /// Of the full disk.
  package var reserve_bytes: Int64 = 0
  /// Records that both of the newest snapshots have; 0 = there are not two that are whole.
  package var covered: UInt64 = 0
  /// What `Journal.archive` would move.
  package var archivable = 0
  package var archivable_last: UInt64 = 0
  package var archivable_bytes: Int64 = 0
  /// Empty: it was closed, or its ring was memory of its process alone.
  package var ring = ""
  package var isRingLost = false
  /// Records that stand in the ring; 0 = none.
  package var ringFirst: UInt64 = 0
  package var ringCount: UInt64 = 0
  /// The last record of the state beside the ring, and whether that is there; 0 = there is none.
  package var stateLast: UInt64 = 0
  package var isStateThere = false
}

extension Journal {
  package static func standing(
    _ path: String, calls: any FileCalls = SystemFiles()
  ) throws(JournalProblem) -> JournalStanding {
    let descriptor = calls.openFolder(path)
    if descriptor < 0 { throw .system("open \(path)", SystemError(-descriptor)) }
    let folder = Folder(calls: calls, descriptor: descriptor)
    defer { folder.close(descriptor) }
    guard let page = try FolderLock.page(folder) else {
      throw JournalProblem(.foreign, "\(path) has no LOCK: it is no journal, or a copy of one")
    }
    let catalogue = try Catalogue(folder, journal: page.journal)
    var standing = JournalStanding()
    standing.journal = page.journal.text
    standing.format = page.format
    standing.wasClosed = page.isClosed
    standing.last = page.last
    standing.snapshots = catalogue.snapshots
    standing.covered = covered(folder, catalogue, page.journal)
    for sequence in catalogue.snapshots {
      standing.snapshot_bytes += folder.bytes(of: SnapshotHead.name(sequence))
    }
    let streams = StreamFacts.list(folder, page.journal)
    for stream in JournalStream.allCases {
      for facts in streams.of(stream) { standing.stream_bytes += folder.bytes(of: facts.name) }
    }
    standing.reserve_bytes = folder.bytes(of: reserveName)
    standing.look(catalogue)
    if !page.isClosed { standing.lookAtRing(page, calls) }
    return standing
  }
}

extension JournalStanding {
  fileprivate mutating func look(_ catalogue: Catalogue) {
    let heads = catalogue.segments.compactMap { segment in segment.head.map { (segment, $0) } }
    segments = heads.count
    segment_bytes = heads.reduce(0) { $0 + $1.0.bytes }
    first = heads.first?.1.first ?? 0
    if first > last { first = 0 }
    last = max(last, heads.last?.1.after ?? 0)
    guard covered > 0, heads.count > 1 else { return }
    for index in 0..<heads.count - 1 where heads[index + 1].1.after <= covered {
      archivable += 1
      archivable_last = heads[index + 1].1.after
      archivable_bytes += heads[index].0.bytes
    }
  }

  fileprivate mutating func lookAtRing(_ page: LockPage, _ calls: any FileCalls) {
    ring = page.ringPath
    guard !ring.isEmpty else { return }
    guard let view = RingView.read(ring, journal: page.journal, calls) else {
      return isRingLost = true
    }
    view.each(after: 0) { frame, _ in
      if ringFirst == 0 { ringFirst = frame.sequence }
      ringCount += 1
      return true
    }
    stateLast = view.state
    guard stateLast > 0 else { return }
    let sequence = stateLast
    isStateThere = RingFile.inside(ring, calls, none: false) { home, name in
      guard case .success(let file) = home.open(RingFile.stateName(name, sequence), .read) else {
        return false
      }
      home.close(file)
      return true
    }
  }
}
