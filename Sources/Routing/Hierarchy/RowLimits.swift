// Which nodes have rows of their own. The others form cells, whole subtrees of the elimination tree; their rows are
// worked out when they are asked for, from the rows of the few nodes through which one leaves the cell.

/// A node is lower when its parent is, or when at most `mostNodes` nodes are under it (itself included) and at most
/// `mostExits` arcs lead up from it; the topmost lower node is the root of a cell. All arcs that leave a cell lead to
/// nodes to which its root has an arc, so a cell has at most `mostExits` exits.
package struct RowLimits: BitwiseCopyable, Sendable, Equatable {
  package let mostNodes: Int
  package let mostExits: Int

  /// nil: beyond what a record of a node holds.
  package init?(mostNodes: Int, mostExits: Int) {
    guard (0..<0xffff).contains(mostNodes), (0..<0xffff).contains(mostExits) else { return nil }
    self.mostNodes = mostNodes
    self.mostExits = mostExits
  }

  private init(_ mostNodes: Int, _ mostExits: Int) {
    self.mostNodes = mostNodes
    self.mostExits = mostExits
  }

  /// Every node has a row.
  package static var all: RowLimits { RowLimits(0, 0) }

  /// What an import writes: rows of all nodes while they fit the caches about as well as anything; of one in eleven of
  /// a large city (New York: 58 MiB instead of 615); of one in 24 of a country.
  package static func forMap(nodes: Int) -> RowLimits {
    if nodes <= 50_000 { return .all }
    return nodes <= 2_000_000 ? RowLimits(64, 16) : RowLimits(256, 24)
  }

  /// Whether a node whose parent has a row is the root of a cell.
  @inline(__always) package func isCellRoot(nodes: Int, arcs: Int) -> Bool {
    nodes <= mostNodes && arcs <= mostExits
  }
}
