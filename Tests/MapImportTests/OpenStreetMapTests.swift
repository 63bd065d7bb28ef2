// Extracts to streets: where ways are cut, what barriers part, what lies outside, several files as one.

import HujiaGeography
import HujiaMapBuild
import HujiaMapImport
import HujiaRoads
import HujiaTestSupport
import Testing

@Suite struct OpenStreetMapTests {
  private func ends(_ draft: MapDraft) -> [String] {
    draft.streets.map { "\($0.id) \($0.from)-\($0.to) +\($0.inner.count)" }
  }

  /// Ways are cut where another comes by or ends, and nowhere else.
  @Test func waysAreCutWhereTheyMeet() throws {
    let result = try Extract.row(7).way([1, 2, 3, 4, 5], "highway=primary", "name=Long")
      .way([3, 6], "highway=residential", "ref=B 7").way([7, 4], "highway=footway").read()
    #expect(ends(result.draft) == ["100 0-1 +1", "100 1-2 +1", "101 1-3 +0"])
    #expect(result.draft.streets.map(\.name) == ["Long", "Long", "B 7"])
    let drawn = Distance.between_mm(
      lat_e7: 0, lon_e7: 70_010_000, 0, 70_030_000)
    #expect(Int64(result.draft.streets[0].length_mm).distance(to: drawn).magnitude <= 2)
    #expect(result.report.attribution == "© OpenStreetMap contributors")
    #expect(result.report.licence.contains("ODbL"))
  }

  @Test func aWayThatComesByTwiceIsCutThere() throws {
    // An eight: node 2 is passed twice; and a ring without any other way.
    let result = try Extract.row(6).way([1, 2, 3, 4, 2, 5], "highway=primary")
      .way([6, 6, 6], "highway=primary").read()
    #expect(result.report.rings == 1)
    #expect(result.draft.streets.count == 4)
    #expect(result.report.leftOut[.tooShort] == 1)
  }

  @Test func whatLiesOutsideIsCountedAndTheRestKept() throws {
    let result = try Extract.row(4).way([1, 2, 91, 3, 4], "highway=primary")
      .way([92, 93], "highway=primary").way([4, 94], "highway=primary")
      .way([1], "highway=primary").read()
    #expect(ends(result.draft) == ["100 0-1 +0", "100 2-3 +0"])
    let left = result.report.leftOut
    #expect(left[.gaps] == 1)
    #expect(left[.outside] == 1)
    #expect(left[.tooShort] == 2)
    #expect(left[.missingNodes] == 4)
  }

  /// A bollard parts a street for both, a gate for one: that is a link of no length, closed to the other.
  @Test func barriersPart() throws {
    let closed = try Extract.row(3).tagged(2, "barrier=bollard").way([1, 2, 3], "highway=primary")
      .read()
    #expect(ends(closed.draft) == ["100 0-1 +0", "100 2-3 +0"])
    #expect(closed.report.leftOut[.closedBarriers] == 1)
    let gate = try Extract.row(3).tagged(2, "barrier=swing_gate")
      .way([1, 2, 3], "highway=primary").read()
    #expect(ends(gate.draft) == ["100 0-1 +0", "100 2-3 +0", "100 1-2 +0"])
    #expect(gate.report.leftOut[.normalBarriers] == 1)
    let link = gate.draft.streets[2]
    #expect(link.length_mm == 0)
    #expect(link.forward == MapDraft.Times(normal_ms: MapDraft.Times.closed_ms, response_ms: 0))
    #expect(link.backward == link.forward)
    #expect(gate.draft.nodes[1] == gate.draft.nodes[2])
    for tags in [
      ["barrier=gate"], ["barrier=bollard", "motor_vehicle=yes"], ["barrier=kerb"],
      ["barrier=gate", "access=private"], ["barrier=lift_gate", "access=permit"],
    ] {
      var open = Extract.row(3).way([1, 2, 3], "highway=primary")
      open.nodes[1].tags = tags
      #expect(ends(try open.read().draft) == ["100 0-1 +1"], "\(tags)")
    }
    for (tags, count) in [
      (["barrier=bollard", "access=yes"], 2), (["barrier=bollard", "motor_vehicle=no"], 2),
      (["barrier=bollard", "emergency=yes"], 3), (["barrier=bollard", "bollard=rising"], 3),
      (["barrier=gate", "access=no"], 3), (["barrier=gate", "emergency=no"], 3),
      (["barrier=what"], 2),
    ] {
      var extract = Extract.row(3).way([1, 2, 3], "highway=primary")
      extract.nodes[1].tags = tags
      #expect(try extract.read().draft.streets.count == count, "\(tags)")
    }
  }

