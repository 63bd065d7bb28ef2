// Cells: nested subtrees of the elimination tree, and for each that is divided a "rest", the nodes of none of its parts.
// A unit belongs to the leaf that holds its deeper node, so only leaves have units of their own.
// Independent of travel times and of units; made at open from the hierarchy.

import HujiaContainers

/// Cells are numbered breadth first, so a cell's children are one range and have higher numbers. Cell 0 is everything.
struct CellMap: ~Copyable {
  /// The first node of the cell's range, the root of its subtree; 0 for cell 0.
  let root: Block<UInt32>
  let end: Block<UInt32>
  let parent: Block<UInt32>
  let firstChild: Block<UInt32>
  let lastChild: Block<UInt32>
  /// Ancestors above the root: entries of the cell's row.
  let entries: Block<UInt32>
  /// Where the row starts, in steps of `Hierarchy.rowStep`.
  let rowStart: Block<UInt32>
  let ofNode: Block<UInt32>
  let count: Int

  /// A cell of at most this many nodes is not divided further; one of less than a fifth of it goes to the rest.
  static var leafNodes: Int { 64 }
  static var fanOut: Int { 8 }

  @inline(__always) func row(_ cell: Int) -> Int { Int(rowStart[cell]) * Hierarchy.rowStep }
  var rowEntries: Int { row(count) }

  init(_ hierarchy: Hierarchy, leafNodes: Int, memory: Memory) throws(OutOfMemory) {
    let nodes = hierarchy.nodeCount
    let size = try Self.sizes(hierarchy, memory)
    let most = nodes * 2 + 4
    let root = try Block<UInt32>(memory, count: most)
    let end = try Block<UInt32>(memory, count: most)
    let parent = try Block<UInt32>(memory, count: most)
    let firstChild = try Block<UInt32>(memory, count: most)
    let lastChild = try Block<UInt32>(memory, count: most)
    let entries = try Block<UInt32>(memory, count: most)
    let rowStart = try Block<UInt32>(memory, count: most + 1)
    let ofNode = try Block<UInt32>(memory, count: nodes)
    end.base[0] = UInt32(nodes)
    parent.base[0] = .max
    var count = 1
    var cell = 0
    var isRest = [false]
    while cell < count {
      firstChild.base[cell] = UInt32(count)
      let isLeaf = isRest[cell] || Int(end.base[cell] - root.base[cell]) <= leafNodes
      let frontier =
        isLeaf ? [] : Self.split(cell, root.base[cell], hierarchy, size.base, leafNodes)
      if !isRest[cell] {
        // Nodes of no child: a leaf's own, or those of the rest, which comes after the children.
        Self.give(
          root.base[cell]..<end.base[cell], without: frontier, size.base,
          to: UInt32(isLeaf ? cell : count + frontier.count), ofNode.base)
      }
      for node in frontier {
        root.base[count] = node
        end.base[count] = node + size.base[Int(node)]
        parent.base[count] = UInt32(cell)
        entries.base[count] = UInt32(hierarchy.depth[Int(node)])
        count += 1
        isRest.append(false)
      }
      if !isLeaf {
        // The rest is a leaf with the bounds of the whole.
        root.base[count] = root.base[cell]
        end.base[count] = end.base[cell]
        parent.base[count] = UInt32(cell)
        entries.base[count] = entries.base[cell]
        count += 1
        isRest.append(true)
      }
      lastChild.base[cell] = UInt32(count)
      let steps = (Int(entries.base[cell]) + Hierarchy.rowStep - 1) / Hierarchy.rowStep
      rowStart.base[cell + 1] = rowStart.base[cell] + UInt32(steps)
      cell += 1
    }
    // There was room for the most cells that a tree can have.
    let allRoots = try Self.first(count, of: root, memory)
    let ends = try Self.first(count, of: end, memory)
    let parents = try Self.first(count, of: parent, memory)
    let firstChildren = try Self.first(count, of: firstChild, memory)
    let lastChildren = try Self.first(count, of: lastChild, memory)
    let allEntries = try Self.first(count, of: entries, memory)
    let rowStarts = try Self.first(count + 1, of: rowStart, memory)
    self.root = allRoots
    self.end = ends
    self.parent = parents
    self.firstChild = firstChildren
    self.lastChild = lastChildren
    self.entries = allEntries
    self.rowStart = rowStarts
    self.ofNode = ofNode
    self.count = count
  }

  /// Nodes under each, itself included.
  private static func sizes(
    _ hierarchy: Hierarchy, _ memory: Memory
  ) throws(OutOfMemory) -> Block<UInt32> {
    let size = try Block<UInt32>(memory, count: hierarchy.nodeCount, filledWith: 1)
    for node in (0..<hierarchy.nodeCount).reversed() where hierarchy.depth[node] != 0 {
      size.base[Int(hierarchy.parent(node))] += size.base[node]
    }
    return size
  }

  private static func first(
    _ count: Int, of all: borrowing Block<UInt32>, _ memory: Memory
  ) throws(OutOfMemory) -> Block<UInt32> {
    let copy = try Block<UInt32>(unfilled: memory, count: count)
    copy.base.update(from: all.base, count: count)
    return copy
  }

  /// `children`: roots within the range, ascending.
  private static func give(
    _ range: Range<UInt32>, without children: [UInt32], _ size: UnsafeMutablePointer<UInt32>,
    to cell: UInt32, _ ofNode: UnsafeMutablePointer<UInt32>
  ) {
    var next = range.lowerBound
    for child in children {
      (ofNode + Int(next)).update(repeating: cell, count: Int(child - next))
      next = child + size[Int(child)]
    }
    (ofNode + Int(next)).update(repeating: cell, count: Int(range.upperBound - next))
  }

  /// Roots of the children: the largest subtree is opened until there are enough. Small ones go to the rest.
  private static func split(
    _ cell: Int, _ root: UInt32, _ hierarchy: Hierarchy, _ size: UnsafeMutablePointer<UInt32>,
    _ leafNodes: Int
  ) -> [UInt32] {
    var found: [UInt32] = cell == 0 ? roots(hierarchy, size) : children(root, hierarchy, size)
    while let largest = found.indices.max(by: { size[Int(found[$0])] < size[Int(found[$1])] }),
      found.count < fanOut, Int(size[Int(found[largest])]) > leafNodes
    {
      let node = found.remove(at: largest)
      found += children(node, hierarchy, size)
    }
    return found.filter { Int(size[Int($0)]) >= max(1, leafNodes / 5) }.sorted()
  }

  private static func roots(_ hierarchy: Hierarchy, _ size: UnsafeMutablePointer<UInt32>)
    -> [UInt32]
  {
    var found: [UInt32] = []
    var node: UInt32 = 0
    while Int(node) < hierarchy.nodeCount {
      found.append(node)
      node += size[Int(node)]
    }
    return found
  }

  private static func children(
    _ node: UInt32, _ hierarchy: Hierarchy, _ size: UnsafeMutablePointer<UInt32>
  ) -> [UInt32] {
    var found: [UInt32] = []
    var child = node + 1
    while child < node + size[Int(node)] {
      found.append(child)
      child += size[Int(child)]
    }
    return found
  }
}
