// The replay on a small invented city: everything is reached, the same seed does the same, the page is whole.

import CHujia
import FoundationEssentials
import HujiaHostKit
import HujiaRoads
import Testing

@testable import HujiaCities
@testable import HujiaReplay
@testable import HujiaReportPage

struct ReplayTests {
  private static func replay(
    _ folder: URL, seed: UInt64, _ look: (Statistics, String) throws -> Void
  ) throws {
    let city = try CityReader.read(folder.path)
    let plans = folder.appendingPathComponent("plans.json").path
    let streets = try CityStreets.compile(city, map: nil, isQuiet: true)
    defer { streets.removeTemporary() }
    let host = try Replay.open(
      map: streets.path, plans: plans, units: city.units.count, incidents: 256)
    let replay = try Replay(
      city: city, book: try PlanBook(path: plans), host: host,
      pace: .limits, seed: seed)
    try replay.run { _, _ in }
    try look(replay.statistics, streets.path)
  }

  @Test func everyCallIsReached() throws {
    let folder = try InventedCityTests.folder(seed: 2)
    defer { try? FileManager.default.removeItem(at: folder) }
    var first: hj_stats?
    for _ in 0..<2 {
      try Self.replay(folder, seed: 4) { statistics, map in
        let stats = statistics.engine
        #expect(statistics.unreached == 0)
        #expect(stats.incidents_opened == 80)
        #expect(stats.incidents_closed == 80)
        #expect(stats.assignments_live == 0)
        #expect(stats.deadlines_armed == 0)
        #expect(stats.events_lost == 0)
        #expect(stats.late_deadlines == 0)
        let arrivals = (1...4).map { statistics.tiers[$0].arrival.count }.reduce(0, +)
        #expect(arrivals == 80)
        // Each recorded response has one fate, and a unit follows one of them.
        let recorded = statistics.city.calls.map(\.responses.count).reduce(0, +)
        let rows = statistics.responses.rows
        #expect(rows.count == recorded)
        #expect(Set(rows.map { [$0.call, $0.response] }).count == recorded)
        let filled = rows.filter { $0.unit != nil }
        #expect(Set(filled.map { [$0.call, $0.unit] }).count == filled.count)
        #expect(filled.count > recorded / 2)
        if let first {
          #expect(first.events_written == stats.events_written)
          #expect(first.positions_accepted == stats.positions_accepted)
          #expect(first.escalations == stats.escalations)
        }
        first = stats
        let page = try ReportPage(statistics, map: map).html
        #expect(page.contains("Generated city"))
        #expect(!page.contains("<script"))
        #expect(!page.contains("src="))
        #expect(page.utf8.count < 3_000_000)
        #expect(ReplayText(statistics).text.contains("GENERATED"))
        // One road in words: on the invented city every street has a name, and the legs add up.
        let road = try #require(statistics.example?.road)
        #expect(road.legs.count > 1)
        #expect(road.legs.allSatisfy { !$0.street.isEmpty })
        #expect(ReplayText(statistics).text.contains(road.legs[0].street))
        #expect(page.contains(road.legs[0].street))
        struct Read: Decodable { let calls: Int }
        let json = try ReplayJSON(statistics).text()
        #expect(try JSONDecoder().decode(Read.self, from: Data(json.utf8)).calls == 80)
      }
    }
  }

  /// What the import of the streets said stands wherever the streets are shown.
  @Test func sourceAndWarningsOfTheStreetsAreShown() throws {
    let folder = try InventedCityTests.folder(seed: 3)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Self.replay(folder, seed: 4) { statistics, map in
      let plain = try StreetsOrigin(map: map)
      #expect(plain.source.isEmpty)
      #expect(throws: MapFileError.self) { try StreetsOrigin(map: folder.path) }
      var said = statistics
      said.streets.attribution = "© Mappers & Co"
      said.streets.licence = "ODbL 1.0"
      said.streets.warnings = ["no street is one-way: <routes> will run against the traffic"]
      let page = try ReportPage(said, map: map).html
      #expect(page.contains("Streets: © Mappers &amp; Co (ODbL 1.0)."))
      #expect(page.contains("&lt;routes&gt; will run against the traffic"))
      let text = ReplayText(said).text
      #expect(text.contains("streets: © Mappers & Co (ODbL 1.0)\nwarning: no street is one-way"))
      struct Read: Decodable {
        struct Streets: Decodable {
          let attribution, licence: String
          let warnings: [String]
        }
        let streets: Streets
      }
      let json = try ReplayJSON(said).text()
      let read = try JSONDecoder().decode(Read.self, from: Data(json.utf8)).streets
      #expect(read.attribution == said.streets.attribution)
      #expect(read.licence == "ODbL 1.0" && read.warnings == said.streets.warnings)
      #expect(!ReplayText(statistics).text.contains("streets: "))
    }
  }

