// A file that appears whole or not at all: a temporary file beside it, flushed, looked at, then renamed. Links are
// followed, and a file that was there keeps its owner and mode.

import Glibc

package enum NewFile {
  /// `pieces` shows what is to be written, and stops when it is told false; `check` looks at the file before it takes
  /// its place. What fails leaves the place as it was, and nothing beside it. `refused` makes an error of a reason.
  package static func make<Checked, Fault: Error>(
    _ path: String, _ pieces: ((UnsafeRawBufferPointer) -> Bool) -> Bool,
    check: (String) throws(Fault) -> Checked, refused: (String) -> Fault
  ) throws(Fault) -> Checked {
    func failed(_ number: Int32) -> Fault { refused(String(cString: strerror(number))) }
    let place: (path: String, before: stat?)
    do throws(Refusal) { place = try Self.place(path) } catch { throw refused(error.reason) }
    let temporary = place.path + ".part\(getpid())"
    unlink(temporary)
    let descriptor = open(
      temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
      place.before?.st_mode ?? 0o644)
    guard descriptor >= 0 else { throw failed(errno) }
    if let before = place.before { keep(before, descriptor) }
    let isWhole = pieces { put($0, descriptor) } && fsync(descriptor) == 0
    let number = errno
    close(descriptor)
    do throws(Fault) {
      guard isWhole else { throw failed(number) }
      let checked = try check(temporary)
      guard rename(temporary, place.path) == 0 else { throw failed(errno) }
      return checked
    } catch {
      unlink(temporary)
      throw error
    }
  }

  private struct Refusal: Error { let reason: String }

  /// Where the file itself stands, and what is there now.
  private static func place(_ path: String) throws(Refusal) -> (path: String, before: stat?) {
    var facts = stat()
    guard stat(path, &facts) == 0 else {
      guard lstat(path, &facts) != 0 else {
        throw Refusal(reason: "it is a link to nothing: name the file itself")
      }
      return (path, nil)
    }
    guard facts.st_mode & S_IFMT == S_IFREG else {
      throw Refusal(reason: "it is no regular file")
    }
    guard let real = realpath(path, nil) else {
      throw Refusal(reason: String(cString: strerror(errno)))
    }
    defer { free(real) }
    return (String(cString: real), facts)
  }

  /// Owner and group as far as this user may give them, then the mode, which a change of owner may have cut.
  private static func keep(_ before: stat, _ descriptor: Int32) {
    if fchown(descriptor, before.st_uid, before.st_gid) != 0 {
      _ = fchown(descriptor, .max, before.st_gid)
    }
    _ = fchmod(descriptor, before.st_mode & 0o777)
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
