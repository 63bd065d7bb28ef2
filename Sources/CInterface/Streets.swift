// hj_nearest_units, hj_travel_time, hj_route, hj_route_by_profile, hj_street_name.

import CHujia
import HujiaDriver

@c @implementation
public func hj_nearest_units(
  _ engine: OpaquePointer!, _ query: UnsafePointer<hj_nearest_query>!,
  _ nearest: UnsafeMutablePointer<hj_nearest>!, _ capacity: UInt32,
  _ count: UnsafeMutablePointer<UInt32>!
) -> hj_status {
  with(engine) { driver in
    guard let count else { return .null }
    count.pointee = 0
    let (status, given) = Sized.read(query)
    guard let given else { return status }
    guard given.k >= 1, given.k <= 64, given.levels & ~7 == 0, Check.isDatum(given.datum),
      let profile = Check.profile(given.profile)
    else { return .argument }
    guard Check.isPlace(given.lat_e7, given.lon_e7),
      let place = driver.askedPlace(
        lat_e7: given.lat_e7, lon_e7: given.lon_e7, datum: given.datum)
    else { return .range }
    if capacity > 0 {
      let verdict = Sized.checkOutput(nearest)
      guard verdict == .ok else { return verdict }
    }
    var asked = NearestQuery(
      place: place, limit: Int(given.k), capacity: Int(capacity), profile: profile)
    asked.capabilities = given.capabilities
    if given.levels != 0 { asked.levels = given.levels }
    asked.agency = given.agency
    if let nearest {
      asked.space = UnsafeMutableRawPointer(nearest)
      asked.stride = Int(Sized.size(nearest))
      asked.put = { place, size, view in
        let found = view.assumingMemoryBound(to: NearestView.self)
        write(found.pointee, to: place, size: UInt32(size))
      }
    }
    var answer = NearestAnswer()
    driver.nearest(asked, into: &answer)
    count.pointee = UInt32(answer.count)
    return answer.count > Int(capacity) ? .buffer : .ok
  }
}

private func write(_ found: NearestView, to place: UnsafeMutableRawPointer, size: UInt32) {
  var flags = found.isStraightLine ? HJ_NEAREST_STRAIGHT_LINE : 0
  if found.isStale { flags |= HJ_NEAREST_STALE }
  if found.isOffNetwork { flags |= HJ_NEAREST_OFF_NETWORK }
  var entry = hj_nearest(
    size: size, flags: flags, unit_id: found.unitID, travel_ms: found.travel_ms,
    distance_dm: found.distance_dm, epoch: found.epoch, age_s: found.age_s, reserved0: 0)
  Sized.write(&entry, to: place, size: size)
}

@c @implementation
public func hj_route(
  _ engine: OpaquePointer!, _ from_lat_e7: Int32, _ from_lon_e7: Int32, _ to_lat_e7: Int32,
  _ to_lon_e7: Int32, _ summary: UnsafeMutablePointer<hj_route_summary>!,
  _ points: UnsafeMutablePointer<hj_route_point>!, _ capacity: UInt32,
  _ needed: UnsafeMutablePointer<UInt32>!
) -> hj_status {
  hj_route_by_profile(
    engine, from_lat_e7, from_lon_e7, to_lat_e7, to_lon_e7, HJ_PROFILE_DEFAULT, summary, points,
    capacity, needed)
}

@c @implementation
public func hj_route_by_profile(
  _ engine: OpaquePointer!, _ from_lat_e7: Int32, _ from_lon_e7: Int32, _ to_lat_e7: Int32,
  _ to_lon_e7: Int32, _ profile: Int32, _ summary: UnsafeMutablePointer<hj_route_summary>!,
  _ points: UnsafeMutablePointer<hj_route_point>!, _ capacity: UInt32,
  _ needed: UnsafeMutablePointer<UInt32>!
) -> hj_status {
  with(engine) { driver in
    guard let profile = Check.profile(profile) else { return .argument }
    if summary != nil {
      let verdict = Sized.checkOutput(summary)
      guard verdict == .ok else { return verdict }
    }
    let output = RouteOutput(points, capacity)
    guard output.status == .ok else { return output.status }
    guard Check.isPlace(from_lat_e7, from_lon_e7), Check.isPlace(to_lat_e7, to_lon_e7),
      let from = driver.roadEnd(lat_e7: from_lat_e7, lon_e7: from_lon_e7),
      let to = driver.roadEnd(lat_e7: to_lat_e7, lon_e7: to_lon_e7)
    else { return .range }
    let (answer, epoch) = driver.route(
      from: from, to: to, profile: profile, capacity: points == nil ? 0 : output.capacity
    ) { index, point in output.write(point, index, driver.map) }
    needed?.pointee = UInt32(answer.needed)
    if let summary { write(answer, from, to, epoch: epoch, to: summary) }
    guard points != nil else { return .ok }
    output.convert(answer.needed, driver)
    return answer.needed > output.capacity ? .buffer : .ok
  }
}

