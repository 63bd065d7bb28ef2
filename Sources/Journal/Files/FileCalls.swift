// Every system call of the journal goes through this table, so that tests let each one fail, be cut short, interrupted
// or be the last before a crash. A result below zero is an error number with its sign turned.

package struct FileStatus: Equatable, Sendable {
  package var device: UInt64
  package var node: UInt64
  package var bytes: Int64
  package var owner: UInt32
  package var mode: UInt32
  package var links: UInt64
  package var isFile: Bool

  package init(
    device: UInt64, node: UInt64, bytes: Int64, owner: UInt32, mode: UInt32, links: UInt64,
    isFile: Bool
  ) {
    self.device = device
    self.node = node
    self.bytes = bytes
    self.owner = owner
    self.mode = mode
    self.links = links
    self.isFile = isFile
  }

  func isSame(_ other: FileStatus) -> Bool { device == other.device && node == other.node }
}

package enum OpenHow: Sendable {
  case read
  case write
  /// Made; refused when there is one.
  case new
  /// Made when there is none.
  case writeOrNew
}

package enum FileSystemKind: Sendable { case disk, memory, network }

package protocol FileCalls: AnyObject, Sendable {
  /// A descriptor of a folder. It, and all others given here, is above 2 and closed by exec.
  func openFolder(_ path: String) -> Int32
  func makeFolder(_ path: String) -> Int32
  /// Never follows a link at `name`. New files are the owner's alone.
  func open(_ folder: Int32, _ name: String, _ how: OpenHow) -> Int32
  func close(_ descriptor: Int32) -> Int32
  func read(_ descriptor: Int32, _ into: UnsafeMutableRawBufferPointer, at offset: Int64) -> Int
  func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, at offset: Int64) -> Int
  func syncData(_ descriptor: Int32) -> Int32
  /// Of a file with its length, or of a folder's entries.
  func sync(_ descriptor: Int32) -> Int32
  func reserve(_ descriptor: Int32, bytes: Int64) -> Int32
  func truncate(_ descriptor: Int32, bytes: Int64) -> Int32
  func status(_ descriptor: Int32) -> Result<FileStatus, SystemError>
  func rename(_ folder: Int32, _ from: String, _ to: String) -> Int32
  func remove(_ folder: Int32, _ name: String) -> Int32
  func names(_ folder: Int32) -> Result<[String], SystemError>
  /// The whole file, for this process alone; not waited for.
  func lock(_ descriptor: Int32) -> Int32
  func kind(_ descriptor: Int32) -> FileSystemKind
  /// Forgets what memory holds of a file whose changes are on the disk, so that it is read from there.
  func forget(_ descriptor: Int32)
  /// `shared` bytes once, then `ring` bytes twice, one behind the other: what is written past the end of the ring is
  /// written at its beginning. Touched, locked where allowed, not given to forked children. nil: errno in `error`.
  func mapRing(
    _ descriptor: Int32, shared: Int, ring: Int, error: inout Int32
  ) -> UnsafeMutableRawPointer?
  func unmapRing(_ start: UnsafeMutableRawPointer, shared: Int, ring: Int)
  /// A file without a name, in memory: the ring where there is none that is shared.
  func anonymous() -> Int32
  func bootID() -> JournalID
  func randomID() -> JournalID
  func user() -> UInt32
  /// Elapsed time, as `append` is told it.
  func now_ns() -> Int64
  func wall_us() -> Int64
  /// Once a call is back that was left behind, on another thread. False: there is none, and nothing is done.
  func later(_ body: @escaping () -> Void) -> Bool
}

extension FileCalls {
  package func later(_ body: @escaping () -> Void) -> Bool { false }
}

package struct SystemError: Error, Equatable, Sendable {
  package var number: Int32
  package init(_ number: Int32) { self.number = number }
}
