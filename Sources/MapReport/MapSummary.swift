// Read first. What there is to say about a compiled map, as text and as JSON. Must never: read options, or print.

import HujiaHostKit
import HujiaMapBuild
import HujiaRoads
import HujiaRouting

package struct MapSummary: Encodable {
  struct Section: Encodable {
    var tag: String
    var bytes: Int
    var checksum: String
  }

  var path: String
  var format = MapFormat.version
  var bytes: Int
  var nodes: Int
  var streets: Int
  var arcs: Int
  /// Places that are taken apart because a turn is forbidden there, the further nodes and arcs that this takes.
  var turn_places = 0
  var turn_ports = 0
  var turn_arcs = 0
  var opposite_carriageways = 0
  var two_profiles = false
  var named_streets = 0
  var names = 0
  var parts = 0
  var largest_part = 0
  var largest_part_share = 0.0
  var length_km = 0.0
  var south = 0.0
  var north = 0.0
  var west = 0.0
  var east = 0.0
  /// Parts of the map that keep no rows of travel times have at most so many nodes and exits (`hujia import --cells`).
  var cell_nodes = 0
  var cell_exits = 0
  /// Where the streets come from, and what the import left out; empty on maps that do not say.
  var origin = MapOrigin()
  var warnings: [Warning] = []
  var sections: [Section] = []

  struct Warning: Encodable {
    var kind: String
    var count: Int
    var message: String
  }

  package init(_ file: MapFile, path: String) {
    let map = file.map
    self.path = path
    bytes = file.size_bytes
    nodes = map.placeCount
    streets = map.streetCount
    arcs = map.drivenArcCount
    turn_places = map.splitPlaceCount
    turn_ports = map.nodeCount - nodes
    turn_arcs = map.arcCount - arcs
    measure(map)
    for index in 0..<map.sections.sectionCount {
      let entry = map.sections.entry(index)
      sections.append(
        Section(
          tag: MapReader.name(entry.tag), bytes: entry.bytes,
          checksum: String(hex: entry.checksum)))
    }
    if let limits = Hierarchy(map)?.limits {
      cell_nodes = limits.mostNodes
      cell_exits = limits.mostExits
    }
    origin = map.origin ?? MapOrigin()
    warnings = origin.warnings.map { Warning(kind: $0.name, count: $0.count, message: $0.words) }
    withExtendedLifetime(file) {}
  }

  /// Source, what was left out and warnings, a line each; empty on maps that say nothing of it.
  var originText: String {
    var lines: [String] = []
    if !origin.attribution.isEmpty {
      let licence = origin.licence.isEmpty ? "" : " (\(origin.licence))"
      lines.append("source      \(origin.attribution)\(licence)")
    }
    if !origin.restrictions.isEmpty {
      let kinds = origin.restrictions.map { "\($0.count) \($0.name)" }.joined(separator: ", ")
      lines.append("turn bans   \(kinds) read; \(origin.restrictionsApplied) obeyed")
    }
    if turn_places > 0 {
      lines.append(
        "turns       forbidden at \(turn_places) nodes, which take \(turn_ports) ports and "
          + "\(turn_arcs) arcs more")
    }
    lines += origin.notes.map { "note        \($0)" }
    lines += origin.leftOut.map { "left out    \($0.count) \($0.words)" }
    lines += origin.warnings.map { "warning     \($0.words)" }
    return lines.map { "\n  " + $0 }.joined()
  }

  private mutating func measure(_ map: RoadMap) {
    var length_mm: UInt64 = 0
    for street in 0..<map.streetCount {
      length_mm += UInt64(map.streetLength_mm[street])
      if map.streetFacts[street].twin != RoadMap.none { opposite_carriageways += 1 }
      if !map.nameBytes(ofStreet: UInt32(street)).isEmpty { named_streets += 1 }
    }
    length_km = Double(length_mm) / 1e6
    names = map.names.map { $0.count - (named_streets < map.streetCount ? 1 : 0) } ?? 0
    two_profiles = (0..<map.arcCount).contains { map.arcNormal_ms[$0] != map.arcResponse_ms[$0] }
    guard map.nodeCount > 0 else { return }
    var box = (south: Int32.max, north: Int32.min, west: Int32.max, east: Int32.min)
    for node in 0..<map.nodeCount where map.place(ofNode: UInt32(node)) == node {
      parts = max(parts, Int(map.nodePart[node]) + 1)
      if map.nodePart[node] == 0 { largest_part += 1 }
      box.south = min(box.south, map.nodeLat_e7[node])
      box.north = max(box.north, map.nodeLat_e7[node])
      box.west = min(box.west, map.nodeLon_e7[node])
      box.east = max(box.east, map.nodeLon_e7[node])
    }
    largest_part_share = Double(largest_part) / Double(nodes)
    south = Double(box.south) / 1e7
    north = Double(box.north) / 1e7
    west = Double(box.west) / 1e7
    east = Double(box.east) / 1e7
  }

  /// These facts and further ones side by side, as one line of JSON, keys in a fixed order.
  func json(with others: some Encodable) throws -> String {
    try JSONText.of(Both(facts: self, others: others), .line)
  }

  private struct Both<Others: Encodable>: Encodable {
    var facts: MapSummary
    var others: Others

    func encode(to encoder: any Encoder) throws {
      try facts.encode(to: encoder)
      try others.encode(to: encoder)
    }
  }
}
