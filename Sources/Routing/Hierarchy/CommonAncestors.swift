// How many ancestors two nodes share: the part of their labels that meets. In preorder that is the least depth among
// the nodes after the first up to the second, so it is a range minimum (Bender, Farach-Colton 2000).

import HujiaContainers

/// Owns the tables; `view` answers.
struct CommonAncestors: ~Copyable {
  static var step: Int { 32 }
  private let upTo: Block<UInt16>
  private let from: Block<UInt16>
  private let table: Block<UInt16>
  let view: View

  /// 4 bytes a node and a small table that stays in the cache. O(n).
  init(_ hierarchy: Hierarchy, memory: Memory) throws(OutOfMemory) {
    let count = hierarchy.nodeCount
    let depth = hierarchy.depth
    let blocks = (count + Self.step - 1) / Self.step
    var levels = 1
    while 1 << levels <= max(blocks, 1) { levels += 1 }
    let upTo = try Block<UInt16>(memory, count: count)
    let from = try Block<UInt16>(memory, count: count)
    let table = try Block<UInt16>(memory, count: blocks * levels)
    for node in 0..<count {
      let isFirst = node % Self.step == 0
      upTo.base[node] = isFirst ? depth[node] : min(upTo.base[node - 1], depth[node])
    }
    for node in stride(from: count - 1, through: 0, by: -1) {
      let isLast = node % Self.step == Self.step - 1 || node == count - 1
      from.base[node] = isLast ? depth[node] : min(from.base[node + 1], depth[node])
      if node % Self.step == 0 { table.base[node / Self.step] = from.base[node] }
    }
    for level in 1..<levels {
      for block in 0..<blocks where block + (1 << level) <= blocks {
        let half = table.base + (level - 1) * blocks + block
        table.base[level * blocks + block] = min(half[0], half[1 << (level - 1)])
      }
    }
    view = View(
      depth: depth, upTo: upTo.base, from: from.base, table: table.base, blocks: blocks)
    self.upTo = upTo
    self.from = from
    self.table = table
  }

  struct View: BitwiseCopyable, @unchecked Sendable {
    let depth: UnsafePointer<UInt16>
    /// Least depth from the start of a node's block to the node, and from the node to the end of its block.
    let upTo: UnsafePointer<UInt16>
    let from: UnsafePointer<UInt16>
    /// `table[level · blocks + b]`: least depth in the 2^level blocks from b.
    let table: UnsafePointer<UInt16>
    let blocks: Int

    init(
      depth: UnsafePointer<UInt16>, upTo: UnsafePointer<UInt16>, from: UnsafePointer<UInt16>,
      table: UnsafePointer<UInt16>, blocks: Int
    ) {
      self.depth = depth
      self.upTo = upTo
      self.from = from
      self.table = table
      self.blocks = blocks
    }

    /// The number of ancestors that `a` and `b` share, each node counting as its own ancestor. O(1).
    @inline(__always) func count(_ a: UInt32, _ b: UInt32) -> UInt32 {
      if a == b { return UInt32(depth[Int(a)]) + 1 }
      let first = Int(min(a, b)) + 1
      let last = Int(max(a, b))
      let firstBlock = first / CommonAncestors.step
      let lastBlock = last / CommonAncestors.step
      if firstBlock == lastBlock {
        var least = depth[first]
        for node in first...last { least = min(least, depth[node]) }
        return UInt32(least)
      }
      var least = min(from[first], upTo[last])
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
