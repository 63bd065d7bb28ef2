// Tree labels from the hierarchy's costs, root first: a node's row is the best over its arcs of the arc's cost plus the
// head's row (tree labels of Farhan et al., "Hierarchical cut labelling", 2023, on a contraction hierarchy).
// Costs carry the length too, on the path from the root only, so that `via` leads along the shortest of the fastest.

import CHujiaKernels
import HujiaContainers

/// Rows of costs of the nodes between the root and the current node, one per depth.
final class SweepScratch {
  private let storage: Block<UInt64>
  private let half: Int

  init(_ hierarchy: Hierarchy, memory: Memory) throws(OutOfMemory) {
    half = (hierarchy.deepest + 2) * LabelSweep.stride(hierarchy)
    storage = try Block<UInt64>(memory, count: half * 2)
  }

  var first: UnsafeMutablePointer<UInt64> { storage.base }
  var second: UnsafeMutablePointer<UInt64> { storage.base + half }
}

/// One direction. Two may run at once.
struct LabelSweep: @unchecked Sendable {
  let hierarchy: Hierarchy
  let arcs: UnsafeMutablePointer<ArcCost>
  let into: Layer.Rows
  let rows: UnsafeMutablePointer<UInt64>

  /// Entries from one row of costs to the next: whole cache lines, and not a power of two.
  static func stride(_ hierarchy: Hierarchy) -> Int { (hierarchy.deepest + 1 + 15) / 8 * 8 + 8 }

  func run() {
    let level = hjk_best_level()
    let stride = Self.stride(hierarchy)
    for node in 0..<hierarchy.nodeCount {
      let depth = Int(hierarchy.depth[node])
      let start = hierarchy.row(UInt32(node))
      let row = rows + depth * stride
      let via = into.via + start
      let entries = (depth + 1 + Hierarchy.rowStep - 1) / Hierarchy.rowStep * Hierarchy.rowStep
      let padded = (depth + 8) / 8 * 8
      row.update(repeating: Cost.unreachable.bits, count: padded)
      let first = Int(hierarchy.upFirst[node])
      for arc in first..<Int(hierarchy.upFirst[node + 1]) {
        let cost = arcs[arc].bits
        if cost >= Cost.unreachable.bits { continue }
        let above = Int(hierarchy.upDepth[arc])
        let mark = UInt8(min(arc - first, Int(Via.look)))
        hjk_merge_costs(row, via, rows + above * stride, cost, mark, UInt32(above + 1), level)
      }
      row[depth] = 0
      let label = into.label + start
      hjk_finish_costs(row, label, UInt32(depth + 1))
      for entry in depth + 1..<entries { label[entry] = Cost.unreachable_ms }
      if let starts = hierarchy.lengthStart, starts[node] != .max {
        let lengths = into.length + Int(starts[node]) * Hierarchy.rowStep
        for entry in 0...depth { lengths[entry] = Cost(bits: row[entry]).length_mm }
      }
    }
  }
}
