// Whether a map's numbers hang together: what checksums cannot see. For the importer, `hujia inspect` and tests;
// offline, never at open. Must never read outside a section, whatever the numbers are.

extension RoadMap {
  /// The first contradiction found, or nil. O(nodes + arcs + points + cells).
  package var flaw: String? {
    nodeFlaw ?? arcFlaw ?? streetFlaw ?? nameFlaw ?? orderFlaw ?? gridFlaw
  }

  private static func isRising(_ starts: UnsafePointer<UInt32>, _ count: Int, to end: Int) -> Bool {
    guard starts[0] == 0, Int(starts[count]) == end else { return false }
    for index in 0..<count where starts[index] > starts[index + 1] { return false }
    return true
  }

  private var nodeFlaw: String? {
    for node in 0..<nodeCount {
      guard nodeLat_e7[node].magnitude <= 900_000_000, nodeLon_e7[node].magnitude <= 1_800_000_000
      else { return "node \(node) is not on the planet" }
      guard nodePart[node] < nodeCount else { return "node \(node) has no part" }
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
    for arc in 0..<arcCount {
      guard arcTail[arc] < nodeCount, arcHead[arc] < nodeCount, arcStreet[arc] < streetCount else {
        return "arc \(arc) names a node or street that is not there"
      }
      let street = Int(arcStreet[arc])
      guard streetForwardArc[street] == arc || streetBackwardArc[street] == arc else {
        return "arc \(arc) is not one of its street's"
      }
    }
    for node in 0..<nodeCount {
      for arc in firstOut[node]..<firstOut[node + 1] where Int(arcTail[Int(arc)]) != node {
        return "arc \(arc) does not leave node \(node)"
      }
      for place in firstIn[node]..<firstIn[node + 1] {
        let arc = Int(inArc[Int(place)])
        guard arc < arcCount, Int(arcHead[arc]) == node else {
          return "arc \(arc) does not reach node \(node)"
        }
      }
    }
    return nil
  }

  private var streetFlaw: String? {
    for street in 0..<streetCount {
      let first = streetFirstPoint[street]
      let last = streetFirstPoint[street + 1]
      guard first < last, last - first >= 2, Int(last) <= pointCount else {
        return "street \(street) has no shape"
      }
      guard street > 0 || first == 0 else { return "the shapes do not start at 0" }
      let forward = streetForwardArc[street]
      let backward = streetBackwardArc[street]
      guard forward != Self.none || backward != Self.none else {
        return "street \(street) has no arc"
      }
      for arc in [forward, backward] where arc != Self.none {
        guard arc < arcCount, Int(arcStreet[Int(arc)]) == street else {
          return "street \(street) names an arc of another"
        }
      }
      if forward != Self.none, backward != Self.none {
        guard arcTail[Int(forward)] == arcHead[Int(backward)],
          arcHead[Int(forward)] == arcTail[Int(backward)]
        else { return "the two ways of street \(street) have different ends" }
      }
      let twin = streetTwin[street]
      guard twin == Self.none || (twin < streetCount && streetTwin[Int(twin)] == street) else {
        return "street \(street) and its twin do not agree"
      }
      guard facts(ofStreet: UInt32(street)).isSame(as: gatheredFacts(ofStreet: UInt32(street)))
      else {
        return "the facts of street \(street) contradict its arrays"
      }
      for point in Int(first)..<Int(last) {
        guard pointStreet[point] == street, pointLat_e7[point].magnitude <= 900_000_000,
          pointLon_e7[point].magnitude <= 1_800_000_000,
          point == Int(first)
            ? pointOffset_mm[point] == 0 : pointOffset_mm[point] >= pointOffset_mm[point - 1]
        else { return "point \(point) of street \(street) is wrong" }
      }
      guard pointOffset_mm[Int(last) - 1] == streetLength_mm[street] else {
        return "the shape of street \(street) does not end at its length"
      }
    }
    guard streetFirstPoint[streetCount] == pointCount else { return "points belong to no street" }
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
    for place in 0..<Int(firstInCell[cells]) {
      let segment = Int(cellSegment[place])
      guard segment + 1 < pointCount, pointStreet[segment] == pointStreet[segment + 1] else {
        return "the snapping grid names a segment that is not there"
      }
    }
    return nil
  }

  private func entries(_ tag: UInt32) -> Int { (sections.find(tag)?.count ?? 0) / 4 }
  private var pointCount: Int { entries(MapTag.pointLat) }
}
