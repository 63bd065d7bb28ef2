// The file of the run sheet: written beside it and renamed over it. Must never: follow a link, leave its name with half
// a sheet behind it, be readable by others.

import Glibc
import HujiaJournal

struct SheetFile {
  private let calls: any FileCalls
  /// Absolute: a host may go to another folder.
  private let folder: String
  private let name: String
  private var beside: String { name + ".new" }

  init(_ path: String, calls: any FileCalls) throws(Failure) {
    self.calls = calls
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    let last = String(parts.last ?? "")
    guard !last.isEmpty, last != ".", last != "..", last.utf8.count <= 240 else {
      throw Failure(.file, field: "run_sheet_path", "run_sheet_path names no file")
    }
    name = last
    let above = parts.count > 1 ? parts.dropLast().joined(separator: "/") + "/" : "."
    guard let real = realpath(above, nil) else {
      let why = String(cString: strerror(errno))
      throw Failure(.file, field: "run_sheet_path", "its folder cannot be opened: \(why)")
    }
    folder = String(cString: real)
    free(real)
  }

  /// Writes a whole sheet: `body` gets a pen. False: something refused, and the old sheet stands as it was.
  func replace(_ body: (inout SheetPen) -> Void) -> Bool {
    let place = steadily { calls.openFolder(folder) }
    guard place >= 0 else { return false }
    defer { _ = calls.close(place) }
    _ = calls.remove(place, beside)  // of a process that was killed
    let file = steadily { calls.open(place, beside, .new) }
    guard file >= 0 else { return false }
    var pen = SheetPen(calls: calls, file: file)
    body(&pen)
    let isWhole = !pen.hasFailed && steadily { calls.syncData(file) } == 0
    let isClosed = calls.close(file) == 0
    guard isWhole, isClosed, steadily({ calls.rename(place, beside, name) }) == 0 else {
      _ = calls.remove(place, beside)
      return false
    }
    return steadily { calls.sync(place) } == 0
  }

  private func steadily(_ call: () -> Int32) -> Int32 {
    while true {
      let result = call()
      if result != -EINTR { return result }
    }
  }
}

/// Writes bytes one behind the other, until something refuses.
struct SheetPen {
  let calls: any FileCalls
  let file: Int32
  private(set) var offset: Int64 = 0
  private(set) var hasFailed = false

  init(calls: any FileCalls, file: Int32) {
    self.calls = calls
    self.file = file
  }

  mutating func write(_ bytes: UnsafeRawBufferPointer) {
    write(bytes, at: offset)
    offset += Int64(bytes.count)
  }

  mutating func write(_ bytes: UnsafeRawBufferPointer, at place: Int64) {
    var done = 0
    while done < bytes.count, !hasFailed {
      let count = calls.write(
        file, UnsafeRawBufferPointer(rebasing: bytes[done...]), at: place + Int64(done))
      if count == -Int(EINTR) { continue }
      if count <= 0 { hasFailed = true } else { done += count }
    }
  }

  /// From the beginning again.
  mutating func restart() {
    offset = 0
    if calls.truncate(file, bytes: 0) != 0 { hasFailed = true }
  }
}
