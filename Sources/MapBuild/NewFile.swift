// A file that appears whole or not at all: a temporary file beside it, flushed, looked at, then renamed.

import Glibc

enum NewFile {
  /// `pieces` shows what is to be written, and stops when it is told false; `check` looks at the file before it takes
  /// its place. What fails leaves the place as it was, and nothing beside it.
  static func make<Checked>(
    _ path: String, _ pieces: ((UnsafeRawBufferPointer) -> Bool) -> Bool,
    check: (String) throws(MapBuildError) -> Checked
  ) throws(MapBuildError) -> Checked {
    func failed(_ number: Int32) -> MapBuildError {
      .writing(path: path, reason: String(cString: strerror(number)))
    }
    let temporary = path + ".part\(getpid())"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw failed(errno) }
    let isWhole = pieces { put($0, descriptor) } && fsync(descriptor) == 0
    let number = errno
    close(descriptor)
    do throws(MapBuildError) {
      guard isWhole else { throw failed(number) }
      let checked = try check(temporary)
      guard rename(temporary, path) == 0 else { throw failed(errno) }
      return checked
    } catch {
      unlink(temporary)
      throw error
    }
  }

  private static func put(_ bytes: UnsafeRawBufferPointer, _ descriptor: Int32) -> Bool {
    var rest = bytes
    while let start = rest.baseAddress, rest.count > 0 {
      let count = write(descriptor, start, rest.count)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return false }
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
    return true
  }
}
