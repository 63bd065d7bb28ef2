// Events on their way to the host. Ordinary ones may be lost when nobody reads, and that is counted and told; an
// escalation is never lost: it has room of its own, and when even that is full its deadline waits.

import HujiaContainers

/// One event (`hj_event`).
package struct Event: BitwiseCopyable {
  package var kind: EventKind
  package var sequence: UInt64 = 0
  package var incidentID: UInt64 = 0
  package var assignmentID: UInt64 = 0
  package var unitID: UInt64 = 0
  package var wall_us: Int64 = 0
  package var dueWall_us: Int64 = 0
  package var late_ns: Int64 = 0
  package var keyHigh: UInt64 = 0
  package var keyLow: UInt64 = 0
  package var operatorID: UInt64 = 0
  package var clock: Int32 = 0
  package var step: Int32 = 0
  package var reason: Int32 = 0
  package var state: Int32 = 0
  package var action: Int32 = 0
  package var cycle: Int32 = 0
  /// Escalations and warnings: which version of the plans their clock follows.
  package var plansVersion: UInt32 = 0
  package var epoch: UInt64 = 0
  package var watchID: UInt64 = 0

  init(_ kind: EventKind) { self.kind = kind }
}

/// A bounded queue with two shares: ordinary events and escalations, in one order.
package struct Outbox: ~Copyable {
  private var ring: Ring<Event>
  private let ordinaryLimit: Int
  private let reserved: Int
  private var ordinaryCount = 0
  private var escalationCount = 0
  private var lostUntold: Int32 = 0
  private var nextSequence: UInt64 = 1

  init(_ memory: Memory, ordinary: Int, reserved: Int) throws(OutOfMemory) {
    ring = try Ring(memory, capacity: ordinary + reserved)
    ordinaryLimit = ordinary
    self.reserved = reserved
  }

  package var count: Int { ring.count }
  package var hasRoomForEscalation: Bool { escalationCount < reserved }

  /// True when it was taken; false = an ordinary event was lost (its sequence number is used up).
  mutating func append(_ event: Event) -> Bool {
    var numbered = event
    let isEscalation = event.kind.isReserved
    if !isEscalation, !tellLosses(wall_us: event.wall_us) || ordinaryCount >= ordinaryLimit {
      nextSequence &+= 1
      lostUntold = lostUntold == .max ? .max : lostUntold + 1
      return false
    }
    assert(!isEscalation || hasRoomForEscalation)
    numbered.sequence = nextSequence
    nextSequence &+= 1
    guard ring.append(numbered) else { return false }
    if isEscalation { escalationCount += 1 } else { ordinaryCount += 1 }
    return true
  }

  /// Tells of earlier losses before the next ordinary event; false while there is no room to.
  private mutating func tellLosses(wall_us: Int64) -> Bool {
    guard lostUntold > 0 else { return true }
    guard ordinaryCount + 1 < ordinaryLimit else { return false }
    var overflow = Event(.overflow)
    overflow.step = lostUntold
    overflow.wall_us = wall_us
    overflow.sequence = nextSequence
    nextSequence &+= 1
    guard ring.append(overflow) else { return false }
    ordinaryCount += 1
    lostUntold = 0
    return true
  }

  package mutating func popFirst() -> Event? {
    guard let event = ring.popFirst() else { return nil }
    if event.kind.isReserved { escalationCount -= 1 } else { ordinaryCount -= 1 }
    return event
  }
}

extension EngineCore {
  /// Files an event with this turn's time.
  mutating func emit(_ event: Event) {
    var timed = event
    if timed.wall_us == 0 { timed.wall_us = time.wall_us }
    timed.epoch = router.epoch
    if outbox.append(timed) {
      counters.add(Counter.eventsWritten)
      counters.raise(Counter.eventsWaitingHigh, to: Int64(outbox.count))
    } else {
      counters.add(Counter.eventsLost)
    }
  }

  /// Takes the oldest event out. O(1).
  package mutating func popEvent() -> Event? {
    let event = outbox.popFirst()
    counters.set(Counter.eventsWaiting, Int64(outbox.count))
    return event
  }

  func event(_ kind: EventKind, incident: UInt32) -> Event {
    var event = Event(kind)
    event.incidentID = incidentSlots.id(of: incident)
    event.keyHigh = incidents[incident].keyHigh
    event.keyLow = incidents[incident].keyLow
    event.state = incidents[incident].state.rawValue
    return event
  }

  mutating func emitIncident(
    _ incident: UInt32, reason: Reason = .none, act: Act = Act(), wall_us: Int64 = 0
  ) {
    var event = event(.incident, incident: incident)
    event.reason = reason.rawValue
    event.operatorID = act.operatorID
    event.wall_us = wall_us
    emit(event)
  }

  mutating func emitAssignment(
    _ assignment: UInt32, reason: Reason = .none, act: Act = Act(), wall_us: Int64 = 0
  ) {
    let record = assignments[assignment]
    var event = event(.assignment, incident: record.incident)
    event.assignmentID = assignmentSlots.id(of: assignment)
    event.unitID = units[record.unit].id
    event.state = record.state.rawValue
    event.reason = reason.rawValue
    event.operatorID = act.operatorID
    event.wall_us = wall_us
    emit(event)
  }
}
