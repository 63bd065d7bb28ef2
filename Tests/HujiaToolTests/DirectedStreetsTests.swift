// The demo's city obeys its streets: roads that the engine shows are held against directed arcs of another source.

import CHujia
import Glibc
import HujiaHostKit
import HujiaMapBuild
import HujiaTestSupport
import Testing

@testable import HujiaCities
@testable import HujiaMapImport
@testable import HujiaReplay

/// San Francisco's folder: under HUJIA_DATA, else beside the repository. Absent on most machines.
private let city: String? = {
  let beside = "\(#filePath)".split(separator: "/").dropLast(3).joined(separator: "/")
  for folder in [environment("HUJIA_DATA"), "/\(beside)/../shared/data"] {
    guard let folder else { continue }
    let city = "\(folder)/san-francisco"
    if access("\(city)/roads/bay-area-main/edges.csv.gz", R_OK) == 0 { return city }
  }
  return nil
}()

/// Straight arcs of OpenStreetMap's main roads, one-way or not, by cell of 0.002 degrees.
private struct DirectedArcs {
  private struct Cell: Hashable {
    var row: Int32
    var column: Int32
  }
  private var arcs: [Cell: [DirectionSource.Arc]] = [:]
  private static let size_e7: Int32 = 20_000
  private static let beside_m = 12.0

  init(_ source: DirectionSource) {
    for arc in source.arcs {
      let rows = [arc.from.lat_e7, arc.to.lat_e7].map { $0 / Self.size_e7 }.sorted()
      let columns = [arc.from.lon_e7, arc.to.lon_e7].map { $0 / Self.size_e7 }.sorted()
      // Bridges and freeways of several kilometres are not what streets are held against.
      guard rows[1] - rows[0] < 20, columns[1] - columns[0] < 20 else { continue }
      for row in rows[0] - 1...rows[1] + 1 {
        for column in columns[0] - 1...columns[1] + 1 {
          arcs[Cell(row: row, column: column), default: []].append(arc)
        }
      }
    }
  }

  private func vector(_ a: (lat_e7: Int32, lon_e7: Int32), _ b: (lat_e7: Int32, lon_e7: Int32))
    -> (x: Double, y: Double)
  {
    let y = Double(b.lat_e7 - a.lat_e7) * 0.011_119_5
    return (Double(b.lon_e7 - a.lon_e7) * 0.011_119_5 * cos(Double(a.lat_e7) / 1e7 * .pi / 180), y)
  }

  /// Pieces of a road beside one-way arcs, and of those the ones against every arc beside them.
  func judge(_ road: [Location]) -> (beside: Int, against: Int) {
    var counts = (beside: 0, against: 0)
    for (a, b) in zip(road, road.dropFirst()) {
      let from = (lat_e7: a.lat_e7, lon_e7: a.lon_e7)
      let drive = vector(from, (b.lat_e7, b.lon_e7))
      let length_m = hypot(drive.x, drive.y)
      guard length_m > 25 else { continue }
      let middle = (
        lat_e7: a.lat_e7 + (b.lat_e7 - a.lat_e7) / 2, lon_e7: a.lon_e7 + (b.lon_e7 - a.lon_e7) / 2
      )
      let cell = Cell(row: middle.lat_e7 / Self.size_e7, column: middle.lon_e7 / Self.size_e7)
      var with = 0
      var against = 0
      for arc in arcs[cell] ?? [] {
        let along = vector(arc.from, arc.to)
        let whole = hypot(along.x, along.y)
        let to = vector(arc.from, middle)
        let share = (to.x * along.x + to.y * along.y) / (whole * whole)
        let gap = abs(to.x * along.y - to.y * along.x) / whole
        guard share > 0, share < 1, gap < Self.beside_m else { continue }
        let cosine = (drive.x * along.x + drive.y * along.y) / (whole * length_m)
        guard abs(cosine) > 0.94 else { continue }
        if cosine > 0 || arc.isTwoWay { with += 1 } else { against += 1 }
      }
      if with + against > 0 { counts.beside += 1 }
      if with == 0, against > 0 { counts.against += 1 }
    }
    return counts
  }
}

@Suite(.enabled(if: city != nil, "San Francisco's streets are not here: set HUJIA_DATA"))
struct DirectedStreetsTests {
  private func arcs() throws -> DirectedArcs {
    let main = "\(city ?? "")/roads/bay-area-main"
    return DirectedArcs(
      try DirectionSource(nodes: "\(main)/nodes.csv.gz", edges: "\(main)/edges.csv.gz"))
  }

  /// A map of the city without the directions of its main roads, as it was.
  private func undirected(_ path: String) throws {
    let roads = "\(city ?? "")/roads"
    var options = TableOptions()
    options.columns = try CityStreets.columns(ofEdges: "\(roads)/edges.csv.gz")
    options.missingSpeeds = try MissingSpeeds("0,99=25mph")
    let (draft, _) = try StreetTables.read(
      nodes: "\(roads)/nodes.csv.gz", edges: "\(roads)/edges.csv.gz", options: options)
    _ = try MapCompilation(draft).write(to: path)
  }

  /// Down Franklin Street, which runs north, from Broadway to Fell Street.
  private func southward(_ map: String) throws -> (points: [Location], words: String) {
    let host = try Host(map: map) { $0.run_mode = HJ_RUN_POLL }
    defer { host.close() }
    var room = Host.roomForRoute
    let route = host.route(
      from: Location(lat: 37.795_4, lon: -122.425_3), to: Location(lat: 37.777_3, lon: -122.421_4),
      &room)
    return (
      route.map { Location(lat_e7: $0.lat_e7, lon_e7: $0.lon_e7) },
      RouteWords(route, name: host.streetName).text(most: 8)
    )
  }

  /// The road that `hujia run` prints, forty others, and Franklin Street before and after.
  @Test func roadsThatAreShownObeyTheStreets() throws {
    let arcs = try arcs()
    let folder = TemporaryFolder()
    try undirected(folder.file("before.hjmap"))
    let before = try southward(folder.file("before.hjmap"))
    #expect(before.words.contains("FRANKLIN ST"))
    #expect(arcs.judge(before.points).against > 5)

    var record = try CityReader.read(city ?? "")
    try record.shorten(from: nil, until: nil, days: nil, calls: 60)
    let streets = try CityStreets.compile(record, map: nil, isQuiet: true)
    defer { streets.removeTemporary() }
    let after = try southward(streets.path)
    let judged = arcs.judge(after.points)
    #expect(judged.against == 0, "\(after.words)")
    #expect(judged.beside > 5)
    print("note: Franklin Street southward before: \(before.words)")
    print("note: Franklin Street southward after: \(after.words)")

    let plansPath = PlanBook.path(for: record)
    let host = try Replay.open(
      map: streets.path, plans: plansPath, units: record.units.count, incidents: 256)
    let replay = try Replay(
      city: record, book: try PlanBook(path: plansPath), host: host, pace: .limits, seed: 1)
    try replay.run { _, _ in }
    let example = try #require(replay.statistics.example)
    #expect(arcs.judge(example.points).against == 0, "\(example.text)")
    print("note: the example: \(example.text)")
    // Roads that the main roads' table does not know stay as they were: one piece in fifty may disagree.
    var sum = (beside: 0, against: 0)
    for road in replay.statistics.sampleRoutes {
      let counts = arcs.judge(road)
      sum = (sum.beside + counts.beside, sum.against + counts.against)
    }
    print("note: pieces of sample roads beside main roads: \(sum.beside), against: \(sum.against)")
    #expect(sum.against * 50 <= sum.beside)
  }
}
