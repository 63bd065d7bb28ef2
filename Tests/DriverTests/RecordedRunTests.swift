// What threads race for, recorded, comes out the same when it is applied again without them; and where anything was
// left out of the recording, the replay says so.

import Foundation
import HujiaContainers
import HujiaEngine
import HujiaIngest
import HujiaTestSupport
import Testing

@testable import HujiaDriver

@Suite(.serialized, .timeLimit(.minutes(10))) struct RecordedRunTests {
  private let folder = TemporaryFolder()

  private func replay(
    _ recording: [UInt8], _ means: RecordedRun.Means = .deciding, ends lines: [String]? = nil
  ) throws -> RecordedRun.Outcome {
    try recording.withUnsafeBytes {
      try RecordedRun.replay($0, means) { core in
        guard let lines else { return }
        let own = StateLines.of(&core)
        for (own, other) in zip(own, lines) where own != other {
          Issue.record("rebuilt: \(own)\nwas: \(other)")
          return
        }
        #expect(own.count == lines.count)
      }
    }
  }

  private func watches(_ city: RecordedCity, _ random: inout SplitMix64) {
    for watch in 1...UInt64(RecordedCity.watches) {
      let point = RecordedCity.point(&random)
      city.submit(
        .putWatch(
          WatchDescription(
            id: watch, limit_s: 1, lat_e7: point.lat_e7, lon_e7: point.lon_e7,
            place: city.driver.snap(point))))
    }
  }

  private func load(_ city: RecordedCity) throws {
    var text = RecordedCity.plans
    try text.withUTF8 { try city.driver.loadPlans(UnsafeRawBufferPointer($0)) }
  }

  /// Two threads of positions, two of calls, one of street times, the engine's own loop and its builder; nobody reads
  /// events until escalations wait for room, then somebody reads them slowly.
  private func record(_ seed: UInt64) throws -> (recording: [UInt8], state: [String]) {
    let city = try RecordedCity(.thread, in: folder)
    var random = SplitMix64(seed)
    try load(city)
    city.putUnits(&random)
    watches(city, &random)
    let lanes: [@Sendable () -> Void] = [
      { city.positionLane(seed + 1) }, { city.positionLane(seed + 2) },
      { city.callLane(seed + 3) }, { city.callLane(seed + 4) }, { city.trafficLane(seed + 5) },
    ]
    let group = DispatchGroup()
    for lane in lanes {
      group.enter()
      Thread.detachNewThread {
        lane()
        group.leave()
      }
    }
    func wait(_ isThere: () -> Bool) {
      let until = Date(timeIntervalSinceNow: 120)
      while !isThere(), Date() < until { usleep(2_000) }
      #expect(isThere())
    }
    wait { city.driver.turnHere { core, _ in core.isEscalationBlocked } }
    wait { city.driver.trafficFigures.built >= 3 }
    try load(city)
    for _ in 0..<150 {
      city.takeEvents(5)
      usleep(1_000)
    }
    city.isOver.store(true, ordering: .relaxed)
    group.wait()
    while city.takeEvents(256) > 0 {}
    return city.recordingAndState()
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func threadsReplayToTheSameDigest(seed: UInt64) throws {
    let (recording, state) = try record(seed)
    let outcome = try replay(recording)
    #expect(outcome.first == nil, "seed \(seed): \(outcome)")
    #expect(outcome.recorded == outcome.replayed)
    // It was no idle run.
    for command in [
      "report", "post", "advance", "end", "putUnit", "removeUnit", "putWatch", "beats",
      "takeEvents", "usePlans", "useEpoch", "tick",
    ] { #expect(outcome.commands[command, default: 0] > 0, "no \(command): \(outcome.commands)") }
    #expect(outcome.positions > 1_000)
    // Without positions and street times, on its own map and on one of nowhere: what was chosen is read back.
    let elsewhere = folder.file("elsewhere.hjmap")
    try RecordedCity.elsewhere().write(to: elsewhere)
    let means = RecordedRun.Means.rebuilding(map: seed == 1 ? nil : elsewhere)
    let rebuilt = try replay(recording, means, ends: state)
    #expect(rebuilt.first == nil, "seed \(seed), \(means): \(rebuilt)")
    #expect(rebuilt.recorded == rebuilt.replayed)
    guard seed == 1 else { return }
    // Planted: choices are not on record.
    #expect(try replay(Edit.forgetChoices(recording), .rebuilding()).first?.part == .choices)
    // Planted: every third position is missing; slices of fewer steps than recorded; firings by another clock.
    #expect(try replay(Edit.dropFixes(recording)).first != nil)
    #expect(try replay(Edit.fireLess(recording)).first != nil)
    #expect(try replay(Edit.fireLate(recording)).first != nil)
  }

  /// One thread in poll mode, so it is the same each time: more positions wait than a command takes in, and its
  /// decision looks again at the units it found.
  private func recordLooks() throws -> [UInt8] {
    let city = try RecordedCity(.poll, in: folder)
    var random = SplitMix64(9)
    _ = city.driver.poll(now_ns: 0, wall_us: 1_600_000_000_000_000, most: 0)
    try load(city)
    city.putUnits(&random)
    for round in 1...20 as ClosedRange<Int64> {
      let fixes = city.fixes(2_000, &random)
      // The thread that reports finds the baton held, so all of them wait.
      city.driver.baton.take()
      #expect(city.driver.takeFixes(fixes.count) { fixes[$0] } == fixes.count)
      city.driver.baton.give()
      let report = city.report(&random)
      #expect(city.submit(.report(report)).status == .ok)
      check(city.driver.positions.pointee.hasFresh)
      _ = city.driver.poll(
        now_ns: round * 100_000_000, wall_us: 1_600_000_000_000_000 + round * 100_000, most: 0)
      check(!city.driver.positions.pointee.hasFresh)
      city.takeEvents(1_000)
    }
    return city.recording()
  }

  @Test func whatADecisionLookedAtAgainIsAFact() throws {
    let recording = try recordLooks()
    let outcome = try replay(recording)
    #expect(outcome.first == nil, "\(outcome)")
    #expect(outcome.looks > 20, "\(outcome.looks) looks")
    #expect(try replay(recordLooks()).recorded == outcome.recorded)
    // Planted: the looks are not written down; whether positions were left is not.
    #expect(try replay(Edit.dropLooks(recording)).first != nil)
    #expect(try replay(Edit.forgetLeft(recording)).first?.part == .positions)
  }

  /// More positions than a log holds, and no command for a long time: they are written down by themselves.
  @Test func positionsWithoutCommands() throws {
    let city = try RecordedCity(.poll, in: folder)
    var random = SplitMix64(4)
    city.putUnits(&random)
    let fixes = city.fixes(20_000, &random)
    #expect(city.driver.takeFixes(fixes.count) { fixes[$0] } > 19_000)
    #expect(city.submit(.report(city.report(&random))).status == .ok)
    let recording = city.recording()
    let outcome = try replay(recording)
    #expect(outcome.first == nil && outcome.positions > 15_000, "\(outcome)")
    #expect(try replay(Edit.dropFixes(recording)).first != nil)
  }

  /// A damaged recording is a failure, never a trap; one that is full says so and ends at a turn's end.
  @Test func damagedAndFull() throws {
    let city = try RecordedCity(.poll, in: folder, room: 200_000)
    var random = SplitMix64(5)
    city.putUnits(&random)
    for _ in 0..<20 { city.submit(.report(city.report(&random))) }
    for _ in 0..<2_000 { city.submit(.setActivity(.patrolling, unit: 1, wall_us: 0)) }
    city.close()
    #expect(city.recorder.isFull)
    let recording = [UInt8](city.recorder.recorded)
    #expect(recording.count <= 200_000)
    #expect(try replay(recording).first == nil)
    for size in stride(from: 0, to: recording.count - 1, by: 9_973) {
      _ = try? replay(Array(recording[..<size]))
    }
    #expect(throws: Failure.self) { try replay(Array(recording[..<(recording.count - 5)])) }
    #expect(throws: Failure.self) { try replay([]) }
    #expect(throws: Failure.self) { try replay([UInt8](repeating: 7, count: 4_000)) }
  }
}
