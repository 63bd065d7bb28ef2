// A recording is a file, and a file may say anything: whatever byte of it is another, a replay ends with a named error
// or with a difference, never with the process.

import HujiaContainers
import HujiaEngine
import HujiaTestSupport
import Testing

@testable import HujiaDriver

@Suite struct ForgedRecordingTests {
  private let folder = TemporaryFolder()

  /// A few turns of every sort that says where something is, or when.
  private func small() throws -> [UInt8] {
    let city = try RecordedCity(.poll, in: folder)
    var random = SplitMix64(11)
    _ = city.driver.poll(now_ns: 1_000_000_000, wall_us: 1_600_000_000_000_000, most: 0)
    for unit in 1...3 { city.put(unit: UInt64(unit), &random) }
    let fixes = city.fixes(3, &random)
    _ = city.driver.takeFixes(fixes.count) { fixes[$0] }
    let answer = city.submit(.report(city.report(&random, key: 5))).decision
    city.submit(.advance(assignment: answer.chosen[0].assignmentID, to: .onScene, wall_us: 0))
    city.submit(
      .putWatch(
        WatchDescription(
          id: 1, lat_e7: 1_001_000, lon_e7: 2_000,
          place: city.driver.snap((lat_e7: 1_001_000, lon_e7: 2_000)))))
    _ = city.driver.poll(now_ns: 9_000_000_000, wall_us: 1_600_000_008_000_000, most: 0)
    city.submit(.end(incident: answer.answer.incidentID, as: .closed, disposition: 1, wall_us: 0))
    city.takeEvents(8)
    return city.recording()
  }

  private func replay(
    _ recording: [UInt8], _ means: RecordedRun.Means
  ) throws -> RecordedRun.Outcome {
    try recording.withUnsafeBytes { try RecordedRun.replay($0, means) }
  }

  @Test(arguments: [RecordedRun.Means.deciding, .rebuilding()])
  func anyByteMayBeAnother(means: RecordedRun.Means) throws {
    var recording = try small()
    check(try replay(recording, means).first == nil, "as it was recorded")
    var (refused, differed) = (0, 0)
    // Sizes of tables stand in front: a larger one is a larger engine, which is tried elsewhere.
    let first = recording.withUnsafeBytes { bytes in
      var reader = NumberReader(bytes)
      _ = RecordHead.read(&reader)
      return reader.offset
    }
    for place in stride(from: first, to: recording.count, by: Scale.count(3, full: 1)) {
      for mask in [0x01, 0x80, 0xff] as [UInt8] {
        recording[place] ^= mask
        do {
          if try replay(recording, means).first != nil { differed += 1 }
        } catch let error as Failure {
          check(!error.text.isEmpty, "a sentence says why")
          refused += 1
        }
        recording[place] ^= mask
      }
    }
    check(refused, above: 100)
    check(differed, above: 100)
  }

  /// Places that no map has, times that no clock gives, steps below none: refused before the core sees them.
  @Test func whatNoHostCanSay() throws {
    var configuration = Configuration()
    configuration.runMode = .poll
    let driver = try EngineDriver.unfiled(configuration)
    func accepts(_ change: Change, _ moment: Moment = Moment(now_ns: 5, wall_us: 5)) -> Bool {
      driver.accepts(ReadCommand(recorded: RecordedCommand(.plain(change), at: moment)))
    }
    var unit = UnitDescription(
      id: 1, kind: 0, agency: 0, capabilities: 0, homeBeat: 0, crew: 2, activity: .patrolling,
      shiftEnd_us: 0, place: .nowhere, hasPosition: false)
    check(accepts(.putUnit(unit)))
    unit.place.street = 7
    check(!accepts(.putUnit(unit)), "a street that the map lacks")
    unit.place = .nowhere
    unit.place.node = 3
    check(!accepts(.putUnit(unit)), "a node off the streets")
    unit.place = .nowhere
    unit.place.lat_e7 = .max
    check(!accepts(.putUnit(unit)), "off the planet")
    check(!accepts(.tick(Tick(most: -1, decisions: 0, offerSteps: 0))))
    check(!accepts(.background(offerSteps: -1)))
    check(!accepts(.stall(late_ns: .min)))
    check(!accepts(.advance(assignment: 1, to: .onScene, wall_us: -1)))
    check(!accepts(.end(incident: 1, as: .merged, disposition: 0, wall_us: 0)))
    check(!accepts(.resetFigures, Moment(now_ns: -1, wall_us: 5)))
    check(!accepts(.resetFigures, Moment(now_ns: 5, wall_us: .min)))
    check(!accepts(.resetFigures, Moment(now_ns: 1 << 62, wall_us: 5)))
    check(accepts(.resetFigures))
  }
}
