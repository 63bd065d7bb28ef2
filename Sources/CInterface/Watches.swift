// hj_watch_put, _remove, _beats, _read, _pause, _resume, _alarm.

import CHujia
import HujiaDriver

@c @implementation
public func hj_watch_put(_ engine: OpaquePointer!, _ watch: UnsafePointer<hj_watch>!) -> hj_status {
  hj_watch_put_by(engine, watch, nil)
}

@c @implementation
public func hj_watch_put_by(
  _ engine: OpaquePointer!, _ watch: UnsafePointer<hj_watch>!, _ action: UnsafePointer<hj_action>!
) -> hj_status {
  with(engine) { driver in
    let (verdict, act) = Check.act(action)
    guard verdict == .ok else { return verdict }
    let (status, given) = Sized.read(watch)
    guard let given else { return status }
    guard given.id != 0, let tier = Tier(header: given.tier),
      let alarmTier = Tier(header: given.alarm_tier), given.flags & ~1 == 0,
      Check.isDatum(given.datum), given.last_wall_us >= 0
    else { return .argument }
    guard Check.isPlace(given.lat_e7, given.lon_e7) else { return .range }
    let point = driver.wgs84(lat_e7: given.lat_e7, lon_e7: given.lon_e7, datum: given.datum)
    let place = driver.snap(point)
    let description = WatchDescription(
      id: given.id, kind: given.kind, limit_s: given.limit_s, tier: tier, alarmTier: alarmTier,
      type: given.type, alarmType: given.alarm_type, flags: given.flags, lat_e7: point.lat_e7,
      lon_e7: point.lon_e7, homeOfficer: given.home_officer_id, gridWorker: given.grid_worker_id,
      carrier: given.carrier_id, callerHash: given.caller_hash, lastWall_us: given.last_wall_us,
      place: place)
    var command = Command(.putWatch(description), act: act)
    return driver.submit(&command)
  }
}

@c @implementation
public func hj_watch_remove(_ engine: OpaquePointer!, _ watch_id: UInt64) -> hj_status {
  hj_watch_remove_by(engine, watch_id, nil)
}

@c @implementation
public func hj_watch_remove_by(
  _ engine: OpaquePointer!, _ watch_id: UInt64, _ action: UnsafePointer<hj_action>!
) -> hj_status {
  with(engine) { driver in driver.submit(.removeWatch(watch_id), by: action) }
}

@c @implementation
public func hj_watch_beats(
  _ engine: OpaquePointer!, _ beats: UnsafePointer<hj_heartbeat>!, _ count: UInt32,
  _ accepted: UnsafeMutablePointer<UInt32>!
) -> hj_status {
  with(engine) { driver in
    accepted?.pointee = 0
    guard count > 0 else { return .ok }
    guard count <= 1_048_576 else { return .argument }
    guard let beats else { return .null }
    let first = UnsafeRawPointer(beats)
    let status = Sized<hj_heartbeat>.check(first)
    guard status == .ok else { return status }
    guard !driver.isDrained else { return .state }
    let stride = Int(first.loadUnaligned(as: UInt32.self))
    // No version of this struct is shorter, so both fields stand in every record.
    let (outcome, taken) = driver.takeBeats(
      Beats(
        watches: first + MemoryLayout<hj_heartbeat>.offset(of: \.watch_id).unsafelyUnwrapped,
        times_us: first + MemoryLayout<hj_heartbeat>.offset(of: \.wall_us).unsafelyUnwrapped,
        stride: stride, count: Int(count)))
    accepted?.pointee = UInt32(taken)
    if outcome == .full { return .full }
    return taken == Int(count) ? .ok : .partial
  }
}

@c @implementation
public func hj_watch_pause(
  _ engine: OpaquePointer!, _ watch_id: UInt64, _ until_wall_us: Int64
) -> hj_status {
  hj_watch_pause_by(engine, watch_id, until_wall_us, nil)
}

@c @implementation
public func hj_watch_pause_by(
  _ engine: OpaquePointer!, _ watch_id: UInt64, _ until_wall_us: Int64,
  _ action: UnsafePointer<hj_action>!
) -> hj_status {
  with(engine) { driver in
    guard until_wall_us >= 0 else { return .argument }
    return driver.submit(.pauseWatch(watch_id, until_us: until_wall_us), by: action)
  }
}

@c @implementation
public func hj_watch_resume(_ engine: OpaquePointer!, _ watch_id: UInt64) -> hj_status {
  hj_watch_resume_by(engine, watch_id, nil)
}

@c @implementation
public func hj_watch_resume_by(
  _ engine: OpaquePointer!, _ watch_id: UInt64, _ action: UnsafePointer<hj_action>!
) -> hj_status {
  with(engine) { driver in driver.submit(.resumeWatch(watch_id), by: action) }
}

@c @implementation
public func hj_watch_alarm(
  _ engine: OpaquePointer!, _ watch_id: UInt64, _ wall_us: Int64,
  _ dispatch: UnsafeMutablePointer<hj_dispatch>!
) -> hj_status {
  hj_watch_alarm_by(engine, watch_id, wall_us, dispatch, nil)
}

@c @implementation
public func hj_watch_alarm_by(
  _ engine: OpaquePointer!, _ watch_id: UInt64, _ wall_us: Int64,
  _ dispatch: UnsafeMutablePointer<hj_dispatch>!, _ action: UnsafePointer<hj_action>!
) -> hj_status {
  with(engine) { driver in
    if dispatch != nil {
      let verdict = Sized.checkOutput(dispatch)
      guard verdict == .ok else { return verdict }
    }
    let (verdict, act) = Check.act(action)
    guard verdict == .ok else { return verdict }
    guard wall_us >= 0 else { return .argument }
    return withBlank(Decision.self) { decision in
      var command = Command(.alarm(watch: watch_id, wall_us: wall_us), act: act)
      let status = driver.submit(&command, into: &decision)
      if !status.isError, status != .full, let dispatch { write(&decision, to: dispatch) }
      return status
    }
  }
}

@c @implementation
public func hj_watch_read(
  _ engine: OpaquePointer!, _ watch_id: UInt64, _ status: UnsafeMutablePointer<hj_watch_status>!
) -> hj_status {
  with(engine) { driver in
    let verdict = Sized.checkOutput(status)
    guard verdict == .ok, let status else { return verdict }
    var view = WatchView()
    let answer = driver.read(watch: watch_id, into: &view)
    guard answer == .ok else { return answer }
    var filled = hj_watch_status(view)
    Sized.write(&filled, to: UnsafeMutableRawPointer(status), size: Sized.size(status))
    return .ok
  }
}

extension hj_watch_status {
  init(_ view: WatchView) {
    self.init()
    state = view.state.rawValue
    watch_id = view.id
    last_wall_us = view.seenWall_us
    next_wall_us = view.absence.nextWall_us
    incident_id = view.incidentID
    step = view.absence.firedStep
    cycle = view.absence.repeats
    limit_s = view.absence.limit_s
    kind = view.kind
  }
}
