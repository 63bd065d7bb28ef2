// Opening: lock, ring, snapshot, segments, ring again, a new segment. Must never: write before everything was read and
// found good, leave a lock or a mapping behind when it throws.

import Glibc

extension Journal {
  /// Opens or makes the journal in `settings.folder`. Gives the newest good snapshot, if there is one, then the head of
  /// each segment before its records, then every record after the snapshot, in order. A closure that says false ends it
  /// with `JournalProblem.Kind.refused`.
  ///
  /// A ring that cannot be had, a new segment that cannot be begun: it opens, and `info.reasons` says so.
  package static func open(
    _ settings: JournalSettings, snapshot: (UnsafeRawBufferPointer) -> Bool = { _ in false },
    head: (UnsafeRawBufferPointer) -> Bool = { _ in true },
    record: (borrowing JournalRecord) -> Bool
  ) throws(JournalProblem) -> Journal {
    try check(settings)
    guard let most_ns = settings.diskWait_ns else {
      return try openNow(settings, nil, snapshot: snapshot, head: head, record: record)
    }
    let bounded = BoundedCalls(settings.calls, folder: settings.folder, most_ns: most_ns)
    var own = settings
    own.calls = bounded
    do throws(JournalProblem) {
      return try openNow(own, bounded, snapshot: snapshot, head: head, record: record)
    } catch {
      bounded.endOpening()
      guard bounded.isStuck else { throw error }
      throw silent(settings.folder, most_ns)
    }
  }

  private static func silent(_ folder: String, _ most_ns: Int64) -> JournalProblem {
    JournalProblem(
      .silent,
      "the disk of \(folder) did not answer within \(most_ns / 1_000_000_000) s (disk_wait_s): open it again "
        + "once the disk does, or without it on another folder to dispatch meanwhile",
      errno: ETIMEDOUT)
  }

  private static func openNow(
    _ settings: JournalSettings, _ bounded: BoundedCalls?,
    snapshot: (UnsafeRawBufferPointer) -> Bool, head: (UnsafeRawBufferPointer) -> Bool,
    record: (borrowing JournalRecord) -> Bool
  ) throws(JournalProblem) -> Journal {
    let calls = settings.calls
    let folder = try openFolder(settings)
    do throws(JournalProblem) {
      let (file, own, status, page) = try FolderLock.take(folder, path: settings.folder)
      do throws(JournalProblem) {
        let lock = FolderLock(
          file: file, folder: own, status: status,
          page: page ?? LockPage(journal: .none, boot: .none))
        let journal = try open(
          settings, folder, lock, isNew: page == nil, snapshot: snapshot, head: head,
          record: record)
        try journal.begin(isDeaf: bounded?.isDeaf ?? false)
        return journal
      } catch {
        folder.close(file)
        if !calls.later({ HeldFolders.remove(own) }) { HeldFolders.remove(own) }
        throw error
      }
    } catch {
      _ = calls.close(folder.descriptor)
      throw error
    }
  }

  private static func check(_ settings: JournalSettings) throws(JournalProblem) {
    func demand(_ isGood: Bool, _ what: String) throws(JournalProblem) {
      if !isGood { throw JournalProblem(.argument, what) }
    }
    try demand(!settings.folder.isEmpty, "the journal's folder has no name")
    try demand(
      (64 << 10...1 << 30).contains(settings.segmentBytes),
      "segments have from 64 KiB to 1 GiB")
    try demand(
      settings.ringBytes > 0 && settings.ringBytes <= Ring.most, "the ring has at most 16 GiB")
    try demand(
      settings.areaBytes >= 0 && settings.areaBytes <= Ring.most, "the area has at most 16 GiB")
    try demand(
      settings.head.count <= SegmentHead.mostHostBytes
        && SegmentHead.size(host: settings.head.count) <= settings.segmentBytes / 4,
      "a segment's head has at most 64 KiB and a quarter of the segment")
    if let seal = settings.seal {
      try demand(
        (1...JournalSealing.mostName).contains(seal.name.utf8.count),
        "a seal's name has 1 to 32 bytes")
    }
    try demand(settings.journalBytes >= 0, "journal_bytes is below zero")
    try demand(settings.reserveBytes >= 0, "the reserve is below zero")
    try demand(
      (0...JournalSettings.forEver_s).contains(settings.retention_s), "retention is out of range")
  }

