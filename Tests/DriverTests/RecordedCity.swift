// What the recorded runs stand on: a small grid of streets on disk, an engine on it, and lanes of work for threads.

import Foundation
import HujiaContainers
import HujiaEngine
import HujiaIngest
import HujiaMapBuild
import HujiaRoads
import HujiaRouting
import HujiaTestSupport
import Synchronization
import Testing

@testable import HujiaDriver

/// An engine that is recorded from its first turn on.
final class RecordedCity: @unchecked Sendable {
  static let units = 600
  static let watches = 40
  private static let side = 24
  private static let wall_us: Int64 = 1_600_000_000_000_000

  let recorder: Recorder
  let driver: EngineDriver
  let isOver = Atomic<Bool>(false)
  private let token: UInt
  private var isClosed = false

  /// Chains of seconds, so that everything fires within a short run.
  static let plans = """
    {"version": 1, "capabilities": ["patrol", "medic"],
     "tiers": {"emergency": {"respond_s": 1, "arrive_s": 1}},
     "clocks": {
       "acknowledge": {"limit_s": 1, "steps": [{"do": "next_unit"}, {"after_s": 1, "do": "supervisor"}], "repeat_s": 1},
       "absence": {"limit_s": 1, "steps": [{"do": "home_officer"}, {"after_s": 1, "do": "open_incident"}], "repeat_s": 1}},
     "areas": [
       {"name": "west", "polygon": [[0, 0.1], [0.01, 0.1], [0.01, 0.13], [0, 0.13]]},
       {"name": "east", "polygon": [[0.01, 0.1], [0.03, 0.1], [0.03, 0.13], [0.01, 0.13]]}],
     "beats": [{"number": 1, "area": "west", "officer": 17}, {"number": 2, "area": "east", "neighbours": []}],
     "plans": [
       {"name": "two", "types": [2],
        "units": [
          {"capabilities": ["patrol"]},
          {"any_of": [{"capabilities": ["medic"], "kind": 1, "min_crew": 2}, {"capabilities": ["medic"]}]}],
        "alarms": [{"level": 2, "units": [{"count": 2}]}, {"level": 3, "units": [{"agency": 2}]}]},
       {"name": "one", "units": [{"capabilities": ["patrol"]}], "alarms": [{"level": 2, "units": [{}]}],
        "mode": "beat_first", "beat_for_s": 120}]}
    """

  /// The map stays in `folder`: a replay wants it too.
  /// `journal`: written instead of a recording, with all telemetry.
  init(
    _ mode: RunMode, in folder: TemporaryFolder, room: Int = 512 << 20, journal: String? = nil,
    telemetry: Telemetry = .all, _ change: (inout Configuration) -> Void = { _ in }
  ) throws {
    recorder = try Recorder(units: Self.units, room: room)
    let path = folder.file("grid.hjmap")
    try Self.map().write(to: path)
    var configuration = Configuration()
    configuration.runMode = mode
    configuration.mapPath = path
    configuration.maxUnits = UInt32(Self.units)
    configuration.maxIncidents = 32
    configuration.maxAssignments = 64
    configuration.eventCapacity = 64
    configuration.maxWatches = UInt32(Self.watches)
    configuration.keyRetention_s = 2
    configuration.recorder = journal == nil ? recorder : nil
    configuration.journalPath = journal
    if journal != nil { configuration.telemetry = telemetry }
    change(&configuration)
    token = try EngineDriver.open(configuration)
    driver = try #require(EngineDriver.value(token) { $0 })
  }

  deinit { close() }

  func close() {
    guard !isClosed else { return }
    isClosed = true
    #expect(EngineDriver.close(token) == .ok)
  }

  /// Closes the engine and gives what was recorded.
  func recording() -> [UInt8] {
    close()
    #expect(!recorder.isFull)
    return [UInt8](recorder.recorded)
  }

