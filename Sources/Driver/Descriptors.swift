// Descriptors of the process, asked for before they are needed: libuv stops the process where it cannot have one, and
// where it comes to close one of 0 to 2. Must never: leave one of those filled after `open`.

import CHujiaBaton
import CLibUV
import Glibc

enum Descriptors {
  /// What the libuv loop of an engine takes. One of our own: its poll descriptor, its event descriptor, its pipe for
  /// signals, the pipe that all loops of the process share, our alarm; from libuv 1.45 on two rings of the kernel.
  static func ofLoop(_ mode: RunMode) -> UInt32 {
    switch mode {
    case .poll: return 0
    case .hostLoop: return 1
    case .thread:
      let own: UInt32 = uv_version() >= 0x012d00 ? 7 : 5
      return hujia_has_loop_pipe() != 0 ? own : own + 2
    }
  }

  /// The event descriptor; before it one file at a time.
  static let ofOpening: UInt32 = 1

  /// Whether so many are to be had. Other threads may take them away again before they are used.
  static func check(_ count: UInt32) throws(Failure) {
    guard hujia_try_descriptors(count) == 0 else { throw refused }
  }

  static var refused: Failure {
    Failure(
      .system, field: "RLIMIT_NOFILE",
      "too few descriptors left for an engine: raise the limit of open files, or close some")
  }
}