  private static func openFolder(_ settings: JournalSettings) throws(JournalProblem) -> Folder {
    let calls = settings.calls
    var descriptor = calls.openFolder(settings.folder)
    if descriptor == -ENOENT {
      let made = calls.makeFolder(settings.folder)
      if made < 0, made != -EEXIST { throw .system("make \(settings.folder)", SystemError(-made)) }
      descriptor = calls.openFolder(settings.folder)
    }
    if descriptor < 0 { throw .system("open \(settings.folder)", SystemError(-descriptor)) }
    let folder = Folder(
      calls: calls, descriptor: descriptor, newestFormat: settings.newestFormat)
    if calls.kind(descriptor) == .network {
      _ = calls.close(descriptor)
      throw JournalProblem(
        .networkFileSystem,
        "\(settings.folder) is on a network file system, where locks and syncs do not hold what they "
          + "promise: use a local disk")
    }
    return folder
  }

  private static func open(
    _ settings: JournalSettings, _ folder: Folder, _ given: FolderLock, isNew: Bool,
    snapshot: (UnsafeRawBufferPointer) -> Bool, head: (UnsafeRawBufferPointer) -> Bool,
    record: (borrowing JournalRecord) -> Bool
  ) throws(JournalProblem) -> Journal {
    let calls = settings.calls
    var lock = given
    let boot = settings.bootID ?? calls.bootID()
    let catalogue = try Catalogue(folder, journal: isNew ? nil : lock.page.journal)
    if isNew {
      guard catalogue.journal != nil || catalogue.snapshots.isEmpty else {
        throw JournalProblem(
          .incomplete, "there are snapshots without LOCK and segments: copy the folder whole")
      }
      lock.page.journal = catalogue.journal ?? calls.randomID()
      // A copy goes on as what it was copied from.
      lock.page.format = catalogue.segments.last?.head?.format ?? settings.newestFormat
    }
    let id = lock.page.journal
    guard settings.seal == nil || lock.page.format >= JournalFormat.sealing else {
      throw JournalProblem(
        .older,
        "\(settings.folder) is written in format \(lock.page.format), which knows no seal: "
          + "`hujia journal upgrade \(settings.folder)` once, with the engine closed")
    }
    var taken = takeOver(settings, lock.page, boot, isNew: isNew)
    do throws(JournalProblem) {
      var recovery = try Recovery(
        folder, catalogue, ring: taken.ring, journal: id, digest: settings.digest)
      recovery.opener = FrameOpener.make(settings.seal, id)
      recovery.shelf = StreamShelf(folder, id, settings.seal)
      recovery.isBlind = settings.isBlind
      recovery.passedSnapshots = settings.passedSnapshots
      recovery.opening.wasClosed = isNew && catalogue.segments.isEmpty || lock.page.isClosed
      recovery.opening.reasons.formUnion(taken.reasons)
      recovery.settles = !recovery.opening.wasClosed
      if let last = catalogue.segments.last { recovery.settle(last.name) }
      if try !recovery.takeState(taken.path, journal: id, snapshot) {
        try recovery.takeSnapshot(journal: id, snapshot)
      }
      try recovery.takeSegments(head: head, record: record)
      try compare(lock.page, recovery)
      try recovery.takeRing(boot: boot, record)
      recovery.opening.last = max(recovery.opening.last, recovery.opening.snapshot)
      if let findings = recovery.shelf?.findings,
        findings.flaw != nil || findings.unexplained != nil
      {
        recovery.opening.reasons.insert(.streamsLost)
      }
      recovery.opening.mayLackEnd =
        !recovery.opening.wasClosed
        && (taken.ring == nil || recovery.opening.reasons.contains(.ringDamaged))
      return try begin(settings, folder, lock, boot, &taken, recovery, catalogue)
    } catch {
      if let ring = taken.ring { RingFile(calls: calls, path: "").unmap(ring) }
      throw error
    }
  }

