// What routing asks about a street, side by side in half a cache line: a place on a street is looked up at random, and
// each array of its own would be one more wait for memory.

/// Fields as in `RoadMap`: arcs are `RoadMap.none` where travel that way is not allowed.
package struct StreetFacts: BitwiseCopyable, Equatable {
  package var forwardArc: UInt32
  package var backwardArc: UInt32
  package var twin: UInt32
  package var length_mm: UInt32
  /// The nodes at the street's first and last point.
  package var firstNode: UInt32
  package var lastNode: UInt32
  var reserved0: UInt32 = 0
  var reserved1: UInt32 = 0

  package init(
    forwardArc: UInt32, backwardArc: UInt32, twin: UInt32, length_mm: UInt32, firstNode: UInt32,
    lastNode: UInt32
  ) {
    self.forwardArc = forwardArc
    self.backwardArc = backwardArc
    self.twin = twin
    self.length_mm = length_mm
    self.firstNode = firstNode
    self.lastNode = lastNode
  }
}

extension RoadMap {
  /// O(1); one read on maps that carry the facts side by side, several on older ones.
  @inline(__always) package func facts(ofStreet street: UInt32) -> StreetFacts {
    if let streetFacts { return streetFacts[Int(street)] }
    return gatheredFacts(ofStreet: street)
  }

  package func gatheredFacts(ofStreet street: UInt32) -> StreetFacts {
    let s = Int(street)
    return StreetFacts(
      forwardArc: streetForwardArc[s], backwardArc: streetBackwardArc[s], twin: streetTwin[s],
      length_mm: streetLength_mm[s], firstNode: end(of: street, isFirst: true),
      lastNode: end(of: street, isFirst: false))
  }
}
