// Knowing that we are in a forked child costs one load: a page that the kernel empties in children
// (CBaton/process.c). A child's first call makes the table of handles its own: the parent's handles answer
// HJ_E_FORKED from then on, and the child may open engines.

import CHujiaBaton
import Glibc

enum ForkMark {
  /// Before the first engine opens, so that every fork that matters is seen.
  static func prepare() throws(Failure) {
    guard hujia_watch_forks() == 0 else {
      throw Failure(.memory, "no memory for the page that tells forked children: raise the limit")
    }
  }

  /// Before a handle is looked at.
  @inline(__always) static func check() {
    if hujia_is_forked() != 0 { settle() }
  }

  @inline(never) private static func settle() {
    hujia_settle_after_fork { HandleTable.settleAfterFork() }
  }
}
