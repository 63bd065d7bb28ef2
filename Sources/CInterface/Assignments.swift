// hj_assignment_advance, _advance_by, _route.

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
