// Two reports of one thing. What merging and un-merging mean for clocks: the earliest receipt holds, and nothing is
// forgotten, so that a wrong merge can be taken back.

extension EngineCore {
  /// Files `id` under `targetID` (or under what that one was merged into). Its own clocks are suspended; those of the
  /// other count from the earlier receipt. Its units go on, and the first of any to arrive is the arrival of both.
  package mutating func merge(_ id: UInt64, into targetID: UInt64, wall_us: Int64, act: Act)
    -> Status
  {
    guard let incident = incidentSlots.slot(of: id), let target = incidentSlots.slot(of: targetID)
    else { return .stale }
    let isFiled = incidents[target].state == .merged
    let root = isFiled ? incidents[target].mergedInto : target
    guard root != incident else { return .conflict }
    guard incidents[incident].state.isOpen, incidents[root].state.isOpen,
      incidents[incident].state != .held, incidents[root].state != .held
    else { return .state }
    stopWaiting(incident)
    // What was filed under this one is filed under the root now.
    while incidents[incident].firstMerged != WaitingLists.none {
      let filed = incidents[incident].firstMerged
      unlink(filed)
      link(filed, under: root)
    }
    followReceipts(of: incident)
    let kinds = ClockSlot.ofOpenIncidents
    for index in kinds.indices { suspend(kinds[index], incident) }
    incidents[incident].state = .merged
    link(incident, under: root)
    followReceipts(of: root)
    if hasMergedArrival(root) {
      suspend(.arrival, root)
      settleByMerged(root)
    }
    emitIncident(incident, reason: .merged, act: act, wall_us: wall_us)
    emitIncident(root, reason: .merged, act: act, wall_us: wall_us)
    return .ok
  }

  /// Takes a merge back: both have their receipts and clocks again. What fell due meanwhile fires once, marked late.
  mutating func unmerge(
    _ id: UInt64, wall_us: Int64, act: Act, _ decision: inout Decision
  ) -> Status {
    guard let incident = incidentSlots.slot(of: id) else { return .stale }
    guard incidents[incident].state == .merged else { return .state }
    let root = incidents[incident].mergedInto
    separate(incident)
    let kinds = ClockSlot.ofOpenIncidents
    for index in kinds.indices { resume(kinds[index], incident) }
    followReceipts(of: root)
    if hasMergedArrival(root) { settleByMerged(root) } else { resume(.arrival, root) }
    emitIncident(incident, reason: .unmerged, act: act, wall_us: wall_us)
    emitIncident(root, reason: .unmerged, act: act, wall_us: wall_us)
    if isAutomatic(incident), !incidents[incident].hasArrived,
      hasOpenSeat(incident), fillSeats(of: incident, reason: .closest, &decision) > 0
    {
      announceProgress(of: incident, &decision)
    }
    return .ok
  }

  /// Out of its root's list, with a state of its own again.
  mutating func separate(_ incident: UInt32) {
    unlink(incident)
    incidents[incident].state = .pending
    deriveState(of: incident)
  }

  /// The limits that count from the receipt count from the earliest of all that belong to the incident, as long as they
  /// have not passed.
  mutating func followReceipts(of incident: UInt32) {
    var start_ns = incidents[incident].ownStart_ns
    var wall_us = known(incidents[incident].ownReceivedWall_us)
    var filed = incidents[incident].firstMerged
    while filed != WaitingLists.none {
      start_ns = min(start_ns, incidents[filed].ownStart_ns)
      wall_us = min(wall_us, known(incidents[filed].ownReceivedWall_us))
      filed = incidents[filed].nextLinked
    }
    incidents[incident].start_ns = start_ns
    incidents[incident].receivedWall_us = wall_us
    let kinds: InlineArray<2, ClockKind> = [.pending, .resolve]
    for index in kinds.indices {
      let kind = kinds[index]
      let slot = ClockSlot.of(kind, incident: incident)
      let record = clocks[slot]
      guard isRunning(kind, slot: slot), record.firedStep == 0, !record.isSuspended,
        let promise = promise(kind, incident: incident), promise.canStart
      else { continue }
      clocks[slot].planned_ns =
        start_ns < incidents[incident].ownStart_ns
        ? min(record.own_ns, start_ns.adding(ms: promise.limit_ms)) : record.own_ns
      if clocks[slot].planned_ns != record.planned_ns {
        clocks[slot].isSnoozed = false
        aim(slot, incident: incident)
      }
    }
  }

  /// Whether a unit of an incident that was merged into this one has arrived.
  func hasMergedArrival(_ root: UInt32) -> Bool {
    var filed = incidents[root].firstMerged
    while filed != WaitingLists.none {
      if incidents[filed].hasArrived { return true }
      filed = incidents[filed].nextLinked
    }
    return false
  }

  mutating func suspend(_ kind: ClockKind, _ incident: UInt32) {
    let slot = ClockSlot.of(kind, incident: incident)
    guard isRunning(kind, slot: slot) else { return }
    clocks[slot].isSuspended = true
    disarm(slot)
  }

  mutating func resume(_ kind: ClockKind, _ incident: UInt32) {
    let slot = ClockSlot.of(kind, incident: incident)
    guard isRunning(kind, slot: slot), clocks[slot].isSuspended else { return }
    clocks[slot].isSuspended = false
    let breach = breaches.take(clock: slot)
    counters.add(Counter.breaches, breaches.reopen(breach, clock: slot))
    if clocks[slot].due_ns != .max { rearm(slot, due_ns: clocks[slot].due_ns) }
  }

  private mutating func link(_ incident: UInt32, under root: UInt32) {
    incidents[incident].mergedInto = root
    let first = incidents[root].firstMerged
    incidents[incident].previousLinked = WaitingLists.none
    incidents[incident].nextLinked = first
    if first != WaitingLists.none { incidents[first].previousLinked = incident }
    incidents[root].firstMerged = incident
  }

  private mutating func unlink(_ incident: UInt32) {
    let before = incidents[incident].previousLinked
    let after = incidents[incident].nextLinked
    if before == WaitingLists.none {
      incidents[incidents[incident].mergedInto].firstMerged = after
    } else {
      incidents[before].nextLinked = after
    }
    if after != WaitingLists.none { incidents[after].previousLinked = before }
    incidents[incident].mergedInto = WaitingLists.none
  }
}
