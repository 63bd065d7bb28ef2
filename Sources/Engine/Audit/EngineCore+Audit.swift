// The second path: records of promises are read one after the other and compared with the time, whatever the deadline
// structure believes. A promise more than a second overdue that the structure has lost raises an alarm and is armed
// again, so that it fires; one that waits its turn in the structure is only counted.

import HujiaContainers
import HujiaDeadlines

/// Where the audit stands.
package struct AuditState: BitwiseCopyable {
  /// The record that is read next: clocks first, then watches.
  var next = 0
  /// When the pass under way began; a finished pass is not begun again before `period_ns`.
  var began_ns: Int64 = .min / 2
  package internal(set) var isUnderWay = false
}

extension EngineCore {
  /// A pass at least this often, so that what is a second overdue is found within two, also by a host that polls ten
  /// times a second.
  package static var auditPeriod_ns: Int64 { 800_000_000 }
  static var overdue_ns: Int64 { 1_000_000_000 }
  /// Records read in one turn: about 20 microseconds' worth.
  package static var auditSlice: Int { 16_384 }

  /// Reads the next slice of records when a pass is under way, due, or wanted `now`. O(slice). Returns how many lost
  /// promises were found and armed again.
  package mutating func audit(now isWanted: Bool = false) -> Int {
    if !auditState.isUnderWay {
      guard isWanted || time.now_ns &- auditState.began_ns >= Self.auditPeriod_ns else { return 0 }
      auditState.began_ns = time.now_ns
      auditState.next = 0
      auditState.isUnderWay = true
    }
    // On a quiet engine nothing else comes around to carry far deadlines nearer before their time.
    var steps = DeadlineWheel.slice
    _ = clocks.draw(now_ns: time.now_ns, steps: &steps)
    _ = watches.draw(now_ns: time.now_ns, steps: &steps)
    let before_ns = time.now_ns &- Self.overdue_ns
    var found = 0
    var left = Self.auditSlice
    while left > 0, let span = recordsUsed(from: auditState.next) {
      let end = min(span.upperBound, span.lowerBound + left)
      for record in span.lowerBound..<end { found += auditRecord(record, before_ns) }
      left -= end - span.lowerBound
      auditState.next = end
    }
    if recordsUsed(from: auditState.next) == nil {
      auditState.isUnderWay = false
      counters.add(Counter.auditRuns)
    }
    return found
  }

  /// The next records that were ever in use, from `next` on: clocks of incidents, of assignments, watches. What was
  /// never taken holds no promise; tables are made for the worst day.
  private func recordsUsed(from next: Int) -> Range<Int>? {
    let ofIncidents = incidents.touched * ClockSlot.perIncident
    if next < ofIncidents { return next..<ofIncidents }
    let first = limits.incidents * ClockSlot.perIncident
    let ofAssignments = first + assignments.touched * ClockSlot.perAssignment
    if next < ofAssignments { return max(next, first)..<ofAssignments }
    let ofWatches = clocks.count + watches.touched
    return next < ofWatches ? max(next, clocks.count)..<ofWatches : nil
  }

  private mutating func auditRecord(_ record: Int, _ before_ns: Int64) -> Int {
    guard record < clocks.count else {
      let slot = UInt32(record - clocks.count)
      return watches.isLive(slot) ? auditWatch(slot, before_ns) : 0
    }
    let slot = UInt32(record)
    // One that a person has taken has no due time; one that a merge suspended waits for the un-merge.
    guard clocks[slot].isRunning, clocks[slot].due_ns < before_ns, !clocks[slot].isSuspended else {
      return 0
    }
    return auditClock(slot)
  }

  private mutating func auditClock(_ slot: UInt32) -> Int {
    let record = clocks[slot]
    // It may wait its turn: then the structure knows it, and says that something is due.
    guard clocks.armedDue_ns(slot) > record.due_ns || clocks.nextDue_ns > time.now_ns,
      outbox.hasRoomForAlarm
    else { return 0 }
    clocks.armLost(slot)
    countArmed()
    var event = event(.alarm, incident: incident(ofClock: slot))
    if let assignment = assignment(ofClock: slot) {
      event.assignmentID = assignments.id(of: assignment)
      event.unitID = units[assignments[assignment].unit].id
    }
    event.clock = Int32(record.kind.rawValue)
    event.step = record.step + 1
    raise(event, due_ns: record.due_ns)
    return 1
  }

  private mutating func auditWatch(_ slot: UInt32, _ before_ns: Int64) -> Int {
    let record = watches[slot]
    // Reading the limit of a watch costs more than its record: it is asked only where it may have passed.
    guard record.due_ns < before_ns else { return 0 }
    let due_ns = record.state == .present ? firstStepDue_ns(slot) : record.due_ns
    guard due_ns < before_ns,
      watches.armedDue_ns(slot) > due_ns || watches.nextDue_ns > time.now_ns,
      outbox.hasRoomForAlarm
    else { return 0 }
    watches.armLost(slot, due_ns: due_ns)
    var event = Event(.alarm)
    event.watchID = record.id
    event.incidentID = record.incidentID
    event.clock = Int32(ClockKind.absence.rawValue)
    event.step = max(record.step, 0) + 1
    refer(&event)
    raise(event, due_ns: due_ns)
    return 1
  }

  private mutating func raise(_ event: Event, due_ns: Int64) {
    var event = event
    event.late_ns = time.now_ns &- due_ns
    event.dueWall_us = time.wall_us &- event.late_ns / 1_000
    event.reason = Reason.lostDeadline.rawValue
    emit(event)
    counters.add(Counter.auditFound)
  }
}
