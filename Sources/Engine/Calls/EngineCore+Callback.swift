// After an incident is closed the caller is asked how it went 回访. Until then, where the plans say so, it keeps its
// slot; those that wait for it are in `callbacks`, oldest first.

import HujiaContainers

extension EngineCore {
  /// At closing: either the call-back clock runs, or the slot may be reused.
  mutating func retire(_ incident: UInt32, at_ns: Int64) {
    let isClosed = incidents[incident].state == .closed
    if isClosed, let promise = promise(.callback, incident: incident), promise.canStart {
      start(
        .callback, slot: ClockSlot.of(.callback, incident: incident), promise, from: at_ns)
      let before = callbacks.tail
      incidents[incident].previousLinked = before
      incidents[incident].nextLinked = IncidentRecord.none
      if before == IncidentRecord.none {
        callbacks.head = incident
      } else {
        incidents[before].nextLinked = incident
      }
      callbacks.tail = incident
      return
    }
    plans.letGo(incidents[incident].clockVersion)
    _ = closedIncidents.append(incident)
  }

  /// The caller was asked.
  package mutating func calledBack(
    _ id: UInt64, outcome: Int32 = 0, wall_us: Int64, act: Act
  ) -> Status {
    guard let incident = incidentSlots.slot(of: id) else { return .stale }
    if incidents[incident].state == .archived { return .unchanged }
    guard incidents[incident].state == .closed else { return .state }
    incidentDetails[incident].outcome = outcome
    archive(incident, reason: .calledBack, act: act, wall_us: wall_us)
    return .ok
  }

  mutating func archive(_ incident: UInt32, reason: Reason, act: Act, wall_us: Int64) {
    let slot = ClockSlot.of(.callback, incident: incident)
    if isRunning(.callback, slot: slot) {
      stop(.callback, slot: slot, at_ns: time.ns(atWall_us: wall_us))
      let before = incidents[incident].previousLinked
      let after = incidents[incident].nextLinked
      if before == IncidentRecord.none {
        callbacks.head = after
      } else {
        incidents[before].nextLinked = after
      }
      if after == IncidentRecord.none {
        callbacks.tail = before
      } else {
        incidents[after].previousLinked = before
      }
      plans.letGo(incidents[incident].clockVersion)
      _ = closedIncidents.append(incident)
    }
    incidents[incident].state = .archived
    if reason == .calledBack {
      incidents[incident].calledBackWall_us = max(wall_us == 0 ? time.wall_us : wall_us, 1)
    }
    var event = event(.incident, incident: incident)
    event.reason = reason.rawValue
    if reason == .calledBack { event.outcome = incidentDetails[incident].outcome }
    sign(&event, act, incident: incident)
    event.wall_us = wall_us
    emit(event)
  }
}
