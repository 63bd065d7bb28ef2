// A deletion on demand, in a closed journal: a record says what, at which hand and why; then it goes. Must never: need
// a key, delete what an opening still needs.

import Glibc

/// What `Journal.delete` did.
package struct DeletionReport: Sendable {
  /// nil: there was nothing that old.
  package var note: DeletionNote?
  package var files = 0
}

/// What is asked for.
package struct Deletion: Sendable {
  package var stream: JournalStream
  package var before_us: Int64
  package var by: String
  package var why: String

  package init(_ stream: JournalStream, before_us: Int64, by: String, why: String) {
    self.stream = stream
    self.before_us = before_us
    self.by = by
    self.why = why
  }
}

extension Journal {
  /// Everything of a stream that was taken in before a time. What decided something stays in the record of that.
  package static func delete(
    _ path: String, _ wanted: Deletion, calls: any FileCalls = SystemFiles()
  ) throws(JournalProblem) -> DeletionReport {
    guard !wanted.by.isEmpty, !wanted.why.isEmpty,
      wanted.by.utf8.count <= DeletionNote.mostText, wanted.why.utf8.count <= DeletionNote.mostText
    else {
      throw JournalProblem(.argument, "say by whom and why, in at most 256 bytes each")
    }
    let settings = try settings(path, calls)
    let journal = try Journal.open(settings, snapshot: { _ in true }, record: { _ in true })
    defer { journal.close() }
    let last = try StreamDeletion.last(
      wanted.stream, before_us: wanted.before_us, journal.folder, journal.id)
    guard last > 0, let first = StreamFacts.list(journal.folder, journal.id).of(wanted.stream).first
    else { return DeletionReport() }
    guard last <= journal.snapshots.last ?? 0 else {
      throw JournalProblem(
        .incomplete,
        "records up to \(last) are in no snapshot yet, and an opening needs what stands apart of them: "
          + "open the engine once and close it, then delete")
    }
    var note = DeletionNote(
      wanted.stream, first.first, last, before_us: wanted.before_us, by: wanted.by,
      why: wanted.why)
    journal.pending.bytes = note.bytes
    journal.pending.state.store(PendingNote.State.prepared, ordering: .releasing)
    journal.appendNote(monotonic_ns: calls.now_ns(), wall_us: calls.wall_us())
    note.record = journal.recorded
    journal.sync()
    guard journal.durable >= note.record else {
      throw JournalProblem(.system, "the record of it did not become durable: nothing was deleted")
    }
    let files = try StreamDeletion.carryOut(
      note, journal.folder, journal.id, last: journal.recorded)
    return DeletionReport(note: note, files: files)
  }

  /// As the engine that closed it would open it, but for what a deletion does not need.
  private static func settings(
    _ path: String, _ calls: any FileCalls
  ) throws(JournalProblem) -> JournalSettings {
    let descriptor = calls.openFolder(path)
    if descriptor < 0 { throw .system("open \(path)", SystemError(-descriptor)) }
    let folder = Folder(calls: calls, descriptor: descriptor)
    defer { folder.close(descriptor) }
    guard case .success(let file) = folder.open(LockPage.name, .read) else {
      throw JournalProblem(.foreign, "\(path) has no LOCK: it is no journal, or a copy of one")
    }
    defer { folder.close(file) }
    guard let page = try LockPage.read(folder, file), page.isClosed else {
      throw JournalProblem(
        .incomplete, "\(path) was not closed: open its engine once, and close it")
    }
    guard page.format >= JournalFormat.sealing else {
      throw JournalProblem(
        .older,
        "\(path) is written in format \(page.format): what could be deleted stands in its chain. "
          + "`hujia journal upgrade` lets it stand apart from now on")
    }
    var settings = JournalSettings(folder: path)
    settings.calls = calls
    settings.isBlind = true
    settings.hasThread = false
    settings.ringBytes = 64 << 10
    settings.segmentBytes = 1 << 20
    settings.reserveBytes = 0
    if let head = try Catalogue(folder, journal: page.journal).segments.last?.head {
      settings.digest = head.digest
      settings.epoch = head.epoch
      settings.head = head.host
    }
    return settings
  }
}
