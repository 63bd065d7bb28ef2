// What silence leads to: the steps of the absence chain, the incident at its end, and how the chain ends. Alarms of a
// watch open incidents on the same path as calls.

import HujiaContainers
import HujiaRoads
import HujiaDeadlines

extension EngineCore {
  /// Looks at the watch whose deadline is due: moves it when heartbeats came since, else fires its step. The caller has
  /// seen that one is due and that the outbox has room.
  mutating func fireWatch(_ decision: inout Decision) {
    guard let slot = watches.deadlines.popDrawn(now_ns: time.now_ns) else { return }
    let record = watches.records[slot]
    switch record.state {
    case .paused: resume(slot, at_ns: record.due_ns)
    case .present:
      let due_ns = firstStepDue_ns(slot)
      var steps = DeadlineWheel.slice
      _ = drawDue(&steps)
      // Heartbeats moved it: also where it is overdue by now, what was due before it comes first.
      guard due_ns <= min(time.now_ns, nextDue_ns) else { return armAbsence(slot) }
      beginAbsence(slot, due_ns: due_ns)
      fireAbsence(slot, act: Act(), &decision)
    case .absent: fireAbsence(slot, act: Act(), &decision)
    }
  }

  mutating func beginAbsence(_ slot: UInt32, due_ns: Int64) {
    watches.records[slot].state = .absent
    watches.records[slot].step = 0
    watches.records[slot].due_ns = due_ns
    watches.chains[slot] = WatchChain(cycle: watches.records[slot].cycle)
    counters.add(Counter.absences)
  }

  /// Fires the step that is next, whether its time has come or a person wants it now.
  mutating func fireAbsence(_ slot: UInt32, act: Act, _ decision: inout Decision) {
    let policy = absencePolicy(slot)
    guard policy.stepCount > 0 else {
      watches.records[slot].due_ns = .max
      return
    }
    // The plans may have changed since; a shorter chain goes on with its last step.
    watches.records[slot].step = min(watches.records[slot].step, policy.stepCount - 1)
    let chain = watches.chains[slot]
    // Other plans made the chain shorter: a step that has fired fires again, as another firing.
    if (watches.records[slot].cycle, watches.records[slot].step + 1)
      <= (chain.firedCycle, chain.firedStep)
    {
      watches.records[slot].cycle = chain.firedCycle &+ 1
    }
    let record = watches.records[slot]
    let step = absenceStep(slot, record.step)
    var event = Event(.escalation)
    event.watchID = record.id
    event.plansVersion = plans.number(plans.current)
    event.sign(act)
    event.clock = Int32(ClockKind.absence.rawValue)
    event.step = record.step + 1
    event.cycle = record.cycle
    event.action = Int32(step.action.rawValue)
    event.late_ns = time.now_ns &- record.due_ns
    event.dueWall_us = time.wall_us &- event.late_ns / 1_000
    event.incidentID = record.incidentID
    watches.chains[slot].firedStep = event.step
    watches.chains[slot].firedCycle = event.cycle
    watches.chains[slot].isTaken = false
    watches.chains[slot].isSnoozed = false
    advanceAbsence(slot, policy: policy)
    switch step.action {
    case .homeOfficer: event.unitID = watches.descriptions[slot].homeOfficer
    case .gridWorker: event.unitID = watches.descriptions[slot].gridWorker
    case .openIncident:
      if openIncident(ofWatch: slot, &decision) {
        event.incidentID = watches.records[slot].incidentID
        // From here the incident's own clocks keep the promise; steps after this one go on.
        if record.step + 1 == policy.stepCount { rest(slot) }
      } else {
        event.reason = Reason.tableFull.rawValue
      }
    default: break
    }
    emit(event)
    counters.add(Counter.escalations)
    noteLateness(event.late_ns)
  }

  private mutating func rest(_ slot: UInt32) {
    watches.records[slot].due_ns = .max
    watches.chains[slot].planned_ns = .max
    watches.chains[slot].hasNext = false
    watches.deadlines.cancel(slot: slot)
  }

  /// As every chain goes on. Where nothing comes next it rests.
  private mutating func advanceAbsence(_ slot: UInt32, policy: ClockPolicy) {
    let record = watches.records[slot]
    let place = ChainPlace(
      step: record.step, cycle: record.cycle, isRepeating: watches.chains[slot].isRepeating,
      due_ns: record.due_ns)
    let next = Chain(policy, in: plans.tables(plans.current)).next(after: place, at: time.now_ns)
    if let next {
      watches.records[slot].step = next.step
      watches.records[slot].cycle = next.cycle
      watches.chains[slot].isRepeating = next.isRepeating
    }
    let due_ns = next?.due_ns ?? .max
    watches.records[slot].due_ns = due_ns
    watches.chains[slot].planned_ns = due_ns
    watches.chains[slot].hasNext = due_ns != .max
    if due_ns != .max { watches.deadlines.arm(slot: slot, due_ns: due_ns) }
  }

