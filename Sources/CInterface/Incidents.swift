// hj_incident_report, _recommend, _post, _post_within, _update, _assign, _cancel, _close, _read.

import CHujia
import HujiaDriver

/// A report, checked and its datum converted, on the caller's thread. Without its place: posts only go into a queue.
/// `body` gets it where it stands: handed back, and in an optional, it would be copied at each step.
@inline(__always)
func checkedPost(
  _ pointer: UnsafePointer<hj_report>?, _ driver: EngineDriver,
  _ body: (inout IncidentReport) -> Status
) -> Status {
  guard let pointer else { return .null }
  let raw = UnsafeRawPointer(pointer)
  let status = Sized<hj_report>.check(raw)
  guard status == .ok else { return status }
  let given = Sized<hj_report>.copy(raw, size: Int(raw.loadUnaligned(as: UInt32.self)))
  guard given.tier >= 0, let tier = Tier(header: given.tier), given.flags & ~1 == 0,
    Check.isDatum(given.datum), given.wall_us >= 0, given.appointment_wall_us >= 0,
    given.source >= HJ_SOURCE_NONE, given.source <= HJ_SOURCE_CATCH_UP
  else { return .argument }
  guard Check.isPlace(given.lat_e7, given.lon_e7) else { return .range }
  let point = driver.wgs84(lat_e7: given.lat_e7, lon_e7: given.lon_e7, datum: given.datum)
  var report = IncidentReport(
    tier: tier, type: given.type, lat_e7: point.lat_e7, lon_e7: point.lon_e7,
    flags: given.flags, keyHigh: given.key_high, keyLow: given.key_low,
    callerHash: given.caller_hash, wall_us: given.wall_us,
    appointmentWall_us: given.appointment_wall_us, place: .nowhere)
  report.agency = given.agency
  report.source = UInt8(given.source)
  report.needs = given.needs
  report.reference = Reference(ofReport: pointer)
  return body(&report)
}

/// The same, and its place on the streets.
@inline(__always)
func checked(
  _ pointer: UnsafePointer<hj_report>?, _ driver: EngineDriver,
  _ body: (inout IncidentReport) -> Status
) -> Status {
  checkedPost(pointer, driver) { report in
    report.place = driver.snap((report.lat_e7, report.lon_e7))
    return body(&report)
  }
}

/// Writes a decision into the caller's struct, as far as the caller knows it. (`inout`: of a borrowed one each element
/// read would copy the array.)
@inline(never)
func write(_ decision: inout Decision, to dispatch: UnsafeMutablePointer<hj_dispatch>) {
  var filled = hj_dispatch()
  let answer = decision.answer
  filled.incident_state = answer.state.rawValue
  filled.assignment_count = UInt32(answer.count)
  filled.tier = Int32(answer.tier.rawValue)
  filled.incident_id = answer.incidentID
  filled.shortfall = answer.shortfall.rawValue
  filled.plan = answer.plan
  filled.decided_in_ns = answer.decidedIn_ns
  filled.epoch = answer.epoch
  filled.record = answer.record
  withUnsafeMutableBytes(of: &filled.chosen) { bytes in
    let slots = bytes.bindMemory(to: hj_chosen_unit.self)
    for place in 0..<answer.count {
      let unit = decision.chosen[place]
      slots[place] = hj_chosen_unit(
        size: UInt32(MemoryLayout<hj_chosen_unit>.size), role: unit.role, unit_id: unit.unitID,
        assignment_id: unit.assignmentID, travel_ms: unit.travel_ms, turnout_ms: unit.turnout_ms,
        distance_dm: unit.distance_dm, reason: unit.reason.rawValue)
    }
  }
  withUnsafeMutableBytes(of: &filled.chosen_age_s) { bytes in
    let ages = bytes.bindMemory(to: UInt32.self)
    for place in 0..<answer.count { ages[place] = decision.chosen[place].age_s }
  }
  withUnsafeMutableBytes(of: &filled.chosen_flags) { bytes in
    let flags = bytes.bindMemory(to: UInt32.self)
    for place in 0..<answer.count { flags[place] = decision.chosen[place].shownMarks }
  }
  withUnsafeMutableBytes(of: &filled.chosen_depth) { bytes in
    let depths = bytes.bindMemory(to: UInt32.self)
    for place in 0..<answer.count { depths[place] = decision.chosen[place].ring }
  }
  Sized.write(&filled, to: UnsafeMutableRawPointer(dispatch), size: Sized.size(dispatch))
}

