// Lines of geographic programs to streets: where they meet, and where they only seem to.

import HujiaMapBuild
import HujiaMapImport
import HujiaTestSupport
import Testing

@Suite struct LineStreetsTests {
  private let folder = TemporaryFolder()

  private static func feature(_ points: [(Int, Int)], _ properties: String = "") -> String {
    let coordinates = points.map { "[\(7 + Double($0.0) / 1e4),\(50 + Double($0.1) / 1e4)]" }
    let more = properties.isEmpty ? "" : "," + properties
    return "{\"type\":\"Feature\",\"properties\":{\"speed_kmh\":36\(more)},\"geometry\":"
      + "{\"type\":\"LineString\",\"coordinates\":[\(coordinates.joined(separator: ","))]}}"
  }

  private func collection(_ features: [String]) -> String {
    "{\"type\":\"FeatureCollection\",\"features\":[\n\(features.joined(separator: ",\n"))\n]}\n"
  }

  private func read(
    _ text: String, _ change: (inout TableOptions) throws -> Void = { _ in }
  ) throws -> (draft: MapDraft, report: ImportReport) {
    var options = TableOptions()
    try change(&options)
    return try LineStreets.read(
      folder.save(text, as: "x.geojson"), options: options, rules: RoadRules.standard())
  }

  private func message(_ text: String) -> String {
    do {
      _ = try read(text)
      return "taken"
    } catch { return (error as? ImportError)?.message ?? "\(error)" }
  }

  @Test func aCrossingAtGradeAndABridge() throws {
    let lines = [[(0, 5), (10, 5)], [(5, 0), (5, 10)]]
    let grade = try read(collection(lines.map { Self.feature($0) }))
    #expect(grade.draft.streets.count == 4)
    #expect(grade.draft.nodes.count == 5)
    #expect(grade.report.notes.count == 1)
    for level in ["\"layer\":1", "\"bridge\":\"yes\"", "\"tunnel\":1", "\"layer\":\"-1\""] {
      let bridge = try read(collection([Self.feature(lines[0]), Self.feature(lines[1], level)]))
      #expect(bridge.draft.streets.count == 2, "\(level)")
      #expect(bridge.report.leftOut[.crossings] == 1)
    }
    let flat = try read(collection(lines.map { Self.feature($0, "\"bridge\":\"no\",\"layer\":0") }))
    #expect(flat.draft.streets.count == 4)
  }

  /// At a point of both, where one ends on the other, and at a bridge's end.
  @Test func pointsThatAreShared() throws {
    let shared = try read(
      collection([
        Self.feature([(0, 5), (5, 5), (10, 5)]), Self.feature([(5, 0), (5, 5), (5, 9)]),
      ]))
    #expect(shared.draft.streets.count == 4)
    #expect(shared.report.notes.isEmpty)
    let end = try read(
      collection([Self.feature([(0, 5), (10, 5)]), Self.feature([(4, 0), (4, 5)])]))
    #expect(end.draft.streets.count == 3)
    let over = try read(
      collection([
        Self.feature([(0, 5), (5, 5), (10, 5)]),
        Self.feature([(5, 0), (5, 5), (5, 9)], "\"layer\":1"),
      ]))
    #expect(over.draft.streets.count == 2)
    let ramp = try read(
      collection([
        Self.feature([(0, 5), (5, 5), (10, 5)]),
        Self.feature([(5, 5), (5, 9)], "\"bridge\":\"T\""),
      ]))
    #expect(ramp.draft.streets.count == 3)
    #expect(ramp.draft.nodes.count == 4)
    // A tenth of a millimetre is nothing; a metre is another street.
    let near =
      Self.feature([(0, 5), (10, 5)])
      + ",{\"type\":\"Feature\",\"properties\":{\"speed_kmh\":36},\"geometry\":{\"type\":"
      + "\"LineString\",\"coordinates\":[[7.0004,50.0],[7.0004,50.00050001]]}}"
    #expect(try read(collection([near])).draft.streets.count == 3)
    let gap = near.replacing("50.00050001", "50.00048")
    #expect(try read(collection([gap])).draft.streets.count == 2)
  }

  /// A grid of lines is what a slow count says: each of n lines is cut at each of m others.
  @Test func aGridOfLines() throws {
    let count = 12
    var features: [String] = []
    for line in 1...count {
      features.append(Self.feature([(0, line * 7), (count * 7 + 7, line * 7 + 1)]))
      features.append(Self.feature([(line * 7, 0), (line * 7 + 1, count * 7 + 7)]))
    }
    let (draft, report) = try read(collection(features))
    #expect(draft.streets.count == 2 * count * (count + 1))
    #expect(draft.nodes.count == count * count + 4 * count)
    #expect(report.refusedCount == 0)
    let lengths = draft.streets.reduce(0) { $0 + UInt64($1.length_mm) }
    let apart = try features.reduce(0) { sum, feature in
      try sum + UInt64(read(collection([feature])).draft.streets[0].length_mm)
    }
    #expect(lengths.distance(to: apart).magnitude < UInt64(20 * draft.streets.count))
  }

