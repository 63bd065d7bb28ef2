// Where results are written: onto regular files only. A device, a pipe or a folder named by mistake is refused before
// the work begins, not after it.

import Glibc
import HujiaFiles

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
    guard lstat(path, &facts) != 0 else {
      throw Failed("\(option) \(path) is a link to nothing", .give("it", "the file itself"))
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

  /// The file appears whole or stays as it was, with the owner and mode it had.
  package static func write(_ text: String, to path: String, option: String) throws(Failed) {
    let bytes = Array(text.utf8)
    try write(path, option: option) { put in bytes.withUnsafeBytes(put) }
  }

  package static func write(
    _ bytes: UnsafeRawBufferPointer, to path: String, option: String
  ) throws(Failed) {
    try write(path, option: option) { put in put(bytes) }
  }

  private static func write(
    _ path: String, option: String, _ pieces: ((UnsafeRawBufferPointer) -> Bool) -> Bool
  ) throws(Failed) {
    try check(path, option: option)
    try NewFile.make(path, pieces) {
      (_: String) throws(Failed) in
    } refused: {
      Failed(
        "cannot write \(path) (\($0))",
        .give(option, "a path in a folder that you may write to, with room for it"))
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
