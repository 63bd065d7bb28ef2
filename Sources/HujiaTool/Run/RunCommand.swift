// hujia run: the main job, end to end, on a city's record.

import ArgumentParser
import Foundation
import HujiaGeography
import HujiaMapBuild
import HujiaMapImport
import HujiaRoads

/// How fast simulated units drive.
enum Drive: String, ExpressibleByArgument, CaseIterable {
  case recorded, limits
}

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Replay a city's recorded calls through the engine and show what it did.",
    discussion: """
      The engine is opened through its C interface. Calls come at their recorded times (virtual time, or --speed), units \
      drive along the engine's own routes at the pace of that week's crews and report their positions, sign, arrive, and are released after the recorded \
      time on scene. The end shows decisions, arrivals beside the record, escalations and shortfalls.

      Examples:
        hujia run --city san-francisco --plans examples/plans/san-francisco.json
        hujia run --city city --report out.html
        hujia run --city city --days 2 --json
        hujia run --city city --speed 60        (a minute of the city in a second)
      """)

  @Option(help: "City folder: roads/, units/, calls/ (see `hujia generate-city`).") var city: String
  @Option(
    help:
      "Plans file; default: plans.json in the city folder, else the one that ships for its name, else the built-in plan."
  )
  var plans: String?
  @Option(help: "A compiled map; default: the city's streets are compiled first.") var map: String?
  @Option(help: "Datum of the city folder's places: wgs84, gcj02 or bd09. Maps are WGS-84.")
  var datum = "wgs84"
  @Option(help: "Virtual seconds a second; default: as fast as possible.") var speed: Double?
  @Option(help: "Only the first N calls.") var calls: Int?
  @Option(help: "Only calls of the first N days.") var days: Int?
  @Option(help: "Only calls from this local time on: 2018-01-15 or 2018-01-15T06:00:00.") var from:
    String?
  @Option(help: "Only calls before this local time.") var until: String?
  @Option(
    help: "How fast units drive: as recorded for crews whose station is known, or at the limits.")
  var drive = Drive.recorded
  @Option(help: "Seed of what is simulated (who signs when).") var seed: UInt64 = 1
  @Flag(help: "Print the figures as JSON.") var json = false
  @Option(help: "Write a self-contained page with map, routes and distributions.") var report:
    String?
  @Flag(name: .shortAndLong, help: "No progress.") var quiet = false

  func validate() throws {
    if Datum(word: datum) == nil {
      throw ValidationError("--datum \(datum): wgs84, gcj02 or bd09.")
    }
    if let speed, !(speed > 0) { throw ValidationError("--speed must be more than 0.") }
    if let days, days < 1 { throw ValidationError("--days must be at least 1.") }
    for (name, text) in [("--from", from), ("--until", until)] {
      if let text, LocalTime.moment(text) == nil {
        throw ValidationError("\(name) \(text): write it as 2018-01-15 or 2018-01-15T06:00:00.")
      }
    }
    if let calls, calls < 1 { throw ValidationError("--calls must be at least 1.") }
  }

  func run() throws {
    if let report { try Output.check(report, option: "--report") }
    let datum = Datum(word: datum) ?? .wgs84
    var city = try CityReader.read(city, datum: datum)
    if let leftOut = city.leftOut, !quiet {
      FileHandle.standardError.write(Data((leftOut + "\n").utf8))
    }
    let record = city
    try shorten(&city)
    let plansPath = plans ?? Self.plans(in: city)
    let book = try PlanBook(path: plansPath)
    let streets = try CityStreets.compile(city, map: map, datum: datum, isQuiet: quiet)
    defer { streets.removeTemporary() }
    let dispatcher = try Dispatcher(
      map: streets.path, plans: plansPath, units: city.units.count, incidents: 4_096)
    let pace =
      drive == .limits ? DrivingPace.limits : Self.pace(of: record, book: book, dispatcher)
    let replay = try Replay(
      city: city, book: book, dispatcher: dispatcher, pace: pace, seed: seed)
    let start = Date()
    let progress = Progress("replaying", isQuiet: quiet)
    try replay.run { time_ns, share in
      hold(time_ns, since: start)
      let seconds = max(Date().timeIntervalSince(start), 0.001)
      progress.show(
        share, note: String(format: "%.0f calls/s", share * Double(city.calls.count) / seconds))
    }
    progress.end()
    var statistics = replay.statistics
    statistics.plansPath = plansPath
    statistics.wallSeconds = Date().timeIntervalSince(start)
    print(json ? FiguresJSON(statistics).text : FiguresText(statistics).text)
    if let report {
      let file = try MapFile(path: streets.path)
      let page = withExtendedLifetime(file) { ReportPage(statistics, streets: file.map).html }
      do {
        try page.write(toFile: report, atomically: true, encoding: .utf8)
      } catch {
        throw Failed("cannot write \(report): give --report a path in a folder that exists")
      }
      if !json { print("\nreport: \(report)") }
    }
  }

  private static func pace(
    of city: City, book: PlanBook, _ dispatcher: Dispatcher
  ) -> DrivingPace {
    DrivingPace.measured(
      city, tier: { Int(book.tier(of: $0)) },
      travel_s: { dispatcher.route(from: $0, to: $1).last.map { Double($0.time_ms) / 1e3 } })
  }

  /// With --speed: waits until the wall clock has caught up.
  private func hold(_ time_ns: Int64, since start: Date) {
    guard let speed else { return }
    let wait = Double(time_ns) / 1e9 / speed - Date().timeIntervalSince(start)
    if wait > 0 { Thread.sleep(forTimeInterval: wait) }
  }

  private func shorten(_ city: inout City) throws {
    let first = city.calls.first?.entry ?? 0
    let last = city.calls.last?.entry ?? 0
    let start = from.flatMap(LocalTime.moment) ?? first
    var end = until.flatMap(LocalTime.moment) ?? .infinity
    if let days { end = min(end, LocalTime.midnight(start) + Double(days) * 86_400) }
    city.calls.removeAll { $0.entry < start || $0.entry >= end }
    if let calls { city.calls = Array(city.calls.prefix(calls)) }
    guard city.calls.isEmpty else { return }
    throw Failed(
      "no call in that time: the record runs from \(LocalTime.text(first)) to \(LocalTime.text(last))"
    )
  }

  /// The city's own plans, else those that ship for a city of its name (installed, or in the source tree).
  private static func plans(in city: City) -> String? {
    let tool = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    let share = tool.deletingLastPathComponent().deletingLastPathComponent()
    return [
      city.folder.appendingPathComponent("plans.json").path,
      share.appendingPathComponent("share/hujia/plans/\(city.name).json").path,
      "examples/plans/\(city.name).json",
    ].first { FileManager.default.fileExists(atPath: $0) }
  }
}

