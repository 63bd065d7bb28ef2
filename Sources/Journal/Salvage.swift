// Copies of a journal: its good part into a new folder, its sealed segments into an archive. Must never: change a byte
// of what it copies, remove a segment whose copy was not compared.

import Glibc

/// What a copy has.
package struct SalvageReport: Sendable {
  package var segments = 0
  package var snapshots = 0
  /// The last record that the copy has.
  package var last: UInt64 = 0
  /// Why there is not more; nil: it is whole.
  package var problem: JournalProblem?
}

extension Journal {
  /// Copies what is readable of `path` into `target`, a folder that is made: segments up to the first bad place, and
  /// the snapshots that are whole. The copy opens as a journal that was never closed.
  package static func salvage(
    _ path: String, into target: String, calls: any FileCalls = SystemFiles()
  ) throws(JournalProblem) -> SalvageReport {
    let from = try folder(path, calls)
    defer { from.close(from.descriptor) }
    let made = calls.makeFolder(target)
    if made < 0 { throw .system("make \(target)", SystemError(-made)) }
    let to = try folder(target, calls)
    defer { to.close(to.descriptor) }
    var report = SalvageReport()
    var walk = ChainWalk(folder: from, kept: [], seal: nil, isBlind: true)
    do throws(JournalProblem) { try walk.run { _ in } } catch { report.problem = error }
    report.last = walk.report.last
    for (name, bytes) in walk.good where bytes > 0 {
      try copy(name, bytes: bytes, from, to)
      report.segments += 1
    }
    let names = try? from.calls.names(from.descriptor).get()
    for name in names ?? [] where SnapshotHead.number(name) != nil {
      guard let head = try? snapshotHead(name, from),
        (try? SnapshotFile.read(from, name, journal: head.journal, .proved)) != nil
      else { continue }
      try copy(name, bytes: .max, from, to)
      report.snapshots += 1
      report.last = max(report.last, head.sequence)
    }
    for name in names ?? [] {
      guard JournalStream.allCases.contains(where: { $0.number(name) != nil }) else { continue }
      try copy(name, bytes: .max, from, to)
    }
    if let error = to.syncFolder() { throw .system("sync \(target)", error) }
    return report
  }

  private static func folder(
    _ path: String, _ calls: any FileCalls
  ) throws(JournalProblem) -> Folder {
    let descriptor = calls.openFolder(path)
    if descriptor < 0 { throw .system("open \(path)", SystemError(-descriptor)) }
    return Folder(calls: calls, descriptor: descriptor)
  }

  private static func snapshotHead(
    _ name: String, _ folder: Folder
  ) throws(JournalProblem) -> SnapshotHead {
    let file = try folder.opened(name)
    defer { folder.close(file) }
    var room = [UInt8](repeating: 0, count: SnapshotHead.size)
    if case .failure(let error) = room.withUnsafeMutableBytes({ folder.read(file, $0, at: 0) }) {
      throw .system("read \(name)", error)
    }
    let head = room.withUnsafeBytes { try? SnapshotHead.read($0) }
    guard let head else { throw JournalProblem.damage(name, 0, lastGood: 0, "the head is damaged") }
    return head
  }

  /// The first bytes of a file into another folder, synced and compared.
  static func copy(
    _ name: String, as other: String? = nil, bytes most: Int64, _ from: Folder, _ to: Folder
  ) throws(JournalProblem) {
    let source = try from.opened(name)
    defer { from.close(source) }
    let target = try to.opened(other ?? name, .new)
    defer { to.close(target) }
    let end = min(most, try from.status(source, name).bytes)
    var room = [UInt8](repeating: 0, count: 1 << 20)
    var again = room
    var offset: Int64 = 0
    while offset < end {
      let count = Int(min(Int64(room.count), end - offset))
      let problem: SystemError? = room.withUnsafeMutableBytes { raw in
        let piece = UnsafeMutableRawBufferPointer(rebasing: raw[..<count])
        guard case .success(count) = from.read(source, piece, at: offset) else {
          return SystemError(EIO)
        }
        return to.write(target, UnsafeRawBufferPointer(piece), at: offset)
      }
      if let problem { throw .system("copy \(name)", problem) }
      offset += Int64(count)
    }
    if let error = to.sync(target) { throw .system("sync the copy of \(name)", error) }
    to.calls.forget(target)
    offset = 0
    while offset < end {
      let count = Int(min(Int64(room.count), end - offset))
      let isSame = room.withUnsafeMutableBytes { one in
        again.withUnsafeMutableBytes { other in
          let first = UnsafeMutableRawBufferPointer(rebasing: one[..<count])
          let second = UnsafeMutableRawBufferPointer(rebasing: other[..<count])
          guard case .success(count) = from.read(source, first, at: offset),
            case .success(count) = to.read(target, second, at: offset),
            let a = first.baseAddress, let b = second.baseAddress
          else { return false }
          return memcmp(a, b, count) == 0
        }
      }
      guard isSame else {
        throw JournalProblem(.damaged, "the copy of \(name) differs at offset \(offset)")
      }
      offset += Int64(count)
    }
  }

  /// Moves segments that a verified snapshot covers into `target`, made when it is not there; the newest stays,
  /// and so does what the older of two snapshots needs. The moved ones with those that stay are one chain. How many.
  @discardableResult
  package func archive(into target: String) throws(JournalProblem) -> Int {
    let made = calls.makeFolder(target)
    if made < 0, made != -EEXIST { throw .system("make \(target)", SystemError(-made)) }
    let to = try Self.folder(target, calls)
    defer { to.close(to.descriptor) }
    let result: Result<Int, JournalProblem> = work.held {
      do throws(JournalProblem) { return .success(try moveCovered(to)) } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  private func moveCovered(_ to: Folder) throws(JournalProblem) -> Int {
    let covered = covered
    var count = 0
    while writer.written.count > 1, let first = writer.written.first, first.last <= covered {
      let name = SegmentHead.name(first.number)
      try Self.copy(name, bytes: .max, folder, to)
      if let error = to.syncFolder() { throw .system("sync the archive", error) }
      if let error = folder.remove(name) { throw .system("remove \(name)", error) }
      writer.forget(first.number)
      count += 1
    }
    if let error = folder.syncFolder() { throw .system("sync the journal's folder", error) }
    return count
  }
}
