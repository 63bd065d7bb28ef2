// hujia run: the main job, end to end, on a city's record.

import ArgumentParser
import HujiaCities
import HujiaGeography
import HujiaHostKit
import HujiaReplay
import HujiaReportPage

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
      time on scene. The end shows decisions, arrivals beside the record, escalations and shortfalls, and of each recorded \
      response whether the plan fills it, with which unit, and why not.

      Examples:
        hujia run --city san-francisco --plans examples/plans/san-francisco.json
        hujia run --city city --report out.html
        hujia run --city city --days 2 --json
        hujia run --city city --responses responses.csv        (who went in the record, who by the plan)
        hujia run --city city --speed 60        (a minute of the city in a second)
        hujia run --city city --journal journal        then, after kill -9 in the middle of it:
        hujia run --city city --journal journal --resume
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
  @Option(help: "Write a journal into this new folder, for hujia journal and --resume.")
  var journal: String?
  @Flag(help: "Go on where a run with --journal and the same options was killed.") var resume =
    false
  @Flag(help: "Print the figures as JSON.") var json = false
  @Option(help: "Write a self-contained page with map, routes and distributions.") var report:
    String?
  @Option(
    help: "Write one line a recorded response: filled by which unit, or why not (CSV).")
  var responses: String?
  @Flag(name: .shortAndLong, help: "No progress.") var quiet = false

  func validate() throws {
    _ = try Datum.given(datum)
    if let speed, !(speed > 0) { throw ValidationError("--speed must be more than 0.") }
    if let days, days < 1 { throw ValidationError("--days must be at least 1.") }
    for (name, text) in [("--from", from), ("--until", until)] {
      if let text, LocalTime.moment(text) == nil {
        throw ValidationError("\(name) \(text): write it as 2018-01-15 or 2018-01-15T06:00:00.")
      }
    }
    if resume, journal == nil { throw ValidationError("--resume needs --journal.") }
    if let calls, calls < 1 { throw ValidationError("--calls must be at least 1.") }
  }

  func run() throws {
    if let report { try Output.check(report, option: "--report") }
    if let responses { try Output.check(responses, option: "--responses") }
    if let journal, !resume { try HostJournal.check(journal, option: "--journal") }
    let datum = try Datum.given(datum)
    var city = try CityReader.read(city, datum: datum)
    if let leftOut = city.leftOut, !quiet { Output.remark(leftOut + "\n") }
    let record = city
    try city.shorten(
      from: from.flatMap(LocalTime.moment), until: until.flatMap(LocalTime.moment), days: days,
      calls: calls)
    let plansPath = plans ?? PlanBook.path(for: city)
    let book = try PlanBook(path: plansPath)
    let streets = try CityStreets.compile(city, map: map, datum: datum, isQuiet: quiet)
    defer { streets.removeTemporary() }
    let run = ReplayHosts(
      map: streets.path, plans: plansPath, units: city.units.count, incidents: 4_096,
      journal: journal)
    defer { run.removeTemporary() }
    let host = try resume ? run.resumed() : run.begun()
    let pace =
      drive == .limits ? .limits : DrivingPace.measured(record, book: book, host)
    let replay = try Replay(city: city, book: book, host: host, pace: pace, seed: seed)
    let start_ns = HostClock.now_ns
    let progress = Progress("replaying", isQuiet: quiet)
    try replay.run { time_ns, share in
      hold(time_ns, since: start_ns)
      let seconds = max(HostClock.since_s(start_ns), 0.001)
      let rate = Decimals.fixed(share * Double(city.calls.count) / seconds, 0)
      progress.show(share, note: "\(rate) calls/s")
    }
    progress.end()
    if resume, let fault = host.handOverFault {
      throw Failed(field: "--resume", fault, .give("--journal", "the journal of this run"))
    }
    var statistics = replay.statistics
    statistics.plansPath = plansPath
    statistics.streets = try told { try StreetsOrigin(map: streets.path) }
    statistics.wallSeconds = HostClock.since_s(start_ns)
    print(json ? try ReplayJSON(statistics).text() : ReplayText(statistics).text)
    if let responses {
      try Output.write(statistics.responses.csv, to: responses, option: "--responses")
    }
    guard let report else { return }
    try Output.write(
      try ReportPage(statistics, map: streets.path).html, to: report, option: "--report")
    if !json { print("\nreport: \(report)") }
  }

  /// With --speed: waits until the wall clock has caught up.
  private func hold(_ time_ns: Int64, since start_ns: Int64) {
    guard let speed else { return }
    HostClock.sleep(until_ns: start_ns + Int64(Double(time_ns) / speed))
  }
}
