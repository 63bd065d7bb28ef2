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

  /// The folder and the lock anew, where the host has closed the descriptors. nil: it is another's now.
  mutating func again(_ path: String, _ calls: any FileCalls) -> Folder? {
    let descriptor = calls.openFolder(path)
    guard descriptor >= 0 else { return nil }
    let folder = Folder(calls: calls, descriptor: descriptor)
    guard case .success(let now) = calls.status(descriptor), now.isSame(self.folder),
      case .success(let file) = folder.open(LockPage.name, .write)
    else {
      folder.close(descriptor)
      return nil
    }
    guard case .success(let own) = calls.status(file), own.isSame(status),
      folder.steadily({ calls.lock(file) }) >= 0
    else {
      folder.close(file)
      folder.close(descriptor)
      return nil
    }
    self.file = file
    return folder
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

  static func remove(_ status: FileStatus) {
    table.gate.held {
      table.held.removeAll { $0.device == status.device && $0.node == status.node }
    }
  }
}
