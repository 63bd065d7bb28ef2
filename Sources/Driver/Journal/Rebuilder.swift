// An engine is made anew from its journal: every record in order, each choice as it was. Knows what of a record the
// core cannot be told: limits that were smaller, a map that was another, events that somebody may have read.

import HujiaContainers
import HujiaEngine
import HujiaIngest
import HujiaJournal
import HujiaRoads

/// Used by opening alone, before any other thread knows of the engine.
final class Rebuilder {
  private unowned let driver: EngineDriver
  private let configuration: Configuration
  private let log: UnsafeMutablePointer<ChoiceLog>
  /// Of the newest turn: made once, since its room for units is most of it.
  private let decision: UnsafeMutablePointer<Decision>
  private let turn: UnsafeMutablePointer<TurnRecord>
  private(set) var content: [UInt8] = []
  private(set) var staged = StagedContent()
  private(set) var records: UInt64 = 0
  /// Turns that gave another status, other events or other choices than they had.
  private(set) var differences: UInt64 = 0
  /// What the newest opening said.
  private(set) var opened: OpenedRecord?
  private(set) var hasChanged = false
  private(set) var wasForeign = false
  private var isForeign = false
  /// Of the newest turn, and of the frame that it stood in.
  private(set) var last = Moment(now_ns: 0, wall_us: 0)
  private(set) var monotonic_ns: Int64 = 0
  private(set) var boot = JournalID.none
  /// `monotonic_ns` is the host's own, of polls.
  private(set) var wasPolled = false
  /// A snapshot was whole and could not be taken: an older one may be, by another core.
  private(set) var hasRefusedSnapshot = false
  /// A later version of the library wrote it: what it says is in no record that this one may go back to.
  private var isNewer = false
  /// Closed streets and times that were reported, by key.
  private(set) var times: [UInt32: UInt32] = [:]
  private(set) var failure: Failure?
  /// Told of each turn once it was applied, and whether it came out as it was.
  var seen: ((borrowing JournalRecord, TurnRecord, inout Decision, Bool) -> Void)?

  static var mostEvents: Int { 1_024 }

  init(_ driver: EngineDriver, _ configuration: Configuration) throws(Failure) {
    self.driver = driver
    self.configuration = configuration
    do throws(OutOfMemory) {
      let made = try ChoiceLog(.system, capacity: EngineJournal.mostChoices)
      log = .allocate(capacity: 1)
      log.initialize(to: made)
    } catch {
      throw Failure(.memory, "no memory to read the journal: \(error.bytes) bytes")
    }
    decision = .allocate(capacity: 1)
    decision.initialize(to: Decision())
    turn = .allocate(capacity: 1)
    turn.initialize(to: TurnRecord())
    driver.core.pointee.choices = log
    driver.core.pointee.firesAsRecorded = true
    if driver.handed == nil { try driver.keepHanded(configuration.eventCapacity) }
  }

  deinit {
    log.deinitialize(count: 1)
    log.deallocate()
    decision.deallocate()
    turn.deallocate()
  }

  /// False: it cannot be taken; `failure` says why.
  func take(_ record: borrowing JournalRecord) -> Bool {
    guard failure == nil else { return false }
    records += 1
    do throws(Failure) {
      guard record.version <= RecordKind.version else { throw damaged(record) }
      switch record.kind {
      case RecordKind.turn: try takeTurn(record)
      case RecordKind.positions: try takePositions(record)
      case RecordKind.opened: try takeOpened(record)
      case RecordKind.content: content.append(contentsOf: record.payload)
      case RecordKind.staged: guard staged.take(record) else { throw damaged(record) }
      default:
        throw Failure(
          .journal, field: "journal_path",
          "record \(record.sequence) is of a later version: update the library")
      }
      return true
    } catch {
      failure = error
      return false
    }
  }

  // A snapshot, before any record

  /// False: it cannot be taken; `failure` says why.
  func take(snapshot bytes: UnsafeRawBufferPointer) -> Bool {
    do throws(Failure) {
      try take(state: bytes)
      return true
    } catch {
      failure = error
      hasRefusedSnapshot = error.status == .journal && !isNewer
      return false
    }
  }

