// An engine that follows a journal, so that what its records did can be seen: which incident a report became, which
// units were sent, which events there were. What was decided is read back. Must never: write into the journal that it
// follows.

import HujiaContainers
import HujiaEngine
import HujiaIngest
import HujiaJournal

/// One turn of a journal, and what came of it.
package struct SeenTurn {
  package var record: UInt64
  package var wall_us: Int64
  package var status: Status
  package var command: RecordedCommand
  /// Of a batch of heartbeats.
  package var beats: [Heartbeat]
  /// What was chosen, as it stands on record (`ChoiceLog`); valid while it is told.
  package var choices: UnsafeRawBufferPointer
  /// Not all choices fitted.
  package var isCut: Bool
  /// Positions that the turn took in.
  package var fixes: Int
  package var decision: Decision
  /// Those that waited for the host behind it.
  package var events: [Event]
  /// False: applied again it gave another status, other events or other choices. The rest of it is then what it gives
  /// now.
  package var isSame: Bool
  /// What a watch said was deleted.
  package var isGone = false
}

package final class JournalReplica {
  let driver: EngineDriver
  let rebuilder: Rebuilder
  /// Told of each turn, in order.
  package var seen: ((borrowing SeenTurn) -> Void)?

  /// `map`: nil or another one than the journal's is fine, as nothing is decided.
  package init(_ openings: JournalOpenings, map: String? = nil) throws(Failure) {
    let configuration = openings.configuration(map: map)
    try configuration.check()
    driver = try EngineDriver.unfiled(configuration)
    rebuilder = try Rebuilder(driver, configuration)
    rebuilder.seen = { [unowned self] in tell($0, $1, &$2, $3) }
  }

  /// The next record. Throws where it cannot be applied: what comes behind it cannot, either.
  package func take(_ record: borrowing JournalRecord) throws(Failure) {
    newest = driver.core.pointee.outbox.newest
    if rebuilder.take(record) { return }
    if let failure = rebuilder.failure { throw failure }
    throw Failure(.journal, "record \(record.sequence) was not taken")
  }

  /// A state, before any record: the records behind it come next.
  package func take(snapshot bytes: UnsafeRawBufferPointer) throws(Failure) {
    if rebuilder.take(snapshot: bytes) { return }
    throw rebuilder.failure ?? Failure(.journal, "the snapshot was not taken")
  }

  private var newest: UInt64 = 0

  private func tell(
    _ record: borrowing JournalRecord, _ turn: TurnRecord, _ decision: inout Decision,
    _ isSame: Bool
  ) {
    guard let seen else { return }
    var events: [Event] = []
    driver.core.pointee.outbox.each(after: newest) { events.append(copy $0) }
    seen(
      SeenTurn(
        record: record.sequence, wall_us: record.wall_us, status: turn.status,
        command: turn.command.recorded, beats: turn.command.beats, choices: turn.choices,
        isCut: turn.isCut, fixes: turn.fixes.count / TakenFix.bytes, decision: decision,
        events: events, isSame: isSame, isGone: turn.isGone))
  }

  /// A turn without an engine that follows: what stands on record alone. nil: the record is none, or damaged.
  package static func read(_ record: borrowing JournalRecord) -> SeenTurn? {
    guard record.kind == RecordKind.turn, record.version <= RecordKind.version,
      let turn = TurnRecord(record)
    else { return nil }
    return SeenTurn(
      record: record.sequence, wall_us: record.wall_us, status: turn.status,
      command: turn.command.recorded, beats: turn.command.beats, choices: turn.choices,
      isCut: turn.isCut, fixes: turn.fixes.count / TakenFix.bytes, decision: Decision(),
      events: [], isSame: true, isGone: turn.isGone)
  }

  /// Positions in a record that holds nothing else; nil: it is another record.
  package static func positions(_ record: borrowing JournalRecord) -> Int? {
    guard record.kind == RecordKind.positions else { return nil }
    return (record.positions?.count ?? 0) / TakenFix.bytes
  }
}
