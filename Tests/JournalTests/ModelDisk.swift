// A disk, a memory of the machine and a process that can die at any call: every system call of a journal is answered
// here. A power cut loses what no sync has covered: pages one by one, entries of folders one by one, shared memory
// whole. A failed sync loses its pages, and the next one reports success, as Linux does.

import Glibc
import HujiaTestSupport

@testable import HujiaJournal

final class ModelDisk: FileCalls, @unchecked Sendable {
  static let page = 4_096

  final class Node {
    let number: UInt64
    let isFolder: Bool
    /// What programs see, and what a power cut leaves.
    var bytes: [UInt8] = []
    var kept: [UInt8] = []
    var dirty: Set<Int> = []
    var entries: [String: Node] = [:]
    var keptEntries: [String: Node] = [:]
    /// A ring: real memory, which a killed process leaves.
    var memory: Int32 = -1
    var memoryBytes = 0
    var owner: UInt32 = 1_000
    var mode: UInt32 = 0o600
    var isLink = false
    var isShared = false

    init(_ number: UInt64, isFolder: Bool) {
      self.number = number
      self.isFolder = isFolder
    }

    deinit { if memory >= 0 { Glibc.close(memory) } }
  }

  enum Fault: Equatable {
    case error(Int32)
    /// Half of a write or read.
    case short
    /// Before or after the call is carried out.
    case killBefore
    case killAfter
  }

  let gate = Gate()
  private let system = SystemFiles()
  private var made: UInt64 = 0
  let disk = Node(1, isFolder: true)
  let shared = Node(2, isFolder: true)
  private var open: [Int32: Node] = [:]
  private var nextDescriptor: Int32 = 10
  private var locked: Set<UInt64> = []
  /// Closes of what was closed already.
  private(set) var closedTwice = 0
  private(set) var isDead = false
  private var saved: [(Node, [UInt8])] = []
  var boot = JournalID(high: 7, low: 1)
  /// Of all files; what is more answers ENOSPC.
  var capacity = 1 << 40
  var diskKind = FileSystemKind.disk
  var sharedKind = FileSystemKind.memory
  /// Asked before each call; `count` is the call's number from 1.
  var fault: ((_ count: Int, _ name: String) -> Fault?)?
  private(set) var count = 0
  var trace: [String] = []
  /// Looks on before each call.
  var watch: (() -> Void)?
  /// Before each call and, `true`, behind it, on its thread and without the gate: it may be held up there.
  var around: ((_ name: String, _ isOver: Bool) -> Void)?
  /// Nothing is written to files of the disk, and no sync of one succeeds; shared memory works.
  var isDiskDead = false

  func folder(_ path: String) -> Node? {
    if path == "/shm" || path == "/dev/shm" { return shared }
    return path == "/disk" ? disk : disk.entries[String(path.dropFirst(6))]
  }

  // Ends

  private func die() {
    guard !isDead else { return }
    isDead = true
    for node in shared.entries.values where node.memory >= 0 {
      var bytes = [UInt8](repeating: 0, count: node.memoryBytes)
      _ = bytes.withUnsafeMutableBytes { pread(node.memory, $0.baseAddress, $0.count, 0) }
      saved.append((node, bytes))
    }
  }

  /// The process dies here; files and shared memory stay.
  func kill() { gate.held { die() } }

  /// What a power cut leaves; another boot.
  func cutPower(_ random: inout SplitMix64) {
    gate.lock()
    defer { gate.unlock() }
    die()
    shared.entries = [:]
    saved = []
    boot.low += 1
    lose(disk, &random)
  }

  private func lose(_ node: Node, _ random: inout SplitMix64) {
    if node.isFolder {
      for name in Set(node.entries.keys).union(node.keptEntries.keys).sorted()
      where node.entries[name] !== node.keptEntries[name] && random.chance(50) {
        node.keptEntries[name] = node.entries[name]
      }
      node.entries = node.keptEntries
      for name in node.entries.keys.sorted() {
        if let inner = node.entries[name] { lose(inner, &random) }
      }
      return
    }
    for page in node.dirty.sorted() where random.chance(50) {
      keep(node, page, torn: random.chance(25))
    }
    if node.bytes.count != node.kept.count, random.chance(50) {
      resize(&node.kept, node.bytes.count)
    }
    node.bytes = node.kept
    node.dirty = []
  }

