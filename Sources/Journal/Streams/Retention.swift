// What stands apart goes in time: first a record says which, then the files go. Whole files, by the journal's thread,
// no sooner than the newest snapshot has what was decided from them. Must never: remove what no record on the disk says
// is removed.

import Glibc
import Synchronization

/// A deletion on its way: prepared by the journal's thread, put on record by the baton's holder, carried out by the
/// journal's thread once that is on the disk.
final class PendingNote: @unchecked Sendable {
  enum State {
    static var none: Int { 0 }
    static var prepared: Int { 1 }
    static var recorded: Int { 2 }
  }

  let state = Atomic<Int>(State.none)
  let record = Atomic<UInt64>(0)
  /// Written before `prepared`, read after it.
  var bytes: [UInt8] = []
  /// The journal's thread's.
  var note: DeletionNote?
  var files: [StreamFacts] = []
  /// Of a process that died before they were durable.
  var inherited: [DeletionNote] = []
  var tended_ns = Int64.min
  /// Something is older than it may become, and in no snapshot.
  var isLate = false
  /// Something is old by the wall clock alone.
  var isDoubted = false
}

extension Journal {
  /// Between two looks at what is due.
  private static var tend_ns: Int64 { 1_000_000_000 }

  /// Under `work`.
  func tendStreams(isForced: Bool = false) {
    guard let layer = writer.layer else { return }
    let now_ns = calls.now_ns()
    guard isForced || pending.tended_ns == .min || now_ns &- pending.tended_ns >= Self.tend_ns
    else { return }
    pending.tended_ns = now_ns
    carryOutInherited(layer)
    if pending.state.load(ordering: .acquiring) == PendingNote.State.recorded { carryOut(layer) }
    let now_us = lookAtClock()
    let clock = lock.page.clock
    var isLate = false
    var isDoubted = false
    for stream in layer.streams {
      let keep_s = settings.retain_s[stream.stream.rawValue]
      guard keep_s < JournalSettings.always_s else { continue }
      let before_us = now_us &- keep_s &* 1_000_000
      if stream.isOpen, stream.isOld(now_ns) { stream.finish(folder) }
      isDoubted =
        isDoubted
        || clock.isDoubted && isOld(stream, before_us &+ clock.lead_us, now_us)
          && !isOld(stream, before_us, now_us)
      let due = due(stream, before_us, now_us)
      isLate = isLate || due.isLate
      guard let last = due.last, let first = due.files.first?.first,
        pending.state.load(ordering: .acquiring) == PendingNote.State.none
      else { continue }
      let note = DeletionNote(
        stream.stream, first, last, before_us: before_us, by: "retention",
        why: "kept for \(keep_s / 3_600) hours")
      pending.note = note
      pending.files = due.files
      pending.bytes = note.bytes
      pending.state.store(PendingNote.State.prepared, ordering: .releasing)
    }
    pending.isLate = isLate
    pending.isDoubted = isDoubted
    tellDoubt()
    tellLate()
    if isLate { tellAgain() }
  }

  /// Whether the oldest of what stands apart was taken in before that.
  private func isOld(_ stream: StreamWriter, _ before_us: Int64, _ now_us: Int64) -> Bool {
    guard let first = stream.files.indices.first, !stream.isOpen || stream.files.count > 1 else {
      return false
    }
    return stream.bounds(first, now_us).wall_us < before_us
  }

  /// The last record of the files that are older than that and in a snapshot. Late: they are not in one.
  private func due(
    _ stream: StreamWriter, _ before_us: Int64, _ now_us: Int64
  ) -> (files: [StreamFacts], last: UInt64?, isLate: Bool) {
    var last: UInt64?
    var found: [StreamFacts] = []
    let files = stream.files
    for index in files.indices where !(stream.isOpen && index == files.count - 1) {
      let bound = stream.bounds(index, now_us)
      guard bound.wall_us < before_us else { break }
      guard bound.last <= snapshots.last ?? 0 else { return (found, last, true) }
      last = bound.last
      found.append(files[index])
    }
    return (found, last, false)
  }

  /// Under `work`: the note is recorded; once it is durable the files go.
  private func carryOut(_ layer: FrameLayer) {
    guard let note = pending.note,
      durable >= pending.record.load(ordering: .acquiring)
    else { return }
    let stream = layer.streams[note.stream.rawValue]
    for file in pending.files {
      if let error = folder.remove(file.name), error.number != ENOENT { return self.note(error) }
    }
    if let error = folder.syncFolder() { return self.note(error) }
    stream.forget(Set(pending.files.map(\.number)))
    pending.files = []
    pending.note = nil
    pending.state.store(PendingNote.State.none, ordering: .releasing)
  }

