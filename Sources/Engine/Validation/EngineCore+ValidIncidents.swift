// How incidents stand to their assignments, clocks and lists, between two commands.

import HujiaContainers

extension EngineCore {
  func validateIncidents(_ invariants: inout Invariants) {
    var open = 0
    var live = 0
    for slot in 0..<UInt32(incidents.touched) where incidents.isLive(slot) {
      let incident = incidents[slot]
      if incident.state.isOpen || incident.state == .merged { open += 1 }
      live += Int(incident.liveCount)
      for place in 0..<Int(incident.liveCount) {
        let assignment = incidents.assignment(of: slot, place)
        invariants.hold(
          assignments.isLive(assignment) && assignments[assignment].incident == slot,
          "what an incident lists is its own and live", slot)
      }
      if incident.state.isOpen { validatePlan(of: slot, &invariants) }
      if incident.state.isOpen, incident.state != .held {
        invariants.hold(
          incident.state == derivedState(of: slot),
          "an incident's state follows from its most advanced assignment", slot)
      }
    }
    invariants.hold(
      counters.read(Counter.incidentsOpen) == Int64(open),
      "the counter of open incidents counts them", open)
    invariants.hold(
      live == assignments.live, "the lists of incidents hold all live assignments", live)
  }

  /// Alarm levels and alternatives.
  private func validatePlan(of slot: UInt32, _ invariants: inout Invariants) {
    let plan = incidents[slot].plan
    let tables = plans.tables(incidents[slot].planVersion)
    invariants.hold(
      plan.requirementCount == tables.pointee.count(plan, upTo: plan.alarmLevel),
      "an incident asks for what its alarm level says", slot)
    for place in 0..<Int(incidents[slot].liveCount) {
      let index = assignments[incidents.assignment(of: slot, place)].requirement
      guard index < plan.requirementCount else { continue }
      let own = tables.pointee.requirement(Int(plan.firstRequirement + index))
      guard own.choices > 1 else { continue }
      var seats = seats(of: slot)
      while seats.next(), seats.index < index {}
      invariants.hold(
        choice(at: seats, of: slot) == index, "of alternatives one has units", slot)
    }
  }

  private func derivedState(of slot: UInt32) -> IncidentState {
    var best = AssignmentState.none
    for place in 0..<Int(incidents[slot].liveCount) {
      let state = assignments[incidents.assignment(of: slot, place)].state
      if state.rawValue > best.rawValue { best = state }
    }
    return Sending.state(best, hasArrived: incidents[slot].isAttended)
  }

  // Lists of incidents

  /// Merged incidents, those that wait for their call-back, and those that make room for new ones. Sums of spread
  /// numbers tell whether a list holds exactly what belongs into it.
  func validateLinks(_ invariants: inout Invariants) {
    var merged = 0
    var filed = 0
    var reusable: UInt64 = 0
    for slot in 0..<UInt32(incidents.touched) where incidents.isLive(slot) {
      let incident = incidents[slot]
      filed += incidents.mergedCount(under: slot)
      if incident.state == .merged { merged += 1 }
      guard incident.state != .merged, !incident.state.isOpen else { continue }
      if clocks.isRunning(.callback, slot: ClockSlot.of(.callback, incident: slot)) { continue }
      reusable &+= Spread.of(slot)
    }
    invariants.hold(
      merged == filed, "merged incidents are in the lists of what they were merged into", merged)
    validateCallbacks(&invariants)
    invariants.hold(
      reusable == incidents.overSpread,
      "the slot of an incident that is over may be used again, once", 0)
  }

  private func validateCallbacks(_ invariants: inout Invariants) {
    var here = incidents.firstCallback
    var listed: UInt64 = 0
    var steps = 0
    while here != IncidentRecord.none, steps <= limits.incidents {
      listed &+= Spread.of(here)
      here = incidents[here].nextLinked
      steps += 1
    }
    var running: UInt64 = 0
    for slot in 0..<UInt32(incidents.touched)
    where clocks.isRunning(.callback, slot: ClockSlot.of(.callback, incident: slot)) {
      running &+= Spread.of(slot)
    }
    invariants.hold(
      listed == running, "an incident is in the list of call-backs while that clock runs", steps)
  }

  // Waiting

  func validateWaiting(_ invariants: inout Invariants) {
    var waits = 0
    for slot in 0..<UInt32(incidents.touched) where incidents.isLive(slot) {
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
    invariants.hold(
      waiting.count > 0 || !offerSweep.isUnderWay, "nothing is swept for nobody", 0)
  }
}
