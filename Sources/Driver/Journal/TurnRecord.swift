// What stands in a journal's record: one turn that changed the engine, or what an engine was opened with. All numbers
// little-endian, one behind the other; the version is in the record's frame.

import HujiaContainers
import HujiaEngine
import HujiaIngest
import HujiaJournal
import HujiaRoads

/// Kinds of records.
enum RecordKind {
  static var turn: UInt16 { 1 }
  /// Positions that were taken in while no command was carried out (HJ_TELEMETRY_ALL).
  static var positions: UInt16 { 2 }
  /// An engine was opened: its limits, its map, its plans.
  static var opened: UInt16 { 3 }
  /// A piece of what the next turn's command points at.
  static var content: UInt16 { 4 }
  /// A piece of what a later turn's command points at (`StagedContent`).
  static var staged: UInt16 { 5 }

  static var version: UInt8 { 1 }
}

extension NumberWriter {
  /// A command in its own encoding, behind its length; a batch of heartbeats in several pieces.
  /// `format`: of the journal; a recording has the newest.
  mutating func put(
    _ command: borrowing Command, at moment: Moment, format: UInt32 = RecordedCommand.newestFormat
  ) {
    let place = reserve()
    putParts(command, at: moment, format: format)
    close(place)
  }

  mutating func putParts(_ command: borrowing Command, at moment: Moment, format: UInt32) {
    for part in 0..<RecordedCommand.parts(command) {
      advance(
        by: RecordedCommand(command, at: moment, part: part).encode(
          into: base + count, format: format))
    }
  }
}

/// A turn as it is read back. Its bytes are those of the record.
struct TurnRecord {
  var status = Status.ok
  /// The number of the newest event behind it.
  var newestEvent: UInt64 = 0
  /// More positions waited than the turn took in (HJ_TELEMETRY_ALL).
  var hasLeft = false
  var isCut = false
  /// With HJ_TELEMETRY_ALL: positions or street times before this turn are missing, because the ring was full.
  var hasGap = false
  var command = ReadCommand.none
  /// Where the command's content was staged; nil: it stands right before the turn, or there is none.
  var staged: StagedMark?
  var choices = UnsafeRawBufferPointer(start: nil, count: 0)
  var fixes = UnsafeRawBufferPointer(start: nil, count: 0)
  /// What a watch said was deleted: the command says nothing but when, and by which person.
  var isGone = false

  /// All but command, content, choices and positions.
  static var headBytes: Int { 32 + StagedMark.size + stubBytes + ApartCounts.size }
  private static var stubBytes: Int { 40 }
  private static var cutFlag: UInt8 { 1 }
  private static var leftFlag: UInt8 { 2 }
  private static var gapFlag: UInt8 { 4 }

  static func most(_ command: borrowing Command) -> Int {
    headBytes + RecordedCommand.parts(command) * RecordedCommand.mostBytes
  }

  static func putHead(
    _ status: Status, _ newestEvent: UInt64, isCut: Bool, hasLeft: Bool,
    hasGap: Bool = false, _ writer: inout NumberWriter
  ) {
    writer.put((isCut ? cutFlag : 0) | (hasLeft ? leftFlag : 0) | (hasGap ? gapFlag : 0))
    writer.put(ChoiceLog.version)
    writer.put(status.rawValue)
    writer.put(newestEvent)
  }

  /// What stays of a command that stands apart.
  static func putStub(
    _ command: borrowing Command, at moment: Moment, _ writer: inout NumberWriter
  ) {
    writer.put(moment.now_ns)
    writer.put(moment.wall_us)
    writer.put(command.act.operatorID)
    writer.put(command.act.sessionID)
    writer.put(command.act.role)
    writer.put(command.act.reason)
  }

  private static func stub(_ reader: inout NumberReader) -> ReadCommand {
    let moment = Moment(now_ns: reader.get(), wall_us: reader.get())
    let person: UInt64 = reader.get()
    let session: UInt64 = reader.get()
    let role: UInt32 = reader.get()
    let act = Act(operatorID: person, reason: reader.get(), role: role, sessionID: session)
    return ReadCommand(recorded: RecordedCommand(.beats(RecordedBeats()), at: moment, act: act))
  }

  /// nil: damaged, or of a later version.
  init?(_ record: borrowing JournalRecord) { self.init(record.payload, record.apart) }

  init?(_ payload: UnsafeRawBufferPointer, _ apart: ApartBytes = .none) {
    self.init()
    guard read(payload, apart) else { return nil }
  }

  /// Before anything was read.
  init() {}

  /// As `init?`, in place: a journal of a million records is read at the pace of its copies. False: damaged, or of a
  /// later version; what was read before is then partly overwritten.
  mutating func read(_ payload: UnsafeRawBufferPointer, _ apart: ApartBytes) -> Bool {
    (staged, isGone) = (nil, false)
    var reader = NumberReader(payload)
    let flags: UInt8 = reader.get()
    guard reader.get(UInt8.self) <= ChoiceLog.version else { return false }
    status = Status(rawValue: reader.get())
    newestEvent = reader.get()
    let inside = reader.takeCounted()
    let mark = reader.takeCounted()
    if mark.count > 0 {
      guard let named = StagedMark(mark) else { return false }
      staged = named
    }
    choices = reader.takeCounted()
    let fixesInside = reader.takeCounted()
    fixes = apart.positions ?? fixesInside
    if inside.isEmpty, apart.watches == nil, apart.gone.contains(.watches) {
      command = Self.stub(&reader)
      isGone = true
    } else {
      let bytes = inside.isEmpty ? apart.watches ?? inside : inside
      guard CommandBytes.read(bytes, into: &command) else { return false }
    }
    hasLeft = flags & Self.leftFlag != 0
    isCut = flags & Self.cutFlag != 0
    hasGap = flags & Self.gapFlag != 0
    return !reader.isBroken && fixes.count % TakenFix.bytes == 0
  }

  static func each(_ fixes: UnsafeRawBufferPointer, _ body: (TakenFix) -> Bool) -> Bool {
    var reader = NumberReader(fixes)
    while !reader.isAtEnd {
      let fix = reader.fix()
      if reader.isBroken || !body(fix) { return false }
    }
    return !reader.isBroken
  }
}

extension Change {
  /// What watches say, and where they are: it can be deleted.
  var isOfWatches: Bool {
    switch self {
    case .beats, .putWatch: true
    default: false
    }
  }
}

extension JournalRecord {
  /// Positions in a record that holds nothing else; empty: they are gone. nil: it cannot be read.
  var positions: UnsafeRawBufferPointer? {
    if let apart = apart.positions { return apart }
    var reader = NumberReader(payload)
    if payload.isEmpty { return payload }
    let fixes = reader.takeCounted()
    return reader.isBroken ? nil : fixes
  }
}
