// The node order that makes routing fast, and what contracting the network in it gives. Independent of travel times.

import HujiaRouting

/// What an importer prints about an order.
package struct OrderReport: Sendable, Equatable {
  package var nodes: Int
  package var arcs: Int
  package var triangles: Int
  package var meanDepth: Int
  package var deepest: Int

  init(_ contraction: Contraction) {
    nodes = contraction.nodeCount
    arcs = contraction.upHead.count
    triangles = 0
    for node in 0..<nodes {
      let degree = Int(contraction.upFirst[node + 1] - contraction.upFirst[node])
      triangles += degree * (degree - 1) / 2
    }
    let total = contraction.depth.reduce(0) { $0 + Int($1) }
    meanDepth = nodes == 0 ? 0 : total / nodes
    deepest = Int(contraction.depth.max() ?? 0)
  }
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

struct RoutingOrder {
  /// By node of the draft: its number, in preorder of the elimination tree.
  let numbers: [UInt32]
  /// Under these numbers.
  let contraction: Contraction

  init(numbers: [UInt32], contraction: Contraction) {
    self.numbers = numbers
    self.contraction = contraction
  }

  /// The draft is unwrapped. New York: 6–20 s, by the number of threads behind `parallel`.
  init(_ draft: MapDraft, parallel: Parallel) throws(BadOrder) {
    let count = draft.nodes.count
    // Road networks of any size stay below a third of this.
    let limit = 64 + 2 * Int(StraightLine.squareRoot(UInt64(count)))
    let order = NestedDissection.order(draft, parallel: parallel)
    var rank = [UInt32](repeating: 0, count: count)
    for (place, node) in order.enumerated() { rank[Int(node)] = UInt32(count - 1 - place) }
    guard let first = Contraction(draft, rank: rank, mostArcs: 4_096 + count * 64) else {
      throw BadOrder(meanDepth: .max, limit: limit)
    }
    let meanDepth = count == 0 ? 0 : first.depth.reduce(0) { $0 + Int($1) } / count
    guard meanDepth <= limit, (first.depth.max() ?? 0) < UInt32(UInt16.max) else {
      throw BadOrder(meanDepth: meanDepth, limit: limit)
    }
    let preorder = first.preorder()
    self.init(
      numbers: rank.map { preorder[Int($0)] }, contraction: first.renumbered(preorder))
  }
}
