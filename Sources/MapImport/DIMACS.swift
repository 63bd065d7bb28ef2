// Street networks of the 9th DIMACS Implementation Challenge: .gr (arcs) and .co (coordinates), gzip or not.

import HujiaGeography
import HujiaMapBuild

package struct DIMACS {
  private let graph: String
  private let coordinates: String
  private let distances: String?
  private let timeUnit_ms: Double
  private var draft = MapDraft()
  /// Nodes of the file; those that rings are cut at come after them.
  private var named = 0
  private var report = ImportReport()
  private var seen: Set<Row> = []

  private struct Row: Hashable {
    var arc: DIMACSLines.Arc
    var length_mm: UInt32
  }

  /// `timeUnit_ms`: milliseconds that one unit of the travel times stands for. `distances`: a second graph file whose
  /// weights are lengths in 0.1 m; without it lengths are great-circle. Every arc is a one-way street whose id is its
  /// number in the file, from 1.
  package static func read(
    graph: String, coordinates: String, distances: String?, timeUnit_ms: Double,
    options: TableOptions, progress: ImportProgress = { _ in }
  ) throws(ImportError) -> (draft: MapDraft, report: ImportReport) {
    guard timeUnit_ms > 0, timeUnit_ms <= 1e9 else {
      throw .option("--time-unit \(timeUnit_ms): milliseconds per unit, more than 0")
    }
    var network = DIMACS(
      graph: graph, coordinates: coordinates, distances: distances, timeUnit_ms: timeUnit_ms)
    network.draft.nodes = try readNodes(coordinates)
    network.named = network.draft.nodes.count
    try network.readArcs(progress)
    try network.report.check(options)
    guard !network.draft.streets.isEmpty else { throw .empty(path: graph) }
    network.report.oneWay = network.draft.streets.count
    network.report.close(network.draft, path: coordinates)
    return (network.draft, network.report)
  }

  private init(graph: String, coordinates: String, distances: String?, timeUnit_ms: Double) {
    self.graph = graph
    self.coordinates = coordinates
    self.distances = distances
    self.timeUnit_ms = timeUnit_ms
  }

  private mutating func readArcs(_ progress: ImportProgress) throws(ImportError) {
    var times = try DIMACSLines(graph)
    var lengths: DIMACSLines?
    if let distances { lengths = try DIMACSLines(distances) }
    var number: UInt64 = 0
    while let line = times.nextArc() {
      number += 1
      if number % 16_384 == 0 { progress(times.progress) }
      let length = lengths?.nextArc()
      do throws(RowError) {
        let arc = try line.get()
        var length_dm: UInt32?
        if let distances {
          guard case .success(let other)? = length, other.from == arc.from, other.to == arc.to
          else {
            throw RowError("\(distances), line \(lengths?.line ?? 0), is not the same arc")
          }
          length_dm = other.weight
        }
        try add(arc, length_dm: length_dm, number: number, line: times.line)
      } catch {
        report.refuse(graph, line: times.line, error.reason)
      }
    }
    try times.checkEnd(arcs: number, nodes: named)
    if let distances, lengths?.nextArc() != nil {
      throw .format(
        path: distances, line: lengths?.line ?? 0, reason: "it has more arcs than \(graph)")
    }
    progress(1)
  }

  private mutating func add(
    _ arc: DIMACSLines.Arc, length_dm: UInt32?, number: UInt64, line: Int
  ) throws(RowError) {
    guard arc.from >= 1, arc.to >= 1, arc.from <= named, arc.to <= named
    else {
      throw RowError("the arc \(arc.from) -> \(arc.to) names a node that \(coordinates) lacks")
    }
    let time_ms = (Double(arc.weight) * timeUnit_ms).rounded()
    guard time_ms < Double(UInt32.max / 2) else {
      throw RowError("a travel time of \(time_ms) ms, more than 24 days: check --time-unit")
    }
    let from = draft.nodes[Int(arc.from) - 1]
    let to = draft.nodes[Int(arc.to) - 1]
    let drawn_mm = Distance.between_mm(
      lat_e7: from.lat_e7, lon_e7: from.lon_e7, to.lat_e7, to.lon_e7)
    let length_mm = length_dm.map { Int64($0) * 100 } ?? drawn_mm
    guard length_mm < UInt32.max else {
      throw RowError("a length of \(length_mm / 1_000) m: at most 4,294,967 m is possible")
    }
    if length_dm != nil, ImportWarning.isTooShort(UInt64(length_mm), straight_mm: UInt64(drawn_mm))
    {
      report.warn(
        .length, distances ?? graph, line: line,
        "the arc is \(length_mm / 1_000) m long and the straight line \(drawn_mm / 1_000) m: check its unit (0.1 m)"
      )
    }
    let row = Row(arc: arc, length_mm: UInt32(length_mm))
    guard seen.insert(row).inserted else {
      report.duplicates += 1
      return
    }
    let isRing = draft.append(
      ring: MapDraft.Street(
        id: number, from: arc.from - 1, to: arc.to - 1, length_mm: row.length_mm,
        forward: MapDraft.Times(UInt32(time_ms)), backward: nil))
    if isRing { report.rings += 1 }
  }

  private static func readNodes(
    _ path: String
  ) throws(ImportError) -> [(lat_e7: Int32, lon_e7: Int32)] {
    var reader = try DIMACSLines(path)
    var nodes: [(lat_e7: Int32, lon_e7: Int32)] = []
    while let kind = reader.nextLine() {
      if kind == UInt8(ascii: "p") { reader.readCounts() }
      guard kind == UInt8(ascii: "v") else { continue }
      guard let number = reader.nextNumber(), let lon = reader.nextNumber(),
        let lat = reader.nextNumber(), lat.magnitude <= 90_000_000, lon.magnitude <= 180_000_000,
        number == Int64(nodes.count) + 1
      else {
        throw .format(
          path: path, line: reader.line,
          reason: "a node line is \"v NUMBER LON LAT\" in millionths of a degree, numbered from 1")
      }
      nodes.append((Int32(lat) * 10, Int32(lon) * 10))
    }
    guard !nodes.isEmpty else { throw .empty(path: path) }
    try reader.checkEnd(arcs: nil, nodes: nodes.count)
    return nodes
  }
}
