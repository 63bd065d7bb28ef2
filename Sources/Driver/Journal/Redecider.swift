// Decides the turns of one life of a journal anew, from one opening to the next, and compares. Positions and street
// times come from the records alone. Must never: go on behind a turn that came out otherwise, whose successors rest on
// it.

import HujiaContainers
import HujiaEngine
import HujiaIngest
import HujiaJournal

/// Takes over an engine that was rebuilt up to an opening.
final class Redecider {
  private let driver: EngineDriver
  private let facts: UnsafeMutablePointer<TurnFacts>
  private let choices: UnsafeMutablePointer<ChoiceLog>
  private var content: [UInt8] = []
  private var staged = StagedContent()

  /// The first and the last record of the turns before which positions or street times are missing.
  private(set) var gap: ClosedRange<UInt64>?

  init(_ driver: EngineDriver) throws(Failure) {
    self.driver = driver
    do throws(OutOfMemory) {
      let log = try TurnFacts(.system, capacity: EngineJournal.mostFixes)
      let made = try ChoiceLog(.system, capacity: EngineJournal.mostChoices)
      facts = .allocate(capacity: 1)
      facts.initialize(to: log)
      choices = .allocate(capacity: 1)
      choices.initialize(to: made)
    } catch {
      throw Failure(.memory, "no memory for a turn's \(error.bytes) bytes")
    }
    driver.core.pointee.feed = .recorded(facts)
    driver.core.pointee.choices = choices
    // As an opening does: epochs go on behind those before, on the map's own times.
    try driver.openTraffic().store.goOn(after: driver.core.pointee.epoch)
  }

  deinit {
    driver.core.pointee.feed = .none
    driver.core.pointee.choices = nil
    choices.deinitialize(count: 1)
    choices.deallocate()
    facts.deinitialize(count: 1)
    facts.deallocate()
  }

  /// nil: the record is no turn. Else what it was, and in what it came out otherwise.
  func take(
    _ record: borrowing JournalRecord, _ outcome: inout JournalReview.Outcome
  ) throws(Failure) {
    switch record.kind {
    case RecordKind.content: content.append(contentsOf: record.payload)
    case RecordKind.staged: guard staged.take(record) else { throw damaged(record) }
    case RecordKind.positions:
      guard let fixes = record.positions, takeFixes(fixes, &outcome) else {
        throw damaged(record)
      }
      driver.core.pointee.takePositions(most: .max)
    case RecordKind.turn: try takeTurn(record, &outcome)
    default: throw damaged(record)
    }
  }

  private func damaged(_ record: borrowing JournalRecord) -> Failure {
    Failure(
      .journal, field: "journal_path",
      "record \(record.sequence) cannot be read, or is of a later version: update the library")
  }

  private func takeFixes(
    _ fixes: UnsafeRawBufferPointer, _ outcome: inout JournalReview.Outcome
  ) -> Bool {
    facts.pointee.removeAll()
    outcome.positions += fixes.count / TakenFix.bytes
    return TurnRecord.each(fixes) { fix in
      guard driver.holds(fix) else { return false }
      facts.pointee.append(fix)
      return true
    }
  }

  private func takeTurn(
    _ record: borrowing JournalRecord, _ outcome: inout JournalReview.Outcome
  ) throws(Failure) {
    guard let turn = TurnRecord(record), takeFixes(turn.fixes, &outcome),
      driver.accepts(turn.command)
    else { throw damaged(record) }
    if let mark = turn.staged {
      guard staged.isWhole(mark), content.isEmpty else { throw damaged(record) }
      content = staged.bytes
      staged.removeAll()
    }
    let number = record.sequence
    if turn.hasGap { gap = (gap?.lowerBound ?? number)...number }
    facts.pointee.hasLeft = turn.hasLeft
    choices.pointee.begin()
    var decision = Decision()
    var given = Turn(moment: turn.command.recorded.moment, feed: .recorded(facts))
    driver.core.pointee.record = record.sequence
    driver.core.pointee.takePositions(most: .max)
    let status = try content.withBytes { (raw) throws(Failure) in
      try driver.replay(turn.command, raw, &given, isRebuilding: false, into: &decision)
    }
    content.removeAll(keepingCapacity: true)
    let name = turn.command.recorded.change.name
    outcome.note(name, status, &decision, facts.pointee.events)
    let newest = driver.core.pointee.outbox.newest
    let again = choices.pointee.written
    let part: JournalReview.Part? =
      if status != turn.status {
        .status
      } else if choices.pointee.isCut != turn.isCut
        || again.count != turn.choices.count || !again.elementsEqual(turn.choices)
      { .choices } else if newest != turn.newestEvent { .events } else if !facts.pointee.isUsedUp {
        .positions
      } else { nil }
    guard let part else { return }
    outcome.first = JournalReview.Difference(
      record: record.sequence, command: name, part: part,
      recorded: part == .status
        ? "\(turn.status.rawValue)" : part == .events ? "\(turn.newestEvent)" : "",
      decided: part == .status ? "\(status.rawValue)" : part == .events ? "\(newest)" : "",
      recordedChoices: part == .choices ? Array(turn.choices) : [],
      decidedChoices: part == .choices ? Array(again) : [], gap: gap)
  }
}
