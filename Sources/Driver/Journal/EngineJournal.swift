// Read first in this folder. The journal of one engine: what a turn did is on record before its caller has the answer.
// Knows what stands in a record; HujiaJournal below knows how records survive. Must never: refuse what has happened
// already, allocate or make a system call under the baton.

import HujiaContainers
import HujiaEngine
import HujiaIngest
import HujiaJournal
import Synchronization

/// Owned by its engine. Everything but the atomics is the baton holder's.
final class EngineJournal: @unchecked Sendable {
  let journal: Journal
  let choices: UnsafeMutablePointer<ChoiceLog>
  /// Positions that were taken in, with HJ_TELEMETRY_ALL.
  let facts: UnsafeMutablePointer<TurnFacts>?
  let telemetry: Telemetry
  /// In which it is written: commands and states are those of its time.
  let format: UInt32
  /// Positions, heartbeats and watches stand apart from the chain, where they can be deleted.
  private let standsApart: Bool
  /// nil: events are shown when they are recorded.
  let bell: EventBell?
  /// The ring was full when something happened that could not be refused: nothing more is on record.
  private(set) var hasEnded = false
  /// Positions or street times were given up: what is decided next rests on more than stands on record.
  var hasGap = false
  /// What the next command points at, where it is short.
  var content = UnsafeRawBufferPointer(start: nil, count: 0)
  /// And where it stands on record already, because it is long.
  var staged: StagedMark?
  /// Events that may have been handed out before the engine was rebuilt.
  var repeated = RepeatedEvents()
  /// Closed arcs on record, by key; the builder's own, off the hot path.
  var closed: Set<UInt32> = []
  /// HJ_HEALTH_... bits that are ours.
  let reasons = Atomic<UInt32>(0)
  /// Positions that HJ_TELEMETRY_ALL asked for and the ring had no room for, since opening.
  let lostPositions = Atomic<UInt64>(0)
  /// Street times on record, by key; the builder writes them, and whatever writes a state reads them.
  var times: [UInt32: UInt32] = [:]
  /// The newest time of each street, in the ring's file; nil: it has no room for them. Set by opening.
  var streets: KeptStreets?
  let timesGate = Gate()
  /// Of the configuration.
  let config: Configuration
  /// Records that opening applied.
  var rebuilt: UInt64 = 0
  private var appendTimes: Histograms
  /// Of those that `appendTimes` has.
  private(set) var longestAppend_ns: Int64 = 0
  private var untimed = 0

  /// Bytes of choices that one turn can have.
  static var mostChoices: Int { 512 << 10 }
  /// Positions of one turn, with HJ_TELEMETRY_ALL; what is more waits for the next.
  static var mostFixes: Int { 8_192 }
  /// Pieces of what a command points at.
  static var piece: Int { 64 << 10 }

  init(
    _ journal: Journal, _ configuration: borrowing Configuration, _ bell: EventBell?
  ) throws(Failure) {
    do throws(OutOfMemory) {
      let times = try Histograms(.system, rows: 1)
      let log = try ChoiceLog(.system, capacity: Self.mostChoices)
      let taken =
        configuration.telemetry == .all
        ? try TurnFacts(.system, capacity: Self.mostFixes) : nil
      appendTimes = times
      choices = .allocate(capacity: 1)
      choices.initialize(to: log)
      facts = Self.kept(taken)
    } catch {
      throw Failure(.memory, field: "journal_path", "no memory for \(error.bytes) bytes of it")
    }
    self.journal = journal
    telemetry = configuration.telemetry
    format = journal.format
    standsApart = journal.keepsApart
    self.bell = bell
    config = copy configuration
  }

  private static func kept(_ facts: consuming TurnFacts?) -> UnsafeMutablePointer<TurnFacts>? {
    guard let facts else { return nil }
    let place = UnsafeMutablePointer<TurnFacts>.allocate(capacity: 1)
    place.initialize(to: facts)
    return place
  }

  deinit {
    choices.deinitialize(count: 1)
    choices.deallocate()
    facts?.deinitialize(count: 1)
    facts?.deallocate()
  }

