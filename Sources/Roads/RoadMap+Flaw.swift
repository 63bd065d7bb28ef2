// Whether a map's numbers hang together: what checksums cannot see. Asked at open, so that whatever is followed later
// leads to something that is there. Must never read outside a section, whatever the numbers are.

extension RoadMap {
  /// The first contradiction found, or nil. O(nodes + arcs + points + cells).
  package var flaw: String? {
    nodeFlaw ?? portFlaw ?? arcFlaw ?? turnArcFlaw ?? streetFlaw ?? nameFlaw ?? orderFlaw
      ?? gridFlaw
  }

  /// The first index that is wrong. Looks at a thousand together without a branch between, which the compiler turns
  /// into vectors where it can.
  @inline(__always)
  package static func firstWrong(_ count: Int, where isWrong: (Int) -> Bool) -> Int? {
    var start = 0
    while start < count {
      let end = min(start + 1_024, count)
      var wrong: UInt8 = 0
      for index in start..<end { wrong |= isWrong(index) ? 1 : 0 }
      if wrong != 0 { return (start..<end).first(where: isWrong) }
      start = end
    }
    return nil
  }

  @inline(__always)
  private static func isPlace(_ lat_e7: Int32, _ lon_e7: Int32) -> Bool {
    let beyond = max(lat_e7.magnitude, 900_000_000) ^ 900_000_000
    return beyond | (max(lon_e7.magnitude, farthest_e7) ^ farthest_e7) == 0
  }

  package static func isRising(
    _ starts: UnsafePointer<UInt32>, _ count: Int, to end: Int
  ) -> Bool {
    guard starts[0] == 0, Int(starts[count]) == end else { return false }
    return firstWrong(count) { starts[$0] > starts[$0 + 1] } == nil
  }

  private var nodeFlaw: String? {
    let astray = Self.firstWrong(nodeCount) { !Self.isPlace(nodeLat_e7[$0], nodeLon_e7[$0]) }
    if let node = astray {
      return "node \(node) is not on the planet"
    }
    if let node = Self.firstWrong(nodeCount, where: { nodePart[$0] >= nodeCount }) {
      return "node \(node) has no part"
    }
    guard Self.isRising(firstOut, nodeCount, to: arcCount) else {
      return "the arcs leaving the nodes are not in order"
    }
    guard Self.isRising(firstIn, nodeCount, to: arcCount) else {
      return "the arcs reaching the nodes are not in order"
    }
    return nil
  }

  private var arcFlaw: String? {
    let nodes = UInt32(nodeCount)
    let streets = UInt32(streetCount) + (ports == nil ? 0 : 1)
    let arcs = UInt32(arcCount)
    if let arc = Self.firstWrong(
      arcCount,
      where: {
        max(arcTail[$0], arcHead[$0]) >= nodes || arcStreet[$0] >= streets || inArc[$0] >= arcs
      })
    {
      return "arc \(arc) names a node, street or arc that is not there"
    }
    if ports == nil,
      let arc = Self.firstWrong(
        arcCount,
        where: {
          let street = Int(arcStreet[$0])
          return streetFacts[street].forwardArc != $0 && streetFacts[street].backwardArc != $0
        })
    {
      return "arc \(arc) is not one of its street's"
    }
    for node in 0..<nodeCount {
      for arc in firstOut[node]..<firstOut[node + 1] where Int(arcTail[Int(arc)]) != node {
        return "arc \(arc) does not leave node \(node)"
      }
      for place in firstIn[node]..<firstIn[node + 1] {
        let arc = Int(inArc[Int(place)])
        guard Int(arcHead[arc]) == node else { return "arc \(arc) does not reach node \(node)" }
      }
    }
    return nil
  }

  /// What it asks of each street is inlined: a call gets a copy of the map's many pointers.
  private var streetFlaw: String? {
    guard Self.isRising(streetFirstPoint, streetCount, to: pointCount) else {
      return "the shapes of the streets are not in order"
    }
    for street in 0..<streetCount {
      if let flaw = endFlaw(street) ?? markFlaw(street) ?? twinFlaw(street) ?? shapeFlaw(street) {
        return flaw
      }
    }
    return nil
  }

