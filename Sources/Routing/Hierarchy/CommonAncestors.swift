// How many ancestors two nodes share: the part of their labels that meets. In preorder that is the least depth among
// the nodes after the first up to the second, so it is a range minimum (Bender, Farach-Colton 2000).

import HujiaContainers

/// What questions ask about a node, side by side: see `StreetFacts`.
struct NodeFacts: BitwiseCopyable {
  /// As in `Hierarchy`; the next node's is the end.
  var upFirst: UInt32
  /// An upper node: where its row starts. A cell's root: where the starts of its exits' rows stand in `View.exits`, one
  /// for each of its arcs. Another lower node: its parent.
  var link: UInt32
  var depth: UInt16
  /// How far the number is from that of the cell's root; `.max`: an upper node.
  var offset: UInt16
  /// Least depth from the start of the node's block to the node, and from the node to the end of its block.
  var leastUpTo: UInt16
  var leastFrom: UInt16

  @inline(__always) var isUpper: Bool { offset == .max }
}

/// Owns the tables; `view` answers.
struct CommonAncestors: ~Copyable {
  static var step: Int { 32 }
  private let nodes: Block<NodeFacts>
  private let table: Block<UInt16>
  private let exits: Block<UInt32>
  let view: View

  /// 16 bytes a node and small tables that stay in the cache. O(n).
  init(_ hierarchy: Hierarchy, memory: Memory) throws(OutOfMemory) {
    let count = hierarchy.nodeCount
    let depth = hierarchy.depth
    let blocks = (count + Self.step - 1) / Self.step
    var levels = 1
    while 1 << levels <= max(blocks, 1) { levels += 1 }
    let nodes = try Block<NodeFacts>(memory, count: count + 1, isHot: true)
    let exits = try Block<UInt32>(memory, count: Self.exitCount(hierarchy))
    let table = try Block<UInt16>(memory, count: blocks * levels)
    Self.fill(nodes.base, exits.base, hierarchy)
    var least = UInt16.max
    for node in stride(from: count - 1, through: 0, by: -1) {
      let isLast = node % Self.step == Self.step - 1
      least = isLast ? depth[node] : min(least, depth[node])
      nodes.base[node].leastFrom = least
      if node % Self.step == 0 { table.base[node / Self.step] = least }
    }
    for level in 1..<levels {
      for block in 0..<blocks where block + (1 << level) <= blocks {
        let half = table.base + (level - 1) * blocks + block
        table.base[level * blocks + block] = min(half[0], half[1 << (level - 1)])
      }
    }
    view = View(nodes: nodes.base, exits: exits.base, table: table.base, blocks: blocks)
    self.nodes = nodes
    self.exits = exits
    self.table = table
  }

  private static func isCellRoot(_ hierarchy: Hierarchy, _ node: Int) -> Bool {
    hierarchy.rowStart[node] == Hierarchy.lowerMark
  }

  private static func exitCount(_ hierarchy: Hierarchy) -> Int {
    var count = 0
    for node in 0..<hierarchy.nodeCount where isCellRoot(hierarchy, node) {
      count += Int(hierarchy.upFirst[node + 1] - hierarchy.upFirst[node])
    }
    return count
  }

  /// All but `leastFrom`.
  private static func fill(
    _ nodes: UnsafeMutablePointer<NodeFacts>, _ exits: UnsafeMutablePointer<UInt32>,
    _ hierarchy: Hierarchy
  ) {
    let depth = hierarchy.depth
    var least = UInt16.max
    var exit = 0
    for node in 0..<hierarchy.nodeCount {
      least = node % step == 0 ? depth[node] : min(least, depth[node])
      let start = hierarchy.rowStart[node]
      let isUpper = start < Hierarchy.lowerMark
      var link = isUpper ? start : hierarchy.parent(node)
      if isCellRoot(hierarchy, node) {
        link = UInt32(exit)
        for arc in hierarchy.upFirst[node]..<hierarchy.upFirst[node + 1] {
          exits[exit] = hierarchy.rowStart[Int(hierarchy.upHead[Int(arc)])]
          exit += 1
        }
      }
      nodes[node] = NodeFacts(
        upFirst: hierarchy.upFirst[node], link: link, depth: depth[node],
        offset: isUpper ? .max : UInt16(truncatingIfNeeded: start), leastUpTo: least, leastFrom: 0)
    }
    nodes[hierarchy.nodeCount] = NodeFacts(
      upFirst: UInt32(hierarchy.arcCount), link: 0, depth: 0, offset: .max, leastUpTo: 0,
      leastFrom: 0)
  }

  struct View: BitwiseCopyable, @unchecked Sendable {
    let nodes: UnsafePointer<NodeFacts>
    let exits: UnsafePointer<UInt32>
    /// `table[level · blocks + b]`: least depth in the 2^level blocks from b.
    let table: UnsafePointer<UInt16>
    let blocks: Int

    @inline(__always) func facts(_ node: UInt32) -> NodeFacts { nodes[Int(node)] }

    /// The number of ancestors that `a` and `b` share, each node counting as its own ancestor. O(1).
    @inline(__always) func count(_ a: UInt32, _ b: UInt32) -> UInt32 {
      if a == b { return UInt32(nodes[Int(a)].depth) + 1 }
      let first = Int(min(a, b)) + 1
      let last = Int(max(a, b))
      let firstBlock = first / CommonAncestors.step
      let lastBlock = last / CommonAncestors.step
      if firstBlock == lastBlock {
        var least = nodes[first].depth
        for node in first...last { least = min(least, nodes[node].depth) }
        return UInt32(least)
      }
      var least = min(nodes[first].leastFrom, nodes[last].leastUpTo)
      let between = lastBlock - firstBlock - 1
      if between > 0 {
        let level = Int.bitWidth - 1 - between.leadingZeroBitCount
        let row = table + level * blocks
        least = min(least, min(row[firstBlock + 1], row[lastBlock - (1 << level)]))
      }
      return UInt32(least)
    }
  }
}
