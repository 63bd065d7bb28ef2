// hj_assignment_advance, _advance_by, _route.

import CHujia
import HujiaDriver
import HujiaEngine

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
    return driver.change { core in
      core.advance(assignment_id, to: state, wall_us: wall_us, act: act)
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
    var count = 0
    let status: Status = driver.turn { core in
      let (status, points) = core.route(ofAssignment: assignment_id)
      guard status == .ok else { return status }
      count = points
      needed.pointee = UInt32(count)
      return output.write(core.routePoints, count, driver.map)
    }
    output.convert(count, driver)
    return status
  }
}
