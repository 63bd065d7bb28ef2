// Which parts of a network are islets, worked out when a map is compiled (`RoadMap.isIslet`).

import HujiaRoads

extension RoadMap {
  /// A part of so many junctions is an island of its own, not a loose end.
  package static var fewestOfIsland: Int { Islets.fewest }
}

/// Which strongly connected parts of a map are islets.
enum Islets {
  /// A part of this many junctions is never one: an inhabited island, a walled town. The largest of San Francisco's 40
  /// loose ends has 10.
  static var fewest: Int { 64 }

  /// How many parts, the largest first, are no islets: those of at least `fewest` junctions or half as many as the
  /// largest has. `part`: by node, as `StrongParts` ranks them; ports of one place count once. O(nodes).
  static func mainlands(_ part: [UInt32], placeOf: [UInt32]?) -> UInt32 {
    var sizes: [Int] = []
    for (node, rank) in part.enumerated() where placeOf.map({ Int($0[node]) == node }) ?? true {
      while sizes.count <= Int(rank) { sizes.append(0) }
      sizes[Int(rank)] += 1
    }
    guard let largest = sizes.first else { return .max }
    return UInt32(sizes.prefix { $0 >= fewest || $0 * 2 >= largest }.count)
  }
}
