// One engine a folder: a POSIX record lock on LOCK, and a table in the process, because such a lock holds off other
// processes only. (A forked child would keep the other kinds of lock.) The system lets go of it when the process closes
// any descriptor of the file, which a host may do: so it is taken again before each new segment.

import Glibc

struct FolderLock {
  var file: Int32
  let folder: FileStatus
  let status: FileStatus
  var page: LockPage

  /// The lock and what stands beside it. A new journal has no page yet.
  static func take(
    _ folder: Folder, path: String
  ) throws(JournalProblem) -> (file: Int32, status: FileStatus, page: LockPage?) {
    let file = try folder.opened(LockPage.name, .writeOrNew)
    do throws(JournalProblem) {
      let status = try folder.status(file, LockPage.name)
      guard status.isFile else { throw JournalProblem(.foreign, "LOCK is no regular file") }
      guard HeldFolders.add(status) else { throw locked(path, "an engine of this process") }
      do throws(JournalProblem) {
        let answer = folder.steadily { folder.calls.lock(file) }
        if answer == -EACCES || answer == -EAGAIN { throw locked(path, "another process") }
        if answer < 0 { throw .system("lock \(path)", SystemError(-answer)) }
        return (file, status, try LockPage.read(folder, file))
      } catch {
        HeldFolders.remove(status)
        throw error
      }
    } catch {
      folder.close(file)
      throw error
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
    HeldFolders.remove(status)
  }
}

/// The folders that engines of this process have.
enum HeldFolders {
  private final class Table: @unchecked Sendable {
    let gate = Gate()
    var held: [(process: pid_t, device: UInt64, node: UInt64)] = []
  }

  private static let table = Table()

  /// False: one has it already. What a parent had does not count: its lock tells.
  static func add(_ status: FileStatus) -> Bool {
    let process = getpid()
    return table.gate.held {
      table.held.removeAll { $0.process != process }
      if table.held.contains(where: { $0.device == status.device && $0.node == status.node }) {
        return false
      }
      table.held.append((process, status.device, status.node))
      return true
    }
  }

  /// All of a file system: tests let a process die without its end.
  static func forget(device: UInt64) {
    table.gate.held { table.held.removeAll { $0.device == device } }
  }

  static func remove(_ status: FileStatus) {
    table.gate.held {
      table.held.removeAll { $0.device == status.device && $0.node == status.node }
    }
  }
}