  /// Whether it can say which steps were passed over when the engine came back.
  var passesOver: Bool { format >= 3 }

  /// It cannot say that taking events ended before all was fired: so it never does.
  var drawsWhole: Bool { format < 2 }

  // Room

  /// The most that this command can leave on record.
  private func most(_ command: borrowing Command) -> Int {
    var payload = TurnRecord.most(command) + choices.pointee.capacity
    if facts != nil { payload += Self.mostFixes * TakenFix.bytes }
    return JournalRecord.size(payload: min(payload, journal.mostPayload)) + bytesOfContent
  }

  private var bytesOfContent: Int {
    guard content.count > 0 else { return 0 }
    return (content.count / Self.piece + 1) * JournalRecord.size(payload: Self.piece)
  }

  /// Whether the command must wait for the disk: asked before anything changes.
  @inline(__always)
  func refuses(_ command: borrowing Command) -> Bool {
    guard !hasEnded, command.urgency == .routine else { return false }
    return !journal.hasRoom(most(command), .routine)
  }

  /// Whether so much of what a command points at can stand before it: what becomes visible at once is a quarter of the
  /// ring at most.
  func fits(_ bytes: Int) -> Bool {
    bytes + bytes / 16 + (1 << 20) <= journal.info.capacity_bytes / 4
  }

  /// Whether plans of so many bytes have room in a ring in which nothing waits.
  func couldHold(_ bytes: Int) -> Bool {
    bytes + bytes / 16 + (1 << 20) <= journal.info.capacity_bytes / 4 * 3
  }

  /// The number that the turn's own record gets: what its command points at comes before it.
  @inline(__always)
  var nextRecord: UInt64 {
    if hasEnded { return 0 }
    return journal.nextSequence &+ UInt64((content.count + Self.piece - 1) / Self.piece)
  }

  /// Whether so much more of a content that is being staged has room, and its turn behind it.
  func hasRoom(staged bytes: Int, inPiecesOf piece: Int) -> Bool {
    let pieces = (bytes + piece - 1) / piece
    let most =
      pieces * JournalRecord.size(payload: StagedContent.headBytes + piece)
      + JournalRecord.size(payload: choices.pointee.capacity)
    return !hasEnded && journal.hasRoom(most, .routine)
  }

  // Writing down

  /// A turn begins: nothing was chosen yet.
  @inline(__always)
  func begin() {
    choices.pointee.begin()
    facts?.pointee.carryOver()
  }

  /// A command was carried out, and changed something.
  func append(
    _ command: borrowing Command, at moment: Moment, monotonic_ns: Int64, status: Status,
    newestEvent: UInt64, hasLeft: Bool
  ) {
    untimed += 1
    guard untimed & 15 == 0 else {
      return write(command, at: moment, monotonic_ns, status, newestEvent, hasLeft)
    }
    let start_ns = Clock.now_ns()
    write(command, at: moment, monotonic_ns, status, newestEvent, hasLeft)
    let time_ns = Clock.now_ns() &- start_ns
    appendTimes.record(time_ns, row: 0)
    longestAppend_ns = max(longestAppend_ns, time_ns)
  }

