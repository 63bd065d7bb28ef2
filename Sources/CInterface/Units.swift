// hj_unit_put, _remove, _set_activity, _read; hj_positions_report.

import CHujia
import HujiaDriver

@c @implementation
public func hj_unit_put(_ engine: OpaquePointer!, _ unit: UnsafePointer<hj_unit>!) -> hj_status {
  hj_unit_put_by(engine, unit, nil)
}

@c @implementation
public func hj_unit_put_by(
  _ engine: OpaquePointer!, _ unit: UnsafePointer<hj_unit>!, _ action: UnsafePointer<hj_action>!
) -> hj_status {
  with(engine) { driver in
    let (verdict, act) = Check.act(action)
    guard verdict == .ok else { return verdict }
    let (status, given) = Sized.read(unit)
    guard let given else { return status }
    guard given.id != 0, given.crew >= HJ_CREW_NONE,
      let activity = Activity(header: given.activity), hasSoundDetails(given)
    else { return .argument }
    guard Check.isPlace(given.lat_e7, given.lon_e7),
      Check.isPlace(given.station_lat_e7, given.station_lon_e7)
    else { return .range }
    guard given.capacity <= 1, given.reserved2 == 0 else { return .unsupported }
    let place = driver.place(lat_e7: given.lat_e7, lon_e7: given.lon_e7, datum: 0)
    var description = UnitDescription(
      id: given.id, kind: given.kind, agency: given.agency, capabilities: given.capabilities,
      homeBeat: given.home_beat, crew: given.crew, activity: activity,
      shiftEnd_us: given.shift_end_wall_us, place: place,
      hasPosition: !Check.isNoPlace(given.lat_e7, given.lon_e7))
    description.details = details(given, driver)
    var command = Command(.putUnit(description), act: act)
    return driver.submit(&command)
  }
}

private func hasSoundDetails(_ given: hj_unit) -> Bool {
  guard given.sworn >= 0, given.people >= 0, given.shift_begin_wall_us >= 0 else { return false }
  return (given.people == 0 || given.sworn <= given.people)
    && (given.shift_end_wall_us == 0 || given.shift_begin_wall_us <= given.shift_end_wall_us)
}

private func details(_ given: hj_unit, _ driver: EngineDriver) -> UnitDetails {
  var details = UnitDetails()
  details.sworn = given.sworn
  details.people = given.people
  details.shiftBegin_us = given.shift_begin_wall_us
  if !Check.isNoPlace(given.station_lat_e7, given.station_lon_e7) {
    (details.stationLat_e7, details.stationLon_e7) = driver.wgs84(
      lat_e7: given.station_lat_e7, lon_e7: given.station_lon_e7, datum: 0)
  }
  return details
}

@c @implementation
public func hj_unit_remove(_ engine: OpaquePointer!, _ unit_id: UInt64) -> hj_status {
  hj_unit_remove_by(engine, unit_id, nil)
}

@c @implementation
public func hj_unit_remove_by(
  _ engine: OpaquePointer!, _ unit_id: UInt64, _ action: UnsafePointer<hj_action>!
) -> hj_status {
  with(engine) { driver in driver.submit(.removeUnit(unit_id), by: action) }
}

@c @implementation
public func hj_unit_set_activity(
  _ engine: OpaquePointer!, _ unit_id: UInt64, _ activity: Int32, _ wall_us: Int64
) -> hj_status {
  hj_unit_set_activity_by(engine, unit_id, activity, wall_us, nil)
}

@c @implementation
public func hj_unit_set_activity_by(
  _ engine: OpaquePointer!, _ unit_id: UInt64, _ activity: Int32, _ wall_us: Int64,
  _ action: UnsafePointer<hj_action>!
) -> hj_status {
  with(engine) { driver in
    guard let activity = Activity(header: activity), wall_us >= 0 else { return .argument }
    return driver.submit(.setActivity(activity, unit: unit_id, wall_us: wall_us), by: action)
  }
}

@c @implementation
public func hj_unit_read(
  _ engine: OpaquePointer!, _ unit_id: UInt64, _ status: UnsafeMutablePointer<hj_unit_status>!
) -> hj_status {
  with(engine) { driver in
    let verdict = Sized.checkOutput(status)
    guard verdict == .ok, let status else { return verdict }
    var view = UnitView()
    let answer = driver.read(unit: unit_id, into: &view)
    guard answer == .ok else { return answer }
    var filled = hj_unit_status(view, driver)
    Sized.write(&filled, to: UnsafeMutableRawPointer(status), size: Sized.size(status))
    return .ok
  }
}

