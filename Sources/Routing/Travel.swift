// Read first. What routing answers: exact travel times, the nearest units, routes. The values that cross the border
// to the engine live here. Routing knows streets and units' places; it must never know about incidents.

import HujiaContainers
import HujiaRoads

/// How one drives: as everybody, or with lights and sirens. Maps with one travel time answer both alike.
package enum Profile: UInt8, BitwiseCopyable, Sendable, CaseIterable {
  case normal
  case response
}

/// One way from a place to another.
package struct Travel: BitwiseCopyable, Sendable, Equatable {
  /// Milliseconds; `.max` when even a straight-line estimate is beyond 6.2 days.
  package var travel_ms: UInt32
  /// Decimetres, of the shortest among the fastest ways.
  package var distance_dm: UInt32
  /// The streets do not lead there: an estimate (see `StraightLine`), not a route.
  package var isStraightLine: Bool

  package init(travel_ms: UInt32, distance_dm: UInt32, isStraightLine: Bool) {
    self.travel_ms = travel_ms
    self.distance_dm = distance_dm
    self.isStraightLine = isStraightLine
  }
}

/// The time of a way without its length, which costs more to find.
package struct TravelTime: BitwiseCopyable, Sendable, Equatable {
  /// As in `Travel`.
  package var travel_ms: UInt32
  package var isStraightLine: Bool

  init(travel_ms: UInt32, isStraightLine: Bool) {
    self.travel_ms = travel_ms
    self.isStraightLine = isStraightLine
  }

  init(_ travel: Travel) {
    self.init(travel_ms: travel.travel_ms, isStraightLine: travel.isStraightLine)
  }
}

/// Which units count.
package struct UnitFilter: BitwiseCopyable, Sendable {
  /// Every one of these is required; 0 asks for nothing.
  package var capabilities: UInt64
  /// Bit `1 << level` for each level that will do. 0 matches nobody.
  package var levels: UInt32
  /// 0 = any.
  package var agency: UInt32
  /// 0 = any.
  package var kind: UInt32 = 0
  /// Where there are no streets: the unit is no farther away; 0 = as far as it likes.
  package var radius_dm: UInt32 = 0
  /// The unit stays available at least until then, wall clock, µs; `.min` = any.
  package var availableUntil_us: Int64
  /// A unit whose skip mark equals this (when not 0) is passed over.
  package var skipStamp: UInt32
  /// So many people aboard at least: 0 = also nobody.
  package var leastCrew: UInt8
  /// Agency, kind, time or skip marks are asked for too. `prepare` sets it; until then true, which is safe.
  private(set) var asksMore = true

  /// Before many units are asked: `codes` are the levels of units that will do.
  @inline(__always) mutating func prepare(codes: UInt32) {
    levels = codes
    asksMore = agency != 0 || kind != 0 || skipStamp != 0 || availableUntil_us != .min
  }

  package init(
    capabilities: UInt64 = 0, levels: UInt32 = .max, agency: UInt32 = 0,
    availableUntil_us: Int64 = .min, skipStamp: UInt32 = 0, leastCrew: UInt8 = 0
  ) {
    self.capabilities = capabilities
    self.levels = levels
    self.agency = agency
    self.availableUntil_us = availableUntil_us
    self.skipStamp = skipStamp
    self.leastCrew = leastCrew
  }
}

/// One of the nearest units.
package struct NearestUnit: BitwiseCopyable, Sendable, Equatable {
  /// The unit's index, as given to `put`.
  package var unit: UInt32
  package var travel_ms: UInt32
  package var distance_dm: UInt32
  package var isStraightLine: Bool

  package init(unit: UInt32, travel_ms: UInt32, distance_dm: UInt32, isStraightLine: Bool) {
    self.unit = unit
    self.travel_ms = travel_ms
    self.distance_dm = distance_dm
    self.isStraightLine = isStraightLine
  }
}

/// One point of a route, in the order of travel.
package struct RoutePoint: BitwiseCopyable, Sendable, Equatable {
  package var lat_e7: Int32
  package var lon_e7: Int32
  /// Since the start of the route.
  package var time_ms: UInt32
  package var distance_dm: UInt32
  /// Index of the street that leads to this point (for the first point: that leads away from it);
  /// `Place.none` on a straight line and where no street is driven at all.
  package var street: UInt32

  package init(lat_e7: Int32, lon_e7: Int32, time_ms: UInt32, distance_dm: UInt32, street: UInt32) {
    self.lat_e7 = lat_e7
    self.lon_e7 = lon_e7
    self.time_ms = time_ms
    self.distance_dm = distance_dm
    self.street = street
  }
}

/// What `route` says besides the points.
package struct RouteAnswer: BitwiseCopyable, Sendable, Equatable {
  /// Points of the whole route; those beyond the caller's capacity were not written. At least 2.
  package var needed: Int
  package var travel_ms: UInt32
  package var distance_dm: UInt32
  package var isStraightLine: Bool

  package init(needed: Int, travel_ms: UInt32, distance_dm: UInt32, isStraightLine: Bool) {
    self.needed = needed
    self.travel_ms = travel_ms
    self.distance_dm = distance_dm
    self.isStraightLine = isStraightLine
  }
}