  /// At a crossing nobody can tell which of the ways it closes; at the end of a street it parts nothing.
  @Test func aBarrierAtAJunctionPartsNothing() throws {
    let result = try Extract.row(4).tagged(2, "barrier=bollard").tagged(4, "barrier=bollard")
      .way([1, 2, 3], "highway=primary").way([2, 4], "highway=service").read()
    #expect(result.draft.nodes.count == 4)
    #expect(result.report.leftOut[.openBarriers] == 1)
    #expect(result.report.leftOut[.closedBarriers] == 0)
  }

  /// The map that comes of a gate for responses: one profile drives through, the other does not.
  @Test func aGateInAMap() throws {
    let result = try Extract.row(3).tagged(2, "barrier=swing_gate")
      .way([1, 2, 3], "highway=primary").read()
    let image = MapImage(result.draft)
    let map = image.map
    #expect(map.flaw == nil)
    #expect(map.untruth == nil)
    // A place at the gate lies on a real street.
    let place = map.snap(lat_e7: 100, lon_e7: 70_020_000, limit_mm: 50_000)
    #expect(map.streetLength_mm[Int(place.street)] > 0)
    withExtendedLifetime(image) {}
  }

  @Test func aWayInTwoFilesCountsOnceInItsHighestVersion() throws {
    let folder = TemporaryFolder()
    var first = Extract.row(3).way([1, 2], "highway=primary", "name=Old", id: 7)
      .way([2, 3], "highway=primary", id: 8)
    var second = Extract.row(5).way([1, 2], "highway=primary", "name=New", id: 7)
      .way([3, 4, 5], "highway=primary", id: 9).way([2, 3], "highway=steps", id: 8)
    second.ways[0].version = 2
    second.ways[2].version = 5
    first.nodes[2].lon += 0.0001
    let files = [folder.save(first.xml, as: "a.osm"), folder.save(second.xml, as: "b.osm")]
    for paths in [files, files.reversed()] {
      let result = try OpenStreetMap.read(paths, rules: RoadRules.standard())
      #expect(result.draft.streets.map(\.name) == ["New", ""])
      #expect(result.draft.streets.map(\.id) == [7, 9])
      #expect(result.report.leftOut[.olderVersions] == 2)
      #expect(result.report.leftOut[.notForVehicles] == 1)
    }
    // The nodes of one file alone would leave a gap.
    let alone = try OpenStreetMap.read([files[0]], rules: RoadRules.standard())
    #expect(alone.draft.streets.map(\.id) == [7, 8])
  }

  /// XML, PBF, gzip and bzip2 of the same extract are the same streets, whatever the file is called.
  @Test func everyFormatIsTheSame() throws {
    let extract = Extract.row(5).tagged(3, "barrier=bollard")
      .way([1, 2, 3, 4], "highway=primary", "name=Straße", "oneway=yes")
      .way([4, 5], "highway=residential", "maxspeed=30 mph")
      .restriction(
        [
          .init(type: "way", id: 100, role: "from"), .init(type: "node", id: 4, role: "via"),
          .init(type: "way", id: 101, role: "to"),
        ], "restriction=no_left_turn")
    let folder = TemporaryFolder()
    let plain = try extract.read(folder)
    #expect(plain.restrictions.count == 1)
    Tables.gzip(Array(extract.xml.utf8), to: folder.file("y.bin"))
    for path in [folder.save(extract.pbf, as: "z"), folder.file("y.bin")] {
      let other = try OpenStreetMap.read([path], rules: RoadRules.standard())
      #expect(ends(other.draft) == ends(plain.draft))
      #expect(other.draft.streets.map(\.name) == plain.draft.streets.map(\.name))
      #expect(other.draft.streets.map(\.forward) == plain.draft.streets.map(\.forward))
      #expect(other.draft.streets.map(\.backward) == plain.draft.streets.map(\.backward))
      #expect(other.restrictions == plain.restrictions)
      #expect(other.report.leftOut == plain.report.leftOut)
    }
  }