  private func resize(_ bytes: inout [UInt8], _ count: Int) {
    if bytes.count > count { bytes.removeLast(bytes.count - count) }
    if bytes.count < count { bytes += [UInt8](repeating: 0, count: count - bytes.count) }
  }

  /// A page reaches the disk; `torn`: the first sectors of it only.
  private func keep(_ node: Node, _ page: Int, torn: Bool = false) {
    let start = page * Self.page
    let end = min(start + (torn ? 1_536 : Self.page), node.bytes.count)
    guard start < end else { return }
    if node.kept.count < end { resize(&node.kept, end) }
    node.kept.replaceSubrange(start..<end, with: node.bytes[start..<end])
  }

  /// The next process.
  func revive() {
    gate.lock()
    defer { gate.unlock() }
    for (node, bytes) in saved {
      // Memory of its own: the dead process may still have the old one mapped.
      let file = system.anonymous()
      ftruncate(file, off_t(bytes.count))
      _ = bytes.withUnsafeBytes { pwrite(file, $0.baseAddress, $0.count, 0) }
      if node.memory >= 0 { Glibc.close(node.memory) }
      node.memory = file
    }
    saved = []
    isDead = false
    locked = []
    open = [:]
    count = 0
    fault = nil
    HeldFoldersForTests.forget(self)
  }

  // Calls

  private func call<Result>(
    _ name: String, dead: Result, failed: (Fault) -> Result?, _ body: () -> Result
  ) -> Result {
    around?(name, false)
    defer { around?(name, true) }
    return carryOut(name, dead: dead, failed: failed, body)
  }

  /// The fault for this call, if any, and whether the call is carried out at all.
  private func carryOut<Result>(
    _ name: String, dead: Result, failed: (Fault) -> Result?, _ body: () -> Result
  ) -> Result {
    gate.lock()
    defer { gate.unlock() }
    guard !isDead else { return dead }
    watch?()
    count += 1
    trace.append(name)
    switch fault?(count, name) {
    case .killBefore:
      die()
      return dead
    case .killAfter:
      let result = body()
      die()
      return result
    case .some(let fault): if let result = failed(fault) { return result }
    case nil: break
    }
    return body()
  }

  private func plain(_ name: String, _ body: () -> Int32) -> Int32 {
    call(
      name, dead: -EIO,
      failed: { if case .error(let number) = $0 { return -number } else { return nil } }, body)
  }

  private func give(_ node: Node) -> Int32 {
    nextDescriptor += 1
    open[nextDescriptor] = node
    return nextDescriptor
  }

  private func new(isFolder: Bool) -> Node {
    made += 1
    return Node(10 + made, isFolder: isFolder)
  }

  func openFolder(_ path: String) -> Int32 {
    plain("openFolder") { folder(path).map { give($0) } ?? -ENOENT }
  }

  func makeFolder(_ path: String) -> Int32 {
    plain("makeFolder") {
      guard folder(path) == nil else { return -EEXIST }
      let node = new(isFolder: true)
      disk.entries[String(path.dropFirst(6))] = node
      disk.keptEntries[String(path.dropFirst(6))] = node
      return 0
    }
  }

  func open(_ folder: Int32, _ name: String, _ how: OpenHow) -> Int32 {
    plain("open") {
      guard let parent = open[folder] else { return -EBADF }
      if let node = parent.entries[name] {
        if how == .new { return -EEXIST }
        return node.isLink ? -ELOOP : give(node)
      }
      guard how == .new || how == .writeOrNew else { return -ENOENT }
      let node = new(isFolder: false)
      // Rings are mapped; what stands beside one is a file like others.
      node.isShared = parent === shared
      if node.isShared, !name.contains("-state-") { node.memory = system.anonymous() }
      parent.entries[name] = node
      return give(node)
    }
  }

