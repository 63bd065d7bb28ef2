// A call comes in: one pass down (key, plan, choice, reservation), one pass up (answer, events).

import HujiaContainers
import HujiaRoads

extension EngineCore {
  /// Opens an incident and sends its units.
  mutating func report(_ report: IncidentReport, into decision: inout Decision) -> Status {
    counters.add(Counter.reports)
    if report.hasKey {
      keys.expire(now_ns: time.now_ns, most: 8)
      if let known = keys.find(report, now_ns: time.now_ns) {
        return repeatAnswer(known, report, &decision)
      }
    }
    let appointment = appointment(of: report)
    guard appointment.status == .ok else {
      counters.add(Counter.refused)
      return appointment.status
    }
    guard let incident = takeIncidentSlot() else {
      counters.add(Counter.refused)
      return .full
    }
    open(incident, report)
    if !appointment.isAhead { fileOpen(incident) }
    let status =
      appointment.isAhead
      ? hold(incident, until_ns: appointment.due_ns, &decision)
      : holdLikely(incident, report, &decision) ?? decide(incident, &decision)
    if report.hasKey {
      decision.answer.record = record
      let evicted = keys.remember(
        report, status: status, decision: &decision, now_ns: time.now_ns)
      if evicted { counters.add(Counter.keysEvicted) }
    }
    return status
  }

  /// The same answer with no side effect.
  mutating func recommend(_ report: IncidentReport, into decision: inout Decision) -> Status {
    counters.add(Counter.decisions)
    decision.answer = Answer(epoch: epoch)
    let tier = tier(of: report)
    let plan = match(report, tier: tier)
    decision.answer.tier = tier
    decision.answer.plan = plan.plan
    decision.answer.state = .pending
    guard Sending.mode(plan, at: report.place) != .manual else {
      decision.answer.shortfall = Sending.manual(at: report.place)
      return .manual
    }
    beginSelection(excludingRefusalsOf: nil)
    decision.answer.shortfall = choose(
      plan, version: plans.current, place: report.place, tier: tier, incident: nil,
      needs: report.needs, reason: .closest, &decision)
    guard mode.isManual else { return .ok }
    // Seats that a report would leave to a person.
    if plan.dispatch == .auto { decision.answer.shortfall.insert(.manual) }
    return .manual
  }

  /// `unit`: the one that says it of itself; 0 = a caller.
  mutating func repeatAnswer(
    _ known: Int, _ report: IncidentReport, of unit: UInt64 = 0, _ decision: inout Decision
  ) -> Status {
    let entry = keys.entry(known)
    let isOfUnit = unit == 0 || (entry.answer.count > 0 && keys.chosen(known, 0).unitID == unit)
    guard entry.said == report.said, isOfUnit else {
      counters.add(Counter.refused)
      return .conflict
    }
    decision.answer = entry.answer
    for place in 0..<entry.answer.count { decision.chosen[place] = keys.chosen(known, place) }
    counters.add(Counter.repeated)
    return .exists
  }

  /// A fresh slot, else that of the incident closed longest ago, else that of the one that waits longest for its
  /// call-back: a new call is worth more.
  mutating func takeIncidentSlot() -> UInt32? {
    if let fresh = incidents.take() { return fresh }
    if !incidents.isAnyOver, incidents.firstCallback != IncidentRecord.none {
      archive(incidents.firstCallback, reason: .roomNeeded, act: Act(), wall_us: 0)
    }
    return incidents.reuse()
  }

  func tier(of report: IncidentReport) -> Tier {
    if report.tier != .none { return report.tier }
    return currentPlans.tier(ofType: report.type) ?? .emergency
  }

  private func matched(_ report: IncidentReport, tier: Tier) -> PlanMatch {
    if let known = planChosen(tier: tier) { return known }
    let plan = match(report, tier: tier)
    notePlan(plan)
    return plan
  }

  func match(_ report: IncidentReport, tier: Tier) -> PlanMatch {
    currentPlans.match(
      report.circumstances(
        tier: tier, wall_us: report.wall_us == 0 ? time.wall_us : report.wall_us))
  }

  mutating func open(_ incident: UInt32, _ report: IncidentReport) {
    let tier = tier(of: report)
    let start_ns = time.ns(atWall_us: report.wall_us)
    let receivedWall_us = report.wall_us == 0 ? time.wall_us : report.wall_us
    let record = IncidentRecord(
      state: .pending, tier: tier, plan: matched(report, tier: tier), place: report.place,
      type: report.type, lat_e7: report.lat_e7, lon_e7: report.lon_e7, flags: report.flags,
      shortfall: [], keyHigh: report.keyHigh, keyLow: report.keyLow,
      callerHash: report.callerHash,
      receivedWall_us: receivedWall_us, dispatchedWall_us: 0, arrivedWall_us: 0, closedWall_us: 0,
      received_ns: time.now_ns, start_ns: start_ns, ownStart_ns: start_ns,
      ownReceivedWall_us: receivedWall_us, appointmentWall_us: report.appointmentWall_us,
      disposition: 0, liveCount: 0, refusalCount: 0, planVersion: plans.current,
      clockVersion: plans.current, agency: report.agency, source: report.source,
      previousLinked: IncidentRecord.none, nextLinked: IncidentRecord.none, isWaiting: false,
      hasArrived: false)
    incidents.open(incident, record, report)
    clearClocks(incident: incident)
    plans.hold(plans.current)
    plans.hold(plans.current)
    clocks.clearCycles(incident: incident)
    noteReceipt(incident)
    counters.add(Counter.incidentsOpened)
    counters.add(Counter.incidentsOpen)
    counters.raise(Counter.incidentsOpenHigh, to: counters.read(Counter.incidentsOpen))
  }

  /// Decides an incident that was just opened, and tells the host.
  private mutating func decide(_ incident: UInt32, _ decision: inout Decision) -> Status {
    let status = choose(for: incident, &decision)
    var decided = event(.decided, incident: incident)
    decided.reason = status.rawValue
    emit(decided)
    announceSent(incident, &decision)
    return status
  }
}
