// Room for building and mending metrics, one at a time, so that neither allocates: taken once, beside the second epoch.

import HujiaContainers

/// How a full build is shared out, and the rows that its sweeps need.
final class BuildScratch: @unchecked Sendable {
  let hierarchy: Hierarchy
  /// Ranges of nodes, `first << 32 | end`, that have nothing to do with each other: whole subtrees.
  private let ranges: Block<UInt64>
  let rangeCount: Int
  /// Nodes in the subtree of each node.
  private let size: Block<UInt32>
  /// Subtrees larger than this are taken apart.
  private let largest: Int
  private let places: Block<UInt32>
  private let rows: Block<UInt64>

  /// So many ranges at least that two threads end at about the same time.
  private static var shares: Int { 48 }

  init(_ hierarchy: Hierarchy, memory: Memory) throws(OutOfMemory) {
    let count = hierarchy.nodeCount
    let size = try Block<UInt32>(memory, count: count, filledWith: 1)
    for node in stride(from: count - 1, through: 0, by: -1) where hierarchy.parent[node] != .max {
      size.base[Int(hierarchy.parent[node])] += size.base[node]
    }
    let largest = max(64, count / Self.shares)
    let ranges = try Block<UInt64>(
      memory, count: Self.cut(size.base, count, largest, into: nil))
    rangeCount = Self.cut(size.base, count, largest, into: ranges.base)
    let places = try Block<UInt32>(memory, count: (rangeCount + 1) * (hierarchy.deepest + 1))
    let rows = try Block<UInt64>(
      memory, count: 2 * (hierarchy.deepest + 2) * LabelRows.stride(hierarchy))
    self.hierarchy = hierarchy
    self.size = size
    self.largest = largest
    self.ranges = ranges
    self.places = places
    self.rows = rows
  }

  /// Neighbouring subtrees go together up to `largest` nodes.
  private static func cut(
    _ size: UnsafePointer<UInt32>, _ count: Int, _ largest: Int,
    into ranges: UnsafeMutablePointer<UInt64>?
  ) -> Int {
    var found = 0
    var first = 0
    var end = 0
    func close() {
      if end > first {
        ranges?[found] = UInt64(first) << 32 | UInt64(end)
        found += 1
      }
    }
    var node = 0
    while node < count {
      let next = node + Int(size[node])
      if Int(size[node]) > largest {
        close()
        node += 1
        first = node
        end = node
      } else {
        if next - first > largest {
          close()
          first = node
        }
        node = next
        end = next
      }
    }
    close()
    return found
  }

  func range(_ index: Int) -> Range<Int> {
    Int(ranges[index] >> 32)..<Int(UInt32(truncatingIfNeeded: ranges[index]))
  }

  /// Above all ranges: to be taken when they are done.
  func isAbove(_ node: Int) -> Bool { Int(size[node]) > largest }

  /// Of one range; that of number `rangeCount` is for the nodes above.
  func places(_ index: Int) -> UnsafeMutablePointer<UInt32> {
    places.base + index * (hierarchy.deepest + 1)
  }

  /// Of one of two sweeps.
  func rows(_ index: Int) -> UnsafeMutablePointer<UInt64> {
    rows.base + index * (hierarchy.deepest + 2) * LabelRows.stride(hierarchy)
  }
}

/// What a partial build remembers while it runs.
final class MendingScratch: @unchecked Sendable {
  static var up: UInt8 { 1 }
  static var down: UInt8 { 2 }

  /// The hierarchy's arcs still to be looked at.
  let arcs: Agenda
  /// Arcs whose cost changed, and in which directions.
  let touched: Block<UInt32>
  let marks: Block<UInt8>
  private(set) var touchedCount = 0
  /// A mended row costs about as much as this many swept ones, its way from the root included.
  var rowsForOne = 8
  let upPath: PathScratch
  let downPath: PathScratch

  init(_ hierarchy: Hierarchy, memory: Memory) throws(OutOfMemory) {
    let arcs = try Agenda(capacity: hierarchy.arcCount, memory: memory)
    let touched = try Block<UInt32>(unfilled: memory, count: hierarchy.arcCount)
    let marks = try Block<UInt8>(memory, count: hierarchy.arcCount)
    let upPath = try PathScratch(hierarchy, memory: memory)
    let downPath = try PathScratch(hierarchy, memory: memory)
    self.arcs = arcs
    self.touched = touched
    self.marks = marks
    self.upPath = upPath
    self.downPath = downPath
  }

  func forgetTouched() {
    for index in 0..<touchedCount { marks[touched[index]] = 0 }
    touchedCount = 0
  }

  @inline(__always) func touch(_ arc: Int, _ which: UInt8) {
    marks[arc] = which
    touched[touchedCount] = UInt32(arc)
    touchedCount += 1
  }
}

/// The way from the root to the node under way, in one direction of mending.
final class PathScratch: @unchecked Sendable {
  /// Nodes whose rows are still to be looked at.
  let nodes: Agenda
  /// By depth: the node whose row of costs is there, and a list of its entries that stand for another way than before.
  let node: Block<UInt32>
  let changedCount: Block<UInt16>
  private let changed: Block<UInt16>
  /// Entries of the list under way.
  let isListed: Block<UInt8>
  let stack: Block<UInt32>
  let via: Block<UInt8>
  let times: Block<UInt32>

  init(_ hierarchy: Hierarchy, memory: Memory) throws(OutOfMemory) {
    let depths = hierarchy.deepest + 2
    let stride = LabelRows.stride(hierarchy)
    let nodes = try Agenda(capacity: hierarchy.nodeCount, memory: memory)
    let node = try Block<UInt32>(memory, count: depths)
    let changedCount = try Block<UInt16>(memory, count: depths)
    let changed = try Block<UInt16>(memory, count: depths * stride)
    let isListed = try Block<UInt8>(memory, count: stride)
    let stack = try Block<UInt32>(memory, count: depths)
    let via = try Block<UInt8>(memory, count: stride)
    let times = try Block<UInt32>(memory, count: stride)
    self.nodes = nodes
    self.node = node
    self.changedCount = changedCount
    self.isListed = isListed
    self.stack = stack
    self.via = via
    self.times = times
    self.changed = changed
  }

  func forget() { node.base.update(repeating: .max, count: node.count) }

  @inline(__always) func changed(_ depth: Int, _ stride: Int) -> UnsafeMutablePointer<UInt16> {
    changed.base + depth * stride
  }
}
