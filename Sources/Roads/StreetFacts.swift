// What routing asks about a street, side by side in half a cache line: a place on a street is looked up at random, and
// each array of its own would be one more wait for memory.

/// Fields as in `RoadMap`: arcs are `RoadMap.none` where travel that way is not allowed.
package struct StreetFacts: BitwiseCopyable, Equatable {
  /// The arc along the street's points, and the one against them.
  package var forwardArc: UInt32
  package var backwardArc: UInt32
  /// The street that is this one's opposite carriageway given as a row of its own (same shape, other direction), or
  /// `none`. A place in the middle of such a pair may use either.
  package var twin: UInt32
  package var length_mm: UInt32
  /// The places at the street's first and last point, with `splitMark` where one is taken apart into ports.
  package var first: UInt32
  package var last: UInt32
  /// How far all streets but it and its twin keep from each eighth of it, a byte an eighth; 0 = not known
  /// (`Clearances` of the module that compiles maps).
  package var clearances: UInt64 = 0

  package init(
    forwardArc: UInt32, backwardArc: UInt32, twin: UInt32, length_mm: UInt32, firstNode: UInt32,
    lastNode: UInt32
  ) {
    self.forwardArc = forwardArc
    self.backwardArc = backwardArc
    self.twin = twin
    self.length_mm = length_mm
    first = firstNode
    last = lastNode
  }

  /// Nodes are fewer than this.
  package static var splitMark: UInt32 { 1 << 31 }
  package var firstNode: UInt32 { first & ~Self.splitMark }
  package var lastNode: UInt32 { last & ~Self.splitMark }
}

extension StreetFacts {
  package static var clearanceStep_mm: Int64 { 500 }
  package static var mostClearance_mm: Int64 { 255 * clearanceStep_mm }

  /// The eighth of a street that an offset lies in. The length is not 0.
  @inline(__always) package static func eighth(_ offset_mm: UInt32, length_mm: UInt32) -> Int {
    Int(min(UInt64(offset_mm) * 8 / UInt64(length_mm), 7))
  }

  /// No street but its twin is nearer than this to the street's point at an offset.
  @inline(__always) func clearance_mm(at offset_mm: UInt32) -> Int64 {
    guard clearances != 0, length_mm != 0 else { return 0 }
    let eighth = Self.eighth(offset_mm, length_mm: length_mm)
    return Int64(clearances >> UInt64(8 * eighth) & 0xff) * Self.clearanceStep_mm
  }

}

extension RoadMap {
  /// O(1), one read.
  @inline(__always) package func facts(ofStreet street: UInt32) -> StreetFacts {
    streetFacts[Int(street)]
  }

  /// Whether a place that comes from a file can be one of this map's. O(1).
  package func holds(_ place: Place) -> Bool {
    guard Place.isOnPlanet(place.lat_e7, place.lon_e7) else { return false }
    guard place.street != Place.none else { return place.node == Place.none }
    guard Int(place.street) < streetCount else { return false }
    let street = facts(ofStreet: place.street)
    return place.offset_mm <= street.length_mm
      && (place.node == Place.none || place.node == street.firstNode
        || place.node == street.lastNode)
  }
}
