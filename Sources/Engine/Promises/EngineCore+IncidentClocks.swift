// The promises to the caller: someone is sent, arrives, settles it, and asks afterwards how it went.

extension EngineCore {
  /// Starts the promises of a receipt (or appointment): a unit is sent, the incident is settled, an agency leads.
  mutating func startIncidentClocks(_ incident: UInt32) {
    let start_ns = incidents[incident].start_ns
    if incidents[incident].dispatchedWall_us == 0 { start(.pending, incident, from: start_ns) }
    start(.resolve, incident, from: start_ns)
    startLeadClock(incident)
  }

  /// At the first dispatch: someone is on the way, and now has to arrive.
  mutating func startArrivalClock(_ incident: UInt32, from start_ns: Int64) {
    stop(.pending, slot: ClockSlot.of(.pending, incident: incident), at_ns: start_ns)
    guard !incidents[incident].hasArrived else { return }
    start(.arrival, incident, from: start_ns)
  }

  /// When several agencies go: one of them leads.
  mutating func startLeadClock(_ incident: UInt32) {
    let record = incidents[incident]
    // That clock has the place in which a likely repeat is held.
    guard !record.isSuspected, record.lead == 0,
      !clocks.isRunning(.lead, slot: ClockSlot.of(.lead, incident: incident)),
      plans.tables(record.planVersion).pointee.isMultiAgency(record.plan)
    else { return }
    start(.lead, incident, from: incidents[incident].start_ns)
  }

  mutating func start(_ kind: ClockKind, _ incident: UInt32, from start_ns: Int64) {
    guard let promise = promise(kind, incident: incident) else { return }
    start(kind, slot: ClockSlot.of(kind, incident: incident), promise, from: start_ns)
  }

  mutating func stopIncidentClocks(_ incident: UInt32, at_ns: Int64) {
    let kinds = ClockSlot.ofOpenIncidents
    for index in kinds.indices {
      stop(kinds[index], slot: ClockSlot.of(kinds[index], incident: incident), at_ns: at_ns)
    }
    stop(.appointment, slot: ClockSlot.of(.appointment, incident: incident))
  }

  /// The incident was changed: its clocks follow the chains of what it is now. With `isRaised` the new limits count
  /// from now, and the earlier due time of old and new holds. With `isEased` its caller is not vulnerable after all:
  /// the arrival limit is that of everybody, from where it began.
  mutating func followChange(
    of incident: UInt32, isRaised: Bool, isEased: Bool, isTierRaised: Bool
  ) {
    if isEased { easeArrival(incident) }
    let kinds = ClockSlot.ofOpenIncidents
    for index in kinds.indices {
      let kind = kinds[index]
      let slot = ClockSlot.of(kind, incident: incident)
      guard let promise = promise(kind, incident: incident) else { continue }
      if clocks.isRunning(kind, slot: slot) {
        follow(slot, promise, incident: incident, isRaised: isRaised)
      } else if isRaised, isOpen(kind, incident) {
        start(kind, slot: slot, promise, from: time.now_ns)
      }
    }
    let arrival = ClockSlot.of(.arrival, incident: incident)
    if isTierRaised, clocks.isRunning(.arrival, slot: arrival),
      clocks[arrival].start_ns == time.now_ns
    {
      incidents.setArrivalFrom(incident, time.now_ns)
    }
    for place in 0..<Int(incidents[incident].liveCount) {
      let assignment = incidents.assignment(of: incident, place)
      let unitKind = units[assignments[assignment].unit].kind
      let kinds = ClockSlot.ofAssignments
      for index in kinds.indices {
        let slot = ClockSlot.of(kinds[index], assignment: assignment, limits)
        guard clocks.isRunning(kinds[index], slot: slot),
          let promise = promise(kinds[index], incident: incident, unitKind: unitKind)
        else { continue }
        follow(slot, promise, incident: incident, isRaised: isRaised)
      }
    }
  }

  private mutating func follow(
    _ slot: UInt32, _ promise: Promise, incident: UInt32, isRaised: Bool
  ) {
    clocks.follow(slot, policy: promise.policy)
    let record = clocks[slot]
    guard isRaised, promise.canStart, record.firedStep == 0 else { return }
    let breach_ns = time.now_ns.adding(ms: promise.limit_ms)
    guard breach_ns < record.planned_ns else { return }
    clocks.tighten(slot, start_ns: time.now_ns, limit_ns: breach_ns)
    aim(slot, incident: incident)
    // It keeps its new limit for the un-merge, and waits for that.
    if record.isSuspended { disarm(slot) }
  }

  /// A clock that has fired goes on; whether its promise was broken is then decided by the limit of everybody.
  private mutating func easeArrival(_ incident: UInt32) {
    let slot = ClockSlot.of(.arrival, incident: incident)
    guard clocks[slot].kind == .arrival, clocks[slot].limit_ns != .max, !clocks[slot].isOfPaper
    else { return }
    guard let promise = promise(.arrival, incident: incident), promise.canStart else { return }
    let limit_ns = incidents[times: incident].arrivalFrom_ns.adding(ms: promise.limit_ms)
    guard limit_ns > clocks[slot].limit_ns else { return }
    clocks.ease(
      slot, start_ns: incidents[times: incident].arrivalFrom_ns, limit_ns: limit_ns,
      policy: promise.policy)
    guard clocks[slot].firedStep == 0, clocks.isRunning(.arrival, slot: slot) else { return }
    clocks.endSnooze(slot)
    if clocks[slot].isWarned {
      clocks.unwarn(slot, cycle: clocks.takeCycle(.arrival, slot: slot))
    }
    aim(slot, incident: incident)
    if clocks[slot].isSuspended { disarm(slot) }
  }

  /// Whether what a clock waits for is still to come.
  func isOpen(_ kind: ClockKind, _ incident: UInt32) -> Bool {
    let record = incidents[incident]
    guard record.state.isOpen, record.state != .held else { return false }
    switch kind {
    case .pending: return record.dispatchedWall_us == 0 || record.isUnmanned
    case .arrival: return record.dispatchedWall_us != 0 && !record.hasArrived
    case .resolve: return true
    case .lead:
      return record.lead == 0 && !record.isSuspected
        && plans.tables(record.planVersion).pointee.isMultiAgency(record.plan)
    default: return false
    }
  }

  /// Sets who leads; its clock stops.
  mutating func lead(_ incident: UInt32, agency: UInt32, wall_us: Int64 = 0) {
    incidents.lead(incident, agency: agency)
    stop(
      .lead, slot: ClockSlot.of(.lead, incident: incident), at_ns: time.ns(atWall_us: wall_us))
  }
}
