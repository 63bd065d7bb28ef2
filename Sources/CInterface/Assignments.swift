// hj_assignment_advance, _divert, their _by forms, _route.

import CHujia
import HujiaDriver

@c @implementation
public func hj_assignment_advance(
  _ engine: OpaquePointer!, _ assignment_id: UInt64, _ state: Int32, _ wall_us: Int64
) -> hj_status {
  hj_assignment_advance_by(engine, assignment_id, state, wall_us, nil)
}

@c @implementation
public func hj_assignment_advance_by(
  _ engine: OpaquePointer!, _ assignment_id: UInt64, _ state: Int32, _ wall_us: Int64,
  _ action: UnsafePointer<hj_action>!
) -> hj_status {
  with(engine) { driver in
    let (verdict, act) = Check.act(action)
    guard verdict == .ok else { return verdict }
    guard let state = AssignmentState(rawValue: state), state != .none, wall_us >= 0 else {
      return .argument
    }
    var command = Command(
      .advance(assignment: assignment_id, to: state, wall_us: wall_us), act: act)
    return driver.submit(&command)
  }
}

@c @implementation
public func hj_assignment_divert(
  _ engine: OpaquePointer!, _ assignment_id: UInt64, _ to_incident_id: UInt64, _ wall_us: Int64,
  _ new_assignment_id: UnsafeMutablePointer<UInt64>!
) -> hj_status {
  hj_assignment_divert_by(engine, assignment_id, to_incident_id, wall_us, new_assignment_id, nil)
}

@c @implementation
public func hj_assignment_divert_by(
  _ engine: OpaquePointer!, _ assignment_id: UInt64, _ to_incident_id: UInt64, _ wall_us: Int64,
  _ new_assignment_id: UnsafeMutablePointer<UInt64>!, _ action: UnsafePointer<hj_action>!
) -> hj_status {
  with(engine) { driver in
    let (verdict, act, isForced) = Check.forcible(action)
    guard verdict == .ok else { return verdict }
    guard wall_us >= 0 else { return .argument }
    return withBlank(Decision.self) { decision in
      var command = Command(
        .divert(
          assignment: assignment_id, to: to_incident_id, wall_us: wall_us, isForced: isForced),
        act: act)
      let status = driver.submit(&command, into: &decision)
      if status == .ok { new_assignment_id?.pointee = decision.chosen[0].assignmentID }
      return status
    }
  }
}

@c @implementation
public func hj_assignment_route(
  _ engine: OpaquePointer!, _ assignment_id: UInt64,
  _ points: UnsafeMutablePointer<hj_route_point>!, _ capacity: UInt32,
  _ needed: UnsafeMutablePointer<UInt32>!
) -> hj_status {
  with(engine) { driver in
    guard let needed else { return .null }
    let output = RouteOutput(points, capacity)
    guard output.status == .ok else { return output.status }
    let (status, count) = driver.route(
      ofAssignment: assignment_id, capacity: output.capacity
    ) { index, point in output.write(point, index, driver.map) }
    guard status == .ok else { return status }
    needed.pointee = UInt32(count)
    output.convert(count, driver)
    return count > output.capacity ? .buffer : .ok
  }
}
