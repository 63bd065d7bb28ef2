// One engine a folder: a POSIX record lock on LOCK, and a table in the process, because such a lock holds off other
// processes only. (A forked child would keep the other kinds of lock.) The system lets go of it when the process closes
// any descriptor of the file. So LOCK is opened under the table's gate alone, and because a host may close what it
// likes, the lock is taken again before each batch. Must never: open LOCK of a folder that this process holds.

import Glibc
import Synchronization

struct FolderLock {
  var file: Int32
  let folder: FileStatus
  let status: FileStatus
  var page: LockPage

  /// The lock and what stands beside it; then the status of the folder, and of LOCK. A new journal has no page yet.
  static func take(
    _ folder: Folder, path: String
  ) throws(JournalProblem) -> (Int32, FileStatus, FileStatus, LockPage?) {
    let own = try folder.status(folder.descriptor, path)
    HeldFolders.gate.lock()
    defer { HeldFolders.gate.unlock() }
    guard HeldFolders.holder(of: own) == nil else {
      throw locked(path, "an engine of this process")
    }
    let file = try folder.opened(LockPage.name, .writeOrNew)
    do throws(JournalProblem) {
      let status = try folder.status(file, LockPage.name)
      guard status.isFile else { throw JournalProblem(.foreign, "LOCK is no regular file") }
      let answer = folder.steadily { folder.calls.lock(file) }
      if answer == -EACCES || answer == -EAGAIN { throw locked(path, "another process") }
      if answer < 0 { throw .system("lock \(path)", SystemError(-answer)) }
      HeldFolders.add(own, file, status)
      do throws(JournalProblem) {
        return (file, own, status, try LockPage.read(folder, file))
      } catch {
        // A call that was left behind may still come to the file: until then it is nobody else's.
        if !folder.calls.later({ HeldFolders.remove(own) }) { HeldFolders.drop(own) }
        throw error
      }
    } catch {
      folder.close(file)
      throw error
    }
  }

  /// What LOCK says: read through the holder's own descriptor where that is in this process. nil: there
  /// is none.
  static func page(_ folder: Folder) throws(JournalProblem) -> LockPage? {
    let own = try folder.status(folder.descriptor, "the folder")
    HeldFolders.gate.lock()
    defer { HeldFolders.gate.unlock() }
    if let held = HeldFolders.holder(of: own),
      case .success(let now) = folder.calls.status(held.file), now.isSame(held.status)
    {
      return try LockPage.read(folder, held.file)
    }
    guard case .success(let file) = folder.open(LockPage.name, .read) else { return nil }
    defer { folder.close(file) }
    return try LockPage.read(folder, file)
  }

  /// Whether there is a LOCK, whatever stands in it.
  static func exists(_ folder: Folder) throws(JournalProblem) -> Bool {
    switch folder.calls.names(folder.descriptor) {
    case .success(let names): return names.contains(LockPage.name)
    case .failure(let error): throw .system("list the folder", error)
    }
  }

  private static func locked(_ path: String, _ holder: String) -> JournalProblem {
    JournalProblem(.locked, "\(path) is in use by \(holder): close it first, or use another folder")
  }

  mutating func write(_ folder: Folder) -> SystemError? { page.write(folder, file) }

  /// Whether folder and file are still those of the beginning, and the lock is ours.
  func isHeld(_ folder: Folder) -> Bool {
    guard case .success(let now) = folder.calls.status(folder.descriptor), now.isSame(self.folder),
      case .success(let own) = folder.calls.status(file), own.isSame(status)
    else { return false }
    return folder.steadily { folder.calls.lock(file) } >= 0
  }

  enum Regained {
    case folder(Folder)
    /// The folder is another one now, or another process has the lock.
    case lost
    /// The system refused a call: it may not refuse the next.
    case failed(SystemError)
  }

