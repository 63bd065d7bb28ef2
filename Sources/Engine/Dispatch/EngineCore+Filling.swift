// The open seats of an incident are filled: chosen units are sent, and it waits for what is still missing.

import HujiaContainers
import HujiaRoads

extension EngineCore {
  /// Starts an incident's clocks and does what its plan says.
  mutating func choose(for incident: UInt32, _ decision: inout Decision) -> Status {
    counters.add(Counter.decisions)
    decision.answer = Answer(epoch: epoch)
    startIncidentClocks(incident)
    let plan = incidents[incident].plan
    var status = mode.isManual ? Status.manual : Status.ok
    switch sending(incident) {
    case .manual:
      incidents.set(incident, shortfall: Sending.manual(at: incidents[incident].place))
      status = .manual
    case .recommend:
      beginSelection(excludingRefusalsOf: nil)
      let shortfall = choose(
        plan, version: incidents[incident].planVersion, place: incidents[incident].place,
        tier: incidents[incident].tier, incident: incident, needs: openNeeds(of: incident),
        reason: .closest, &decision)
      incidents.set(incident, shortfall: shortfall)
    case .auto:
      if mode.isManual {
        propose(for: incident, reason: .closest, &decision)
      } else {
        _ = fillSeats(of: incident, reason: .closest, &decision)
      }
      if !incidents[incident].shortfall.isEmpty { counters.add(Counter.shortfalls) }
    }
    if status == .manual { counters.add(Counter.manual) }
    describe(incident, &decision)
    return status
  }

  /// The assignments of the answer, as events. (`inout`: of a borrowed one each element read would copy the array.)
  mutating func announceSent(_ incident: UInt32, _ decision: inout Decision) {
    if mode.isManual { return tellProposed(incident, &decision) }
    for place in 0..<decision.answer.count where incidents[incident].plan.dispatch == .auto {
      guard let assignment = assignments.slot(of: decision.chosen[place].assignmentID) else {
        continue
      }
      emitAssignment(assignment, reason: decision.chosen[place].reason)
    }
  }

  /// The answer's head, from the incident as it stands; `chosen` is left as it is.
  func describe(_ incident: UInt32, _ decision: inout Decision) {
    let record = incidents[incident]
    decision.answer.incidentID = incidents.id(of: incident)
    decision.answer.state = record.state
    decision.answer.tier = record.tier
    decision.answer.plan = record.plan.plan
    decision.answer.shortfall = shownShortfall(incident)
  }

  /// Chooses for all open seats and sends. The incident waits for what is still missing. Returns how many were sent;
  /// they are in the decision, with their assignment ids. Events are the caller's. In MANUAL nobody is sent, and it is
  /// told which units would be.
  mutating func fillSeats(
    of incident: UInt32, reason: Reason, _ decision: inout Decision
  ) -> Int {
    if mode.isManual {
      propose(for: incident, reason: reason, &decision)
      tellProposed(incident, &decision)
      return 0
    }
    beginSelection(excludingRefusalsOf: incident)
    let record = incidents[incident]
    var shortfall = choose(
      record.plan, version: record.planVersion, place: record.place, tier: record.tier,
      incident: incident, needs: openNeeds(of: incident), reason: reason, &decision)
    var sent = 0
    robbed.removeAll()
    for place in 0..<decision.answer.count {
      guard let assignment = sendChosen(decision.chosen[place], to: incident) else {
        shortfall.insert(.tableFull)
        break
      }
      decision.chosen[place].assignmentID = assignments.id(of: assignment)
      sent += 1
    }
    decision.answer.count = sent
    incidents.set(incident, shortfall: shortfall)
    let isShort = !shortfall.subtracting([.noPosition, .notOnStreets]).isEmpty
    if isShort { wait(incident) } else { stopWaiting(incident) }
    deriveState(of: incident)
    if robbed.count > 0 { serve(losers: robbed) }
    return sent
  }

  /// Tells the host of units that were sent after the first answer.
  mutating func announceProgress(of incident: UInt32, _ decision: inout Decision) {
    var first = Reason.none
    for place in 0..<decision.answer.count {
      let reason = decision.chosen[place].reason
      if place == 0 { first = reason }
      guard let assignment = assignments.slot(of: decision.chosen[place].assignmentID) else {
        continue
      }
      emitAssignment(assignment, reason: reason)
    }
    emitIncident(incident, reason: first)
  }

  /// Sends someone else at once if the plan's seats are the engine's to fill, else it waits.
  mutating func serveAgain(_ incident: UInt32, act: Act, _ decision: inout Decision) {
    guard incidents[incident].state.isOpen, isAutomatic(incident) else {
      return
    }
    _ = fillSeats(of: incident, reason: .nextUnit, &decision)
    for place in 0..<decision.answer.count {
      guard let sent = assignments.slot(of: decision.chosen[place].assignmentID) else {
        continue
      }
      emitAssignment(sent, reason: .nextUnit, act: act)
    }
  }
}
