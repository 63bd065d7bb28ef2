// Read first. Everything the engine owns is taken from one `Memory` while it opens, and never again:
// the hot path allocates nothing. Containers here have a fixed capacity; a full one says so, it never grows or traps.
// Must never: call the Swift allocator for storage, know about units or streets.

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The allocator refused. `open` turns it into `HJ_E_MEMORY`; nothing taken before is lost.
public struct OutOfMemory: Error, Sendable {
  public let bytes: Int
  @inlinable public init(bytes: Int) { self.bytes = bytes }
}

/// Where storage comes from: the host's hooks, jemalloc, or the system. A value of three words; copying it is free.
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

  public init(
    context: UnsafeMutableRawPointer?, allocate: @escaping Allocate, release: @escaping Release
  ) {
    self.context = context
    self.allocateHook = allocate
    self.releaseHook = release
  }

  /// The C library's `posix_memalign` and `free`.
  public static let system = Memory(
    context: nil,
    allocate: { _, bytes, alignment in
      var result: UnsafeMutableRawPointer?
      let wanted = max(Int(alignment), MemoryLayout<UnsafeRawPointer>.size)
      return posix_memalign(&result, wanted, Int(bytes)) == 0 ? result : nil
    },
    release: { _, pointer, _, _ in free(pointer) })

  /// Raw storage, zero-filled. `alignment` is a power of two.
  public func take(bytes: Int, alignment: Int) throws(OutOfMemory) -> UnsafeMutableRawPointer {
    let rounded = max(bytes, 1)
    guard let result = allocateHook(context, UInt64(rounded), UInt64(alignment)) else {
      throw OutOfMemory(bytes: rounded)
    }
    memset(result, 0, rounded)
    return result
  }

  public func give(back pointer: UnsafeMutableRawPointer, bytes: Int, alignment: Int) {
    releaseHook(context, pointer, UInt64(max(bytes, 1)), UInt64(alignment))
  }
}
