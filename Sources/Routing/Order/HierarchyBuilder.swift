// Offline: from a street network to the same network renumbered for routing, with the hierarchy's sections.

import HujiaRoads

/// What an importer prints about an order.
package struct OrderReport: Sendable, Equatable {
  package var nodes: Int
  package var arcs: Int
  package var triangles: Int
  package var meanDepth: Int
  package var deepest: Int
  package var labelBytes: Int
}

/// The order is of no use: the network has no small separators (or its coordinates say nothing).
package struct BadOrder: Error, Sendable, Equatable {
  package var meanDepth: Int
  package var limit: Int
  package var message: String {
    if meanDepth == .max { return "the network has no small separators" }
    return
      "the node order is too deep (mean \(meanDepth), at most \(limit)): are the coordinates right?"
  }
}

/// The draft with its nodes in routing's order and routing's sections added; compile it with `MapImage`. The map works
/// without this step too, by plain search. New York: 6–20 s, by the number of threads behind `parallel`.
package func orderedForRouting(_ draft: MapDraft, parallel: Parallel = sequential)
  throws(BadOrder) -> (draft: MapDraft, report: OrderReport)
{
  var plain = draft
  plain.sections = []
  let image = MapImage(plain, hasClearances: false)
  let count = image.map.nodeCount
  // Road networks of any size stay below a third of this.
  let limit = 64 + 2 * Int(StraightLine.squareRoot(UInt64(count)))
  let order = NestedDissection.order(image.map, parallel: parallel)
  var rank = [UInt32](repeating: 0, count: count)
  for (place, node) in order.enumerated() { rank[Int(node)] = UInt32(count - 1 - place) }
  guard let first = Contraction(image.map, rank: rank, mostArcs: 4_096 + count * 64) else {
    throw BadOrder(meanDepth: .max, limit: limit)
  }
  let meanDepth = count == 0 ? 0 : first.depth.reduce(0) { $0 + Int($1) } / count
  guard meanDepth <= limit, (first.depth.max() ?? 0) < UInt32(UInt16.max) else {
    throw BadOrder(meanDepth: meanDepth, limit: limit)
  }
  let preorder = first.preorder()
  var ordered = draft.renumbered(rank.map { preorder[Int($0)] })
  plain = ordered
  plain.sections = []
  let renumbered = MapImage(plain, hasClearances: false)
  guard let contraction = Contraction(renumbered.map, rank: nil, mostArcs: .max) else {
    throw BadOrder(meanDepth: meanDepth, limit: limit)
  }
  ordered.sections += hierarchySections(renumbered.map, contraction)
  return (ordered, report(contraction))
}

private func report(_ contraction: Contraction) -> OrderReport {
  let count = contraction.nodeCount
  var triangles = 0
  for node in 0..<count {
    let degree = Int(contraction.upFirst[node + 1] - contraction.upFirst[node])
    triangles += degree * (degree - 1) / 2
  }
  let total = contraction.depth.reduce(0) { $0 + Int($1) }
  return OrderReport(
    nodes: count, arcs: contraction.upHead.count, triangles: triangles,
    meanDepth: count == 0 ? 0 : total / count, deepest: Int(contraction.depth.max() ?? 0),
    labelBytes: (total + count) * 4)
}

/// The hierarchy of a map whose nodes are numbered in preorder already.
func hierarchySections(_ map: RoadMap, _ contraction: Contraction)
  -> [(tag: UInt32, bytes: [UInt8])]
{
  let count = map.nodeCount
  let depth = contraction.depth
  let heads = contraction.upHead
  var rowStart: [UInt32] = [0]
  var tails: [UInt32] = []
  var downFirst = [UInt32](repeating: 0, count: count + 1)
  for node in 0..<count {
    let entries = Int(depth[node]) + 1
    rowStart.append(
      rowStart[node] + UInt32((entries + Hierarchy.rowStep - 1) / Hierarchy.rowStep))
    for place in contraction.upFirst[node]..<contraction.upFirst[node + 1] {
      tails.append(UInt32(node))
      downFirst[Int(heads[Int(place)]) + 1] += 1
    }
  }
  for node in 0..<count { downFirst[node + 1] += downFirst[node] }
  var next = downFirst
  var downArc = [UInt32](repeating: 0, count: heads.count)
  for (arc, head) in heads.enumerated() {
    downArc[Int(next[Int(head)])] = UInt32(arc)
    next[Int(head)] += 1
  }
  let ofMapArc = (0..<map.arcCount).map { arc -> UInt32 in
    let low = min(map.arcTail[arc], map.arcHead[arc])
    let high = Int(max(map.arcTail[arc], map.arcHead[arc]))
    let range = contraction.upFirst[high]..<contraction.upFirst[high + 1]
    return range.first { heads[Int($0)] == low } ?? .max
  }
  let facts = HierarchyFacts(
    version: HierarchyFacts.current, nodes: UInt64(count), arcs: UInt64(heads.count),
    deepest: UInt64(depth.max() ?? 0),
    labelEntries: UInt64(rowStart[count]) * UInt64(Hierarchy.rowStep))
  return [
    section(HierarchyTag.facts, [facts]),
    section(HierarchyTag.parent, contraction.parent),
    section(HierarchyTag.depth, depth.map { UInt16($0) }),
    section(HierarchyTag.rowStart, rowStart),
    section(HierarchyTag.upFirst, contraction.upFirst),
    section(HierarchyTag.upHead, heads),
    section(HierarchyTag.upTail, tails),
    section(HierarchyTag.upDepth, heads.map { UInt16(depth[Int($0)]) }),
    section(HierarchyTag.downFirst, downFirst),
    section(HierarchyTag.downArc, downArc),
    section(HierarchyTag.ofMapArc, ofMapArc),
    section(HierarchyTag.lengthStart, lengthStarts(contraction)),
  ]
}

/// Where the length rows start, in steps of `Hierarchy.rowStep`, one more than nodes: the last entry is the end of all.
private func lengthStarts(_ contraction: Contraction) -> [UInt32] {
  let count = contraction.nodeCount
  var below = [Int](repeating: 1, count: count)
  for node in stride(from: count - 1, through: 0, by: -1) where contraction.parent[node] != .max {
    below[Int(contraction.parent[node])] += below[node]
  }
  var starts = [UInt32](repeating: .max, count: count + 1)
  var next: UInt32 = 0
  for node in 0..<count where below[node] >= Hierarchy.lengthNodes {
    starts[node] = next
    let entries = Int(contraction.depth[node]) + 1
    next += UInt32((entries + Hierarchy.rowStep - 1) / Hierarchy.rowStep)
  }
  starts[count] = next
  return starts
}

func section<Element: BitwiseCopyable>(_ tag: UInt32, _ elements: [Element])
  -> (tag: UInt32, bytes: [UInt8])
{
  (tag, elements.withUnsafeBytes { Array($0) })
}
