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
    let state = stateNow(
      journal,
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

  /// Under the baton, or where nobody else has the engine.
  private func stateNow(
    _ journal: EngineJournal, times: [UInt32: UInt32]
  ) -> EngineState {
    EngineState(
      opened: OpenedRecord(journal.config, map: mapChecksum, plans: core.pointee.planSource),
      last: core.pointee.time, monotonic_ns: core.pointee.time.now_ns &+ origin_ns,
      boot: journal.journal.boot, times: times)
  }

  /// The live core's own state, and the last record that it has: in one turn, as long as that takes. For a ring that
  /// has no room to wait for anything else. Any thread without the baton.
  func liveState(_ journal: EngineJournal) throws(Failure) -> (bytes: [UInt8], last: UInt64) {
    try AddressSpace.check(Int(memory_bytes) + AddressSpace.ofEngine, "the engine's state")
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Int(memory_bytes))
    // No content is half on record then.
    stagingGate.enter()
    baton.take()
    journal.putWaiting(
      at: core.pointee.time, monotonic_ns: core.pointee.time.now_ns &+ origin_ns)
    let last = journal.journal.recorded
    var coder = StateCoder { piece in
      bytes.append(contentsOf: piece)
      return true
    }
    // The newest street times stay in the ring's file.
    write(stateNow(journal, times: journal.timesGate.held { journal.times }), &coder)
    giveBaton()
    stagingGate.leave()
    if let flaw = coder.flaw { throw Failure(.journal, field: "journal_path", "\(flaw)") }
    return (bytes, last)
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
