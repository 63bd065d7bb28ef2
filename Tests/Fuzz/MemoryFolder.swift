// A folder in memory that can be read, and nothing else.

import Glibc

@testable import HujiaJournal

/// One for all executions, with other files in each.
final class MemoryFolder: FileCalls, @unchecked Sendable {
  /// What a descriptor is of: its number less `first`.
  private var files: [(name: String, bytes: UnsafeRawBufferPointer)] = []
  private static var first: Int32 { 10 }
  private static var itself: Int32 { 3 }

  func clear() { files.removeAll(keepingCapacity: true) }

  func add(_ name: String, _ bytes: UnsafeRawBufferPointer) {
    if bytes.count > 0 { files.append((name, bytes)) }
  }

  private func bytes(_ descriptor: Int32) -> UnsafeRawBufferPointer? {
    let index = Int(descriptor) - Int(Self.first)
    return files.indices.contains(index) ? files[index].bytes : nil
  }

  func openFolder(_ path: String) -> Int32 { path == "/journal" ? Self.itself : -ENOENT }
  func open(_ folder: Int32, _ name: String, _ how: OpenHow) -> Int32 {
    guard how == .read else { return -EROFS }
    guard let index = files.firstIndex(where: { $0.name == name }) else { return -ENOENT }
    return Self.first + Int32(index)
  }
  func close(_ descriptor: Int32) -> Int32 { 0 }
  func read(
    _ descriptor: Int32, _ into: UnsafeMutableRawBufferPointer, at offset: Int64
  ) -> Int {
    guard let bytes = bytes(descriptor), offset >= 0 else { return -Int(EBADF) }
    guard offset < Int64(bytes.count) else { return 0 }
    let count = min(into.count, bytes.count - Int(offset))
    let from = Int(offset)
    into.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[from..<from + count]))
    return count
  }
  func status(_ descriptor: Int32) -> Result<FileStatus, SystemError> {
    .success(
      FileStatus(
        device: 1, node: UInt64(descriptor), bytes: Int64(bytes(descriptor)?.count ?? 0), owner: 0,
        mode: 0o600, links: 1, isFile: true))
  }
  func names(_ folder: Int32) -> Result<[String], SystemError> { .success(files.map(\.name)) }

  func makeFolder(_ path: String) -> Int32 { -EROFS }
  func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, at offset: Int64) -> Int {
    -Int(EROFS)
  }
  func syncData(_ descriptor: Int32) -> Int32 { 0 }
  func sync(_ descriptor: Int32) -> Int32 { 0 }
  func reserve(_ descriptor: Int32, bytes: Int64) -> Int32 { -EROFS }
  func truncate(_ descriptor: Int32, bytes: Int64) -> Int32 { -EROFS }
  func rename(_ folder: Int32, _ from: String, _ to: String) -> Int32 { -EROFS }
  func remove(_ folder: Int32, _ name: String) -> Int32 { -EROFS }
  func lock(_ descriptor: Int32) -> Int32 { 0 }
  func kind(_ descriptor: Int32) -> FileSystemKind { .disk }
  func forget(_ descriptor: Int32) {}
  func mapRing(
    _ descriptor: Int32, shared: Int, ring: Int, error: inout Int32
  ) -> UnsafeMutableRawPointer? { nil }
  func unmapRing(_ start: UnsafeMutableRawPointer, shared: Int, ring: Int) {}
  func anonymous() -> Int32 { -EROFS }
  func bootID() -> JournalID { .none }
  func randomID() -> JournalID { .none }
  func user() -> UInt32 { 0 }
  func now_ns() -> Int64 { 0 }
  func wall_us() -> Int64 { 0 }
}

/// A host's hook that opens what begins with the right byte, and takes as much of it as the next one says.
final class OddSeal: JournalSeal, @unchecked Sendable {
  let name = "odd"

  func seal(
    _ clear: UnsafeRawBufferPointer, about: UnsafeRawBufferPointer,
    into room: UnsafeMutableRawBufferPointer
  ) -> Int? { nil }

  func open(
    _ sealed: UnsafeRawBufferPointer, named name: String, about: UnsafeRawBufferPointer,
    into room: UnsafeMutableRawBufferPointer
  ) -> Int? {
    guard sealed.count >= 2, sealed[0] & 1 == 0 else { return nil }
    let count = min(sealed.count - 2, Int(sealed[1]))
    room.copyMemory(from: UnsafeRawBufferPointer(rebasing: sealed[2..<2 + count]))
    // A host's hook may be wrong: it says that it wrote more than there was.
    return sealed[0] & 2 == 0 ? count : sealed.count + 1
  }
}