  /// The same, with the state in which it was closed.
  func recordingAndState() -> (recording: [UInt8], state: [String]) {
    var lines: [String] = []
    isClosed = true
    let driver = driver
    #expect(EngineDriver.close(token) == .ok)
    lines = StateLines.of(&driver.core.pointee)
    #expect(!recorder.isFull)
    return ([UInt8](recorder.recorded), lines)
  }

  /// Two streets on another side of the planet.
  static func elsewhere() -> MapImage {
    var draft = MapDraft()
    for column in 0..<3 as Range<Int32> {
      draft.nodes.append((lat_e7: -300_000_000, lon_e7: 1_000_000_000 + column * 8_993))
    }
    for from in 0..<2 {
      draft.streets.append(
        MapDraft.Street(
          id: UInt64(from + 1), from: UInt32(from), to: UInt32(from + 1), length_mm: 100_000,
          forward: .init(10_000), backward: .init(10_000)))
    }
    return MapImage(draft)
  }

  /// Streets of 100 m both ways, ten seconds each, a tenth of a degree north.
  private static func map() -> MapImage {
    var draft = MapDraft()
    for row in 0..<side {
      for column in 0..<side {
        draft.nodes.append(
          (lat_e7: 1_000_000 + Int32(row) * 8_993, lon_e7: Int32(column) * 8_993))
      }
    }
    func add(_ from: Int, _ to: Int) {
      draft.streets.append(
        MapDraft.Street(
          id: UInt64(draft.streets.count + 1), from: UInt32(from), to: UInt32(to),
          length_mm: 100_000, forward: .init(10_000), backward: .init(10_000)))
    }
    for row in 0..<side {
      for column in 0..<side {
        if column + 1 < side { add(row * side + column, row * side + column + 1) }
        if row + 1 < side { add(row * side + column, row * side + column + side) }
      }
    }
    return MapImage(draft)
  }
  static var streets: Int { 2 * side * (side - 1) }

  static func point(_ random: inout SplitMix64) -> (lat_e7: Int32, lon_e7: Int32) {
    let span = Int32(side - 1) * 8_993
    return (
      1_000_000 + Int32.random(in: 0..<span, using: &random),
      Int32.random(in: 0..<span, using: &random)
    )
  }

  // What a host does

  @discardableResult
  func submit(_ change: Change) -> (status: Status, decision: Decision) {
    var decision = Decision()
    return (driver.submit(Command(change), into: &decision), decision)
  }

  func putUnits(_ random: inout SplitMix64) {
    for unit in 1...Self.units { put(unit: UInt64(unit), &random) }
  }

  func put(unit: UInt64, _ random: inout SplitMix64, activity: Activity = .patrolling) {
    let point = Self.point(&random)
    submit(
      .putUnit(
        UnitDescription(
          id: unit, kind: 1, agency: 1, capabilities: unit % 3 == 0 ? 3 : 1,
          homeBeat: UInt32(unit % 4),
          crew: 2,
          activity: activity, shiftEnd_us: 0, place: driver.snap(point), hasPosition: true)))
  }

  func report(_ random: inout SplitMix64, key: UInt64 = 0) -> IncidentReport {
    let point = Self.point(&random)
    return IncidentReport(
      tier: .emergency, type: UInt32.random(in: 1...2, using: &random), lat_e7: point.lat_e7,
      lon_e7: point.lon_e7, flags: 0, keyHigh: key == 0 ? 0 : 1, keyLow: key, callerHash: 0,
      wall_us: 0,
      place: driver.snap(point))
  }

  func fixes(_ count: Int, _ random: inout SplitMix64) -> [GivenFix] {
    (0..<count).map { _ in
      let point = Self.point(&random)
      return GivenFix(
        unitID: UInt64.random(in: 1...UInt64(Self.units), using: &random), lat_e7: point.lat_e7,
        lon_e7: point.lon_e7, datum: 1, accuracy_dm: 0, heading_cdeg: .min, speed_cms: .min,
        wall_us: 0)
    }
  }

  @discardableResult
  func takeEvents(_ most: Int) -> Int {
    let events = UnsafeMutableBufferPointer<Event>.allocate(capacity: most)
    defer { events.deallocate() }
    return driver.takeEvents(into: events)
  }

