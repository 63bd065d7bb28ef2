// Read first in this folder. A turn's choices are facts: which units were sent, what a way takes, which plan fits. They
// rest on positions, street times, the map and this version of our own code, so a turn's record holds them beside its
// command. A core that is rebuilt from records reads them here and decides nothing again. Must never: allocate, change
// what a turn decides while it is written.

import HujiaContainers

/// What a choice is about. The numbers stand on record.
enum ChoiceKind: UInt8 {
  /// All seats of an incident at once.
  case seats = 1
  /// One unit that is sent, or nobody.
  case unit
  /// A free unit that would be there first: it is told, and not sent.
  case nearer
  /// A way, and whether it is known.
  case travel
  /// What a freed unit can serve.
  case servable
  /// Whether another freed unit may be for something more urgent.
  case mightSend
  /// The plan that a report matches.
  case plan
  /// Where the carrier of a watch is.
  case carrier
  /// What is said of the units of an answer.
  case marks
  /// A step that fell due while nothing ran, and that another one stands for. Since format 3.
  case passedOver
  /// What a call is held as a likely repeat of.
  case likelyRoot
}

/// The choices of one turn, one behind the other: kind u8, length u16, then its fields, little-endian without gaps. A
/// fact of a later version may be longer: what is behind the known fields is passed over.
///
/// Written while the turn decides; read while it is applied again. Memory is taken once.
package struct ChoiceLog: ~Copyable {
  private let inPlace = InPlace()
  private let bytes: Block<UInt8>
  package private(set) var count = 0
  private var next = 0
  package private(set) var isReading = false
  /// One did not fit: those from it on are missing, and a turn that is applied again decides them anew.
  package private(set) var isCut = false
  /// Of a turn that is applied again: something was asked for that does not stand here.
  package private(set) var isBroken = false
  /// Its places were snapped to another map.
  private(set) var isForeign = false

  package static var version: UInt8 { 1 }
  static var headBytes: Int { 3 }

  package init(_ memory: Memory, capacity: Int) throws(OutOfMemory) {
    bytes = try Block<UInt8>(unfilled: memory, count: capacity)
  }

  package var capacity: Int { bytes.count }
  package var written: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: bytes.base, count: count)
  }
  /// Each that was read back was asked for.
  package var isUsedUp: Bool { next == count }

  /// Begins the next turn's.
  @inline(__always)
  package mutating func begin() {
    count = 0
    next = 0
    isCut = false
    isBroken = false
    isReading = false
  }

  /// A turn is applied again with these. False: they are more than one turn can have.
  package mutating func begin(
    reading facts: UnsafeRawBufferPointer, isCut: Bool, isForeign: Bool = false
  ) -> Bool {
    begin()
    self.isForeign = isForeign
    guard facts.count <= bytes.count else { return false }
    if let start = facts.baseAddress {
      UnsafeMutableRawPointer(bytes.base).copyMemory(from: start, byteCount: facts.count)
    }
    count = facts.count
    self.isCut = isCut
    isReading = true
    return true
  }

  mutating func write(_ kind: ChoiceKind, most: Int, _ body: (inout NumberWriter) -> Void) {
    guard !isReading, !isCut, bytes.count - count >= Self.headBytes + most else {
      // While a cut log is read to its end, what is decided again is not written behind it.
      if !isReading { isCut = true }
      return
    }
    let start = UnsafeMutableRawPointer(bytes.base + count)
    var writer = NumberWriter(start + Self.headBytes)
    body(&writer)
    assert(writer.count <= most)
    start.storeBytes(of: kind.rawValue, as: UInt8.self)
    (start + 1).storeBytes(of: UInt16(writer.count).littleEndian, as: UInt16.self)
    count += Self.headBytes + writer.count
  }

  /// The next fact; nil where it is to be decided anew.
  mutating func read<Value>(
    _ kind: ChoiceKind, _ body: (inout NumberReader) -> Value?
  ) -> Value? {
    guard isReading, !isBroken else { return nil }
    if isCut, next == count { return nil }
    guard count - next >= Self.headBytes, bytes[next] == kind.rawValue else { return fail() }
    let length = Int(bytes[next + 1]) | Int(bytes[next + 2]) << 8
    guard count - next - Self.headBytes >= length else { return fail() }
    var reader = NumberReader(
      UnsafeRawBufferPointer(start: bytes.base + next + Self.headBytes, count: length))
    next += Self.headBytes + length
    guard let value = body(&reader), !reader.isBroken else { return fail() }
    return value
  }

  /// Whether the next fact is of this kind, and the wanted one: it is read then, and else it stays the next.
  /// nil where that is to be decided anew.
  mutating func readIf(
    _ kind: ChoiceKind, _ isWanted: (inout NumberReader) -> Bool
  ) -> Bool? {
    if !isReading || isBroken { return nil }
    if next == count { return isCut ? nil : false }
    guard bytes[next] == kind.rawValue else { return false }
    let start = next
    let wanted = read(kind) { isWanted(&$0) }
    if wanted == false { next = start }
    return wanted
  }

  private mutating func fail<Value>() -> Value? {
    isBroken = true
    return nil
  }
}
