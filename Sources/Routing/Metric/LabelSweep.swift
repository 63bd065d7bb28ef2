// Tree labels from the hierarchy's costs, root first: a node's row is the best over its arcs of the arc's cost plus the
// head's row (tree labels of Farhan et al., "Hierarchical cut labelling", 2023, on a contraction hierarchy).
// Costs carry the length too, on the path from the root only, so that `via` leads along the shortest of the fastest.

import CHujiaKernels
import HujiaContainers

/// One direction of one profile: where its rows are, and the rows of costs between the root and the current node.
struct LabelRows: BitwiseCopyable, @unchecked Sendable {
  let hierarchy: Hierarchy
  let arcs: UnsafePointer<ArcCost>
  let labels: UnsafeMutablePointer<UInt32>
  let vias: UnsafeMutablePointer<UInt8>
  let lengths: UnsafeMutablePointer<UInt32>
  /// One row of costs per depth.
  let rows: UnsafeMutablePointer<UInt64>
  let stride: Int
  let level: Int32

  init(
    _ hierarchy: Hierarchy, arcs: UnsafePointer<ArcCost>, into: Layer.Rows,
    rows: UnsafeMutablePointer<UInt64>
  ) {
    self.hierarchy = hierarchy
    self.arcs = arcs
    labels = into.label
    vias = into.via
    lengths = into.length
    self.rows = rows
    stride = Self.stride(hierarchy)
    level = hjk_best_level()
  }

  /// Entries from one row of costs to the next: whole cache lines, and not a power of two.
  static func stride(_ hierarchy: Hierarchy) -> Int { (hierarchy.deepest + 1 + 15) / 8 * 8 + 8 }

  @inline(__always) func row(atDepth depth: Int) -> UnsafeMutablePointer<UInt64> {
    rows + depth * stride
  }

  /// The node's row of costs, from those of its ancestors. `via` of an entry that nothing leads to is 0.
  @inline(__always) func fill(_ node: Int, _ depth: Int, _ via: UnsafeMutablePointer<UInt8>) {
    let row = row(atDepth: depth)
    let padded = (depth + 8) / 8 * 8
    row.update(repeating: Cost.unreachable.bits, count: padded)
    via.update(repeating: 0, count: padded)
    let first = Int(hierarchy.upFirst[node])
    for arc in first..<Int(hierarchy.upFirst[node + 1]) {
      let cost = arcs[arc].bits
      if cost >= Cost.unreachable.bits { continue }
      let above = Int(hierarchy.upDepth[arc])
      let mark = UInt8(min(arc - first, Int(Via.look)))
      hjk_merge_costs(row, via, rows + above * stride, cost, mark, UInt32(above + 1), level)
    }
    row[depth] = 0
  }

  /// Where the lengths of a node's ways are written down, if they are.
  @inline(__always) func lengths(of node: Int) -> UnsafeMutablePointer<UInt32>? {
    guard let starts = hierarchy.lengthStart, starts[node] != .max else { return nil }
    return lengths + Int(starts[node]) * Hierarchy.rowStep
  }

  /// All nodes.
  func sweep() {
    for node in 0..<hierarchy.nodeCount {
      let depth = Int(hierarchy.depth[node])
      let start = hierarchy.row(UInt32(node))
      fill(node, depth, vias + start)
      let label = labels + start
      hjk_finish_costs(row(atDepth: depth), label, UInt32(depth + 1))
      let entries = (depth + 1 + Hierarchy.rowStep - 1) / Hierarchy.rowStep * Hierarchy.rowStep
      for entry in depth + 1..<entries { label[entry] = Cost.unreachable_ms }
      guard let lengths = lengths(of: node) else { continue }
      let row = row(atDepth: depth)
      for entry in 0...depth { lengths[entry] = Cost(bits: row[entry]).length_mm }
    }
  }
}
