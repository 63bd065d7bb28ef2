// hujia traffic: live traffic as it is sold, held against a map, and reported to an engine.

import ArgumentParser
import HujiaGeography
import HujiaHostKit
import HujiaLiveFeed
import HujiaRoads
import HujiaTrafficFeed

struct TrafficCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "traffic",
    abstract: "Turn a feed of live traffic into travel times of the map's streets.",
    discussion: """
      A feed names stretches of road by OpenLR (line locations, version 3, base64) or by polyline (lon,lat;lon,lat …), \
      and says of each a speed, a level from 1 (free) to 4 (standing), or that it is closed. Read are JSON (entries \
      wherever they stand in it; names of HERE and AMap are known), CSV with a header, lines of base64 and km/h, and \
      with --binary entries of one byte for the reference's length, the reference, and two bytes for the speed in 0.1 \
      km/h, the lower first (0 closed, 65535 not known).

      Without --follow the feed is read once: what was found is printed, and --times writes the times as \
      hj_traffic_report wants them. With --follow an engine is opened on the map, the feed is read again whenever it \
      changes, and what changed is reported through the C interface; a street that the feed no longer names goes back \
      to the map's own time. --unit and --incident show what that does to a choice.

      Examples:
        hujia traffic feed.json --map city.hjmap
        hujia traffic flow.csv --map city.hjmap --column openlr=LocationReference --times times.csv
        hujia traffic amap.json --map city.hjmap --datum gcj02
        hujia traffic http://127.0.0.1:8080/flow --map ny.hjmap --follow --every 2 \
      --unit 1=40.7527,-73.9772 --unit 2=40.7061,-74.0092 --incident 40.7308,-73.9973
        curl -s --fail https://provider.example/flow -o new.json && mv new.json feed.json     beside --follow feed.json
      """)

  @Argument(help: "A file, or http://127.0.0.1:PORT/PATH.") var feed: String
  @Option(help: "The map (.hjmap).") var map: String
  @Option(help: "Datum of the feed: wgs84, gcj02 or bd09.") var datum = "wgs84"
  @Option(help: "Our field = its name in the feed, for example openlr=location.olr. Repeatable.")
  var column: [String] = []
  @Flag(help: "Binary references, framed as above.") var binary = false
  @Option(help: "No street farther from a point than so many metres is looked at.") var reach = 35.0
  @Option(help: "What levels 1,2,3,4 make of the map's own time.") var levels = "1,1.7,3,5"
  @Option(help: "Write the times to this file: street_id,direction,profile,travel_ms.")
  var times: String?
  @Option(help: "Write what was found: entry,street_id,direction,from_m,to_m.") var ways: String?
  @Flag(help: "Open an engine, read on, and report what changes.") var follow = false
  @Option(help: "Seconds from one look at the feed to the next.") var every = 1.0
  @Option(help: "End after so many seconds; 0 = never.") var lasting = 0.0
  @Option(help: "A feed that gave nothing to read for so many seconds takes its times back.")
  var hold = 900.0
  @Option(help: "A unit as ID=LAT,LON, for --incident. Repeatable.") var unit: [String] = []
  @Option(help: "Where the choice is watched, as LAT,LON.") var incident: String?
  @Flag(help: "Print as JSON, a line each reading.") var json = false

  func validate() throws {
    _ = try Datum.given(datum)
    _ = try factors()
    for text in unit { _ = try Self.unit(text) }
    if let incident { _ = try Self.place(incident, option: "--incident") }
    guard (1...500).contains(reach) else {
      throw ValidationError("--reach must be 1 to 500 metres.")
    }
    guard every >= 0.05, every <= 86_400 else {
      throw ValidationError("--every must be 0.05 to 86,400 seconds.")
    }
    guard lasting >= 0, hold >= 0 else {
      throw ValidationError("--lasting and --hold must be 0 or more seconds.")
    }
    if !follow, !unit.isEmpty || incident != nil {
      throw ValidationError("--unit and --incident go with --follow.")
    }
    if follow, times != nil || ways != nil {
      throw ValidationError("--times and --ways go without --follow.")
    }
    if follow, !unit.isEmpty, incident == nil {
      throw ValidationError("--unit goes with --incident: where is the choice watched?")
    }
  }

  func run() throws {
    do {
      let file: MapFile
      do throws(MapFileError) { file = try MapFile(path: map) } catch {
        throw Failed(error.message)
      }
      var columns = FeedColumns()
      for text in column { try columns.add(text) }
      let source = try FeedSource(feed)
      let decoder = FeedDecoder(
        file.map, datum: try Datum.given(datum), reach_m: reach, levels: try factors())
      if follow {
        try follow(source, decoder, columns)
      } else {
        try readOnce(source, decoder, columns, file.map)
      }
      withExtendedLifetime(file) {}
    } catch let error as FeedError {
      throw Failed(error.message)
    }
  }

  private func readOnce(
    _ source: FeedSource, _ decoder: FeedDecoder, _ columns: FeedColumns, _ map: RoadMap
  ) throws {
    for (path, option) in [(times, "--times"), (ways, "--ways")] {
      if let path { try Output.check(path, option: option) }
    }
    var source = source
    var decoder = decoder
    let feed = try FeedReader.read(
      try source.fetch() ?? [], name: source.name, columns: columns, isBinary: binary)
    var found = FeedWays(map)
    let start_ns = HostClock.now_ns
    let answer =
      ways == nil ? decoder.decode(feed) : decoder.decode(feed) { found.add($0, $1) }
    let summary = FeedSummary(feed: source.name, answer, seconds: HostClock.since_s(start_ns))
    if let ways { try Output.write(found.text, to: ways, option: "--ways") }
    if let times { try Output.write(summary.times, to: times, option: "--times") }
    print(json ? try summary.json() : summary.text)
  }

  private func follow(
    _ source: FeedSource, _ decoder: FeedDecoder, _ columns: FeedColumns
  ) throws {
    let host = try Host(map: map) { FeedFollower.configure(&$0) }
    defer { host.close() }
    for text in unit {
      let (id, place) = try Self.unit(text)
      try FeedFollower.put(unit: id, at: place, into: host)
    }
    let follower = try FeedFollower(
      host, source, decoder, columns: columns, isBinary: binary,
      place: try incident.map { try Self.place($0, option: "--incident") })
    let start_ns = HostClock.now_ns
    var fault: String?
    while lasting == 0 || HostClock.since_s(start_ns) < lasting {
      let begun_ns = HostClock.now_ns
      if let reading = try follower.read(hold_s: hold) {
        // The same fault is said once.
        if reading.fault == nil || reading.fault != fault || reading.changed > 0 {
          print(json ? try FeedText.json(reading) : FeedText.line(reading))
          Output.flush()
        }
        fault = reading.fault
      }
      HostClock.sleep(until_ns: begun_ns + Int64(every * 1e9))
    }
  }

  private func factors() throws -> [Double] {
    let numbers = levels.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
    guard numbers.count == 4, numbers.allSatisfy({ $0.map { $0 >= 0.1 && $0 <= 100 } == true })
    else {
      throw ValidationError("--levels \(levels): four numbers from 0.1 to 100, such as 1,1.7,3,5.")
    }
    return numbers.compactMap { $0 }
  }

  private static func unit(_ text: String) throws -> (UInt64, Location) {
    let parts = text.split(separator: "=", maxSplits: 1)
    guard parts.count == 2, let id = UInt64(parts[0]), id > 0 else {
      throw ValidationError("--unit \(text): write it as ID=LAT,LON, for example 7=40.75,-73.98.")
    }
    return (id, try place(String(parts[1]), option: "--unit \(id)"))
  }

  private static func place(_ text: String, option: String) throws -> Location {
    let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
    guard numbers.count == 2, let lat = numbers[0], let lon = numbers[1], abs(lat) <= 90,
      abs(lon) <= 180
    else {
      throw ValidationError("\(option) \(text): write it as LAT,LON, for example 40.75,-73.98.")
    }
    return Location(lat: lat, lon: lon)
  }
}
