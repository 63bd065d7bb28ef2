// Memory that the Swift runtime and libuv take for themselves: both stop the process when they cannot have it, so it is
// tried in one piece before. What other threads take in between is not known. The engine's own memory is asked for
// piece by piece (Containers/Memory.swift) and needs none of this.

import CHujiaBaton
import Glibc

enum AddressSpace {
  /// The small objects of an engine, of its loop and of the built-in plan.
  static let ofEngine = 2 << 20

  /// Tree, fields and draft of a plans text: `tokens` values and keys. Measured at most 90 bytes each
  /// (Tests/CInterfaceTests/limits.c tries the worst shapes).
  static func ofPlans(bytes: Int, tokens: Int) -> Int { 2 * bytes + 112 * tokens + (1 << 20) }

  /// Refuses what would not fit. A thread that has no arena of its own, and gets none, takes a page for every object.
  static func check(_ bytes: Int, _ what: String) throws(Failure) {
    let most = 128 << 20
    let spread = hujia_is_first_thread() != 0 ? 0 : min(bytes * 40, most)
    guard hujia_try_memory(UInt64(bytes + spread)) == 0 else {
      throw Failure(
        .memory, field: "RLIMIT_AS",
        "\(bytes >> 20) MiB of address space are not to be had for \(what): raise the limit")
    }
  }

  /// Refuses threads that would not start, or not live.
  static func check(threads: UInt32, _ what: String) throws(Failure) {
    switch hujia_try_threads(threads) {
    case 0: return
    case ENOMEM:
      throw Failure(
        .memory, field: "RLIMIT_AS", "no memory for the stack of \(what): raise the limit")
    default:
      throw Failure(
        .system, field: "RLIMIT_NPROC", "no thread for \(what): raise the limit of processes")
    }
  }
}
