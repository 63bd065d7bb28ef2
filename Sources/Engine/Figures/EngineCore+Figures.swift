// Where the figures come from: each happening notes its time, mapped once onto the engine's own clock, and the interval
// it ends. Times that a host gives with an act count; else the time of the act.

import HujiaContainers

/// The times of one incident that figures are made of; its receipt, or appointment, is `IncidentRecord.start_ns`.
package struct IncidentTimes: BitwiseCopyable {
  var dispatched_ns: Int64 = 0
  /// Of the first unit sent.
  var agency: UInt32 = 0
  var beat: UInt32 = 0
  var isDispatched = false
}

package struct AssignmentTimes: BitwiseCopyable {
  var dispatched_ns: Int64 = 0
  var acknowledged_ns: Int64 = 0
  var isAcknowledged = false
}

extension EngineCore {
  private func figureKey(_ incident: UInt32) -> FigureKey {
    let record = incidents[incident]
    let times = incidentTimes[incident]
    return FigureKey(
      tier: record.tier, type: record.type, agency: times.agency, beat: times.beat,
      isVulnerable: record.isVulnerable)
  }

  private func figureKey(_ incident: UInt32, unit: UInt32) -> FigureKey {
    var key = figureKey(incident)
    key.agency = units[unit].agency
    key.beat = units[unit].homeBeat
    return key
  }

  mutating func noteReceipt(_ incident: UInt32) { incidentTimes[incident] = IncidentTimes() }

  /// After the assignment is open.
  mutating func noteDispatch(_ assignment: UInt32) {
    let record = assignments[assignment]
    assignmentTimes[assignment] = AssignmentTimes(dispatched_ns: time.now_ns)
    let incident = record.incident
    guard !incidentTimes[incident].isDispatched else { return }
    incidentTimes[incident].isDispatched = true
    incidentTimes[incident].dispatched_ns = time.now_ns
    incidentTimes[incident].agency = units[record.unit].agency
    incidentTimes[incident].beat = units[record.unit].homeBeat
    figures.record(
      .receiptToDispatch, figureKey(incident),
      took_ns: time.now_ns &- incidents[incident].start_ns,
      target_ms: limits(of: incident).respond_ms)
  }

  /// A person signed, in so many words (a skip forward says nothing of when).
  mutating func noteSignature(_ assignment: UInt32, wall_us: Int64) {
    let record = assignments[assignment]
    let signed_ns = moment_ns(wall_us: wall_us)
    assignmentTimes[assignment].isAcknowledged = true
    assignmentTimes[assignment].acknowledged_ns = signed_ns
    figures.record(
      .dispatchToAcknowledge, figureKey(record.incident, unit: record.unit),
      took_ns: signed_ns &- assignmentTimes[assignment].dispatched_ns,
      target_ms: promise(.acknowledge, incident: record.incident)?.limit_ms ?? -1)
  }

  /// The unit moves. Its target is the plans' turnout time for its kind.
  mutating func noteTurnout(_ assignment: UInt32, wall_us: Int64) {
    guard assignmentTimes[assignment].isAcknowledged else { return }
    let record = assignments[assignment]
    figures.record(
      .acknowledgeToEnRoute, figureKey(record.incident, unit: record.unit),
      took_ns: moment_ns(wall_us: wall_us) &- assignmentTimes[assignment].acknowledged_ns,
      target_ms: Int64(currentPlans.turnout_ms(kind: units[record.unit].kind)))
  }

  /// The first unit is there.
  mutating func noteArrival(_ assignment: UInt32, wall_us: Int64) {
    let record = assignments[assignment]
    let arrived_ns = moment_ns(wall_us: wall_us)
    let key = figureKey(record.incident, unit: record.unit)
    let times = incidentTimes[record.incident]
    figures.record(
      .dispatchToArrival, key, took_ns: arrived_ns &- times.dispatched_ns,
      target_ms: limits(of: record.incident).arrive_ms)
    figures.record(
      .receiptToArrival, key, took_ns: arrived_ns &- incidents[record.incident].start_ns,
      target_ms: -1)
  }

  mutating func noteClose(_ incident: UInt32, wall_us: Int64) {
    figures.record(
      .receiptToClose, figureKey(incident),
      took_ns: moment_ns(wall_us: wall_us) &- incidents[incident].start_ns,
      target_ms: limits(of: incident).resolve_ms)
  }

  /// The first step of a clock fired: its promise is broken.
  mutating func noteBreach(_ slot: UInt32, incident: UInt32, assignment: UInt32?, due_ns: Int64) {
    breaches.note(
      Breach(
        incidentID: incidentSlots.id(of: incident),
        assignmentID: assignment.map { assignmentSlots.id(of: $0) } ?? 0,
        unitID: assignment.map { units[assignments[$0].unit].id } ?? 0, due_ns: due_ns,
        dueWall_us: time.wall_us &- (time.now_ns &- due_ns) / 1_000, ended_ns: .max,
        clock: clocks[slot].kind, tier: incidents[incident].tier, type: incidents[incident].type),
      clock: slot)
    counters.add(Counter.breaches)
  }

  /// Figures and breaches from now on.
  package mutating func resetFigures() {
    figures.reset()
    breaches.reset()
  }
}
