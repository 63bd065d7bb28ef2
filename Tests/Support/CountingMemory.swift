// Memory that counts: whatever a container takes it gives back, once, also when it is refused half-way.

import HujiaContainers

import Glibc

/// An allocator that keeps a list of what is out, refuses the n-th request on demand, and fills fresh storage with
/// rubbish.
package final class CountingMemory {
  package private(set) var live: [UInt: (bytes: UInt64, alignment: UInt64)] = [:]
  package private(set) var requests = 0
  /// A release of something that is not out, or with another size or alignment than it was taken with.
  package private(set) var wrongReleases = 0
  /// 1-based request that is refused; 0 = none.
  package var refused = 0
  package init() {}

  /// Valid while self lives.
  package var memory: Memory {
    Memory(
      context: Unmanaged.passUnretained(self).toOpaque(),
      allocate: { context, bytes, alignment in
        Unmanaged<CountingMemory>.fromOpaque(context.unsafelyUnwrapped).takeUnretainedValue()
          .allocate(bytes, alignment)
      },
      release: { context, pointer, bytes, alignment in
        Unmanaged<CountingMemory>.fromOpaque(context.unsafelyUnwrapped).takeUnretainedValue()
          .release(pointer, bytes, alignment)
      })
  }

  private func allocate(_ bytes: UInt64, _ alignment: UInt64) -> UnsafeMutableRawPointer? {
    requests += 1
    if requests == refused { return nil }
    var result: UnsafeMutableRawPointer?
    guard posix_memalign(&result, Int(alignment), Int(bytes)) == 0, let result else { return nil }
    memset(result, 0xa5, Int(bytes))
    live[UInt(bitPattern: result)] = (bytes, alignment)
    return result
  }

  private func release(_ pointer: UnsafeMutableRawPointer?, _ bytes: UInt64, _ alignment: UInt64) {
    let known = live.removeValue(forKey: UInt(bitPattern: pointer))
    if known?.bytes != bytes || known?.alignment != alignment { wrongReleases += 1 }
    free(pointer)
  }
}
