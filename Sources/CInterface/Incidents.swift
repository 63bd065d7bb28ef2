// hj_incident_report, _recommend, _post, _post_within, _update, _assign, _cancel, _close, _read.

import CHujia
import HujiaDriver
import HujiaEngine
import HujiaRoads

/// A report, checked and its datum converted, on the caller's thread. Without its place: posts only go into a queue.
@inline(__always)
private func checkedPost(
  _ pointer: UnsafePointer<hj_report>?, _ driver: EngineDriver
) -> (status: Status, report: IncidentReport?) {
  let (status, given) = Sized.read(pointer)
  guard let given else { return (status, nil) }
  guard given.tier >= 0, let tier = Tier(header: given.tier), given.flags & ~1 == 0,
    Check.isDatum(given.datum), given.wall_us >= 0, given.appointment_wall_us >= 0,
    given.source >= HJ_SOURCE_NONE, given.source <= HJ_SOURCE_CATCH_UP
  else { return (.argument, nil) }
  guard Check.isPlace(given.lat_e7, given.lon_e7) else { return (.range, nil) }
  let point = driver.wgs84(lat_e7: given.lat_e7, lon_e7: given.lon_e7, datum: given.datum)
  var report = IncidentReport(
    tier: tier, type: given.type, lat_e7: point.lat_e7, lon_e7: point.lon_e7,
    flags: given.flags, keyHigh: given.key_high, keyLow: given.key_low,
    callerHash: given.caller_hash, wall_us: given.wall_us,
    appointmentWall_us: given.appointment_wall_us, place: .nowhere)
  report.agency = given.agency
  report.source = UInt8(given.source)
  report.needs = given.needs
  report.reference = Reference(given.reference)
  return (.ok, report)
}

/// The same, and its place on the streets.
@inline(__always)
private func checked(
  _ pointer: UnsafePointer<hj_report>?, _ driver: EngineDriver
) -> (status: Status, report: IncidentReport?) {
  let (status, given) = checkedPost(pointer, driver)
  guard var report = given else { return (status, nil) }
  report.place = driver.snap((report.lat_e7, report.lon_e7))
  return (.ok, report)
}

/// Copies the core's answer out. Under the baton.
func copyAnswer(_ core: borrowing EngineCore, _ dispatch: inout hj_dispatch) {
  let answer = core.answer
  dispatch.incident_state = answer.state.rawValue
  dispatch.assignment_count = UInt32(answer.count)
  dispatch.tier = Int32(answer.tier.rawValue)
  dispatch.incident_id = answer.incidentID
  dispatch.shortfall = answer.shortfall.rawValue
  dispatch.plan = answer.plan
  dispatch.decided_in_ns = answer.decidedIn_ns
  dispatch.epoch = answer.epoch
  withUnsafeMutableBytes(of: &dispatch.chosen) { bytes in
    let slots = bytes.bindMemory(to: hj_chosen_unit.self)
    for place in 0..<answer.count {
      let unit = core.chosen[place]
      slots[place] = hj_chosen_unit(
        size: UInt32(MemoryLayout<hj_chosen_unit>.size), role: unit.role, unit_id: unit.unitID,
        assignment_id: unit.assignmentID, travel_ms: unit.travel_ms, turnout_ms: unit.turnout_ms,
        distance_dm: unit.distance_dm, reason: unit.reason.rawValue)
    }
  }
  withUnsafeMutableBytes(of: &dispatch.chosen_age_s) { bytes in
    let ages = bytes.bindMemory(to: UInt32.self)
    for place in 0..<answer.count { ages[place] = core.chosen[place].age_s }
  }
  withUnsafeMutableBytes(of: &dispatch.chosen_flags) { bytes in
    let flags = bytes.bindMemory(to: UInt32.self)
    for place in 0..<answer.count { flags[place] = core.chosen[place].marks }
  }
}

@c @implementation
public func hj_incident_report(
  _ engine: OpaquePointer!, _ report: UnsafePointer<hj_report>!,
  _ dispatch: UnsafeMutablePointer<hj_dispatch>!
) -> hj_status {
  with(engine) { driver in
    let verdict = Sized.checkOutput(dispatch)
    guard verdict == .ok, let dispatch else { return verdict }
    let (refusal, given) = checked(report, driver)
    guard let given else { return refusal }
    var filled = hj_dispatch()
    let status = driver.timedTurn { core, elapsed_ns in
      guard !driver.isDrained else { return Status.state }
      let status = core.report(given)
      if status == .ok || status == .manual || status == .held {
        core.answer.decidedIn_ns = elapsed_ns()
      }
      if !status.isError && status != .full { copyAnswer(core, &filled) }
      return status
    }
    if !status.isError { write(filled, to: dispatch) }
    return status
  }
}

