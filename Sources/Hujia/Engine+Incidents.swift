// Incidents and assignments in Swift: check, convert, call. Holds no logic of its own.

import HujiaDriver

extension Engine {
  /// Takes in a call, chooses and sends its units; the answer is complete on return.
  public func report(
    _ incident: Incident, by person: Person? = nil
  ) throws(HujiaError) -> Dispatch {
    try decide(incident) { driver, report, decision in
      var command = Command(.report(report), act: Act(person))
      return driver.submit(&command, into: &decision)
    }
  }

  /// A unit comes upon something and takes it on: its incident is opened, and it is on it, arrived, in one act. Without
  /// a place it is where the unit was seen last. Seats that it does not fill are filled as of any report.
  public func selfInitiated(
    by unitID: UInt64, _ incident: Incident, person: Person? = nil
  ) throws(HujiaError) -> Dispatch {
    try decide(incident) { driver, report, decision in
      var command = Command(.selfInitiated(unit: unitID, report), act: Act(person))
      return driver.submit(&command, into: &decision)
    }
  }

  /// The answer `report` would give now, with no side effect.
  public func recommend(_ incident: Incident) throws(HujiaError) -> Dispatch {
    try decide(incident) { driver, report, decision in
      driver.recommend(&report, into: &decision)
    }
  }

  /// Queues a call; the answer is an event that carries its key. Waits at most `timeout` for room in the queue, and
  /// then throws `.full`. A wait blocks the thread: not for tasks.
  public func post(
    _ incident: Incident, within timeout: Duration = .zero, by person: Person? = nil
  ) throws(HujiaError) {
    guard timeout >= .zero else { throw .argument }
    let (seconds, rest) = timeout.components
    let (whole_ns, isLong) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    let (most_ns, isLonger) = whole_ns.addingReportingOverflow(rest / 1_000_000_000)
    let point = try self.point(of: incident)
    var report = raw(incident, at: point, .nowhere)
    try check { driver in
      driver.post(&report, act: Act(person), within: isLong || isLonger ? .max : most_ns)
    }
  }

  /// Moves an assignment to a state; the incident and the unit follow. Backward only by a person with a reason.
  public func advance(
    _ assignmentID: UInt64, to state: AssignmentState, wall_us: Int64? = nil,
    by person: Person? = nil
  ) throws(HujiaError) {
    guard let state = HujiaDriver.AssignmentState(rawValue: state.rawValue) else { throw .argument }
    try check { driver in
      var command = Command(
        .advance(assignment: assignmentID, to: state, wall_us: wall_us ?? 0), act: Act(person))
      return driver.submit(&command)
    }
  }

  /// Sends a unit that is on its way to one incident to another; the first is served again at once. `isForced`: also
  /// one that has arrived, for a reason. Returns the new assignment.
  public func divert(
    _ assignmentID: UInt64, to incidentID: UInt64, isForced: Bool = false, by person: Person? = nil
  ) throws(HujiaError) -> UInt64 {
    try with { driver in
      var command = Command(
        .divert(assignment: assignmentID, to: incidentID, wall_us: 0, isForced: isForced),
        act: Act(person))
      var decision = Decision()
      let status = driver.submit(&command, into: &decision)
      return status == .ok
        ? .success(decision.chosen[0].assignmentID) : .failure(HujiaError(status))
    }
  }

  /// Raises the alarm level of an open incident: what its plan lists up to it is asked for besides. The answer has all
  /// live assignments, and behind them units that are only named; also where the level is in force already. Throws
  /// `.level` where the plan has no such level.
  public func raise(
    _ incidentID: UInt64, to alarmLevel: UInt32, by person: Person? = nil
  ) throws(HujiaError) -> Dispatch {
    guard alarmLevel > 0 else { throw .argument }
    return try with { driver in
      var command = Command(
        .raise(incident: incidentID, level: alarmLevel, wall_us: 0), act: Act(person))
      var decision = Decision()
      let status = driver.submit(&command, into: &decision)
      if status.isError || status == .full { return .failure(HujiaError(status)) }
      return .success(Dispatch(decision, isRepeat: false))
    }
  }

