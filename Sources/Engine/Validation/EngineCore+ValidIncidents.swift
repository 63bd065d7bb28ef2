// What is true of incidents between two commands: their states, their lists, the list of those that wait.

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
    return Sending.state(best, hasArrived: incidents[slot].hasArrived)
  }

  // Lists of incidents

  /// Merged incidents, those that wait for their call-back, and those that make room for new ones. Each list is
  /// walked once; sums of spread numbers tell whether it holds exactly what belongs into it.
  func validateLinks(_ invariants: inout Invariants) {
    var merged = 0
    var filed = 0
    var asked = 0
    var reusable: UInt64 = 0
    for slot in 0..<UInt32(incidentSlots.touched) where incidentSlots.isLive(slot) {
      let incident = incidents[slot]
      filed += validateChain(from: incident.firstMerged, under: slot, &invariants)
      if incident.state == .merged {
        merged += 1
        let root = incident.mergedInto
        invariants.hold(
          incidentSlots.isLive(root) && incidents[root].state.isOpen,
          "what a merged incident was merged into is open", slot)
      } else if !incident.state.isOpen {
        if isRunning(.callback, slot: ClockSlot.of(.callback, incident: slot)) {
          asked += 1
        } else {
          reusable &+= Spread.of(slot)
        }
      }
    }
    invariants.hold(
      merged == filed, "merged incidents are in the lists of what they were merged into", merged)
    validateCallbacks(asked, &invariants)
    for index in 0..<closedIncidents.count {
      reusable &-= Spread.of(closedIncidents.element(index))
    }
    invariants.hold(
      reusable == 0, "the slot of an incident that is over may be used again, once",
      closedIncidents.count)
  }

  /// How many are filed under `root`.
  private func validateChain(
    from first: UInt32, under root: UInt32, _ invariants: inout Invariants
  ) -> Int {
    var here = first
    var before = IncidentRecord.none
    var steps = 0
    while here != IncidentRecord.none, steps <= limits.incidents {
      invariants.hold(
        incidents[here].state == .merged && incidents[here].mergedInto == root
          && incidents[here].previousLinked == before,
        "the list of merged incidents leads forward and back", here)
      before = here
      here = incidents[here].nextLinked
      steps += 1
    }
    return steps
  }

  private func validateCallbacks(_ asked: Int, _ invariants: inout Invariants) {
    var here = callbacks.head
    var before = IncidentRecord.none
    var listed = 0
    while here != IncidentRecord.none, listed <= limits.incidents {
      invariants.hold(
        incidents[here].state == .closed && incidents[here].previousLinked == before
          && isRunning(.callback, slot: ClockSlot.of(.callback, incident: here)),
        "a closed incident is in the list of call-backs while that clock runs", here)
      before = here
      here = incidents[here].nextLinked
      listed += 1
    }
    invariants.hold(before == callbacks.tail, "the list of call-backs ends at its end", before)
    invariants.hold(listed == asked, "every running call-back is listed", listed)
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