  /// The folder and the lock anew, where the host has closed the descriptors.
  mutating func again(
    _ path: String, _ calls: any FileCalls, newestFormat: UInt32
  ) -> Regained {
    let descriptor = calls.openFolder(path)
    guard descriptor >= 0 else { return .failed(SystemError(-descriptor)) }
    let folder = Folder(calls: calls, descriptor: descriptor, newestFormat: newestFormat)
    var opened: Int32?
    let result = again(folder, &opened)
    if case .folder = result, let opened {
      file = opened
      HeldFolders.move(self.folder, to: opened)
      return result
    }
    if let opened { folder.close(opened) }
    folder.close(descriptor)
    return result
  }

  private func again(_ folder: Folder, _ opened: inout Int32?) -> Regained {
    switch folder.calls.status(folder.descriptor) {
    case .failure(let error): return .failed(error)
    case .success(let now): if !now.isSame(self.folder) { return .lost }
    }
    switch folder.open(LockPage.name, .write) {
    case .failure(let error): return error.number == ENOENT ? .lost : .failed(error)
    case .success(let file):
      opened = file
      switch folder.calls.status(file) {
      case .failure(let error): return .failed(error)
      case .success(let own): if !own.isSame(status) { return .lost }
      }
      let answer = folder.steadily { folder.calls.lock(file) }
      if answer >= 0 { return .folder(folder) }
      return answer == -EAGAIN || answer == -EACCES ? .lost : .failed(SystemError(-answer))
    }
  }

  func release(_ folder: Folder) {
    if case .success(let own) = folder.calls.status(file), own.isSame(status) { folder.close(file) }
    HeldFolders.remove(self.folder)
  }
}

/// The folders that engines of this process have, by their own identity: LOCK need not be opened to know it.
enum HeldFolders {
  struct Held {
    let folder: FileStatus
    var file: Int32
    /// Of LOCK.
    let status: FileStatus
  }

  private final class Table: @unchecked Sendable {
    let process = getpid()
    let gate = Gate()
    var held: [Held] = []
  }

  /// Address of the newest table; 0 = none yet.
  private static let newest = Atomic<UInt>(0)

  /// Of this process. A forked child begins with one of its own: what its parent had does not count (the lock tells),
  /// and the parent's gate may be shut for ever.
  private static var table: Table {
    while true {
      let now = newest.load(ordering: .acquiring)
      if let known = UnsafeRawPointer(bitPattern: now) {
        let table = Unmanaged<Table>.fromOpaque(known).takeUnretainedValue()
        if table.process == getpid() { return table }
      }
      let made = Unmanaged.passRetained(Table())
      let (isOurs, _) = newest.compareExchange(
        expected: now, desired: UInt(bitPattern: made.toOpaque()), ordering: .acquiringAndReleasing)
      if !isOurs { made.release() }
    }
  }

  static var gate: Gate { table.gate }

  /// Under the gate.
  static func holder(of folder: FileStatus) -> Held? {
    table.held.first { $0.folder.isSame(folder) }
  }

  /// Under the gate.
  static func add(_ folder: FileStatus, _ file: Int32, _ status: FileStatus) {
    table.held.append(Held(folder: folder, file: file, status: status))
  }

  /// The host had closed the descriptor: it is another one now.
  static func move(_ folder: FileStatus, to file: Int32) {
    let table = table
    table.gate.held {
      for index in table.held.indices where table.held[index].folder.isSame(folder) {
        table.held[index].file = file
      }
    }
  }

  static func remove(_ folder: FileStatus) {
    let table = table
    table.gate.held { table.held.removeAll { $0.folder.isSame(folder) } }
  }

  /// Under the gate.
  static func drop(_ folder: FileStatus) { table.held.removeAll { $0.folder.isSame(folder) } }

  /// All of a file system: tests let a process die without its end.
  static func forget(device: UInt64) {
    let table = table
    table.gate.held { table.held.removeAll { $0.folder.device == device } }
  }
}
