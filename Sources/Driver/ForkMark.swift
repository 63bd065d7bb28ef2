// Knowing that we are in a forked child costs one load: a page that the kernel empties in children.

import CHujiaBaton
#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// One page with MADV_WIPEONFORK: it reads 1 in the process that opened the first engine and 0 in every child.
enum ForkMark {
  private static let wipeOnFork: Int32 = 18  // MADV_WIPEONFORK, Linux 4.14

  private static let isPrepared: Bool = {
    let bytes = 4096
    let raw = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let raw, raw != MAP_FAILED else { return false }
    guard madvise(raw, bytes, wipeOnFork) == 0 else {
      munmap(raw, bytes)
      return false
    }
    let word = raw.assumingMemoryBound(to: UInt64.self)
    word.pointee = 1
    hujia_set_fork_page(word)
    return true
  }()

  /// Before the first engine opens, so that the mark is set before any fork that matters.
  static func prepare() { _ = isPrepared }

  /// True in a child forked after `prepare`. Where the kernel has no such pages it stays false.
  @inline(__always) static var isChild: Bool { hujia_is_forked() != 0 }
}