  @inline(__always) private func isOwnArc(_ arc: UInt32, _ street: Int) -> Bool {
    arc == Self.none || (arc < arcCount && Int(arcStreet[Int(arc)]) == street)
  }

  @inline(__always)
  private func endFlaw(_ street: Int) -> String? {
    let facts = streetFacts[street]
    let forward = facts.forwardArc
    let backward = facts.backwardArc
    guard forward != Self.none || backward != Self.none else {
      return "street \(street) has no arc"
    }
    guard isOwnArc(forward, street), isOwnArc(backward, street) else {
      return "street \(street) names an arc of another"
    }
    guard isFrom(facts.firstNode, to: facts.lastNode, forward),
      isFrom(facts.lastNode, to: facts.firstNode, backward)
    else { return "the ends of street \(street) are not those of its arcs" }
    guard facts.length_mm == streetLength_mm[street] else {
      return "street \(street) has two lengths"
    }
    return nil
  }

  @inline(__always) private func isFrom(_ tail: UInt32, to head: UInt32, _ arc: UInt32) -> Bool {
    arc == Self.none
      || (place(ofNode: arcTail[Int(arc)]) == tail && place(ofNode: arcHead[Int(arc)]) == head)
  }

  /// Twins have the same two ends: a place in mid-street is left by two nodes at most.
  @inline(__always)
  private func twinFlaw(_ street: Int) -> String? {
    let facts = streetFacts[street]
    if facts.twin == Self.none { return nil }
    guard facts.twin < streetCount, streetFacts[Int(facts.twin)].twin == street else {
      return "street \(street) and its twin do not agree"
    }
    let twin = streetFacts[Int(facts.twin)]
    guard facts.firstNode == twin.lastNode, facts.lastNode == twin.firstNode else {
      return "street \(street) and its twin have different ends"
    }
    return nil
  }

  @inline(__always)
  private func shapeFlaw(_ street: Int) -> String? {
    let first = Int(streetFirstPoint[street])
    let last = Int(streetFirstPoint[street + 1])
    guard last - first >= 2 else { return "street \(street) has no shape" }
    var before: UInt32 = 0
    for point in first..<last {
      guard pointStreet[point] == street, Self.isPlace(pointLat_e7[point], pointLon_e7[point]),
        pointOffset_mm[point] >= before
      else { return "point \(point) of street \(street) is wrong" }
      before = pointOffset_mm[point]
    }
    guard pointOffset_mm[first] == 0, before == streetLength_mm[street] else {
      return "the shape of street \(street) does not end at its length"
    }
    return nil
  }

  private var nameFlaw: String? {
    guard let names else { return nil }
    for street in 0..<streetCount where names.range(ofStreet: UInt32(street)) == nil {
      return "street \(street) has no name"
    }
    return nil
  }

  private var orderFlaw: String? {
    guard let streetByID else { return nil }
    for rank in 0..<streetCount {
      guard streetByID[rank] < streetCount else { return "the order of the ids names no street" }
      guard rank > 0 else { continue }
      let before = streetByID[rank - 1]
      let here = streetByID[rank]
      guard (streetID[Int(before)], before) < (streetID[Int(here)], here) else {
        return "the streets are not in the order of their ids"
      }
    }
    return nil
  }

  private var gridFlaw: String? {
    let cells = Int(gridRows) * Int(gridColumns)
    guard Self.isRising(firstInCell, cells, to: Int(firstInCell[cells])) else {
      return "the snapping grid is not in order"
    }
    let segments = UInt32(max(pointCount, 1) - 1)
    let entries = Int(firstInCell[cells])
    if Self.firstWrong(entries, where: { cellSegment[$0] >= segments }) != nil
      || Self.firstWrong(
        entries,
        where: {
          let segment = Int(cellSegment[$0])
          return pointStreet[segment] != pointStreet[segment + 1]
        }) != nil
    {
      return "the snapping grid names a segment that is not there"
    }
    return nil
  }

  private func entries(_ tag: UInt32) -> Int { (sections.find(tag)?.count ?? 0) / 4 }
  package var pointCount: Int { entries(MapTag.pointLat) }
}
