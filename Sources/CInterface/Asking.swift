// hj_incident_find, hj_incidents_list, hj_units_list, hj_watches_list, hj_assignment_read, hj_incident_units.

import CHujia
import HujiaDriver

@c @implementation
public func hj_incident_find(
  _ engine: OpaquePointer!, _ key_high: UInt64, _ key_low: UInt64,
  _ reference: UnsafePointer<UInt8>!, _ incident_id: UnsafeMutablePointer<UInt64>!
) -> hj_status {
  with(engine) { driver in
    guard let incident_id else { return .null }
    var wanted = Reference()
    if key_high | key_low == 0 {
      guard let reference else { return .null }
      wanted = UnsafeRawPointer(reference).loadUnaligned(as: Reference.self)
      guard wanted.isStated else { return .argument }
    }
    guard let id = driver.find(keyHigh: key_high, key_low, reference: wanted) else {
      return .unknownUnit
    }
    incident_id.pointee = id
    return .ok
  }
}

/// A page of `Value`s in the caller's array: what is the same in all lists.
private func list<Value>(
  _ cursor: UnsafeMutablePointer<UInt64>?, _ values: UnsafeMutablePointer<Value>?,
  _ capacity: UInt32, _ count: UnsafeMutablePointer<UInt32>?,
  _ sequence: UnsafeMutablePointer<UInt64>?,
  _ read: (UInt64, Int, UnsafeMutableRawPointer, UInt32) -> (status: Status, page: ListedPage)
) -> Status {
  guard let cursor, let count else { return .null }
  count.pointee = 0
  guard capacity > 0 else { return .ok }
  let verdict = Sized.checkOutput(values)
  guard verdict == .ok, let values else { return verdict }
  let (status, page) = read(
    cursor.pointee, Int(capacity), UnsafeMutableRawPointer(values), Sized.size(values))
  guard status == .ok else { return status }
  cursor.pointee = page.cursor
  count.pointee = UInt32(page.count)
  sequence?.pointee = page.sequence
  return .ok
}

@c @implementation
public func hj_incidents_list(
  _ engine: OpaquePointer!, _ cursor: UnsafeMutablePointer<UInt64>!,
  _ incidents: UnsafeMutablePointer<hj_incident_status>!, _ capacity: UInt32,
  _ count: UnsafeMutablePointer<UInt32>!, _ sequence: UnsafeMutablePointer<UInt64>!
) -> hj_status {
  with(engine) { driver in
    list(cursor, incidents, capacity, count, sequence) { first, most, base, size in
      driver.listIncidents(first, most: most) { place, view in
        var filled = hj_incident_status(view, driver)
        Sized.write(&filled, to: base + place * Int(size), size: size)
      }
    }
  }
}

@c @implementation
public func hj_units_list(
  _ engine: OpaquePointer!, _ cursor: UnsafeMutablePointer<UInt64>!,
  _ units: UnsafeMutablePointer<hj_unit_status>!, _ capacity: UInt32,
  _ count: UnsafeMutablePointer<UInt32>!, _ sequence: UnsafeMutablePointer<UInt64>!
) -> hj_status {
  with(engine) { driver in
    list(cursor, units, capacity, count, sequence) { first, most, base, size in
      driver.listUnits(first, most: most) { place, view in
        var filled = hj_unit_status(view, driver)
        Sized.write(&filled, to: base + place * Int(size), size: size)
      }
    }
  }
}

@c @implementation
public func hj_watches_list(
  _ engine: OpaquePointer!, _ cursor: UnsafeMutablePointer<UInt64>!,
  _ watches: UnsafeMutablePointer<hj_watch_status>!, _ capacity: UInt32,
  _ count: UnsafeMutablePointer<UInt32>!, _ sequence: UnsafeMutablePointer<UInt64>!
) -> hj_status {
  with(engine) { driver in
    list(cursor, watches, capacity, count, sequence) { first, most, base, size in
      driver.listWatches(first, most: most) { place, view in
        var filled = hj_watch_status(view)
        Sized.write(&filled, to: base + place * Int(size), size: size)
      }
    }
  }
}

@c @implementation
public func hj_assignment_read(
  _ engine: OpaquePointer!, _ assignment_id: UInt64,
  _ assignment: UnsafeMutablePointer<hj_assignment>!
) -> hj_status {
  with(engine) { driver in
    let verdict = Sized.checkOutput(assignment)
    guard verdict == .ok, let assignment else { return verdict }
    var view = AssignmentView()
    let answer = driver.read(assignment: assignment_id, into: &view)
    guard answer == .ok else { return answer }
    var filled = hj_assignment(view)
    Sized.write(
      &filled, to: UnsafeMutableRawPointer(assignment), size: Sized.size(assignment))
    return .ok
  }
}

@c @implementation
public func hj_incident_units(
  _ engine: OpaquePointer!, _ incident_id: UInt64,
  _ assignments: UnsafeMutablePointer<hj_assignment>!, _ capacity: UInt32,
  _ count: UnsafeMutablePointer<UInt32>!
) -> hj_status {
  with(engine) { driver in
    guard let count else { return .null }
    if capacity > 0 {
      let verdict = Sized.checkOutput(assignments)
      guard verdict == .ok else { return verdict }
    }
    let found = driver.listAssignments(of: incident_id, most: Int(capacity)) { place, view in
      guard let assignments else { return }
      let size = Sized.size(assignments)
      var filled = hj_assignment(view)
      Sized.write(
        &filled, to: UnsafeMutableRawPointer(assignments) + place * Int(size), size: size)
    }
    guard let found else { return .stale }
    count.pointee = UInt32(found)
    return found > Int(capacity) ? .buffer : .ok
  }
}

extension hj_assignment {
  fileprivate init(_ view: AssignmentView) {
    self.init()
    state = view.state.rawValue
    assignment_id = view.id
    incident_id = view.incidentID
    unit_id = view.unitID
    dispatched_wall_us = view.dispatchedWall_us
    acknowledged_wall_us = view.signedWall_us
    en_route_wall_us = view.movedWall_us
    arrived_wall_us = view.arrivedWall_us
    travel_ms = view.travel_ms
    distance_dm = view.distance_dm
    age_s = view.age_s
    flags = view.marks
  }
}
