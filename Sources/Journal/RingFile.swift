// The ring's file on a tmpfs: made, taken over from a process that died, removed. Must never: follow a link, use a file
// of another user, be named by process.

import Glibc

struct RingFile: @unchecked Sendable {
  let calls: any FileCalls
  /// Empty: memory of this process alone.
  var path: String

  struct Found {
    var ring: Ring
    var path: String
  }

  static func defaultPath(_ journal: JournalID, _ calls: any FileCalls) -> String {
    "/dev/shm/hujia-\(calls.user())-\(journal.text)"
  }

  static func stateName(_ ring: String, _ sequence: UInt64) -> String {
    "\(ring)-state-\(SegmentHead.padded(sequence, 20))"
  }

  static func split(_ path: String) -> (folder: String, name: String)? {
    guard let slash = path.lastIndex(of: "/") else { return nil }
    let name = String(path[path.index(after: slash)...])
    let folder = slash == path.startIndex ? "/" : String(path[..<slash])
    return name.isEmpty ? nil : (folder, name)
  }

  /// `none`: what it gives where there is no such folder. Not Optional's own nil: one that is made where `Result` is
  /// not known has its other bytes left as they were, and `ring?.areaBytes` of it was some of them (Swift 6.3).
  static func inside<Result>(
    _ path: String, _ calls: any FileCalls, none: Result, _ body: (Folder, String) -> Result
  ) -> Result {
    guard let (folder, name) = split(path) else { return none }
    let descriptor = calls.openFolder(folder)
    guard descriptor >= 0 else { return none }
    defer { _ = calls.close(descriptor) }
    return body(Folder(calls: calls, descriptor: descriptor), name)
  }

  // Taken over

  /// The ring that a process of this boot left. nil: it is gone, or not this journal's.
  static func takeOver(
    _ path: String, journal: JournalID, boot: JournalID, _ calls: any FileCalls
  ) -> Ring? {
    inside(path, calls, none: Ring?.none) { folder, name in
      guard case .success(let file) = folder.open(name, .write) else { return nil }
      defer { folder.close(file) }
      guard let (facts, status) = facts(folder, file), facts.journal == journal,
        facts.boot == boot
      else { return nil }
      let area = Int(facts.areaBytes)
      let capacity = Int(facts.ringBytes)
      let shared = Ring.shared(area: area)
      guard status.bytes == Int64(shared + capacity) else { return nil }
      var error: Int32 = 0
      guard let start = calls.mapRing(file, shared: shared, ring: capacity, error: &error) else {
        return nil
      }
      return Ring(start: start, areaBytes: area, capacity: capacity)
    }
  }

  /// Of a file that is ours alone.
  private static func facts(_ folder: Folder, _ file: Int32) -> (Ring.Facts, FileStatus)? {
    guard case .success(let status) = folder.calls.status(file), isOurs(status, folder.calls),
      folder.calls.kind(file) == .memory
    else { return nil }
    var page = [UInt8](repeating: 0, count: Ring.page)
    guard case .success(Ring.page) = page.withUnsafeMutableBytes({ folder.read(file, $0, at: 0) })
    else { return nil }
    return page.withUnsafeBytes { Ring.facts($0) }.map { ($0, status) }
  }

  private static func isOurs(_ status: FileStatus, _ calls: any FileCalls) -> Bool {
    status.isFile && status.owner == calls.user() && status.mode & 0o077 == 0 && status.links == 1
  }

  // Made

  /// At the first of `path` and its like that is free; nil: no tmpfs, no room.
  static func make(
    _ path: String, isDefault: Bool, _ facts: Ring.Facts, inUse: String, _ calls: any FileCalls
  ) -> Found? {
    for attempt in 0..<8 {
      let candidate = attempt == 0 ? path : "\(path)-\(attempt)"
      if candidate == inUse { continue }
      let made = inside(candidate, calls, none: Ring?.none) { folder, name in
        clearAway(folder, name, facts.journal)
        guard case .success(let file) = folder.open(name, .new) else { return nil }
        defer { folder.close(file) }
        if folder.calls.kind(file) == .memory, let ring = map(folder.calls, file, facts) {
          return ring
        }
        _ = folder.remove(name)
        return nil
      }
      if let made { return Found(ring: made, path: candidate) }
    }
    return nil
  }

  /// What a crash left half made, or an earlier boot: ours alone, and nobody's ring now, because the folder is locked.
  private static func clearAway(_ folder: Folder, _ name: String, _ journal: JournalID) {
    guard case .success(let file) = folder.open(name, .write) else { return }
    defer { folder.close(file) }
    guard case .success(let status) = folder.calls.status(file), isOurs(status, folder.calls) else {
      return
    }
    var page = [UInt8](repeating: 0, count: Ring.page)
    guard case .success = page.withUnsafeMutableBytes({ folder.read(file, $0, at: 0) }) else {
      return
    }
    let found = page.withUnsafeBytes { Ring.facts($0) }
    if found?.journal == journal || page.allSatisfy({ $0 == 0 }) { _ = folder.remove(name) }
  }

  private static func map(_ calls: any FileCalls, _ file: Int32, _ facts: Ring.Facts) -> Ring? {
    let area = Int(facts.areaBytes)
    let capacity = Int(facts.ringBytes)
    let shared = Ring.shared(area: area)
    guard calls.truncate(file, bytes: Int64(shared + capacity)) >= 0,
      calls.reserve(file, bytes: Int64(shared + capacity)) >= 0
    else { return nil }
    var error: Int32 = 0
    guard let start = calls.mapRing(file, shared: shared, ring: capacity, error: &error) else {
      return nil
    }
    let ring = Ring(start: start, areaBytes: area, capacity: capacity)
    ring.writeFacts(facts)
    return ring
  }

  /// Memory of this process alone: the journal works, and says that nothing is recorded before it is durable.
  static func makeAnonymous(_ facts: Ring.Facts, _ calls: any FileCalls) -> Found? {
    let file = calls.anonymous()
    guard file >= 0 else { return nil }
    defer { _ = calls.close(file) }
    return map(calls, file, facts).map { Found(ring: $0, path: "") }
  }

  // Let go

  /// States of ours beside the ring that a crash left: all but that one, whole or half made.
  func removeStates(but sequence: UInt64) {
    _ = Self.inside(path, calls, none: nil) { home, name -> SystemError? in
      guard case .success(let names) = calls.names(home.descriptor) else { return nil }
      let needed = Self.stateName(name, sequence)
      for found in names where found.hasPrefix("\(name)-state-") && found != needed {
        guard case .success(let file) = home.open(found, .read) else { continue }
        let status = calls.status(file)
        home.close(file)
        if case .success(let status) = status, Self.isOurs(status, calls) { _ = home.remove(found) }
      }
      return nil
    }
  }

  func remove() {
    guard !path.isEmpty else { return }
    _ = Self.inside(path, calls, none: nil) { folder, name in folder.remove(name) }
  }

  func unmap(_ ring: Ring) {
    calls.unmapRing(
      ring.start, shared: Ring.shared(area: ring.areaBytes), ring: ring.capacity)
  }
}