  func close(_ descriptor: Int32) -> Int32 {
    plain("close") {
      guard let node = open.removeValue(forKey: descriptor) else {
        // By then it may be another thread's file.
        closedTwice += 1
        return -EBADF
      }
      // As POSIX has it: any descriptor of the file.
      locked.remove(node.number)
      return 0
    }
  }

  func read(_ descriptor: Int32, _ into: UnsafeMutableRawBufferPointer, at offset: Int64) -> Int {
    var half = false
    return call(
      "read", dead: -Int(EIO),
      failed: {
        if case .error(let number) = $0 { return -Int(number) }
        half = true
        return nil
      }
    ) {
      guard let node = open[descriptor] else { return -Int(EBADF) }
      let most = half ? max(1, into.count / 2) : into.count
      if node.memory >= 0 { return pread(node.memory, into.baseAddress, most, off_t(offset)) }
      let count = max(0, min(most, node.bytes.count - Int(offset)))
      guard count > 0 else { return 0 }
      into.copyBytes(from: node.bytes[Int(offset)..<Int(offset) + count])
      return count
    }
  }

  private var used: Int {
    disk.entries.values.reduce(0) { sum, folder in
      sum + folder.entries.values.reduce(0) { $0 + $1.bytes.count }
    }
  }

  func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, at offset: Int64) -> Int {
    var half = false
    return call(
      "write", dead: -Int(EIO),
      failed: {
        if case .error(let number) = $0 { return -Int(number) }
        half = true
        return nil
      }
    ) {
      guard let node = open[descriptor] else { return -Int(EBADF) }
      if isDiskDead, node.memory < 0, !node.isShared { return -Int(EIO) }
      let count = half ? max(1, bytes.count / 2) : bytes.count
      let end = Int(offset) + count
      if end > node.bytes.count {
        if used + end - node.bytes.count > capacity { return -Int(ENOSPC) }
        resize(&node.bytes, end)
      }
      node.bytes.replaceSubrange(Int(offset)..<end, with: bytes[..<count])
      for page in Int(offset) / Self.page...(end - 1) / Self.page { node.dirty.insert(page) }
      return count
    }
  }

  /// A sync that fails forgets what was to be written: the next one has nothing to do.
  private func settle(_ name: String, _ descriptor: Int32) -> Int32 {
    call(
      name, dead: -EIO,
      failed: {
        guard case .error(let number) = $0 else { return nil }
        if number != EINTR { open[descriptor]?.dirty = [] }
        return -number
      }
    ) {
      guard let node = open[descriptor] else { return -EBADF }
      if isDiskDead, node.memory < 0, !node.isShared, node !== shared {
        node.dirty = []
        return -EIO
      }
      if node.isFolder {
        node.keptEntries = node.entries
        return 0
      }
      resize(&node.kept, node.bytes.count)
      for page in node.dirty { keep(node, page) }
      node.dirty = []
      return 0
    }
  }

  func syncData(_ descriptor: Int32) -> Int32 { settle("syncData", descriptor) }
  func sync(_ descriptor: Int32) -> Int32 {
    settle(gate.held { open[descriptor]?.isFolder == true } ? "syncFolder" : "sync", descriptor)
  }

  func reserve(_ descriptor: Int32, bytes: Int64) -> Int32 {
    plain("reserve") { grow(descriptor, Int(bytes), isReserve: true) }
  }

  func truncate(_ descriptor: Int32, bytes: Int64) -> Int32 {
    plain("truncate") { grow(descriptor, Int(bytes), isReserve: false) }
  }

  private func grow(_ descriptor: Int32, _ bytes: Int, isReserve: Bool) -> Int32 {
    guard let node = open[descriptor] else { return -EBADF }
    if node.memory >= 0 {
      node.memoryBytes = bytes
      return ftruncate(node.memory, off_t(bytes)) == 0 ? 0 : -errno
    }
    if bytes > node.bytes.count {
      if used + bytes - node.bytes.count > capacity { return -ENOSPC }
      resize(&node.bytes, bytes)
    } else if !isReserve {
      resize(&node.bytes, bytes)
      node.dirty = node.dirty.filter { $0 * Self.page < bytes }
    }
    return 0
  }

  func status(_ descriptor: Int32) -> Result<FileStatus, SystemError> {
    call(
      "status", dead: .failure(SystemError(EIO)),
      failed: {
        if case .error(let number) = $0 { return .failure(SystemError(number)) } else { return nil }
      }
    ) {
      guard let node = open[descriptor] else { return .failure(SystemError(EBADF)) }
      return .success(
        FileStatus(
          device: identity, node: node.number,
          bytes: Int64(node.memory >= 0 ? node.memoryBytes : node.bytes.count), owner: node.owner,
          mode: node.mode, links: 1, isFile: !node.isFolder))
    }
  }

  /// Of this disk among those of a test run.
  let identity = UInt64(UInt.random(in: 1...UInt.max))

  func rename(_ folder: Int32, _ from: String, _ to: String) -> Int32 {
    plain("rename") {
      guard let parent = open[folder] else { return -EBADF }
      guard let node = parent.entries.removeValue(forKey: from) else { return -ENOENT }
      parent.entries[to] = node
      return 0
    }
  }

  func remove(_ folder: Int32, _ name: String) -> Int32 {
    plain("remove") {
      guard let parent = open[folder] else { return -EBADF }
      return parent.entries.removeValue(forKey: name) == nil ? -ENOENT : 0
    }
  }

  func names(_ folder: Int32) -> Result<[String], SystemError> {
    call("names", dead: .failure(SystemError(EIO)), failed: { _ in nil }) {
      guard let node = open[folder] else { return .failure(SystemError(EBADF)) }
      return .success(node.entries.keys.sorted())
    }
  }

  func lock(_ descriptor: Int32) -> Int32 {
    plain("lock") {
      guard let node = open[descriptor] else { return -EBADF }
      locked.insert(node.number)
      return 0
    }
  }

  /// Whether this process has the lock of a journal still.
  func hasLock(_ journal: String) -> Bool {
    gate.held {
      folder(journal)?.entries["LOCK"].map { locked.contains($0.number) } ?? false
    }
  }

  /// The host has closed a descriptor of the files.
  func loseLocks() { gate.held { locked = [] } }

  func kind(_ descriptor: Int32) -> FileSystemKind {
    gate.held {
      guard let node = open[descriptor] else { return .disk }
      return node.isShared || node === shared || node.memory >= 0 ? sharedKind : diskKind
    }
  }

  func forget(_ descriptor: Int32) {
    gate.held {
      guard !isDead, let node = open[descriptor], node.dirty.isEmpty else { return }
      node.bytes = node.kept
    }
  }

  func mapRing(
    _ descriptor: Int32, shared bytes: Int, ring: Int, error: inout Int32
  ) -> UnsafeMutableRawPointer? {
    let file: Int32? = call("mapRing", dead: nil, failed: { _ in .some(nil) }) {
      open[descriptor]?.memory
    }
    guard let file else {
      error = ENOMEM
      return nil
    }
    return system.mapRing(file, shared: bytes, ring: ring, error: &error)
  }

  func unmapRing(_ start: UnsafeMutableRawPointer, shared: Int, ring: Int) {
    system.unmapRing(start, shared: shared, ring: ring)
  }

  func anonymous() -> Int32 {
    plain("anonymous") {
      let node = new(isFolder: false)
      node.memory = system.anonymous()
      return give(node)
    }
  }

  func bootID() -> JournalID { boot }
  private var ids: UInt64 = 0
  func randomID() -> JournalID {
    ids += 1
    return JournalID(high: 0xabcd, low: ids)
  }
  func user() -> UInt32 { 1_000 }
  var time_ns: Int64 = 1_000_000
  func now_ns() -> Int64 { time_ns }
  /// By which the wall clock is ahead of the time that passes.
  var ahead_us: Int64 = 0
  func wall_us() -> Int64 { 1_700_000_000_000_000 + time_ns / 1_000 + ahead_us }
}

/// A process that dies lets go of its folders; in one test process the table must be told.
enum HeldFoldersForTests {
  static func forget(_ disk: ModelDisk) { HeldFolders.forget(device: disk.identity) }
}
