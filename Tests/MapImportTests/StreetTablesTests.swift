// Street tables of any header: what is read, what is refused and how it is said.

import HujiaGeography
import HujiaMapBuild
import HujiaMapImport
import HujiaRoads
import HujiaTestSupport
import Testing

import Glibc

@Suite struct StreetTablesTests {
  private let tables = Tables()

  @Test func aPlainTable() throws {
    let (draft, report) = try tables.read(
      edges: """
        length_m,extra,to_node,from_node,speed_kmh,name,id,points,oneway,travel_s
        1500.25,x,2,1,36,"Main, ""old"" Street",77,"-122.41 37.705",1,
        900,,3,2,,环路,,,0,12.5

        """)
    #expect(report.nodes == 3)
    #expect(report.streets == 2)
    #expect(report.oneWay == 1)
    #expect(report.refusedCount == 0)
    let first = draft.streets[0]
    #expect(first.id == 77)
    #expect(first.from == 0)
    #expect(first.to == 1)
    #expect(first.length_mm == 1_500_250)
    #expect(first.name == "Main, \"old\" Street")
    #expect(first.inner.count == 1 && first.inner[0] == (377_050_000, -1_224_100_000))
    // 1,500.25 m at 10 m/s, rounded up
    #expect(first.forward == MapDraft.Times(150_025))
    #expect(first.backward == nil)
    let second = draft.streets[1]
    #expect(second.id == 2)
    #expect(second.name == "环路")
    #expect(second.forward == MapDraft.Times(12_500))
    #expect(second.backward == second.forward)
  }

  @Test func timesAreRoundedUpAndOnlyNothingTakesNoTime() throws {
    let (draft, _) = try tables.read(
      edges: "from_node,to_node,length_m,speed_kmh\n1,2,0.001,400\n2,3,0,50\n3,1,100,400\n")
    #expect(draft.streets.map { $0.forward?.normal_ms } == [1, 0, 900])
  }