  @Test func propertiesByName() throws {
    let text = collection([
      "{\"properties\":{\"fclass\":\"primary\",\"naam\":\"Stra\\u00dfe \\ud83d\\ude92\",\"maxspeed\":0,\"ow\":\"yes\","
        + "\"gid\":77,\"x\":{\"y\":[1,{}]}},\"geometry\":{\"coordinates\":[[7,50,3.5],[7.001,50,3]],"
        + "\"type\":\"LineString\"},\"type\":\"Feature\"}",
      "{\"type\":\"Feature\",\"properties\":{\"fclass\":\"footway\"},\"geometry\":{\"type\":\"LineString\","
        + "\"coordinates\":[[7,50],[7.001,50.1]]}}",
      "{\"type\":\"Feature\",\"properties\":null,\"geometry\":{\"type\":\"Point\",\"coordinates\":[7,50]}}",
      "{\"type\":\"Feature\",\"properties\":{\"maxspeed\":50,\"ow\":\"-1\"},\"geometry\":{\"type\":"
        + "\"MultiLineString\",\"coordinates\":[[[7,51],[7.01,51]],[[7,52],[7.01,52]]]}}",
    ])
    let (draft, report) = try read(text) {
      for column in ["class=fclass", "name=naam", "speed_kmh=maxspeed", "oneway=ow", "id=gid"] {
        try $0.addColumn(column)
      }
      $0.missingSpeeds = try MissingSpeeds("0=30kmh")
    }
    #expect(draft.streets.map(\.id) == [4, 4, 77])
    #expect(draft.streets[2].name == "Straße 🚒")
    #expect(draft.streets[2].backward == nil)
    #expect(draft.streets[0].forward == nil)
    #expect(report.oneWay == 3)
    #expect(report.speedsFilled == 1)
    #expect(report.leftOut[.notForVehicles] == 1)
    #expect(report.leftOut[.noLine] == 1)
  }

  @Test func sequencesOfFeatures() throws {
    let text =
      "\u{1e}" + Self.feature([(0, 5), (10, 5)]) + "\n\u{1e}" + Self.feature([(5, 0), (5, 9)])
    #expect(try read(text + "\n").draft.streets.count == 4)
  }

  @Test func whatIsWrongIsNamed() throws {
    let good = Self.feature([(0, 0), (1, 1)])
    #expect(message(collection([good])) == "taken")
    #expect(message("a,b\n").contains("no GeoJSON"))
    #expect(message(collection([])).contains("holds no rows"))
    let projected = good.replacing("7.0001", "500000")
    #expect(message(collection([good, projected])).contains("feature 2: "))
    #expect(message(collection([projected])).contains("EPSG:4326"))
    #expect(
      message(collection([Self.feature([(0, 0), (1, 1)], "\"oneway\":\"F\"")])).contains(
        "F, T and B"))
    #expect(message(collection([good.replacing("36", "-3")])).contains("a speed of -3"))
    #expect(
      message(collection([good.replacing("\"speed_kmh\":36", "")])).contains("--missing-speed"))
    #expect(message(collection([good.replacing("36", "\"fast\"")])).contains("a number is needed"))
    let text = collection([good, good])
    for count in stride(from: 2, to: text.utf8.count - 4, by: 3) {
      let cut = String(decoding: Array(text.utf8).prefix(count), as: UTF8.self)
      let said = message(cut)
      #expect(said != "taken" || count > text.utf8.count / 2, "\(count)")
      #expect(said.utf8.count < 600)
    }
    let deep = String(repeating: "[", count: 100_000)
    #expect(message("{\"features\":[{\"x\":\(deep)}]}").contains("too deep"))
    var random = SplitMix64(4)
    let bytes = Array(text.utf8)
    for _ in 0..<Scale.count(300, full: 20_000) {
      var spoilt = bytes
      for _ in 0...random.below(4) { spoilt[random.below(bytes.count)] = UInt8(random.below(128)) }
      _ = message(String(decoding: spoilt, as: UTF8.self))
    }
  }

  /// Lines that all lie on each other are no streets, and end early.
  @Test func aHeapOfLines() {
    var random = SplitMix64(8)
    let features = (0..<3_000).map { _ in
      Self.feature([(random.below(15), random.below(15)), (random.below(15), random.below(15))])
    }
    #expect(message(collection(features)).contains("cross each other all over"))
  }
}

extension String {
  fileprivate func replacing(_ one: String, _ other: String) -> String {
    guard let place = firstRange(of: one) else { return self }
    return String(self[..<place.lowerBound]) + other + String(self[place.upperBound...])
  }
}
