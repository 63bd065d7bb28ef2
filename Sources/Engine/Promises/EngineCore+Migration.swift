// Running incidents keep the clocks they were opened with; only on an explicit wish do they follow newer plans.

extension EngineCore {
  /// One slice of moving every open incident's clocks to the plans of now: the incidents from slot `first` on. Returns
  /// where the next slice begins, nil after the last, and how many incidents changed. O(slice).
  package mutating func migrateClocks(from first: UInt32) -> (next: UInt32?, changed: UInt32) {
    var changed: UInt32 = 0
    var steps = Self.migrationSlice
    var slot = first
    let end = UInt32(incidents.touched)
    while slot < end, steps > 0 {
      steps -= 1
      if incidents.isLive(slot) {
        steps -= Self.migrationSteps * (1 + Int(incidents[slot].liveCount))
        if migrateClocks(ofSlot: slot) == .ok { changed += 1 }
      }
      slot += 1
    }
    return (slot < end ? slot : nil, changed)
  }

  /// Steps of one slice; a free slot costs one, an incident `migrationSteps` and as many for each of its units.
  static var migrationSlice: Int { 4_096 }
  private static var migrationSteps: Int { 32 }

  package mutating func migrateClocks(of id: UInt64) -> Status {
    guard let incident = incidents.slot(of: id) else { return .stale }
    return migrateClocks(ofSlot: incident)
  }

  /// A clock before its limit gets the new limit, counted from where it started; when that has passed, its first step
  /// is due now and the second counts from now, so that at most one step of a clock fires because of this. A clock that
  /// has fired keeps the due time of its next step. Clocks that the new plans do not have stop; those that only they
  /// have start now.
  private mutating func migrateClocks(ofSlot incident: UInt32) -> Status {
    let state = incidents[incident].state
    guard state.isOpen else { return .state }
    guard incidents[incident].clockVersion != plans.current else { return .unchanged }
    plans.letGo(incidents[incident].clockVersion)
    plans.hold(plans.current)
    incidents.followClocks(incident, version: plans.current)
    guard state != .held else { return .ok }
    let kinds = ClockSlot.ofOpenIncidents
    for index in kinds.indices {
      migrate(
        kinds[index], slot: ClockSlot.of(kinds[index], incident: incident),
        promise(kinds[index], incident: incident), incident: incident,
        isOpen: isOpen(kinds[index], incident))
    }
    for place in 0..<Int(incidents[incident].liveCount) {
      let assignment = incidents.assignment(of: incident, place)
      let unitKind = units[assignments[assignment].unit].kind
      let kinds = ClockSlot.ofAssignments
      for index in kinds.indices {
        migrate(
          kinds[index], slot: ClockSlot.of(kinds[index], assignment: assignment, limits),
          promise(kinds[index], incident: incident, unitKind: unitKind), incident: incident,
          isOpen: isOpen(kinds[index], assignment: assignment))
      }
    }
    followReceipts(of: incident)
    return .ok
  }

  private mutating func migrate(
    _ kind: ClockKind, slot: UInt32, _ promise: Promise?, incident: UInt32, isOpen: Bool
  ) {
    guard clocks.isRunning(kind, slot: slot) else {
      if let promise, isOpen { start(kind, slot: slot, promise, from: time.now_ns) }
      return
    }
    guard let promise, promise.canStart else { return stop(kind, slot: slot) }
    clocks.follow(slot, policy: promise.policy)
    let record = clocks[slot]
    guard record.firedStep == 0, !record.isSuspended, !record.isSnoozed else { return }
    let breach_ns = max(record.start_ns.adding(ms: promise.limit_ms), time.now_ns)
    clocks.replan(slot, limit_ns: breach_ns)
    aim(slot, incident: incident)
  }

  private func isOpen(_ kind: ClockKind, assignment: UInt32) -> Bool {
    let state = assignments[assignment].state
    switch kind {
    case .delivery:
      return state.rawValue < AssignmentState.delivered.rawValue
        && !assignments[assignment].isUndeliverable
    case .acknowledge:
      return !state.isSigned && !isSignedEnough(assignments[assignment].incident)
    case .turnout: return state == .acknowledged
    case .welfare: return state.hasArrived
    case .report:
      return state.hasArrived && state.rawValue < AssignmentState.reported.rawValue
    default: return false
    }
  }
}
