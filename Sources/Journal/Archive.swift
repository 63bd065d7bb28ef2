// Sealed segments of a closed journal, moved elsewhere: what two snapshots cover. Must never: open the journal, remove
// a segment before its copy is on the disk and was compared.

import Glibc

/// What `Journal.archive` moved.
package struct ArchiveReport: Sendable {
  package var segments: [String] = []
  /// The first and the last record in them; 0 = none.
  package var first: UInt64 = 0
  package var last: UInt64 = 0
  /// The chain's hash up to `last`: what stays begins with it.
  package var hash: [UInt8] = []
  /// Records that both of the newest snapshots have; 0 = there are not two that are whole.
  package var covered: UInt64 = 0
  package var left = 0
}

extension Journal {
  /// Moves the segments that an opening does not need into `target`, which is made when it is not there: those that the
  /// older of the two newest snapshots covers. The newest segment stays.
  package static func archive(
    _ path: String, into target: String, calls: any FileCalls = SystemFiles()
  ) throws(JournalProblem) -> ArchiveReport {
    let descriptor = calls.openFolder(path)
    if descriptor < 0 { throw .system("open \(path)", SystemError(-descriptor)) }
    let from = Folder(calls: calls, descriptor: descriptor)
    defer { from.close(descriptor) }
    guard try FolderLock.exists(from) else {
      throw JournalProblem(.foreign, "\(path) has no LOCK: it is no journal, or a copy of one")
    }
    let (file, own, _, page) = try FolderLock.take(from, path: path)
    defer {
      from.close(file)
      HeldFolders.remove(own)
    }
    guard let page, page.isClosed else {
      throw JournalProblem(
        .incomplete, "\(path) was not closed: open its engine once, and close it")
    }
    let catalogue = try Catalogue(from, journal: page.journal)
    var report = ArchiveReport()
    report.covered = covered(from, catalogue, page.journal)
    let heads = catalogue.segments.compactMap { segment in segment.head.map { (segment.name, $0) } }
    report.left = heads.count
    guard report.covered > 0, heads.count > 1 else { return report }
    let made = calls.makeFolder(target)
    if made < 0, made != -EEXIST { throw .system("make \(target)", SystemError(-made)) }
    let into = calls.openFolder(target)
    if into < 0 { throw .system("open \(target)", SystemError(-into)) }
    let to = Folder(calls: calls, descriptor: into)
    defer { to.close(into) }
    for index in 0..<heads.count - 1 where heads[index + 1].1.after <= report.covered {
      let (name, head) = heads[index]
      try copy(name, bytes: .max, from, to)
      if let error = to.syncFolder() { throw .system("sync \(target)", error) }
      if let error = from.remove(name) ?? from.syncFolder() {
        throw .system("remove \(name)", error)
      }
      if report.segments.isEmpty { report.first = head.first }
      report.segments.append(name)
      report.last = heads[index + 1].1.after
      report.hash = heads[index + 1].1.previous
      report.left -= 1
    }
    return report
  }

  /// The record up to which the older of the two newest whole snapshots goes.
  static func covered(
    _ folder: Folder, _ catalogue: Catalogue, _ journal: JournalID
  ) -> UInt64 {
    let whole = catalogue.snapshots.reversed().lazy.filter {
      (try? SnapshotFile.read(folder, SnapshotHead.name($0), journal: journal, .proved)) != nil
    }
    return Array(whole.prefix(2)).last.flatMap { whole.first == $0 ? nil : $0 } ?? 0
  }
}
