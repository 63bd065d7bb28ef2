// What a map claims about its own streets, worked out anew: claims that opening takes on trust, because a wrong one
// only makes answers wrong. For `hujia inspect`.

import HujiaRoads

extension RoadMap {
  /// The first claim that does not hold, or nil. Only for a map without a `flaw`. O(n log n), and some microseconds a
  /// street.
  package var untruth: String? { partUntruth ?? gridUntruth ?? clearanceUntruth }

  private func array(_ start: UnsafePointer<UInt32>, _ count: Int) -> [UInt32] {
    Array(UnsafeBufferPointer(start: start, count: count))
  }

  private var partUntruth: String? {
    let parts = StrongParts.find(
      nodeCount: nodeCount, firstOut: array(firstOut, nodeCount + 1),
      arcHead: array(arcHead, arcCount),
      placeOf: ports.map { array($0.placeOf, nodeCount) })
    let wrong = Self.firstWrong(nodeCount) { nodePart[$0] != parts[$0] }
    return wrong.map { "node \($0) is said to be in part \(nodePart[$0])" }
  }

  /// Each segment stands in every cell that its box touches, and nothing else stands there.
  private var gridUntruth: String? {
    let cells = Int(gridRows) * Int(gridColumns)
    let north = Int64(gridSouth_e7) + Int64(gridRows) * Int64(cellLat_e7)
    let east = Int64(gridWest_e7) + Int64(gridColumns) * Int64(cellLon_e7)
    let outside = Self.firstWrong(pointCount) {
      pointLat_e7[$0] < gridSouth_e7 || pointLat_e7[$0] >= north
        || pointLon_e7[$0] < gridWest_e7 || pointLon_e7[$0] >= east
    }
    if let outside { return "point \(outside) lies beside the snapping grid" }
    guard cells > 0 else { return nil }
    let grid = SnapGridBuilder(like: self)
    guard grid.segments.count == Int(firstInCell[cells]),
      Self.firstWrong(cells + 1, where: { grid.firstInCell[$0] != firstInCell[$0] }) == nil,
      Self.firstWrong(grid.segments.count, where: { grid.segments[$0] != cellSegment[$0] }) == nil
    else { return "the snapping grid does not hold the streets" }
    return nil
  }

  /// A street may say less than how far others keep from it, never more.
  private var clearanceUntruth: String? {
    let facts = Clearances(self).facts()
    for street in 0..<streetCount {
      let said = streetFacts[street].clearances
      let found = facts[street].clearances
      for shift in stride(from: 0, to: 64, by: 8) as StrideTo<UInt64>
      where said >> shift & 0xff > found >> shift & 0xff {
        return "other streets are nearer to street \(street) than it says"
      }
    }
    return nil
  }
}

extension SnapGridBuilder {
  /// The grid of a map, filled anew. The map's points lie in it.
  fileprivate init(like map: RoadMap) {
    self.init(lat_e7: [], lon_e7: [], streetFirstPoint: [])
    south_e7 = map.gridSouth_e7
    west_e7 = map.gridWest_e7
    rows = map.gridRows
    columns = map.gridColumns
    cellLat_e7 = map.cellLat_e7
    cellLon_e7 = map.cellLon_e7
    fill(
      Array(UnsafeBufferPointer(start: map.pointLat_e7, count: map.pointCount)),
      Array(UnsafeBufferPointer(start: map.pointLon_e7, count: map.pointCount)),
      Array(UnsafeBufferPointer(start: map.streetFirstPoint, count: map.streetCount + 1)))
  }
}
