// What people do to an open incident: change it, send a unit by hand, cancel it, close it.

import HujiaContainers
import HujiaRoads
import HujiaRouting

extension EngineCore {
  /// Changes tier, type and place (`none`, 0 and no place = as it is), makes the flags those of the change, keeps the
  /// receipt, and sends what the new plan asks for besides the units already there. The answer lists all live
  /// assignments, with the times to the place as it is now.
  mutating func update(
    _ id: UInt64, _ change: IncidentReport, movesPlace: Bool, act: Act = Act(),
    into decision: inout Decision
  ) -> Status {
    guard let incident = incidents.slot(of: id) else { return .stale }
    guard incidents[incident].state.isOpen else { return .state }
    stopWaiting(incident)
    let old = incidents[incident]
    incidents.change(incident, by: change, movesPlace: movesPlace)
    if movesPlace { fileOpen(incident) }
    rematch(incident)
    let record = incidents[incident]
    // What was met stays met, whatever became of its units since.
    let isSamePlan =
      record.plan.plan == old.plan.plan && record.planVersion == old.planVersion
      && record.plan.alarmLevel == old.plan.alarmLevel
    if !isSamePlan { unseat(incident) }
    seatLive(incident)
    let isRaised = record.tier.rawValue < old.tier.rawValue
    let isHeld = incidents[incident].state == .held
    if !isHeld {
      followChange(
        of: incident, isRaised: isRaised || record.isVulnerable,
        isEased: old.isVulnerable && !record.isVulnerable, isTierRaised: isRaised)
      startLeadClock(incident)
    }
    if record.tier != old.tier { recodeLive(incident) }
    let isMoved = record.lat_e7 != old.lat_e7 || record.lon_e7 != old.lon_e7
    if isMoved || record.plan.profile != old.plan.profile { measureAgain(incident) }
    if isHeld {
      decision.answer.count = 0
    } else if isAutomatic(incident) {
      if fillSeats(of: incident, reason: .upgraded, &decision) > 0 {
        announceProgress(of: incident, &decision)
      }
    } else {
      let place = incidents[incident].place
      let isManual = sending(incident) == .manual
      incidents.set(incident, shortfall: isManual ? Sending.manual(at: place) : [])
    }
    emitIncident(incident, reason: .upgraded, act: act)
    if isMoved, !isHeld { tellPlaceChanged(incident) }
    listLive(incident, &decision)
    return .ok
  }

  /// What its units on their way are known by follows its tier.
  private mutating func recodeLive(_ incident: UInt32) {
    for place in 0..<Int(incidents[incident].liveCount) {
      recode(incidents.assignment(of: incident, place))
    }
  }

  /// The plan that fits the incident as it is now, of the current version. Seats that were served stay so while the
  /// plan is the same.
  private mutating func rematch(_ incident: UInt32) {
    let record = incidents[incident]
    var plan =
      planChosen(tier: record.tier)
      ?? currentPlans.match(record.circumstances(wall_us: time.wall_us))
    notePlan(plan)
    if record.plan.alarmLevel > 1 {
      plan = currentPlans.raised(plan, to: record.plan.alarmLevel)
    }
    plans.letGo(record.planVersion)
    plans.hold(plans.current)
    incidents.follow(incident, plan: plan, version: plans.current)
  }

  /// All live assignments as sent by hand, until they have seats of the new plan.
  private mutating func unseat(_ incident: UInt32) {
    for place in 0..<Int(incidents[incident].liveCount) {
      assignments.seat(incidents.assignment(of: incident, place), at: nil)
    }
  }

  /// Fills the answer with the incident's live assignments.
  func listLive(_ incident: UInt32, _ decision: inout Decision) {
    decision.answer = Answer(epoch: epoch)
    describe(incident, &decision)
    for place in 0..<Int(incidents[incident].liveCount) {
      let slot = incidents.assignment(of: incident, place)
      let record = assignments[slot]
      decision.chosen[place] = Chosen(
        unitID: units[record.unit].id, assignmentID: assignments.id(of: slot),
        unit: record.unit, role: record.role, travel_ms: record.travel_ms,
        turnout_ms: record.turnout_ms, distance_dm: record.distance_dm, reason: record.reason,
        marks: record.marks
          | marks(of: record.unit, at: incidents[incident].place, isStraightLine: false),
        age_s: age_s(ofUnit: record.unit), requirement: record.requirement, seat: record.seat)
    }
    decision.answer.count = Int(incidents[incident].liveCount)
    if !marksChosen(&decision) { noteMarks(&decision) }
  }

  /// A person sends a unit. The answer's first entry is its assignment.
  mutating func assign(
    _ id: UInt64, unit unitID: UInt64, wall_us: Int64, act: Act, into decision: inout Decision
  ) -> Status {
    guard let incident = incidents.slot(of: id) else { return .stale }
    guard incidents[incident].state.isOpen else { return .state }
    guard let unit = units.find(unitID) else { return .unknownUnit }
    decision.answer = Answer(epoch: epoch)
    if incidents[incident].state == .held, units[unit].isFree {
      guard counters.read(Counter.assignmentsLive) < Int64(assignments.bound) else {
        return .full
      }
      beginAppointment(incident, at_ns: time.now_ns)
      startIncidentClocks(incident)
    }
    if !units[unit].isFree {
      let assignment = units[unit].assignment
      guard assignments[assignment].incident == incident else { return .busy }
      // Whole: what stood there before may be nothing.
      decision.chosen[0] = Chosen(assignmentID: assignments.id(of: assignment))
      decision.answer.count = 1
      return .unchanged
    }
    takeByHand(unit, unitID, for: incident, &decision)
    guard let assignment = send(decision.chosen[0], to: incident, paper_us: wall_us) else {
      return .full
    }
    gatherAlternatives(incident)
    decision.chosen[0].assignmentID = assignments.id(of: assignment)
    decision.chosen[0].role = assignments[assignment].role
    decision.answer.count = 1
    let before = incidents[incident].state
    deriveState(of: incident)
    if incidents[incident].isWaiting, !hasOpenSeat(incident) {
      stopWaiting(incident)
      incidents.set(incident, shortfall: [])
    }
    emitAssignment(assignment, reason: .byHand, act: act, wall_us: wall_us)
    if incidents[incident].state != before { emitIncident(incident, act: act) }
    return .ok
  }

  /// The decision's first: a unit that a person chose, for the first open seat that it fits.
  mutating func takeByHand(
    _ unit: UInt32, _ unitID: UInt64, for incident: UInt32, _ decision: inout Decision
  ) {
    if unitChosen(&decision) == true { return }
    let travel = travel(of: unit, to: incident)
    // Its seat is taken then, so that the waiting list does not fill it again.
    let seat = openSeat(for: unit, of: incident)
    decision.chosen[0] = Chosen(
      unitID: unitID, assignmentID: 0, unit: unit, role: seat?.requirement.role ?? 0,
      travel_ms: travel.travel_ms,
      turnout_ms: currentPlans.turnout_ms(kind: units[unit].kind),
      distance_dm: travel.distance_dm, reason: .byHand,
      marks: marks(
        ofChoice: unit, at: incidents[incident].place, isStraightLine: travel.isStraightLine),
      age_s: age_s(ofUnit: unit), requirement: seat?.index ?? AssignmentRecord.byHand,
      seat: seat?.seat ?? 0)
    noteUnit(true, &decision)
  }
}
