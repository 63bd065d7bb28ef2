// The hierarchy as a map's sections hold it (`Hierarchy` reads them).

import HujiaRoads
import HujiaRouting

/// Of a map whose nodes are numbered in preorder already.
struct HierarchySections {
  private let map: RoadMap
  private let contraction: Contraction

  init(_ map: RoadMap, _ contraction: Contraction) {
    self.map = map
    self.contraction = contraction
  }

  func add(to list: SectionList) {
    let count = map.nodeCount
    let depth = contraction.depth
    let heads = contraction.upHead
    var rowStart: [UInt32] = [0]
    rowStart.reserveCapacity(count + 1)
    var tails: [UInt32] = []
    tails.reserveCapacity(heads.count)
    var downFirst = [UInt32](repeating: 0, count: count + 1)
    for node in 0..<count {
      rowStart.append(rowStart[node] + Self.steps(depth[node]))
      for place in contraction.upFirst[node]..<contraction.upFirst[node + 1] {
        tails.append(UInt32(node))
        downFirst[Int(heads[Int(place)]) + 1] += 1
      }
    }
    for node in 0..<count { downFirst[node + 1] += downFirst[node] }
    list.add(
      HierarchyTag.facts,
      [
        HierarchyFacts(
          nodes: count, arcs: heads.count, deepest: Int(depth.max() ?? 0),
          labelEntries: Int(rowStart[count]) * Hierarchy.rowStep)
      ])
    list.add(HierarchyTag.parent, contraction.parent)
    list.add(HierarchyTag.depth, count) { UInt16(depth[$0]) }
    list.add(HierarchyTag.rowStart, rowStart)
    list.add(HierarchyTag.upFirst, contraction.upFirst)
    list.add(HierarchyTag.upHead, heads)
    list.add(HierarchyTag.upTail, tails)
    list.add(HierarchyTag.upDepth, heads.count) { UInt16(depth[Int(heads[$0])]) }
    list.add(HierarchyTag.downFirst, downFirst)
    let downArc = list.room(HierarchyTag.downArc, heads.count, of: UInt32.self)
    for (arc, head) in heads.enumerated() {
      downArc[Int(downFirst[Int(head)])] = UInt32(arc)
      downFirst[Int(head)] += 1
    }
    list.add(HierarchyTag.ofMapArc, map.arcCount) { ofMapArc($0) }
    list.add(HierarchyTag.lengthStart, lengthStarts())
  }

  /// Steps of a row with an entry for each ancestor and the node itself.
  private static func steps(_ depth: UInt32) -> UInt32 {
    UInt32((Int(depth) + Hierarchy.rowStep) / Hierarchy.rowStep)
  }

  private func ofMapArc(_ arc: Int) -> UInt32 {
    let low = min(map.arcTail[arc], map.arcHead[arc])
    let high = Int(max(map.arcTail[arc], map.arcHead[arc]))
    let range = contraction.upFirst[high]..<contraction.upFirst[high + 1]
    return range.first { contraction.upHead[Int($0)] == low } ?? .max
  }

  /// Where the length rows start, in steps of `Hierarchy.rowStep`; one more than nodes, the last is the end of all.
  private func lengthStarts() -> [UInt32] {
    let count = contraction.nodeCount
    var below = [Int](repeating: 1, count: count)
    for node in stride(from: count - 1, through: 0, by: -1) where contraction.parent[node] != .max {
      below[Int(contraction.parent[node])] += below[node]
    }
    var starts = [UInt32](repeating: .max, count: count + 1)
    var next: UInt32 = 0
    for node in 0..<count where below[node] >= Hierarchy.lengthNodes {
      starts[node] = next
      next += Self.steps(contraction.depth[node])
    }
    starts[count] = next
    return starts
  }
}
