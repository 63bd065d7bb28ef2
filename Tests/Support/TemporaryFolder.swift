import Glibc

/// A new empty folder; it and all that is in it go when this goes.
package final class TemporaryFolder {
  package let path: String

  package init() {
    let base = environment("TMPDIR") ?? "/tmp"
    var template = Array("\(base)/hujia-test-XXXXXX".utf8CString)
    path = template.withUnsafeMutableBufferPointer { buffer in
      guard let start = buffer.baseAddress, mkdtemp(start) != nil else {
        preconditionFailure("no temporary folder in \(base)")
      }
      return String(cString: start)
    }
  }

  package func file(_ name: String) -> String { "\(path)/\(name)" }

  /// Writes bytes and gives the file's path.
  @discardableResult
  package func save(_ bytes: [UInt8], as name: String) -> String {
    let path = file(name)
    let handle = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    let count = bytes.withUnsafeBytes { write(handle, $0.baseAddress, $0.count) }
    close(handle)
    precondition(count == bytes.count)
    return path
  }

  @discardableResult
  package func save(_ text: String, as name: String) -> String { save(Array(text.utf8), as: name) }

  /// What a file in it holds; nothing when there is none.
  package func bytes(of name: String) -> [UInt8] {
    let handle = open(file(name), O_RDONLY)
    guard handle >= 0 else { return [] }
    defer { close(handle) }
    var bytes = [UInt8](repeating: 0, count: max(Int(lseek(handle, 0, SEEK_END)), 0))
    let count = bytes.withUnsafeMutableBytes { pread(handle, $0.baseAddress, $0.count, 0) }
    precondition(count == bytes.count)
    return bytes
  }

  /// The names of what is in it.
  package var names: [String] { Self.names(path) }

  private static func names(_ path: String) -> [String] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  private static func remove(_ path: String) {
    if unlink(path) == 0 { return }
    for name in names(path) { remove("\(path)/\(name)") }
    rmdir(path)
  }

  deinit { Self.remove(path) }
}
