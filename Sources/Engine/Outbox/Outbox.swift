// Events on their way to the host. Ordinary ones may be lost when nobody reads, and that is counted and told; an
// escalation is never lost: it has room of its own, and when even that is full its deadline waits. So has an alarm of
// the self-audit, and the audit waits.

import HujiaContainers
import HujiaIngest

/// One event (`hj_event`). 192 bytes: tens of thousands may wait, so numbers that are small by nature stand in bytes.
package struct Event: BitwiseCopyable {
  package var kind: EventKind
  package private(set) var clockByte: UInt8 = 0
  package private(set) var actionByte: UInt8 = 0
  private var flagByte: UInt8 = 0
  /// Of the unit that is named, where it is still to go; 0 = not told.
  package var travel_ms: UInt32 = 0
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
  package var step: Int32 = 0
  package var reason: Int32 = 0
  package var state: Int32 = 0
  package var cycle: Int32 = 0
  /// Escalations and warnings: which version of the plans their clock follows.
  package var plansVersion: UInt32 = 0
  /// `hj_action.reason` of an act of a person.
  package var operatorReason: UInt32 = 0
  package var operatorRole: UInt32 = 0
  /// Of a call-back.
  package var outcome: Int32 = 0
  package var operatorSession: UInt64 = 0
  /// The host's own number of the incident.
  package var reference = Reference()
  package var epoch: UInt64 = 0
  package var watchID: UInt64 = 0
  /// In the outbox only: when the last of the events lost before this one was lost.
  var gapWall_us: Int64 = 0
  /// Of the turn, on record; 0 = on none.
  package var record: UInt64 = 0
  init(_ kind: EventKind) { self.kind = kind }

  package var clock: Int32 {
    get { Int32(clockByte) }
    set {
      assert(0...255 ~= newValue)
      clockByte = UInt8(truncatingIfNeeded: newValue)
    }
  }
  package var action: Int32 {
    get { Int32(actionByte) }
    set {
      assert(0...255 ~= newValue)
      actionByte = UInt8(truncatingIfNeeded: newValue)
    }
  }

  /// It may have been handed out before.
  package var isRepeated: Bool {
    get { flagByte & 1 != 0 }
    set { flagByte = newValue ? flagByte | 1 : flagByte & ~1 }
  }
  /// Its reader had to be told before it survives a power cut.
  package var isUndurable: Bool {
    get { flagByte & 2 != 0 }
    set { flagByte = newValue ? flagByte | 2 : flagByte & ~2 }
  }
  /// Of an incident that was written on paper.
  package var isCatchUp: Bool {
    get { flagByte & 4 != 0 }
    set { flagByte = newValue ? flagByte | 4 : flagByte & ~4 }
  }

  /// Names the person and the reason.
  mutating func sign(_ act: Act) {
    operatorID = act.operatorID
    operatorReason = act.reason
    operatorRole = act.role
    operatorSession = act.sessionID
  }
}