func write(_ filled: hj_dispatch, to dispatch: UnsafeMutablePointer<hj_dispatch>) {
  Sized.write(filled, to: UnsafeMutableRawPointer(dispatch), size: Sized.size(dispatch))
}

@c @implementation
public func hj_incident_recommend(
  _ engine: OpaquePointer!, _ report: UnsafePointer<hj_report>!,
  _ dispatch: UnsafeMutablePointer<hj_dispatch>!
) -> hj_status {
  with(engine) { driver in
    let verdict = Sized.checkOutput(dispatch)
    guard verdict == .ok, let dispatch else { return verdict }
    let (refusal, given) = checked(report, driver)
    guard let given else { return refusal }
    var filled = hj_dispatch()
    let status = driver.timedTurn { core, elapsed_ns in
      let status = core.recommend(given)
      core.answer.decidedIn_ns = elapsed_ns()
      copyAnswer(core, &filled)
      return status
    }
    write(filled, to: dispatch)
    return status
  }
}

@c @implementation
public func hj_incident_post(
  _ engine: OpaquePointer!, _ report: UnsafePointer<hj_report>!
) -> hj_status {
  with(engine) { driver in
    let (refusal, given) = checkedPost(report, driver)
    guard let given else { return refusal }
    return driver.post(given)
  }
}

@c @implementation
public func hj_incident_post_within(
  _ engine: OpaquePointer!, _ report: UnsafePointer<hj_report>!, _ timeout_ns: Int64
) -> hj_status {
  with(engine) { driver in
    let (refusal, given) = checkedPost(report, driver)
    guard let given else { return refusal }
    guard timeout_ns >= 0 else { return .argument }
    return driver.post(given, within: timeout_ns)
  }
}

@c @implementation
public func hj_incident_update(
  _ engine: OpaquePointer!, _ incident_id: UInt64, _ report: UnsafePointer<hj_report>!,
  _ dispatch: UnsafeMutablePointer<hj_dispatch>!
) -> hj_status {
  with(engine) { driver in
    if dispatch != nil {
      let verdict = Sized.checkOutput(dispatch)
      guard verdict == .ok else { return verdict }
    }
    let (refusal, given) = checked(report, driver)
    guard let given else { return refusal }
    var filled = hj_dispatch()
    let status = driver.timedTurn { core, elapsed_ns in
      guard !driver.isDrained else { return Status.state }
      let status = core.update(
        incident_id, given, movesPlace: !Check.isNoPlace(given.lat_e7, given.lon_e7))
      guard status == .ok else { return status }
      core.answer.decidedIn_ns = elapsed_ns()
      copyAnswer(core, &filled)
      return status
    }
    if status == .ok, let dispatch { write(filled, to: dispatch) }
    return status
  }
}

@c @implementation
public func hj_incident_assign(
  _ engine: OpaquePointer!, _ incident_id: UInt64, _ unit_id: UInt64, _ wall_us: Int64,
  _ assignment_id: UnsafeMutablePointer<UInt64>!
) -> hj_status {
  hj_incident_assign_by(engine, incident_id, unit_id, wall_us, assignment_id, nil)
}

@c @implementation
public func hj_incident_assign_by(
  _ engine: OpaquePointer!, _ incident_id: UInt64, _ unit_id: UInt64, _ wall_us: Int64,
  _ assignment_id: UnsafeMutablePointer<UInt64>!, _ action: UnsafePointer<hj_action>!
) -> hj_status {
  with(engine) { driver in
    let (verdict, act) = Check.act(action)
    guard verdict == .ok else { return verdict }
    guard wall_us >= 0 else { return .argument }
    return driver.change { core in
      core.refresh(unitID: unit_id)
      let status = core.assign(incident_id, unit: unit_id, wall_us: wall_us, act: act)
      if status == .ok || status == .unchanged {
        assignment_id?.pointee = core.chosen[0].assignmentID
      }
      return status
    }
  }
}

