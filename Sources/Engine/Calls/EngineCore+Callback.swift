// After an incident is closed the caller is asked how it went 回访. Until then, where the plans say so, it keeps its
// slot; those that wait for it are listed, oldest first.

import HujiaContainers

extension EngineCore {
  /// At closing: either the call-back clock runs, or the slot may be reused.
  mutating func retire(_ incident: UInt32, at_ns: Int64) {
    let isClosed = incidents[incident].state == .closed
    if isClosed, let promise = promise(.callback, incident: incident), promise.canStart {
      start(
        .callback, slot: ClockSlot.of(.callback, incident: incident), promise, from: at_ns)
      incidents.awaitCallback(incident)
      return
    }
    plans.letGo(incidents[incident].clockVersion)
    incidents.release(over: incident)
  }

  /// The caller was asked.
  package mutating func calledBack(
    _ id: UInt64, outcome: Int32 = 0, wall_us: Int64, act: Act
  ) -> Status {
    guard let incident = incidents.slot(of: id) else { return .stale }
    if incidents[incident].state == .archived { return .unchanged }
    guard incidents[incident].state == .closed else { return .state }
    incidents.note(incident, outcome: outcome)
    archive(incident, reason: .calledBack, act: act, wall_us: wall_us)
    return .ok
  }

  mutating func archive(_ incident: UInt32, reason: Reason, act: Act, wall_us: Int64) {
    let slot = ClockSlot.of(.callback, incident: incident)
    if clocks.isRunning(.callback, slot: slot) {
      stop(.callback, slot: slot, at_ns: time.ns(atWall_us: wall_us))
      incidents.endCallback(incident)
      plans.letGo(incidents[incident].clockVersion)
      incidents.release(over: incident)
    }
    let calledBackWall_us = wall_us == 0 ? time.wall_us : wall_us
    incidents.archive(
      incident, calledBackWall_us: reason == .calledBack ? calledBackWall_us : nil)
    var event = event(.incident, incident: incident)
    event.reason = reason.rawValue
    if reason == .calledBack { event.outcome = incidents[details: incident].outcome }
    sign(&event, act, incident: incident)
    event.wall_us = wall_us
    emit(event)
  }
}