  // Lanes: each is one thread's work until the run is over.

  func positionLane(_ seed: UInt64) {
    var random = SplitMix64(seed)
    while !isOver.load(ordering: .relaxed) {
      let fixes = fixes(Int.random(in: 1...300, using: &random), &random)
      _ = driver.takeFixes(fixes.count) { fixes[$0] }
      usleep(1_000)
    }
  }

  func callLane(_ seed: UInt64) {
    var random = SplitMix64(seed)
    var open: [UInt64] = []
    var assignments: [UInt64] = []
    while !isOver.load(ordering: .relaxed) {
      usleep(200)
      switch Int.random(in: 0..<16, using: &random) {
      case 0..<4:
        let (status, decision) = submit(
          .report(report(&random, key: UInt64.random(in: 1...50, using: &random))))
        if status == .ok {
          open.append(decision.answer.incidentID)
          for place in 0..<decision.answer.count {
            assignments.append(decision.chosen[place].assignmentID)
          }
        }
      case 4..<7:
        if assignments.isEmpty { continue }
        let state = [AssignmentState.acknowledged, .enRoute, .onScene].randomElement(using: &random)
        submit(
          .advance(
            assignment: assignments.randomElement(using: &random) ?? 0, to: state ?? .enRoute,
            wall_us: 0))
      case 7..<10 where open.count > 8:
        submit(.end(incident: open.removeFirst(), as: .closed, disposition: 1, wall_us: 0))
        if assignments.count > 40 { assignments.removeFirst(20) }
      case 10:
        var posted = report(&random, key: UInt64.random(in: 100...200, using: &random))
        _ = driver.post(&posted)
      case 11:
        put(
          unit: UInt64.random(in: 1...UInt64(Self.units), using: &random), &random,
          activity: Bool.random(using: &random) ? .patrolling : .offDuty)
      case 12: submit(.removeUnit(UInt64.random(in: 1...UInt64(Self.units), using: &random)))
      case 13: beat(&random)
      case 14: ask(&random)
      default:
        submit(
          .setActivity(
            .patrolling, unit: UInt64.random(in: 1...UInt64(Self.units), using: &random),
            wall_us: 0))
      }
    }
  }

  private func beat(_ random: inout SplitMix64) {
    let beats = (0..<5).map { _ in
      Heartbeat(
        watchID: UInt64.random(in: 1...UInt64(Self.watches), using: &random), wall_us: 0)
    }
    _ = beats.withUnsafeBufferPointer { driver.takeBeats($0) }
  }

  /// Questions are not recorded, but the positions that they take in are there for the decisions that follow.
  private func ask(_ random: inout SplitMix64) {
    var view = UnitView()
    _ = driver.read(unit: UInt64.random(in: 1...UInt64(Self.units), using: &random), into: &view)
    var decision = Decision()
    var asked = report(&random)
    _ = driver.recommend(&asked, into: &decision)
  }

  /// Street times, whose epochs the builder publishes while the others go on.
  func trafficLane(_ seed: UInt64) {
    var random = SplitMix64(seed)
    while !isOver.load(ordering: .relaxed) {
      let times = (0..<8).map { _ in
        StreetTime(
          streetID: UInt64.random(in: 1...UInt64(Self.streets), using: &random),
          time: Int.random(in: 0..<10, using: &random) == 0
            ? .closed : .travel(ms: UInt32.random(in: 2_000...60_000, using: &random)),
          profile: Int.random(in: 0..<6, using: &random) == 0 ? .response : nil)
      }
      _ = driver.reportTraffic(times.count, { (.ok, times[$0]) }, { _, _ in })
      usleep(3_000)
    }
  }
}

extension EngineDriver {
  /// By value, where nobody counts instructions.
  func submit(_ command: Command, into decision: inout Decision) -> Status {
    var own = command
    return submit(&own, into: &decision)
  }

  func submit(_ command: Command) -> Status {
    var own = command
    return submit(&own)
  }
}
