// What is on the disk by now, read back while the journal goes on: what a snapshot is made from. Must never: change a
// file, make the journal's own thread wait.

extension Journal {
  /// Gives the newest good snapshot, if there is one, then every record behind it up to the last that is durable, as
  /// opening would. Returns that record's number; 0 = there is none. Any thread but the baton's holder and the
  /// journal's own. A segment in memory at a time.
  package func readBack(
    snapshot: (UnsafeRawBufferPointer) -> Bool, record: (borrowing JournalRecord) -> Bool
  ) throws(JournalProblem) -> UInt64 {
    let own = try openAgain()
    defer { own.close(own.descriptor) }
    let bound = durable
    var catalogue = try Catalogue(own, journal: id)
    // What opening could not take stays until a newer one is there, and is no beginning.
    catalogue.snapshots.removeAll { passedOver.contains($0) }
    var recovery = try Recovery(own, catalogue, ring: nil, journal: id, digest: settings.digest)
    recovery.bound = bound
    recovery.opener = FrameOpener.make(settings.seal, id)
    recovery.shelf = StreamShelf(own, id, settings.seal)
    try recovery.takeSnapshot(journal: id, snapshot)
    guard bound > recovery.opening.snapshot else { return recovery.opening.snapshot }
    try recovery.takeSegments(head: { _ in true }, record: record)
    return max(recovery.place.last, recovery.opening.snapshot)
  }

  /// The longest file that is read at once then: a segment, a snapshot, a state beside the ring; no more than is known.
  package var mostRead_bytes: Int {
    var most = Int64(settings.segmentBytes)
    if let gap {
      let state = RingFile.inside(ringFile.path, calls, none: Int64(0)) { home, name in
        home.bytes(of: RingFile.stateName(name, gap))
      }
      return Int(max(most, state))
    }
    if let own = try? openAgain() {
      defer { own.close(own.descriptor) }
      for name in (try? own.calls.names(own.descriptor).get()) ?? []
      where SnapshotHead.number(name) != nil { most = max(most, own.bytes(of: name)) }
    }
    return Int(most)
  }

  /// The same folder, through a descriptor of its own.
  func openAgain() throws(JournalProblem) -> Folder {
    let descriptor = calls.openFolder(settings.folder)
    guard descriptor >= 0 else {
      throw .system("open \(settings.folder)", SystemError(-descriptor))
    }
    let own = Folder(calls: calls, descriptor: descriptor)
    do throws(JournalProblem) {
      guard try own.status(descriptor, settings.folder).isSame(folderStatus) else {
        throw JournalProblem(.foreign, "\(settings.folder) is another folder now")
      }
    } catch {
      own.close(descriptor)
      throw error
    }
    return own
  }
}