extension hj_unit_status {
  init(_ view: UnitView, _ driver: EngineDriver) {
    self.init()
    unit_id = view.id
    activity = Int32(view.activity.rawValue)
    level = Int32(view.level.rawValue)
    next_activity = view.nextActivity.map { Int32($0.rawValue) } ?? HJ_ACTIVITY_NONE
    assignment_id = view.assignmentID
    incident_id = view.incidentID
    age_s = view.age_s
    capacity = 1
    sworn = view.details.sworn
    people = view.details.people
    (station_lat_e7, station_lon_e7) = driver.output(
      lat_e7: view.details.stationLat_e7, lon_e7: view.details.stationLon_e7)
    shift_begin_wall_us = view.details.shiftBegin_us
    shift_end_wall_us = view.shiftEnd_us
    guard view.hasPosition else { return }
    has_position = 1
    (lat_e7, lon_e7) = driver.output(lat_e7: view.place.lat_e7, lon_e7: view.place.lon_e7)
    fix_wall_us = view.fixWall_us
    off_network = view.place.isOffNetwork ? 1 : 0
    if view.place.isOnStreets { street_id = driver.map.streetID[Int(view.place.street)] }
  }
}

@c @implementation
public func hj_positions_report(
  _ engine: OpaquePointer!, _ positions: UnsafePointer<hj_position>!, _ count: UInt32,
  _ accepted: UnsafeMutablePointer<UInt32>!
) -> hj_status {
  with(engine) { driver in
    accepted?.pointee = 0
    guard count > 0 else { return .ok }
    guard count <= 1_048_576 else { return .argument }
    guard let positions else { return .null }
    let first = UnsafeRawPointer(positions)
    let status = Sized<hj_position>.check(first)
    guard status == .ok else { return status }
    guard !driver.isDrained else { return .state }
    let stride = Int(first.loadUnaligned(as: UInt32.self))
    let taken = driver.takeFixes(Int(count)) { index in
      fix(Sized<hj_position>.copy(first + index * stride, size: stride))
    }
    accepted?.pointee = UInt32(taken)
    return taken == Int(count) ? .ok : .partial
  }
}

/// A position whose fields are in range; nil when one is not.
@inline(__always)
private func fix(_ given: hj_position) -> GivenFix? {
  guard Check.isPlace(given.lat_e7, given.lon_e7),
    !Check.isNoPlace(given.lat_e7, given.lon_e7), Check.isDatum(given.datum), given.wall_us >= 0,
    given.heading_cdeg == .min || (given.heading_cdeg >= 0 && given.heading_cdeg < 36_000),
    given.speed_cms == .min || given.speed_cms >= 0
  else { return nil }
  return GivenFix(
    unitID: given.unit_id, lat_e7: given.lat_e7, lon_e7: given.lon_e7, datum: given.datum,
    accuracy_dm: given.accuracy_dm, heading_cdeg: given.heading_cdeg, speed_cms: given.speed_cms,
    wall_us: given.wall_us)
}

@c @implementation
public func hj_unit_self_initiated(
  _ engine: OpaquePointer!, _ unit_id: UInt64, _ report: UnsafePointer<hj_report>!,
  _ dispatch: UnsafeMutablePointer<hj_dispatch>!
) -> hj_status {
  hj_unit_self_initiated_by(engine, unit_id, report, dispatch, nil)
}

@c @implementation
public func hj_unit_self_initiated_by(
  _ engine: OpaquePointer!, _ unit_id: UInt64, _ report: UnsafePointer<hj_report>!,
  _ dispatch: UnsafeMutablePointer<hj_dispatch>!, _ action: UnsafePointer<hj_action>!
) -> hj_status {
  with(engine) { driver in
    let verdict = Sized.checkOutput(dispatch)
    guard verdict == .ok, let dispatch else { return verdict }
    let (verdictOfAct, act) = Check.act(action)
    guard verdictOfAct == .ok else { return verdictOfAct }
    return checked(report, driver) { given in
      withBlank(Decision.self) { decision in
        var command = Command(.selfInitiated(unit: unit_id, given), act: act)
        let status = driver.submit(&command, into: &decision)
        if !status.isError, status != .full { write(&decision, to: dispatch) }
        return status
      }
    }
  }
}
