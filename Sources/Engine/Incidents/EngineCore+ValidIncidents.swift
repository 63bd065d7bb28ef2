// What is true of incidents between two commands: their states, their lists, who waits.

import HujiaContainers

extension EngineCore {
  func validateIncidents(_ invariants: inout Invariants) {
    invariants.hold(incidentSlots.isConsistent(), "an incident's slot is live or free", 0)
    var open = 0
    var live = 0
    for slot in 0..<UInt32(incidentSlots.touched) where incidentSlots.isLive(slot) {
      let incident = incidents[slot]
      if incident.state.isOpen || incident.state == .merged { open += 1 }
      live += Int(incident.liveCount)
      validate(incident, slot, &invariants)
    }
    invariants.hold(
      counters.read(Counter.incidentsOpen) == Int64(open),
      "the counter of open incidents counts them", open)
    invariants.hold(
      live == assignmentSlots.live, "the lists of incidents hold all live assignments", live)
  }

  private func validate(
    _ incident: IncidentRecord, _ slot: UInt32, _ invariants: inout Invariants
  ) {
    let isOver = !incident.state.isOpen && incident.state != .merged
    invariants.hold(
      incident.liveCount <= UInt32(EngineLimits.chosen)
        && incident.refusalCount <= UInt32(EngineLimits.chosen),
      "an incident's lists have their room", slot)
    invariants.hold(
      !isOver || incident.liveCount == 0, "an incident that is over has no units", slot)
    for place in 0..<Int(incident.liveCount) {
      let assignment = liveAssignment(of: slot, place)
      invariants.hold(
        assignmentSlots.isLive(assignment) && assignments[assignment].incident == slot,
        "what an incident lists is its own and live", slot)
    }
    invariants.hold(
      incident.hasArrived == (incident.arrivedWall_us != 0)
        && incident.hasArrived == (incidentTimes[slot].arrived_ns != .max),
      "an incident says everywhere alike whether somebody arrived", slot)
    if incident.state.isOpen, incident.state != .held {
      invariants.hold(
        incident.state == derivedState(of: slot),
        "an incident's state follows from its most advanced assignment", slot)
    }
    invariants.hold(
      incident.servedSeats & incident.sparedSeats == incident.sparedSeats,
      "a seat that is spared is served", slot)
  }

  private func derivedState(of slot: UInt32) -> IncidentState {
    var best = AssignmentState.none
    for place in 0..<Int(incidents[slot].liveCount) {
      let state = assignments[liveAssignment(of: slot, place)].state
      if state.rawValue > best.rawValue { best = state }
    }
    return best == .none && incidents[slot].hasArrived ? .reported : best.incidentState
  }

  // Lists of incidents

  /// Merged incidents, those that wait for their call-back, and those whose slots may be used again.
  func validateLinks(_ invariants: inout Invariants) {
    for slot in 0..<UInt32(incidentSlots.touched) where incidentSlots.isLive(slot) {
      let incident = incidents[slot]
      if incident.state == .merged {
        let root = incident.mergedInto
        invariants.hold(
          incidentSlots.isLive(root) && incidents[root].state.isOpen,
          "what a merged incident was merged into is open", slot)
        invariants.hold(
          isLinked(slot, from: incidents[root].firstMerged),
          "a merged incident is in the list of what it was merged into", slot)
      }
      validateChain(from: incident.firstMerged, under: slot, &invariants)
      if incident.state == .closed || incident.state == .cancelled || incident.state == .archived {
        let isAsked = isRunning(.callback, slot: ClockSlot.of(.callback, incident: slot))
        invariants.hold(
          isAsked == isLinked(slot, from: callbacks.head) && (!isAsked || incident.state == .closed),
          "a closed incident is in the list of call-backs while that clock runs", slot)
        invariants.hold(
          timesRetired(slot) == (isAsked ? 0 : 1),
          "the slot of an incident that is over may be used again, once", slot)
      }
    }
    for index in 0..<closedIncidents.count {
      let slot = closedIncidents.element(index)
      invariants.hold(
        incidentSlots.isLive(slot) && !incidents[slot].state.isOpen
          && incidents[slot].state != .merged, "only incidents that are over make room", slot)
    }
  }

  private func isLinked(_ slot: UInt32, from first: UInt32) -> Bool {
    var here = first
    var steps = 0
    while here != WaitingLists.none, steps <= limits.incidents {
      if here == slot { return true }
      here = incidents[here].nextLinked
      steps += 1
    }
    return false
  }

  private func validateChain(
    from first: UInt32, under root: UInt32, _ invariants: inout Invariants
  ) {
    var here = first
    var before = WaitingLists.none
    var steps = 0
    while here != WaitingLists.none, steps <= limits.incidents {
      invariants.hold(
        incidents[here].state == .merged && incidents[here].mergedInto == root
          && incidents[here].previousLinked == before,
        "the list of merged incidents leads forward and back", here)
      before = here
      here = incidents[here].nextLinked
      steps += 1
    }
  }

  private func timesRetired(_ slot: UInt32) -> Int {
    var times = 0
    for index in 0..<closedIncidents.count where closedIncidents.element(index) == slot {
      times += 1
    }
    return times
  }

  // Waiting

  func validateWaiting(_ invariants: inout Invariants) {
    var waits = 0
    for slot in 0..<UInt32(incidentSlots.touched) where incidentSlots.isLive(slot) {
      let incident = incidents[slot]
      guard incident.isWaiting else {
        let isWanted =
          incident.state.isOpen && incident.state != .held && isAutomatic(slot)
          && !incident.hasArrived && hasOpenSeat(slot)
        invariants.hold(!isWanted, "an incident with an open seat waits", slot)
        continue
      }
      waits += 1
      invariants.hold(
        incident.state.isOpen && incident.state != .held, "what waits is open", slot)
      invariants.hold(hasOpenSeat(slot), "what waits has an open seat", slot)
      let need = need(of: slot)
      invariants.hold(
        waiting.isListed(slot)
          && (waiting.isFiled(slot, under: need)
            || waiting.isFiled(slot, under: .anything(incident.tier))),
        "what waits is listed under what it needs", slot)
    }
    invariants.hold(waits == waiting.count, "the lists hold all that wait", waits)
    if let words = waiting.brokenInvariant() { invariants.hold(false, words, waiting.count) }
    invariants.hold(offers.isConsistent(), "units on offer know their places", offers.count)
    invariants.hold(
      waiting.count > 0 || !offerSweep.isUnderWay, "nothing is swept for nobody", 0)
  }
}