  private func take(state bytes: UnsafeRawBufferPointer) throws(Failure) {
    var coder = StateCoder(reading: bytes)
    defer { isNewer = coder.isNewer }
    guard let state = EngineState(reading: &coder) else { throw Self.refused(coder.flaw) }
    let before = state.opened
    try compare(before)
    driver.core.pointee.bound(before.configuration.limits)
    try driver.read(&coder)
    if let limit = coder.lacking {
      throw Failure(
        .limit, field: "\(limit)", "\(limit) is smaller than what the journal's snapshot holds")
    }
    guard coder.isGood else { throw Self.refused(coder.flaw) }
    driver.core.pointee.feed = driver.feed
    let flaw = driver.core.pointee.adopt { place in
      guard isForeign else { return driver.map.holds(place) ? place : nil }
      return place == .nowhere ? place : driver.snap((place.lat_e7, place.lon_e7))
    }
    guard flaw == nil else { throw Self.refused(flaw) }
    opened = before
    last = state.last
    (monotonic_ns, boot) = (state.monotonic_ns, state.boot)
    wasPolled = before.mode == .poll
    // One that was written in an opening is later than its last turn.
    let time = driver.core.pointee.time
    if time.now_ns > last.now_ns {
      monotonic_ns &+= time.now_ns &- last.now_ns
      last = time
    }
    staged = state.staged
    if !isForeign { times = state.times }
  }

  private static func refused(_ flaw: StaticString?) -> Failure {
    Failure(
      .journal, field: "journal_path",
      "the snapshot cannot be taken: \(flaw.map { "\($0)" } ?? "it is damaged")")
  }

  /// What a snapshot of now says.
  var state: EngineState? {
    opened.map {
      var made = EngineState(
        opened: $0, last: last, monotonic_ns: monotonic_ns, boot: boot, times: times)
      made.staged = staged
      return made
    }
  }

  private func damaged(_ record: borrowing JournalRecord) -> Failure {
    Failure(
      .journal, field: "journal_path",
      "record \(record.sequence) cannot be read, or is of a later version: update the library")
  }

  // Openings

  private func takeOpened(_ record: borrowing JournalRecord) throws(Failure) {
    guard let before = OpenedRecord(record.payload) else { throw damaged(record) }
    try compare(before)
    driver.core.pointee.bound(before.configuration.limits)
    let isFirst = opened == nil
    if isFirst { try begin(with: content) }
    content.removeAll()
    staged.removeAll()
    opened = before
    // The time until an opening passes in its first turn. One that was killed before it had none: the next counts
    // from the last turn that there is, by the clocks of that turn.
    if isFirst { note(record) }
  }

  /// Tables that were larger, another map.
  private func compare(_ before: OpenedRecord) throws(Failure) {
    let now = OpenedRecord(configuration, map: driver.mapChecksum, plans: before.plans)
    for (old, new) in zip(before.tables, now.tables) {
      if new.count < old.count {
        throw Failure(
          .limit, field: old.field,
          "\(old.field) is \(new.count): the journal was written with \(old.count)")
      }
      if new.count > old.count { hasChanged = true }
    }
    isForeign = before.map != driver.mapChecksum
    if isForeign { (wasForeign, hasChanged) = (true, true) }
  }

  /// The plans of the first opening of all.
  private func begin(with text: [UInt8]) throws(Failure) {
    let tables = try text.withBytes { (raw) throws(Failure) in
      try PlanStore.decodeOrBuiltIn(raw, memory: driver.allocator.memory)
    }
    PlanStore.free(driver.core.pointee.begin(plans: tables))
  }

  // Turns

  private func takeTurn(_ record: borrowing JournalRecord) throws(Failure) {
    guard turn.pointee.read(record.payload, record.apart),
      log.pointee.begin(
        reading: turn.pointee.choices, isCut: turn.pointee.isCut, isForeign: isForeign)
    else { throw damaged(record) }
    if turn.pointee.isGone { return pass(record, turn.pointee) }
    if isForeign { turn.pointee.command.recorded.change.snap { driver.snap($0) } }
    // A file is believed no more than a host: what no host could have said is damage.
    guard locate(turn.pointee.fixes), driver.accepts(turn.pointee.command),
      takeStaged(turn.pointee.staged)
    else {
      throw damaged(record)
    }
    driver.core.pointee.noteRead(format: turn.pointee.command.recorded.leastFormat)
    decision.pointee.answer = Answer()
    decision.pointee.slice = Slice()
    var given = Turn(moment: never(back: turn.pointee.command.recorded.moment), feed: driver.feed)
    driver.core.pointee.record = record.sequence
    let status = try apply(turn.pointee, &given, &decision.pointee)
    let isSame =
      status == turn.pointee.status && log.pointee.isUsedUp && !log.pointee.isBroken
      && driver.core.pointee.outbox.newest == turn.pointee.newestEvent
    if !isSame {
      differences += 1
      driver.core.pointee.outbox.skip(to: turn.pointee.newestEvent)
    }
    content.removeAll(keepingCapacity: true)
    seen?(record, turn.pointee, &decision.pointee, isSame)
    last = given.moment
    note(record)
  }

