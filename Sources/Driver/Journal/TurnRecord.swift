// What stands in a journal's record: one turn that changed the engine, or what an engine was opened with. All numbers
// little-endian, one behind the other; the version is in the record's frame.

import HujiaContainers
import HujiaEngine
import HujiaIngest
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

  static var version: UInt8 { 1 }
}

/// Puts numbers down in memory that somebody else has measured.
struct RawWriter {
  let base: UnsafeMutableRawPointer
  private(set) var count = 0

  init(_ base: UnsafeMutableRawPointer) { self.base = base }

  @inline(__always)
  mutating func put<Number: FixedWidthInteger>(_ number: Number) {
    (base + count).storeBytes(of: number.littleEndian, as: Number.self)
    count += MemoryLayout<Number>.size
  }

  mutating func put(_ raw: UnsafeRawBufferPointer) {
    guard let start = raw.baseAddress else { return }
    (base + count).copyMemory(from: start, byteCount: raw.count)
    count += raw.count
  }

  mutating func putCounted(_ raw: UnsafeRawBufferPointer) {
    put(UInt32(raw.count))
    put(raw)
  }

  mutating func put(_ fix: TakenFix) {
    put(fix.slot)
    put(fix.ask)
    put(fix.wall_us)
    put(fix.fix_ns)
    put(fix.place.street)
    put(fix.place.offset_mm)
    put(fix.place.node)
    put(fix.place.gap_dm)
    put(fix.place.lat_e7)
    put(fix.place.lon_e7)
    put(fix.place.isOffNetwork ? 1 : 0 as UInt8)
  }

  /// A command in its own encoding, behind its length; a batch of heartbeats in several pieces.
  mutating func put(_ command: borrowing Command, at moment: Moment) {
    let place = count
    put(UInt32(0))
    for part in 0..<RecordedCommand.parts(command) {
      count += RecordedCommand(command, at: moment, part: part).encode(into: base + count)
    }
    (base + place).storeBytes(of: UInt32(count - place - 4).littleEndian, as: UInt32.self)
  }
}

/// A turn as it is read back. Its bytes are those of the record.
struct TurnRecord {
  var status: Status
  /// The number of the newest event behind it.
  var newestEvent: UInt64
  /// More positions waited than the turn took in (HJ_TELEMETRY_ALL).
  var hasLeft: Bool
  var isCut: Bool
  var command: ReadCommand
  var content: UnsafeRawBufferPointer
  var choices: UnsafeRawBufferPointer
  var fixes: UnsafeRawBufferPointer

  /// All but command, content, choices and positions.
  static var headBytes: Int { 32 }
  static var fixBytes: Int { 49 }
  private static var cutFlag: UInt8 { 1 }
  private static var leftFlag: UInt8 { 2 }

  static func most(_ command: borrowing Command) -> Int {
    headBytes + RecordedCommand.parts(command) * RecordedCommand.mostBytes
  }

  static func putHead(
    _ status: Status, _ newestEvent: UInt64, isCut: Bool, hasLeft: Bool, _ writer: inout RawWriter
  ) {
    writer.put((isCut ? cutFlag : 0) | (hasLeft ? leftFlag : 0))
    writer.put(ChoiceLog.version)
    writer.put(status.rawValue)
    writer.put(newestEvent)
  }

  /// nil: damaged, or of a later version.
  init?(_ payload: UnsafeRawBufferPointer) {
    var reader = RecordReader(payload)
    let flags: UInt8 = reader.get()
    guard reader.get(UInt8.self) <= ChoiceLog.version else { return nil }
    status = Status(rawValue: reader.get())
    newestEvent = reader.get()
    guard let command = CommandBytes.get(reader.takeCounted()) else { return nil }
    self.command = command
    content = reader.takeCounted()
    choices = reader.takeCounted()
    fixes = reader.takeCounted()
    hasLeft = flags & Self.leftFlag != 0
    isCut = flags & Self.cutFlag != 0
    guard !reader.isBroken, fixes.count % Self.fixBytes == 0 else { return nil }
  }

  static func each(_ fixes: UnsafeRawBufferPointer, _ body: (TakenFix) -> Void) {
    var reader = RecordReader(fixes)
    while !reader.isAtEnd {
      let (slot, ask): (UInt32, UInt32) = (reader.get(), reader.get())
      let (wall_us, fix_ns): (Int64, Int64) = (reader.get(), reader.get())
      let place = Place(
        street: reader.get(), offset_mm: reader.get(), node: reader.get(), gap_dm: reader.get(),
        lat_e7: reader.get(), lon_e7: reader.get(), isOffNetwork: reader.get(UInt8.self) != 0)
      guard !reader.isBroken else { return }
      body(TakenFix(slot: slot, ask: ask, wall_us: wall_us, fix_ns: fix_ns, place: place))
    }
  }
}
