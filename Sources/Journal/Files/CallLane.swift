// A thread that makes calls of the system for another, which waits no longer than it wants. Nobody can end a call that
// is under way: it is left behind, with all that it may still touch. Must never: let its caller's memory be written
// behind its caller's back.

import Glibc

/// One caller at a time. The thread is begun with the first call, and ends with `end`, or behind a call that was left
/// behind.
final class CallLane: @unchecked Sendable {
  private let gate = Gate()
  // Under the gate
  private var job: (() -> Void)?
  private var isBusy = false
  private var hasThread = false
  private var isEnding = false
  private var wasLeft = false
  private var later: [() -> Void] = []

  /// A call was left behind since the lane was made: it carries no other. It may have come back by now.
  var isStuck: Bool { gate.held { wasLeft } }

  /// Carries `body` out on the lane's thread. False: it had not come back when `isOver` said so first, or one before it
  /// had not. Where the system has no thread it is done here, as long as it takes.
  func carry(_ body: @escaping () -> Void, isOver: () -> Bool) -> Bool {
    gate.lock()
    if wasLeft {
      gate.unlock()
      return false
    }
    guard hasThread || begin() else {
      gate.unlock()
      body()
      return true
    }
    defer { gate.unlock() }
    job = body
    isBusy = true
    gate.wakeAll()
    while isBusy {
      gate.wait(atMost_ns: 10_000_000)
      guard isBusy, isOver() else { continue }
      wasLeft = true
      return false
    }
    return true
  }

  /// Once the call that was left behind is back, on the lane's thread. False: none is under way, and nothing is done.
  func after(_ body: @escaping () -> Void) -> Bool {
    gate.held {
      guard isBusy else { return false }
      later.append(body)
      return true
    }
  }

  /// As long as a call is under way.
  func wait() {
    gate.lock()
    while isBusy { gate.wait(atMost_ns: 1_000_000_000) }
    gate.unlock()
  }

  func end() {
    gate.held {
      isEnding = true
      gate.wakeAll()
    }
  }

  /// Under the gate. With all signals blocked.
  private func begin() -> Bool {
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    var thread = pthread_t()
    let kept = Unmanaged.passRetained(self)
    let status = pthread_create(
      &thread, nil,
      { raw in
        guard let raw else { return nil }
        Unmanaged<CallLane>.fromOpaque(raw).takeRetainedValue().run()
        return nil
      }, kept.toOpaque())
    guard status == 0 else {
      kept.release()
      return false
    }
    pthread_detach(thread)
    hasThread = true
    return true
  }

  private func run() {
    gate.lock()
    while !isEnding || job != nil {
      guard let body = job else {
        gate.wait(atMost_ns: 1_000_000_000)
        continue
      }
      job = nil
      gate.unlock()
      body()
      gate.lock()
      // What was put off is done before anybody takes the lane for idle.
      while !later.isEmpty {
        let put = later.removeFirst()
        gate.unlock()
        put()
        gate.lock()
      }
      isBusy = false
      gate.wakeAll()
    }
    gate.unlock()
  }
}
