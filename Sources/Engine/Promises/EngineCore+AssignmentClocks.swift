// The promises of one unit: its terminal has the order, a person signed, it moves, it is well, it reports.

extension EngineCore {
  /// At dispatch.
  mutating func startAssignmentClocks(_ assignment: UInt32) {
    start(.delivery, assignment: assignment, from: time.now_ns)
    guard !isSignedEnough(assignments[assignment].incident) else { return }
    start(.acknowledge, assignment: assignment, from: time.now_ns)
  }

  /// Its order was given while the machines were down.
  func wasByVoice(_ assignment: UInt32) -> Bool {
    incidents[assignments[assignment].incident].isCatchUp
      && assignments[times: assignment].wasByVoice
  }

  mutating func start(_ kind: ClockKind, assignment: UInt32, from start_ns: Int64) {
    if kind.isOfTerminal, wasByVoice(assignment) { return }
    let record = assignments[assignment]
    let promise = promise(
      kind, incident: record.incident, unitKind: units[record.unit].kind)
    guard let promise else { return }
    start(
      kind, slot: ClockSlot.of(kind, assignment: assignment, limits), promise, from: start_ns)
  }

  mutating func stop(_ kind: ClockKind, assignment: UInt32, at_ns: Int64? = nil) {
    stop(kind, slot: ClockSlot.of(kind, assignment: assignment, limits), at_ns: at_ns)
  }

  mutating func stopAssignmentClocks(_ assignment: UInt32, at_ns: Int64) {
    let kinds = ClockSlot.ofAssignments
    for index in kinds.indices { stop(kinds[index], assignment: assignment, at_ns: at_ns) }
  }

  /// An assignment moved on (or back): the clocks that wait for it stop, the next start. `wall_us` may lie in the past.
  mutating func moveClocks(
    of assignment: UInt32, from old: AssignmentState, to new: AssignmentState, wall_us: Int64
  ) {
    let at_ns = time.ns(atWall_us: wall_us)
    if new.rawValue >= AssignmentState.delivered.rawValue {
      stop(.delivery, assignment: assignment, at_ns: at_ns)
    }
    if new.isSigned { stop(.acknowledge, assignment: assignment, at_ns: at_ns) }
    if new.isSigned, !old.isSigned {
      let slot = ClockSlot.of(.acknowledge, assignment: assignment, limits)
      if clocks[slot].kind == .acknowledge, breaches.isNoted(clock: slot) {
        // The signatures of enough others may have ended it before; its own may be earlier still.
        let enough_ns = signedEnough_ns(assignments[assignment].incident) ?? at_ns
        settle(slot, at_ns: min(at_ns, enough_ns))
        assignments.keep(signatureBreach: breaches.take(clock: slot), assignment)
      } else {
        assignments.keep(signatureBreach: 0, assignment)
      }
    }
    if new != .acknowledged { stop(.turnout, assignment: assignment, at_ns: at_ns) }
    if new.rawValue >= AssignmentState.reported.rawValue {
      stop(.report, assignment: assignment, at_ns: at_ns)
    }
    if new.rawValue < old.rawValue { promiseAgain(assignment, from: old, to: new, at_ns: at_ns) }
    if new == .acknowledged, !old.isSigned { start(.turnout, assignment: assignment, from: at_ns) }
    guard new.hasArrived else { return }
    // Any status of the unit is a sign that it is well.
    if !isOlder(at_ns, assignment) { start(.welfare, assignment: assignment, from: at_ns) }
    if !old.hasArrived, new.rawValue < AssignmentState.reported.rawValue {
      start(.report, assignment: assignment, from: at_ns)
    }
  }

  /// A status was taken back: what the unit had kept by it is promised again, from where it started first.
  private mutating func promiseAgain(
    _ assignment: UInt32, from old: AssignmentState, to new: AssignmentState, at_ns: Int64
  ) {
    let times = assignments[times: assignment]
    if old.hasArrived, !new.hasArrived {
      stop(.welfare, assignment: assignment)
      stop(.report, assignment: assignment)
    }
    let reported = AssignmentState.reported.rawValue
    if old.rawValue >= reported, new.hasArrived, new.rawValue < reported {
      restart(.report, assignment: assignment, from: times.arrived_ns)
    }
    if new == .acknowledged {
      if times.isAcknowledged {
        restart(.turnout, assignment: assignment, from: times.acknowledged_ns)
      } else {
        start(.turnout, assignment: assignment, from: at_ns)
      }
    }
    let delivered = AssignmentState.delivered.rawValue
    if old.rawValue >= delivered, new.rawValue < delivered {
      restart(.delivery, assignment: assignment, from: times.dispatched_ns)
    }
    guard old.isSigned, !new.isSigned else { return }
    // Without this signature there may be too few: those of others are wanted again.
    let incident = assignments[assignment].incident
    guard !isSignedEnough(incident) else { return }
    for place in 0..<Int(incidents[incident].liveCount) {
      let other = incidents.assignment(of: incident, place)
      let slot = ClockSlot.of(.acknowledge, assignment: other, limits)
      guard !assignments[other].state.isSigned, !clocks.isRunning(.acknowledge, slot: slot) else {
        continue
      }
      if other == assignment {
        breaches.put(assignments[times: other].signatureBreach, clock: slot)
        clocks.reclaim(slot, .acknowledge)
      } else if hasRunOut(slot, incident: incident) {
        continue
      }
      restart(.acknowledge, assignment: other, from: assignments[times: other].dispatched_ns)
    }
  }

