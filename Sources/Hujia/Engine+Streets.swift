// Nearest units and routes in Swift: check, convert, call. Holds no logic of its own.

import HujiaDriver
import HujiaEngine
import HujiaRoads
import HujiaRouting

extension Engine {
  /// The units with the least travel time to a place, nearest first; at most 64.
  public func nearestUnits(
    to place: Coordinate, count: Int, capabilities: UInt64 = 0, profile: Profile = .response
  ) throws(HujiaError) -> [NearbyUnit] {
    guard let point = place.e7 else { throw .range }
    guard count >= 1, count <= 64 else { throw .argument }
    return try with { driver in
      guard let target = driver.askedPlace(lat_e7: point.lat, lon_e7: point.lon, datum: 1)
      else { return .failure(.range) }
      return driver.turn { core in
        let found = core.nearest(
          to: target, capabilities: capabilities, levels: 1, agency: 0, limit: count,
          profile: profile.inside)
        return .success(
          (0..<found).map { index in
            let near = core.found(index)
            return NearbyUnit(
              unitID: core.units[near.unit].id, travel_ms: near.travel_ms,
              distance_dm: near.distance_dm, isStraightLine: near.isStraightLine,
              epoch: core.epoch, age_s: core.age_s(ofUnit: near.unit),
              isStale: core.isStale(age_s: core.age_s(ofUnit: near.unit)),
              isOffNetwork: target.isOffNetwork || core.units[near.unit].place.isOffNetwork)
          })
      }
    }
  }

  /// The travel time between two places now, without the road. A straight line is an estimate: no streets lead there.
  /// `epoch`: of the travel times it was computed on; 0 = the map's.
  public func travelTime(
    from: Coordinate, to: Coordinate, profile: Profile = .response
  ) throws(HujiaError) -> (travel_ms: UInt32, isStraightLine: Bool, epoch: UInt64) {
    guard let start = from.e7, let end = to.e7 else { throw .range }
    return try with { driver in
      guard let first = driver.roadEnd(lat_e7: start.lat, lon_e7: start.lon),
        let last = driver.roadEnd(lat_e7: end.lat, lon_e7: end.lon)
      else { return .failure(.range) }
      return .success(
        driver.turn { core in
          let found = core.router.travelTime(from: first, to: last, profile: profile.inside)
          return (found.travel_ms, found.isStraightLine, core.epoch)
        })
    }
  }

  /// The fastest road between two places; the last point's time is the travel time. `legs` says it in words.
  public func route(
    from: Coordinate, to: Coordinate, profile: Profile = .response
  ) throws(HujiaError) -> [RoutePoint] {
    guard let start = from.e7, let end = to.e7 else { throw .range }
    return try with { driver in
      guard let first = driver.roadEnd(lat_e7: start.lat, lon_e7: start.lon),
        let last = driver.roadEnd(lat_e7: end.lat, lon_e7: end.lon)
      else { return .failure(.range) }
      return .success(
        driver.turn { core in
          let answer = core.router.route(
            from: first, to: last, profile: profile.inside, into: core.routePoints,
            capacity: core.routeCapacity)
          return points(core, answer.needed, driver)
        })
    }
  }

  /// The road from a unit's last position to its incident, in the profile of the incident's plan.
  public func route(ofAssignment id: UInt64) throws(HujiaError) -> [RoutePoint] {
    try with { driver in
      driver.turn { core in
        let (status, needed) = core.route(ofAssignment: id)
        guard status == .ok else { return .failure(HujiaError(status)) }
        return .success(points(core, needed, driver))
      }
    }
  }

  /// The name of a street, by the id that route points carry; empty when it has none.
  public func streetName(_ id: UInt64) throws(HujiaError) -> String {
    try with { driver in
      let street = driver.map.street(withID: id)
      return street == RoadMap.none
        ? .failure(.unknownStreet) : .success(driver.map.name(ofStreet: street))
    }
  }
}

extension Profile {
  var inside: HujiaRouting.Profile { self == .normal ? .normal : .response }
}

/// The points as written into the core's scratch. Neighbours on one street share its name.
private func points(
  _ core: borrowing EngineCore, _ needed: Int, _ driver: EngineDriver
) -> [RoutePoint] {
  let map = driver.map
  var points: [RoutePoint] = []
  var street = RoadMap.none
  var name = ""
  for index in 0..<min(needed, core.routeCapacity) {
    let point = core.routePoints[index]
    let place = driver.output(lat_e7: point.lat_e7, lon_e7: point.lon_e7)
    if point.street != street {
      street = point.street
      name = street == RoadMap.none ? "" : map.name(ofStreet: street)
    }
    points.append(
      RoutePoint(
        place: Coordinate(lat_e7: place.lat_e7, lon_e7: place.lon_e7), time_ms: point.time_ms,
        distance_dm: point.distance_dm,
        streetID: street == RoadMap.none ? nil : map.streetID[Int(street)], streetName: name))
  }
  return points
}
