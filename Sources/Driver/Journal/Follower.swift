// Snapshots without a pause. Now and then a thread makes a second core out of what is on the disk by then, as opening
// would, writes that one's state down, and gives its memory back. The baton is never taken, so no turn is longer for a
// snapshot; and each snapshot proves that the engine can be rebuilt. (Where records are to go and nothing comes any
// more, it takes the baton for one record that says nothing.)

import HujiaContainers
import HujiaEngine
import HujiaJournal
import Synchronization

/// Owned by its engine; told of what is durable by the journal's thread.
final class Follower: @unchecked Sendable {
  private unowned let driver: EngineDriver
  private let configuration: Configuration
  private let most: UInt64
  private let isBusy = Atomic<Bool>(false)
  private let mustEnd = Atomic<Bool>(false)
  /// Of the newest snapshot, and how many bytes were written then.
  private let newest: Atomic<UInt64>
  private let bytes = Atomic<UInt64>(0)
  /// When one was begun because something is kept too long; its hearers' alone.
  private var late_ns = Int64.min
  /// Under the journal's lock, and closing's once the journal's thread tells no more.
  private let thread = Sleeper()
  /// Under the mutex of `thread`: others know of the engine, and it is not being closed.
  private var isOpen = false
  /// What the newest snapshot reaches; of the thread at work.
  private var reached: UInt64
  /// Snapshots made so far.
  let made = Atomic<UInt64>(0)

  /// `snapshot`: the record that the newest snapshot reaches; 0 = none.
  init(_ driver: EngineDriver, _ configuration: Configuration, snapshot: UInt64) {
    self.driver = driver
    self.configuration = SecondCore.configuration(of: configuration)
    most =
      configuration.snapshotRecords == 0
      ? Self.usually : UInt64(configuration.snapshotRecords)
    newest = Atomic(snapshot)
    reached = snapshot
  }

  /// So many records are read back in about a second.
  private static var usually: UInt64 { 500_000 }

  /// Something is kept too long until a snapshot has it: so often one is tried for that alone.
  private static var lateAgain_ns: Int64 { 60_000_000_000 }

  /// Whether what must go waits for a snapshot. What stands apart needs one that has more than the newest; records are
  /// wanted in two, whether more has come or not.
  private func isLate(_ sequence: UInt64) -> Bool {
    guard let journal = driver.journal?.journal else { return false }
    let isLate =
      journal.wantsSnapshot
      || sequence > newest.load(ordering: .relaxed) && journal.reasonsNow.contains(.keptTooLong)
    guard isLate else { return false }
    let now_ns = Clock.now_ns()
    guard late_ns == .min || now_ns &- late_ns >= Self.lateAgain_ns else { return false }
    late_ns = now_ns
    return true
  }

  /// A batch is on the disk, or something is kept too long. Neither waits nor allocates but where a snapshot is due.
  func hear(_ sequence: UInt64, _ written: UInt64) {
    let isDue =
      sequence &- newest.load(ordering: .relaxed) >= most
      || configuration.journalBytes > 0
        && written &- bytes.load(ordering: .relaxed) >= configuration.journalBytes / 8
      || isLate(sequence)
    guard isDue, !mustEnd.load(ordering: .acquiring),
      isBusy.compareExchange(expected: false, desired: true, ordering: .acquiringAndReleasing)
        .exchanged
    else { return }
    thread.join()
    // What fails is tried again when as much has come again.
    newest.store(sequence, ordering: .relaxed)
    bytes.store(written, ordering: .relaxed)
    if !thread.start({ [unowned self] in run() }) {
      isBusy.store(false, ordering: .releasing)
      driver.journal?.raise(EngineJournal.Reason.snapshotFailed)
    }
  }

  /// The engine is whole: from here on turns are taken under the baton alone.
  func begin() { thread.locked { isOpen = true } }

  /// Before the loop goes: nobody is inside of it any more when this returns.
  func leaveLoop() { thread.locked { isOpen = false } }

  /// Before the journal is closed: what is under way is given up.
  func stop() {
    mustEnd.store(true, ordering: .releasing)
    // Behind this nobody is inside of `hear`.
    driver.journal?.journal.tellDurable { _, _ in }
    while isBusy.load(ordering: .acquiring) { Sleeper.pause() }
    thread.join()
  }

  private func run() {
    defer { isBusy.store(false, ordering: .releasing) }
    guard let journal = driver.journal else { return }
    do throws(Failure) {
      var isWanted = journal.journal.wantsSnapshot
      // Records go once two have them.
      for _ in 0..<2 {
        if isWanted, journal.journal.durable <= reached { mark(journal) }
        guard try make(journal) else { return }
        made.wrappingAdd(1, ordering: .relaxed)
        journal.settle(EngineJournal.Reason.snapshotFailed)
        isWanted = journal.journal.wantsSnapshot
        guard isWanted else { return }
      }
    } catch {
      journal.raise(EngineJournal.Reason.snapshotFailed)
    }
  }

  /// Nothing has come since the newest snapshot: one record more, so that another can be made.
  private func mark(_ journal: EngineJournal) {
    thread.locked {
      guard isOpen else { return }
      driver.baton.take()
      let moment = driver.moment
      journal.putMark(at: moment, monotonic_ns: moment.now_ns &+ driver.origin_ns)
      driver.giveBaton()
    }
    for _ in 0..<Self.mostWaits where !mustEnd.load(ordering: .relaxed) {
      if journal.journal.wait(0, .durable, timeout_ns: 1_000_000_000) != .timeout { return }
    }
  }

  private static var mostWaits: Int { 60 }

  /// False: it was given up, or there was nothing to write.
  private func make(_ journal: EngineJournal) throws(Failure) -> Bool {
    let core = try SecondCore(of: driver, configuration, journal.journal)
    let rebuilder = core.rebuilder
    do throws(JournalProblem) {
      let last = try journal.journal.readBack(
        snapshot: { rebuilder.take(snapshot: $0) },
        record: { !mustEnd.load(ordering: .relaxed) && rebuilder.take($0) })
      guard rebuilder.records > 0, let state = core.finishedState() else { return false }
      if rebuilder.differences > 0 {
        // What it would say is not what the engine did: the records stay.
        journal.raise(EngineJournal.Reason.rebuiltOtherwise)
        return false
      }
      let writer = try journal.journal.beginSnapshot(last)
      try core.write(state, into: writer)
      try writer.finish()
      newest.store(last, ordering: .relaxed)
      reached = last
      return true
    } catch {
      if mustEnd.load(ordering: .relaxed) { return false }
      throw rebuilder.failure ?? Failure(error)
    }
  }
}
