// Read first in this folder. Everything that is kept of units, by slot: records, what is seldom asked for, and bounds
// by word of 64 slots. What changes is said in verbs. Must never: tell routing, ask plans, emit an event.

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
  private var bounds: ShiftBounds
  private(set) var begins: ShiftBegins
  private(set) var words: UnitWords

  init(_ memory: Memory, units: Int) throws(OutOfMemory) {
    let records = try Block<UnitRecord>(memory, count: units)
    let details = try Block<UnitDetails>(memory, count: units)
    let slots = try SlotPool(memory, capacity: units)
    let index = try IdIndex(memory, capacity: units)
    let begins = try ShiftBegins(memory, units: units)
    let words = try UnitWords(memory, units: units)
    let bounds = try ShiftBounds(memory, units: units)
    self.records = records
    self.details = details
    self.slots = slots
    self.index = index
    self.bounds = bounds
    self.begins = begins
    self.words = words
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

  /// Whether one of the units of a word may have a shift that ends before `limit_us`, or at it or later.
  func mayEnd(before limit_us: Int64, word: Int) -> Bool {
    bounds.mayEnd(before: limit_us, word: word)
  }
  func mayLast(to limit_us: Int64, word: Int) -> Bool { bounds.mayLast(to: limit_us, word: word) }

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

  /// What a host says of it, but for its place. Returns the capabilities that it has lost. `isPlacedNext`: it gets a
  /// place before anything else happens.
  mutating func describe(
    _ slot: UInt32, _ description: UnitDescription, isPlacedNext: Bool
  ) -> UInt64 {
    assert(slots.isLive(slot) && records[slot].id == description.id)
    if records[slot].shiftEnd_us != 0 { withShift -= 1 }
    let lost = records[slot].capabilities & ~description.capabilities
    records[slot].take(description)
    if records[slot].shiftEnd_us != 0 { withShift += 1 }
    bounds.note(slot, shiftEnd_us: records[slot].shiftEnd_us)
    words.note(slot, agency: records[slot].agency, kind: records[slot].kind)
    details[slot] = description.details
    if !isPlacedNext { file(slot) }
    return lost
  }

  mutating func remove(_ slot: UInt32) {
    assert(records[slot].isFree)
    if !records[slot].hasPosition { withoutPosition -= 1 }
    if records[slot].shiftEnd_us != 0 { withShift -= 1 }
    begins.remove(slot)
    _ = index.remove(records[slot].id)
    slots.giveBack(slot)
    file(slot)
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
    file(slot)
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
  }

  mutating func setIdle(_ slot: UInt32, since_ns: Int64) {
    records[slot].idleSince_ns = since_ns
    file(slot)
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

  // Units without a position

  /// A unit came or went, its position became known, or it is idle since another time. O(1); O(64) where it was the
  /// longest idle of its word without a position.
  private mutating func file(_ slot: UInt32) {
    let word = Int(slot / 64)
    let known = words[word]
    if !records[slot].hasPosition, slots.isLive(slot),
      (records[slot].idleSince_ns, records[slot].id) <= (known.idleSince_ns, known.id)
    {
      setLeast(word, slot)
    } else if known.slot == slot {
      setLeast(word, nil)
      for other in slot & ~63..<min(slot | 63, UInt32(slots.touched) &- 1) + 1
      where slots.isLive(other) && !records[other].hasPosition {
        let least = words[word]
        if (records[other].idleSince_ns, records[other].id) < (least.idleSince_ns, least.id) {
          setLeast(word, other)
        }
      }
    }
  }

  private mutating func setLeast(_ word: Int, _ slot: UInt32?) {
    words.setLeast(word, slot.map { ($0, records[$0].idleSince_ns, records[$0].id) })
  }

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
    for word in 0..<(slots.touched + 63) / 64 { validateLeast(word, &invariants) }
    begins.validate(&invariants)
  }

  private func validate(_ slot: UInt32, _ invariants: inout Invariants) {
    let word = Int(slot / 64)
    invariants.hold(index.find(records[slot].id) == slot, "a unit is found by its id", slot)
    invariants.hold(
      !records[slot].isFree || records[slot].nextActivity == nil,
      "a free unit remembers no next activity", slot)
    invariants.hold(
      begins.isSet(slot) ? records[slot].isBeforeShift : true,
      "a shift that is waited for has not begun", slot)
    let end_us = records[slot].shiftEnd_us == 0 ? Int64.max : records[slot].shiftEnd_us
    invariants.hold(
      (end_us == .max || mayEnd(before: end_us &+ 1, word: word))
        && mayLast(to: end_us, word: word), "the bounds of shifts hold every shift", slot)
    invariants.hold(
      words.mayFit(word, agency: records[slot].agency, kind: records[slot].kind),
      "a word of units knows the agency and the kind of each", slot)
  }

  /// Of the live units of a word without a position the longest idle, of equals the lowest id.
  private func validateLeast(_ word: Int, _ invariants: inout Invariants) {
    var least: UInt32?
    for slot in UInt32(word * 64)..<UInt32(min(word * 64 + 64, slots.touched))
    where slots.isLive(slot) && !records[slot].hasPosition {
      guard let best = least else {
        least = slot
        continue
      }
      if (records[slot].idleSince_ns, records[slot].id)
        < (records[best].idleSince_ns, records[best].id)
      {
        least = slot
      }
    }
    invariants.hold(
      words[word].slot == least ?? .max
        && words[word].idleSince_ns == least.map { records[$0].idleSince_ns } ?? .max,
      "a word of units knows its longest idle without a position", word)
  }
}
