// Sending a unit, ending an assignment, and what both mean for the incident.

import HujiaContainers

extension EngineCore {
  /// Opens an assignment in state `dispatched`, reserves the unit and starts its clocks. nil when the
  /// table is full. `paper_us`: when it really was, of an incident that was written on paper. O(1).
  mutating func send(_ choice: Chosen, to incident: UInt32, paper_us: Int64 = 0) -> UInt32? {
    assert(!mode.isManual || choice.reason == .byHand)
    let isOfPaper = paper_us != 0 && incidents[incident].isCatchUp
    var sent = time
    if isOfPaper {
      sent = Moment(now_ns: time.ns(atWall_us: paper_us), wall_us: min(paper_us, time.wall_us))
    }
    guard Int(incidents[incident].liveCount) < EngineLimits.chosen, units[choice.unit].isFree else {
      return nil
    }
    // A choice that is read back may name a seat that its plan does not have: a file is believed no more than a host.
    let hasSeat = choice.requirement < incidents[incident].plan.requirementCount && choice.seat < 16
    let isSound = hasSeat || choice.requirement >= AssignmentRecord.forNeeds
    let record = AssignmentRecord(
      incident: incident, unit: choice.unit, state: .dispatched, role: choice.role,
      requirement: isSound ? choice.requirement : AssignmentRecord.byHand, seat: choice.seat,
      travel_ms: choice.travel_ms,
      turnout_ms: choice.turnout_ms, distance_dm: choice.distance_dm, reason: choice.reason,
      marks: choice.marks & ChosenMark.ofChoice)
    guard
      let assignment = assignments.open(
        record, at: sent, wasByVoice: isOfPaper && sent.now_ns < time.now_ns)
    else { return nil }
    clocks.clearCycles(assignment: assignment)
    clearClocks(assignment: assignment)
    incidents.attach(assignment, to: incident)
    units.send(choice.unit, on: assignment)
    become(.enRoute, unit: choice.unit)
    recode(assignment)
    refile(incident)

    if incidents[incident].dispatchedWall_us == 0 {
      incidents.dispatch(incident, wall_us: sent.wall_us)
      startArrivalClock(incident, from: sent.now_ns)
    } else if incidents[incident].isUnmanned {
      stop(.pending, slot: ClockSlot.of(.pending, incident: incident), at_ns: sent.now_ns)
    }
    startAssignmentClocks(assignment)
    noteDispatch(assignment)
    incidents.set(incident, isUnmanned: false)
    counters.add(Counter.assignmentsOpened)
    counters.add(Counter.assignmentsLive)
    counters.raise(Counter.assignmentsLiveHigh, to: counters.read(Counter.assignmentsLive))
    return assignment
  }

  /// Ends a live assignment: its clocks stop, its slot and unit are free again. The incident's state and waiting are
  /// the caller's. O(assignments of the incident).
  mutating func end(
    _ assignment: UInt32, as state: AssignmentState, reason: Reason, act: Act, wall_us: Int64
  ) {
    assert(state.isTerminal)
    stopAssignmentClocks(assignment, at_ns: time.ns(atWall_us: wall_us))
    rememberLeaving(assignment)
    let record = assignments[assignment]
    assignments.end(assignment, as: state)
    let isServed = Sending.isServed(
      record.state, endsAs: state, othersArrived: incidents[record.incident].hasArrived)
    if isServed { serve(record) }
    emitAssignment(assignment, reason: reason, act: act, wall_us: wall_us)
    if state == .declined { counters.add(Counter.assignmentsDeclined) }
    if state == .expired { counters.add(Counter.assignmentsExpired) }
    counters.add(Counter.assignmentsLive, -1)

    incidents.detach(assignment, from: record.incident)
    assignments.close(assignment)
    letGo(
      unit: record.unit,
      usual: record.state.hasArrived ? .returning : units[record.unit].activityBefore)
    refile(record.incident)
  }

  /// For its seat, and for what it brought beside that, nobody else is sent.
  private mutating func serve(_ record: AssignmentRecord) {
    let (incident, wasThere) = (record.incident, record.state.hasArrived)
    incidents.serve(incident, needs: units[record.unit].capabilities, wasThere: wasThere)
    guard record.isOfPlan else { return }
    let seat = plans.tables(incidents[incident].planVersion).pointee.seatBit(
      incidents[incident].plan, index: record.requirement, seat: record.seat)
    incidents.serve(incident, seat: seat, wasThere: wasThere)
  }

  /// What is asked of a unit that takes the place of an assignment: what its seat asks for; of one sent for needs, what
  /// no other unit of the incident has of them.
  func requirement(inPlaceOf assignment: UInt32) -> Requirement {
    let asked = assignments[assignment]
    let record = incidents[asked.incident]
    if asked.requirement == AssignmentRecord.forNeeds {
      return Requirement(capabilities: openNeeds(of: asked.incident, passing: assignment))
    }
    guard asked.requirement < record.plan.requirementCount else { return .anyUnit }
    let tables = plans.tables(record.planVersion)
    return tables.pointee.requirement(Int(record.plan.firstRequirement + asked.requirement))
  }

  /// The best unit for one seat in place of another is the decision's first; false when there is none.
  mutating func chooseReplacement(of asked: UInt32, _ decision: inout Decision) -> Bool {
    let (incident, index) = (assignments[asked].incident, assignments[asked].requirement)
    let requirement = requirement(inPlaceOf: asked)
    return chooseOne(
      requirement, for: incident, index: index, seat: assignments[asked].seat,
      reason: .nextUnit, &decision) || chooseOtherAlternative(of: asked, &decision)
  }

  /// Sends it; nil when there is none.
  mutating func sendReplacement(of asked: UInt32, _ decision: inout Decision) -> UInt32? {
    let incident = assignments[asked].incident
    guard chooseReplacement(of: asked, &decision) else { return nil }
    if decision.chosen[0].requirement == assignments[asked].requirement {
      decision.chosen[0].role = assignments[asked].role
    }
    // The seat is held by two for a moment: the old assignment ends right after.
    guard let assignment = send(decision.chosen[0], to: incident) else { return nil }
    emitAssignment(assignment, reason: .nextUnit)
    return assignment
  }

  /// The incident's state from its most advanced live assignment.
  mutating func deriveState(of incident: UInt32) {
    guard incidents[incident].state.isOpen, incidents[incident].state != .held else { return }
    var best = AssignmentState.none
    for place in 0..<Int(incidents[incident].liveCount) {
      let state = assignments[incidents.assignment(of: incident, place)].state
      if state.rawValue > best.rawValue { best = state }
    }
    incidents.become(incident, Sending.state(best, hasArrived: incidents[incident].isAttended))
  }
}
