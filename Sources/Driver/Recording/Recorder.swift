// Read first. Writes down every turn that changes an engine: its moment, the positions it was given, its command, its
// choices, and digests of what came of it. Applied again in this order to an engine that is set up the same, the
// commands give the same (`RecordedRun`). Must never: be asked without the baton, but for what it has when the engine
// is closed.

import HujiaContainers
import HujiaEngine
import HujiaIngest

/// A recording under way, in memory: `room` bytes are reserved, and pages are used as they are written. When it is full
/// the engine goes on and the recording ends there, and says so.
package final class Recorder: @unchecked Sendable {
  let facts: UnsafeMutablePointer<TurnFacts>
  let choices: UnsafeMutablePointer<ChoiceLog>
  private var bytes: RecordWriter
  /// What the next command points at: the text of plans, the street times of an epoch.
  var content = UnsafeRawBufferPointer(start: nil, count: 0)
  package private(set) var turns: UInt64 = 0
  package private(set) var isFull = false

  /// Kinds of records.
  static var turn: UInt8 { 1 }
  /// Positions that were taken in while no command was carried out, where there were too many to wait for the next.
  static var positions: UInt8 { 2 }

  /// Of a turn's record, what is neither command, content nor position; and of one position.
  private static var headSize: Int { 128 }
  /// Bytes of choices that one turn can have; pages are used as they are written.
  static var mostChoices: Int { 1 << 20 }

  /// `units`: as many as the engine can have. In one turn each gives a position, and some of them more than one.
  package init(units: Int, room: Int) throws(Failure) {
    do throws(OutOfMemory) {
      let log = try TurnFacts(.system, capacity: units * 2 + 1_024)
      let bytes = try RecordWriter(.system, capacity: room)
      let made = try ChoiceLog(.system, capacity: Self.mostChoices)
      choices = .allocate(capacity: 1)
      choices.initialize(to: made)
      facts = .allocate(capacity: 1)
      facts.initialize(to: log)
      self.bytes = bytes
    } catch {
      throw Failure(.memory, field: "record", "no memory for a recording of \(error.bytes) bytes")
    }
  }

  deinit {
    choices.deinitialize(count: 1)
    choices.deallocate()
    facts.deinitialize(count: 1)
    facts.deallocate()
  }

  /// The recording so far. When the engine is closed, or under the baton.
  package var recorded: UnsafeRawBufferPointer { bytes.written }

  func begin(_ configuration: borrowing Configuration) {
    bytes.numbers.putHead(configuration)
  }

  /// A command is carried out next: what was given before counts as given before its first question.
  func open() {
    facts.pointee.carryOver()
    choices.pointee.begin()
  }

  /// A command was carried out.
  func close(
    _ command: borrowing Command, at moment: Moment, hasLeft: Bool, status: Status,
    decision: inout Decision
  ) {
    defer {
      facts.pointee.removeAll()
      content = UnsafeRawBufferPointer(start: nil, count: 0)
    }
    let size =
      Self.headSize + CommandBytes.most(command) + content.count + choices.pointee.count
      + facts.pointee.count * TakenFix.bytes
    guard !isFull, bytes.room >= size else { return isFull = true }
    turns += 1
    bytes.numbers.put(Self.turn)
    let place = bytes.numbers.reserve()
    bytes.numbers.put(status.rawValue)
    bytes.numbers.put(hasLeft)
    bytes.numbers.put(choices.pointee.isCut)
    bytes.numbers.put(Self.digest(&decision).value)
    bytes.numbers.put(facts.pointee.events.value)
    bytes.numbers.put(command, at: moment)
    bytes.numbers.putCounted(content)
    bytes.numbers.putCounted(choices.pointee.written)
    putFixes()
    bytes.numbers.close(place)
  }

  /// Outside commands positions wait for the next; before there are too many, they are written down by themselves.
  @inline(__always)
  func makeRoom() {
    if facts.pointee.count * 2 > facts.pointee.capacity { putPositions() }
  }

  @inline(never)
  private func putPositions() {
    facts.pointee.carryOver()
    defer { facts.pointee.removeAll() }
    guard !isFull, bytes.room >= Self.headSize + facts.pointee.count * TakenFix.bytes else {
      return isFull = true
    }
    bytes.numbers.put(Self.positions)
    let place = bytes.numbers.reserve()
    putFixes()
    bytes.numbers.close(place)
  }

  private func putFixes() {
    bytes.numbers.put(UInt32(facts.pointee.count))
    for index in 0..<facts.pointee.count { bytes.numbers.put(facts.pointee[index]) }
  }

  static func digest(_ decision: inout Decision) -> Digest {
    var digest = Digest()
    decision.fold(into: &digest)
    return digest
  }
}