@c @implementation
public func hj_incident_report(
  _ engine: OpaquePointer!, _ report: UnsafePointer<hj_report>!,
  _ dispatch: UnsafeMutablePointer<hj_dispatch>!
) -> hj_status {
  hj_incident_report_by(engine, report, dispatch, nil)
}

@c @implementation
public func hj_incident_report_by(
  _ engine: OpaquePointer!, _ report: UnsafePointer<hj_report>!,
  _ dispatch: UnsafeMutablePointer<hj_dispatch>!, _ action: UnsafePointer<hj_action>!
) -> hj_status {
  with(engine) { driver in
    let verdict = Sized.checkOutput(dispatch)
    guard verdict == .ok, let dispatch else { return verdict }
    let (verdictOfAct, act) = Check.act(action)
    guard verdictOfAct == .ok else { return verdictOfAct }
    return checked(report, driver) { given in
      withBlank(Decision.self) { decision in
        var command = Command(.report(given), act: act)
        let status = driver.submit(&command, into: &decision)
        if !status.isError, status != .full { write(&decision, to: dispatch) }
        return status
      }
    }
  }
}

@c @implementation
public func hj_incident_recommend(
  _ engine: OpaquePointer!, _ report: UnsafePointer<hj_report>!,
  _ dispatch: UnsafeMutablePointer<hj_dispatch>!
) -> hj_status {
  with(engine) { driver in
    let verdict = Sized.checkOutput(dispatch)
    guard verdict == .ok, let dispatch else { return verdict }
    return checked(report, driver) { given in
      withBlank(Decision.self) { decision in
        let status = driver.recommend(&given, into: &decision)
        write(&decision, to: dispatch)
        return status
      }
    }
  }
}

@c @implementation
public func hj_incident_post(
  _ engine: OpaquePointer!, _ report: UnsafePointer<hj_report>!
) -> hj_status {
  with(engine) { driver in checkedPost(report, driver) { given in driver.post(&given) } }
}

@c @implementation
public func hj_incident_post_by(
  _ engine: OpaquePointer!, _ report: UnsafePointer<hj_report>!,
  _ action: UnsafePointer<hj_action>!
) -> hj_status {
  with(engine) { driver in
    let (verdict, act) = Check.act(action)
    guard verdict == .ok else { return verdict }
    return checkedPost(report, driver) { given in driver.post(&given, act: act) }
  }
}

@c @implementation
public func hj_incident_post_within(
  _ engine: OpaquePointer!, _ report: UnsafePointer<hj_report>!, _ timeout_ns: Int64
) -> hj_status {
  with(engine) { driver in
    checkedPost(report, driver) { given in
      guard timeout_ns >= 0 else { return .argument }
      return driver.post(&given, within: timeout_ns)
    }
  }
}

@c @implementation
public func hj_incident_update(
  _ engine: OpaquePointer!, _ incident_id: UInt64, _ report: UnsafePointer<hj_report>!,
  _ dispatch: UnsafeMutablePointer<hj_dispatch>!
) -> hj_status {
  hj_incident_update_by(engine, incident_id, report, dispatch, nil)
}

