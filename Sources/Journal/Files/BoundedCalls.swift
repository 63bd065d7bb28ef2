// Calls of a disk that may stand still, while a journal is opened: each is waited for as long as the host says, and no
// longer. Behind the opening they wait as long as the disk does, as the journal's own thread may. Must never: let a
// call that was left behind meet a later one on the same disk, let go of the lock before it is back.

import Glibc
import Synchronization

/// Reads and what changes something have a lane each: a disk that takes nothing may still give what it has.
final class BoundedCalls: FileCalls, @unchecked Sendable {
  private let inner: any FileCalls
  private let folder: String
  private let most_ns: Int64
  private let reads = CallLane()
  private let changes = CallLane()
  /// Descriptors of the folder and of files in it; of others no call is bounded. Under `gate`.
  private var ofDisk: Set<Int32> = []
  private let gate = Gate()

  private enum Stage {
    static var opening: Int { 0 }
    /// A call was left behind: later ones wait for it.
    static var waiting: Int { 1 }
    static var plain: Int { 2 }
  }
  private let stage = Atomic<Int>(Stage.opening)

  init(_ inner: any FileCalls, folder: String, most_ns: Int64) {
    self.inner = inner
    self.folder = folder
    self.most_ns = most_ns
  }

  /// The disk gave nothing more: what was read is not all.
  var isDeaf: Bool { reads.isStuck }
  /// A call was left behind.
  var isStuck: Bool { reads.isStuck || changes.isStuck }

  /// From here on any thread calls, and waits as long as the disk does.
  func endOpening() {
    stage.store(isStuck ? Stage.waiting : Stage.plain, ordering: .releasing)
    reads.end()
    changes.end()
  }

  func later(_ body: @escaping () -> Void) -> Bool {
    // Behind both of them.
    let changes = changes
    return reads.after { if !changes.after(body) { body() } } || changes.after(body)
  }

  private func isOfDisk(_ descriptor: Int32) -> Bool {
    stage.load(ordering: .acquiring) != Stage.plain && gate.held { ofDisk.contains(descriptor) }
  }

  private final class Box<Value>: @unchecked Sendable {
    let gate = Gate()
    var value: Value?
    var isLeft = false
  }

  /// `lost`: what came of a call that nobody waits for any more.
  private func bounded<Value>(
    _ lane: CallLane, isOfDisk: Bool, failed: Value, lost: @escaping (Value) -> Void = { _ in },
    _ body: @escaping () -> Value
  ) -> Value {
    guard isOfDisk else { return body() }
    switch stage.load(ordering: .acquiring) {
    case Stage.opening: break
    case Stage.waiting:
      reads.wait()
      changes.wait()
      stage.store(Stage.plain, ordering: .releasing)
      return body()
    default: return body()
    }
    let box = Box<Value>()
    let begun_ns = inner.now_ns()
    let isDone = lane.carry({
      let value = body()
      let isLeft = box.gate.held {
        box.value = value
        return box.isLeft
      }
      if isLeft { lost(value) }
    }) { inner.now_ns() &- begun_ns >= most_ns }
    if isDone { return box.gate.held { box.value } ?? failed }
    let late = box.gate.held {
      box.isLeft = true
      return box.value
    }
    if let late { lost(late) }
    return failed
  }

  private func bounded(
    _ lane: CallLane, _ descriptor: Int32, _ body: @escaping () -> Int32
  ) -> Int32 {
    bounded(lane, isOfDisk: isOfDisk(descriptor), failed: -ETIMEDOUT, body)
  }

  /// Of the disk where it is made there.
  private func made(_ descriptor: Int32, isOfDisk: Bool) -> Int32 {
    guard descriptor >= 0, stage.load(ordering: .acquiring) != Stage.plain else {
      return descriptor
    }
    gate.held {
      if isOfDisk { ofDisk.insert(descriptor) } else { ofDisk.remove(descriptor) }
    }
    return descriptor
  }

  // Calls

  func openFolder(_ path: String) -> Int32 {
    let isOfDisk = path == folder
    return made(
      bounded(
        reads, isOfDisk: isOfDisk, failed: -ETIMEDOUT,
        lost: { [inner] in if $0 >= 0 { _ = inner.close($0) } }
      ) { [inner] in inner.openFolder(path) }, isOfDisk: isOfDisk)
  }

  func makeFolder(_ path: String) -> Int32 {
    bounded(changes, isOfDisk: path == folder, failed: -ETIMEDOUT) { [inner] in
      inner.makeFolder(path)
    }
  }

  func open(_ folder: Int32, _ name: String, _ how: OpenHow) -> Int32 {
    let isOfDisk = isOfDisk(folder)
    return made(
      bounded(
        how == .read ? reads : changes, isOfDisk: isOfDisk, failed: -ETIMEDOUT,
        lost: { [inner] in if $0 >= 0 { _ = inner.close($0) } }
      ) { [inner] in inner.open(folder, name, how) }, isOfDisk: isOfDisk)
  }

