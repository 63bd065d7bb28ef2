// Two reports of one thing. What merging and un-merging mean for clocks: the earliest receipt holds, and nothing is
// forgotten, so that a wrong merge can be taken back.

extension EngineCore {
  /// Files `id` under `targetID` (or under what that one was merged into). Its own clocks are suspended; those of the
  /// other count from the earlier receipt. Its units go on, and the first of any to arrive is the arrival of both.
  package mutating func merge(_ id: UInt64, into targetID: UInt64, wall_us: Int64, act: Act)
    -> Status
  {
    guard let incident = incidents.slot(of: id), let target = incidents.slot(of: targetID)
    else { return .stale }
    let isFiled = incidents[target].state == .merged
    let root = isFiled ? incidents[target].mergedInto : target
    guard root != incident else { return .conflict }
    guard incidents[incident].state.isOpen, incidents[root].state.isOpen,
      incidents[incident].state != .held, incidents[root].state != .held
    else { return .state }
    stopWaiting(incident)
    clearSuspicion(incident)
    // What was filed under this one is filed under the root now.
    while incidents[incident].firstMerged != IncidentRecord.none {
      let filed = incidents[incident].firstMerged
      incidents.refile(filed, under: root)
    }
    followReceipts(of: incident)
    let kinds = ClockSlot.ofOpenIncidents
    for index in kinds.indices { suspend(kinds[index], incident) }
    incidents.merge(incident, under: root)
    followReceipts(of: root)
    if incidents.hasMergedArrival(root) {
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
    guard let incident = incidents.slot(of: id) else { return .stale }
    guard incidents[incident].state == .merged else { return .state }
    let root = incidents[incident].mergedInto
    separate(incident)
    let kinds = ClockSlot.ofOpenIncidents
    for index in kinds.indices { resume(kinds[index], incident) }
    followReceipts(of: root)
    if incidents.hasMergedArrival(root) { settleByMerged(root) } else { resume(.arrival, root) }
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
    incidents.separate(incident)
    deriveState(of: incident)
  }
}
