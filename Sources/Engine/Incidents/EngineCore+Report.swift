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
    let status =
      appointment.isAhead
      ? hold(incident, until_ns: appointment.due_ns, &decision) : decide(incident, &decision)
    if report.hasKey {
      let evicted = keys.remember(
        report, status: status, decision: decision, now_ns: time.now_ns)
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
    guard plan.dispatch != .manual, !report.place.isNowhere else {
      decision.answer.shortfall = Self.manual(at: report.place)
      return .manual
    }
    beginSelection(excludingRefusalsOf: nil)
    decision.answer.shortfall = choose(
      plan, version: plans.current, place: report.place, tier: tier, incident: nil,
      needs: report.needs, reason: .closest, &decision)
    return .ok
  }

  private mutating func repeatAnswer(
    _ known: Int, _ report: IncidentReport, _ decision: inout Decision
  ) -> Status {
    let entry = keys.entry(known)
    guard entry.report.saysTheSame(as: report) else {
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
  private mutating func takeIncidentSlot() -> UInt32? {
    if let fresh = incidentSlots.take() { return fresh }
    if closedIncidents.isEmpty, callbacks.head != WaitingLists.none {
      archive(callbacks.head, reason: .roomNeeded, act: Act(), wall_us: 0)
    }
    guard let oldest = closedIncidents.popFirst() else { return nil }
    incidentSlots.giveBack(oldest)
    return incidentSlots.take()
  }

  private func tier(of report: IncidentReport) -> Tier {
    if report.tier != .none { return report.tier }
    return currentPlans.tier(ofType: report.type) ?? .emergency
  }

  private func match(_ report: IncidentReport, tier: Tier) -> PlanMatch {
    let point = report.areaPoint
    return currentPlans.match(
      type: report.type, tier: tier, flags: report.flags, lat_e7: point.lat_e7,
      lon_e7: point.lon_e7, wall_us: report.wall_us == 0 ? time.wall_us : report.wall_us)
  }

  private mutating func open(_ incident: UInt32, _ report: IncidentReport) {
    let tier = tier(of: report)
    let start_ns = moment_ns(wall_us: report.wall_us)
    let receivedWall_us = report.wall_us == 0 ? time.wall_us : report.wall_us
    incidents[incident] = IncidentRecord(
      state: .pending, tier: tier, plan: match(report, tier: tier), place: report.place,
      type: report.type, lat_e7: report.lat_e7, lon_e7: report.lon_e7, flags: report.flags,
      shortfall: [], keyHigh: report.keyHigh, keyLow: report.keyLow,
      callerHash: report.callerHash,
      receivedWall_us: receivedWall_us, dispatchedWall_us: 0, arrivedWall_us: 0, closedWall_us: 0,
      received_ns: time.now_ns, start_ns: start_ns, ownStart_ns: start_ns,
      ownReceivedWall_us: receivedWall_us, appointmentWall_us: report.appointmentWall_us,
      disposition: 0, liveCount: 0, refusalCount: 0, planVersion: plans.current,
      clockVersion: plans.current, agency: report.agency, source: report.source,
      previousLinked: WaitingLists.none, nextLinked: WaitingLists.none, isWaiting: false,
      hasArrived: false)
    note(detailsOf: incident, report)
    clearClocks(incident: incident)
    plans.hold(plans.current)
    plans.hold(plans.current)
    clearCycles(incident: incident)
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

  /// Starts an incident's clocks and does what its plan says.
  mutating func choose(for incident: UInt32, _ decision: inout Decision) -> Status {
    counters.add(Counter.decisions)
    decision.answer = Answer(epoch: epoch)
    startIncidentClocks(incident)
    let plan = incidents[incident].plan
    var status = Status.ok
    switch incidents[incident].place.isNowhere ? .manual : plan.dispatch {
    case .manual:
      incidents[incident].shortfall = Self.manual(at: incidents[incident].place)
      counters.add(Counter.manual)
      status = .manual
    case .recommend:
      beginSelection(excludingRefusalsOf: nil)
      incidents[incident].shortfall = choose(
        plan, version: incidents[incident].planVersion, place: incidents[incident].place,
        tier: incidents[incident].tier, incident: incident, needs: openNeeds(of: incident),
        reason: .closest, &decision)
    case .auto:
      _ = fillSeats(of: incident, reason: .closest, &decision)
      if !incidents[incident].shortfall.isEmpty { counters.add(Counter.shortfalls) }
    }
    describe(incident, &decision)
    return status
  }

  /// Whether the engine sends for an incident by itself. Without a place nobody can be ranked: a person decides, and
  /// the update that brings a place sends.
  func isAutomatic(_ incident: UInt32) -> Bool {
    incidents[incident].plan.dispatch == .auto && !incidents[incident].place.isNowhere
  }

  /// Why a person decides.
  static func manual(at place: Place) -> Shortfall {
    place.isNowhere ? [.manual, .noPlace] : .manual
  }

  /// The assignments of the answer, as events. (`inout`: of a borrowed one each element read would copy the array.)
  mutating func announceSent(_ incident: UInt32, _ decision: inout Decision) {
    for place in 0..<decision.answer.count where incidents[incident].plan.dispatch == .auto {
      guard let assignment = assignmentSlots.slot(of: decision.chosen[place].assignmentID) else {
        continue
      }
      emitAssignment(assignment, reason: decision.chosen[place].reason)
    }
  }

  /// The answer's head, from the incident as it stands; `chosen` is left as it is.
  func describe(_ incident: UInt32, _ decision: inout Decision) {
    let record = incidents[incident]
    decision.answer.incidentID = incidentSlots.id(of: incident)
    decision.answer.state = record.state
    decision.answer.tier = record.tier
    decision.answer.plan = record.plan.plan
    decision.answer.shortfall = record.shortfall
  }

  /// Chooses for all open seats and sends. The incident waits for what is still missing. Returns how many were sent;
  /// they are in the decision, with their assignment ids. Events are the caller's.
  mutating func fillSeats(
    of incident: UInt32, reason: Reason, _ decision: inout Decision
  ) -> Int {
    beginSelection(excludingRefusalsOf: incident)
    let record = incidents[incident]
    var shortfall = choose(
      record.plan, version: record.planVersion, place: record.place, tier: record.tier,
      incident: incident, needs: openNeeds(of: incident), reason: reason, &decision)
    var sent = 0
    for place in 0..<decision.answer.count {
      guard let assignment = send(decision.chosen[place], to: incident) else {
        shortfall.insert(.tableFull)
        break
      }
      decision.chosen[place].assignmentID = assignmentSlots.id(of: assignment)
      sent += 1
    }
    decision.answer.count = sent
    incidents[incident].shortfall = shortfall
    let isShort = !shortfall.subtracting([.noPosition, .notOnStreets]).isEmpty
    if isShort { wait(incident) } else { stopWaiting(incident) }
    deriveState(of: incident)
    return sent
  }

  /// Tells the host of units that were sent after the first answer.
  mutating func announceProgress(of incident: UInt32, _ decision: inout Decision) {
    for place in 0..<decision.answer.count {
      guard let assignment = assignmentSlots.slot(of: decision.chosen[place].assignmentID) else {
        continue
      }
      emitAssignment(assignment, reason: decision.chosen[place].reason)
    }
    emitIncident(incident, reason: decision.answer.count > 0 ? decision.chosen[0].reason : .none)
  }
}
