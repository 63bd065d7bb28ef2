// Where the figures come from: each happening notes its time, mapped once onto the engine's own clock, and the interval
// it ends. Times that a host gives with an act count; else the time of the act.

import HujiaContainers

extension EngineCore {
  private func figureKey(_ incident: UInt32) -> FigureKey {
    let record = incidents[incident]
    let times = incidents[times: incident]
    return FigureKey(
      tier: record.tier, type: record.type, agency: times.agency, beat: times.beat,
      isVulnerable: record.isVulnerable, isCatchUp: record.isCatchUp)
  }

  private func figureKey(_ incident: UInt32, unit: UInt32) -> FigureKey {
    var key = figureKey(incident)
    key.agency = units[unit].agency
    key.beat = units[unit].homeBeat
    return key
  }

  mutating func noteReceipt(_ incident: UInt32) {
    figures.begin(incident: incident)
  }

  /// After the assignment is open. An incident whose first units all declined counts the dispatch that stands.
  mutating func noteDispatch(_ assignment: UInt32) {
    let record = assignments[assignment]
    figures.begin(assignment: assignment)
    let incident = record.incident
    guard !incidents[times: incident].isDispatched || incidents[incident].isUnmanned else { return }
    let at_ns = assignments[times: assignment].dispatched_ns
    incidents.noteDispatch(
      incident, at_ns: at_ns, agency: units[record.unit].agency,
      beat: units[record.unit].homeBeat)
    let took_ns = at_ns &- incidents[incident].start_ns
    let isWithin = isKept(
      .pending, slot: ClockSlot.of(.pending, incident: incident), at_ns: at_ns,
      took_ns: took_ns, target_ms: limits(of: incident).respond_ms)
    figures.countResponse(incident, figureKey(incident), took_ns: took_ns, isWithin: isWithin)
  }

  /// A status of a unit, before its clocks follow: what it says of signature and turnout is counted, and what it takes
  /// back is taken out.
  mutating func noteMove(
    _ assignment: UInt32, from old: AssignmentState, to new: AssignmentState, wall_us: Int64
  ) {
    let at_ns = time.ns(atWall_us: wall_us)
    let wall_us = wall_us == 0 ? time.wall_us : wall_us
    if new.isSigned, !old.isSigned {
      assignments.noteSigned(assignment, at_ns: at_ns, wall_us: wall_us)
    }
    if new.isMoving != old.isMoving {
      assignments.noteMoved(assignment, wall_us: new.isMoving ? wall_us : nil)
    }
    if new == .acknowledged, !old.isSigned { noteSignature(assignment, at_ns: at_ns) }
    if new == .enRoute, old.rawValue < new.rawValue { noteTurnout(assignment, at_ns: at_ns) }
    if new.hasArrived, !old.hasArrived {
      assignments.noteArrived(assignment, at_ns: at_ns, wall_us: wall_us)
    }
    guard new.rawValue < old.rawValue else { return }
    if !new.hasArrived { assignments.takeBackArrived(assignment) }
    if new.rawValue < AssignmentState.enRoute.rawValue { figures.takeBackTurnout(assignment) }
    guard !new.isSigned else { return }
    assignments.noteSigned(assignment, at_ns: nil)
    figures.takeBackSignature(assignment)
  }

  /// A person signed, in so many words (a skip forward says nothing of when). A unit that inherited another's chain is
  /// judged by its own dispatch.
  private mutating func noteSignature(_ assignment: UInt32, at_ns: Int64) {
    let record = assignments[assignment]
    let dispatched_ns = assignments[times: assignment].dispatched_ns
    assignments.noteAcknowledged(assignment, at_ns: at_ns)
    let target_ms = promise(.acknowledge, incident: record.incident)?.limit_ms ?? -1
    let slot = ClockSlot.of(.acknowledge, assignment: assignment, limits)
    let took_ns = at_ns &- dispatched_ns
    let isInherited = clocks[slot].start_ns < dispatched_ns
    let isWithin =
      target_ms < 0
      ? nil
      : clocks.isRunning(.acknowledge, slot: slot) && !isInherited
        ? isKept(
          .acknowledge, slot: slot, at_ns: at_ns, took_ns: took_ns, target_ms: target_ms)
        : took_ns <= target_ms.multipliedClamped(by: 1_000_000)
    figures.countSignature(
      assignment, figureKey(record.incident, unit: record.unit), took_ns: took_ns,
      isWithin: isWithin)
  }

  /// The unit moves. Its target is the plans' turnout time for its kind.
  private mutating func noteTurnout(_ assignment: UInt32, at_ns: Int64) {
    guard assignments[times: assignment].isAcknowledged else { return }
    let record = assignments[assignment]
    let target_ms = Int64(currentPlans.turnout_ms(kind: units[record.unit].kind))
    let slot = ClockSlot.of(.turnout, assignment: assignment, limits)
    let took_ns = at_ns &- assignments[times: assignment].acknowledged_ns
    let isWithin =
      clocks.isRunning(.turnout, slot: slot)
      ? isKept(.turnout, slot: slot, at_ns: at_ns, took_ns: took_ns, target_ms: target_ms)
      : took_ns <= target_ms &* 1_000_000
    figures.countTurnout(
      assignment, figureKey(record.incident, unit: record.unit), took_ns: took_ns,
      isWithin: isWithin)
  }

  /// The first unit is there. `kept_ns`: when the promise was kept, earlier where one of a merged incident came first.
  mutating func noteArrival(_ incident: UInt32, _ arrival: Arrival, kept_ns: Int64) {
    var key = figureKey(incident)
    key.agency = arrival.agency
    key.beat = arrival.beat
    let took_ns = arrival.at_ns &- incidents[times: incident].dispatched_ns
    let isWithin = isKept(
      .arrival, slot: ClockSlot.of(.arrival, incident: incident), at_ns: kept_ns, took_ns: took_ns,
      target_ms: limits(of: incident).arrive_ms)
    figures.countArrival(
      incident, key, took_ns: took_ns, isWithin: isWithin,
      waited_ns: arrival.at_ns &- incidents[incident].start_ns)
  }

  mutating func noteClose(_ incident: UInt32, at_ns: Int64) {
    let took_ns = at_ns &- incidents[incident].start_ns
    let isWithin = isKept(
      .resolve, slot: ClockSlot.of(.resolve, incident: incident), at_ns: at_ns, took_ns: took_ns,
      target_ms: limits(of: incident).resolve_ms)
    figures.countClose(figureKey(incident), took_ns: took_ns, isWithin: isWithin)
  }

  /// Figures and breaches from now on.
  package mutating func resetFigures() {
    figures.reset()
    breaches.reset()
  }
}
