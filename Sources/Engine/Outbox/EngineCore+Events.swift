// Events that the core files: what they say of an incident, an assignment and the person behind an act.

import HujiaContainers
import HujiaIngest

extension EngineCore {
  /// The epoch that answers; 0 = the map's own travel times.
  package var epoch: UInt64 { max(router.epoch, epochBefore) }

  /// Files an event with this turn's time.
  mutating func emit(_ event: Event) {
    let kept = outbox.append(event, wall_us: time.wall_us, epoch: epoch, record: record)
    if feed.isWatched { tell(event, kept) }
    if kept != nil {
      counters.add(Counter.eventsWritten)
      counters.raise(Counter.eventsWaitingHigh, to: Int64(outbox.count))
    } else {
      counters.add(Counter.eventsLost)
    }
  }

  /// For a recording: what was filed, also where there was no room for it.
  @inline(never) private func tell(_ event: Event, _ kept: UnsafeMutablePointer<Event>?) {
    var timed = kept?.pointee ?? event
    timed.sequence = outbox.newestSequence
    timed.epoch = epoch
    if timed.wall_us == 0 { timed.wall_us = time.wall_us }
    feed.tell { timed.fold(kept != nil, into: &$0.events) }
  }

  /// Takes the oldest event out. O(1).
  package mutating func popEvent() -> Event? {
    defer { counters.set(Counter.eventsWaiting, Int64(outbox.count)) }
    return outbox.popFirst()
  }

  func event(_ kind: EventKind, incident: UInt32) -> Event {
    var event = Event(kind)
    event.incidentID = incidents.id(of: incident)
    event.keyHigh = incidents[incident].keyHigh
    event.keyLow = incidents[incident].keyLow
    event.reference = incidents.reference(of: incident)
    event.state = incidents[incident].state.rawValue
    event.isCatchUp = incidents[incident].isCatchUp
    return event
  }

  mutating func emitIncident(
    _ incident: UInt32, reason: Reason = .none, act: Act = Act(), wall_us: Int64 = 0
  ) {
    var event = event(.incident, incident: incident)
    event.reason = reason.rawValue
    sign(&event, act, incident: incident)
    event.wall_us = wall_us
    emit(event)
  }

  /// Signs an event with the person and the reason, and keeps both with the incident. An unsigned act changes neither.
  mutating func sign(_ event: inout Event, _ act: Act, incident: UInt32) {
    guard act.isOfPerson else { return }
    event.sign(act)
    incidents.sign(incident, act)
  }

  mutating func emitAssignment(
    _ assignment: UInt32, reason: Reason = .none, act: Act = Act(), wall_us: Int64 = 0
  ) {
    let record = assignments[assignment]
    var event = event(.assignment, incident: record.incident)
    event.assignmentID = assignments.id(of: assignment)
    event.unitID = units[record.unit].id
    event.state = record.state.rawValue
    if !record.state.hasArrived, !record.state.isTerminal { event.travel_ms = record.travel_ms }
    event.reason = reason.rawValue
    sign(&event, act, incident: record.incident)
    event.wall_us = wall_us
    emit(event)
  }

  /// An event that knows its incident by the id alone gets the incident's reference.
  func refer(_ event: inout Event) {
    guard let incident = incidents.slot(of: event.incidentID) else { return }
    event.reference = incidents.reference(of: incident)
  }
}
