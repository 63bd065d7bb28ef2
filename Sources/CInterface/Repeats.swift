// hj_incident_repeats, _merge, _unmerge, _separate, _add_call.

import CHujia
import HujiaDriver

@c @implementation
public func hj_incident_repeats(
  _ engine: OpaquePointer!, _ report: UnsafePointer<hj_report>!,
  _ repeats: UnsafeMutablePointer<hj_repeat>!, _ capacity: UInt32,
  _ count: UnsafeMutablePointer<UInt32>!
) -> hj_status {
  with(engine) { driver in
    guard let count else { return .null }
    count.pointee = 0
    if capacity > 0 {
      let verdict = Sized.checkOutput(repeats)
      guard verdict == .ok else { return verdict }
    }
    return checked(report, driver) { given in
      var list = RepeatList()
      driver.repeats(of: &given, into: &list)
      count.pointee = UInt32(list.count)
      if let repeats, capacity > 0 {
        let size = Sized.size(repeats)
        for place in 0..<min(list.count, Int(capacity)) {
          let found = list[place]
          var entry = hj_repeat(
            size: size, score: found.score, incident_id: found.incidentID, age_ms: found.age_ms,
            distance_dm: found.distance_dm, reserved0: 0)
          Sized.write(
            &entry, to: UnsafeMutableRawPointer(repeats) + place * Int(size), size: size)
        }
      }
      return list.count > Int(capacity) ? .buffer : .ok
    }
  }
}

@c @implementation
public func hj_incident_merge(
  _ engine: OpaquePointer!, _ incident_id: UInt64, _ into_id: UInt64, _ wall_us: Int64
) -> hj_status {
  hj_incident_merge_by(engine, incident_id, into_id, wall_us, nil)
}

@c @implementation
public func hj_incident_merge_by(
  _ engine: OpaquePointer!, _ incident_id: UInt64, _ into_id: UInt64, _ wall_us: Int64,
  _ action: UnsafePointer<hj_action>!
) -> hj_status {
  with(engine) { driver in
    driver.submit(
      .merge(incident: incident_id, into: into_id, wall_us: wall_us), wall_us: wall_us, by: action)
  }
}

@c @implementation
public func hj_incident_unmerge(
  _ engine: OpaquePointer!, _ incident_id: UInt64, _ wall_us: Int64
) -> hj_status {
  hj_incident_unmerge_by(engine, incident_id, wall_us, nil)
}

@c @implementation
public func hj_incident_unmerge_by(
  _ engine: OpaquePointer!, _ incident_id: UInt64, _ wall_us: Int64,
  _ action: UnsafePointer<hj_action>!
) -> hj_status {
  with(engine) { driver in
    driver.submit(.unmerge(incident: incident_id, wall_us: wall_us), wall_us: wall_us, by: action)
  }
}

@c @implementation
public func hj_incident_separate(
  _ engine: OpaquePointer!, _ incident_id: UInt64, _ wall_us: Int64,
  _ dispatch: UnsafeMutablePointer<hj_dispatch>!
) -> hj_status {
  hj_incident_separate_by(engine, incident_id, wall_us, dispatch, nil)
}

@c @implementation
public func hj_incident_separate_by(
  _ engine: OpaquePointer!, _ incident_id: UInt64, _ wall_us: Int64,
  _ dispatch: UnsafeMutablePointer<hj_dispatch>!, _ action: UnsafePointer<hj_action>!
) -> hj_status {
  with(engine) { driver in
    driver.submit(
      .separate(incident: incident_id, wall_us: wall_us), wall_us: wall_us, by: action,
      into: dispatch)
  }
}

@c @implementation
public func hj_incident_add_call(
  _ engine: OpaquePointer!, _ incident_id: UInt64, _ report: UnsafePointer<hj_report>!
) -> hj_status {
  hj_incident_add_call_by(engine, incident_id, report, nil)
}

@c @implementation
public func hj_incident_add_call_by(
  _ engine: OpaquePointer!, _ incident_id: UInt64, _ report: UnsafePointer<hj_report>!,
  _ action: UnsafePointer<hj_action>!
) -> hj_status {
  with(engine) { driver in
    let (verdict, act) = Check.act(action)
    guard verdict == .ok else { return verdict }
    return checkedPost(report, driver) { given in
      var command = Command(.addCall(incident: incident_id, given), act: act)
      return driver.submit(&command)
    }
  }
}
