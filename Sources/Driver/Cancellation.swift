// pthread_cancel ends a thread at a cancellation point (write, read, most of what may block). A thread that ended in
// a call would keep the baton for ever, so calls have no such points: descriptors are told by plain system calls
// (hujia_ring, hujia_hush), futexes are plain system calls too, and what is left runs with cancellation off. The C
// interface makes the end of each call a cancellation point. A thread with PTHREAD_CANCEL_ASYNCHRONOUS may not call at
// all: POSIX allows it three functions.

import Glibc

/// Declared here with a closure, defined with its two words: see `Sources/CBaton/cold.cpp`.
@_silgen_name("hujia_cold")
private func lendCold(
  _ body: () -> Void, _ subject: UInt, _ abandoned: @convention(c) (UInt) -> Void)

extension EngineDriver {
  /// Runs a cold call of the engine of `token` (0: of none yet), which may call the host's hooks: cancellation is off
  /// meanwhile, and when a hook does not come back the call is counted out of its engine.
  package static func cold<Result>(_ token: UInt, _ body: () -> Result) -> Result {
    var result: Result?
    lendCold({ result = body() }, token) { token in HandleTable.leaveAbandoned(token) }
    return result.unsafelyUnwrapped
  }
}

enum Cancellation {
  /// Runs `body` with this thread's cancellation off; a request that came meanwhile waits for a later point.
  @inline(__always)
  static func off<Result>(_ body: () -> Result) -> Result {
    var before: Int32 = 0
    pthread_setcancelstate(Int32(PTHREAD_CANCEL_DISABLE), &before)
    defer { pthread_setcancelstate(before, nil) }
    return body()
  }
}
