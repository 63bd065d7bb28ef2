// Read first. Everything the engine owns is taken from one `Memory` while it opens, and never again:
// the hot path allocates nothing. Containers here have a fixed capacity; a full one says so, it never grows or traps.
// Must never: call the Swift allocator for storage, know about units or streets.

import Glibc

/// The allocator refused. `open` turns it into `HJ_E_MEMORY`; nothing taken before is lost.
public struct OutOfMemory: Error, Sendable {
  public let bytes: Int
  @inlinable public init(bytes: Int) { self.bytes = bytes }
}

/// Where storage comes from: the host's hooks, jemalloc, or the system. A value of four words; copying it is free.
public struct Memory: @unchecked Sendable {
  public typealias Allocate =
    @convention(c) (UnsafeMutableRawPointer?, UInt64, UInt64) -> UnsafeMutableRawPointer?
  public typealias Release =
    @convention(c) (
      UnsafeMutableRawPointer?, UnsafeMutableRawPointer?, UInt64, UInt64
    ) -> Void

  @usableFromInline let context: UnsafeMutableRawPointer?
  @usableFromInline let allocateHook: Allocate
  @usableFromInline let releaseHook: Release
  @usableFromInline let isZeroed: Bool

  /// `isZeroed`: what `allocate` gives is zero-filled already, so that pages nobody uses are never touched.
  public init(
    context: UnsafeMutableRawPointer?, allocate: @escaping Allocate, release: @escaping Release,
    isZeroed: Bool = false
  ) {
    self.context = context
    self.allocateHook = allocate
    self.releaseHook = release
    self.isZeroed = isZeroed
  }

  /// Pages of the operating system for what is large, the C library for what is not.
  public static let system = Memory(
    context: nil,
    allocate: { _, bytes, alignment in SystemMemory.take(bytes: bytes, alignment: alignment) },
    release: { _, pointer, bytes, _ in SystemMemory.give(back: pointer, bytes: bytes) },
    isZeroed: true)

  /// Raw storage, zero-filled. `alignment` is a power of two. `isHot`: read all over on the hot path, so large pages
  /// are asked for: a read that misses the cache then costs 160 ns, not 260. Advice only, and the first touch of such
  /// a page takes a tenth of a millisecond, or several where the system has to look for one. `isTouched`: every page is
  /// touched here, so that no call on the hot path pays for that.
  public func take(
    bytes: Int, alignment: Int, isHot: Bool = false, isTouched: Bool = false
  ) throws(OutOfMemory) -> UnsafeMutableRawPointer {
    let result = try takeUnfilled(bytes: bytes, alignment: alignment, isHot: isHot)
    if !isZeroed {
      memset(result, 0, max(bytes, 1))
    } else if isTouched {
      for offset in stride(from: 0, to: bytes, by: SystemMemory.leastPage_bytes) {
        result.storeBytes(of: 0, toByteOffset: offset, as: UInt8.self)
      }
    }
    return result
  }

  /// The same with whatever bytes were there: for large storage that is written whole before it is read, perhaps by
  /// another thread.
  public func takeUnfilled(
    bytes: Int, alignment: Int, isHot: Bool = false
  ) throws(OutOfMemory) -> UnsafeMutableRawPointer {
    let rounded = max(bytes, 1)
    guard let result = allocateHook(context, UInt64(rounded), UInt64(alignment)) else {
      throw OutOfMemory(bytes: rounded)
    }
    if isHot { SystemMemory.askForLargePages(result, bytes: rounded) }
    return result
  }

  public func give(back pointer: UnsafeMutableRawPointer, bytes: Int, alignment: Int) {
    releaseHook(context, pointer, UInt64(max(bytes, 1)), UInt64(alignment))
  }
}

/// The system's own memory, zero-filled. All but small pieces are pages that cost nothing until they are used.
public enum SystemMemory {
  /// Below it the C library's heap serves, and what it gives is filled with zeros here: every page of it is used then.
  private static var mapped_bytes: UInt64 { 128 << 10 }
  /// No system that we run on has smaller pages.
  static var leastPage_bytes: Int { 4_096 }
  static var largePage_bytes: Int { 2 << 20 }

  public static func take(bytes: UInt64, alignment: UInt64) -> UnsafeMutableRawPointer? {
    precondition(alignment <= 4_096)
    guard bytes <= UInt64(Int.max / 2) else { return nil }
    if bytes >= mapped_bytes { return pages(Int(bytes)) }
    var result: UnsafeMutableRawPointer?
    let wanted = max(Int(alignment), MemoryLayout<UnsafeRawPointer>.size)
    guard posix_memalign(&result, wanted, Int(bytes)) == 0 else { return nil }
    if let result { memset(result, 0, Int(bytes)) }
    return result
  }

  /// Where large pages may serve, the first byte begins one: else chance says how many fit inside.
  private static func pages(_ bytes: Int) -> UnsafeMutableRawPointer? {
    guard bytes >= largePage_bytes * 2,
      let reserved = map(bytes + largePage_bytes)
    else { return map(bytes) }
    let start = reserved.alignedUp(toMultipleOf: largePage_bytes)
    let page = Int(getpagesize())
    let end = (start + bytes).alignedUp(toMultipleOf: page)
    let whole = (reserved + bytes + largePage_bytes).alignedUp(toMultipleOf: page)
    if start > reserved { munmap(reserved, start - reserved) }
    if whole > end { munmap(end, whole - end) }
    return start
  }

  private static func map(_ bytes: Int) -> UnsafeMutableRawPointer? {
    let flags = MAP_PRIVATE | MAP_ANONYMOUS
    guard let pages = mmap(nil, bytes, PROT_READ | PROT_WRITE, flags, -1, 0), pages != MAP_FAILED
    else { return nil }
    // What an engine knows of people goes into no core file.
    madvise(pages, bytes, MADV_DONTDUMP)
    return pages
  }

  /// `bytes` and the alignment are those of `take`, which was at most 4,096.
  public static func give(back pointer: UnsafeMutableRawPointer?, bytes: UInt64) {
    guard let pointer else { return }
    if bytes >= mapped_bytes {
      munmap(pointer, Int(bytes))
    } else {
      free(pointer)
    }
  }

  /// Advice on the whole large pages inside, before the first touch.
  static func askForLargePages(_ start: UnsafeMutableRawPointer, bytes: Int) {
    let page = UInt(largePage_bytes)
    guard bytes >= Int(page) * 2 else { return }
    let first = (UInt(bitPattern: start) + page - 1) & ~(page - 1)
    let end = (UInt(bitPattern: start) + UInt(bytes)) & ~(page - 1)
    madvise(UnsafeMutableRawPointer(bitPattern: first), Int(end - first), MADV_HUGEPAGE)
  }
}
