// Read first in this folder. Everything that is kept of assignments, by slot; a slot is free again when its assignment
// ends. What changes is said in verbs. Must never: start a clock, emit an event, look at units.

import HujiaContainers

package struct AssignmentStore: ~Copyable {
  private let inPlace = InPlace()
  private let records: Block<AssignmentRecord>
  private let times: Block<AssignmentTimes>
  private var slots: SlotPool

  init(_ memory: Memory, assignments: Int) throws(OutOfMemory) {
    let records = try Block<AssignmentRecord>(memory, count: assignments)
    let slots = try SlotPool(memory, capacity: assignments)
    let times = try Block<AssignmentTimes>(memory, count: assignments)
    self.records = records
    self.slots = slots
    self.times = times
  }

  // Reading

  @inline(__always) package subscript(slot: UInt32) -> AssignmentRecord {
    unsafeAddress { UnsafePointer(records.base + checked(slot)) }
  }
  @inline(__always) subscript(times slot: UInt32) -> AssignmentTimes {
    unsafeAddress { UnsafePointer(times.base + checked(slot)) }
  }
  @inline(__always) private func checked(_ slot: UInt32) -> Int {
    assert(Int(slot) < records.count)
    return Int(slot)
  }
  @inline(__always) package func slot(of id: UInt64) -> UInt32? { slots.slot(of: id) }
  @inline(__always) package func id(of slot: UInt32) -> UInt64 { slots.id(of: slot) }
  @inline(__always) package func isLive(_ slot: UInt32) -> Bool { slots.isLive(slot) }
  package var touched: Int { slots.touched }
  package var live: Int { slots.live }
  /// So many slots at most are in use at once; what is beyond the table does not count.
  var bound: Int {
    get { slots.bound }
    set { slots.bound = min(newValue, slots.capacity) }
  }

  // Coming, moving, going

  /// nil = the table is full.
  mutating func open(
    _ record: AssignmentRecord, at now: Moment, wasByVoice: Bool = false
  ) -> UInt32? {
    guard let slot = slots.take() else { return nil }
    assert(!record.state.isTerminal && record.state != .none)
    records[slot] = record
    times[slot] = AssignmentTimes(dispatched_ns: now.now_ns, wasByVoice: wasByVoice)
    times[slot].dispatchedWall_us = max(now.wall_us, 1)
    return slot
  }

  /// Its unit moved on, or back; it can be reached.
  mutating func move(_ slot: UInt32, to state: AssignmentState) {
    assert(slots.isLive(slot) && !records[slot].state.isTerminal && !state.isTerminal)
    records[slot].state = state
    records[slot].isUndeliverable = false
  }

  /// It is over, and stays readable until `close`.
  mutating func end(_ slot: UInt32, as state: AssignmentState) {
    assert(slots.isLive(slot) && !records[slot].state.isTerminal && state.isTerminal)
    records[slot].state = state
  }

  mutating func close(_ slot: UInt32) {
    assert(records[slot].state.isTerminal)
    slots.giveBack(slot)
  }

  mutating func setUndeliverable(_ slot: UInt32) { records[slot].isUndeliverable = true }

  /// Its seat; nil: it fills none, as one that is sent by hand.
  mutating func seat(_ slot: UInt32, at seats: Seats?) {
    records[slot].requirement = seats?.index ?? AssignmentRecord.byHand
    guard let seats else { return }
    records[slot].seat = seats.seat
    records[slot].role = seats.requirement.role
  }

  /// The way from where its unit is now.
  mutating func measure(
    _ slot: UInt32, travel_ms: UInt32, distance_dm: UInt32, isStraightLine: Bool
  ) {
    assert(!records[slot].state.hasArrived)
    records[slot].travel_ms = travel_ms
    records[slot].distance_dm = distance_dm
    records[slot].marks &= ~ChosenMark.straightLine
    if isStraightLine { records[slot].marks |= ChosenMark.straightLine }
  }

  // Times

  /// By whatever status was the first to say so; nil: taken back, and with it what was said in so many words.
  mutating func noteSigned(_ slot: UInt32, at_ns: Int64?, wall_us: Int64 = 0) {
    times[slot].signed_ns = at_ns ?? .max
    times[slot].signedWall_us = at_ns == nil ? 0 : max(wall_us, 1)
    if at_ns == nil { times[slot].isAcknowledged = false }
  }

  /// Its unit moves, and does no more (nil).
  mutating func noteMoved(_ slot: UInt32, wall_us: Int64?) {
    times[slot].movedWall_us = wall_us.map { max($0, 1) } ?? 0
  }

  /// A person signed, in so many words.
  mutating func noteAcknowledged(_ slot: UInt32, at_ns: Int64) {
    times[slot].isAcknowledged = true
    times[slot].acknowledged_ns = at_ns
  }

  mutating func noteArrived(_ slot: UInt32, at_ns: Int64, wall_us: Int64) {
    times[slot].arrived_ns = at_ns
    times[slot].arrivedWall_us = max(wall_us, 1)
  }

  mutating func takeBackArrived(_ slot: UInt32) { times[slot].arrived_ns = .max }

  /// The breach of its signature, once the slot of that clock is another's; 0 = it has none.
  mutating func keep(signatureBreach breach: UInt32, _ slot: UInt32) {
    times[slot].signatureBreach = breach
  }

  // In a state

  mutating func code(_ coder: inout StateCoder, incidents: Int, units: Int) {
    coder.section(0x6769_7341)
    slots.code(&coder)
    for slot in 0..<UInt32(slots.touched) where slots.isLive(slot) {
      records[slot].code(&coder, incidents: incidents, units: units)
      times[slot].code(&coder)
    }
  }

  // What is true between two commands

  /// By itself; how assignments stand to units and incidents is said in Validation.
  func validate(_ invariants: inout Invariants) {
    invariants.hold(slots.isConsistent(), "an assignment's slot is live or free", 0)
    for slot in 0..<UInt32(slots.touched) where slots.isLive(slot) {
      invariants.hold(
        !records[slot].state.isTerminal && records[slot].state != .none,
        "a live assignment is in a live state", slot)
      invariants.hold(
        records[slot].state.hasArrived == (times[slot].arrived_ns != .max),
        "an assignment knows when its unit arrived, exactly where it has", slot)
      invariants.hold(
        records[slot].state.isSigned == (times[slot].signed_ns != .max),
        "an assignment knows when it was signed, exactly where it is", slot)
      invariants.hold(
        times[slot].dispatchedWall_us != 0
          && records[slot].state.isSigned == (times[slot].signedWall_us != 0)
          && records[slot].state.isMoving == (times[slot].movedWall_us != 0),
        "an assignment has the wall times of what it went through", slot)
    }
  }
}