  /// Of LOCK it lets go of the lock: not while a call may still write.
  func close(_ descriptor: Int32) -> Int32 {
    if isOfDisk(descriptor) {
      gate.held { _ = ofDisk.remove(descriptor) }
      if later({ [inner] in _ = inner.close(descriptor) }) { return 0 }
    }
    return inner.close(descriptor)
  }

  private static var mostAtOnce: Int { 4 << 20 }

  func read(_ descriptor: Int32, _ into: UnsafeMutableRawBufferPointer, at offset: Int64) -> Int {
    guard stage.load(ordering: .acquiring) == Stage.opening, isOfDisk(descriptor) else {
      return bounded(reads, isOfDisk: isOfDisk(descriptor), failed: -Int(ETIMEDOUT)) { [inner] in
        inner.read(descriptor, into, at: offset)
      }
    }
    // Into memory of the call's own: nobody waits for one that is left behind.
    let room = UnsafeMutableRawBufferPointer.allocate(
      byteCount: min(into.count, Self.mostAtOnce), alignment: 64)
    let given: Int? = bounded(
      reads, isOfDisk: true, failed: nil, lost: { _ in room.deallocate() }
    ) { [inner] in inner.read(descriptor, room, at: offset) }
    guard let count = given else { return -Int(ETIMEDOUT) }
    if count > 0, let to = into.baseAddress, let from = room.baseAddress {
      to.copyMemory(from: from, byteCount: count)
    }
    room.deallocate()
    return count
  }

  func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, at offset: Int64) -> Int {
    guard stage.load(ordering: .acquiring) == Stage.opening, isOfDisk(descriptor) else {
      return bounded(changes, isOfDisk: isOfDisk(descriptor), failed: -Int(ETIMEDOUT)) { [inner] in
        inner.write(descriptor, bytes, at: offset)
      }
    }
    let own = Array(bytes)
    return bounded(changes, isOfDisk: true, failed: -Int(ETIMEDOUT)) { [inner] in
      own.withUnsafeBytes { inner.write(descriptor, $0, at: offset) }
    }
  }

  func syncData(_ descriptor: Int32) -> Int32 {
    bounded(changes, descriptor) { [inner] in inner.syncData(descriptor) }
  }
  func sync(_ descriptor: Int32) -> Int32 {
    bounded(changes, descriptor) { [inner] in inner.sync(descriptor) }
  }
  func reserve(_ descriptor: Int32, bytes: Int64) -> Int32 {
    bounded(changes, descriptor) { [inner] in inner.reserve(descriptor, bytes: bytes) }
  }
  func truncate(_ descriptor: Int32, bytes: Int64) -> Int32 {
    bounded(changes, descriptor) { [inner] in inner.truncate(descriptor, bytes: bytes) }
  }
  func status(_ descriptor: Int32) -> Result<FileStatus, SystemError> {
    bounded(
      reads, isOfDisk: isOfDisk(descriptor), failed: .failure(SystemError(ETIMEDOUT))
    ) { [inner] in inner.status(descriptor) }
  }
  func rename(_ folder: Int32, _ from: String, _ to: String) -> Int32 {
    bounded(changes, folder) { [inner] in inner.rename(folder, from, to) }
  }
  func remove(_ folder: Int32, _ name: String) -> Int32 {
    bounded(changes, folder) { [inner] in inner.remove(folder, name) }
  }
  func names(_ folder: Int32) -> Result<[String], SystemError> {
    bounded(
      reads, isOfDisk: isOfDisk(folder), failed: .failure(SystemError(ETIMEDOUT))
    ) { [inner] in inner.names(folder) }
  }
  func lock(_ descriptor: Int32) -> Int32 {
    bounded(reads, descriptor) { [inner] in inner.lock(descriptor) }
  }
  func kind(_ descriptor: Int32) -> FileSystemKind {
    bounded(reads, isOfDisk: isOfDisk(descriptor), failed: .disk) { [inner] in
      inner.kind(descriptor)
    }
  }
  func forget(_ descriptor: Int32) {
    bounded(changes, isOfDisk: isOfDisk(descriptor), failed: ()) { [inner] in
      inner.forget(descriptor)
    }
  }

  // Of memory

  func mapRing(
    _ descriptor: Int32, shared: Int, ring: Int, error: inout Int32
  ) -> UnsafeMutableRawPointer? {
    inner.mapRing(descriptor, shared: shared, ring: ring, error: &error)
  }
  func unmapRing(_ start: UnsafeMutableRawPointer, shared: Int, ring: Int) {
    inner.unmapRing(start, shared: shared, ring: ring)
  }
  func anonymous() -> Int32 { made(inner.anonymous(), isOfDisk: false) }
  func bootID() -> JournalID { inner.bootID() }
  func randomID() -> JournalID { inner.randomID() }
  func user() -> UInt32 { inner.user() }
  func now_ns() -> Int64 { inner.now_ns() }
  func wall_us() -> Int64 { inner.wall_us() }
}
