// The streets of a city as a map that an engine opens.

import Glibc
import HujiaGeography
import HujiaHostKit
import HujiaMapBuild
import HujiaMapImport

/// The city's streets as a map file: a given one, or one compiled now into a temporary file.
package struct CityStreets {
  package let path: String
  private let isTemporary: Bool

  package static func compile(
    _ city: City, map: String?, datum: Datum = .wgs84, isQuiet: Bool
  ) throws(Failed) -> CityStreets {
    if let map { return CityStreets(path: map, isTemporary: false) }
    let roads = city.folder + "/roads"
    func file(_ name: String) throws(Failed) -> String {
      for candidate in ["\(name).csv.gz", "\(name).csv"] {
        let path = "\(roads)/\(candidate)"
        if access(path, F_OK) == 0 { return path }
      }
      throw Failed(
        "\(roads) lacks \(name).csv[.gz]", .give("--city", "a folder with streets, or --map a map"))
    }
    return try told {
      var options = TableOptions()
      options.columns = try columns(ofEdges: file("edges"))
      options.missingSpeeds = try MissingSpeeds("0,99=25mph")
      let progress = Progress("compiling streets", isQuiet: isQuiet)
      // Main roads of the same city with directions, where the folder has them.
      let main = ["nodes.csv.gz", "edges.csv.gz"].map { "\(roads)/bay-area-main/\($0)" }
      let directions =
        main.allSatisfy { access($0, F_OK) == 0 }
        ? try DirectionSource(nodes: main[0], edges: main[1]) : nil
      var (draft, report) = try StreetTables.read(
        nodes: file("nodes"), edges: file("edges"), options: options, directions: directions
      ) { progress.show($0) }
      draft.convert(from: datum)
      progress.end()
      let path = Output.temporary("hujia-\(getpid())-\(city.name).hjmap")
      if directions != nil {
        report.attribution = OpenStreetMap.attribution + " (directions)"
        report.licence = OpenStreetMap.licence
      }
      let compiled = try MapCompilation(draft)
      report.check(compiled.map, path: roads)
      compiled.add(report.origin)
      _ = try compiled.write(to: path)
      if !isQuiet { Output.remark(report.warnings.map { "warning: \($0.message)\n" }.joined()) }
      return CityStreets(path: path, isTemporary: true)
    }
  }

  /// San Francisco's headers for our columns, where the table has them and not ours.
  package static func columns(ofEdges path: String) throws(ImportError) -> [String: String] {
    let recorded = [
      "speed_mph": "speed_limit_mph", "name": "street", "points": "inner_points_lon_lat",
      "id": "cnn",
    ]
    let table = try CSVTable(path: path, needed: ["from_node", "to_node"])
    return recorded.filter { table.column($0.key) == nil && table.column($0.value) != nil }
  }

  package func removeTemporary() {
    if isTemporary { unlink(path) }
  }
}