  @Test func vehiclesDriveAlongTheirRoute() {
    let unit = City.Unit(
      name: "E1", type: "ENGINE", isParamedic: false, home: Location(lat_e7: 0, lon_e7: 0),
      hasStation: true)
    var vehicle = Vehicle(unit: unit)
    var points: [hj_route_point] = []
    let stops: [(Int, Int)] = [(0, 0), (1_000, 10_000), (1_000, 10_000), (5_000, 20_000)]
    for (lat, time) in stops {
      var point = hj_route_point()
      point.lat_e7 = Int32(lat)
      point.time_ms = UInt32(time)
      points.append(point)
    }
    vehicle.start(points, at: 1_000_000_000)
    #expect(vehicle.advance(to: 1_000_000_000).lat_e7 == 0)
    #expect(vehicle.advance(to: 6_000_000_000).lat_e7 == 500)
    #expect(vehicle.advance(to: 16_000_000_000).lat_e7 == 3_000)
    #expect(vehicle.advance(to: 99_000_000_000).lat_e7 == 5_000)
    vehicle.start(points, at: 0, stretch: 2)
    #expect(vehicle.routeTime_ns == 40_000_000_000)
    #expect(vehicle.advance(to: 10_000_000_000).lat_e7 == 500)
  }

  @Test func localTimes() {
    // 2018-01-13 00:00 in California is 08:00 UTC: 1 515 830 400.
    #expect(LocalTime.seconds("2018-01-13T00:00:00") == 1_515_830_400)
    #expect(LocalTime.seconds("2018-02-28T23:59:59") == 1_519_891_199)
    #expect(LocalTime.seconds("") == nil)
    #expect(LocalTime.moment("2018-01-13") == 1_515_830_400)
    #expect(LocalTime.midnight(1_515_916_799) == 1_515_830_400)
    #expect(LocalTime.hour(1_515_848_400) == 5)
    #expect(LocalTime.text(1_515_830_945) == "2018-01-13 00:09")
    // Both ways agree, over leap days and centuries and before 1970.
    var random = SplitMix64(seed: 3)
    for _ in 0..<5_000 {
      let time = (random.between(-2e10, 6e10) / 60).rounded(.down) * 60
      let text = LocalTime.text(time)
      #expect(LocalTime.seconds(text + ":00") == time, "\(text)")
    }
    #expect(LocalTime.text(951_811_200) == "2000-02-29 00:00")
  }

  @Test func shiftsComeFromTheRecord() {
    func response(_ start: Double, _ end: Double) -> City.Response {
      City.Response(unit: "M1", unitType: "MEDIC", dispatch: start, available: end)
    }
    let call = City.Call(
      number: 1, type: "", priority: "", place: Location(lat_e7: 0, lon_e7: 0), received: 0,
      entry: 0,
      responses: [response(10_000, 12_000), response(20_000, 21_000), response(60_000, 61_000)])
    let expected: [ClosedRange<Double>] = [8_200...22_800, 58_200...62_800]
    #expect(CityReader.duty([call])["M1"] == expected)
  }

  @Test func percentilesOfASample() {
    let values = (1...100).map(Double.init)
    #expect(Statistics.percentile(values, 0.5) == 51)
    #expect(Statistics.percentile(values, 1) == 100)
    #expect(Statistics.percentile([], 0.5) == nil)
    #expect(Statistics.within(values, 80) == 0.8)
    let steps: [Double] = [0, 2, 4, 6, 8, 10]
    #expect(Chart.steps(to: 9) == steps)
  }

  @Test func aRoadInWords() {
    func point(_ street: UInt64, _ distance_dm: UInt32) -> hj_route_point {
      hj_route_point(
        size: 0, lat_e7: 0, lon_e7: 0, time_ms: distance_dm * 10, distance_dm: distance_dm,
        reserved0: 0, street_id: street)
    }
    let names: [UInt64: String] = [1: "FIRST ST", 2: "FIRST ST", 3: "", 4: "SECOND ST"]
    let points = [
      point(1, 0), point(1, 1_000), point(2, 1_500), point(3, 1_800), point(4, 4_800),
    ]
    let words = RouteWords(points) { names[$0] ?? "?" }
    #expect(
      words.legs == [
        .init(street: "FIRST ST", distance_dm: 1_500), .init(street: "", distance_dm: 300),
        .init(street: "SECOND ST", distance_dm: 3_000),
      ])
    #expect(words.time_s == 48)
    #expect(
      words.text(most: 2) == "FIRST ST 150 m, a street without a name 30 m and 1 more")
    #expect(RouteWords([]) { _ in "" }.legs.isEmpty)
  }
}
