// Street networks of the 9th DIMACS Implementation Challenge: .gr (arcs) and .co (coordinates), gzip or not.

import HujiaGeography
import HujiaRoads

package struct DIMACS {
  private let path: String
  private let bytes: [UInt8]
  private var offset = 0
  private var line = 0

  private init(_ path: String) throws(ImportError) {
    self.path = path
    bytes = try TextFile.bytes(path)
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
    var draft = MapDraft()
    var report = ImportReport()
    draft.nodes = try readNodes(coordinates, &report)
    var reader = try DIMACS(graph)
    var lengths: DIMACS?
    if let distances { lengths = try DIMACS(distances) }
    var seen: Set<Arc> = []
    var number: UInt64 = 0
    while let arc = try reader.nextArc(&report) {
      number += 1
      if number % 16_384 == 0 { progress(Double(reader.offset) / Double(reader.bytes.count)) }
      var length_dm: UInt32?
      if lengths != nil {
        guard let other = try lengths?.nextArc(&report), other.from == arc.from, other.to == arc.to
        else {
          throw .format(
            path: distances ?? "", line: lengths?.line ?? 0,
            reason: "its arcs are not those of \(graph) in the same order")
        }
        length_dm = other.weight
      }
      guard arc.from >= 1, arc.to >= 1, arc.from <= draft.nodes.count, arc.to <= draft.nodes.count
      else {
        report.refuse(graph, line: reader.line, "an arc names a node that \(coordinates) lacks")
        continue
      }
      if arc.from == arc.to {
        report.loops += 1
        continue
      }
      let time_ms = (Double(arc.weight) * timeUnit_ms).rounded()
      guard time_ms < Double(UInt32.max / 2) else {
        report.refuse(graph, line: reader.line, "a travel time of \(time_ms) ms: check --time-unit")
        continue
      }
      guard seen.insert(Arc(from: arc.from, to: arc.to, weight: arc.weight)).inserted else {
        report.duplicates += 1
        continue
      }
      let from = draft.nodes[Int(arc.from) - 1]
      let to = draft.nodes[Int(arc.to) - 1]
      let drawn = Distance.between_mm(
        lat_e7: from.lat_e7, lon_e7: from.lon_e7, to.lat_e7, to.lon_e7)
      draft.streets.append(
        MapDraft.Street(
          id: number, from: arc.from - 1, to: arc.to - 1,
          length_mm: length_dm.map { $0 &* 100 } ?? UInt32(clamping: drawn),
          forward: MapDraft.Times(UInt32(time_ms)), backward: nil))
    }
    progress(1)
    report.nodes = draft.nodes.count
    report.streets = draft.streets.count
    report.oneWay = draft.streets.count
    guard report.refusedCount <= options.mostRefused else {
      throw .refused(path: graph, count: report.refusedCount, first: report.refused[0])
    }
    guard !draft.streets.isEmpty else { throw .empty(path: graph) }
    return (draft, report)
  }

  private struct Arc: Hashable {
    var from: UInt32
    var to: UInt32
    var weight: UInt32
  }

  private static func readNodes(
    _ path: String, _ report: inout ImportReport
  ) throws(ImportError) -> [(lat_e7: Int32, lon_e7: Int32)] {
    var reader = try DIMACS(path)
    var nodes: [(lat_e7: Int32, lon_e7: Int32)] = []
    while let kind = reader.nextLine() {
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
    return nodes
  }

  /// The next arc; nil at the end. A line that is no arc is refused.
  private mutating func nextArc(_ report: inout ImportReport) throws(ImportError) -> Arc? {
    while let kind = nextLine() {
      guard kind == UInt8(ascii: "a") else { continue }
      guard let from = nextNumber(), let to = nextNumber(), let weight = nextNumber(), weight >= 0,
        let start = UInt32(exactly: from), let end = UInt32(exactly: to),
        let cost = UInt32(exactly: weight)
      else {
        report.refuse(path, line: line, "an arc line is \"a FROM TO WEIGHT\", WEIGHT >= 0")
        continue
      }
      return Arc(from: start, to: end, weight: cost)
    }
    return nil
  }

  /// Moves to the next line and returns its first letter.
  private mutating func nextLine() -> UInt8? {
    if line > 0 {
      while offset < bytes.count, bytes[offset] != 0x0a { offset += 1 }
      offset += 1
    }
    guard offset < bytes.count else { return nil }
    line += 1
    let kind = bytes[offset]
    if kind != 0x0a { offset += 1 }
    return kind
  }

  private mutating func nextNumber() -> Int64? {
    while offset < bytes.count, bytes[offset] == 0x20 || bytes[offset] == 0x09 { offset += 1 }
    let isNegative = offset < bytes.count && bytes[offset] == UInt8(ascii: "-")
    if isNegative { offset += 1 }
    var value: Int64 = 0
    var digits = 0
    while offset < bytes.count, bytes[offset] >= 0x30, bytes[offset] <= 0x39, digits < 18 {
      value = value * 10 + Int64(bytes[offset] - 0x30)
      offset += 1
      digits += 1
    }
    guard digits > 0, offset >= bytes.count || bytes[offset] <= 0x20 else { return nil }
    return isNegative ? -value : value
  }
}
