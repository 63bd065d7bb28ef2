// The number of the format in which a journal is written: of its files, and of what stands in its records. A version of
// the library reads each format from the oldest on, and goes on writing the one that it found, so that an upgrade of
// the library can be undone until somebody says `hujia journal upgrade`. See docs/architecture/journal-format.md.

package enum JournalFormat {
  package static var oldest: UInt32 { 1 }
  /// What a new journal is written in. A format that is added is written only where `Journal.format` says it.
  package static var newest: UInt32 { 3 }
  /// From this one on frames may be sealed.
  static var sealing: UInt32 { 2 }
  /// Of a record, a batch, a file, a writing of LOCK: what says more was never written, and what counts on never
  /// overflows.
  static var mostNumber: UInt64 { 1 << 62 }
}

/// What `Journal.upgrade` did.
package struct UpgradeReport: Sendable, Equatable {
  package var before: UInt32
  package var now: UInt32
}

extension Journal {
  /// The format in which this journal is written until it is upgraded.
  package var format: UInt32 { lock.page.format }

  /// From its next opening on a closed journal is written in the newest format. What stands in it stays as it is.
  /// Versions that do not know that format refuse the journal from now on.
  package static func upgrade(
    _ path: String, newest: UInt32 = JournalFormat.newest, calls: any FileCalls = SystemFiles()
  ) throws(JournalProblem) -> UpgradeReport {
    let descriptor = calls.openFolder(path)
    if descriptor < 0 { throw .system("open \(path)", SystemError(-descriptor)) }
    let folder = Folder(calls: calls, descriptor: descriptor, newestFormat: newest)
    defer { folder.close(descriptor) }
    // Taking the lock makes the file.
    guard try FolderLock.exists(folder) else {
      throw JournalProblem(
        .foreign, "\(path) has no LOCK: it is no journal, or a copy that was never opened")
    }
    let (file, own, _, page) = try FolderLock.take(folder, path: path)
    defer {
      folder.close(file)
      HeldFolders.remove(own)
    }
    guard var page else {
      throw JournalProblem(.foreign, "\(path): its LOCK is empty: open the journal once")
    }
    guard page.isClosed else {
      throw JournalProblem(
        .incomplete,
        "\(path) was not closed: open it once with the version that wrote it, and close it")
    }
    let report = UpgradeReport(before: page.format, now: newest)
    guard report.before != report.now else { return report }
    page.format = newest
    if let error = page.write(folder, file) ?? folder.syncFolder() {
      throw .system("write LOCK", error)
    }
    return report
  }
}
