// A thread of the library's own that sleeps until it is needed, with every signal blocked.

import Glibc

/// A mutex, a condition, and a thread that waits on them. Freed by its owner after `join`.
final class Sleeper: @unchecked Sendable {
  let mutex: UnsafeMutablePointer<pthread_mutex_t>
  let condition: UnsafeMutablePointer<pthread_cond_t>
  private var thread = pthread_t()
  private var isRunning = false
  private var body: (() -> Void)?
  /// Under the mutex: the body has returned.
  private var isOver = false

  init() {
    mutex = .allocate(capacity: 1)
    condition = .allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
    var how = pthread_condattr_t()
    pthread_condattr_init(&how)
    pthread_condattr_setclock(&how, CLOCK_MONOTONIC)
    pthread_cond_init(condition, &how)
    pthread_condattr_destroy(&how)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// False when the system refuses the thread.
  func start(_ body: @escaping () -> Void) -> Bool {
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    self.body = body
    isOver = false
    let me = Unmanaged.passUnretained(self).toOpaque()
    isRunning =
      pthread_create(
        &thread, nil,
        { raw in
          guard let raw else { return nil }
          Unmanaged<Sleeper>.fromOpaque(raw).takeUnretainedValue().run()
          return nil
        }, me) == 0
    return isRunning
  }

  private func run() {
    body?()
    locked {
      isOver = true
      wakeAll()
    }
  }

  /// False: it is still at work, and so is kept for ever, with what it uses: its owner sees to that.
  func join(atMost_ns: Int64) -> Bool {
    guard isRunning else { return true }
    let until_ns = Clock.now_ns() &+ min(max(atMost_ns, 0), 1 << 61)
    var isDone = false
    locked {
      while !isOver, Clock.now_ns() < until_ns { wait(atMost_ns: until_ns &- Clock.now_ns()) }
      isDone = isOver
    }
    if isDone { join() }
    return isDone
  }

  func join() {
    guard isRunning else { return }
    pthread_join(thread, nil)
    isRunning = false
    body = nil
  }

  @inline(__always) func locked(_ change: () -> Void) {
    pthread_mutex_lock(mutex)
    change()
    pthread_mutex_unlock(mutex)
  }

  func wait() { pthread_cond_wait(condition, mutex) }

  /// At most so long; it may return earlier.
  func wait(atMost_ns: Int64) {
    var until = timespec()
    clock_gettime(CLOCK_MONOTONIC, &until)
    let end_ns = Int64(until.tv_nsec) &+ atMost_ns
    until.tv_sec += Int(end_ns / 1_000_000_000)
    until.tv_nsec = Int(end_ns % 1_000_000_000)
    pthread_cond_timedwait(condition, mutex, &until)
  }
  /// A thousandth of a second.
  static func pause() { usleep(1_000) }

  func wakeAll() { pthread_cond_broadcast(condition) }
}