@c @implementation
public func hj_travel_time(
  _ engine: OpaquePointer!, _ from_lat_e7: Int32, _ from_lon_e7: Int32, _ to_lat_e7: Int32,
  _ to_lon_e7: Int32, _ profile: Int32, _ travel_ms: UnsafeMutablePointer<UInt32>!,
  _ distance_dm: UnsafeMutablePointer<UInt32>!, _ flags: UnsafeMutablePointer<UInt32>!,
  _ epoch: UnsafeMutablePointer<UInt64>!
) -> hj_status {
  with(engine) { driver in
    guard let travel_ms else { return .null }
    guard let profile = Check.profile(profile) else { return .argument }
    guard Check.isPlace(from_lat_e7, from_lon_e7), Check.isPlace(to_lat_e7, to_lon_e7),
      let from = driver.roadEnd(lat_e7: from_lat_e7, lon_e7: from_lon_e7),
      let to = driver.roadEnd(lat_e7: to_lat_e7, lon_e7: to_lon_e7)
    else { return .range }
    let found = driver.travel(
      TravelQuery(from: from, to: to, profile: profile, wantsDistance: distance_dm != nil))
    epoch?.pointee = found.epoch
    travel_ms.pointee = found.travel_ms
    distance_dm?.pointee = found.distance_dm
    flags?.pointee = routeFlags(found.isStraightLine, from, to)
    return .ok
  }
}

private func routeFlags(_ isStraightLine: Bool, _ from: Place, _ to: Place) -> UInt32 {
  var flags: UInt32 = isStraightLine ? HJ_ROUTE_STRAIGHT_LINE : 0
  if from.isOffNetwork { flags |= HJ_ROUTE_OFF_NETWORK_FROM }
  if to.isOffNetwork { flags |= HJ_ROUTE_OFF_NETWORK_TO }
  return flags
}

private func write(
  _ answer: RouteAnswer, _ from: Place, _ to: Place, epoch: UInt64,
  to summary: UnsafeMutablePointer<hj_route_summary>
) {
  var filled = hj_route_summary(
    size: 0, flags: routeFlags(answer.isStraightLine, from, to), travel_ms: answer.travel_ms,
    distance_dm: answer.distance_dm,
    point_count: UInt32(answer.needed), reserved0: 0, epoch: epoch)
  Sized.write(&filled, to: UnsafeMutableRawPointer(summary), size: Sized.size(summary))
}

@c @implementation
public func hj_street_name(
  _ engine: OpaquePointer!, _ street_id: UInt64, _ buffer: UnsafeMutablePointer<CChar>!,
  _ capacity: UInt32, _ needed: UnsafeMutablePointer<UInt32>!
) -> hj_status {
  with(engine) { driver in
    guard let needed, buffer != nil || capacity == 0 else { return .null }
    let street = driver.map.street(withID: street_id)
    guard street != RoadMap.none else { return .unknownUnit }
    let name = driver.map.nameBytes(ofStreet: street)
    needed.pointee = UInt32(name.count) + 1
    guard capacity > 0, let buffer else { return .ok }
    var written = min(name.count, Int(capacity) - 1)
    // A character is written whole or not at all: back to where none is cut.
    while written < name.count, written > 0, name[written] & 0xc0 == 0x80 { written -= 1 }
    for index in 0..<written { buffer[index] = CChar(bitPattern: name[index]) }
    buffer[written] = 0
    return needed.pointee > capacity ? .buffer : .ok
  }
}

/// The caller's array of route points.
struct RouteOutput {
  let points: UnsafeMutablePointer<hj_route_point>?
  let capacity: Int
  let status: Status

  init(_ points: UnsafeMutablePointer<hj_route_point>?, _ capacity: UInt32) {
    self.points = points
    self.capacity = min(Int(capacity), EngineDriver.routePointLimit)
    status = capacity == 0 ? .ok : Sized.checkOutput(points)
  }

  /// One point, under the baton.
  func write(_ point: RoutePoint, _ index: Int, _ map: RoadMap) {
    guard let points else { return }
    let size = Sized.size(points)
    let street = point.street == Place.none ? 0 : map.streetID[Int(point.street)]
    var entry = hj_route_point(
      size: size, lat_e7: point.lat_e7, lon_e7: point.lon_e7, time_ms: point.time_ms,
      distance_dm: point.distance_dm, reserved0: 0, street_id: street)
    Sized.write(&entry, to: UnsafeMutableRawPointer(points) + index * Int(size), size: size)
  }

  /// Puts what was written into the datum that the host asked for: after the turn, for it may be a long road.
  func convert(_ needed: Int, _ driver: EngineDriver) {
    guard driver.convertsOutput, let points else { return }
    let size = Int(Sized.size(points))
    for index in 0..<min(needed, capacity) {
      let raw = UnsafeMutableRawPointer(points) + index * size
      let lat_e7 = raw.loadUnaligned(fromByteOffset: 4, as: Int32.self)
      let lon_e7 = raw.loadUnaligned(fromByteOffset: 8, as: Int32.self)
      let point = driver.output(lat_e7: lat_e7, lon_e7: lon_e7)
      raw.storeBytes(of: point.lat_e7, toByteOffset: 4, as: Int32.self)
      raw.storeBytes(of: point.lon_e7, toByteOffset: 8, as: Int32.self)
    }
  }
}
