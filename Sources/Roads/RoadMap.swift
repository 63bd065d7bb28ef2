// The street network as the engine reads it: pointers into one immutable, memory-mapped image.

/// A view of a compiled map. Trivially copyable (no ARC); valid as long as the `MapFile` or `MapImage` that it was
/// taken from lives. Immutable, so any thread may read it.
///
/// A *street* is one row of the street table: a shape between two nodes, with an id and a name. An *arc* is one
/// direction of travel on a street. Arcs are sorted by tail, then head, then street, so `firstOut` cuts them into
/// the lists of arcs leaving a node. Nodes are numbered as routing wants them (elimination-tree preorder when the map
/// carries an order).
package struct RoadMap: BitwiseCopyable, @unchecked Sendable {
  package static var none: UInt32 { .max }

  package var nodeCount: Int
  package var streetCount: Int
  package var arcCount: Int

  // Nodes
  package var nodeLat_e7: UnsafePointer<Int32>
  /// Beyond 180 degrees on a map that reaches across (`RoadMap+Frame`), as all longitudes here.
  package var nodeLon_e7: UnsafePointer<Int32>
  /// Strongly connected part of each node; part 0 is the largest.
  package var nodePart: UnsafePointer<UInt32>
  /// Parts below this one are no islets (`RoadMap+Islets`).
  package var mainlands: UInt32

  // Streets
  package var streetID: UnsafePointer<UInt64>
  package var streetLength_mm: UnsafePointer<UInt32>
  /// Arcs, ends and twin of each street, and its length once more.
  package var streetFacts: UnsafePointer<StreetFacts>
  /// Shape points of street s: `firstPoint[s] ..< firstPoint[s + 1]`, both ends included.
  package var streetFirstPoint: UnsafePointer<UInt32>
  package var pointLat_e7: UnsafePointer<Int32>
  package var pointLon_e7: UnsafePointer<Int32>
  /// Millimetres from the street's first point to each shape point; the last equals the street's length.
  package var pointOffset_mm: UnsafePointer<UInt32>
  /// Names, each once; nil when no street has one (`RoadMap+Streets`).
  package var names: StreetNames?
  /// The streets by id, then by index; nil where the ids ascend as they stand, or on a map without the section.
  package var streetByID: UnsafePointer<UInt32>?
  package var areStreetIDsAscending: Bool

  // Arcs
  /// nodeCount + 1 entries.
  package var firstOut: UnsafePointer<UInt32>
  package var arcTail: UnsafePointer<UInt32>
  package var arcHead: UnsafePointer<UInt32>
  package var arcStreet: UnsafePointer<UInt32>
  /// Free-flow travel time in milliseconds, profile `normal` and profile `response` (the same array when the source
  /// has one time only).
  package var arcNormal_ms: UnsafePointer<UInt32>
  package var arcResponse_ms: UnsafePointer<UInt32>
  /// nodeCount + 1 entries.
  package var firstIn: UnsafePointer<UInt32>
  /// Arcs sorted by head: `inArc[firstIn[v] ..< firstIn[v + 1]]`.
  package var inArc: UnsafePointer<UInt32>

  // Snapping grid: cells of `cellLat_e7` by `cellLon_e7` from the south-west corner, row by row; cell c holds the
  // segments `cellSegment[firstInCell[c] ..< firstInCell[c + 1]]`, each the number of its first shape point.
  package var gridSouth_e7: Int32
  package var gridWest_e7: Int32
  package var gridRows: Int32
  package var gridColumns: Int32
  package var cellLat_e7: Int32
  package var cellLon_e7: Int32
  package var firstInCell: UnsafePointer<UInt32>
  package var cellSegment: UnsafePointer<UInt32>
  /// Street of each shape point.
  package var pointStreet: UnsafePointer<UInt32>
  /// Nil where no turn is forbidden (`RoadMap+Ports`).
  package var ports: Ports?
  /// Further sections by tag, kept by the image; routing finds its node order here.
  package var sections: MapSections
}
