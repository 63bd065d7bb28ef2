// Travel times that were reported and are in no epoch yet: one a stretch of street, the newest wins, so a feed that is
// faster than the builder queues nothing. Two tables: reporters fill one while the builder reads the other.

import Glibc
import HujiaContainers
import HujiaRoads
import HujiaRouting
import Synchronization

/// Any number of reporters, one builder. The lock is held for a slice of a report, or for exchanging the tables; never
/// during a build. (A mutex of pthread: the standard library's dies in forked children.)
final class PendingTimes: @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let tables: (Table, Table)
  private var isFirstFilling = true
  /// Keys that the builder took and that do not serve yet.
  private var taken = 0
  /// How many keys wait, and with them those that were taken: for statistics, which never wait.
  let waiting = Atomic<Int>(0)
  let unserved = Atomic<Int>(0)
  /// Offered once; the builder takes it with the times that need it.
  private var second: EpochStore.Second?

  /// By key: what it takes. `keys` lists those that have one.
  private final class Table {
    let times: Block<UInt32>
    let keys: Block<UInt32>
    var isListed: BitSet
    var count = 0

    init(keys count: Int, memory: Memory) throws(OutOfMemory) {
      let times = try Block<UInt32>(unfilled: memory, count: count)
      let keys = try Block<UInt32>(unfilled: memory, count: count)
      let isListed = try BitSet(memory, capacity: count)
      self.times = times
      self.keys = keys
      self.isListed = isListed
    }

    @inline(__always) func put(_ key: Int, _ time_ms: UInt32) {
      times[key] = time_ms
      if isListed.contains(key) { return }
      isListed.insert(key)
      keys[count] = UInt32(key)
      count += 1
    }
  }

  /// 17 bytes a key, twice.
  init(keys: Int, memory: Memory) throws(OutOfMemory) {
    let first = try Table(keys: keys, memory: memory)
    let second = try Table(keys: keys, memory: memory)
    tables = (first, second)
    mutex = .allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  private var filling: Table { isFirstFilling ? tables.0 : tables.1 }

  /// A reporter's slice: `body` calls its argument for each key.
  @inline(__always)
  /// `kept`: where they stand besides, for the process after this one.
  func fill(
    keeping kept: KeptStreets? = nil, _ map: RoadMap? = nil,
    _ body: (_ put: (Int, UInt32) -> Void) -> Void
  ) {
    pthread_mutex_lock(mutex)
    let table = filling
    if let kept, let map {
      body { key, time_ms in
        table.put(key, time_ms)
        kept.put(key, time_ms, mapped_ms: map.mapped_ms(key))
      }
    } else {
      body { key, time_ms in table.put(key, time_ms) }
    }
    note(table.count)
    pthread_mutex_unlock(mutex)
  }

  func offer(_ second: EpochStore.Second) {
    pthread_mutex_lock(mutex)
    if self.second == nil { self.second = second }
    pthread_mutex_unlock(mutex)
  }

  @inline(__always) private func note(_ count: Int) {
    waiting.store(count, ordering: .releasing)
    unserved.store(count + taken, ordering: .releasing)
  }

  /// The builder: what it took serves now.
  func served() {
    pthread_mutex_lock(mutex)
    taken = 0
    note(filling.count)
    pthread_mutex_unlock(mutex)
  }

  /// The builder: takes all that waits, newest times only. False when nothing does.
  func take(
    split: (EpochStore.Second) -> Void, _ body: (_ key: Int, _ time_ms: UInt32) -> Void
  ) -> Bool {
    pthread_mutex_lock(mutex)
    let table = filling
    let second = second
    // Read once, under the lock: a table that stays in use may be filled as soon as the lock is given back.
    let count = table.count
    if count > 0 {
      isFirstFilling.toggle()
      taken = count
      note(0)
    }
    pthread_mutex_unlock(mutex)
    guard count > 0 else { return false }
    if let second { split(second) }
    for index in 0..<count {
      let key = Int(table.keys[index])
      body(key, table.times[key])
      table.isListed.remove(key)
    }
    table.count = 0
    return true
  }
}
