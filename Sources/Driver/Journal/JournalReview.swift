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
    /// Records that a snapshot has alone, or has too: what they came to was taken from it.
    package var inSnapshot: UInt64 = 0
    /// Turns that were read back where all is decided anew: the opening before them is gone.
    package var readBack: UInt64 = 0
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
    guard means == .deciding else {
      try rebuild(source, map, through: source.last, &outcome, progress)
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
    try readBeginning(source, map, &outcome)
    for life in source.openings.all.indices where outcome.first == nil {
      try decide(source, life, map, &outcome, progress)
    }
    return outcome
  }

  /// Turns whose opening went with the records before them.
  private static func readBeginning(
    _ source: Source, _ map: String?, _ outcome: inout Outcome
  ) throws(Failure) {
    let first = source.openings.all.first?.record ?? source.last + 1
    guard first > 1 else { return }
    var beginning = Outcome()
    try rebuild(source, map, through: first - 1, &beginning) { _ in }
    outcome.readBack = beginning.turns
    outcome.inSnapshot = beginning.inSnapshot
    outcome.first = beginning.first
  }

  private static func rebuild(
    _ source: Source, _ map: String?, through last: UInt64, _ outcome: inout Outcome,
    _ progress: (Double) -> Void
  ) throws(Failure) {
    let following = Following(source.openings, map)
    var counted = outcome
    following.seen = { record, turn, decision, isSame in
      var events = Digest()
      events.fold(turn.newestEvent)
      counted.note(turn.command.recorded.change.name, turn.status, &decision, events)
      counted.positions += turn.fixes.count / TakenFix.bytes
      guard !isSame, counted.first == nil else { return }
      counted.first = Difference(
        record: record.sequence, command: turn.command.recorded.change.name, part: .status,
        recorded: "", decided: "")
    }
    try read(source, through: last, progress, share: 0...1, following) {
      (record) throws(Failure) in
      try following.take(record)
    }
    outcome = counted
    outcome.inSnapshot = following.skipped
  }

  /// One life: rebuilt up to its opening, decided from there to the next.
  private static func decide(
    _ source: Source, _ life: Int, _ map: String?, _ outcome: inout Outcome,
    _ progress: (Double) -> Void
  ) throws(Failure) {
    let openings = source.openings.all
    let opening = openings[life]
    let end = life + 1 < openings.count ? openings[life + 1].record - 1 : source.last
    let following = Following(source.openings, map)
    var redecider: Redecider?
    var counted = outcome
    // Of this life, what stands behind a snapshot that has its opening too.
    following.seen = { record, turn, _, isSame in
      guard record.sequence > opening.record else { return }
      counted.readBack += 1
      guard !isSame, counted.first == nil else { return }
      counted.first = Difference(
        record: record.sequence, command: turn.command.recorded.change.name, part: .status,
        recorded: "", decided: "")
    }
    let lives = Double(openings.count)
    let share = Double(life) / lives...Double(life + 1) / lives
    try read(source, through: end, progress, share: share, following) {
      (record) throws(Failure) in
      guard counted.first == nil else { return }
      if let redecider {
        // Its plans stand before the next opening.
        if record.sequence <= end { try redecider.take(record, &counted) }
        return
      }
      let driver = try following.take(record)
      guard record.sequence == opening.record, record.sequence > following.behind else { return }
      try check(driver, opening, map)
      redecider = try Redecider(driver)
    }
    outcome = counted
    outcome.inSnapshot = max(outcome.inSnapshot, following.skipped)
  }

  private static func check(
    _ driver: EngineDriver, _ opening: JournalOpenings.Opening, _ map: String?
  ) throws(Failure) {
    if driver.mapChecksum == opening.map { return }
    let given = map.map { "\($0) is another one" } ?? "no --map was given"
    throw Failure(
      .map, field: "--map",
      "record \(opening.record): the engine was opened with "
        + (opening.map == 0
          ? "no map: leave --map out"
          : "the map of checksum \(hex(opening.map)), and \(given): give that map"))
  }

  private static func hex(_ word: UInt64) -> String {
    let digits = String(word, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  private static func read(
    _ source: Source, through last: UInt64, _ progress: (Double) -> Void,
    share: ClosedRange<Double>, _ following: Following,
    _ body: (borrowing JournalRecord) throws(Failure) -> Void
  ) throws(Failure) {
    var failure: Failure?
    let span = share.upperBound - share.lowerBound
    let report = Journal.read(
      source.path, seal: source.seal,
      snapshot: { sequence, bytes in following.take(snapshot: bytes, sequence) },
      record: { record in
        guard record.sequence <= last, failure == nil else { return false }
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
      })
    if let failure { throw failure }
    if let problem = report.problem { throw Failure(problem) }
  }
}

/// An engine that follows records, from the first or from a snapshot.
private final class Following {
  private let openings: JournalOpenings
  private let map: String?
  private var replica: JournalReplica?
  /// The record up to which a snapshot has them all.
  private(set) var behind: UInt64 = 0
  private var newest: UInt64 = 0
  /// Records are gone, and no snapshot that could be taken has them.
  private var lacking: Failure?
  private(set) var skipped: UInt64 = 0
  var seen: ((borrowing JournalRecord, TurnRecord, inout Decision, Bool) -> Void)?

  init(_ openings: JournalOpenings, _ map: String?) {
    self.openings = openings
    self.map = map
  }

  func take(snapshot bytes: UnsafeRawBufferPointer, _ sequence: UInt64) -> Bool {
    do throws(Failure) {
      let made = try JournalReplica(openings, map: map)
      try made.take(snapshot: bytes)
      made.rebuilder.seen = seen
      replica = made
      skipped += sequence &- newest
      behind = sequence
      lacking = nil
      return true
    } catch {
      lacking =
        bytes.isEmpty
        ? Failure(
          .journal, field: "journal_path",
          "records \(newest + 1) to \(sequence) are not here: lay the archived segments beside the "
            + "others in a copy of the folder") : error
      return false
    }
  }

  /// The engine, which has this record by now.
  @discardableResult
  func take(_ record: borrowing JournalRecord) throws(Failure) -> EngineDriver {
    if let lacking { throw lacking }
    newest = record.sequence
    let replica = try current()
    if record.sequence > behind { try replica.take(record) }
    return replica.driver
  }

  private func current() throws(Failure) -> JournalReplica {
    if let replica { return replica }
    let made = try JournalReplica(openings, map: map)
    made.rebuilder.seen = seen
    replica = made
    return made
  }
}
