// What stands in records and snapshots under libFuzzer: commands, turns with their facts, states. The journal has
// proved that nobody changed them; a file is believed no more than a host all the same. `scripts/fuzz --engine`.

import Glibc
import HujiaContainers

@testable import HujiaDriver
@testable import HujiaEngine
@testable import HujiaJournal

/// By name.
func readers() -> [String: (inout Input) -> Void] {
  let all = EngineReaders()
  return [
    "commands": all.commands, "turns": all.turns, "states": all.states, "lives": all.lives,
  ]
}

private final class EngineReaders {
  private let room = Room()
  private var again = [UInt8](repeating: 0, count: RecordedCommand.mostBytes + 64)

  private func lay(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(room.lay([(0, bytes)], count: bytes.count))
  }

  /// As golden_state.c opens its engines: the tables of the seeds fit.
  private var configuration: Configuration {
    var small = Configuration()
    small.maxUnits = 16
    small.maxIncidents = 16
    small.maxAssignments = 32
    small.maxWatches = 4
    small.eventCapacity = 64
    small.postCapacity = 4
    small.keyCapacity = 16
    small.runMode = .poll
    return small
  }

  // Commands

  /// Refused, or a command that is written as these bytes again.
  func commands(_ input: inout Input) {
    let bytes = lay(input.rest)
    guard let (command, length) = try? RecordedCommand.decode(bytes) else { return }
    precondition(length <= bytes.count, "longer than its bytes")
    let count = again.withUnsafeMutableBytes {
      command.encode(into: $0.baseAddress.unsafelyUnwrapped)
    }
    precondition(count <= RecordedCommand.mostBytes, "longer than a command")
    // What an earlier version wrote is written in today's.
    guard again[2] == bytes[2] else {
      let isRead = again.withUnsafeBytes {
        (try? RecordedCommand.decode(UnsafeRawBufferPointer(rebasing: $0[..<count]))) != nil
      }
      return precondition(isRead, "today's form of an earlier version cannot be read")
    }
    precondition(
      count <= bytes.count && again[..<count].elementsEqual(bytes[..<count]), "other bytes")
  }

  // Turns

  func turns(_ input: inout Input) {
    let bytes = lay(input.rest)
    if let turn = TurnRecord(bytes) {
      var fixes = 0
      let isWhole = TurnRecord.each(turn.fixes) { _ in
        fixes += 1
        return true
      }
      precondition(isWhole, "fixes of which \(fixes) could be read")
    }
    if let opened = OpenedRecord(bytes) { _ = opened.tables }
    _ = StagedMark(bytes)
  }

  // States

  private func blank() -> EngineDriver? {
    guard let driver = try? EngineDriver.unfiled(configuration) else { return nil }
    return (try? driver.keepHanded(64)) == nil ? nil : driver
  }

  /// Says why not, or every invariant holds and the engine goes on: an hour passes, and all that is due fires.
  func states(_ input: inout Input) {
    let bytes = lay(input.rest)
    guard let driver = blank() else { fatalError("no engine") }
    var coder = StateCoder(reading: bytes)
    guard let state = EngineState(reading: &coder) else { return }
    do throws(Failure) { try driver.read(&coder) } catch { return }
    guard coder.isGood, driver.core.pointee.adopt({ driver.map.holds($0) ? $0 : nil }) == nil else {
      return
    }
    goesOn(driver, from: max(state.last.now_ns, driver.core.pointee.time.now_ns))
  }

  /// As an opening does: the engine's time goes on where it was.
  private func goesOn(_ driver: EngineDriver, from now_ns: Int64) {
    holds(driver, "as it was read")
    let time = Moment(now_ns: now_ns, wall_us: driver.core.pointee.time.wall_us)
    driver.goOnPolled(from: time)
    guard time.now_ns < 1 << 60, time.wall_us < 1 << 60 else { return }
    _ = driver.poll(
      now_ns: time.now_ns + 3_600_000_000_000, wall_us: time.wall_us + 3_600_000_000, most: 200)
    holds(driver, "an hour later")
  }

  /// An optimised build leaves the words out of a precondition.
  private func holds(_ driver: EngineDriver, _ when: StaticString) {
    guard let broken = driver.core.pointee.validate() else { return }
    fatalError("\(when): \(broken.words) [\(broken.number)]")
  }

  // Lives: a snapshot, and records that are applied with the facts in them

  /// A snapshot (how many bytes u16, and these); then records: kind u8, how many bytes u16, and these.
  func lives(_ input: inout Input) {
    guard let driver = try? EngineDriver.unfiled(configuration),
      let rebuilder = try? Rebuilder(driver, configuration)
    else { fatalError("no engine") }
    let state = input.take(Int(input.number(UInt16.self)))
    if state.count > 0, !rebuilder.take(snapshot: lay(state)) { return }
    var sequence: UInt64 = 100
    while !input.rest.isEmpty {
      let kind = UInt16(input.number(UInt8.self))
      let payload = lay(input.take(Int(input.number(UInt16.self))))
      sequence += 1
      let record = JournalRecord(
        sequence: sequence, kind: kind, version: 1, hasMore: false, epoch: 1, monotonic_ns: 0,
        wall_us: 0, boot: .none, digest: nil, payload: payload)
      guard rebuilder.take(record) else {
        precondition(rebuilder.failure != nil, "refused without a word")
        return
      }
    }
    goesOn(driver, from: rebuilder.last.now_ns)
  }
}
