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
