// Places where a turn is forbidden are taken apart: arcs end at ports and begin at others, and a link, an arc of no
// length, leads from the one to the other where one may turn so. Its time is 0 in a profile that may, and unreachable
// in one that may not. Where several streets in a row decide what may follow, one of them has byways: its arc once
// more, between ports of their own. Streets keep one arc each way, and places their nodes.

/// An arc and what belongs to it.
package struct ArcPair: BitwiseCopyable, Sendable, Equatable {
  package var arc: UInt32
  package var other: UInt32
  package init(arc: UInt32, other: UInt32) {
    self.arc = arc
    self.other = other
  }
}

package struct Ports: BitwiseCopyable, @unchecked Sendable {
  /// By node: the place that it is a port of, itself for most. A place is the node that one starts from there.
  package let placeOf: UnsafePointer<UInt32>
  /// By place: the node where one is, having reached it. Not the place itself where that is taken apart.
  package let exitOf: UnsafePointer<UInt32>
  /// Arcs of streets and their byways, ascending.
  package let byways: UnsafePointer<ArcPair>
  package let bywayCount: Int
  /// Arcs with byways and the node from which one reaches a place on such an arc, ascending.
  package let reach: UnsafePointer<ArcPair>
  package let reachCount: Int
  /// Nodes without further ports.
  package let placeCount: Int

  package init(
    placeOf: UnsafePointer<UInt32>, exitOf: UnsafePointer<UInt32>, byways: UnsafePointer<ArcPair>,
    bywayCount: Int, reach: UnsafePointer<ArcPair>, reachCount: Int, nodes: Int
  ) {
    placeCount = (0..<nodes).count { Int(placeOf[$0]) == $0 }
    self.placeOf = placeOf
    self.exitOf = exitOf
    self.byways = byways
    self.bywayCount = bywayCount
    self.reach = reach
    self.reachCount = reachCount
  }
}

package enum PortTag {
  package static let placeOf = MapTag.tag("TPLC")
  package static let exitOf = MapTag.tag("TEXI")
  package static let byways = MapTag.tag("TBYW")
  package static let reach = MapTag.tag("TRCH")
}

extension RoadMap {
  /// Whether an arc is a link, of no street.
  @inline(__always) package func isLink(_ arc: Int) -> Bool { Int(arcStreet[arc]) >= streetCount }

  /// The place that a node belongs to.
  @inline(__always) package func place(ofNode node: UInt32) -> UInt32 {
    guard let ports else { return node }
    return ports.placeOf[Int(node)]
  }

  /// Nodes, the ports of one place counted once.
  package var placeCount: Int { ports?.placeCount ?? nodeCount }

  /// Places that are taken apart. O(nodes) on a map with turn rules.
  package var splitPlaceCount: Int {
    guard let ports else { return 0 }
    return (0..<nodeCount).count {
      Int(ports.placeOf[$0]) == $0 && Int(ports.exitOf[$0]) != $0
    }
  }

  /// Arcs of streets, one each way, without links and byways. O(streets).
  package var drivenArcCount: Int {
    guard ports != nil else { return arcCount }
    return (0..<streetCount).reduce(0) {
      $0 + (streetFacts[$1].forwardArc == Self.none ? 0 : 1)
        + (streetFacts[$1].backwardArc == Self.none ? 0 : 1)
    }
  }

  /// The arc of its street that a byway repeats; any other arc itself. O(1) for the street's own arcs and for links,
  /// O(log byways, and those of its street) for a byway.
  package func streetArc(of arc: UInt32) -> UInt32 {
    guard ports != nil, !isLink(Int(arc)) else { return arc }
    let facts = streetFacts[Int(arcStreet[Int(arc)])]
    if facts.forwardArc == arc || facts.backwardArc == arc { return arc }
    var isForward = false
    if facts.forwardArc != Self.none {
      forEachByway(of: facts.forwardArc) { isForward = isForward || $0 == arc }
    }
    return isForward ? facts.forwardArc : facts.backwardArc
  }

  /// The node from which one reaches a place on an arc: its tail, or where the arc and its byways come together.
  /// O(log arcs with byways).
  package func reach(ofArc arc: UInt32) -> UInt32 {
    guard let ports, ports.reachCount > 0 else { return arcTail[Int(arc)] }
    let index = Ports.firstIndex(ports.reach, ports.reachCount, arc)
    guard index < ports.reachCount, ports.reach[index].arc == arc else {
      return arcTail[Int(arc)]
    }
    return ports.reach[index].other
  }

  /// The byways of a street's arc. O(log byways), and those.
  package func forEachByway(of arc: UInt32, _ body: (UInt32) -> Void) {
    guard let ports, ports.bywayCount > 0 else { return }
    var index = Ports.firstIndex(ports.byways, ports.bywayCount, arc)
    while index < ports.bywayCount, ports.byways[index].arc == arc {
      body(ports.byways[index].other)
      index += 1
    }
  }
}

extension Ports {
  /// The first pair of an arc at or above `arc`.
  package static func firstIndex(
    _ pairs: UnsafePointer<ArcPair>, _ count: Int, _ arc: UInt32
  ) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if pairs[middle].arc < arc { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
