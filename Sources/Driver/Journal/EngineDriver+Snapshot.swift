// The snapshot with which an engine closes: the next open reads it instead of all records.

import HujiaContainers
import HujiaEngine
import HujiaJournal

extension EngineDriver {
  /// After the last turn. False: it could not be written, which is told; the records are there, and what only the ring
  /// has besides (the newest positions) stays in it.
  func writeFinalSnapshot() -> Bool {
    guard let journal, !journal.hasEnded, journal.journal.recorded > 0 else { return true }
    takeLastPositions(journal)
    let opened = OpenedRecord(
      journal.config, map: mapChecksum, plans: core.pointee.planSource)
    let state = EngineState(
      opened: opened, last: core.pointee.time,
      monotonic_ns: core.pointee.time.now_ns &+ origin_ns, boot: journal.journal.boot,
      times: journal.streets?.times(over: journal.times) { map.mapped_ms($0) } ?? journal.times)
    do throws(JournalProblem) {
      let writer = try journal.journal.beginSnapshot(journal.journal.recorded)
      try write(state, into: writer)
      try writer.finish(timeout_ns: Self.longestClose_ns)
      return true
    } catch {
      journal.raise(EngineJournal.Reason.snapshotFailed)
      return false
    }
  }

  /// Positions that wait would go with the ring. Where they are told on record, they and those that were taken in since
  /// the last record are told now, as many at a time as a record holds and the ring has room for.
  private func takeLastPositions(_ journal: EngineJournal) {
    guard journal.facts != nil else { return core.pointee.takePositions(most: .max) { false } }
    let most = EngineJournal.mostFixes / 2
    repeat {
      if !journal.hasRoomForPositions {
        _ = journal.journal.wait(0, .durable, timeout_ns: Self.longestClose_ns)
      }
      core.pointee.takePositions(most: most) { false }
      journal.putWaiting(
        at: core.pointee.time, monotonic_ns: core.pointee.time.now_ns &+ origin_ns)
    } while positions.pointee.hasFresh
  }

  /// A disk that stands still keeps a close no longer.
  private static var longestClose_ns: Int64 { 10_000_000_000 }

  /// In pieces of 64 KiB.
  func write(_ state: EngineState, into writer: SnapshotWriter) throws(JournalProblem) {
    var problem: JournalProblem?
    var coder = StateCoder { piece in
      do throws(JournalProblem) {
        try writer.write(piece)
        return true
      } catch {
        problem = error
        return false
      }
    }
    write(state, &coder)
    if let problem { throw problem }
    if let flaw = coder.flaw { throw JournalProblem(.refused, "\(flaw)") }
  }
}
