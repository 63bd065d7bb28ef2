// A ring that is nearly full behind a disk that stands still begins anew: a second core is made out of the records, and
// its state lies beside the ring before they leave it. So what is accepted goes on to survive the process. A disk that
// does not even give what it has holds that up: then the live core's own state is taken, in one turn. Must never: wait
// for that disk while there is no room, let a record go that no state has.

import HujiaEngine
import HujiaJournal
import Synchronization

/// Owned by its engine; asked behind a turn, by any thread without the baton.
final class RingKeeper: @unchecked Sendable {
  private unowned let driver: EngineDriver
  private let configuration: Configuration
  private let isBusy = Atomic<Bool>(false)
  private let mustEnd = Atomic<Bool>(false)
  /// After a failure no sooner than this; of `isBusy`'s holder.
  private var next_ns = Int64.min
  private let thread = Sleeper()
  /// Where the first one may stand still in a read.
  private let isSecondBusy = Atomic<Bool>(false)
  private let second = Sleeper()
  /// Under the mutex of `thread`.
  private var isLoopThere = true

  init(_ driver: EngineDriver, _ configuration: Configuration) {
    self.driver = driver
    self.configuration = SecondCore.configuration(of: configuration)
  }

  private static var retry_ns: Int64 { 1_000_000_000 }

  /// The ring is nearly full. Begins a thread where none is at work, and another one where that has not come back and
  /// there is no more room.
  func ask() {
    guard !mustEnd.load(ordering: .acquiring) else { return }
    guard
      isBusy.compareExchange(expected: false, desired: true, ordering: .acquiringAndReleasing)
        .exchanged
    else { return askSecond() }
    guard Clock.now_ns() >= next_ns else { return isBusy.store(false, ordering: .releasing) }
    thread.join()
    if !thread.start({ [unowned self] in run() }) { failed() }
  }

  private func askSecond() {
    guard driver.journal?.journal.mustRestartNow == true,
      isSecondBusy.compareExchange(expected: false, desired: true, ordering: .acquiringAndReleasing)
        .exchanged
    else { return }
    second.join()
    if !second.start({ [unowned self] in runSecond() }) {
      isSecondBusy.store(false, ordering: .releasing)
    }
  }

  private func failed() {
    next_ns = Clock.now_ns() &+ Self.retry_ns
    isBusy.store(false, ordering: .releasing)
    driver.journal?.raise(EngineJournal.Reason.snapshotFailed)
  }

  /// Before the loop goes: nobody is inside of it any more when this returns.
  func leaveLoop() { thread.locked { isLoopThere = false } }

  /// Before the journal is closed: what is under way is given up.
  func stop() {
    mustEnd.store(true, ordering: .releasing)
    while !isBusy.compareExchange(
      expected: false, desired: true, ordering: .acquiringAndReleasing
    ).exchanged { Sleeper.pause() }
    thread.join()
    while !isSecondBusy.compareExchange(
      expected: false, desired: true, ordering: .acquiringAndReleasing
    ).exchanged { Sleeper.pause() }
    second.join()
  }

  /// Asks no disk for anything.
  private func runSecond() {
    defer { isSecondBusy.store(false, ordering: .releasing) }
    guard let journal = driver.journal, !mustEnd.load(ordering: .relaxed),
      journal.journal.mustRestartNow
    else { return }
    do throws(Failure) {
      if journal.journal.hasState {
        guard try restart(journal) else { return }
      } else {
        try restartLive(journal)
      }
      journal.settle(EngineJournal.Reason.snapshotFailed)
      thread.locked { if isLoopThere { driver.loop?.wake() } }
    } catch {
      if journal.journal.mustRestartNow { journal.raise(EngineJournal.Reason.snapshotFailed) }
    }
  }

  private func restartLive(_ journal: EngineJournal) throws(Failure) {
    let (bytes, last) = try driver.liveState(journal)
    do throws(JournalProblem) {
      let writer = try journal.journal.beginRingState(last)
      try bytes.withBytes { (raw) throws(JournalProblem) in try writer.write(raw) }
      try writer.finish()
    } catch {
      throw Failure(error)
    }
  }

  private func run() {
    guard let journal = driver.journal else { return isBusy.store(false, ordering: .releasing) }
    do throws(Failure) {
      while !mustEnd.load(ordering: .relaxed), journal.journal.mustRestart {
        guard try restart(journal) else { break }
        journal.settle(EngineJournal.Reason.snapshotFailed)
        // It tells what is over.
        thread.locked { if isLoopThere { driver.loop?.wake() } }
      }
      isBusy.store(false, ordering: .releasing)
    } catch {
      // A disk that takes records again needs no state.
      guard journal.journal.mustRestart, !mustEnd.load(ordering: .relaxed) else {
        return isBusy.store(false, ordering: .releasing)
      }
      failed()
    }
  }

  /// False: it was given up.
  private func restart(_ journal: EngineJournal) throws(Failure) -> Bool {
    let core = try SecondCore(of: driver, configuration, journal.journal)
    do throws(JournalProblem) {
      let last = try journal.journal.readRecorded(
        snapshot: { core.rebuilder.take(snapshot: $0) },
        record: { !mustEnd.load(ordering: .relaxed) && core.rebuilder.take($0) })
      guard let state = core.finishedState() else { return false }
      if core.rebuilder.differences > 0 {
        // What it would say is not what the engine did: the records stay.
        journal.raise(EngineJournal.Reason.rebuiltOtherwise)
        throw JournalProblem(.refused, "rebuilt otherwise")
      }
      let writer = try journal.journal.beginRingState(last)
      try core.write(state, into: writer)
      try writer.finish()
      return true
    } catch {
      if mustEnd.load(ordering: .relaxed) { return false }
      throw core.rebuilder.failure ?? Failure(error)
    }
  }
}
