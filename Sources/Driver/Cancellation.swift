// pthread_cancel ends a thread at a cancellation point (write, read, most of what may block). A thread that ended in
// a call would keep the baton for ever, so calls have no such points: descriptors are told by plain system calls
// (hujia_ring, hujia_hush), futexes are plain system calls too, and what is left runs with cancellation off. The C
// interface makes the end of each call a cancellation point. A thread with PTHREAD_CANCEL_ASYNCHRONOUS may not call at
// all: POSIX allows it three functions.

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

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