/// The city's streets as a map file: a given one, or one compiled now into a temporary file.
struct CityStreets {
  let path: String
  let isTemporary: Bool

  static func compile(
    _ city: City, map: String?, datum: Datum = .wgs84, isQuiet: Bool
  ) throws -> CityStreets {
    if let map { return CityStreets(path: map, isTemporary: false) }
    let roads = city.folder.appendingPathComponent("roads")
    func file(_ name: String) throws -> String {
      for candidate in [name + ".csv.gz", name + ".csv"] {
        let path = roads.appendingPathComponent(candidate).path
        if FileManager.default.fileExists(atPath: path) { return path }
      }
      throw Failed("\(roads.path) lacks \(name).csv[.gz]")
    }
    do {
      var options = TableOptions()
      options.columns = try columns(ofEdges: file("edges"))
      options.missingSpeeds = try MissingSpeeds("0,99=25mph")
      let progress = Progress("compiling streets", isQuiet: isQuiet)
      var (draft, _) = try StreetTables.read(
        nodes: file("nodes"), edges: file("edges"), options: options
      ) { progress.show($0) }
      draft.convert(from: datum)
      progress.end()
      let path = NSTemporaryDirectory() + "hujia-\(getpid())-\(city.name).hjmap"
      _ = try MapCompilation(draft).write(to: path)
      return CityStreets(path: path, isTemporary: true)
    } catch let error as ImportError {
      throw Failed(error.message)
    } catch let error as MapBuildError {
      throw Failed(error.message)
    }
  }

  /// San Francisco's headers for our columns, where the table has them and not ours.
  static func columns(ofEdges path: String) throws(ImportError) -> [String: String] {
    let recorded = [
      "speed_mph": "speed_limit_mph", "name": "street", "points": "inner_points_lon_lat",
      "id": "cnn",
    ]
    let table = try CSVTable(path: path, needed: ["from_node", "to_node"])
    return recorded.filter { table.column($0.key) == nil && table.column($0.value) != nil }
  }

  func removeTemporary() {
    if isTemporary { unlink(path) }
  }
}