private func end(
  _ engine: OpaquePointer?, _ incident_id: UInt64, as state: IncidentState,
  disposition: Int32, wall_us: Int64, action: UnsafePointer<hj_action>?
) -> hj_status {
  with(engine) { driver in
    let (verdict, act) = Check.act(action)
    guard verdict == .ok else { return verdict }
    guard wall_us >= 0 else { return .argument }
    return driver.change { core in
      core.end(
        incident: incident_id, as: state, disposition: disposition, wall_us: wall_us, act: act)
    }
  }
}

@c @implementation
public func hj_incident_cancel(
  _ engine: OpaquePointer!, _ incident_id: UInt64, _ wall_us: Int64
) -> hj_status {
  end(engine, incident_id, as: .cancelled, disposition: 0, wall_us: wall_us, action: nil)
}

@c @implementation
public func hj_incident_cancel_by(
  _ engine: OpaquePointer!, _ incident_id: UInt64, _ wall_us: Int64,
  _ action: UnsafePointer<hj_action>!
) -> hj_status {
  end(engine, incident_id, as: .cancelled, disposition: 0, wall_us: wall_us, action: action)
}

@c @implementation
public func hj_incident_close(
  _ engine: OpaquePointer!, _ incident_id: UInt64, _ disposition: Int32, _ wall_us: Int64
) -> hj_status {
  end(
    engine, incident_id, as: .closed, disposition: disposition, wall_us: wall_us, action: nil)
}

@c @implementation
public func hj_incident_close_by(
  _ engine: OpaquePointer!, _ incident_id: UInt64, _ disposition: Int32, _ wall_us: Int64,
  _ action: UnsafePointer<hj_action>!
) -> hj_status {
  end(
    engine, incident_id, as: .closed, disposition: disposition, wall_us: wall_us, action: action)
}

@c @implementation
public func hj_incident_read(
  _ engine: OpaquePointer!, _ incident_id: UInt64,
  _ status: UnsafeMutablePointer<hj_incident_status>!
) -> hj_status {
  with(engine) { driver in
    let verdict = Sized.checkOutput(status)
    guard verdict == .ok, let status else { return verdict }
    var filled = hj_incident_status()
    let found: Bool = driver.turn { core in
      guard let slot = core.incident(incident_id) else { return false }
      filled.incident_id = incident_id
      fill(&filled, slot, core)
      return true
    }
    guard found else { return .stale }
    (filled.lat_e7, filled.lon_e7) = driver.output(lat_e7: filled.lat_e7, lon_e7: filled.lon_e7)
    Sized.write(filled, to: UnsafeMutableRawPointer(status), size: Sized.size(status))
    return .ok
  }
}

private func fill(
  _ filled: inout hj_incident_status, _ slot: UInt32, _ core: borrowing EngineCore
) {
  let incident = core.incidents[slot]
  filled.state = incident.state.rawValue
  filled.tier = Int32(incident.tier.rawValue)
  filled.type = incident.type
  filled.lat_e7 = incident.lat_e7
  filled.lon_e7 = incident.lon_e7
  filled.flags = incident.flags
  filled.plan = incident.plan.plan
  filled.shortfall = incident.shortfall.rawValue
  filled.live_assignments = incident.liveCount
  filled.received_wall_us = incident.receivedWall_us
  filled.dispatched_wall_us = incident.dispatchedWall_us
  filled.arrived_wall_us = incident.arrivedWall_us
  filled.closed_wall_us = incident.closedWall_us
  filled.disposition = incident.disposition
  filled.lead_agency = incident.lead
  filled.plans_version = core.plansNumber(of: slot)
  filled.appointment_wall_us = incident.appointmentWall_us
  filled.called_back_wall_us = incident.calledBackWall_us
  filled.operator_id = incident.operatorID
  filled.operator_reason = incident.operatorReason
  filled.source = Int32(incident.source)
  filled.agency = incident.agency
  let details = core.details.incidents[slot]
  filled.needs = details.needs
  filled.operator_session = details.operatorSession
  filled.operator_role = details.operatorRole
  filled.outcome = details.outcome
  details.reference.copy(to: &filled.reference)
  withUnsafeMutableBytes(of: &filled.assignment_ids) { bytes in
    let ids = bytes.bindMemory(to: UInt64.self)
    for place in 0..<Int(incident.liveCount) {
      ids[place] = core.assignmentSlots.id(of: core.liveAssignment(of: slot, place))
    }
  }
}