  private func write(
    _ command: borrowing Command, at moment: Moment, _ monotonic_ns: Int64, _ status: Status,
    _ newestEvent: UInt64, _ hasLeft: Bool
  ) {
    defer { forget() }
    if hasEnded { return }
    putContent(moment, monotonic_ns)
    let fixes = facts?.pointee.count ?? 0
    let most =
      TurnRecord.most(command) + choices.pointee.count + fixes * TakenFix.bytes
    guard !hasEnded, let room = journal.place(most: most) else { return end() }
    var writer = NumberWriter(room)
    TurnRecord.putHead(
      status, newestEvent, isCut: choices.pointee.isCut, hasLeft: hasLeft, hasGap: hasGap,
      &writer)
    hasGap = false
    let isApart = standsApart ? command.change.isOfWatches : false
    if isApart {
      writer.put(UInt32(0))
    } else {
      writer.put(command, at: moment, format: format)
    }
    putMark(&writer)
    writer.putCounted(choices.pointee.written)
    if standsApart { writer.put(UInt32(0)) } else { putFixes(&writer) }
    var apart = ApartCounts.none
    if isApart { TurnRecord.putStub(command, at: moment, &writer) }
    if standsApart { apart.positions = putApart(&writer) }
    if isApart {
      let before = writer.count
      writer.putParts(command, at: moment, format: format)
      apart.watches = writer.count - before
    }
    journal.append(
      placed: writer.count, kind: RecordKind.turn, version: RecordKind.version,
      monotonic_ns: monotonic_ns, wall_us: moment.wall_us, apart: apart)
    // The turn's end looks there (`giveBaton`), and asks the keeper of the ring.
    if journal.mustRestart { journal.resting.pointee.store(true, ordering: .relaxed) }
  }

  private func forget() {
    facts?.pointee.removeAll()
    forgetContent()
  }

  /// Nothing came of the command that pointed at it.
  func forgetContent() {
    content = UnsafeRawBufferPointer(start: nil, count: 0)
    staged = nil
  }

  /// Where the command's content stands: right before it, or where the mark says.
  private func putMark(_ writer: inout NumberWriter) {
    guard let staged else { return writer.put(UInt32(0)) }
    writer.put(UInt32(StagedMark.size))
    writer.put(staged.number)
    writer.put(staged.bytes)
  }

  /// A piece that becomes visible by itself; none ends the staging. `number`: the record of the first piece, 0 = this
  /// is the first.
  func put(
    staged piece: UnsafeRawBufferPointer, _ number: UInt64, at moment: Moment, monotonic_ns: Int64
  ) -> UInt64 {
    if hasEnded { return number }
    let first = number == 0 ? journal.nextSequence : number
    let sequence = withUnsafeBytes(of: first.littleEndian) {
      journal.append(
        kind: RecordKind.staged, version: RecordKind.version, monotonic_ns: monotonic_ns,
        wall_us: moment.wall_us, $0, piece)
    }
    if sequence == 0 { end() }
    return first
  }

  private func putFixes(_ writer: inout NumberWriter) {
    writer.put(UInt32((facts?.pointee.count ?? 0) * TakenFix.bytes))
    _ = putApart(&writer)
  }

  /// The positions behind one another. How many bytes.
  private func putApart(_ writer: inout NumberWriter) -> Int {
    guard let facts else { return 0 }
    let count = facts.pointee.count
    for index in 0..<count { writer.put(facts.pointee[index]) }
    return count * TakenFix.bytes
  }

  /// What a command points at, in records that become visible with it.
  private func putContent(_ moment: Moment, _ monotonic_ns: Int64) {
    var offset = 0
    while offset < content.count {
      let next = min(offset + Self.piece, content.count)
      let sequence = journal.append(
        kind: RecordKind.content, version: RecordKind.version, monotonic_ns: monotonic_ns,
        wall_us: moment.wall_us, isLast: false,
        UnsafeRawBufferPointer(rebasing: content[offset..<next]))
      if sequence == 0 { return end() }
      offset = next
    }
  }

  /// What has happened could not be written down: what comes later would rebuild something else.
  private func end() {
    hasEnded = true
    raise(Reason.journalEnded)
  }

  /// Positions that wait outside commands are written by themselves before there are too many.
  @inline(__always)
  func makeRoom(at moment: Moment, monotonic_ns: Int64) {
    guard let facts, facts.pointee.count * 2 > facts.pointee.capacity else { return }
    putPositions(moment, monotonic_ns)
  }

  /// As many as one record can have.
  var hasRoomForPositions: Bool {
    journal.hasRoom(JournalRecord.size(payload: Self.mostFixes * TakenFix.bytes), .routine)
  }

