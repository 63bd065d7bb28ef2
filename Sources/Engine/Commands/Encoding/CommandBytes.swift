// The bytes of a command: kind, version, length, then its fields one behind the other, little-endian, without gaps.

import HujiaContainers
import HujiaIngest
import HujiaRoads

/// Why bytes are no command of this version.
package enum CommandFault: Int32, Error, BitwiseCopyable, Sendable {
  /// Shorter than they say, longer than their kind, or a value that its field cannot have.
  case damaged = 1
  /// A kind or a version that came later.
  case newer
}

extension RecordedCommand {
  /// No command takes more bytes than this; scripts/contract holds it for every kind.
  package static var mostBytes: Int { CommandFormat.mostBytes }
  /// The newest format of a journal that commands know.
  package static var newestFormat: UInt32 { CommandFormat.newestFormat }
  /// kind u16, version u16, length u32 (all bytes of the record).
  static var headBytes: Int { 8 }

  /// Writes the record as a journal of this format has it, which can say it (`isSaid(in:)`); how many bytes it took.
  /// `room` holds `mostBytes`. O(1).
  package func encode(
    into room: UnsafeMutableRawPointer, format: UInt32 = RecordedCommand.newestFormat
  ) -> Int {
    let kind = CommandFormat.kind(change)
    let version = CommandFormat.version(kind, format)
    var writer = NumberWriter(room)
    writer.put(kind)
    writer.put(version)
    writer.put(UInt32(0))
    writer.put(moment.now_ns)
    writer.put(moment.wall_us)
    writer.put(client.high)
    writer.put(client.low)
    writer.put(request)
    writer.encode(act)
    writer.encode(change, version)
    assert(writer.count <= Self.mostBytes)
    (room + 4).storeBytes(of: UInt32(writer.count).littleEndian, as: UInt32.self)
    return writer.count
  }

  /// Reads one record from the beginning of `bytes`, which may hold more behind it; also how long it was. Whatever the
  /// bytes are, nothing outside of them is read. O(1).
  package static func decode(
    _ bytes: UnsafeRawBufferPointer
  ) throws(CommandFault) -> (command: RecordedCommand, bytes: Int) {
    var command = RecordedCommand(.useEpoch(0), at: Moment(now_ns: 0, wall_us: 0))
    let length = try command.read(bytes)
    return (command, length)
  }

  /// As `decode`, in place: how long the record was. After a fault the command is as it was.
  package mutating func read(_ bytes: UnsafeRawBufferPointer) throws(CommandFault) -> Int {
    var reader = NumberReader(bytes)
    let kind = reader.u16()
    let version = reader.u16()
    let length = Int(reader.u32())
    guard !reader.isBroken, version > 0, length >= Self.headBytes, length <= bytes.count else {
      throw .damaged
    }
    guard let newest = CommandFormat.newestVersion(kind), version <= newest else { throw .newer }
    reader.limit(to: length)
    let moment = Moment(now_ns: reader.i64(), wall_us: reader.i64())
    let client = Client(high: reader.u64(), low: reader.u64())
    let request = reader.u64()
    let act = reader.act(version)
    guard let change = reader.change(kind, version), !reader.isBroken, reader.isAtEnd else {
      throw .damaged
    }
    self.change = change
    (self.moment, self.client, self.request, self.act) = (moment, client, request, act)
    return length
  }
}

/// A record's bytes; behind them zeros.
struct CommandWords: BitwiseCopyable {
  var words = InlineArray<32, UInt64>(repeating: 0)
  var bytes = 0

  init(_ command: RecordedCommand, format: UInt32) {
    assert(RecordedCommand.mostBytes <= MemoryLayout.size(ofValue: words))
    bytes = withUnsafeMutableBytes(of: &words) {
      command.encode(into: $0.baseAddress.unsafelyUnwrapped, format: format)
    }
  }

  func isSame(as other: CommandWords) -> Bool {
    for word in 0..<(max(bytes, other.bytes) + 7) / 8 where words[word] != other.words[word] {
      return false
    }
    return bytes == other.bytes
  }
}

extension RecordedCommand {
  /// As the oldest format has it that loses nothing of it. A field that came later and stands as it was before it came
  /// changes none of these bytes. O(bytes); for a kind that has such fields once a format.
  var oldestWords: CommandWords {
    let newest = CommandWords(self, format: Self.newestFormat)
    let kind = CommandFormat.kind(change)
    let first = CommandFormat.version(kind, leastFormat)
    guard first != CommandFormat.newestVersion(kind) else { return newest }
    for format in leastFormat..<Self.newestFormat {
      let older = CommandWords(self, format: format)
      let back = withUnsafeBytes(of: older.words) {
        try? Self.decode(UnsafeRawBufferPointer(rebasing: $0[..<older.bytes]))
      }
      guard let back else { continue }
      if CommandWords(back.command, format: Self.newestFormat).isSame(as: newest) { return older }
    }
    return newest
  }

  /// The first format of a journal that has a command of this kind.
  package var leastFormat: UInt32 { CommandFormat.format(CommandFormat.kind(change)) }
}

extension Change {
  /// Whether a journal of this format can say it.
  package func isSaid(in format: UInt32) -> Bool {
    if case .divert(_, _, _, isForced: true) = self, format < 3 { return false }
    return CommandFormat.format(CommandFormat.kind(self)) <= format
  }
}

extension NumberWriter {
  mutating func encode(_ reference: Reference) {
    for word in 0..<4 { put(reference.words[word]) }
  }
}

extension NumberReader {
  mutating func bytes32() -> Reference {
    var reference = Reference()
    for word in 0..<4 { reference.words[word] = u64() }
    return reference
  }
}

// What a field of a struct is before it is read; of a record that is older than the field it stays so.

extension Act {
  static var blank: Act { Act() }
}

extension Place {
  static var blank: Place { .nowhere }
}

extension ClockReference {
  static var blank: ClockReference { ClockReference(clock: .pending, step: 0, cycle: 0) }
}

extension Heartbeat {
  static var blank: Heartbeat { Heartbeat(watchID: 0, wall_us: 0) }
}

extension RecordedRoom {
  static var blank: RecordedRoom { RecordedRoom() }
}

extension TextMark {
  static var blank: TextMark { TextMark() }
}

extension Tick {
  static var blank: Tick { Tick(most: 0, decisions: 0, offerSteps: 0) }
}

extension UnitDetails {
  static var blank: UnitDetails { UnitDetails() }
}

extension IncidentReport {
  static var blank: IncidentReport {
    IncidentReport(
      tier: .none, type: 0, lat_e7: 0, lon_e7: 0, flags: 0, keyHigh: 0, keyLow: 0, callerHash: 0,
      wall_us: 0, place: .nowhere)
  }
}

extension UnitDescription {
  static var blank: UnitDescription {
    UnitDescription(
      id: 0, kind: 0, agency: 0, capabilities: 0, homeBeat: 0, crew: 0, activity: .patrolling,
      shiftEnd_us: 0, place: .nowhere, hasPosition: false)
  }
}

extension WatchDescription {
  static var blank: WatchDescription {
    WatchDescription(id: 0, lat_e7: 0, lon_e7: 0, place: .nowhere)
  }
}
