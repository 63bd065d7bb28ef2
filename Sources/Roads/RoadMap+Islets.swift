// Streets that lead nowhere: car parks, campuses and wrongly drawn one-way stubs that the data joins to nothing.
// A place beside one of them belongs to the connected street next to it, where cars come from.

/// Which strongly connected parts of a map are islets.
enum Islets {
  /// A part of this many junctions is never one: an inhabited island, a walled town. The largest of San Francisco's 40
  /// loose ends has 10.
  static var fewest: Int { 64 }

  /// How many parts, the largest first, are no islets: those of at least `fewest` junctions or half as many as the
  /// largest has. `part`: by node, as `StrongParts` ranks them. O(nodes).
  static func mainlands(_ part: [UInt32]) -> UInt32 {
    var sizes: [Int] = []
    for rank in part {
      while sizes.count <= Int(rank) { sizes.append(0) }
      sizes[Int(rank)] += 1
    }
    guard let largest = sizes.first else { return .max }
    return UInt32(sizes.prefix { $0 >= fewest || $0 * 2 >= largest }.count)
  }
}

extension RoadMap {
  /// False for certain without a look at the parts: an islet's street has no clearances (`Clearances`).
  @inline(__always) func mayBeIslet(_ street: UInt32) -> Bool {
    guard mainlands != .max, let streetFacts else { return false }
    return streetFacts[Int(street)].clearances == 0
  }

  /// Whether one cannot drive from the rest of the map to the street's ends and back. Always false on maps made before
  /// 0.3.
  func isIslet(_ street: UInt32) -> Bool {
    guard mainlands != .max else { return false }
    let facts = facts(ofStreet: street)
    return isOnIslet(facts.firstNode) || isOnIslet(facts.lastNode)
  }

  private func isOnIslet(_ node: UInt32) -> Bool {
    Int(node) < nodeCount && nodePart[Int(node)] >= mainlands
  }
}
