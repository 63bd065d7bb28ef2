// Applies a recording to an engine of its own and compares, turn by turn. No clock, no thread, no position comes from
// anywhere but the recording: where the two differ, something decided that is neither command, moment, fact nor state.

import HujiaContainers
import HujiaEngine
import HujiaIngest
import HujiaRoads
import HujiaRouting

package enum RecordedRun {
  /// In what a turn differs; the first of these.
  package enum Part: String, Sendable { case status, choices, decision, events, positions }

  package struct Difference: Sendable {
    /// Counted from 1.
    package var turn: UInt64
    package var command: String
    package var part: Part
    package var recorded: UInt64
    package var replayed: UInt64
  }

  package struct Outcome: Sendable {
    package var turns: UInt64 = 0
    /// Turns by command.
    package var commands: [String: Int] = [:]
    package var positions = 0
    /// Positions that a decision was given because it looked again.
    package var looks = 0
    package var recorded = Digest()
    package var replayed = Digest()
    package var first: Difference?
  }

  /// How a recording is applied again.
  package enum Means: Equatable {
    /// With its positions and street times: everything is decided anew, and compared.
    case deciding
    /// Without either, on its own map or another: what was chosen is read back.
    case rebuilding(map: String? = nil)
  }

  /// Throws where the recording cannot be read, or an engine cannot be set up as it says. `finish` sees the engine when
  /// all was applied.
  package static func replay(
    _ bytes: UnsafeRawBufferPointer, _ means: Means = .deciding,
    finish: (inout EngineCore) -> Void = { _ in }
  ) throws(Failure) -> Outcome {
    var reader = NumberReader(bytes)
    guard var configuration = RecordHead.read(&reader) else {
      throw Failure(.file, "not a recording of this version")
    }
    if case .rebuilding(let map?) = means { configuration.mapPath = map }
    let engine = try Replayer(configuration, means)
    while !reader.isAtEnd {
      let kind: UInt8 = reader.get()
      var record = NumberReader(reader.takeCounted())
      if reader.isBroken { break }
      guard try engine.take(kind, &record) else {
        throw Failure(.file, "the recording is damaged in or after turn \(engine.outcome.turns)")
      }
    }
    guard !reader.isBroken else {
      throw Failure(.file, "the recording is cut off after turn \(engine.outcome.turns)")
    }
    finish(&engine.driver.core.pointee)
    return engine.outcome
  }
}

/// An engine that has only what a recording gives it.
final class Replayer {
  private(set) var driver: EngineDriver
  private let means: RecordedRun.Means
  private let facts: UnsafeMutablePointer<TurnFacts>
  private let choices: UnsafeMutablePointer<ChoiceLog>
  private(set) var outcome = RecordedRun.Outcome()

  /// What a file says is checked as what a host says.
  init(_ configuration: Configuration, _ means: RecordedRun.Means) throws(Failure) {
    try configuration.check()
    self.means = means
    driver = try EngineDriver.unfiled(configuration)
    do throws(OutOfMemory) {
      let log = try TurnFacts(.system, capacity: Int(configuration.maxUnits) * 2 + 1_024)
      let made = try ChoiceLog(.system, capacity: Recorder.mostChoices)
      facts = .allocate(capacity: 1)
      facts.initialize(to: log)
      choices = .allocate(capacity: 1)
      choices.initialize(to: made)
    } catch {
      throw Failure(.memory, "no memory for a turn's \(error.bytes) bytes")
    }
    driver.core.pointee.feed = .recorded(facts)
    driver.core.pointee.choices = choices
  }

  deinit {
    choices.deinitialize(count: 1)
    choices.deallocate()
    facts.deinitialize(count: 1)
    facts.deallocate()
  }

  /// Another engine goes on in the place of this one: for tests of states.
  func goOn(with other: EngineDriver) {
    driver.core.pointee.choices = nil
    other.core.pointee.feed = .recorded(facts)
    other.core.pointee.choices = choices
    driver = other
  }

  /// One record; false where it is damaged.
  func take(_ kind: UInt8, _ record: inout NumberReader) throws(Failure) -> Bool {
    switch kind {
    case Recorder.positions:
      guard takeFixes(&record, hasLeft: false) else { return false }
      if means != .deciding { return true }
      driver.core.pointee.takePositions(most: .max)
      return true
    case Recorder.turn: return try takeTurn(&record)
    default: return false
    }
  }

  private func takeTurn(_ record: inout NumberReader) throws(Failure) -> Bool {
    let status: Int32 = record.get()
    let hasLeft = record.get(UInt8.self) != 0
    let isCut = record.get(UInt8.self) != 0
    let decided: UInt64 = record.get()
    let events: UInt64 = record.get()
    let command = CommandBytes.get(record.takeCounted())
    let content = record.takeCounted()
    let chosen = record.takeCounted()
    guard var command, takeFixes(&record, hasLeft: hasLeft) else { return false }
    let isRebuilding = means != .deciding
    choices.pointee.begin()
    if isRebuilding {
      guard choices.pointee.begin(reading: chosen, isCut: isCut) else { return false }
      facts.pointee.removeAll()
      command.recorded.change.snap { driver.snap($0) }
    }
    guard driver.accepts(command) else { return false }
    outcome.turns += 1
    let name = command.recorded.change.name
    outcome.commands[name, default: 0] += 1
    var turn = Turn(moment: command.recorded.moment, feed: .recorded(facts))
    var decision = Decision()
    if !isRebuilding { driver.core.pointee.takePositions(most: .max) }
    let given = try driver.replay(
      command, content, &turn, isRebuilding: isRebuilding, into: &decision)
    let digest = Recorder.digest(&decision)
    compare(
      name,
      [
        (.positions, 1, facts.pointee.isUsedUp ? 1 : 0),
        (.choices, 1, isAsChosen(chosen) ? 1 : 0),
        (.status, UInt64(UInt32(bitPattern: status)), UInt64(UInt32(bitPattern: given.rawValue))),
        (.decision, decided, digest.value), (.events, events, facts.pointee.events.value),
      ])
    return true
  }

  /// Decided anew, all that was chosen; read back, each once.
  private func isAsChosen(_ chosen: UnsafeRawBufferPointer) -> Bool {
    if means != .deciding { return choices.pointee.isUsedUp && !choices.pointee.isBroken }
    let again = choices.pointee.written
    guard again.count == chosen.count else { return false }
    return again.elementsEqual(chosen)
  }

  private func compare(
    _ name: String, _ parts: [(part: RecordedRun.Part, recorded: UInt64, replayed: UInt64)]
  ) {
    for (part, recorded, replayed) in parts {
      outcome.recorded.fold(recorded)
      outcome.replayed.fold(replayed)
      if recorded != replayed, outcome.first == nil {
        outcome.first = RecordedRun.Difference(
          turn: outcome.turns, command: name, part: part, recorded: recorded, replayed: replayed)
      }
    }
  }

  private func takeFixes(_ record: inout NumberReader, hasLeft: Bool) -> Bool {
    facts.pointee.removeAll()
    facts.pointee.hasLeft = hasLeft
    let count: UInt32 = record.get()
    for _ in 0..<count {
      let fix = record.fix()
      if record.isBroken { return false }
      if means != .deciding { continue }
      guard driver.holds(fix) else { return false }
      facts.pointee.append(fix)
      if fix.ask > 0 { outcome.looks += 1 }
    }
    outcome.positions += Int(count)
    return record.isAtEnd && !record.isBroken
  }
}
