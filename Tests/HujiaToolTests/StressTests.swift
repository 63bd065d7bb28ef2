// A stress run's books agree with the engine's, and would say so if they did not; its options, feeds, JSON and page.

import ArgumentParser
import CHujia
import FoundationEssentials
import Glibc
import HujiaHostKit
import HujiaRoads
import HujiaTestSupport
import Testing

@testable import HujiaCities
@testable import HujiaReportPage
@testable import HujiaStress
@testable import HujiaTool

struct StressTests {
  /// A small invented city, compiled once for all tests.
  private static let small: Result<String, any Error> = Result {
    let folder = Output.temporary("hujia-stress-tests-\(getpid())")
    let city = InventedCity(CitySize.all[0], seed: 3, callCount: 10, unitCount: nil)
    try CityWriter(city: city, seed: 3, folder: folder).write()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = try CityStreets.compile(CityReader.read(folder), map: nil, isQuiet: true).path
    atexit {
      if let path = try? StressTests.map() { unlink(path) }
    }
    return path
  }

  static func map() throws -> String { try small.get() }

  private static func run(
    _ lanes: [(Lane, Rate, Int)], units: Int = 60, watches: Int = 100, seconds: Int = 1
  ) throws -> StressResult {
    let path = try map()
    let settings = StressSettings(
      place: "test", map: path, units: units, watches: watches, seconds: seconds, seed: 5,
      lanes: lanes.map { ($0, StressSettings.LanePlan(rate: $1, threads: $2)) })
    let file = try MapFile(path: path)
    return try withExtendedLifetime(file) { try StressRun(settings, file: file).run { _ in } }
  }