/// A bounded queue with three shares: ordinary events, escalations, alarms; one order. Every event uses up a number,
/// lost or not, so the numbers depend on the commands alone. A gap needs no record of its own: it is what lies between
/// the number told last and the number of the event that comes next, and it is told as an overflow event, with the
/// number of the last lost one, before anything behind it.
package struct Outbox: ~Copyable {
  private let inPlace = InPlace()
  private var ring: Ring<Event>
  private let ordinaryLimit: Int
  private let reserved: Int
  private let alarms: Int
  private var ordinaryCount = 0
  private var escalationCount = 0
  private var alarmCount = 0
  /// Of the event filed last, of the last one that is in the ring (or was told as lost), of the last one handed out.
  package private(set) var newest: UInt64 = 0
  private var newestKept: UInt64 = 0
  private var told: UInt64 = 0
  /// When the last event was lost, and the record of its turn.
  private var lostWall_us: Int64 = 0
  private var lostRecord: UInt64 = 0

  /// Most alarms that wait to be read. When so many do, what else the audit finds stays for its next pass.
  static var mostAlarms: Int { 1_024 }

  init(
    _ memory: Memory, ordinary: Int, reserved: Int, alarms: Int = Self.mostAlarms
  ) throws(OutOfMemory) {
    ring = try Ring(memory, capacity: ordinary + reserved + alarms)
    ordinaryLimit = ordinary
    self.reserved = reserved
    self.alarms = alarms
  }

  /// Events that wait, and the gap behind the last of them, which is an event to tell too.
  package var count: Int { ring.count + (newest != newestKept ? 1 : 0) }
  package var hasRoomForEscalation: Bool { escalationCount < reserved }
  package var hasRoomForAlarm: Bool { alarmCount < alarms }

  /// Numbers the event, and gives it a wall time where it has none. Returns where it stands until the next call; nil =
  /// an ordinary event was lost (its number is used up).
  mutating func append(
    _ event: borrowing Event, wall_us: Int64, epoch: UInt64, record: UInt64 = 0
  ) -> UnsafeMutablePointer<Event>? {
    newest &+= 1
    let kind = event.kind
    let hasRoom: Bool
    switch kind {
    case .escalation, .warning: hasRoom = hasRoomForEscalation
    case .alarm: hasRoom = hasRoomForAlarm
    default: hasRoom = ordinaryCount < ordinaryLimit
    }
    assert(hasRoom || !kind.isReserved)
    guard hasRoom, let place = ring.appendUnfilled() else {
      lostWall_us = event.wall_us == 0 ? wall_us : event.wall_us
      lostRecord = record
      return nil
    }
    place.pointee = copy event
    place.pointee.sequence = newest
    place.pointee.gapWall_us = lostWall_us
    place.pointee.epoch = epoch
    place.pointee.record = record
    if event.wall_us == 0 { place.pointee.wall_us = wall_us }
    newestKept = newest
    count(kind, by: 1)
    return place
  }

  /// The number of the event that was filed last.
  var newestSequence: UInt64 { newest }

  private mutating func count(_ kind: EventKind, by change: Int) {
    switch kind {
    case .escalation, .warning: escalationCount += change
    case .alarm: alarmCount += change
    default: ordinaryCount += change
    }
  }

  /// Those behind the event of this number that wait, oldest first. O(as many as there are).
  package func each(after number: UInt64, _ body: (borrowing Event) -> Void) {
    var first = ring.count
    while first > 0, ring.element(first - 1).sequence > number { first -= 1 }
    for index in first..<ring.count { body(ring.element(index)) }
  }

  /// Numbers go on behind this one, as if those up to it had been lost. O(1).
  package mutating func skip(to number: UInt64) { newest = max(newest, number) }

  /// The oldest event, or the gap before it; after the last event the gap that has none behind it. O(1).
  package mutating func popFirst() -> Event? {
    guard !ring.isEmpty else {
      return newest == told ? nil : overflow(upTo: newest, wall_us: lostWall_us)
    }
    if ring.first.sequence != told &+ 1 {
      return overflow(upTo: ring.first.sequence &- 1, wall_us: ring.first.gapWall_us)
    }
    let first = ring.first
    ring.dropFirst()
    told = first.sequence
    count(first.kind, by: -1)
    return first
  }

  /// The record of what comes next: the oldest event, or a gap that has none behind it. nil: nothing waits.
  package var oldestRecord: UInt64? {
    if ring.isEmpty { return newest == newestKept ? nil : lostRecord }
    return ring.first.record
  }

  /// How many of the next `most` stand on records up to this one. A gap is told with the event behind it. O(most).
  package func count(upTo record: UInt64, most: Int) -> Int {
    var count = 0
    var before = told
    for index in 0..<ring.count where count < most {
      let (sequence, own) = (ring.element(index).sequence, ring.element(index).record)
      guard own <= record else { return count }
      count += sequence == before &+ 1 ? 1 : 2
      before = sequence
    }
    if count < most, newest != before, lostRecord <= record { count += 1 }
    return min(count, most)
  }

  /// All that wait may have been read: the end of the records, which says so, is lost. O(events).
  package mutating func markRepeated() {
    for index in 0..<ring.count { ring.update(index) { $0.isRepeated = true } }
  }

  // In a state

  mutating func code(_ coder: inout StateCoder) {
    coder.section(0x746e_7645)
    coder.code(&newest)
    coder.code(&newestKept, 0...newest)
    coder.code(&told, 0...newest)
    coder.code(&lostWall_us)
    coder.code(&lostRecord)
    if coder.isReading { (ordinaryCount, escalationCount, alarmCount) = (0, 0, 0) }
    ring.code(&coder, blank: Event(.mode)) { $0.code(&$1) }
    guard coder.isReading else { return }
    for index in 0..<ring.count { count(ring.element(index).kind, by: 1) }
    var invariants = Invariants()
    validate(&invariants)
    coder.demand(
      invariants.broken == nil, "events are not in order, or more than their rooms hold")
  }

  /// Between two commands. O(events).
  func validate(_ invariants: inout Invariants) {
    invariants.hold(
      ring.count == ordinaryCount + escalationCount + alarmCount,
      "every event counts in one share of the outbox", ring.count)
    invariants.hold(
      ordinaryCount <= ordinaryLimit && escalationCount <= reserved && alarmCount <= alarms,
      "no share of the outbox outgrows its room", ring.count)
    var before = told
    for index in 0..<ring.count {
      let sequence = ring.element(index).sequence
      invariants.hold(sequence > before, "events are numbered upwards", sequence)
      before = sequence
    }
    invariants.hold(before <= newest, "the newest event has the highest number", before)
  }

  private mutating func overflow(upTo last: UInt64, wall_us: Int64) -> Event {
    var overflow = Event(.overflow)
    overflow.sequence = last
    overflow.step = Int32(clamping: last &- told)
    overflow.wall_us = wall_us
    told = last
    newestKept = max(newestKept, last)
    return overflow
  }
}
