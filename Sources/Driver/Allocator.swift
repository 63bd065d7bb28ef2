// Which allocator an engine takes its memory from: the host's hooks, jemalloc where the host has linked it, else the
// C library. jemalloc is looked up, never linked: the library must load without it (docs/architecture/memory.md).

import Glibc
import CHujiaBaton
import HujiaContainers
import Synchronization

/// The hooks of a config (`hj_allocate`, `hj_release`).
package struct AllocatorHooks {
  package var allocate: Memory.Allocate
  package var release: Memory.Release
  package var context: UnsafeMutableRawPointer?
  package var name: String
  package init(
    allocate: @escaping Memory.Allocate, release: @escaping Memory.Release,
    context: UnsafeMutableRawPointer?, name: String
  ) {
    self.allocate = allocate
    self.release = release
    self.context = context
    self.name = name
  }
}

/// An allocator with a name and a count of what was taken; lives as long as its engine.
final class Allocator: @unchecked Sendable {
  let name: String
  let memory: Memory
  private let source: UnsafeMutablePointer<Source>

  /// What the hooks below find behind their context pointer.
  private struct Source {
    var allocate: Memory.Allocate
    var release: Memory.Release
    var context: UnsafeMutableRawPointer?
    /// The host's own: while they run, their thread is known to be inside.
    var isHost: Bool
    /// Plans are loaded from any thread.
    let taken_bytes: UnsafeMutablePointer<Atomic<Int64>>

    /// The address of the source names the engine of the hook.
    static func take(
      _ source: UnsafeMutablePointer<Source>, _ bytes: UInt64, _ alignment: UInt64
    ) -> UnsafeMutableRawPointer? {
      let own = source.pointee
      guard own.isHost else { return own.allocate(own.context, bytes, alignment) }
      return hujia_call_allocate(own.allocate, own.release, own.context, bytes, alignment, source)
    }

    static func give(
      _ source: UnsafeMutablePointer<Source>, _ pointer: UnsafeMutableRawPointer?, _ bytes: UInt64,
      _ alignment: UInt64
    ) {
      let own = source.pointee
      guard own.isHost else { return own.release(own.context, pointer, bytes, alignment) }
      hujia_call_release(own.release, own.context, pointer, bytes, alignment, source)
    }
  }

  init(hooks: AllocatorHooks?) {
    source = .allocate(capacity: 1)
    let taken = UnsafeMutablePointer<Atomic<Int64>>.allocate(capacity: 1)
    taken.initialize(to: Atomic(0))
    if let hooks {
      name = hooks.name
      source.initialize(
        to: Source(
          allocate: hooks.allocate, release: hooks.release, context: hooks.context, isHost: true,
          taken_bytes: taken))
    } else if let jemalloc = Jemalloc.hooks {
      name = jemalloc.name
      source.initialize(
        to: Source(
          allocate: jemalloc.allocate, release: jemalloc.release, context: nil, isHost: false,
          taken_bytes: taken))
    } else {
      name = "system"
      source.initialize(
        to: Source(
          allocate: { _, bytes, alignment in
            SystemMemory.take(bytes: bytes, alignment: alignment)
          }, release: { _, pointer, bytes, _ in SystemMemory.give(back: pointer, bytes: bytes) },
          context: nil, isHost: false, taken_bytes: taken))
    }
    memory = Memory(
      context: UnsafeMutableRawPointer(source),
      allocate: { raw, bytes, alignment in
        guard let raw else { return nil }
        let source = raw.assumingMemoryBound(to: Source.self)
        let result = Source.take(source, bytes, max(alignment, 16))
        if result != nil {
          source.pointee.taken_bytes.pointee.add(Int64(bytes), ordering: .relaxed)
        }
        return result
      },
      release: { raw, pointer, bytes, alignment in
        guard let raw else { return }
        let source = raw.assumingMemoryBound(to: Source.self)
        source.pointee.taken_bytes.pointee.subtract(Int64(bytes), ordering: .relaxed)
        Source.give(source, pointer, bytes, max(alignment, 16))
      },
      // Hosts' hooks owe us nothing; ours are zeroed by page or by jemalloc.
      isZeroed: hooks == nil)
  }

  deinit {
    source.pointee.taken_bytes.deinitialize(count: 1)
    source.pointee.taken_bytes.deallocate()
    source.deallocate()
  }

  /// Whether this thread is inside a hook of the host that this allocator has called.
  var isInHook: Bool { hujia_is_in_hook(source) != 0 }

  var taken_bytes: Int64 { source.pointee.taken_bytes.pointee.load(ordering: .relaxed) }
}

/// jemalloc's `mallocx` family with an arena of its own, when the host's process has it.
enum Jemalloc {
  private typealias MallocX = @convention(c) (Int, Int32) -> UnsafeMutableRawPointer?
  private typealias SdallocX = @convention(c) (UnsafeMutableRawPointer?, Int, Int32) -> Void
  private typealias MallCtl =
    @convention(c) (
      UnsafePointer<CChar>?, UnsafeMutableRawPointer?, UnsafeMutablePointer<Int>?,
      UnsafeMutableRawPointer?, Int
    ) -> Int32

  private struct Entry {
    var allocate: MallocX
    var release: SdallocX
    var flags: Int32
  }

  private static let entry: Entry? = {
    guard let allocate = symbol("mallocx"), let release = symbol("sdallocx") else { return nil }
    var flags: Int32 = 1 << 8  // MALLOCX_TCACHE_NONE: several threads may give memory back
    if let control = symbol("mallctl") {
      var arena: UInt32 = 0
      var size = MemoryLayout<UInt32>.size
      let create = unsafeBitCast(control, to: MallCtl.self)
      if create("arenas.create", &arena, &size, nil, 0) == 0 {
        flags |= Int32(truncatingIfNeeded: arena &+ 1) << 20  // MALLOCX_ARENA
      }
    }
    return Entry(
      allocate: unsafeBitCast(allocate, to: MallocX.self),
      release: unsafeBitCast(release, to: SdallocX.self), flags: flags)
  }()

  private static func symbol(_ name: String) -> UnsafeMutableRawPointer? {
    dlsym(UnsafeMutableRawPointer(bitPattern: 0), name)  // RTLD_DEFAULT
  }

  static var hooks: AllocatorHooks? {
    guard entry != nil else { return nil }
    return AllocatorHooks(
      allocate: { _, bytes, alignment in
        guard let entry = Jemalloc.entry else { return nil }
        let shift = Int32(max(alignment, 16).trailingZeroBitCount)  // MALLOCX_LG_ALIGN
        return entry.allocate(Int(bytes), entry.flags | shift | 0x40)  // MALLOCX_ZERO
      },
      release: { _, pointer, bytes, alignment in
        guard let entry = Jemalloc.entry else { return }
        let shift = Int32(max(alignment, 16).trailingZeroBitCount)
        entry.release(pointer, Int(bytes), entry.flags | shift)
      }, context: nil, name: "jemalloc")
  }
}
