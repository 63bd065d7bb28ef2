// The map of an engine without streets: made here, so that nothing that compiles maps is needed where it runs.

extension RoadMap {
  /// No streets: every place is off the network. The same as a draft without anything compiles to.
  package static let empty: RoadMap = {
    // The ends of lists that hold nothing are 0; nothing else of it is ever read.
    let zeros = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 64)
    zeros.initializeMemory(as: UInt8.self, repeating: 0, count: 64)
    let numbers = UnsafePointer(zeros.assumingMemoryBound(to: Int32.self))
    let counts = UnsafePointer(zeros.assumingMemoryBound(to: UInt32.self))
    return RoadMap(
      nodeCount: 0, streetCount: 0, arcCount: 0, nodeLat_e7: numbers, nodeLon_e7: numbers,
      nodePart: counts, mainlands: none,
      streetID: UnsafePointer(zeros.assumingMemoryBound(to: UInt64.self)),
      streetLength_mm: counts,
      streetFacts: UnsafePointer(zeros.assumingMemoryBound(to: StreetFacts.self)),
      streetFirstPoint: counts, pointLat_e7: numbers, pointLon_e7: numbers,
      pointOffset_mm: counts, names: nil, streetByID: nil, areStreetIDsAscending: true,
      firstOut: counts, arcTail: counts, arcHead: counts, arcStreet: counts, arcNormal_ms: counts,
      arcResponse_ms: counts, firstIn: counts, inArc: counts, gridSouth_e7: 0, gridWest_e7: 0,
      gridRows: 0, gridColumns: 0, cellLat_e7: 1, cellLon_e7: 1, firstInCell: counts,
      cellSegment: counts, pointStreet: counts, ports: nil,
      sections: .none)
  }()
}
