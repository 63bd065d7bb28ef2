// Where results are written: onto regular files only. A device, a pipe or a folder named by mistake is refused before
// the work begins, not after it.

import Foundation

enum Output {
  /// Refuses a path that is there and is no regular file (links are followed), and one in a folder that is not there.
  static func check(_ path: String, option: String) throws {
    guard !path.isEmpty else { throw Failed("\(option) is empty: give it a file to write") }
    var facts = stat()
    if stat(path, &facts) == 0 {
      guard facts.st_mode & S_IFMT == S_IFREG else {
        throw Failed("\(option) \(path) is \(kind(facts.st_mode)): give it a file to write")
      }
      return
    }
    let folder = (path as NSString).deletingLastPathComponent
    let parent = folder.isEmpty ? "." : folder
    guard stat(parent, &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR else {
      throw Failed("\(option) \(path): there is no folder \(parent)")
    }
  }

  private static func kind(_ mode: mode_t) -> String {
    switch mode & S_IFMT {
    case S_IFDIR: return "a folder"
    case S_IFIFO: return "a pipe"
    case S_IFSOCK: return "a socket"
    default: return "a device"
    }
  }
}