  /// Ends an incident that needs nobody any more.
  public func cancel(_ incidentID: UInt64, by person: Person? = nil) throws(HujiaError) {
    try end(incidentID, as: .cancelled, disposition: 0, by: person)
  }

  /// Closes an incident with the host's disposition code.
  public func close(
    _ incidentID: UInt64, disposition: Int32 = 0, by person: Person? = nil
  ) throws(HujiaError) {
    try end(incidentID, as: .closed, disposition: disposition, by: person)
  }

  private func end(
    _ id: UInt64, as state: HujiaDriver.IncidentState, disposition: Int32, by person: Person?
  ) throws(HujiaError) {
    try check { driver in
      var command = Command(
        .end(incident: id, as: state, disposition: disposition, wall_us: 0), act: Act(person))
      return driver.submit(&command)
    }
  }

  /// Host-driven time: decides what was posted and fires what is due. Returns when the next poll is wanted (monotonic
  /// nanoseconds, `Int64.max` = nothing is due).
  @discardableResult
  public func poll(now_ns: Int64, wall_us: Int64) throws(HujiaError) -> Int64 {
    guard now_ns >= 0, wall_us >= 0 else { throw .argument }
    return try with { driver in
      guard driver.mode == .poll else { return .failure(HujiaError(.mode)) }
      let (status, next_ns) = driver.poll(now_ns: now_ns, wall_us: wall_us, most: 0)
      return status.isError ? .failure(HujiaError(status)) : .success(next_ns)
    }
  }

  private func decide(
    _ incident: Incident,
    _ body: (EngineDriver, inout IncidentReport, inout Decision) -> Status
  ) throws(HujiaError) -> Dispatch {
    let point = try self.point(of: incident)
    return try with { driver in
      var report = raw(
        incident, at: point, driver.place(lat_e7: point.lat, lon_e7: point.lon, datum: 1))
      var decision = Decision()
      let status = body(driver, &report, &decision)
      if status.isError || status == .full { return .failure(HujiaError(status)) }
      return .success(Dispatch(decision, isRepeat: status == .exists))
    }
  }

  /// 0/0 where the place is not known.
  func point(of incident: Incident) throws(HujiaError) -> (lat: Int32, lon: Int32) {
    guard let place = incident.place else { return (0, 0) }
    guard let point = place.e7 else { throw .range }
    return point
  }

  func raw(
    _ incident: Incident, at point: (lat: Int32, lon: Int32), _ place: Place
  ) -> IncidentReport {
    var report = IncidentReport(
      tier: incident.tier.flatMap { HujiaDriver.Tier(header: $0.rawValue) } ?? .none,
      type: incident.type, lat_e7: point.lat, lon_e7: point.lon,
      flags: incident.isVulnerable ? 1 : 0, keyHigh: incident.key.high,
      keyLow: incident.key.low, callerHash: incident.callerHash, wall_us: incident.wall_us ?? 0,
      place: place)
    report.appointmentWall_us = incident.appointment_us ?? 0
    report.agency = incident.agency ?? 0
    report.source = UInt8(incident.source?.rawValue ?? 0)
    report.needs = incident.needs
    report.reference = HujiaDriver.Reference(incident.reference)
    return report
  }
}

extension Dispatch {
  init(_ decision: Decision, isRepeat: Bool) {
    let answer = decision.answer
    incidentID = answer.incidentID
    state = IncidentState(rawValue: answer.state.rawValue) ?? .pending
    tier = Tier(rawValue: Int32(answer.tier.rawValue)) ?? .emergency
    shortfall = Shortfall(rawValue: answer.shortfall.rawValue)
    plan = answer.plan
    self.isRepeat = isRepeat
    epoch = answer.epoch
    record = answer.record
    var units: [ChosenUnit] = []
    let sent = decision.chosen.span
    for place in 0..<answer.count {
      let unit = sent[place]
      units.append(
        ChosenUnit(
          unitID: unit.unitID, assignmentID: unit.assignmentID,
          travel_ms: unit.travel_ms == .max ? nil : unit.travel_ms, turnout_ms: unit.turnout_ms,
          distance_dm: unit.distance_dm,
          age_s: unit.age_s == .max ? nil : unit.age_s,
          marks: ChosenMarks(rawValue: unit.shownMarks), depth: unit.ring))
    }
    chosen = units
  }
}
