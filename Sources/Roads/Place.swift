// A position on the street network, as the snapper found it and as routing uses it.

/// Where something is on the streets. Plain value; meaningful only together with the `RoadMap` it was snapped on.
public struct Place: BitwiseCopyable, Sendable, Equatable {
  /// No street, no node.
  @inlinable public static var none: UInt32 { .max }

  /// Street index (not id); `none` when the map has no streets at all.
  public var street: UInt32
  /// Millimetres along the street from its first point; 0 … the street's length.
  public var offset_mm: UInt32
  /// The node it is at (within 0.5 m), else `none`. At a node every arc of the node is usable.
  public var node: UInt32
  /// How far the reported point lies from the street, decimetres (saturating).
  public var gap_dm: UInt32
  /// The reported point itself; the snapped one is `RoadMap.point(of:)`.
  public var lat_e7: Int32
  public var lon_e7: Int32
  /// Farther from any street than the snapping limit: the nearest street is used, and the answer is marked.
  public var isOffNetwork: Bool

  @inlinable public init(
    street: UInt32, offset_mm: UInt32, node: UInt32, gap_dm: UInt32, lat_e7: Int32, lon_e7: Int32,
    isOffNetwork: Bool
  ) {
    self.street = street
    self.offset_mm = offset_mm
    self.node = node
    self.gap_dm = gap_dm
    self.lat_e7 = lat_e7
    self.lon_e7 = lon_e7
    self.isOffNetwork = isOffNetwork
  }

  /// Not known, or not snapped yet.
  @inlinable public static var nowhere: Place {
    Place(
      street: none, offset_mm: 0, node: none, gap_dm: 0, lat_e7: 0, lon_e7: 0, isOffNetwork: true)
  }

  /// |lat| <= 90 degrees, |lon| <= 180 degrees.
  package static func isOnPlanet(_ lat_e7: Int32, _ lon_e7: Int32) -> Bool {
    lat_e7 >= -900_000_000 && lat_e7 <= 900_000_000 && lon_e7 >= -1_800_000_000
      && lon_e7 <= 1_800_000_000
  }

  package var isOnStreets: Bool { street != Self.none }

  /// A place within half a metre of its street (the tolerance of `node`) is on it. Beyond, the gap counts.
  package static var onStreet_dm: UInt32 { 5 }

  /// What lies between the place and its street, as it counts in travel times and distances.
  @inline(__always) package var countedGap_dm: UInt32 {
    isOnStreets && gap_dm >= Self.onStreet_dm ? gap_dm : 0
  }
}
