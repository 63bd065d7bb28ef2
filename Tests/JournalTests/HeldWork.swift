// Work of a journal that is held up between two calls of the system, as a disk that stands still holds it up.

import Glibc

@testable import HujiaJournal

/// Work on a thread of its own, which stops before or behind a call until it may go on.
final class HeldWork: @unchecked Sendable {
  private let gate = Gate()
  private var thread = pthread_t()
  private var work: (() -> Void)?
  private var stop: (String, Bool) -> Bool = { _, _ in false }
  private var isStopped = false
  private var isDone = true
  private var mayGo = false

  var isUnderWay: Bool { gate.held { !isDone } }

  /// Runs until `stop` says so. False: it came to its end first.
  func start(_ work: @escaping () -> Void, until stop: @escaping (String, Bool) -> Bool) -> Bool {
    self.work = work
    self.stop = stop
    (isDone, isStopped, mayGo) = (false, false, false)
    pthread_create(
      &thread, nil,
      { raw in
        guard let raw else { return nil }
        Unmanaged<HeldWork>.fromOpaque(raw).takeUnretainedValue().run()
        return nil
      }, Unmanaged.passUnretained(self).toOpaque())
    return waitForStop()
  }

  func goOn(until stop: @escaping (String, Bool) -> Bool) -> Bool {
    gate.held {
      self.stop = stop
      isStopped = false
      mayGo = true
      gate.wakeAll()
    }
    return waitForStop()
  }

  func finish() { if isUnderWay { _ = goOn { _, _ in false } } }

  private func run() {
    work?()
    gate.held {
      isDone = true
      gate.wakeAll()
    }
  }

  private func waitForStop() -> Bool {
    gate.lock()
    while !isStopped, !isDone { gate.wait(atMost_ns: 1_000_000_000) }
    let stopped = isStopped
    gate.unlock()
    if !stopped { pthread_join(thread, nil) }
    return stopped
  }

  /// Of the disk; other threads' calls pass.
  func around(_ name: String, _ isOver: Bool) {
    gate.lock()
    defer { gate.unlock() }
    guard !isDone, pthread_equal(pthread_self(), thread) != 0, stop(name, isOver) else { return }
    isStopped = true
    gate.wakeAll()
    while !mayGo { gate.wait(atMost_ns: 1_000_000_000) }
    mayGo = false
  }
}
