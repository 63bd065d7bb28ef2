// Opens the files that a host names. A path may name anything: a pipe without a writer, a terminal, a tape. Must never:
// wait, have a side effect on a device, hand out one of the descriptors 0 to 2.

import Glibc

/// A regular file, open for reading. Closed when it goes.
package struct RegularFile: ~Copyable {
  /// 3 or more, also where the host has closed its standard descriptors.
  package let descriptor: Int32
  package let size_bytes: Int

  /// Why a path was refused, in words that end in "… cannot open PATH: REASON".
  package struct Refusal: Error {
    package var reason: String
  }

  package init(path: String) throws(Refusal) {
    var facts = stat()
    // Before it is opened: opening a device may already do something.
    guard stat(path, &facts) == 0 else { throw .lastError }
    try Self.checkKind(facts)
    let opened = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard opened >= 0 else { throw .lastError }
    let descriptor = try Self.aboveStandard(opened)
    // What is open counts: the path may have come to name something else meanwhile.
    guard fstat(descriptor, &facts) == 0 else {
      let refusal = Refusal.lastError
      close(descriptor)
      throw refusal
    }
    do throws(Refusal) { try Self.checkKind(facts) } catch {
      close(descriptor)
      throw error
    }
    self.descriptor = descriptor
    size_bytes = Int(facts.st_size)
  }

  deinit { close(descriptor) }

  /// Fills `bytes` from the start of the file; false when the file ends before, or cannot be read.
  package func read(into bytes: UnsafeMutableRawBufferPointer) -> Bool {
    var filled = 0
    while filled < bytes.count, let base = bytes.baseAddress {
      let count = pread(descriptor, base + filled, bytes.count - filled, off_t(filled))
      if count < 0, errno == EINTR { continue }
      if count <= 0 { return false }
      filled += count
    }
    return true
  }

  private static func checkKind(_ facts: stat) throws(Refusal) {
    let kind = facts.st_mode & S_IFMT
    if kind == S_IFREG { return }
    let name: String
    switch kind {
    case S_IFDIR: name = "a folder"
    case S_IFIFO: name = "a pipe"
    case S_IFSOCK: name = "a socket"
    case S_IFCHR, S_IFBLK: name = "a device"
    default: name = "something else"
    }
    throw Refusal(reason: "it is \(name): name a regular file")
  }

  /// `opened`, or its copy from 3 upwards where it is one of 0 to 2.
  private static func aboveStandard(_ opened: Int32) throws(Refusal) -> Int32 {
    guard opened <= 2 else { return opened }
    let moved = fcntl(opened, F_DUPFD_CLOEXEC, 3)
    let refusal = Refusal.lastError
    close(opened)
    guard moved >= 0 else { throw refusal }
    return moved
  }
}

extension RegularFile.Refusal {
  /// The error of the system call that has just failed.
  fileprivate static var lastError: Self { Self(reason: String(cString: strerror(errno))) }
}
