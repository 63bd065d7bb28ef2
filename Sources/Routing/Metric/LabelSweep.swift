// Rows from the hierarchy's costs, root first: a node's row is the best over its arcs of the arc's cost plus the head's
// row (tree labels of Farhan et al., "Hierarchical cut labelling", 2023, on a contraction hierarchy). Only upper nodes
// have rows; all their ancestors do.

import CHujiaKernels
import HujiaContainers

/// One direction of one profile: where its rows are, and the rows of costs between the root and the current node.
struct LabelRows: BitwiseCopyable, @unchecked Sendable {
  let hierarchy: Hierarchy
  let costs: UnsafePointer<UInt64>
  let times: UnsafeMutablePointer<UInt32>
  let lengths: UnsafeMutablePointer<UInt32>
  /// One row of costs per depth.
  let rows: UnsafeMutablePointer<UInt64>
  let stride: Int
  let level: Int32

  init(
    _ hierarchy: Hierarchy, arcs: ArcTable, into: Layer.Rows, rows: UnsafeMutablePointer<UInt64>
  ) {
    self.hierarchy = hierarchy
    costs = UnsafePointer(arcs.costs)
    times = into.times
    lengths = into.lengths
    self.rows = rows
    stride = Self.stride(hierarchy)
    level = hjk_best_level()
  }

  /// Entries from one row of costs to the next: whole cache lines, and not a power of two.
  static func stride(_ hierarchy: Hierarchy) -> Int { (hierarchy.deepest + 1 + 15) / 8 * 8 + 8 }

  /// All upper nodes.
  func sweep() {
    for node in 0..<hierarchy.nodeCount where hierarchy.isUpper(node) {
      let depth = Int(hierarchy.depth[node])
      let start = hierarchy.row(UInt32(node))
      let first = Int(hierarchy.upFirst[node])
      hjk_sweep_row(
        rows + depth * stride, times + start, lengths + start, rows, UInt64(stride),
        hierarchy.upDepth + first, costs + first, hierarchy.upFirst[node + 1] - UInt32(first),
        UInt32(depth), level)
    }
  }
}
