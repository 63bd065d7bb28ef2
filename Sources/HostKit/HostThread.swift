// A thread of the tool: it runs one body and ends.

import Glibc

package final class HostThread {
  private let name: String
  private let run: @Sendable () -> Void
  private var thread = pthread_t()

  private init(_ name: String, _ run: @escaping @Sendable () -> Void) {
    self.name = name
    self.run = run
  }

  /// Starts a thread of its own. The system shows the first 15 bytes of its name.
  package static func start(_ name: String, _ run: @escaping @Sendable () -> Void) throws(Failed) {
    let number = HostThread(name, run).start()
    if number != 0 { throw refused(number) }
  }

  private static func refused(_ number: Int32) -> Failed {
    Failed(
      "the system refused a thread (\(String(cString: strerror(number))))",
      .give("--threads", "a smaller number"))
  }

  /// The thread itself holds this object until its body has ended.
  private func start() -> Int32 {
    let held = Unmanaged.passRetained(self)
    let number = pthread_create(
      &thread, nil,
      { raw in
        guard let raw else { return nil }
        let me = Unmanaged<HostThread>.fromOpaque(raw).takeRetainedValue()
        pthread_detach(pthread_self())
        HostThread.tell(me.name)
        me.run()
        return nil
      }, held.toOpaque())
    if number != 0 { held.release() }
    return number
  }

  /// Names the calling thread. Swift's view of the C library lacks the call for it; a name may be missing.
  private static func tell(_ name: String) {
    guard let file = fopen("/proc/thread-self/comm", "w") else { return }
    fputs(name, file)
    fclose(file)
  }
}
