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
  /// Nodes with rows.
  let upperCount: Int
  private let arcs: ArcTables
  var index: ArcIndex { arcs.index }

  /// So many ranges at least that two threads end at about the same time.
  private static var shares: Int { 48 }

  init(_ hierarchy: Hierarchy, memory: Memory) throws(OutOfMemory) {
    let count = hierarchy.nodeCount
    let size = try Block<UInt32>(memory, count: count, filledWith: 1)
    for node in stride(from: count - 1, through: 0, by: -1) where hierarchy.depth[node] != 0 {
      size.base[Int(hierarchy.parent(node))] += size.base[node]
    }
    let largest = max(64, count / Self.shares)
    let ranges = try Block<UInt64>(
      memory, count: Self.cut(size.base, count, largest, into: nil))
    rangeCount = Self.cut(size.base, count, largest, into: ranges.base)
    let places = try Block<UInt32>(memory, count: (rangeCount + 1) * (hierarchy.deepest + 1))
    let rows = try Block<UInt64>(
      memory, count: 2 * (hierarchy.deepest + 2) * LabelRows.stride(hierarchy))
    upperCount = (0..<count).count { hierarchy.isUpper($0) }
    let arcs = try ArcTables(hierarchy, memory: memory)
    self.hierarchy = hierarchy
    self.size = size
    self.largest = largest
    self.ranges = ranges
    self.places = places
    self.rows = rows
    self.arcs = arcs
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
  /// A mended row costs about as much as this many swept ones: it is read from memory, entry by entry.
  var rowsForOne = 4
  let upRow: RowScratch
  let downRow: RowScratch

  init(_ hierarchy: Hierarchy, memory: Memory) throws(OutOfMemory) {
    let arcs = try Agenda(capacity: hierarchy.arcCount, memory: memory)
    let touched = try Block<UInt32>(unfilled: memory, count: hierarchy.arcCount)
    let marks = try Block<UInt8>(memory, count: hierarchy.arcCount)
    let upRow = try RowScratch(hierarchy, memory: memory)
    let downRow = try RowScratch(hierarchy, memory: memory)
    self.arcs = arcs
    self.touched = touched
    self.marks = marks
    self.upRow = upRow
    self.downRow = downRow
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

/// The row under way, in one direction of mending.
final class RowScratch: @unchecked Sendable {
  struct Change: BitwiseCopyable {
    var old: UInt64 = 0
    var new: UInt64 = 0
    var entry: UInt32 = 0
  }

  /// Nodes whose rows are still to be looked at.
  let nodes: Agenda
  let costs: Block<UInt64>
  /// Entries of the row that changed.
  let changed: Block<Change>

  init(_ hierarchy: Hierarchy, memory: Memory) throws(OutOfMemory) {
    let nodes = try Agenda(capacity: hierarchy.nodeCount, memory: memory)
    let costs = try Block<UInt64>(memory, count: hierarchy.deepest + 1)
    let changed = try Block<Change>(memory, count: hierarchy.deepest + 1)
    self.nodes = nodes
    self.costs = costs
    self.changed = changed
  }
}