  private struct TakenRing {
    var ring: Ring?
    var path = ""
    var reasons: JournalReasons = []
  }

  /// The ring of a process of this boot that did not close. Gone, or another's: RING_LOST.
  private static func takeOver(
    _ settings: JournalSettings, _ page: LockPage, _ boot: JournalID, isNew: Bool
  ) -> TakenRing {
    var taken = TakenRing()
    let isExpected = !isNew && !page.isClosed && page.boot == boot && !page.ringPath.isEmpty
    let path =
      isExpected
      ? page.ringPath
      : settings.ringPath ?? RingFile.defaultPath(page.journal, settings.calls)
    guard isExpected || isNew else { return taken }
    taken.ring = RingFile.takeOver(
      path, journal: page.journal, boot: boot, settings.calls)
    taken.path = taken.ring == nil ? "" : path
    if isExpected, taken.ring == nil { taken.reasons.insert(.ringLost) }
    return taken
  }

  /// What is read back reaches as far as what was durable when LOCK was written.
  private static func compare(
    _ page: LockPage, _ recovery: Recovery
  ) throws(JournalProblem) {
    let name = recovery.catalogue.segments.last?.name ?? "the folder"
    let place = recovery.place
    if page.last > max(place.last, recovery.opening.snapshot) {
      throw JournalProblem.damage(
        name, 0, lastGood: place.last,
        "records \(place.last + 1) to \(page.last) were durable and are missing")
    }
    if page.isClosed, page.last == place.last, page.hash != place.hash, place.last > 0 {
      throw JournalProblem.damage(
        name, 0, lastGood: place.last, "the chain does not end as it did when it was closed")
    }
  }

  /// Everything was read: now the folder is written to.
  private static func begin(
    _ settings: JournalSettings, _ folder: Folder, _ given: FolderLock, _ boot: JournalID,
    _ taken: inout TakenRing, _ recovery: Recovery, _ catalogue: Catalogue
  ) throws(JournalProblem) -> Journal {
    var lock = given
    var recovery = recovery
    let calls = settings.calls
    // What stands in the area of a ring that is taken over is lost by no open, so it never shrinks.
    let areaBytes = max(settings.areaBytes, taken.ring?.areaBytes ?? 0)
    let wanted = Ring.Facts(
      journal: lock.page.journal, boot: boot, areaBytes: UInt64(areaBytes),
      ringBytes: UInt64(Ring.rounded(settings.ringBytes)))
    // A ring whose last records are damaged cannot be gone on with, nor one of another size: what it holds moves.
    var held: (ring: Ring, path: String)?
    if let ring = taken.ring {
      // Beside a state it stays as it is until the disk has that.
      let isSame =
        ring.state > 0
        || ring.areaBytes == areaBytes && ring.capacity == Int(wanted.ringBytes)
          && !recovery.opening.reasons.contains(.ringDamaged)
      if isSame { held = (ring, taken.path) }
    }
    if held == nil {
      if given.page.generation == 0 { try name(&lock, folder, recovery.place) }
      guard
        let found = RingFile.make(
          settings.ringPath ?? RingFile.defaultPath(lock.page.journal, calls),
          isDefault: settings.ringPath == nil, wanted, inUse: taken.path, calls)
          ?? RingFile.makeAnonymous(wanted, calls)
      else { throw JournalProblem(.memory, "no memory for a ring of \(wanted.ringBytes) bytes") }
      if found.path.isEmpty { recovery.opening.reasons.insert(.notRecorded) }
      held = (found.ring, found.path)
    }
    guard let (ring, path) = held else {
      throw JournalProblem(.memory, "no memory for a ring")
    }
    var old: (ring: Ring, file: RingFile)?
    if let before = taken.ring, before.start != ring.start {
      old = (before, RingFile(calls: calls, path: taken.path))
      move(before, to: ring, seed: recovery.seed)
    }
    var inUse = RingFile(calls: calls, path: path)
    if let error = announce(folder, &lock, boot, path, recovery.place) {
      recovery.opening.reasons.insert(.diskFailed)
      // LOCK names the ring that was taken over: that one is gone on with.
      guard let fallen = fall(back: old, from: (ring, inUse), taken, given.page, recovery) else {
        throw .system("write LOCK", error)
      }
      if fallen.isNew { recovery.opening.reasons.insert(.notRecorded) }
      inUse = fallen.file
      lock.page.ringPath = inUse.path
      taken.ring = nil
      return try finish(
        settings, folder, lock, boot, (fallen.ring, inUse), recovery, catalogue)
    }
    if let old {
      old.file.unmap(old.ring)
      old.file.remove()
    }
    taken.ring = nil
    return try finish(settings, folder, lock, boot, (ring, inUse), recovery, catalogue)
  }

