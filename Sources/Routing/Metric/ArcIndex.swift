// The hierarchy's arcs by where they begin and end, as building and mending need them. Questions do not, so this stands
// in no map: it is made once, beside the second epoch.

import HujiaContainers

struct ArcIndex: BitwiseCopyable, @unchecked Sendable {
  /// By arc: the lower of its two nodes, where it begins.
  let tail: UnsafeMutablePointer<UInt32>
  /// Arcs that lead up to node v: `downArc[downFirst[v] ..< downFirst[v + 1]]`, by their tails.
  let downFirst: UnsafeMutablePointer<UInt32>
  let downArc: UnsafeMutablePointer<UInt32>

  /// O(arcs).
  func fill(_ hierarchy: Hierarchy) {
    let count = hierarchy.nodeCount
    downFirst.update(repeating: 0, count: count + 1)
    for node in 0..<count {
      for arc in Int(hierarchy.upFirst[node])..<Int(hierarchy.upFirst[node + 1]) {
        tail[arc] = UInt32(node)
        downFirst[Int(hierarchy.upHead[arc])] += 1
      }
    }
    var end: UInt32 = 0
    for node in 0...count {
      end += downFirst[node]
      downFirst[node] = end
    }
    // From the last arc on, each takes the last free place of its head.
    for arc in stride(from: hierarchy.arcCount - 1, through: 0, by: -1) {
      let head = Int(hierarchy.upHead[arc])
      downFirst[head] -= 1
      downArc[Int(downFirst[head])] = UInt32(arc)
    }
  }
}

/// Owns the tables.
struct ArcTables: ~Copyable {
  private let tail: Block<UInt32>
  private let downFirst: Block<UInt32>
  private let downArc: Block<UInt32>
  let index: ArcIndex

  init(_ hierarchy: Hierarchy, memory: Memory) throws(OutOfMemory) {
    let tail = try Block<UInt32>(unfilled: memory, count: hierarchy.arcCount, isHot: true)
    let downFirst = try Block<UInt32>(unfilled: memory, count: hierarchy.nodeCount + 1)
    let downArc = try Block<UInt32>(unfilled: memory, count: hierarchy.arcCount, isHot: true)
    index = ArcIndex(tail: tail.base, downFirst: downFirst.base, downArc: downArc.base)
    index.fill(hierarchy)
    self.tail = tail
    self.downFirst = downFirst
    self.downArc = downArc
  }
}