  /// Ends a chain, with an event; the watch is present and its limit runs again.
  mutating func endAbsence(_ slot: UInt32, reason: Reason) {
    let record = watches.records[slot]
    watches.records[slot].state = .present
    watches.records[slot].due_ns = .max
    watches.records[slot].step = 0
    watches.records[slot].cycle = cycleAfter(slot)
    watches.chains[slot] = WatchChain(cycle: watches.records[slot].cycle)
    armAbsence(slot)
    var event = Event(.absenceEnded)
    event.watchID = record.id
    event.incidentID = record.incidentID
    event.clock = Int32(ClockKind.absence.rawValue)
    event.reason = reason.rawValue
    refer(&event)
    emit(event)
  }

  // Incidents

  /// Opens the welfare incident of an absence, on the path of calls. False when the table of incidents is full: the
  /// step comes again.
  private mutating func openIncident(
    ofWatch slot: UInt32, _ decision: inout Decision
  ) -> Bool {
    if openIncident(linkedTo: slot) != nil { return true }
    let description = watches.descriptions[slot]
    let report = report(ofWatch: slot, tier: description.tier, type: description.type, wall_us: 0)
    let status = self.report(report, into: &decision)
    guard status == .ok || status == .manual else { return false }
    link(slot, decision.answer.incidentID)
    return true
  }

  /// A sensor's alarm. The first opens an incident; while that is open further ones are repeats, which raise its tier
  /// when the alarm's is more urgent.
  mutating func alarm(
    watch id: UInt64, wall_us: Int64, into decision: inout Decision
  ) -> Status {
    guard let slot = watches.index.find(id) else { return .unknownUnit }
    counters.add(Counter.watchAlarms)
    let description = watches.descriptions[slot]
    if let incident = openIncident(linkedTo: slot) {
      counters.add(Counter.repeated)
      let tier = resolved(description.alarmTier, type: description.alarmType)
      if tier.rawValue < incidents[incident].tier.rawValue {
        var change = report(ofWatch: slot, tier: tier, type: description.alarmType, wall_us: 0)
        change.tier = tier
        // An alarm says nothing against what a person has found out.
        change.flags |= incidents[incident].flags
        _ = update(watches.records[slot].incidentID, change, movesPlace: false, into: &decision)
      } else {
        listLive(incident, &decision)
      }
      return .exists
    }
    let report = report(
      ofWatch: slot, tier: description.alarmTier, type: description.alarmType, wall_us: wall_us)
    let status = self.report(report, into: &decision)
    if status == .ok || status == .manual { link(slot, decision.answer.incidentID) }
    return status
  }

  private func resolved(_ tier: Tier, type: UInt32) -> Tier {
    tier == .none ? currentPlans.tier(ofType: type) ?? .emergency : tier
  }

  private mutating func report(
    ofWatch slot: UInt32, tier: Tier, type: UInt32, wall_us: Int64
  ) -> IncidentReport {
    let description = watches.descriptions[slot]
    var report = IncidentReport(
      tier: tier, type: type, lat_e7: description.lat_e7, lon_e7: description.lon_e7,
      flags: description.flags, keyHigh: 0, keyLow: 0, callerHash: description.callerHash,
      wall_us: wall_us, place: description.place)
    guard description.carrier != 0, let unit = units.find(description.carrier) else {
      return report
    }
    guard let place = placeOfCarrier(unit) else { return report }
    report.place = place
    report.lat_e7 = place.lat_e7
    report.lon_e7 = place.lon_e7
    return report
  }

  private mutating func placeOfCarrier(_ unit: UInt32) -> Place? {
    if let known = carrierChosen() { return known }
    refresh(unit: unit)
    let place = units[unit].hasPosition ? units[unit].place : nil
    noteCarrier(place)
    return place
  }

  /// The incident just answered belongs to this watch.
  private mutating func link(_ slot: UInt32, _ id: UInt64) {
    watches.records[slot].incidentID = id
    guard let incident = incidents.slot(of: id) else { return }
    incidents.link(incident, toWatch: slot)
  }

  private func openIncident(linkedTo slot: UInt32) -> UInt32? {
    guard let incident = incidents.slot(of: watches.records[slot].incidentID),
      incidents[incident].state.isOpen
    else { return nil }
    return incident
  }

  mutating func forgetIncident(ofWatch slot: UInt32) {
    if let incident = incidents.slot(of: watches.records[slot].incidentID) {
      incidents.link(incident, toWatch: nil)
    }
    watches.records[slot].incidentID = 0
  }

  /// An incident that a watch opened is over: somebody has answered for it. That ends an absence as a sign of life
  /// does, and the limit runs again.
  mutating func watchIncidentEnded(_ incident: UInt32) {
    guard incidents[incident].watch > 0 else { return }
    let slot = incidents[incident].watch - 1
    incidents.link(incident, toWatch: nil)
    guard watches.slots.isLive(slot),
      watches.records[slot].incidentID == incidents.id(of: incident)
    else { return }
    if watches.records[slot].state == .absent {
      watches.records[slot].seen_ns = time.now_ns
      endAbsence(slot, reason: .closed)
    }
    watches.records[slot].incidentID = 0
  }
}
