// Whether the hierarchy in a map is one: what checksums cannot see. Asked at open, so that routing follows its numbers
// without looking. All but the arcs upwards follows from them, so any other number that was changed is found.
// Must never read outside a section, whatever the numbers are.

import HujiaRoads

/// At most two nodes, each once.
private struct TwoNodes {
  var first = RoadMap.none
  var second = RoadMap.none
  var areMore = false

  mutating func add(_ node: UInt32) {
    if node == first || node == second { return }
    if first == RoadMap.none {
      first = node
    } else if second == RoadMap.none {
      second = node
    } else {
      areMore = true
    }
  }
}

/// The first contradiction in routing's sections of a map that has no `RoadMap.flaw`, or nil; nil also when it carries
/// none. Of the first metric only the sizes: each use of its tables is bounded.
package func routingFlaw(_ map: RoadMap) -> String? {
  guard let hierarchy = Hierarchy(map) else {
    let isThere = map.sections.find(HierarchyTag.facts) != nil
    return isThere ? "routing's order is of another size or version" : nil
  }
  if map.sections.find(MetricTag.facts) != nil, MappedMetric(map, hierarchy) == nil {
    return "the travel times do not fit the map"
  }
  return hierarchy.flaw(map)
}

extension Hierarchy {
  /// O(nodes + arcs · log depth).
  func flaw(_ map: RoadMap) -> String? {
    guard RoadMap.isRising(upFirst, nodeCount, to: arcCount) else {
      return "the arcs of the order are not in order"
    }
    return treeFlaw ?? rowFlaw ?? mapArcFlaw(map) ?? kinFlaw(map)
  }

  /// Steps of a row that holds a node's ancestors and itself.
  @inline(__always) private static func steps(_ depth: Int) -> UInt32 {
    UInt32((depth + 1 + rowStep - 1) / rowStep)
  }

  /// Nodes in preorder of a tree, their arcs to ancestors only.
  private var treeFlaw: String? {
    /// By depth: the nodes from the root to the one under way.
    var path = [UInt32](repeating: .max, count: deepest + 1)
    var most = 0
    var above = -1
    for node in 0..<nodeCount {
      let depth = Int(depth[node])
      guard depth <= deepest, depth <= above + 1 else {
        return "node \(node) is not in the order's tree"
      }
      path[depth] = UInt32(node)
      above = depth
      most = max(most, depth)
      if let flaw = path.withUnsafeBufferPointer({ upFlaw(node, depth, $0) }) { return flaw }
    }
    guard most == deepest else { return "the order is not as deep as it says" }
    return nil
  }

  /// Ascending, to ancestors, the lowest of them the parent; and what the others reach, the parent reaches too, so
  /// that every triangle of arcs is closed.
  @inline(__always)
  private func upFlaw(_ node: Int, _ depth: Int, _ path: UnsafeBufferPointer<UInt32>) -> String? {
    let first = Int(upFirst[node])
    let end = Int(upFirst[node + 1])
    guard first < end else {
      return depth == 0 ? nil : "node \(node) has no arc to its parent"
    }
    var before = -1
    for arc in first..<end {
      let above = Int(upDepth[arc])
      guard above < depth, above > before, upHead[arc] == path[above] else {
        return "arc \(arc) of the order leads to no ancestor"
      }
      before = above
    }
    guard before == depth - 1 else { return "node \(node) has no arc to its parent" }
    let parent = Int(path[before])
    var place = Int(upFirst[parent])
    let last = Int(upFirst[parent + 1])
    for arc in first..<end - 1 {
      place = lowest(upDepth[arc], place, last)
      guard place < last, upDepth[place] == upDepth[arc] else {
        return "arc \(arc) of the order is in no triangle"
      }
    }
    return nil
  }

  /// The first arc of `first ..< end` that leads to a depth or below.
  @inline(__always) private func lowest(_ depth: UInt16, _ first: Int, _ end: Int) -> Int {
    // Mostly the next one.
    if first < end, upDepth[first] >= depth { return first }
    var low = first
    var high = end
    while low < high {
      let middle = (low + high) / 2
      if upDepth[middle] < depth { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private func mapArcFlaw(_ map: RoadMap) -> String? {
    for arc in 0..<map.arcCount {
      let low = min(map.arcTail[arc], map.arcHead[arc])
      let high = max(map.arcTail[arc], map.arcHead[arc])
      let place = ofMapArc[arc]
      if low == high, place == .max { continue }
      guard low != high, place >= upFirst[Int(high)], place < upFirst[Int(high) + 1],
        upHead[Int(place)] == low
      else { return "arc \(arc) is not in the order" }
    }
    return nil
  }

  /// Of the two ends of a place one is above the other, also where they are ports: an arc of the order joins them.
  private func kinFlaw(_ map: RoadMap) -> String? {
    guard map.ports != nil else { return nil }
    func areKin(_ a: UInt32, _ b: UInt32) -> Bool {
      if a == b || b == RoadMap.none { return true }
      let high = Int(max(a, b))
      return (upFirst[high]..<upFirst[high + 1]).contains { upHead[Int($0)] == min(a, b) }
    }
    for street in 0..<map.streetCount {
      let facts = map.streetFacts[street]
      guard (facts.first | facts.last) & Footprint.splitMark != 0 else { continue }
      for end in 0..<3 {
        let node = end == 0 ? RoadMap.none : end == 1 ? facts.firstNode : facts.lastNode
        let place = Place(
          street: UInt32(street), offset_mm: 0, node: node, gap_dm: 0, lat_e7: 0, lon_e7: 0,
          isOffNetwork: false)
        let ends = Footprints(along: place, on: map)
        var heads = TwoNodes()
        var tails = TwoNodes()
        if node != RoadMap.none {
          heads.add(node)
          tails.add(map.exit(of: node))
        }
        for index in 0..<ends.count {
          if !map.isPort(ends[index].head, of: place) { heads.add(ends[index].head) }
          if !map.isPort(ends[index].tail, of: place) { tails.add(ends[index].tail) }
        }
        guard !heads.areMore, !tails.areMore, areKin(heads.first, heads.second),
          areKin(tails.first, tails.second)
        else { return "the ends of places on street \(street) are not in one line of the order" }
      }
    }
    return nil
  }

  /// Lower nodes are those that `limits` says; rows of the others follow one another. Of a tree without flaw.
  private var rowFlaw: String? {
    var below = [UInt32](repeating: 1, count: nodeCount)
    for node in (0..<nodeCount).reversed() where depth[node] != 0 {
      below[Int(parent(node))] += below[node]
    }
    var next: UInt32 = 0
    var root = 0
    var end = 0
    for node in 0..<nodeCount {
      if node >= end,
        limits.isCellRoot(nodes: Int(below[node]), arcs: Int(upFirst[node + 1] - upFirst[node]))
      {
        root = node
        end = node + Int(below[node])
      }
      let isLower = node < end
      guard rowStart[node] == (isLower ? Self.lowerMark | UInt32(node - root) : next) else {
        return "the labels of node \(node) have no room"
      }
      if !isLower { next &+= Self.steps(Int(depth[node])) }
    }
    guard rowStart[nodeCount] == next, Int(next) * Self.rowStep == labelEntries else {
      return "the labels do not fill their table"
    }
    return nil
  }
}
