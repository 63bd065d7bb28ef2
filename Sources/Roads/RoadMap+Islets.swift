// Streets that lead nowhere: car parks, campuses and wrongly drawn one-way stubs that the data joins to nothing.
// A place beside one of them belongs to the connected street next to it, where cars come from.

extension RoadMap {
  /// False for certain without a look at the parts: an islet's street has no clearances (`StreetFacts.clearances`).
  @inline(__always) func mayBeIslet(_ street: UInt32) -> Bool {
    mainlands != .max && streetFacts[Int(street)].clearances == 0
  }

  /// Whether one cannot drive from the rest of the map to the street's ends and back.
  package func isIslet(_ street: UInt32) -> Bool {
    guard mainlands != .max else { return false }
    let facts = facts(ofStreet: street)
    return isOnIslet(facts.firstNode) || isOnIslet(facts.lastNode)
  }

  private func isOnIslet(_ node: UInt32) -> Bool {
    Int(node) < nodeCount && nodePart[Int(node)] >= mainlands
  }
}
