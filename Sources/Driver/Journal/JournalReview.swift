// Proves what a journal says: every record applied again in an engine of its own. Rebuilding reads back what was
// decided, and shows that an opening would give what was. Deciding looks anew at everything, and shows that the record
// rests on nothing but itself, or what the rules of today would have done.

import HujiaContainers
import HujiaEngine
import HujiaIngest
import HujiaJournal

package enum JournalReview {
  /// In what a turn came out otherwise; the first of these.
  package enum Part: String, Sendable { case status, choices, events, positions }

  package struct Difference: Sendable {
    package var record: UInt64
    package var command: String
    package var part: Part
    /// The status, or the number of the newest event.
    package var recorded: String
    package var decided: String
    /// Where the choices differ: both, as they stand on record.
    package var recordedChoices: [UInt8] = []
    package var decidedChoices: [UInt8] = []
    /// Before it positions or street times are missing: the ring was full.
    package var gap: ClosedRange<UInt64>?
  }

  package struct Outcome: Sendable {
    package var openings = 0
    package var turns: UInt64 = 0
    /// Turns by command.
    package var commands: [String: Int] = [:]
    package var positions = 0
    /// Of each status, decision and event that was decided.
    package var digest = Digest()
    package var first: Difference?

    mutating func note(
      _ command: String, _ status: Status, _ decision: inout Decision, _ events: Digest
    ) {
      turns += 1
      commands[command, default: 0] += 1
      digest.fold(UInt64(UInt32(bitPattern: status.rawValue)))
      decision.fold(into: &digest)
      digest.fold(events.value)
    }
  }

  package enum Means: Sendable { case rebuilding, deciding }

  /// A journal that was read: where its records are.
  package struct Source {
    package var path: String
    package var openings: JournalOpenings
    /// Of the newest record.
    package var last: UInt64
    /// Opens what is sealed.
    package var seal: (any JournalSeal)?
    package init(
      path: String, openings: JournalOpenings, last: UInt64, seal: (any JournalSeal)? = nil
    ) {
      self.seal = seal
      self.path = path
      self.openings = openings
      self.last = last
    }
  }

  /// `progress` is told the share of the records.
  package static func run(
    _ source: Source, _ means: Means, map: String?, progress: (Double) -> Void
  ) throws(Failure) -> Outcome {
    var outcome = Outcome()
    outcome.openings = source.openings.all.count
    guard !source.openings.all.isEmpty else { return outcome }
    guard means == .deciding else {
      try rebuild(source, map, &outcome, progress)
      return outcome
    }
    let silent = source.openings.all.first { $0.telemetry != .all }
    if let silent {
      throw Failure(
        .unsupported, field: "telemetry",
        "the engine that record \(silent.record) tells of was opened without HJ_TELEMETRY_ALL: its "
          + "positions and street times are not on record, and nothing can be decided anew without "
          + "them; without --redecide what was decided is read back")
    }
    for life in source.openings.all.indices where outcome.first == nil {
      try decide(source, life, map, &outcome, progress)
    }
    return outcome
  }

  private static func rebuild(
    _ source: Source, _ map: String?, _ outcome: inout Outcome, _ progress: (Double) -> Void
  ) throws(Failure) {
    let replica = try JournalReplica(source.openings, map: map)
    var counted = outcome
    replica.rebuilder.seen = { record, turn, decision, isSame in
      var events = Digest()
      events.fold(turn.newestEvent)
      counted.note(turn.command.recorded.change.name, turn.status, &decision, events)
      counted.positions += turn.fixes.count / TakenFix.bytes
      guard !isSame, counted.first == nil else { return }
      counted.first = Difference(
        record: record.sequence, command: turn.command.recorded.change.name, part: .status,
        recorded: "", decided: "")
    }
    try read(source, from: 0, through: source.last, progress, share: 0...1) {
      (record) throws(Failure) in
      try replica.take(record)
    }
    outcome = counted
  }

  /// One life: rebuilt up to its opening, decided from there to the next.
  private static func decide(
    _ source: Source, _ life: Int, _ map: String?, _ outcome: inout Outcome,
    _ progress: (Double) -> Void
  ) throws(Failure) {
    let openings = source.openings.all
    let opening = openings[life]
    let end = life + 1 < openings.count ? openings[life + 1].record - 1 : source.last
    let replica = try JournalReplica(source.openings, map: map)
    guard replica.driver.mapChecksum == opening.map else {
      let given = map.map { "\($0) is another one" } ?? "no --map was given"
      throw Failure(
        .map, field: "--map",
        "record \(opening.record): the engine was opened with "
          + (opening.map == 0
            ? "no map: leave --map out"
            : "the map of checksum \(hex(opening.map)), and \(given): give that map"))
    }
    var redecider: Redecider?
    var counted = outcome
    let lives = Double(openings.count)
    let share = Double(life) / lives...Double(life + 1) / lives
    try read(source, from: 0, through: end, progress, share: share) { (record) throws(Failure) in
      guard counted.first == nil else { return }
      if let redecider {
        // Its plans stand before the next opening.
        if record.sequence <= end { try redecider.take(record, &counted) }
        return
      }
      try replica.take(record)
      if record.sequence == opening.record { redecider = try Redecider(replica.driver) }
    }
    outcome = counted
  }

  private static func hex(_ word: UInt64) -> String {
    let digits = String(word, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  private static func read(
    _ source: Source, from first: UInt64, through last: UInt64, _ progress: (Double) -> Void,
    share: ClosedRange<Double>, _ body: (borrowing JournalRecord) throws(Failure) -> Void
  ) throws(Failure) {
    var failure: Failure?
    let span = share.upperBound - share.lowerBound
    let report = Journal.read(source.path, after: first, seal: source.seal) { record in
      guard record.sequence <= last else { return false }
      if record.sequence % 1_024 == 0 {
        progress(share.lowerBound + span * Double(record.sequence) / Double(max(last, 1)))
      }
      do throws(Failure) {
        try body(record)
        return true
      } catch {
        failure = error
        return false
      }
    }
    if let failure { throw failure }
    if let problem = report.problem { throw Failure(problem) }
    guard report.chain.first <= 1 else {
      throw Failure(
        .journal, field: "journal_path",
        "records 1 to \(report.chain.first - 1) are not here: lay the archived segments beside the "
          + "others in a copy of the folder")
    }
  }
}
