// Snapshots without a pause. Now and then a thread makes a second core out of what is on the disk by then, as opening
// would, writes that one's state down, and gives its memory back. The baton is never taken, so no turn is longer for a
// snapshot; and each snapshot proves that the engine can be rebuilt.

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
  }

  /// So many records are read back in about a second.
  private static var usually: UInt64 { 500_000 }

  /// Something is kept too long until a snapshot has it: so often one is tried for that alone.
  private static var lateAgain_ns: Int64 { 60_000_000_000 }

  /// Whether what must go waits for a snapshot, and there is something that the newest one has not.
  private func isLate(_ sequence: UInt64) -> Bool {
    guard sequence > newest.load(ordering: .relaxed),
      driver.journal?.journal.reasonsNow.contains(.keptTooLong) == true
    else { return false }
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
      if try make(journal) {
        made.wrappingAdd(1, ordering: .relaxed)
        journal.settle(EngineJournal.Reason.snapshotFailed)
      }
    } catch {
      journal.raise(EngineJournal.Reason.snapshotFailed)
    }
  }

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
      return true
    } catch {
      if mustEnd.load(ordering: .relaxed) { return false }
      throw rebuilder.failure ?? Failure(error)
    }
  }
}