  /// Under `work`: once they are durable.
  private func carryOutInherited(_ layer: FrameLayer) {
    for note in pending.inherited where note.record <= durable {
      let stream = layer.streams[note.stream.rawValue]
      if stream.isOpen { stream.finish(folder) }
      let before = Set(StreamFacts.list(folder, id).of(note.stream).map(\.number))
      guard (try? StreamDeletion.carryOut(note, folder, id, last: durable)) != nil else { return }
      let left = Set(StreamFacts.list(folder, id).of(note.stream).map(\.number))
      stream.forget(before.subtracting(left))
      pending.inherited.removeAll { $0 == note }
    }
  }

  /// The baton's holder, behind a record: what the journal's thread has prepared. Where there is no room now, later.
  @inline(never)
  func appendNote(monotonic_ns: Int64, wall_us: Int64) {
    let count = pending.bytes.count
    guard pending.state.load(ordering: .acquiring) == PendingNote.State.prepared,
      let to = place(most: count)
    else { return }
    pending.bytes.withUnsafeBytes { raw in
      if let from = raw.baseAddress { to.copyMemory(from: from, byteCount: count) }
    }
    // Its own record is behind another's, and has none behind it.
    pending.record.store(.max, ordering: .releasing)
    pending.state.store(PendingNote.State.recorded, ordering: .releasing)
    let sequence = append(
      placed: count, kind: Frame.note, monotonic_ns: monotonic_ns, wall_us: wall_us)
    pending.record.store(sequence, ordering: .releasing)
  }
}

/// Files that a deletion on record names, taken away.
enum StreamDeletion {
  /// What of it is still there goes, also what a crash left. `last`: of the chain. How many files changed.
  static func carryOut(
    _ note: DeletionNote, _ folder: Folder, _ journal: JournalID, last: UInt64
  ) throws(JournalProblem) -> Int {
    let files = StreamFacts.list(folder, journal).of(note.stream)
    var count = 0
    for index in files.indices where files[index].first <= note.last {
      let name = files[index].name
      if files.bounds(index, last: last, wall_us: 0).last <= note.last {
        if let error = folder.remove(name) { throw .system("remove \(name)", error) }
      } else {
        try rewrite(files[index], from: note.last + 1, folder, journal)
      }
      count += 1
    }
    if count > 0, let error = folder.syncFolder() { throw .system("sync the folder", error) }
    return count
  }

  /// Only what comes from that record on, in a file of the same name.
  private static func rewrite(
    _ facts: StreamFacts, from wanted: UInt64, _ folder: Folder, _ journal: JournalID
  ) throws(JournalProblem) {
    let bytes = try folder.contents(facts.name, most: Catalogue.mostSegment) ?? []
    let start: (offset: Int, first: UInt64)? = bytes.withUnsafeBytes { raw in
      var offset = StreamHead.size
      while let frame = Frame.read(raw, at: offset, seed: Frame.seed(journal)) {
        if frame.sequence >= wanted { return (offset, frame.sequence) }
        offset += frame.size
      }
      return nil
    }
    guard let start else {
      if let error = folder.remove(facts.name) { throw .system("remove \(facts.name)", error) }
      return
    }
    let format = bytes.withUnsafeBytes {
      StreamHead.read($0, newest: folder.newestFormat)?.format ?? JournalFormat.sealing
    }
    let head = StreamHead(
      format: format, journal: journal, stream: facts.stream, number: facts.number,
      first: start.first,
      made_us: facts.made_us, seal: facts.seal)
    let fresh = facts.name + ".new"
    _ = folder.remove(fresh)
    let file = try folder.opened(fresh, .new)
    defer { folder.close(file) }
    let error =
      head.bytes.withUnsafeBytes { folder.write(file, $0, at: 0) }
      ?? bytes[start.offset...].withUnsafeBytes {
        folder.write(file, $0, at: Int64(StreamHead.size))
      } ?? folder.sync(file) ?? folder.rename(fresh, facts.name)
    if let error { throw .system("write \(fresh)", error) }
  }

  /// The last record of a stream that was taken in before that time; 0 = none.
  static func last(
    _ stream: JournalStream, before_us: Int64, _ folder: Folder, _ journal: JournalID
  ) throws(JournalProblem) -> UInt64 {
    var last: UInt64 = 0
    for facts in StreamFacts.list(folder, journal).of(stream) {
      let bytes = try folder.contents(facts.name, most: Catalogue.mostSegment) ?? []
      let isOver = bytes.withUnsafeBytes { raw in
        var offset = StreamHead.size
        while let frame = Frame.read(raw, at: offset, seed: Frame.seed(journal)) {
          if frame.wall_us >= before_us { return true }
          last = max(last, frame.sequence)
          offset += frame.size
        }
        return false
      }
      if isOver { break }
    }
    return last
  }
}