  /// Before a snapshot of the live core: what it took in since the last record stands on record as well.
  func putWaiting(at moment: Moment, monotonic_ns: Int64) {
    guard let facts, facts.pointee.count > 0 else { return }
    putPositions(moment, monotonic_ns)
  }

  @inline(never)
  private func putPositions(_ moment: Moment, _ monotonic_ns: Int64) {
    guard let facts else { return }
    facts.pointee.carryOver()
    defer { facts.pointee.removeAll() }
    let most = facts.pointee.count * TakenFix.bytes + ApartCounts.size
    // Telemetry is what is given up first; what it decided stands in the facts.
    guard !hasEnded, journal.hasRoom(JournalRecord.size(payload: most), .routine),
      let room = journal.place(most: most)
    else {
      hasGap = true
      lostPositions.wrappingAdd(UInt64(facts.pointee.count), ordering: .relaxed)
      raise(Reason.positionsLost)
      return
    }
    var writer = NumberWriter(room)
    var apart = ApartCounts.none
    if standsApart { apart.positions = putApart(&writer) } else { putFixes(&writer) }
    journal.append(
      placed: writer.count, kind: RecordKind.positions, version: RecordKind.version,
      monotonic_ns: monotonic_ns, wall_us: moment.wall_us, apart: apart)
  }

  /// A record that says nothing: a second snapshot is another file behind another record alone.
  func putMark(at moment: Moment, monotonic_ns: Int64) {
    guard !hasEnded, journal.hasRoom(JournalRecord.size(payload: 0), .routine) else { return }
    journal.append(
      kind: RecordKind.positions, version: RecordKind.version, monotonic_ns: monotonic_ns,
      wall_us: moment.wall_us, UnsafeRawBufferPointer(start: nil, count: 0))
  }

  func put(
    _ opened: OpenedRecord, _ plans: UnsafeRawBufferPointer, at moment: Moment, monotonic_ns: Int64
  ) -> Bool {
    guard fits(plans.count) else { return false }
    content = plans
    defer { forget() }
    putContent(moment, monotonic_ns)
    let bytes = opened.bytes
    return bytes.withUnsafeBytes {
      journal.append(
        kind: RecordKind.opened, version: RecordKind.version, monotonic_ns: monotonic_ns,
        wall_us: moment.wall_us, $0)
    } != 0
  }

  // What it is like

  /// HJ_HEALTH_... bits of our own.
  enum Reason {
    static var notRecorded: UInt32 { JournalReasons.notRecorded.rawValue }
    static var areaDamaged: UInt32 { JournalReasons.ringDamaged.rawValue }
    static var timeUncertain: UInt32 { 65_536 }
    static var rebuiltOtherwise: UInt32 { 131_072 }
    static var journalEnded: UInt32 { 262_144 }
    static var snapshotFailed: UInt32 { 1_048_576 }
    static var streetsNotKept: UInt32 { 2_097_152 }
    static var positionsLost: UInt32 { 4_194_304 }
    /// Told, and not degraded.
    static var harmless: UInt32 {
      JournalReasons.harmless.rawValue | streetsNotKept | positionsLost
    }
  }

  func raise(_ bits: UInt32) { _ = reasons.bitwiseOr(bits, ordering: .relaxed) }
  func settle(_ bits: UInt32) { _ = reasons.bitwiseAnd(~bits, ordering: .relaxed) }
  var isDegraded: Bool { reasonsNow & ~Reason.harmless != 0 }

  /// Any thread.
  var reasonsNow: UInt32 { journal.reasonsNow.rawValue | reasons.load(ordering: .relaxed) }

  /// In nanoseconds; a moment's view.
  func appendTime(_ perMille: Int64) -> Int64 { appendTimes.percentile(perMille, row: 0) }
}

extension Command {
  /// Which part of the ring its record may use: the last quarter is for what cannot wait.
  var urgency: RoomClass {
    switch change {
    case .report(let report):
      report.tier == .routine || report.tier == .preventive ? .routine : .rest
    case .usePlans, .beats, .migrateSlice, .migrate, .putWatch, .signStreet: .routine
    default: .rest
    }
  }
}
