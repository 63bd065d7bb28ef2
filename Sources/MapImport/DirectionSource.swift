// Directed arcs of another source, for a table that has streets and no directions: which arcs run one way only.

import HujiaMapBuild

/// Straight arcs, each once: a two-way street counts for both directions.
package struct DirectionSource: Sendable {
  struct Arc: Sendable {
    var from: (lat_e7: Int32, lon_e7: Int32)
    var to: (lat_e7: Int32, lon_e7: Int32)
    var isTwoWay: Bool
  }

  var arcs: [Arc] = []
  /// What it is called in the report.
  package let name: String
  var shortName: String { name.split(separator: "/").suffix(2).joined(separator: "/") }

  /// Nodes with a number, longitude and latitude; edges from node to node. Headers of ours, or osmid, x, y, u, v.
  package init(nodes: String, edges: String) throws(ImportError) {
    name = edges
    let places = try Self.places(nodes)
    var table = try Self.table(edges, ["from_node", "to_node"], ["u", "v"])
    var directed: Set<[String]> = []
    var order: [[String]] = []
    while let row = table.rows.next() {
      guard let most = table.columns.max(), row.count > most else { continue }
      let ends = table.columns.map { row[$0].trimmed }
      guard places[ends[0]] != nil, places[ends[1]] != nil, ends[0] != ends[1] else { continue }
      if directed.insert(ends).inserted { order.append(ends) }
    }
    try table.rows.checkEnd()
    for ends in order {
      let isTwoWay = directed.contains([ends[1], ends[0]])
      // Of a two-way street the first stands for both.
      guard let from = places[ends[0]], let to = places[ends[1]], !isTwoWay || ends[0] < ends[1]
      else { continue }
      arcs.append(Arc(from: from, to: to, isTwoWay: isTwoWay))
    }
    guard !arcs.isEmpty else { throw .empty(path: edges) }
  }

  private static func places(
    _ path: String
  ) throws(ImportError) -> [String: (lat_e7: Int32, lon_e7: Int32)] {
    var table = try table(path, ["node", "lon", "lat"], ["osmid", "x", "y"])
    var places: [String: (lat_e7: Int32, lon_e7: Int32)] = [:]
    while let row = table.rows.next() {
      guard let most = table.columns.max(), row.count > most,
        let lon = Field.decimal(row[table.columns[1]].trimmed), abs(lon) <= 180,
        let lat = Field.decimal(row[table.columns[2]].trimmed), abs(lat) <= 90
      else { continue }
      places[row[table.columns[0]].trimmed] = (
        Int32((lat * 1e7).rounded()), Int32((lon * 1e7).rounded())
      )
    }
    try table.rows.checkEnd()
    return places
  }

  private static func table(
    _ path: String, _ own: [String], _ foreign: [String]
  ) throws(ImportError) -> (rows: CSVTable, columns: [Int]) {
    var names = own
    var rows: CSVTable
    do throws(ImportError) { rows = try CSVTable(path: path, needed: own) } catch {
      guard case .columns = error else { throw error }
      rows = try CSVTable(path: path, needed: foreign)
      names = foreign
    }
    return (rows, names.compactMap { rows.column($0) })
  }
}

/// What became of a table's streets beside a source of directions.
package struct DirectionCounts: Sendable, Equatable {
  package var oneWay = 0
  package var twoWay = 0
  /// Beside no arc, or beside several that disagree.
  package var unmatched = 0
  /// One-way by geometry alone: too short, and no neighbour of its name agrees.
  package var alone = 0

  package var words: String {
    "\(oneWay) streets became one-way, \(twoWay) are two-way there, \(unmatched) have no main road "
      + "beside them, \(alone) were too short to be sure of"
  }
}
