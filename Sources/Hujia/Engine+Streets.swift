// Nearest units and routes in Swift: check, convert, call. Holds no logic of its own.

import HujiaDriver
import HujiaEngine
import HujiaRouting

extension Engine {
  /// The units with the least travel time to a place, nearest first; at most 64.
  public func nearestUnits(
    to place: Coordinate, count: Int, capabilities: UInt64 = 0
  ) throws(HujiaError) -> [NearbyUnit] {
    guard let point = place.e7 else { throw .range }
    guard count >= 1, count <= 64 else { throw .argument }
    return try with { driver in
      let target = driver.place(lat_e7: point.lat, lon_e7: point.lon, datum: 1)
      return driver.turn { core in
        let found = core.nearest(
          to: target, capabilities: capabilities, levels: 1, agency: 0, limit: count)
        return .success(
          (0..<found).map { index in
            let near = core.found(index)
            return NearbyUnit(
              unitID: core.units[near.unit].id, travel_ms: near.travel_ms,
              distance_dm: near.distance_dm, isStraightLine: near.isStraightLine)
          })
      }
    }
  }

  /// The fastest road between two places; the last point's time is the travel time.
  public func route(from: Coordinate, to: Coordinate) throws(HujiaError) -> [RoutePoint] {
    guard let start = from.e7, let end = to.e7 else { throw .range }
    return try with { driver in
      let first = driver.place(lat_e7: start.lat, lon_e7: start.lon, datum: 1)
      let last = driver.place(lat_e7: end.lat, lon_e7: end.lon, datum: 1)
      return driver.turn { core in
        let answer = core.router.route(
          from: first, to: last, profile: .response, into: core.routePoints,
          capacity: core.routeCapacity)
        return .success(
          (0..<min(answer.needed, core.routeCapacity)).map { index in
            let point = core.routePoints[index]
            return RoutePoint(
              place: Coordinate(lat_e7: point.lat_e7, lon_e7: point.lon_e7),
              time_ms: point.time_ms, distance_dm: point.distance_dm)
          })
      }
    }
  }
}
