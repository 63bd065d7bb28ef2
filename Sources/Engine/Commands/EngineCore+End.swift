// An incident ends: closed or cancelled, and what was merged into it with it.

import HujiaContainers

extension EngineCore {
  /// Ends an incident: `closed` with a disposition, or `cancelled`. Units that had arrived are cleared, others
  /// cancelled; all are offered to waiting incidents. O(its assignments).
  mutating func end(
    incident id: UInt64, as state: IncidentState, disposition: Int32, wall_us: Int64, act: Act,
    _ decision: inout Decision
  ) -> Status {
    guard let incident = incidents.slot(of: id) else { return .stale }
    let before = incidents[incident].state
    if before == state { return .unchanged }
    guard before.isOpen else { return .state }
    stopWaiting(incident)
    endMerged(
      under: id, as: state, disposition: disposition, wall_us: wall_us, act: act, &decision)
    openGrid.remove(incident)
    clearSuspicion(incident)
    let at_ns = time.ns(atWall_us: wall_us)
    stopIncidentClocks(incident, at_ns: at_ns)
    incidents.end(
      incident, as: state, disposition: disposition,
      wall_us: wall_us == 0 ? time.wall_us : wall_us)
    if state == .closed { noteClose(incident, at_ns: at_ns) }
    var freed: InlineArray<16, UInt32> = .init(repeating: 0)
    var freedCount = 0
    while incidents[incident].liveCount > 0 {
      let assignment = incidents.assignment(of: incident, 0)
      let record = assignments[assignment]
      freed[freedCount] = record.unit
      freedCount += 1
      end(
        assignment, as: record.state.hasArrived ? .cleared : .cancelled, reason: .closed, act: act,
        wall_us: wall_us)
    }
    plans.letGo(incidents[incident].planVersion)
    counters.add(Counter.incidentsClosed)
    counters.add(Counter.incidentsOpen, -1)
    var event = event(.incident, incident: incident)
    event.reason = Reason.closed.rawValue
    sign(&event, act, incident: incident)
    event.wall_us = wall_us
    emit(event)
    watchIncidentEnded(incident)
    retire(incident, at_ns: at_ns)
    for index in 0..<freedCount { noteFreed(unit: freed[index]) }
    workOffers(&decision)
    return .ok
  }

  /// What was merged into an incident ends with it.
  private mutating func endMerged(
    under id: UInt64, as state: IncidentState, disposition: Int32, wall_us: Int64, act: Act,
    _ decision: inout Decision
  ) {
    guard let root = incidents.slot(of: id) else { return }
    while incidents[root].firstMerged != IncidentRecord.none {
      let filed = incidents[root].firstMerged
      separate(filed)
      _ = end(
        incident: incidents.id(of: filed), as: state, disposition: disposition,
        wall_us: wall_us, act: act, &decision)
    }
  }
}