  @Test func booksAgree() throws {
    let result = try Self.run([
      (.positions, .perSecond(20_000), 3), (.calls, .perSecond(300), 2),
      (.acks, .perSecond(1_500), 1), (.posts, .perSecond(100), 2),
      (.traffic, .perSecond(1_500), 1), (.watches, .perSecond(10_000), 2),
    ])
    for check in result.checks { #expect(check.holds, "\(check)") }
    #expect(result.checks.count >= 20)
    #expect(result.after.traffic_epoch > 0)
    for lane in result.lanes where Lane.offered.contains(lane.lane) {
      #expect(lane.sum.accepted > 0)
      #expect(lane.sum.offered + lane.unsent > 0)
      #expect(Int(lane.response.totalCount) * lane.batch == lane.sum.offered)
    }
    // What was wrong on purpose was refused, and nothing else.
    let acks = try #require(result.lane(.acks))
    #expect(acks.sum.refused == acks.sum.offered / Feeds.brokenEvery)
    let traffic = try #require(result.lane(.traffic))
    #expect(traffic.sum.refused == traffic.sum.offered / Feeds.brokenEvery)
    let positions = try #require(result.lane(.positions))
    #expect(positions.sum.refused > 0)
    #expect(positions.sum.refused * 500 < positions.sum.offered)
    #expect(result.lane(.answers)?.sum.accepted == result.lane(.posts)?.sum.accepted)
  }

  /// Their silences are told, go through their whole chains, and the incidents at the end of them are closed.
  @Test func silencesOpenIncidents() throws {
    let result = try Self.run([(.watches, .perSecond(6_400), 2)], watches: 100, seconds: 5)
    for check in result.checks { #expect(check.holds, "\(check)") }
    let watches = try #require(result.lane(.watches))
    #expect(watches.batch == WatchProducer.batch)
    #expect(watches.sum.accepted > 0)
    // Each of the two threads counts its own thousands.
    let broken = watches.sum.offered / Feeds.brokenEvery
    #expect((broken - 1...broken).contains(watches.sum.refused))
    let changes = try #require(result.lane(.changes))
    // Each thread puts two that stay silent and two that change.
    #expect(changes.sum.accepted >= 8)
    #expect(changes.sum.refused == 0)
    #expect(result.delta(\.absences) >= 4)
    #expect(result.absences == result.delta(\.absences))
    #expect(result.watchIncidents > 0)
    #expect(result.delta(\.incidents_opened) == result.watchIncidents)
    #expect(result.delta(\.incidents_closed) == result.watchIncidents)
    #expect(result.after.watches_high == 100)
    // Those that were silent are gone at the end, the others are still there.
    #expect(result.after.watches == 92)
    #expect(StressText(result).text.contains("fell silent"))
  }

  @Test func fewWatchesAreEnoughForEachThread() throws {
    let result = try Self.run([(.watches, .max, 3)], watches: 4)
    for check in result.checks { #expect(check.holds, "\(check)") }
    #expect(result.after.watches_high == 12)
  }

  @Test func closedLoopsToo() throws {
    let result = try Self.run([(.positions, .max, 1), (.calls, .max, 2)])
    for check in result.checks { #expect(check.holds, "\(check)") }
    let calls = try #require(result.lane(.calls))
    #expect(calls.unsent == 0)
    // Tables did not fill: what was opened was closed again, but for the last ones.
    #expect(calls.sum.full == 0)
    #expect(result.delta(\.incidents_opened) - result.delta(\.incidents_closed) <= 60)
  }

  @Test func whatIsLostIsNamed() throws {
    var honest = StressResult(
      settings: StressSettings(place: "", map: "", units: 1, seconds: 1, seed: 1, lanes: []))
    honest.lanes = [LaneResult(.positions, rate: .max), LaneResult(.calls, rate: .max)]
    honest.lanes[0].sum = Outcome(offered: 10, accepted: 8, refused: 2)
    honest.lanes[1].sum = Outcome(offered: 5, accepted: 3, refused: 1, full: 1)
    honest.after.positions_accepted = 8
    honest.after.positions_refused = 2
    honest.after.reports = 5
    honest.after.refused = 2
    honest.after.incidents_opened = 3
    func wrong(_ change: (inout StressResult) -> Void) -> [String] {
      var result = honest
      change(&result)
      result.check(EventSums())
      return result.checks.filter { !$0.holds }.map(\.what)
    }
    #expect(wrong { _ in }.isEmpty)
    #expect(wrong { $0.after.positions_accepted = 7 } == ["positions accepted"])
    #expect(wrong { $0.after.positions_refused = 3 } == ["positions refused"])
    #expect(wrong { $0.after.refused = 1 } == ["calls refused or HJ_FULL"])
    #expect(wrong { $0.after.incidents_opened = 4 } == ["incidents opened"])
    #expect(wrong { $0.after.posts = 1 } == ["posts accepted"])
    #expect(wrong { $0.after.incidents_closed = 1 } == ["incidents closed"])
    #expect(wrong { $0.after.events_lost = 1 } == ["events lost"])
    #expect(wrong { $0.before.reports = 1 } == ["calls, accepted posts and silences = reports"])
    #expect(wrong { $0.after.watch_beats = 1 } == ["heartbeats accepted"])
    #expect(wrong { $0.after.watch_beats_refused = 1 } == ["heartbeats refused"])
    #expect(wrong { $0.after.watches = 1 } == ["watches at the end"])
    #expect(wrong { $0.after.absences = 1 } == ["silences told"])
    #expect(
      wrong { $0.lanes[0].sum.offered = 11 }
        == ["positions: offered = accepted + refused + HJ_FULL"])
  }

  /// Events that were lost cannot be counted; everything else still is.
  @Test func whatEventsWouldHaveToldIsNotHeldWhenSomeWereLost() {
    var result = StressResult(
      settings: StressSettings(place: "", map: "", units: 1, seconds: 1, seed: 1, lanes: []))
    result.lanes = [LaneResult(.posts, rate: .max)]
    result.lanes[0].sum = Outcome(offered: 9, accepted: 7, full: 2)
    result.after.posts = 7
    result.after.reports = 7
    result.after.incidents_opened = 7
    result.after.events_lost = 5
    var events = EventSums()
    events.lost = 5
    events.postsDecided = 3
    var lossy = result
    lossy.check(events)
    #expect(lossy.holds)
    events.lost = 0
    result.after.events_lost = 0
    result.check(events)
    #expect(
      result.checks.filter { !$0.holds }.map(\.what)
        == ["posts answered by an event", "incidents opened"])
  }

  // Feeds

  @Test func unitsDriveAlongTheStreets() throws {
    let file = try MapFile(path: Self.map())
    withExtendedLifetime(file) {
      var random = SplitMix64(seed: 9)
      var walk = Walk(file.map, random: &random)
      for _ in 0..<500 {
        let place = walk.drive(Feeds.step_mm, random: &random)
        let snapped = file.map.snap(
          lat_e7: place.lat_e7, lon_e7: place.lon_e7, limit_mm: 250_000)
        #expect(snapped.gap_dm <= 5)
      }
      let units: [UInt64] = [4, 5, 6]
      let fixes = Feeds.fixes(file.map, units: units, random: &random)
      #expect(fixes.count % units.count == 0)
      for (index, fix) in fixes.enumerated() { #expect(fix.unit_id == units[index % 3]) }
      // There and back: the last round is where the first was, give or take the noise.
      let last = fixes[fixes.count - 3]
      #expect(abs(last.lat_e7 - fixes[0].lat_e7) <= 600)
    }
  }

  @Test func everyThousandthFixIsOfNobody() {
    let fixes = (0..<3_000).map { _ in
      Host.fix(1, at: Location(lat_e7: 1, lon_e7: 1))
    }
    let ring = Feeds.ring(fixes, unknownUnit: 99, batch: 64)
    #expect(ring.count == 3_064)
    #expect(ring.prefix(3_000).count { $0.unit_id == 99 } == 3)
    for index in 0..<64 { #expect(ring[3_000 + index].unit_id == ring[index].unit_id) }
    // A ring shorter than a batch is repeated until it fills one.
    #expect(Feeds.ring(Array(fixes.prefix(5)), unknownUnit: 99, batch: 64).count == 69)
  }

  @Test func tracesAreRead() throws {
    let path = Output.temporary("hujia-traces-\(getpid()).csv")
    defer { unlink(path) }
    try "time,cab,lat,lon\n1,7,31.5,-40.9\n2,9,31.6,-40.8\n3,7,91,0\n4,7,31.7,-40.7\n".write(
      toFile: path, atomically: true, encoding: .utf8)
    let fixes = try Feeds.traces(path, units: 10)
    #expect(fixes.map(\.unit_id) == [1, 2, 1])
    #expect(fixes[1].lat_e7 == 316_000_000)
    try "time,lat,lon\n1,31.5,-40.9\n".write(toFile: path, atomically: true, encoding: .utf8)
    #expect(throws: Failed.self) { try Feeds.traces(path, units: 10) }
    #expect(throws: Failed.self) { try Feeds.traces(path + ".none", units: 10) }
  }

  // Memory

  @Test func growthIsSeen() {
    let times = (1...300).map(Double.init)
    func slope(_ size_kib: (Double) -> Double) -> Double {
      MemorySamples(times_s: times, sizes_kib: times.map(size_kib)).slope_kib_per_min ?? .nan
    }
    #expect(abs(slope { _ in 50_000 }) < 1e-6)
    #expect(abs(slope { 50_000 + $0 / 60 * 100 } - 100) < 1e-6)
    // The first minute is warming up.
    #expect(abs(slope { 50_000 + min($0, 60) * 500 }) < 1e-6)
    #expect(MemorySamples(times_s: [1, 2], sizes_kib: [1, 2]).slope_kib_per_min == nil)
  }

  // Options

  private static func message(_ arguments: [String]) -> String {
    do {
      _ = try StressCommand.parse(arguments)
      return ""
    } catch {
      return StressCommand.message(for: error)
    }
  }

  @Test func wrongOptionsAreNamed() {
    #expect(Self.message([]).isEmpty)
    #expect(Self.message(["--lane", "positions,calls", "--calls-per-s", "max"]).isEmpty)
    let wrong: [([String], String)] = [
      (["--lane", "boats"], "--lane boats: use positions, calls"),
      (["--lane", "scheduler"], "--lane scheduler"),
      (["--positions-per-s", "lots"], "--positions-per-s lots"),
      (["--calls-per-s=-3"], "--calls-per-s -3"),
      (["--watches", "3"], "--watches"), (["--beats-per-s", "few"], "--beats-per-s few"),
      (["--duration", "0"], "--duration"), (["--units", "0"], "--units"),
      (["--threads", "0"], "--threads"), (["--batch", "70000"], "--batch"),
      (["--memory-bound", "0"], "--memory-bound"),
      (["--compare-idle", "--lane", "calls"], "--compare-idle"),
      (["--compare-idle", "--closed-loop"], "--compare-idle"),
    ]
    for (arguments, text) in wrong {
      #expect(Self.message(arguments).contains(text), "\(arguments)")
    }
  }

  @Test func optionsBecomeSettings() throws {
    let command = try StressCommand.parse([
      "--lane", "calls,positions", "--positions-per-s", "1000000", "--calls-per-s", "max",
    ])
    let settings = try command.settings(
      place: "", map: "", lanes: [.calls, .positions], seconds: 1)
    #expect(settings.lanes.map(\.lane) == [.positions, .calls])
    #expect(settings.plan(.positions)?.threads == 2)
    #expect(settings.plan(.calls)?.rate == .max)
    let closed = try StressCommand.parse(["--closed-loop", "--threads", "3"])
    let all = try closed.settings(place: "", map: "", lanes: Lane.offered, seconds: 1)
    for lane in all.lanes {
      #expect(lane.plan.rate == .max)
      #expect(lane.plan.threads == 3)
    }
  }

  // What is shown

  @Test func figuresAndPage() throws {
    let idle = try Self.run([(.calls, .perSecond(50), 1)])
    let loaded = try Self.run([
      (.positions, .perSecond(5_000), 1), (.calls, .perSecond(50), 1),
    ])
    let comparison = IdleComparison(idle: idle, loaded: loaded)
    let figures = comparison.figures
    #expect(figures.ratio_p50 == figures.loaded_p50_us / figures.idle_p50_us)
    #expect(figures.p50_holds == (figures.ratio_p50 <= 3))
    #expect(figures.scheduler_ratio_p50 > 0)
    #expect(figures.scheduler_ratio_p50.isFinite)
    let json = try StressJSON([idle, loaded], comparison: figures).text()
    struct Read: Decodable {
      struct Run: Decodable { let holds: Bool }
      struct Comparison: Decodable { let ratio_p50: Double }
      let runs: [Run]
      let comparison: Comparison
    }
    let read = try JSONDecoder().decode(Read.self, from: Data(json.utf8))
    #expect(read.runs.map(\.holds) == [true, true])
    #expect(read.comparison.ratio_p50 == figures.ratio_p50)
    let page = StressPage([idle, loaded], comparison: comparison).html
    #expect(!page.contains("http"))
    #expect(!page.contains("<script"))
    #expect(!page.lowercased().contains("nan"))
    #expect(!page.contains("inf "))
    #expect(page.split(separator: "<svg").count > 6)
    let text = StressText(loaded).text
    #expect(text.contains("checks hold, exactly"))
    #expect(!text.contains("DOES NOT HOLD"))
  }
}
