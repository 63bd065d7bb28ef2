// The hierarchy as a map's sections hold it (`Hierarchy` reads them).

import HujiaRoads
import HujiaRouting

/// Of a map whose nodes are numbered in preorder already.
struct HierarchySections {
  private let map: RoadMap
  private let contraction: Contraction
  private let limits: RowLimits

  init(_ map: RoadMap, _ contraction: Contraction, _ limits: RowLimits) {
    self.map = map
    self.contraction = contraction
    self.limits = limits
  }

  func add(to list: SectionList) {
    let count = map.nodeCount
    let depth = contraction.depth
    let heads = contraction.upHead
    let rowStart = rowStarts()
    list.add(
      HierarchyTag.facts,
      [
        HierarchyFacts(
          nodes: count, arcs: heads.count, deepest: Int(depth.max() ?? 0),
          labelEntries: Int(rowStart[count]) * Hierarchy.rowStep, limits: limits)
      ])
    list.add(HierarchyTag.depth, count) { UInt16(depth[$0]) }
    list.add(HierarchyTag.rowStart, rowStart)
    list.add(HierarchyTag.upFirst, contraction.upFirst)
    list.add(HierarchyTag.upHead, heads)
    list.add(HierarchyTag.upDepth, heads.count) { UInt16(depth[Int(heads[$0])]) }
    list.add(HierarchyTag.ofMapArc, map.arcCount) { ofMapArc($0) }
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

  /// As in `Hierarchy.rowStart`; one more than nodes, the last is the end of all.
  private func rowStarts() -> [UInt32] {
    let count = contraction.nodeCount
    var below = [Int](repeating: 1, count: count)
    for node in stride(from: count - 1, through: 0, by: -1) where contraction.parent[node] != .max {
      below[Int(contraction.parent[node])] += below[node]
    }
    var starts: [UInt32] = []
    starts.reserveCapacity(count + 1)
    var next: UInt32 = 0
    while starts.count < count {
      let node = starts.count
      let arcs = Int(contraction.upFirst[node + 1] - contraction.upFirst[node])
      if limits.isCellRoot(nodes: below[node], arcs: arcs) {
        for offset in 0..<below[node] { starts.append(Hierarchy.lowerMark | UInt32(offset)) }
      } else {
        starts.append(next)
        next += Self.steps(contraction.depth[node])
      }
    }
    starts.append(next)
    return starts
  }
}
