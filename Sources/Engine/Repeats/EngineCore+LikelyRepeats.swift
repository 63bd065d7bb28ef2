// A likely repeat does not send again: it is opened, held from dispatch and told, while its promise runs. A person
// merges it or says that it is none. Unanswered, all repeats of one incident get a few units together, after all that
// waits.

import HujiaContainers

extension PlanTables {
  /// Of no plan the usual ones, which hold nothing.
  func repeats(_ plan: PlanMatch) -> RepeatRules {
    plan.plan == 0 ? RepeatRules() : plans[Int(plan.plan) - 1].repeats
  }
}

extension EngineCore {
  private func repeatRules(of incident: UInt32) -> RepeatRules {
    plans.tables(incidents[incident].planVersion).pointee.repeats(incidents[incident].plan)
  }

  /// nil: it is no likely repeat, and is decided.
  mutating func holdLikely(
    _ incident: UInt32, _ report: IncidentReport, _ decision: inout Decision
  ) -> Status? {
    let rules = repeatRules(of: incident)
    let hold_ms = rules.hold_ms(incidents[incident].tier)
    guard rules.suggest_at > 0, hold_ms > 0, isAutomatic(incident),
      let root = likelyRoot(of: incident, report, rules)
    else { return nil }
    counters.add(Counter.decisions)
    decision.answer = Answer(epoch: epoch)
    incidents.suspect(incident, of: incidents.id(of: root))
    incidents.set(incident, shortfall: .manual)
    startIncidentClocks(incident)
    setAppointment(incident, due_ns: time.now_ns.adding(ms: hold_ms))
    describe(incident, &decision)
    var held = event(.decided, incident: incident)
    held.reason = Status.held.rawValue
    emit(held)
    emitIncident(incident, reason: .likelyRepeat)
    return .held
  }

  private func likelyRoot(
    of incident: UInt32, _ report: IncidentReport, _ rules: RepeatRules
  ) -> UInt32? {
    if let known = likelyRootChosen() { return known }
    var list = RepeatList()
    repeats(of: report, rules, passing: incident, into: &list)
    var found: UInt32?
    for place in 0..<list.count where found == nil {
      let view = list[place]
      if view.score >= rules.suggest_at, isServed(view.slot) { found = view.slot }
    }
    noteLikelyRoot(found)
    return found
  }

  /// Its seats are filled, or being filled, and it repeats nothing itself.
  private func isServed(_ slot: UInt32) -> Bool {
    let record = incidents[slot]
    return record.state.isOpen && !record.isSuspected
      && (record.liveCount > 0 || record.isWaiting || record.hasArrived)
  }

  /// What a likely repeat repeats, or what stands for that; nil where it is over.
  func openRoot(ofLikely slot: UInt32) -> UInt32? {
    guard let known = incidents.slot(of: incidents[details: slot].repeatOf) else { return nil }
    let root = root(of: known)
    return incidents[root].state.isOpen ? root : nil
  }

  /// Nobody answered in time: it gets units that nothing else that waits could have, as far as its root's share goes,
  /// else it is asked again after the same time. Where the share is used up, or the root is over, it stays a person's.
  mutating func serve(likely incident: UInt32, _ decision: inout Decision) {
    stop(.appointment, slot: ClockSlot.of(.appointment, incident: incident))
    let rules = repeatRules(of: incident)
    guard let root = openRoot(ofLikely: incident), hasOpenSeat(incident) else { return }
    let share = Int(rules.units) - Int(incidents[details: root].repeatUnits)
    guard share > 0 else { return }
    if !mode.isManual, !hasOffersLeft {
      let sent = send(most: share, toLikely: incident, &decision)
      incidents.noteRepeatUnits(root, sent)
      if sent > 0 { announceProgress(of: incident, &decision) }
      guard sent < share, hasOpenSeat(incident) else { return }
    }
    let again_ms = max(rules.hold_ms(incidents[incident].tier), 1_000)
    setAppointment(incident, due_ns: time.now_ns.adding(ms: again_ms))
  }

  /// As `fillSeats`, with a limit, and waiting for nothing.
  private mutating func send(
    most: Int, toLikely incident: UInt32, _ decision: inout Decision
  ) -> Int {
    beginSelection(excludingRefusalsOf: incident)
    let record = incidents[incident]
    _ = choose(
      record.plan, version: record.planVersion, place: record.place, tier: record.tier,
      incident: incident, needs: openNeeds(of: incident), reason: .unitFreed, &decision)
    var sent = 0
    while sent < min(decision.answer.count, most) {
      guard let assignment = send(decision.chosen[sent], to: incident) else { break }
      decision.chosen[sent].assignmentID = assignments.id(of: assignment)
      sent += 1
    }
    decision.answer.count = sent
    if !hasOpenSeat(incident) { incidents.set(incident, shortfall: []) }
    deriveState(of: incident)
    return sent
  }

  /// Somebody answered. Nothing where it is no likely repeat.
  mutating func clearSuspicion(_ incident: UInt32) {
    guard incidents[incident].isSuspected else { return }
    stop(.appointment, slot: ClockSlot.of(.appointment, incident: incident))
    incidents.clearSuspicion(incident)
  }

  /// A person says that it is no repeat: it is dispatched as its plan says.
  mutating func separate(
    likely id: UInt64, wall_us: Int64, act: Act, _ decision: inout Decision
  ) -> Status {
    guard let incident = incidents.slot(of: id) else { return .stale }
    guard incidents[incident].state.isOpen else { return .state }
    guard incidents[incident].isSuspected else {
      listLive(incident, &decision)
      return .unchanged
    }
    clearSuspicion(incident)
    incidents.set(incident, shortfall: [])
    startLeadClock(incident)
    if isAutomatic(incident), hasOpenSeat(incident),
      fillSeats(of: incident, reason: .closest, &decision) > 0
    {
      announceSent(incident, &decision)
    }
    emitIncident(incident, reason: .separate, act: act, wall_us: wall_us)
    listLive(incident, &decision)
    return .ok
  }

  /// One more call about what is known: it is counted and told, and changes nothing else.
  mutating func addCall(_ id: UInt64, _ report: IncidentReport, act: Act) -> Status {
    guard let known = incidents.slot(of: id) else { return .stale }
    let incident = root(of: known)
    guard incidents[incident].state.isOpen else { return .state }
    incidents.addCall(incident)
    counters.add(Counter.callsAdded)
    emitIncident(incident, reason: .call, act: act, wall_us: report.wall_us)
    return .ok
  }

  func validateLikely(_ invariants: inout Invariants) {
    for slot in 0..<UInt32(incidents.touched) where incidents.isLive(slot) {
      let record = incidents[slot]
      invariants.hold(
        record.isSuspected == (incidents[details: slot].repeatOf != 0),
        "a likely repeat names what it repeats", slot)
      guard record.isSuspected else { continue }
      invariants.hold(!record.isWaiting, "a likely repeat waits behind all that waits", slot)
    }
  }
}
