import HujiaMapBuild
import HujiaMapImport
import HujiaRoads
import HujiaTestSupport
import Testing

import Glibc

/// The folder of recorded data: HUJIA_DATA, else beside the repository. Absent on most machines.
private let data: String? = {
  let beside = "\(#filePath)".split(separator: "/").dropLast(3).joined(separator: "/")
  for folder in [environment("HUJIA_DATA"), "/\(beside)/../shared/data"] {
    if let folder, access("\(folder)/san-francisco/roads/edges.csv.gz", R_OK) == 0 { return folder }
  }
  return nil
}()

@Suite(.enabled(if: data != nil, "the recorded cities are not here: set HUJIA_DATA"))
struct RealCitiesTests {
  @Test func sanFrancisco() throws {
    let folder = "\(data ?? "")/san-francisco/roads"
    var options = TableOptions()
    options.columns = [
      "speed_mph": "speed_limit_mph", "name": "street", "points": "inner_points_lon_lat",
      "id": "cnn",
    ]
    options.missingSpeeds = try MissingSpeeds("0,99=25mph")
    let (draft, report) = try StreetTables.read(
      nodes: "\(folder)/nodes.csv.gz", edges: "\(folder)/edges.csv.gz", options: options)
    #expect(report.nodes == 9_397 + 12)
    #expect(report.rings == 12)
    #expect(report.streets - report.rings + report.duplicates == 15_714)
    #expect(report.refusedCount == 0)
    let image = MapImage(draft)
    #expect(image.map.flaw == nil)
    #expect((0..<image.map.nodeCount).count { image.map.nodePart[$0] == 0 } == 9_292)
    withExtendedLifetime(image) {}
  }

  /// Franklin Street runs north, Gough Street south, Bush Street east, Pine Street west, Van Ness Avenue both ways.
  @Test func sanFranciscoObeysItsOneWays() throws {
    let folder = "\(data ?? "")/san-francisco/roads"
    let main = "\(folder)/bay-area-main"
    var options = TableOptions()
    options.columns = [
      "speed_mph": "speed_limit_mph", "name": "street", "points": "inner_points_lon_lat",
      "id": "cnn",
    ]
    options.missingSpeeds = try MissingSpeeds("0,99=25mph")
    let (draft, report) = try StreetTables.read(
      nodes: "\(folder)/nodes.csv.gz", edges: "\(folder)/edges.csv.gz", options: options,
      directions: DirectionSource(nodes: "\(main)/nodes.csv.gz", edges: "\(main)/edges.csv.gz"))
    let counts = try #require(report.directions)
    #expect(report.oneWay == counts.oneWay)
    #expect(!report.warnings.contains { $0.kind == .noOneWay })
    /// How much of a street runs the way (dy, dx), against it, and both ways; metres.
    func lengths(_ name: String, _ dy: Int64, _ dx: Int64) -> [Int] {
      var sums = [0, 0, 0]
      for street in draft.streets where street.name == name {
        let from = draft.nodes[Int(street.from)]
        let to = draft.nodes[Int(street.to)]
        let along =
          (Int64(to.lat_e7) - Int64(from.lat_e7)) * dy + (Int64(to.lon_e7) - Int64(from.lon_e7))
          * dx
        let isBoth = street.forward != nil && street.backward != nil
        sums[isBoth ? 2 : (street.forward != nil) == (along > 0) ? 0 : 1] +=
          Int(street.length_mm) / 1_000
      }
      return sums
    }
    for (name, dy, dx) in [
      ("FRANKLIN ST", 1, 0), ("GOUGH ST", -1, 0), ("BUSH ST", 0, 1), ("PINE ST", 0, -1),
      ("FELL ST", 0, -1), ("OAK ST", 0, 1), ("09TH ST", 1, -1), ("HOWARD ST", -1, -1),
    ] as [(String, Int64, Int64)] {
      let sums = lengths(name, dy, dx)
      #expect(sums[0] > 10 * sums[1], "\(name): \(sums)")
      #expect(sums[0] > 1_000, "\(name): \(sums)")
    }
    for name in ["VAN NESS AVE", "MARKET ST", "MISSION ST", "GEARY BLVD", "19TH AVE"] {
      let sums = lengths(name, 1, 0)
      #expect(sums[2] > 8 * (sums[0] + sums[1]), "\(name): \(sums)")
    }
    let image = MapImage(draft)
    #expect((0..<image.map.nodeCount).count { image.map.nodePart[$0] == 0 } > 9_000)
    print("note: \(counts.words)")
    withExtendedLifetime(image) {}
  }

  @Test func manhattan() throws {
    let folder = "\(data ?? "")/manhattan/roads"
    var options = TableOptions()
    options.columns = [
      "node": "index", "lon": "x", "lat": "y", "from_node": "fromNode", "to_node": "toNode",
      "travel_s": "mode_2", "travel_response_s": "mode_1",
    ]
    options.travelUnit_s = try TableOptions.unit("days")
    options.allOneWay = true
    let (draft, report) = try StreetTables.read(
      nodes: "\(folder)/nodes.csv.gz", edges: "\(folder)/arcs.csv.gz", options: options)
    #expect(report.nodes == 16_811)
    #expect(report.streets == 24_437)
    #expect(report.refusedCount == 0)
    let faster = draft.streets.count { street in
      guard let times = street.forward else { return false }
      return times.response_ms <= times.normal_ms
    }
    #expect(faster == 24_437)
  }

  @Test(.enabled(if: Scale.isFull)) func newYork() throws {
    let folder = "\(data ?? "")/new-york-dimacs"
    let (draft, report) = try DIMACS.read(
      graph: "\(folder)/USA-road-t.NY.gr.gz", coordinates: "\(folder)/USA-road-d.NY.co.gz",
      distances: "\(folder)/USA-road-d.NY.gr.gz", timeUnit_ms: 3.6, options: TableOptions())
    #expect(report.nodes == 264_346)
    #expect(draft.streets.count + report.duplicates - report.rings == 733_846)
    #expect(report.refusedCount == 0)
  }
}
