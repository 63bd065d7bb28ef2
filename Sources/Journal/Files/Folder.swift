// The journal's folder, and its files read and written whole. Interrupted and short calls are gone on with here; any
// other error ends the call. Must never: close a descriptor that is no longer ours.

import Glibc

/// A folder that stays open, so that a changed working directory or a renamed parent cannot lead elsewhere.
struct Folder: Sendable {
  let calls: any FileCalls
  let descriptor: Int32
  /// What is later than this is refused by its number.
  var newestFormat = JournalFormat.newest

  /// Goes on where a signal came between. 0, or the error number.
  func steadily(_ body: () -> Int32) -> Int32 {
    while true {
      let result = body()
      if result != -EINTR { return result }
    }
  }

  func write(
    _ file: Int32, _ bytes: UnsafeRawBufferPointer, at offset: Int64
  ) -> SystemError? {
    var done = 0
    while done < bytes.count {
      let count = calls.write(
        file, UnsafeRawBufferPointer(rebasing: bytes[done...]), at: offset + Int64(done))
      if count == -Int(EINTR) { continue }
      if count < 0 { return SystemError(Int32(-count)) }
      if count == 0 { return SystemError(EIO) }
      done += count
    }
    return nil
  }

  /// How many bytes there were, at most as many as there is room.
  func read(
    _ file: Int32, _ into: UnsafeMutableRawBufferPointer, at offset: Int64
  ) -> Result<Int, SystemError> {
    var done = 0
    while done < into.count {
      let count = calls.read(
        file, UnsafeMutableRawBufferPointer(rebasing: into[done...]), at: offset + Int64(done))
      if count == -Int(EINTR) { continue }
      if count < 0 { return .failure(SystemError(Int32(-count))) }
      if count == 0 { break }
      done += count
    }
    return .success(done)
  }

  func open(_ name: String, _ how: OpenHow) -> Result<Int32, SystemError> {
    let file = steadily { calls.open(descriptor, name, how) }
    return file < 0 ? .failure(SystemError(-file)) : .success(file)
  }

  /// After an error of `close` the descriptor is gone as well.
  func close(_ file: Int32) { _ = calls.close(file) }

  func syncData(_ file: Int32) -> SystemError? { error(steadily { calls.syncData(file) }) }
  func sync(_ file: Int32) -> SystemError? { error(steadily { calls.sync(file) }) }
  func syncFolder() -> SystemError? { sync(descriptor) }

  func reserve(_ file: Int32, bytes: Int64) -> SystemError? {
    error(steadily { calls.reserve(file, bytes: bytes) })
  }

  func truncate(_ file: Int32, bytes: Int64) -> SystemError? {
    error(steadily { calls.truncate(file, bytes: bytes) })
  }

  func rename(_ from: String, _ to: String) -> SystemError? {
    error(steadily { calls.rename(descriptor, from, to) })
  }

  func remove(_ name: String) -> SystemError? {
    error(steadily { calls.remove(descriptor, name) })
  }

  private func error(_ result: Int32) -> SystemError? {
    result < 0 ? SystemError(-result) : nil
  }

  /// What a file holds, whole. nil: it is longer than `most`.
  func contents(_ name: String, most: Int64) throws(JournalProblem) -> [UInt8]? {
    var bytes: [UInt8] = []
    guard let count = try contents(name, most: most, into: &bytes) else { return nil }
    bytes.removeLast(bytes.count - count)
    return bytes
  }

  /// As above, in room that grows and is used again: the system gives and clears each page of it once. How much of the
  /// room the file fills.
  func contents(
    _ name: String, most: Int64, into room: inout [UInt8]
  ) throws(JournalProblem) -> Int? {
    let file = try opened(name)
    defer { close(file) }
    let status = try self.status(file, name)
    guard status.isFile else { throw JournalProblem(.foreign, "\(name) is no regular file") }
    guard status.bytes <= most else { return nil }
    let count = Int(status.bytes)
    if room.count < count { room = [UInt8](repeating: 0, count: count) }
    let result = room.withUnsafeMutableBytes {
      read(file, UnsafeMutableRawBufferPointer(rebasing: $0[..<count]), at: 0)
    }
    switch result {
    case .success(let count): return count
    case .failure(let error): throw .system("read \(name)", error)
    }
  }

  /// How long a file is; 0 where it cannot be told.
  func bytes(of name: String) -> Int64 {
    guard case .success(let file) = open(name, .read) else { return 0 }
    defer { close(file) }
    return (try? status(file, name).bytes) ?? 0
  }

  func opened(_ name: String, _ how: OpenHow = .read) throws(JournalProblem) -> Int32 {
    switch open(name, how) {
    case .success(let file): return file
    case .failure(let error): throw .system("open \(name)", error)
    }
  }

  func status(_ file: Int32, _ name: String) throws(JournalProblem) -> FileStatus {
    switch calls.status(file) {
    case .success(let status): return status
    case .failure(let error): throw .system("look at \(name)", error)
    }
  }
}

extension JournalProblem {
  static func system(_ what: String, _ error: SystemError) -> JournalProblem {
    JournalProblem(
      .system, "cannot \(what): \(String(cString: strerror(error.number)))", errno: error.number)
  }
}
