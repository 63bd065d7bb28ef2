// The recorded cities as drafts, from HUJIA_DATA or the folder beside the repository, and invented ones.

import HujiaCities
import HujiaMapBuild
import HujiaMapImport
import HujiaRoads
import HujiaTestSupport
import Testing

import Glibc

enum Cities {
  /// Absent on most machines.
  static let folder: String? = {
    let beside = "\(#filePath)".split(separator: "/").dropLast(3).joined(separator: "/")
    for folder in [environment("HUJIA_DATA"), "/\(beside)/../shared/data"] {
      if let folder, access("\(folder)/san-francisco/roads/edges.csv.gz", R_OK) == 0 {
        return folder
      }
    }
    return nil
  }()

  static func sanFrancisco() throws -> MapDraft {
    var options = TableOptions()
    options.columns = [
      "speed_mph": "speed_limit_mph", "name": "street", "points": "inner_points_lon_lat",
      "id": "cnn",
    ]
    options.missingSpeeds = try MissingSpeeds("0,99=25mph")
    return try tables("san-francisco/roads", edges: "edges", options)
  }

  static func manhattan() throws -> MapDraft {
    var options = TableOptions()
    options.columns = [
      "node": "index", "lon": "x", "lat": "y", "from_node": "fromNode", "to_node": "toNode",
      "travel_s": "mode_2", "travel_response_s": "mode_1",
    ]
    options.travelUnit_s = try TableOptions.unit("days")
    options.allOneWay = true
    return try tables("manhattan/roads", edges: "arcs", options)
  }

  static func newYork() throws -> MapDraft {
    let streets = "\(folder ?? "")/new-york-dimacs"
    return try DIMACS.read(
      graph: "\(streets)/USA-road-t.NY.gr.gz", coordinates: "\(streets)/USA-road-d.NY.co.gz",
      distances: "\(streets)/USA-road-d.NY.gr.gz", timeUnit_ms: 3.6, options: TableOptions()
    ).draft
  }

  static func invented(_ name: String, seed: UInt64) throws -> MapDraft {
    let size = try #require(CitySize.all.first { $0.name == name })
    let folder = TemporaryFolder()
    let city = InventedCity(size, seed: seed, callCount: 1, unitCount: 5)
    try CityWriter(city: city, seed: seed, folder: folder.path).write()
    return try StreetTables.read(
      nodes: folder.file("roads/nodes.csv"), edges: folder.file("roads/edges.csv"),
      options: TableOptions()
    ).draft
  }

  private static func tables(
    _ city: String, edges: String, _ options: TableOptions
  ) throws -> MapDraft {
    let streets = "\(folder ?? "")/\(city)"
    return try StreetTables.read(
      nodes: "\(streets)/nodes.csv.gz", edges: "\(streets)/\(edges).csv.gz", options: options
    ).draft
  }
}
