// Knowing that we are in a forked child costs one load: a page that the kernel empties in children.

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// One page with MADV_WIPEONFORK: it reads 1 in the process that loaded the library and 0 in every child.
enum ForkMark {
  private static let wipeOnFork: Int32 = 18  // MADV_WIPEONFORK, Linux 4.14

  private nonisolated(unsafe) static let page: UnsafeMutablePointer<UInt64>? = {
    let bytes = 4096
    let raw = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let raw, raw != MAP_FAILED else { return nil }
    guard madvise(raw, bytes, wipeOnFork) == 0 else {
      munmap(raw, bytes)
      return nil
    }
    let word = raw.assumingMemoryBound(to: UInt64.self)
    word.pointee = 1
    return word
  }()

  /// Before the first engine opens, so that the mark is set before any fork that matters.
  static func prepare() { _ = page }

  /// True in a child forked after `prepare`. Where the kernel has no such pages it stays false.
  static var isChild: Bool {
    guard let page else { return false }
    return page.pointee == 0
  }
}
