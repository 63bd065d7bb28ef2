// hujia stress: the engine at full load from many threads, and the books checked to the last item.

import ArgumentParser
import HujiaHostKit
import HujiaReportPage
import HujiaStress

struct StressCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stress",
    abstract: "Load the engine from many threads, measure every call, check the books.",
    discussion: """
      Positions, calls, signatures (acks), posts, street times (traffic) and heartbeats (watches) come from threads of \
      their own. A rate is open loop: each act has a \
      fixed intended start, and latency counts from it, so a stall is felt by all that was due in it. The rate `max` is \
      closed loop. Every thousandth item is wrong on purpose; at the end accepted + refused + HJ_FULL must be what was \
      offered, by our books and by hj_stats, exactly, else the exit code is 1.

      A producer sleeps until shortly before an act is due and spins only the last twentieth of the pause between two \
      acts (at most 0.5 ms), so that on two cores waiting takes at most 5 % of one each. `unsent` is what was due and \
      never begun: then the load was lower than asked for.

      Examples:
        hujia stress                                          ten seconds of everything on an invented city
        hujia stress --report stress.html --json stress.json
        hujia stress --compare-idle --duration 60             what a call feels of 1,000,000 positions a second
        hujia stress --map sf.hjmap --units 167 --lane positions,calls --positions-per-s 1000000 --calls-per-s max
        hujia stress --map sf.hjmap --traces cabs.csv.gz      recorded vehicles instead of invented ones
        hujia stress --lane calls --closed-loop --threads 4
        hujia stress --map sf.hjmap --journal journal         then: hujia journal verify journal --redecide --map sf.hjmap
        hujia stress --lane calls,watches --watches 100000 --beats-per-s 50000      devices that must not fall silent
        hujia stress --duration 600 --memory-bound 64         a soak: resident memory must stay flat
      """)

  @Option(help: "A compiled map; default: an invented city of --seed is compiled first.") var map:
    String?
  @Option(help: "How many units.") var units = 500
  @Option(help: "Seconds.") var duration = 10
  @Option(
    help: "Lanes, with commas: positions, calls, acks, posts, traffic, watches. Default: all.")
  var lane: [String] = []
  @Option(help: "Positions a second, or max.") var positionsPerS: String?
  @Option(help: "Calls (incidents) a second, or max; each is closed later.") var callsPerS: String?
  @Option(help: "Assignment moves a second, or max.") var acksPerS: String?
  @Option(help: "Posted reports a second, or max.") var postsPerS: String?
  @Option(help: "Street times a second, or max.") var trafficPerS: String?
  @Option(help: "Heartbeats a second, or max.") var beatsPerS: String?
  @Option(help: "How many watches send them; some fall silent, until an incident is opened.")
  var watches = 1_000
  @Flag(help: "Every lane in closed loop, whatever its rate.") var closedLoop = false
  @Option(help: "Threads a lane; default 1, and for positions one for each 500,000 a second.")
  var threads: Int?
  @Option(help: "Positions in one call; default: about 2,000 calls a second and thread.") var batch:
    Int?
  @Option(help: "Recorded positions as CSV, gzip or not: cab (or unit), lat, lon.") var traces:
    String?
  @Option(help: "Seed of the city, the routes and the calls.") var seed: UInt64 = 1
  @Flag(help: "Calls alone, then beside 1,000,000 positions/s; 30 s each unless --duration says.")
  var compareIdle = false
  @Option(help: "Fail when resident memory grows by more KiB a minute after warming up.")
  var memoryBound: Double?
  @Option(help: "Write all figures to this file.") var json: String?
  @Option(help: "Write a self-contained page with percentiles and throughput.") var report: String?
  @Option(help: "Write every turn of the run to this file, for hujia replay; needs --map.")
  var record: String?
  @Option(help: "Write a journal of everything into this new folder, for hujia journal.")
  var journal: String?
  @Flag(name: .shortAndLong, help: "No progress.") var quiet = false

  static let usual: [Lane: Int] = [
    .positions: 100_000, .calls: 200, .acks: 500, .posts: 50, .traffic: 20, .watches: 5_000,
  ]

  func validate() throws {
    guard (1...100_000).contains(duration) else {
      throw ValidationError("--duration must be 1 to 100,000 seconds.")
    }
    guard (1...1_048_576).contains(units) else {
      throw ValidationError("--units must be 1 to 1,048,576.")
    }
    guard (StressSettings.fewestWatches...1_048_576).contains(watches) else {
      throw ValidationError("--watches must be \(StressSettings.fewestWatches) to 1,048,576.")
    }
    if let threads, !(1...256).contains(threads) {
      throw ValidationError("--threads must be 1 to 256.")
    }
    if let batch, !(1...65_536).contains(batch) {
      throw ValidationError("--batch must be 1 to 65,536.")
    }
    if let memoryBound, !(memoryBound > 0) {
      throw ValidationError("--memory-bound must be more than 0 KiB a minute.")
    }
    if compareIdle, closedLoop || !lane.isEmpty {
      throw ValidationError("--compare-idle has its own lanes: leave --lane and --closed-loop out.")
    }
    if record != nil {
      guard map != nil else {
        throw ValidationError("--record needs --map: a replay opens the same map again.")
      }
      guard !compareIdle else {
        throw ValidationError("--record takes one run: no --compare-idle.")
      }
    }
    if journal != nil, compareIdle {
      throw ValidationError("--journal takes one run: no --compare-idle.")
    }
    _ = try chosenLanes()
    for lane in Lane.offered { _ = try rate(lane) }
  }

  private func chosenLanes() throws -> [Lane] {
    let words = lane.flatMap { $0.split(separator: ",").map(String.init) }
    guard !words.isEmpty else { return Lane.offered }
    return try words.map { word in
      guard let lane = Lane(rawValue: word), Lane.offered.contains(lane) else {
        let known = Lane.offered.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("--lane \(word): use \(known).")
      }
      return lane
    }
  }

  private func rate(_ lane: Lane) throws -> Rate? {
    let texts: [Lane: (option: String, text: String?)] = [
      .positions: ("--positions-per-s", positionsPerS), .calls: ("--calls-per-s", callsPerS),
      .acks: ("--acks-per-s", acksPerS), .posts: ("--posts-per-s", postsPerS),
      .traffic: ("--traffic-per-s", trafficPerS), .watches: ("--beats-per-s", beatsPerS),
    ]
    guard let (option, text) = texts[lane], let text else { return nil }
    guard let rate = Rate(text) else {
      throw ValidationError("\(option) \(text): a number from 0 to 100,000,000, or max.")
    }
    return rate
  }

  /// The settings of a run with these lanes, in the table's order; a rate that is not given is `usual`.
  func settings(
    place: String, load: String = "", map: String, lanes: [Lane],
    usual: [Lane: Int] = Self.usual, seconds: Int
  ) throws -> StressSettings {
    var plans: [(Lane, StressSettings.LanePlan)] = []
    for lane in Lane.offered where lanes.contains(lane) {
      let given = try rate(lane) ?? .perSecond(usual[lane] ?? 0)
      let rate = closedLoop ? .max : given
      plans.append(
        (
          lane,
          StressSettings.LanePlan(
            rate: rate, threads: threads ?? StressSettings.threads(lane, rate))
        ))
    }
    return StressSettings(
      place: place, load: load, map: map, units: units, watches: watches, seconds: seconds,
      seed: seed, batch: batch, traces: traces, record: record, journal: journal, lanes: plans)
  }

  func run() throws {
    if let json { try Output.check(json, option: "--json") }
    if let report { try Output.check(report, option: "--report") }
    if let record { try Output.check(record, option: "--record") }
    if let journal { try HostJournal.check(journal, option: "--journal") }
    let streets = try StressMap(map, seed: seed, isQuiet: quiet)
    defer { streets.removeTemporary() }
    var results: [StressResult] = []
    var comparison: IdleComparison?
    if compareIdle {
      let compared = try compare(streets)
      comparison = compared
      results = [compared.idle, compared.loaded]
      print(results.map { StressText($0).text }.joined(separator: "\n\n") + "\n")
      print(compared.text)
    } else {
      let settings = try settings(
        place: streets.title, map: streets.path, lanes: chosenLanes(), seconds: duration)
      results = [try stress(settings, streets)]
      print(results.map { StressText($0).text }.joined())
    }
    try write(json, "--json") { try StressJSON(results, comparison: comparison?.figures).text() }
    try write(report, "--report") { StressPage(results, comparison: comparison).html }
    try judge(results)
  }

  private func compare(_ streets: StressMap) throws -> IdleComparison {
    let seconds = duration == 10 ? 30 : duration
    let usual: [Lane: Int] = [.positions: 1_000_000, .calls: 14]
    let idle = try settings(
      place: streets.title, load: "idle", map: streets.path, lanes: [.calls], usual: usual,
      seconds: seconds)
    let loaded = try settings(
      place: streets.title, load: "loaded", map: streets.path, lanes: [.positions, .calls],
      usual: usual, seconds: seconds)
    return try IdleComparison(idle: stress(idle, streets), loaded: stress(loaded, streets))
  }

  private func stress(_ settings: StressSettings, _ streets: StressMap) throws -> StressResult {
    let line = ProgressLine(isQuiet: quiet)
    defer { line.end() }
    let result = try withExtendedLifetime(streets) {
      try StressRun(settings, file: streets.file).run { line.show($0.text) }
    }
    if let recorded = result.recorded { print("written          \(recorded)") }
    return result
  }

  private func write(_ path: String?, _ option: String, _ text: () throws -> String) throws {
    guard let path else { return }
    try Output.write(try text(), to: path, option: option)
    print("written          \(path)")
  }

  private func judge(_ results: [StressResult]) throws {
    guard results.allSatisfy(\.holds) else {
      throw Failed(
        "the books do not agree: accepted + refused is not what was offered", .mend("report this"))
    }
    guard let memoryBound else { return }
    for result in results {
      guard let slope = result.memory.slope_kib_per_min else {
        throw Failed(
          "--memory-bound needs a longer run: fewer than three samples after warming up",
          .give("--duration", "more seconds"))
      }
      if slope > memoryBound {
        throw Failed(
          "memory grows by \(Decimals.fixed(slope, 0)) KiB a minute, more than the "
            + "\(Decimals.fixed(memoryBound, 0)) allowed", .mend("find what grows, or allow more"))
      }
    }
  }
}
