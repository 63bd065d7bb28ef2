// The baton: one atomic word that says who may touch the core. Free, a call costs one compare-and-swap and runs on the
// caller's own thread; held, the caller spins for about a microsecond's worth and then sleeps on a condition variable.
// pthread objects are used because the standard library's Mutex does not survive fork (ARCHITECTURE.md).

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif
import Synchronization

/// Mutual exclusion for the core. Not recursive: `isMine` tells a callback that waiting would never end.
final class Baton: @unchecked Sendable {
  private let word = Atomic<UInt64>(0)  // 0 = free, else the holder's thread
  private let sleepers = Atomic<Int>(0)
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let condition: UnsafeMutablePointer<pthread_cond_t>

  static let spins = 200

  init() {
    mutex = .allocate(capacity: 1)
    condition = .allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  private static var me: UInt64 { UInt64(pthread_self()) }

  var isMine: Bool { word.load(ordering: .relaxed) == Self.me }

  func take() {
    let me = Self.me
    if word.compareExchange(expected: 0, desired: me, ordering: .acquiring).exchanged { return }
    takeSlowly(me)
  }

  /// Takes it only if it is free.
  func takeIfFree() -> Bool {
    word.compareExchange(expected: 0, desired: Self.me, ordering: .acquiring).exchanged
  }

  @inline(never) private func takeSlowly(_ me: UInt64) {
    for _ in 0..<Self.spins {
      if word.load(ordering: .relaxed) == 0,
        word.compareExchange(expected: 0, desired: me, ordering: .acquiring).exchanged
      {
        return
      }
    }
    pthread_mutex_lock(mutex)
    sleepers.add(1, ordering: .sequentiallyConsistent)
    while !word.compareExchange(
      expected: 0, desired: me, ordering: .sequentiallyConsistent
    ).exchanged {
      pthread_cond_wait(condition, mutex)
    }
    sleepers.subtract(1, ordering: .sequentiallyConsistent)
    pthread_mutex_unlock(mutex)
  }

  func give() {
    word.store(0, ordering: .sequentiallyConsistent)
    guard sleepers.load(ordering: .sequentiallyConsistent) > 0 else { return }
    pthread_mutex_lock(mutex)
    pthread_cond_signal(condition)
    pthread_mutex_unlock(mutex)
  }
}
