// A journal that a run of the tool writes: every position and street time in it, so that everything can be decided
// anew.

import Glibc

package struct HostJournal: Equatable, Sendable {
  package var folder: String
  /// 0 = the header's default.
  package var ring_bytes = 0

  package init(_ folder: String, ring_bytes: Int = 0) {
    self.folder = folder
    self.ring_bytes = ring_bytes
  }

  /// Removes one that nobody has open.
  package static func remove(_ folder: String) {
    guard let list = opendir(folder) else { return }
    var names: [String] = []
    while let entry = readdir(list) { names.append(Self.name(entry)) }
    closedir(list)
    for name in names where name != "." && name != ".." { unlink("\(folder)/\(name)") }
    rmdir(folder)
  }

  private static func name(_ entry: UnsafeMutablePointer<dirent>) -> String {
    withUnsafePointer(to: &entry.pointee.d_name) {
      $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
  }

  /// Refuses a folder that holds something: a run begins with nothing known.
  package static func check(_ folder: String, option: String) throws(Failed) {
    guard !folder.isEmpty else {
      throw Failed("\(option) is empty", .give("it", "a folder to make"))
    }
    var facts = stat()
    guard stat(folder, &facts) == 0 else {
      let parent = Output.folder(of: folder)
      guard stat(parent, &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR else {
        throw Failed(
          field: "\(option) \(folder)", "there is no folder \(parent)",
          .mend("make it, or give \(option) another path"))
      }
      return
    }
    guard facts.st_mode & S_IFMT == S_IFDIR, let list = opendir(folder) else {
      throw Failed("\(option) \(folder) is no folder", .give("it", "a folder to make"))
    }
    defer { closedir(list) }
    while let entry = readdir(list) {
      let name = name(entry)
      if name == "." || name == ".." { continue }
      throw Failed(
        field: "\(option) \(folder)", "\(name) is in it", .give(option, "a folder that is new"))
    }
  }
}
