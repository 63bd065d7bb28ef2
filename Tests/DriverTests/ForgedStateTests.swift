// A snapshot whose sums are right may still say anything: whatever number of it is another, reading ends with a
// sentence or with an engine in which everything holds together; never with the process.

import HujiaContainers
import HujiaTestSupport
import Testing

@testable import HujiaDriver
@testable import HujiaEngine

@Suite(.serialized, .timeLimit(.minutes(10))) struct ForgedStateTests {
  private let folder = TemporaryFolder()

  private func state(
    _ seed: UInt64, _ commands: Int
  ) throws -> (state: [UInt8], configuration: Configuration) {
    let recording = try StateTwinTests.record(seed, commands, in: folder)
    return try recording.withUnsafeBytes { bytes in
      var reader = NumberReader(bytes)
      let configuration = try #require(RecordHead.read(&reader))
      let engine = try Replayer(configuration, .deciding)
      try engine.driver.keepHanded(64)
      while !reader.isAtEnd {
        let kind: UInt8 = reader.get()
        var record = NumberReader(reader.takeCounted())
        #expect(try engine.take(kind, &record))
      }
      return (try State.bytes(of: engine.driver), configuration)
    }
  }

  /// Says why, or every invariant holds and the engine goes on: an hour passes, and everything that is due fires.
  private func takes(_ state: [UInt8], _ driver: EngineDriver) -> Bool {
    do {
      try State.read(state, driver)
    } catch let refused as State.Refused {
      check(!refused.words.isEmpty)
      return false
    } catch let failure as Failure {
      check(!failure.text.isEmpty)
      return false
    } catch {
      return false
    }
    checkNil((driver.core.pointee.validate()?.words).map { "\($0)" }, "what was taken")
    let time = driver.core.pointee.time
    guard time.now_ns < 1 << 60, time.wall_us < 1 << 60 else { return true }
    driver.goOnPolled(from: time)
    _ = driver.poll(
      now_ns: time.now_ns + 3_600_000_000_000, wall_us: time.wall_us + 3_600_000_000, most: 200)
    checkNil((driver.core.pointee.validate()?.words).map { "\($0)" }, "an hour later")
    return true
  }

  @Test(arguments: [3, 4] as [UInt64])
  func anyByteMayBeAnother(seed: UInt64) throws {
    var (state, configuration) = try state(seed, 400)
    configuration.journalPath = nil
    check(takes(state, try State.blank(configuration)), "as it was")
    var (taken, refused) = (0, 0)
    let stride_bytes = max(state.count / Scale.count(300, full: 40_000), 1)
    for place in stride(from: 0, to: state.count, by: stride_bytes) {
      for mask in [0x01, 0x80, 0xff] as [UInt8] {
        state[place] ^= mask
        if takes(state, try State.blank(configuration)) { taken += 1 } else { refused += 1 }
        state[place] ^= mask
      }
    }
    check(refused, above: 100)
    check(taken, above: 20)
  }

  /// Cut off anywhere, with more behind it, or nothing at all.
  @Test func anyLength() throws {
    let (state, configuration) = try state(5, 300)
    for length in stride(from: 0, to: state.count, by: max(state.count / 150, 1)) {
      check(!takes(Array(state[..<length]), try State.blank(configuration)), "\(length) bytes")
    }
    check(!takes(state + [0], try State.blank(configuration)))
    check(!takes([], try State.blank(configuration)))
  }

  /// Smaller tables are named, larger ones are taken.
  @Test func otherLimits() throws {
    var (state, configuration) = try state(6, 600)
    configuration.maxIncidents += 9
    configuration.maxAssignments += 5
    configuration.maxUnits += 70
    configuration.maxWatches += 3
    configuration.figureBeats += 4
    configuration.breachCapacity += 30
    let larger = try State.blank(configuration)
    try State.read(state, larger)
    // Written by the larger engine, it is the same state.
    #expect(try State.bytes(of: larger) == state)
    state = try State.bytes(of: larger)
    configuration.maxIncidents = 4
    #expect(throws: State.Refused.self) { try State.read(state, State.blank(configuration)) }
  }
}

extension State {
  static func blank(_ configuration: Configuration) throws -> EngineDriver {
    let driver = try EngineDriver.unfiled(configuration)
    try driver.keepHanded(64)
    return driver
  }
}