@c @implementation
public func hj_incident_update_by(
  _ engine: OpaquePointer!, _ incident_id: UInt64, _ report: UnsafePointer<hj_report>!,
  _ dispatch: UnsafeMutablePointer<hj_dispatch>!, _ action: UnsafePointer<hj_action>!
) -> hj_status {
  with(engine) { driver in
    if dispatch != nil {
      let verdict = Sized.checkOutput(dispatch)
      guard verdict == .ok else { return verdict }
    }
    let (verdict, act) = Check.act(action)
    guard verdict == .ok else { return verdict }
    return checked(report, driver) { given in
      let movesPlace = !Check.isNoPlace(given.lat_e7, given.lon_e7)
      return withBlank(Decision.self) { decision in
        var command = Command(
          .update(incident: incident_id, given, movesPlace: movesPlace), act: act)
        let status = driver.submit(&command, into: &decision)
        if status == .ok, let dispatch { write(&decision, to: dispatch) }
        return status
      }
    }
  }
}

@c @implementation
public func hj_incident_raise(
  _ engine: OpaquePointer!, _ incident_id: UInt64, _ alarm_level: UInt32, _ wall_us: Int64,
  _ dispatch: UnsafeMutablePointer<hj_dispatch>!
) -> hj_status {
  hj_incident_raise_by(engine, incident_id, alarm_level, wall_us, dispatch, nil)
}

@c @implementation
public func hj_incident_raise_by(
  _ engine: OpaquePointer!, _ incident_id: UInt64, _ alarm_level: UInt32, _ wall_us: Int64,
  _ dispatch: UnsafeMutablePointer<hj_dispatch>!, _ action: UnsafePointer<hj_action>!
) -> hj_status {
  with(engine) { driver in
    guard alarm_level > 0 else { return .argument }
    return driver.submit(
      .raise(incident: incident_id, level: alarm_level, wall_us: wall_us), wall_us: wall_us,
      by: action, into: dispatch)
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
    return withBlank(Decision.self) { decision in
      var command = Command(
        .assign(incident: incident_id, unit: unit_id, wall_us: wall_us), act: act)
      let status = driver.submit(
        &command,
        into: &decision)
      if status == .ok || status == .unchanged {
        assignment_id?.pointee = decision.chosen[0].assignmentID
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
    driver.submit(
      .end(incident: incident_id, as: state, disposition: disposition, wall_us: wall_us),
      wall_us: wall_us, by: action)
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
    var view = IncidentView()
    let answer = driver.read(incident: incident_id, into: &view)
    guard answer == .ok else { return answer }
    var filled = hj_incident_status(view, driver)
    Sized.write(&filled, to: UnsafeMutableRawPointer(status), size: Sized.size(status))
    return .ok
  }
}

extension hj_incident_status {
  init(_ view: IncidentView, _ driver: EngineDriver) {
    self.init()
    incident_id = view.id
    state = view.state.rawValue
    tier = Int32(view.tier.rawValue)
    type = view.type
    (lat_e7, lon_e7) = driver.output(lat_e7: view.lat_e7, lon_e7: view.lon_e7)
    flags = view.flags
    plan = view.plan
    shortfall = view.shortfall.rawValue
    live_assignments = view.liveCount
    received_wall_us = view.receivedWall_us
    dispatched_wall_us = view.dispatchedWall_us
    arrived_wall_us = view.arrivedWall_us
    closed_wall_us = view.closedWall_us
    disposition = view.disposition
    lead_agency = view.lead
    plans_version = view.plansVersion
    appointment_wall_us = view.appointmentWall_us
    called_back_wall_us = view.calledBackWall_us
    operator_id = view.operatorID
    operator_reason = view.operatorReason
    source = Int32(view.source)
    agency = view.agency
    needs = view.needs
    operator_session = view.operatorSession
    operator_role = view.operatorRole
    outcome = view.outcome
    key_high = view.keyHigh
    key_low = view.keyLow
    alarm_level = view.alarmLevel
    calls = view.calls
    repeat_of = view.repeatOf
    view.reference.copy(to: &reference)
    withUnsafeMutableBytes(of: &assignment_ids) { bytes in
      let ids = bytes.bindMemory(to: UInt64.self)
      for place in 0..<Int(view.liveCount) { ids[place] = view.assignmentIDs[place] }
    }
  }
}
