// Nearest units and routes in Swift: check, convert, call. Holds no logic of its own.

import HujiaDriver

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
      var query = NearestQuery(
        place: target, limit: count, capacity: count, profile: profile.inside)
      query.capabilities = capabilities
      query.stride = MemoryLayout<NearestView>.stride
      query.put = { place, _, view in
        place.copyMemory(from: view, byteCount: MemoryLayout<NearestView>.size)
      }
      let found = [NearestView](unsafeUninitializedCapacity: count) { space, filled in
        query.space = UnsafeMutableRawPointer(space.baseAddress)
        var answer = NearestAnswer()
        driver.nearest(query, into: &answer)
        filled = min(answer.count, count)
      }
      return .success(
        found.map { near in
          NearbyUnit(
            unitID: near.unitID, travel_ms: near.travel_ms, distance_dm: near.distance_dm,
            isStraightLine: near.isStraightLine, epoch: near.epoch, age_s: near.age_s,
            isStale: near.isStale, isOffNetwork: near.isOffNetwork)
        })
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
      let found = driver.travel(
        TravelQuery(from: first, to: last, profile: profile.inside, wantsDistance: false))
      return .success((found.travel_ms, found.isStraightLine, found.epoch))
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
      return copied(driver) { capacity, put in
        let found = driver.route(
          from: first, to: last, profile: profile.inside, capacity: capacity, put)
        return (.ok, found.answer.needed)
      }
    }
  }

  /// The road from a unit's last position to its incident, in the profile of the incident's plan.
  public func route(ofAssignment id: UInt64) throws(HujiaError) -> [RoutePoint] {
    try with { driver in
      copied(driver) { capacity, put in
        driver.route(ofAssignment: id, capacity: capacity, put)
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
  var inside: HujiaDriver.Profile { self == .normal ? .normal : .response }
}

/// The points of a road. The room for them is made before the baton is taken; where it was too small, the road is asked
/// for again with as much as it needs.
private func copied(
  _ driver: EngineDriver,
  _ road: (Int, (Int, HujiaDriver.RoutePoint) -> Void) -> (status: Status, needed: Int)
) -> Result<[RoutePoint], HujiaError> {
  var capacity = 1_024
  while true {
    var status = Status.ok
    var needed = 0
    let found = [HujiaDriver.RoutePoint](unsafeUninitializedCapacity: capacity) { room, count in
      let base = room.baseAddress
      (status, needed) = road(capacity) { index, point in
        if let base { (base + index).initialize(to: point) }
      }
      count = min(needed, capacity)
    }
    guard status == .ok else { return .failure(HujiaError(status)) }
    if needed <= capacity || capacity == EngineDriver.routePointLimit {
      return .success(points(found, driver))
    }
    capacity = min(needed, EngineDriver.routePointLimit)
  }
}

/// Neighbours on one street share its name.
private func points(_ found: [HujiaDriver.RoutePoint], _ driver: EngineDriver) -> [RoutePoint] {
  let map = driver.map
  var points: [RoutePoint] = []
  points.reserveCapacity(found.count)
  var street = RoadMap.none
  var name = ""
  for point in found {
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
