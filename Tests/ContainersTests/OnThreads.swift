// Bodies on system threads of their own: tasks share a pool as wide as the machine, where one that waits for another
// could keep it from running.

import Glibc
import HujiaTestSupport
import Testing

private final class Body: Sendable {
  let body: @Sendable () -> Void
  init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}

/// Runs all bodies at once and waits for them.
func onThreads(_ bodies: [@Sendable () -> Void]) {
  var threads: [pthread_t] = []
  for body in bodies {
    var thread = pthread_t()
    let status = pthread_create(
      &thread, nil,
      { raw in
        Unmanaged<Body>.fromOpaque(raw.unsafelyUnwrapped).takeRetainedValue().body()
        return nil
      }, Unmanaged.passRetained(Body(body)).toOpaque())
    check(status, equals: 0)
    threads.append(thread)
  }
  for thread in threads { pthread_join(thread, nil) }
}