  @Test func speedsClassesAndMissingOnes() throws {
    var tables = tables
    tables.options.missingSpeeds = try MissingSpeeds("0,99=25mph")
    let (draft, report) = try tables.read(
      edges: """
        from_node,to_node,length_m,speed_mph,class
        1,2,1000,25,
        1,3,1000,0,
        2,3,1000,99,
        2,1,1000,,
        3,1,1000,0,motorway_link
        3,2,1000,,residential

        """)
    // 1 km at 25 mph is 89,477.4 ms
    #expect(
      draft.streets.map { $0.forward?.normal_ms } == [
        89_478, 89_478, 89_478, 89_478, 40_000, 120_000,
      ])
    #expect(report.speedsFilled == 3)
  }

  @Test func foreignHeadersUnitsAndTwoProfiles() throws {
    var tables = tables
    tables.options.columns = [
      "node": "index", "lon": "x", "lat": "y", "from_node": "fromNode", "to_node": "toNode",
      "travel_s": "mode_2", "travel_response_s": "mode_1",
    ]
    tables.options.travelUnit_s = try TableOptions.unit("days")
    tables.options.allOneWay = true
    let (draft, report) = try tables.read(
      nodes: "nodes,2,,\nindex,x,y,offRoadAccess,\n1.0,-73.98,40.76,1.0\n2.0,-73.97,40.76,0.0\n",
      edges:
        "miscData,1,,\narcForm,numModes,\ndirected,2\n,\narcs,1\nindex,fromNode,toNode,mode_1,mode_2\n1,1,2,0.0001,0.0002\n"
    )
    #expect(report.streets == 1)
    #expect(report.oneWay == 1)
    #expect(draft.streets[0].forward == MapDraft.Times(normal_ms: 17_280, response_ms: 8_640))
    let drawn = Distance.between_mm(
      lat_e7: 407_600_000, lon_e7: -739_800_000, 407_600_000, -739_700_000)
    #expect(draft.streets[0].length_mm == UInt32(drawn))
  }

  @Test func duplicatesParallelsAndRingsAreCounted() throws {
    let (draft, report) = try tables.rows([
      "1,2,100,10,0,", "1,2,100,10,0,", "1,2,100,11,0,", "1,2,101,10,0,", "1,2,100,10,1,",
      "2,1,100,10,0,", "1,2,100,10,0,-122.4 37.705", "3,3,5,1,0,", "1,1,0,0,1,",
    ])
    #expect(report.duplicates == 1)
    #expect(report.rings == 2)
    #expect(draft.streets.count == 10)
    #expect(report.streets == 10)
  }

  /// Cut at the point nearest to the middle of its line; both pieces carry its id, and add up to it.
  @Test func aRingIsKeptInTwoPieces() throws {
    let (draft, report) = try tables.read(
      edges: "id,from_node,to_node,length_m,travel_s,travel_response_s,oneway,name,points\n"
        + "7,1,1,400,41,20,1,Ring,-122.40 37.701 -122.399 37.701 -122.399 37.70\n"
        + "9,1,2,1000,90,90,0,Main,\n8,2,2,30,3,3,0,Dot,\n")
    #expect(report.rings == 2)
    #expect(report.streets == 5)
    #expect(report.nodes == 5)
    let ring = draft.streets.filter { $0.id == 7 }
    #expect(ring.count == 2)
    #expect(ring.allSatisfy { $0.name == "Ring" && $0.backward == nil })
    #expect(ring[0].from == 0)
    #expect(ring[0].to == 3)
    #expect(ring[1].from == 3)
    #expect(ring[1].to == 0)
    #expect(ring[0].length_mm + ring[1].length_mm == 400_000)
    #expect(ring.compactMap(\.forward?.normal_ms).reduce(0, +) == 41_000)
    #expect(ring.compactMap(\.forward?.response_ms).reduce(0, +) == 20_000)
    #expect(draft.nodes[3].lat_e7 == 377_010_000)
    #expect(draft.nodes[3].lon_e7 == -1_223_990_000)
    #expect(ring[0].inner.count == 1)
    #expect(ring[1].inner.count == 1)
    // Without a line it is a point, and nobody is snapped to its second end.
    let image = MapImage(draft)
    let place = image.map.snap(
      lat_e7: draft.nodes[1].lat_e7, lon_e7: draft.nodes[1].lon_e7, limit_mm: 1_000)
    #expect(place.node == 1)
    withExtendedLifetime(image) {}
  }

  /// Each bad row is refused with its line, and the good ones beside it stay.
  @Test(arguments: [
    ("9,2,100,10,0,", "node"), (",2,100,10,0,", "empty"), ("1,x,100,10,0,", "node"),
    ("1,2,-1,10,0,", "length_m"), ("1,2,nan,10,0,", "number"), ("1,2,inf,10,0,", "number"),
    ("1,2,1e12,10,0,", "length_m"), ("1,2,abc,10,0,", "number"), ("1,2,100,-3,0,", "travel_s"),
    ("1,2,100,1e9,0,", "travel_s"), ("1,2,100,,0,", "speed"), ("1,2", "speed"),
    ("1,2,100,10,maybe,", "oneway"), ("1,2,100,10,-1,", "oneway"), ("1,2,100,10,0,1 2 3", "points"),
    ("1,2,100,10,0,-122 95", "points"), ("1,2,100,10,0,nan nan", "points"),
    ("1,2,100,10,0,a b", "points"),
  ])
  func badRows(row: String, word: String) throws {
    let (draft, report) = try tables.rows(["1,2,100,10,0,", row, "2,3,100,10,0,"])
    #expect(draft.streets.count == 2)
    #expect(report.refusedCount == 1)
    let text = try #require(report.refused.first)
    #expect(text.contains("edges.csv, line 3: "), "\(text)")
    #expect(text.contains(word), "\(text)")
  }

  @Test(arguments: [
    "4,-190,37", "4,1", "4,abc,37", "4,nan,37", "4,-122,91", "1,-122,37", ",-122,37", "4,,",
  ])
  func badNodes(row: String) throws {
    let error = tables.error(
      nodes: Tables.nodes + row + "\n", edges: "from_node,to_node,travel_s\n1,2,3\n")
    guard case .refused(let count, let rows)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(count == 1 && rows[0].contains("nodes.csv, line 5: "), "\(rows)")
    #expect(error?.message.contains("--max-refused 1") == true)
  }

  @Test func refusedRowsBeyondTheLimitFail() throws {
    var tables = tables
    let edges = "from_node,to_node,travel_s\n1,2,3\n1,9,3\n9,1,3\n"
    tables.options.mostRefused = 1
    #expect(tables.error(edges: edges) != nil)
    tables.options.mostRefused = 2
    #expect(tables.error(edges: edges) == nil)
  }

  @Test func lineNumbersSurviveQuotedLineBreaks() throws {
    var tables = tables
    tables.options.mostRefused = 1
    let (draft, report) = try tables.read(
      edges: "from_node,to_node,travel_s,name\r\n1,2,3,\"two\nlines\"\r\n\r\n1,9,3,x\r\n")
    #expect(draft.streets[0].name == "two\nlines")
    #expect(report.refused[0].contains("line 5: "), "\(report.refused)")
  }

  @Test func brokenFilesNeverYieldAMap() throws {
    let good = "from_node,to_node,travel_s\n1,2,3\n"
    #expect(tables.error(edges: good) == nil)
    #expect(tables.error(nodes: "", edges: good) != nil)
    #expect(tables.error(nodes: "node,lon,lat\n", edges: good) != nil)
    #expect(tables.error(edges: "") != nil)
    #expect(tables.error(edges: "from_node,to_node,travel_s\n") != nil)
    #expect(tables.error(edges: "from_node,to_node,length_m\n1,2,3\n") != nil)
    #expect(tables.error(edges: "from,to,travel_s\n1,2,3\n") != nil)
    let cut = tables.error(edges: good + "2,3,4\n\"1,2,3\n2,3,5\n")
    guard case .format(_, let line, _)? = cut else {
      Issue.record("\(String(describing: cut))")
      return
    }
    #expect(line == 4)
  }

  @Test func aMappedHeaderThatIsNotThereIsNamed() {
    var tables = tables
    tables.options.columns = ["name": "strret"]
    let error = tables.error(edges: "from_node,to_node,travel_s,street\n1,2,3,Main\n")
    #expect(error?.message.contains("strret") == true)
    #expect(error?.message.contains("street") == true)
  }

  @Test func gzipIsReadAndACutOneRefused() throws {
    let folder = tables.folder
    let nodes = folder.save(Tables.nodes, as: "nodes.csv")
    var text = "from_node,to_node,travel_s\n"
    for row in 0..<5_000 { text += "1,2,\(row)\n" }
    let edges = folder.file("edges.csv.gz")
    Tables.gzip(Array(text.utf8), to: edges)
    let (_, report) = try StreetTables.read(nodes: nodes, edges: edges, options: TableOptions())
    #expect(report.streets == 5_000)
    let whole = try rawBytes(edges)
    for count in [whole.count - 1, whole.count - 8, whole.count / 2, 20] {
      let cut = folder.save(Array(whole.prefix(count)), as: "cut.csv.gz")
      #expect(throws: ImportError.self, "\(count)") {
        try StreetTables.read(nodes: nodes, edges: cut, options: TableOptions())
      }
    }
    var flipped = whole
    flipped[whole.count / 2] ^= 0x10
    let bad = folder.save(flipped, as: "bad.csv.gz")
    #expect(throws: ImportError.self) {
      try StreetTables.read(nodes: nodes, edges: bad, options: TableOptions())
    }
    #expect(throws: ImportError.self) {
      try StreetTables.read(nodes: nodes, edges: folder.path, options: TableOptions())
    }
    #expect(throws: ImportError.self) {
      try StreetTables.read(
        nodes: folder.file("none.csv"), edges: edges, options: TableOptions())
    }
  }

  private func rawBytes(_ path: String) throws -> [UInt8] {
    let handle = open(path, O_RDONLY)
    defer { close(handle) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = Glibc.read(handle, &bytes, bytes.count)
    return Array(bytes.prefix(count))
  }

  @Test func optionsThatMakeNoSense() {
    var options = TableOptions()
    for text in ["", "name", "name=", "nane=street", "=x"] {
      #expect(throws: ImportError.self, "\(text)") { try options.addColumn(text) }
    }
    #expect(throws: ImportError.self) { try TableOptions.unit("weeks") }
    for text in ["", "25mph", "0=", "0=25", "=25mph", "0=-5kmh", "a=25mph", "0=nanmph", "0=infkmh"]
    {
      #expect(throws: ImportError.self, "\(text)") { try MissingSpeeds(text) }
    }
  }

  /// Random bytes in the place of some: an answer or a named error, never a crash.
  @Test func garbage() {
    var random = SplitMix64(5)
    let edges = Array(
      "from_node,to_node,length_m,travel_s,oneway,points\n1,2,100,10,0,-122.4 37.7\n2,3,5,6,1,\n"
        .utf8)
    for _ in 0..<Scale.count(300, full: 50_000) {
      var bytes = edges
      for _ in 0...random.below(6) {
        bytes[random.below(bytes.count)] = UInt8(truncatingIfNeeded: random.next())
      }
      _ = tables.error(edges: String(decoding: bytes, as: UTF8.self))
    }
  }
}