  /// A turn of which nothing is left but that it was: its events have gone out.
  private func pass(_ record: borrowing JournalRecord, _ turn: TurnRecord) {
    driver.core.pointee.outbox.skip(to: turn.newestEvent)
    content.removeAll(keepingCapacity: true)
    var decision = Decision()
    seen?(record, turn, &decision, true)
    last = never(back: turn.command.recorded.moment)
    note(record)
  }

  /// Whatever a file says, the engine's own time goes on.
  private func never(back moment: Moment) -> Moment {
    Moment(now_ns: max(moment.now_ns, last.now_ns), wall_us: moment.wall_us)
  }

  /// What the turn names is its content. False: it is not all there.
  private func takeStaged(_ mark: StagedMark?) -> Bool {
    guard let mark else { return true }
    guard staged.isWhole(mark), content.isEmpty else { return false }
    content = staged.bytes
    staged.removeAll()
    return true
  }

  private func note(_ record: borrowing JournalRecord) {
    (monotonic_ns, boot) = (record.monotonic_ns, record.boot)
    wasPolled = opened?.mode == .poll
    if record.wall_us != 0 { last.wall_us = record.wall_us }
  }

  private func apply(
    _ record: TurnRecord, _ turn: inout Turn, _ decision: inout Decision
  ) throws(Failure) -> Status {
    switch record.command.recorded.change {
    case .takeEvents(let most):
      return takeEvents(most, &turn, &decision)
    case .useEpoch: noteTimes()
    default: break
    }
    return try content.withBytes { (raw) throws(Failure) in
      try driver.replay(record.command, raw, &turn, isRebuilding: true, into: &decision)
    }
  }

  /// What the host took then, it may have handled or not.
  private func takeEvents(
    _ recorded: RecordedRoom, _ turn: inout Turn, _ decision: inout Decision
  ) -> Status {
    guard recorded.most >= 0, recorded.most <= Self.mostEvents else { return .argument }
    return driver.core.pointee.apply(
      Command(
        .takeEvents(
          EventRoom(
            most: recorded.most, decisions: recorded.decisions, fires: recorded.fires))), &turn,
      into: &decision)
  }

  private func noteTimes() {
    // Streets of another map have other places in it.
    if isForeign { return }
    content.withUnsafeBytes { raw in
      var reader = NumberReader(raw)
      _ = reader.get(UInt64.self)
      while !reader.isAtEnd {
        let word: UInt64 = reader.get()
        if !reader.isBroken {
          times[UInt32(truncatingIfNeeded: word >> 32)] = UInt32(truncatingIfNeeded: word)
        }
      }
    }
  }

  private func takePositions(_ record: borrowing JournalRecord) throws(Failure) {
    guard let fixes = record.positions, locate(fixes) else { throw damaged(record) }
  }

  /// On another map each is snapped anew. False: one of them can be none of this engine's.
  private func locate(_ fixes: UnsafeRawBufferPointer) -> Bool {
    TurnRecord.each(fixes) { recorded in
      var fix = recorded
      if isForeign { fix.place = driver.snap((fix.place.lat_e7, fix.place.lon_e7)) }
      guard driver.holds(fix) else { return false }
      driver.core.pointee.locate(fix)
      return true
    }
  }
}

extension Array where Element == UInt8 {
  /// As `withUnsafeBytes`, with a typed error.
  func withBytes<Value, Problem: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Problem) -> Value
  ) throws(Problem) -> Value {
    let result: Result<Value, Problem> = withUnsafeBytes { raw in
      do throws(Problem) { return .success(try body(raw)) } catch { return .failure(error) }
    }
    return try result.get()
  }
}
