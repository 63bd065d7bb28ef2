import CZlib
import HujiaMapBuild
import HujiaMapImport
import HujiaRoads
import HujiaTestSupport

/// Reads invented tables from a folder of its own.
struct Tables {
  let folder = TemporaryFolder()
  var options = TableOptions()

  static let nodes = """
    node,lon,lat
    1,-122.40,37.70
    2,-122.40,37.71
    3,-122.39,37.71

    """

  func read(
    nodes: String = Tables.nodes, edges: String
  ) throws(ImportError) -> (draft: MapDraft, report: ImportReport) {
    try StreetTables.read(
      nodes: folder.save(nodes, as: "nodes.csv"), edges: folder.save(edges, as: "edges.csv"),
      options: options)
  }

  /// Rows under the usual header, up to a thousand refused ones allowed.
  func rows(_ rows: [String]) throws(ImportError) -> (draft: MapDraft, report: ImportReport) {
    var lenient = self
    lenient.options.mostRefused = 1_000
    return try lenient.read(
      edges: "from_node,to_node,length_m,travel_s,oneway,points\n"
        + rows.joined(separator: "\n") + "\n")
  }

  func error(nodes: String = Tables.nodes, edges: String) -> ImportError? {
    do throws(ImportError) {
      _ = try read(nodes: nodes, edges: edges)
      return nil
    } catch { return error }
  }

  static func gzip(_ bytes: [UInt8], to path: String) {
    guard let file = gzopen(path, "wb") else { return }
    let count = bytes.withUnsafeBytes { gzwrite(file, $0.baseAddress, UInt32($0.count)) }
    gzclose(file)
    precondition(count == bytes.count)
  }
}
