// Read with HJ_EVENTS_WHEN_DURABLE: events wait until the record that they stand on survives a power cut, and then the
// journal's thread rings the host's descriptor for them, without the baton. Must never: let an event wait for a disk
// that has failed, or leave one that may be read without a ring.

import CHujiaBaton
import HujiaContainers
import HujiaEngine
import HujiaJournal
import Synchronization

/// What the baton's holder and the journal's thread agree about. Both write first and look then, with a fence between:
/// the holder which record it waits for, the journal which record is durable. So one of them sees the other.
final class EventBell: Sendable {
  private let descriptor: Int32
  /// The record of the oldest event that may not be read yet; 0 = none waits.
  private let awaited = Atomic<UInt64>(0)
  /// The journal's thread rang, and the holder does not know yet.
  private let hasRung = Atomic<Bool>(false)

  init(descriptor: Int32) { self.descriptor = descriptor }

  var isAwaited: Bool { awaited.load(ordering: .relaxed) != 0 }

  /// The journal's thread, after each batch and each failure. The ring comes before the flag: a holder that sees the
  /// flag takes the ring away where nothing can be read.
  func look(at journal: Journal) {
    atomicMemoryFence(ordering: .sequentiallyConsistent)
    let record = awaited.load(ordering: .acquiring)
    guard record != 0, record <= journal.durable || journal.isWithoutDisk,
      awaited.compareExchange(
        expected: record, desired: 0, ordering: .acquiringAndReleasing
      ).exchanged
    else { return }
    hujia_ring(descriptor)
    hasRung.store(true, ordering: .releasing)
  }

  // Under the baton

  func takeRing() -> Bool {
    hasRung.load(ordering: .relaxed) && hasRung.exchange(false, ordering: .acquiringAndReleasing)
  }

  /// Whether what comes next may be read, which stands on `record`; nil: nothing comes. Where it may not, the journal's
  /// thread rings once it may.
  func follow(_ record: UInt64?, _ journal: EngineJournal) -> Bool {
    guard let record, !journal.shows(record) else {
      if isAwaited { awaited.store(0, ordering: .relaxed) }
      return record != nil
    }
    if awaited.load(ordering: .relaxed) == record { return false }
    awaited.store(record, ordering: .sequentiallyConsistent)
    atomicMemoryFence(ordering: .sequentiallyConsistent)
    guard journal.shows(record) else { return false }
    awaited.store(0, ordering: .relaxed)
    return true
  }
}

extension Journal {
  /// Nothing more becomes durable, as far as anybody knows. (A disk that stands still fails no call: the ring tells.)
  var isWithoutDisk: Bool {
    // No set is made of it: a list of options is an array, and calls ask this.
    reasonsNow.rawValue & JournalReasons.withoutDisk != 0
  }
}

extension EngineJournal {
  /// As above, or nothing more is written at all.
  var isWithoutDisk: Bool { journal.isWithoutDisk || reasonsNow & Reason.journalEnded != 0 }

  /// Whether events that stand on a record may be read.
  func shows(_ record: UInt64) -> Bool {
    bell == nil || record <= journal.durable || isWithoutDisk
  }

  /// Events that stand on records up to this one may be read, and those beyond `durable` say that they are not.
  var shown: (upTo: UInt64, durable: UInt64) {
    guard bell != nil else { return (.max, .max) }
    let durable = journal.durable
    return (isWithoutDisk ? .max : durable, durable)
  }
}

extension EngineDriver {
  /// Under the baton: the descriptor rings while events wait that may be read.
  @inline(never) func followHidden() {
    guard let journal, let bell = journal.bell else { return }
    core.pointee.counters.set(Counter.eventsWaiting, Int64(core.pointee.outbox.count))
    if bell.takeRing() { isSignalled = true }
    let oldest = journal.repeated.oldest?.record ?? core.pointee.outbox.oldestRecord
    if bell.follow(oldest, journal) != isSignalled { followOutbox() }
  }

  /// After the baton was given back: the journal begins at once with what events wait for.
  @inline(never) func hastenHidden() {
    guard let journal, journal.bell?.isAwaited == true else { return }
    journal.journal.kick()
  }

  /// Without the baton: what is recorded by now is durable when this returns, so that its events can be read, or the
  /// disk has failed, or stands still: then it is not waited for again before something became durable.
  func awaitShown() {
    guard hidesEvents, let journal else { return }
    let newest = journal.journal.recorded
    let until_ns = Clock.now_ns() &+ Int64(diskWait_s) &* 1_000_000_000
    while !journal.isWithoutDisk, stalledAt.load(ordering: .relaxed) != journal.journal.durable {
      guard Clock.now_ns() < until_ns else {
        stalledAt.store(journal.journal.durable, ordering: .relaxed)
        break
      }
      let waited = Cancellation.off {
        journal.journal.wait(newest, .durable, timeout_ns: Self.lookAtDisk_ns)
      }
      if waited != .timeout { break }
    }
    baton.take()
    followHidden()
    giveBaton()
  }

  /// A disk that fails wakes nobody.
  private static var lookAtDisk_ns: Int64 { 20_000_000 }

  /// A host's room for events, as far as they may be read. A command of its own: what it took stands on record.
  func limited(_ room: EventRoom, _ journal: EngineJournal) -> EventRoom {
    var room = room
    let (upTo, durable) = journal.shown
    room.most = core.pointee.outbox.count(upTo: upTo, most: room.most)
    room.durable = durable
    return room
  }
}
