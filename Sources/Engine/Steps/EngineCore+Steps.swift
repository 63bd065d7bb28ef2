// What the engine itself does at a step; everything else is the host's, which the event tells.

extension EngineCore {
  /// What became of a step. `slot`: where its clock is now (a replacement takes a signature's along); nil when the
  /// clock ended with its assignment, whose slot may be another's by now.
  struct Outcome {
    var slot: UInt32?
    var reason = Reason.none
    var assignment: UInt32?
    /// The unit that was withdrawn, for the caller to offer.
    var freed: UInt32?
    /// A search was made.
    var isDecision = false
    /// In MANUAL: the unit that would have been sent, and how long that unit would take.
    var proposed: (unit: UInt64, travel_ms: UInt32)?
  }

  mutating func carryOut(
    _ action: StepAction, slot: UInt32, incident: UInt32, _ decision: inout Decision
  ) -> Outcome {
    var outcome = Outcome(slot: slot)
    let asked = assignment(ofClock: slot)
    switch action {
    case .notifyAgain, .otherChannel, .callUnit:
      if let asked, assignments[asked].isUndeliverable { outcome.reason = .nobody }
    case .nextUnit:
      outcome.isDecision = true
      if let asked, !assignments[asked].state.hasArrived {
        if mode.isManual {
          return proposing(&outcome, chooseReplacement(of: asked, &decision), &decision)
        }
        replace(asked, isSignature: clocks[slot].kind == .acknowledge, &outcome, &decision)
      }
    case .backup:
      outcome.isDecision = true
      if mode.isManual { return proposing(&outcome, chooseBackup(incident, &decision), &decision) }
      outcome.assignment = sendBackup(incident, &decision)
      outcome.reason = outcome.assignment == nil ? .nobody : .backup
    case .firstLeads:
      let agency = firstToLead(incident)
      outcome.reason = agency == 0 ? .nobody : .lead
      if agency != 0 { lead(incident, agency: agency) }
    default: break
    }
    return outcome
  }

  /// In MANUAL the one that would be sent is named, and the one asked before stays asked.
  private func proposing(
    _ outcome: inout Outcome, _ isFound: Bool, _ decision: inout Decision
  ) -> Outcome {
    outcome.reason = isFound ? .proposed : .nobody
    if isFound { outcome.proposed = (decision.chosen[0].unitID, decision.chosen[0].travel_ms) }
    return outcome
  }

  private mutating func replace(
    _ asked: UInt32, isSignature: Bool, _ outcome: inout Outcome, _ decision: inout Decision
  ) {
    let withdrawn = assignments[asked].unit
    guard let replacement = replaceUnsigned(asked, &decision) else {
      outcome.reason = .nobody
      return
    }
    outcome.assignment = replacement
    outcome.freed = withdrawn
    outcome.reason = .nextUnit
    outcome.slot =
      isSignature ? ClockSlot.of(.acknowledge, assignment: replacement, limits) : nil
  }

  /// Withdraws a unit that did not sign (or does not move) and sends the next best one in its place, with the rest of
  /// its chain; nil when there is no other.
  private mutating func replaceUnsigned(
    _ asked: UInt32, _ decision: inout Decision
  ) -> UInt32? {
    let record = assignments[asked]
    incidents.refuse(units[record.unit].id, by: record.incident)
    guard
      let replacement = sendReplacement(of: asked, &decision)
    else {
      incidents.takeBackRefusal(record.incident)
      return nil
    }
    let old = ClockSlot.of(.acknowledge, assignment: asked, limits)
    if clocks.isRunning(.acknowledge, slot: old) {
      moveClock(from: old, to: ClockSlot.of(.acknowledge, assignment: replacement, limits))
    }
    end(asked, as: .expired, reason: .nextUnit, act: Act(), wall_us: 0)
    // It may have been the only one with what is asked for beside the plan.
    if openNeeds(of: record.incident) != 0, isAutomatic(record.incident),
      fillSeats(of: record.incident, reason: .closest, &decision) > 0
    {
      announceProgress(of: record.incident, &decision)
    }
    return replacement
  }

  /// One unit more, whichever is there first.
  private mutating func chooseBackup(_ incident: UInt32, _ decision: inout Decision) -> Bool {
    incidents[incident].state.isOpen
      && chooseOne(
        .anyUnit, for: incident, index: AssignmentRecord.byHand, seat: 0, reason: .backup,
        &decision)
  }

  private mutating func sendBackup(_ incident: UInt32, _ decision: inout Decision) -> UInt32? {
    guard chooseBackup(incident, &decision) else { return nil }
    guard let assignment = send(decision.chosen[0], to: incident) else { return nil }
    emitAssignment(assignment, reason: .backup)
    deriveState(of: incident)
    return assignment
  }
}
