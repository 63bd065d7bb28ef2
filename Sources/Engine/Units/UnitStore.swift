// Read first in this folder. Everything that is kept of units, by slot: records, and what is seldom asked for. What
// changes is said in verbs. Must never: tell routing, ask plans, emit an event.

import HujiaContainers
import HujiaRoads

package struct UnitStore: ~Copyable {
  private let inPlace = InPlace()
  private let records: Block<UnitRecord>
  private let details: Block<UnitDetails>
  private var slots: SlotPool
  /// Any thread may look an id up.
  private var index: IdIndex
  private(set) var withoutPosition = 0
  /// That state when their shift ends.
  private(set) var withShift = 0
  private(set) var begins: ShiftBegins
  private var members: BeatMembers

  init(_ memory: Memory, units: Int) throws(OutOfMemory) {
    let records = try Block<UnitRecord>(memory, count: units)
    let details = try Block<UnitDetails>(memory, count: units)
    let slots = try SlotPool(memory, capacity: units)
    let index = try IdIndex(memory, capacity: units)
    let begins = try ShiftBegins(memory, units: units)
    let members = try BeatMembers(memory, units: units)
    self.records = records
    self.details = details
    self.slots = slots
    self.index = index
    self.begins = begins
    self.members = members
  }

  // Reading

  @inline(__always) package subscript(slot: UInt32) -> UnitRecord {
    unsafeAddress { UnsafePointer(records.base + checked(slot)) }
  }
  @inline(__always) package subscript(details slot: UInt32) -> UnitDetails {
    unsafeAddress { UnsafePointer(details.base + checked(slot)) }
  }
  @inline(__always) private func checked(_ slot: UInt32) -> Int {
    assert(Int(slot) < records.count)
    return Int(slot)
  }
  @inline(__always) func address(of slot: UInt32) -> UnsafeRawPointer {
    UnsafeRawPointer(records.base + Int(slot))
  }

  @inline(__always) package func find(_ id: UInt64) -> UInt32? { index.find(id) }
  /// Where `find` will look first.
  package func addresses(of id: UInt64) -> (value: UnsafeRawPointer, key: UnsafeRawPointer) {
    index.addresses(id)
  }
  @inline(__always) package func isLive(_ slot: UInt32) -> Bool { slots.isLive(slot) }
  package var touched: Int { slots.touched }
  package var live: Int { slots.live }
  /// So many slots at most are in use at once; what is beyond the table does not count.
  var bound: Int {
    get { slots.bound }
    set { slots.bound = min(newValue, slots.capacity) }
  }

  /// The units whose home beat is this one, in no order: one of them, then the one behind it. nil = no more. Beat 0 has
  /// none.
  @inline(__always) func first(ofBeat beat: UInt32) -> UInt32? {
    beat == 0 ? nil : search(beat, from: members.first(beat))
  }
  @inline(__always) func next(ofBeat beat: UInt32, after slot: UInt32) -> UInt32? {
    search(beat, from: members.after(slot))
  }
  private func search(_ beat: UInt32, from first: UInt32) -> UInt32? {
    var slot = first
    while slot != BeatMembers.none, records[slot].homeBeat != beat { slot = members.after(slot) }
    return slot == BeatMembers.none ? nil : slot
  }

  // Coming and going

  /// A slot for a new unit, which `describe` fills; nil = the table is full.
  mutating func enter(_ description: UnitDescription, now_ns: Int64) -> UInt32? {
    guard let slot = slots.take() else { return nil }
    guard index.insert(description.id, slot: slot) else {
      slots.giveBack(slot)
      return nil
    }
    records[slot] = UnitRecord(fresh: description, now_ns: now_ns)
    withoutPosition += 1
    return slot
  }

  /// What a host says of it, but for its place. Returns the capabilities that it has lost.
  mutating func describe(_ slot: UInt32, _ description: UnitDescription) -> UInt64 {
    assert(slots.isLive(slot) && records[slot].id == description.id)
    if records[slot].shiftEnd_us != 0 { withShift -= 1 }
    let lost = records[slot].capabilities & ~description.capabilities
    if records[slot].homeBeat != description.homeBeat {
      members.remove(slot, records[slot].homeBeat)
      members.insert(slot, description.homeBeat)
    }
    records[slot].take(description)
    if records[slot].shiftEnd_us != 0 { withShift += 1 }
    details[slot] = description.details
    return lost
  }

  mutating func remove(_ slot: UInt32) {
    assert(records[slot].isFree)
    if !records[slot].hasPosition { withoutPosition -= 1 }
    if records[slot].shiftEnd_us != 0 { withShift -= 1 }
    begins.remove(slot)
    members.remove(slot, records[slot].homeBeat)
    _ = index.remove(records[slot].id)
    slots.giveBack(slot)
  }

  // Positions

  /// Returns whether its position was unknown.
  mutating func place(
    _ slot: UInt32, at place: Place, fixWall_us: Int64, fix_ns: Int64, isBeforeFirstWall: Bool
  ) -> Bool {
    assert(slots.isLive(slot))
    records[slot].fixWall_us = fixWall_us
    records[slot].fix_ns = fix_ns
    records[slot].isFixBeforeFirstWall = isBeforeFirstWall
    records[slot].place = place
    if records[slot].hasPosition { return false }
    records[slot].hasPosition = true
    withoutPosition -= 1
    return true
  }

  // What it does

  mutating func become(_ activity: Activity, _ slot: UInt32) { records[slot].activity = activity }

  /// What it does when its incident lets it go; nil = the host has not said.
  mutating func remember(next activity: Activity?, _ slot: UInt32) {
    assert(!records[slot].isFree || activity == nil)
    records[slot].nextActivity = activity
  }

  /// It is sent, and goes back to what it did where it never arrives.
  mutating func send(_ slot: UInt32, on assignment: UInt32) {
    assert(records[slot].isFree && assignment != UnitRecord.free)
    records[slot].assignment = assignment
    records[slot].activityBefore = records[slot].activity
  }

  mutating func free(_ slot: UInt32) {
    assert(records[slot].nextActivity == nil)
    records[slot].assignment = UnitRecord.free
    records[slot].codeUnderWay = 0
  }

  mutating func set(_ slot: UInt32, codeUnderWay: UInt8) {
    records[slot].codeUnderWay = codeUnderWay
  }

  mutating func setIdle(_ slot: UInt32, since_ns: Int64) {
    records[slot].idleSince_ns = since_ns
  }

  // Shifts

  /// Its shift has not begun; it does at `begin_ns`.
  mutating func awaitShift(_ slot: UInt32, begin_ns: Int64) {
    records[slot].isBeforeShift = true
    begins.set(slot, begin_ns)
  }

  /// It has begun, or has none to wait for. Returns whether it waited.
  mutating func beginShift(_ slot: UInt32) -> Bool {
    begins.remove(slot)
    guard records[slot].isBeforeShift else { return false }
    records[slot].isBeforeShift = false
    return true
  }

  /// The first shift that has begun by now; `beginShift` comes next.
  mutating func popShift(now_ns: Int64) -> UInt32? { begins.popDue(now_ns: now_ns) }

  // In a state

  /// What follows from the units is made anew.
  mutating func code(_ coder: inout StateCoder, assignments: Int) {
    coder.section(0x7469_6e55)
    slots.code(&coder)
    for slot in 0..<UInt32(slots.touched) where slots.isLive(slot) {
      records[slot].code(&coder, assignments: assignments)
      details[slot].code(&coder)
      var begin_ns = begins.begin_ns(slot)
      coder.code(time: &begin_ns)
      guard coder.isReading, coder.isGood else { continue }
      begins.set(slot, begin_ns)
      members.insert(slot, records[slot].homeBeat)
      let isNew = index.find(records[slot].id) == nil
      coder.demand(isNew && index.insert(records[slot].id, slot: slot), "a unit is there twice")
      if !records[slot].hasPosition { withoutPosition += 1 }
      if records[slot].shiftEnd_us != 0 { withShift += 1 }
    }
  }

  /// On another map it is elsewhere.
  mutating func move(_ slot: UInt32, to place: Place) { records[slot].place = place }

  // What is true between two commands

  /// By itself; how units stand to assignments and routing is said in Validation.
  func validate(_ invariants: inout Invariants) {
    invariants.hold(slots.isConsistent(), "a unit's slot is live or free", 0)
    invariants.hold(
      index.count == slots.live, "the index knows every unit and no other", index.count)
    var unplaced = 0
    var ending = 0
    for slot in 0..<UInt32(slots.touched) where slots.isLive(slot) {
      if !records[slot].hasPosition { unplaced += 1 }
      if records[slot].shiftEnd_us != 0 { ending += 1 }
      validate(slot, &invariants)
    }
    invariants.hold(
      unplaced == withoutPosition, "units without a position are counted", unplaced)
    invariants.hold(ending == withShift, "units with a shift's end are counted", ending)
    begins.validate(&invariants)
  }

  private func validate(_ slot: UInt32, _ invariants: inout Invariants) {
    let beat = records[slot].homeBeat
    var member = first(ofBeat: beat)
    while let other = member, other != slot { member = next(ofBeat: beat, after: other) }
    invariants.hold(
      member == (beat == 0 ? nil : slot), "a unit stands in the list of its beat", slot)
    invariants.hold(index.find(records[slot].id) == slot, "a unit is found by its id", slot)
    invariants.hold(
      !records[slot].isFree || records[slot].nextActivity == nil,
      "a free unit remembers no next activity", slot)
    invariants.hold(
      begins.isSet(slot) ? records[slot].isBeforeShift : true,
      "a shift that is waited for has not begun", slot)
  }
}