  /// LOCK says which journal this is before anything bears its name: a death in the first open leaves a ring that the
  /// next one finds and takes away.
  private static func name(
    _ lock: inout FolderLock, _ folder: Folder, _ place: ChainPlace
  ) throws(JournalProblem) {
    lock.page.isClosed = true
    lock.page.last = place.last
    lock.page.hash = place.hash
    if let error = lock.write(folder) ?? folder.syncFolder() { throw .system("write LOCK", error) }
  }

  /// LOCK says which ring is in use, before anything is in it.
  private static func announce(
    _ folder: Folder, _ lock: inout FolderLock, _ boot: JournalID, _ path: String,
    _ place: ChainPlace
  ) -> SystemError? {
    lock.page.boot = boot
    lock.page.ringPath = path
    lock.page.isClosed = false
    lock.page.first = place.last + 1
    lock.page.last = place.last
    lock.page.hash = place.hash
    return lock.write(folder) ?? folder.syncFolder()
  }

  /// A dead disk: which ring can be used. A new one that no LOCK names would not be found after a death. nil: a journal
  /// that never was, or a ring that cannot be gone on with.
  private static func fall(
    back old: (ring: Ring, file: RingFile)?, from new: (ring: Ring, file: RingFile),
    _ taken: TakenRing, _ before: LockPage, _ recovery: Recovery
  ) -> (ring: Ring, file: RingFile, isNew: Bool)? {
    if taken.ring?.start == new.ring.start { return (new.ring, new.file, false) }
    if (new.file.calls as? BoundedCalls)?.isStuck == true {
      // LOCK may come to name either once the call is back: both stay as they are, with the same records. Nothing is
      // lost where there was none.
      if old == nil, before.generation > 0 { return (new.ring, new.file, true) }
      new.file.unmap(new.ring)
      return nil
    }
    if let old, !recovery.opening.reasons.contains(.ringDamaged) {
      new.file.unmap(new.ring)
      new.file.remove()
      return (old.ring, old.file, false)
    }
    if old == nil, before.generation > 0 { return (new.ring, new.file, true) }
    new.file.unmap(new.ring)
    new.file.remove()
    return nil
  }

  /// Records that are not durable, and the host's area, into a ring of another size.
  private static func move(_ old: Ring, to ring: Ring, seed: UInt32) {
    let area = min(old.areaBytes, ring.areaBytes)
    if area > 0, let from = old.area.baseAddress, let to = ring.area.baseAddress {
      to.copyMemory(from: from, byteCount: area)
    }
    let (end, _) = old.walk(seed: seed) { _, _, _ in true }
    let count = Int(end &- old.head)
    if count > 0, count <= ring.capacity {
      ring.address(0).copyMemory(from: old.address(old.head), byteCount: count)
      ring.publish(UInt64(count))
    }
    ring.release(0, durable: old.durable)
  }

  private static func streams(
    _ settings: JournalSettings, _ folder: Folder, _ lock: LockPage, last: UInt64
  ) -> [StreamWriter] {
    let files = StreamFacts.list(folder, lock.journal)
    return JournalStream.allCases.map { stream in
      StreamWriter(
        stream, lock.journal, format: lock.format, seal: settings.seal?.name ?? "",
        files: files.of(stream),
        last: last, most_bytes: settings.segmentBytes, most_s: settings.rotation_s(stream))
    }
  }

