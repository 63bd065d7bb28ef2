// What silence leads to: the steps of the absence chain, the incident at its end, and how the chain ends. Alarms of a
// watch open incidents on the same path as calls.

import HujiaContainers
import HujiaRoads
import HujiaDeadlines

extension EngineCore {
  /// Looks at the watch whose deadline is due: moves it when heartbeats came since, else fires its step. The caller has
  /// seen that one is due and that the outbox has room.
  mutating func fireWatch(_ decision: inout Decision) {
    guard let slot = watches.popDrawn(now_ns: time.now_ns) else { return }
    let record = watches[slot]
    switch record.state {
    case .paused: resume(slot, at_ns: record.due_ns)
    case .present:
      let due_ns = firstStepDue_ns(slot)
      var steps = DeadlineWheel.slice
      _ = drawDue(&steps)
      // Heartbeats moved it: also where it is overdue by now, what was due before it comes first.
      guard due_ns <= min(time.now_ns, nextDue_ns) else { return armAbsence(slot) }
      beginAbsence(slot, due_ns: due_ns)
      fireOverdueAbsence(slot, &decision)
    case .absent: fireOverdueAbsence(slot, &decision)
    }
  }

  /// A step that another one stands for is passed over: as if it had fired, but nobody hears of it.
  private mutating func fireOverdueAbsence(_ slot: UInt32, _ decision: inout Decision) {
    guard isPassedOver(watch: slot) else { return fireAbsence(slot, act: Act(), &decision) }
    let policy = absencePolicy(slot)
    watches.fire(slot, stepCount: policy.stepCount)
    advanceAbsence(slot, policy: policy)
  }

  mutating func beginAbsence(_ slot: UInt32, due_ns: Int64) {
    watches.beginAbsence(slot, due_ns: due_ns)
    counters.add(Counter.absences)
  }

  /// Fires the step that is next, whether its time has come or a person wants it now.
  mutating func fireAbsence(_ slot: UInt32, act: Act, _ decision: inout Decision) {
    let policy = absencePolicy(slot)
    guard policy.stepCount > 0 else {
      watches.arm(slot, due_ns: .max)
      return
    }
    watches.fire(slot, stepCount: policy.stepCount)
    let record = watches[slot]
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
    advanceAbsence(slot, policy: policy)
    switch step.action {
    case .homeOfficer: event.unitID = watches[description: slot].homeOfficer
    case .gridWorker: event.unitID = watches[description: slot].gridWorker
    case .openIncident:
      if openIncident(ofWatch: slot, &decision) {
        event.incidentID = watches[slot].incidentID
        // From here the incident's own clocks keep the promise; steps after this one go on.
        if record.step + 1 == policy.stepCount { watches.rest(slot) }
      } else {
        event.reason = Reason.tableFull.rawValue
      }
    default: break
    }
    emit(event)
    counters.add(Counter.escalations)
    noteLateness(event.late_ns)
  }

  /// As every chain goes on. Where nothing comes next it rests.
  private mutating func advanceAbsence(_ slot: UInt32, policy: ClockPolicy) {
    let record = watches[slot]
    let place = ChainPlace(
      step: record.step, cycle: record.cycle, isRepeating: watches[chain: slot].isRepeating,
      due_ns: record.due_ns)
    let next = Chain(policy, in: plans.tables(plans.current)).next(after: place, at: time.now_ns)
    watches.go(slot, to: next)
  }

  /// Ends a chain, with an event; the watch is present and its limit runs again.
  mutating func endAbsence(_ slot: UInt32, reason: Reason) {
    let record = watches[slot]
    watches.endAbsence(slot)
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
    let description = watches[description: slot]
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
    guard let slot = watches.find(id) else { return .unknownUnit }
    counters.add(Counter.watchAlarms)
    let description = watches[description: slot]
    if let incident = openIncident(linkedTo: slot) {
      counters.add(Counter.repeated)
      let tier = resolved(description.alarmTier, type: description.alarmType)
      if tier.rawValue < incidents[incident].tier.rawValue {
        var change = report(ofWatch: slot, tier: tier, type: description.alarmType, wall_us: 0)
        change.tier = tier
        // An alarm says nothing against what a person has found out.
        change.flags |= incidents[incident].flags
        _ = update(watches[slot].incidentID, change, movesPlace: false, into: &decision)
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
    let description = watches[description: slot]
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
    watches.link(slot, to: id)
    guard let incident = incidents.slot(of: id) else { return }
    incidents.link(incident, toWatch: slot)
  }

  private func openIncident(linkedTo slot: UInt32) -> UInt32? {
    guard let incident = incidents.slot(of: watches[slot].incidentID),
      incidents[incident].state.isOpen
    else { return nil }
    return incident
  }

  mutating func forgetIncident(ofWatch slot: UInt32) {
    if let incident = incidents.slot(of: watches[slot].incidentID) {
      incidents.link(incident, toWatch: nil)
    }
    watches.link(slot, to: 0)
  }

  /// An incident that a watch opened is over: somebody has answered for it. That ends an absence as a sign of life
  /// does, and the limit runs again.
  mutating func watchIncidentEnded(_ incident: UInt32) {
    guard incidents[incident].watch > 0 else { return }
    let slot = incidents[incident].watch - 1
    incidents.link(incident, toWatch: nil)
    guard watches.isLive(slot),
      watches[slot].incidentID == incidents.id(of: incident)
    else { return }
    if watches[slot].state == .absent {
      _ = watches.see(slot, at_ns: time.now_ns)
      endAbsence(slot, reason: .closed)
    }
    watches.link(slot, to: 0)
  }
}
