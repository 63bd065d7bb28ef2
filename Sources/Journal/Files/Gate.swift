// A lock with a condition. (The standard library's Mutex does not survive a fork.) Must never: be held during a sync,
// but for `Journal.work`, which nobody under the baton takes.

import Glibc

package final class Gate: @unchecked Sendable {
  fileprivate let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let bed = Bed()

  package init() { pthread_mutex_init(mutex, nil) }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  func lock() { pthread_mutex_lock(mutex) }
  func tryLock() -> Bool { pthread_mutex_trylock(mutex) == 0 }
  func unlock() { pthread_mutex_unlock(mutex) }

  package func held<Result>(_ body: () -> Result) -> Result {
    lock()
    defer { unlock() }
    return body()
  }

  /// With the lock held. Until it is woken, or for so long.
  func wait(atMost_ns: Int64) { bed.wait(self, atMost_ns: atMost_ns) }

  func wakeAll() { bed.wakeAll() }
}

/// What threads sleep on, with a gate's lock held when they lie down. A gate can have several, so that nobody is woken
/// for what others wait for.
final class Bed: @unchecked Sendable {
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init() {
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(condition, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(condition)
    condition.deallocate()
  }

  func wait(_ gate: Gate, atMost_ns: Int64) {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    let bounded = min(max(atMost_ns, 0), 1 << 61)
    let nanoseconds = Int64(time.tv_nsec) + bounded % 1_000_000_000
    time.tv_sec += Int(bounded / 1_000_000_000 + nanoseconds / 1_000_000_000)
    time.tv_nsec = Int(nanoseconds % 1_000_000_000)
    pthread_cond_timedwait(condition, gate.mutex, &time)
  }

  /// Without the lock too: what sleepers wait for was changed with it.
  func wakeAll() { pthread_cond_broadcast(condition) }
}

/// Threads that wait for records: those of the batch that is on its way to the disk, and those of later ones. A batch
/// wakes its own alone; the others would only look and lie down again. All of it with the gate's lock held, but `wake`.
struct Waiters {
  private var own = Bed()
  private var later = Bed()
  /// The last record of the batch on its way; 0 = none is.
  private var last: UInt64 = 0

  func bed(for record: UInt64) -> Bed { record <= last ? own : later }

  /// A batch sets out. The beds of the last one are empty: it has woken them.
  mutating func depart(_ record: UInt64) {
    swap(&own, &later)
    last = record
  }

  /// Records up to this one are on the disk, or the batch has failed (0). The beds that `wake` gets once the lock is
  /// let go: those of later ones as well, unless this was the batch on its way.
  mutating func arrive(_ record: UInt64) -> (Bed, Bed?) {
    defer { last = 0 }
    return (own, record == last && record != 0 ? nil : later)
  }

  static func wake(_ beds: (Bed, Bed?)) {
    beds.0.wakeAll()
    beds.1?.wakeAll()
  }
}
