// hj_clock_read, _take, _snooze, _escalate; hj_plans_migrate, hj_incident_migrate, _called_back, _set_lead;
// hj_unit_check_in; hj_assignment_undeliverable.

import CHujia
import HujiaDriver

private func reference(
  _ pointer: UnsafePointer<hj_clock_ref>?
) -> (status: Status, reference: ClockReference?) {
  let (status, given) = Sized.read(pointer)
  guard let given else { return (status, nil) }
  guard let raw = UInt8(exactly: given.clock), let clock = ClockKind(rawValue: raw),
    (clock == .absence) == (given.watch_id != 0), given.step >= 0, given.cycle >= 0
  else { return (.argument, nil) }
  return (
    .ok,
    ClockReference(
      clock: clock, incidentID: given.incident_id, assignmentID: given.assignment_id,
      watchID: given.watch_id, step: given.step, cycle: given.cycle)
  )
}

/// An act of a person on a clock.
private func act(
  _ engine: OpaquePointer?, _ clock: UnsafePointer<hj_clock_ref>?,
  _ action: UnsafePointer<hj_action>?,
  _ change: (ClockReference) -> Change
) -> hj_status {
  with(engine) { driver in
    let (refusal, given) = reference(clock)
    guard let given else { return refusal }
    guard action != nil else { return .null }
    let (verdict, act) = Check.act(action)
    guard verdict == .ok else { return verdict }
    var command = Command(change(given), act: act)
    return driver.submit(&command)
  }
}

@c @implementation
public func hj_clock_read(
  _ engine: OpaquePointer!, _ clock: UnsafePointer<hj_clock_ref>!,
  _ status: UnsafeMutablePointer<hj_clock_status>!
) -> hj_status {
  with(engine) { driver in
    let verdict = Sized.checkOutput(status)
    guard verdict == .ok, let status else { return verdict }
    let (refusal, given) = reference(clock)
    guard let given else { return refusal }
    var reading = ClockReading()
    let answer = driver.read(clock: given, into: &reading)
    guard answer == .ok else { return answer }
    var filled = hj_clock_status()
    filled.state = reading.state.rawValue
    filled.step = reading.step
    filled.cycle = reading.cycle
    filled.due_wall_us = reading.dueWall_us
    filled.planned_wall_us = reading.plannedWall_us
    filled.plans_version = reading.plansVersion
    Sized.write(&filled, to: UnsafeMutableRawPointer(status), size: Sized.size(status))
    return .ok
  }
}

@c @implementation
public func hj_clock_take(
  _ engine: OpaquePointer!, _ clock: UnsafePointer<hj_clock_ref>!,
  _ action: UnsafePointer<hj_action>!
) -> hj_status {
  act(engine, clock, action) { .takeClock($0) }
}

@c @implementation
public func hj_clock_snooze(
  _ engine: OpaquePointer!, _ clock: UnsafePointer<hj_clock_ref>!, _ for_s: UInt32,
  _ action: UnsafePointer<hj_action>!
) -> hj_status {
  act(engine, clock, action) { .snoozeClock($0, for_ms: Int64(for_s) * 1_000) }
}

@c @implementation
public func hj_clock_escalate(
  _ engine: OpaquePointer!, _ clock: UnsafePointer<hj_clock_ref>!,
  _ action: UnsafePointer<hj_action>!
) -> hj_status {
  act(engine, clock, action) { .escalateClock($0) }
}

@c @implementation
public func hj_plans_migrate(
  _ engine: OpaquePointer!, _ count: UnsafeMutablePointer<UInt32>!
) -> hj_status {
  with(engine) { driver in
    let (status, migrated) = driver.migrateClocks()
    if status == .ok { count?.pointee = migrated }
    return status
  }
}

@c @implementation
public func hj_incident_migrate(_ engine: OpaquePointer!, _ incident_id: UInt64) -> hj_status {
  with(engine) { driver in driver.submit(.migrate(incident: incident_id)) }
}

@c @implementation
public func hj_incident_called_back(
  _ engine: OpaquePointer!, _ incident_id: UInt64, _ wall_us: Int64
) -> hj_status {
  hj_incident_called_back_by(engine, incident_id, wall_us, nil)
}

@c @implementation
public func hj_incident_called_back_by(
  _ engine: OpaquePointer!, _ incident_id: UInt64, _ wall_us: Int64,
  _ action: UnsafePointer<hj_action>!
) -> hj_status {
  hj_incident_called_back_with(engine, incident_id, 0, wall_us, action)
}

@c @implementation
public func hj_incident_called_back_with(
  _ engine: OpaquePointer!, _ incident_id: UInt64, _ outcome: Int32, _ wall_us: Int64,
  _ action: UnsafePointer<hj_action>!
) -> hj_status {
  with(engine) { driver in
    let (verdict, act) = Check.act(action)
    guard verdict == .ok else { return verdict }
    guard wall_us >= 0, outcome >= 0 else { return .argument }
    var command = Command(
      .callBack(incident: incident_id, outcome: outcome, wall_us: wall_us), act: act)
    return driver.submit(&command)
  }
}

@c @implementation
public func hj_incident_set_lead(
  _ engine: OpaquePointer!, _ incident_id: UInt64, _ agency: UInt32, _ wall_us: Int64
) -> hj_status {
  hj_incident_set_lead_by(engine, incident_id, agency, wall_us, nil)
}

@c @implementation
public func hj_incident_set_lead_by(
  _ engine: OpaquePointer!, _ incident_id: UInt64, _ agency: UInt32, _ wall_us: Int64,
  _ action: UnsafePointer<hj_action>!
) -> hj_status {
  with(engine) { driver in
    let (verdict, act) = Check.act(action)
    guard verdict == .ok else { return verdict }
    guard agency != 0, wall_us >= 0 else { return .argument }
    var command = Command(
      .setLead(incident: incident_id, agency: agency, wall_us: wall_us), act: act)
    return driver.submit(&command)
  }
}

@c @implementation
public func hj_unit_check_in(
  _ engine: OpaquePointer!, _ unit_id: UInt64, _ wall_us: Int64
) -> hj_status {
  with(engine) { driver in
    guard wall_us >= 0 else { return .argument }
    var command = Command(.checkIn(unit: unit_id, wall_us: wall_us))
    return driver.submit(&command)
  }
}

@c @implementation
public func hj_assignment_undeliverable(
  _ engine: OpaquePointer!, _ assignment_id: UInt64, _ wall_us: Int64
) -> hj_status {
  with(engine) { driver in
    guard wall_us >= 0 else { return .argument }
    return driver.submit(.undeliverable(assignment: assignment_id, wall_us: wall_us))
  }
}
