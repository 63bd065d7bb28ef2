// Longitudes of maps that reach across 180 degrees. Such a map counts on beyond 180 (or below -180), so that no street
// in it jumps; what comes in is brought into that frame, what goes out is on the planet again.

extension RoadMap {
  package static var halfTurn_e7: Int64 { 1_800_000_000 }
  package static var turn_e7: Int64 { 3_600_000_000 }
  /// The farthest a longitude may be counted: what 32 bits hold, 214 degrees.
  package static var farthest_e7: UInt32 { 2_140_000_000 }

  /// A longitude as the map counts it: the short way round from the middle of its grid.
  /// Products of 32 bits: nothing overflows, so nothing is checked.
  @inline(__always) package func framed(_ lon_e7: Int32) -> Int64 {
    let middle = Int64(gridWest_e7) &+ (Int64(gridColumns) &* Int64(cellLon_e7)) >> 1
    let lon = Int64(lon_e7)
    let east = lon &- middle
    if east > Self.halfTurn_e7 { return lon &- Self.turn_e7 }
    return east < -Self.halfTurn_e7 ? lon &+ Self.turn_e7 : lon
  }

  /// -180 to 180 degrees.
  @inline(__always) package static func wrapped(_ lon_e7: Int64) -> Int32 {
    if lon_e7 > halfTurn_e7 { return Int32(truncatingIfNeeded: lon_e7 - turn_e7) }
    if lon_e7 < -halfTurn_e7 { return Int32(truncatingIfNeeded: lon_e7 + turn_e7) }
    return Int32(truncatingIfNeeded: lon_e7)
  }
}