  /// At the poles, across 180 degrees, at the far ends of both.
  @Test func theEdgesOfThePlanet() throws {
    var extract = Extract()
    extract.nodes = [
      .init(id: 1, lat: 89.9999, lon: 0), .init(id: 2, lat: 90, lon: 180),
      .init(id: 3, lat: 10, lon: 179.9999), .init(id: 4, lat: 10, lon: -179.9999),
      .init(id: 5, lat: -90, lon: -180), .init(id: 6, lat: 91, lon: 7),
      .init(id: 7, lat: 10, lon: 181),
    ]
    let result = try extract.way([1, 2], "highway=primary").way([3, 4], "highway=primary")
      .way([5, 2], "highway=primary").way([4, 6], "highway=primary").way([3, 7], "highway=primary")
      .read()
    let short = try #require(result.draft.streets.first { $0.id == 101 })
    #expect(short.length_mm < 25_000)
    #expect(result.report.leftOut[.astrayNodes] == 2)
    #expect(result.report.leftOut[.missingNodes] == 0)
    #expect(result.report.warnings.map(\.kind) == [.extent])
    let image = try MapCompilation(
      try extract.way([3, 4], "highway=primary").read().draft
    ).image()
    #expect(image.map.flaw == nil)
    withExtendedLifetime(image) {}
  }

  @Test func idsAndNamesAreKept() throws {
    let result = try Extract.row(4).way([1, 2], "highway=primary", id: 9_007_199_254_740_993)
      .way([2, 3], "highway=primary", "name=\(String(repeating: "長", count: 85))", id: 3)
      .way([3, 4], "highway=primary", id: -5).read()
    #expect(
      result.draft.streets.map(\.id) == [UInt64(bitPattern: -5), 3, 9_007_199_254_740_993])
    #expect(result.draft.streets[1].name.count == 85)
  }

  @Test func sayingWhatIsMissing() {
    func message(_ extract: Extract) -> String {
      Extract.error(Array(extract.xml.utf8), as: "x.osm")?.message ?? "taken"
    }
    #expect(message(Extract.row(3)).contains("no ways"))
    var lost = Extract.row(3).way([1, 2], "highway=primary")
    #expect(message(Extract.row(3).way([1, 2], "highway=steps")).contains("none of its 1 ways"))
    lost.nodes = []
    #expect(message(lost).contains("no nodes"))
  }

  /// A hundred streets with no one-way and no limit: both are said.
  @Test func whatLooksWrongIsTold() throws {
    var extract = Extract.row(120)
    for node in 1..<120 {
      extract.ways.append(
        .init(id: Int64(node), nodes: [Int64(node), Int64(node + 1)], tags: ["highway=primary"]))
    }
    #expect(try extract.read().report.warnings.map(\.kind) == [.noOneWay, .speeds])
    extract.ways[5].tags.append("oneway=yes")
    for place in extract.ways.indices { extract.ways[place].tags.append("maxspeed=50") }
    let result = try extract.read()
    #expect(result.report.warnings.isEmpty)
    // The one-way street parts a row of 120 nodes: seen once the map is there.
    var report = result.report
    let compiled = try MapCompilation(result.draft)
    report.check(compiled.map, path: "x")
    #expect(report.warnings.map(\.kind) == [.islands] || report.warnings.isEmpty)
    extract.ways[60].tags.append("oneway=yes")
    let split = try extract.read()
    report = split.report
    let parted = try MapCompilation(split.draft)
    report.check(parted.map, path: "x")
    #expect(report.warnings.map(\.kind) == [.parts])
  }

  /// What is said of the data is in the map, and damaged text in its place is no crash.
  @Test func aMapCarriesItsOrigin() throws {
    let result = try Extract.row(3).way([1, 2], "highway=primary", "oneway=1")
      .way([2, 3], "highway=steps").read()
    let compiled = try MapCompilation(result.draft)
    compiled.add(result.report.origin)
    let folder = TemporaryFolder()
    let file = try compiled.write(to: folder.file("x.hjmap"))
    let origin = try #require(file.map.origin)
    #expect(origin == result.report.origin)
    #expect(origin.attribution == "© OpenStreetMap contributors")
    #expect(origin.oneWay == 1)
    #expect(origin.leftOut.map(\.name) == ["not_for_vehicles"])
    withExtendedLifetime(file) {}
    let image = MapImage(result.draft)
    #expect(image.map.origin == nil)
    withExtendedLifetime(image) {}
    var random = SplitMix64(9)
    let text = Array(origin.text.utf8)
    for _ in 0..<200 {
      var bytes = text
      for _ in 0...random.below(9) { bytes[random.below(bytes.count)] = UInt8(random.below(256)) }
      _ = bytes.withUnsafeBytes { MapOrigin(bytes: $0) }
    }
  }
}
