// The contraction hierarchy as the router reads it: pointers into the map's image. Independent of travel times.
// Nodes are numbered in preorder of the elimination tree, so the nodes under any node are one range, and every arc of
// the hierarchy leads *up*, to an ancestor, which has a lower number.

import HujiaRoads

package struct Hierarchy: BitwiseCopyable, @unchecked Sendable {
  package let nodeCount: Int
  package let arcCount: Int
  /// The greatest depth of a node; a root has 0.
  package let deepest: Int
  /// Entries of all rows together, padding included.
  package let labelEntries: Int
  /// Which nodes have rows of their own.
  package let limits: RowLimits

  /// By node.
  package let depth: UnsafePointer<UInt16>
  /// An upper node: where its row starts, in steps of `rowStep` entries; rows follow one another. A row has depth + 1
  /// entries: one per ancestor, the root first, the node itself last. A lower node: `lowerMark`, and how far its number
  /// is from its cell's root.
  package let rowStart: UnsafePointer<UInt32>
  package static var rowStep: Int { 16 }
  package static var lowerMark: UInt32 { 1 << 31 }

  /// Arcs up from node v: `upFirst[v] ..< upFirst[v + 1]`, the root's side first.
  package let upFirst: UnsafePointer<UInt32>
  package let upHead: UnsafePointer<UInt32>
  /// Depth of the arc's head.
  package let upDepth: UnsafePointer<UInt16>
  /// By arc of the map: the arc of the hierarchy between the same two nodes; it is driven up when the map's arc has
  /// the higher number at its tail.
  package let ofMapArc: UnsafePointer<UInt32>
  @inline(__always) package func isUpper(_ node: Int) -> Bool { rowStart[node] < Self.lowerMark }
  /// `.max` at a root. The last of a node's arcs leads there.
  @inline(__always) package func parent(_ node: Int) -> UInt32 {
    depth[node] == 0 ? .max : upHead[Int(upFirst[node + 1]) - 1]
  }
  /// Of an upper node.
  @inline(__always) func row(_ node: UInt32) -> Int { Int(rowStart[Int(node)]) * Self.rowStep }
}

extension Hierarchy {
  /// The arc with its head at `depth` among `first ..< end`, the arcs of one node or some of them.
  @inline(__always) func arc(to depth: UInt16, _ first: Int, _ end: Int) -> Int? {
    var low = first
    var high = end
    while low < high {
      let middle = (low + high) / 2
      if upDepth[middle] < depth { low = middle + 1 } else { high = middle }
    }
    return low < end && upDepth[low] == depth ? low : nil
  }

  /// Of a map that carries none: no nodes, and pointers that are never followed.
  static var empty: Hierarchy {
    let nothing = UnsafeRawPointer(bitPattern: 64).unsafelyUnwrapped
    let words = nothing.assumingMemoryBound(to: UInt32.self)
    let halves = nothing.assumingMemoryBound(to: UInt16.self)
    return Hierarchy(
      nodeCount: 0, arcCount: 0, deepest: 0, labelEntries: 0, limits: .all, depth: halves,
      rowStart: words, upFirst: words, upHead: words, upDepth: halves, ofMapArc: words)
  }
}

/// The sections that hold it.
package enum HierarchyTag {
  package static let facts = MapTag.tag("RTFA")
  package static let depth = MapTag.tag("RTDE")
  package static let rowStart = MapTag.tag("RTRS")
  package static let upFirst = MapTag.tag("RTUF")
  package static let upHead = MapTag.tag("RTUH")
  package static let upDepth = MapTag.tag("RTUD")
  package static let ofMapArc = MapTag.tag("RTMA")
}

/// Counts that the sections' sizes must agree with, and which nodes have rows.
package struct HierarchyFacts: BitwiseCopyable {
  var version: UInt64
  var nodes: UInt64
  var arcs: UInt64
  var deepest: UInt64
  var labelEntries: UInt64
  var mostNodes: UInt32
  var mostExits: UInt32
  private static var current: UInt64 { 2 }

  package init(nodes: Int, arcs: Int, deepest: Int, labelEntries: Int, limits: RowLimits) {
    version = Self.current
    self.nodes = UInt64(nodes)
    self.arcs = UInt64(arcs)
    self.deepest = UInt64(deepest)
    self.labelEntries = UInt64(labelEntries)
    mostNodes = UInt32(limits.mostNodes)
    mostExits = UInt32(limits.mostExits)
  }

  /// nil: of another version, or not whole.
  init?(_ section: UnsafeRawBufferPointer) {
    guard section.count == MemoryLayout<Self>.stride else { return nil }
    self = section.loadUnaligned(as: Self.self)
    guard version == Self.current else { return nil }
  }
}

extension Hierarchy {
  /// nil when the map carries none: the router then searches plainly. nil also for one of another version or size,
  /// which `routingFlaw` names.
  package init?(_ map: RoadMap) { self.init(map, in: map.sections) }

  /// The same with the sections where they stand while a map is compiled.
  package init?(_ map: RoadMap, in sections: some SectionSource) {
    func array<Element: BitwiseCopyable>(_ tag: UInt32, _ count: Int, _: Element.Type)
      -> UnsafePointer<Element>?
    {
      guard let found = sections.find(tag), let start = found.baseAddress,
        found.count == count * MemoryLayout<Element>.stride
      else { return nil }
      return start.assumingMemoryBound(to: Element.self)
    }
    guard let section = sections.find(HierarchyTag.facts), let facts = HierarchyFacts(section),
      facts.nodes == UInt64(map.nodeCount), facts.arcs < UInt64(Self.lowerMark),
      map.arcCount < Int(Self.lowerMark), facts.deepest < UInt64(UInt16.max),
      facts.labelEntries < UInt64(Self.lowerMark) * 16,
      let limits = RowLimits(mostNodes: Int(facts.mostNodes), mostExits: Int(facts.mostExits))
    else { return nil }
    let nodes = map.nodeCount
    let arcs = Int(facts.arcs)
    guard let depth = array(HierarchyTag.depth, nodes, UInt16.self),
      let rowStart = array(HierarchyTag.rowStart, nodes + 1, UInt32.self),
      let upFirst = array(HierarchyTag.upFirst, nodes + 1, UInt32.self),
      let upHead = array(HierarchyTag.upHead, arcs, UInt32.self),
      let upDepth = array(HierarchyTag.upDepth, arcs, UInt16.self),
      let ofMapArc = array(HierarchyTag.ofMapArc, map.arcCount, UInt32.self)
    else { return nil }
    self.init(
      nodeCount: nodes, arcCount: arcs, deepest: Int(facts.deepest),
      labelEntries: Int(facts.labelEntries), limits: limits, depth: depth,
      rowStart: rowStart, upFirst: upFirst, upHead: upHead, upDepth: upDepth, ofMapArc: ofMapArc)
  }
}