  /// Whether a chain that is not repeated has come to its end.
  private func hasRunOut(_ slot: UInt32, incident: UInt32) -> Bool {
    guard clocks[slot].kind == .acknowledge, clocks[slot].firedStep > 0 else { return false }
    let policy = policy(slot, incident: incident)
    return policy.repeat_ms == 0 && clocks[slot].firedStep >= policy.stepCount
  }

  private mutating func restart(_ kind: ClockKind, assignment: UInt32, from start_ns: Int64) {
    if kind.isOfTerminal, wasByVoice(assignment) { return }
    let record = assignments[assignment]
    let promise = promise(kind, incident: record.incident, unitKind: units[record.unit].kind)
    guard let promise else { return }
    restart(
      kind, slot: ClockSlot.of(kind, assignment: assignment, limits), promise, from: start_ns)
  }

  /// A unit says that it is well: its welfare clock begins again.
  package mutating func checkIn(unit id: UInt64, wall_us: Int64) -> Status {
    guard let unit = units.find(id) else { return .unknownUnit }
    guard !units[unit].isFree else { return .unchanged }
    let assignment = units[unit].assignment
    let slot = ClockSlot.of(.welfare, assignment: assignment, limits)
    let at_ns = time.ns(atWall_us: wall_us)
    guard clocks.isRunning(.welfare, slot: slot), !isOlder(at_ns, assignment) else {
      return .unchanged
    }
    start(.welfare, assignment: assignment, from: at_ns)
    return .ok
  }

  /// A sign that comes in after a newer one shortens nothing.
  private func isOlder(_ at_ns: Int64, _ assignment: UInt32) -> Bool {
    let slot = ClockSlot.of(.welfare, assignment: assignment, limits)
    return clocks.isRunning(.welfare, slot: slot) && at_ns < clocks[slot].start_ns
  }

  /// K of N: enough units of the incident have signed, so nobody asks the others any more.
  func isSignedEnough(_ incident: UInt32) -> Bool { signedEnough_ns(incident) != nil }

  /// When the last of the signatures that are enough was given; nil = they are not enough.
  private func signedEnough_ns(_ incident: UInt32) -> Int64? {
    let live = Int(incidents[incident].liveCount)
    var isAny = false
    for place in 0..<live
    where assignments[incidents.assignment(of: incident, place)].state.isSigned {
      isAny = true
    }
    guard isAny, let promise = promise(.acknowledge, incident: incident) else { return nil }
    let wanted = plans.tables(incidents[incident].clockVersion).pointee.policy(promise.policy)
      .manners.acknowledgements
    guard wanted > 0 else { return nil }
    // In order, the first first.
    var signed: InlineArray<16, Int64> = .init(repeating: .max)
    var count = 0
    for place in 0..<live {
      let assignment = incidents.assignment(of: incident, place)
      guard assignments[assignment].state.isSigned else { continue }
      var at = count
      while at > 0, signed[at - 1] > assignments[times: assignment].signed_ns {
        signed[at] = signed[at - 1]
        at -= 1
      }
      signed[at] = assignments[times: assignment].signed_ns
      count += 1
    }
    return count >= wanted ? signed[Int(wanted) - 1] : nil
  }

  /// After a signature. Once enough have signed, the others are asked no more, from the moment of the last one that
  /// was needed, however late it was told.
  mutating func stopOtherSignatures(_ incident: UInt32) {
    guard let at_ns = signedEnough_ns(incident) else { return }
    for place in 0..<Int(incidents[incident].liveCount) {
      let slot = ClockSlot.of(
        .acknowledge, assignment: incidents.assignment(of: incident, place), limits)
      if clocks[slot].kind == .acknowledge, breaches.isNoted(clock: slot) {
        settle(slot, at_ns: at_ns)
      }
      stop(.acknowledge, slot: slot, at_ns: at_ns)
    }
  }
}