  private static func finish(
    _ settings: JournalSettings, _ folder: Folder, _ lock: FolderLock, _ boot: JournalID,
    _ ring: (ring: Ring, file: RingFile), _ given: Recovery, _ catalogue: Catalogue
  ) throws(JournalProblem) -> Journal {
    var recovery = given
    for name in catalogue.leftovers + recovery.empty { _ = folder.remove(name) }
    // A deletion that a crash left half done.
    for note in recovery.shelf?.findings.notes ?? [] {
      _ = try? StreamDeletion.carryOut(
        note, folder, lock.page.journal, last: recovery.place.last)
    }
    if let (name, bytes) = recovery.trimmed, !recovery.unsettled.contains(name),
      bytes < catalogue.segments.first(where: { $0.name == name })?.bytes ?? 0,
      case .success(let file) = folder.open(name, .write)
    {
      if folder.truncate(file, bytes: bytes) == nil { _ = folder.sync(file) }
      folder.close(file)
    }
    let largest = mostPayload(ringBytes: ring.ring.capacity, segmentBytes: settings.segmentBytes)
    // Sealed, the frames of one turn take up to three times their room.
    let turn = ring.ring.capacity / 4 * (settings.seal == nil ? 1 : 3)
    let batchLimit = min(
      settings.segmentBytes / 2, max(turn, Frame.whole(largest) + 2 * JournalSealing.growth))
    let digest = try ChainDigest(settings.digest)
    let layer =
      lock.page.format < JournalFormat.sealing
      ? nil
      : FrameLayer(
        seal: settings.seal, journal: lock.page.journal, seed: recovery.seed, digest: digest,
        calls: settings.calls,
        streams: streams(settings, folder, lock.page, last: recovery.place.last))
    let writer = SegmentWriter(
      digest: digest, seed: recovery.seed, layer: layer,
      place: recovery.place,
      nextNumber: (catalogue.segments.last?.number ?? 0) + 1, segmentBytes: settings.segmentBytes,
      batchLimit: batchLimit)
    writer.know(recovery.segments)
    if ring.ring.state > 0 {
      let end = ring.ring.end(of: ring.ring.state, seed: recovery.seed)
      ring.ring.release(end, durable: ring.ring.durable)
      if ring.ring.state <= recovery.place.last {
        ring.ring.setState(0)
        recovery.opening.reasons.remove(.ringRestarted)
      }
    }
    // What a snapshot has, and no segment, goes to no segment either.
    if recovery.opening.snapshot > recovery.place.last {
      let end = ring.ring.end(of: recovery.opening.snapshot, seed: recovery.seed)
      ring.ring.release(end, durable: ring.ring.durable)
    }
    // Beside a state a damaged ring is gone on with, as far as it is whole: what comes next stands where the damage
    // did, and not behind it, where nobody would find it.
    if recovery.opening.reasons.contains(.ringDamaged) {
      ring.ring.publish(ring.ring.walk(seed: recovery.seed) { _, _, _ in true }.end)
    }
    ring.file.removeStates(but: ring.ring.state)
    let journal = Journal(
      JournalParts(
        settings: settings, boot: boot, folder: folder, lock: lock, ring: ring.ring,
        ringFile: ring.file, writer: writer,
        snapshots: catalogue.snapshots.filter { !recovery.spoilt.contains($0) },
        spoiltSnapshots: recovery.spoilt, headDigest: recovery.digestName ?? settings.digest,
        opening: recovery.opening))
    journal.work.held {
      journal.goOn(from: recovery)
      journal.makeReserve()
      _ = journal.beginSegment()
    }
    return journal
  }

  /// The journal's thread sets out, from where any call waits as long as the disk does. `isDeaf`: what was read is not
  /// all; the ring stays as it was for the next open.
  private func begin(isDeaf: Bool) throws(JournalProblem) {
    if isDeaf {
      keepsRing = true
      close(leavesFolder: true)
      throw JournalProblem(.silent, "the disk gives nothing", errno: ETIMEDOUT)
    }
    if let bounded = calls as? BoundedCalls {
      // Until a batch is on the disk.
      if bounded.isStuck { raise(.diskFailed) }
      bounded.endOpening()
    }
    if settings.hasThread, !startThread() {
      close(leavesFolder: true)
      throw JournalProblem(.system, "the system has no thread for the journal", errno: EAGAIN)
    }
  }
}
