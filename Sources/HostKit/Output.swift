// Where results are written: onto regular files only. A device, a pipe or a folder named by mistake is refused before
// the work begins, not after it.

import Glibc

package enum Output {
  /// Refuses a path that is there and is no regular file (links are followed), and one in a folder that is not there.
  package static func check(_ path: String, option: String) throws(Failed) {
    guard !path.isEmpty else { throw Failed("\(option) is empty", .give("it", "a file to write")) }
    var facts = stat()
    if stat(path, &facts) == 0 {
      guard facts.st_mode & S_IFMT == S_IFREG else {
        throw Failed(
          "\(option) \(path) is \(kind(facts.st_mode))", .give("it", "a file to write"))
      }
      return
    }
    let parent = folder(of: path)
    guard stat(parent, &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR else {
      throw Failed(
        field: "\(option) \(path)", "there is no folder \(parent)",
        .mend("make it, or give \(option) another path"))
    }
  }

  /// "." for a name alone.
  package static func folder(of path: String) -> String {
    let bytes = path.utf8
    guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == bytes.startIndex ? "/" : String(path[..<slash])
  }

  private static func kind(_ mode: mode_t) -> String {
    switch mode & S_IFMT {
    case S_IFDIR: return "a folder"
    case S_IFIFO: return "a pipe"
    case S_IFSOCK: return "a socket"
    default: return "a device"
    }
  }

  /// The file appears whole or stays as it was.
  package static func write(_ text: String, to path: String, option: String) throws(Failed) {
    try check(path, option: option)
    func failed(_ number: Int32) -> Failed {
      Failed(
        "cannot write \(path) (\(String(cString: strerror(number))))",
        .give(option, "a path in a folder that exists"))
    }
    // Behind a link stands the file itself.
    var place = path
    if let real = realpath(path, nil) {
      place = String(cString: real)
      free(real)
    }
    let temporary = "\(place).part\(getpid())"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw failed(errno) }
    var text = text
    let isWhole = text.withUTF8 { put(UnsafeRawBufferPointer($0), descriptor) }
    let number = errno
    guard isWhole, Glibc.close(descriptor) == 0, rename(temporary, place) == 0 else {
      let reason = isWhole ? errno : number
      unlink(temporary)
      throw failed(reason)
    }
  }

  static func put(_ bytes: UnsafeRawBufferPointer, _ descriptor: Int32) -> Bool {
    var rest = bytes
    while let start = rest.baseAddress, rest.count > 0 {
      let count = Glibc.write(descriptor, start, rest.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
    return true
  }

  /// A folder and those above it.
  package static func makeFolder(_ path: String, option: String) throws(Failed) {
    var facts = stat()
    if stat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR { return }
    let parent = folder(of: path)
    if parent != path, parent != "." { try makeFolder(parent, option: option) }
    guard mkdir(path, 0o777) == 0 || errno == EEXIST else {
      throw Failed(
        "cannot write into \(path) (\(String(cString: strerror(errno))))",
        .give(option, "a folder you may write to"))
    }
  }

  /// A path where the system keeps what is soon removed.
  package static func temporary(_ name: String) -> String {
    let given = getenv("TMPDIR").map { String(cString: $0) } ?? ""
    let folder = given.isEmpty ? "/tmp" : given
    return folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
  }

  /// What `print` has kept back goes out.
  package static func flush() { fflush(nil) }

  /// Standard error: progress and remarks. Standard output holds results alone.
  package static func remark(_ text: String) {
    var text = text
    _ = text.withUTF8 { put(UnsafeRawBufferPointer($0), 2) }
  }
}
