// Paths and folders, asked of the system itself.

import Glibc

package enum Paths {
  /// From the root, without slashes at the end. Links and ".." stay as they are given.
  package static func absolute(_ path: String) -> String {
    var whole = path
    if !path.hasPrefix("/"), let here = getcwd(nil, 0) {
      whole = "\(String(cString: here))/\(path)"
      free(here)
    }
    while whole.utf8.count > 1, whole.hasSuffix("/") { whole.removeLast() }
    return whole
  }

  /// What a folder or file is called: the last part of its path, once "." and ".." are followed.
  package static func name(of path: String) -> String {
    var parts: [Substring] = []
    for part in absolute(path).split(separator: "/") where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return parts.last.map(String.init) ?? "/"
  }

  /// The name without what follows its last dot.
  package static func title(of path: String) -> String {
    let name = name(of: path)
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return name }
    return String(name[..<dot])
  }

  /// Links are followed.
  package static func isThere(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// The names in a folder, in order; none when it cannot be read.
  package static func names(in folder: String) -> [String] {
    guard let list = opendir(folder) else { return [] }
    defer { closedir(list) }
    var names: [String] = []
    while let entry = readdir(list) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// A folder with all that is in it. Links are removed, what they lead to stays.
  package static func remove(_ folder: String) {
    for name in names(in: folder) {
      let path = "\(folder)/\(name)"
      var facts = stat()
      if lstat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR {
        remove(path)
      } else {
        unlink(path)
      }
    }
    rmdir(folder)
  }
}
