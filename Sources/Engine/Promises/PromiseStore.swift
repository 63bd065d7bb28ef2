// Where promises are kept: the state of each clock, by clock slot, the structure of their deadlines, and the cycles
// that they draw. What changes is said in verbs. Must never: ask plans, emit an event, note a breach.

import HujiaContainers
import HujiaDeadlines

package struct PromiseStore: ~Copyable {
  private let inPlace = InPlace()
  private let records: Block<ClockRecord>
  private var deadlines: DeadlineWheel
  private let nextCycles: Block<Int32>
  /// Deadlines in the structure.
  package private(set) var armed = 0
  private let limits: EngineLimits

  init(_ memory: Memory, _ limits: EngineLimits) throws(OutOfMemory) {
    let count = ClockSlot.count(limits)
    let deadlines = try DeadlineWheel(memory, capacity: count)
    let records = try Block<ClockRecord>(memory, count: count)
    let nextCycles = try Block<Int32>(memory, count: ClockCycles.count(limits))
    self.deadlines = deadlines
    self.records = records
    self.nextCycles = nextCycles
    self.limits = limits
  }

  // Reading

  @inline(__always) subscript(slot: UInt32) -> ClockRecord {
    unsafeAddress {
      assert(Int(slot) < records.count)
      return UnsafePointer(records.base + Int(slot))
    }
  }
  package var count: Int { records.count }
  func isRunning(_ kind: ClockKind, slot: UInt32) -> Bool {
    records[slot].isRunning && records[slot].kind == kind
  }
  func isArmed(_ slot: UInt32) -> Bool { deadlines.isArmed(slot: slot) }
  /// When the structure believes that a clock is due; `Int64.max` = it does not know it.
  func armedDue_ns(_ slot: UInt32) -> Int64 { deadlines.due_ns(of: slot) }
  /// As in `DeadlineWheel`.
  @inline(__always) var nextDue_ns: Int64 { deadlines.next_due_ns }

  // Deadlines

  mutating func draw(now_ns: Int64, steps: inout Int) -> Bool {
    deadlines.draw(now_ns: now_ns, steps: &steps)
  }

  /// The first clock that is due; its deadline is out of the structure then.
  mutating func popDrawn(now_ns: Int64) -> UInt32? {
    guard let slot = deadlines.popDrawn(now_ns: now_ns) else { return nil }
    armed -= 1
    return slot
  }

  /// Whether it had none before.
  mutating func arm(_ slot: UInt32, due_ns: Int64) -> Bool {
    records[slot].due_ns = due_ns
    let isNew = !deadlines.isArmed(slot: slot)
    if isNew { armed += 1 }
    deadlines.arm(slot: slot, due_ns: due_ns)
    return isNew
  }

  /// Takes the deadline out; the promise stays open. False: there was none.
  mutating func disarm(_ slot: UInt32) -> Bool {
    guard deadlines.isArmed(slot: slot) else { return false }
    deadlines.cancel(slot: slot)
    armed -= 1
    return true
  }

  /// The structure had lost a deadline: it is armed again, and what is armed is counted anew.
  mutating func armLost(_ slot: UInt32) {
    assert(records[slot].isRunning)
    deadlines.arm(slot: slot, due_ns: records[slot].due_ns)
    armed = deadlines.count
  }

  // Beginning and ending

  mutating func begin(_ slot: UInt32, _ record: ClockRecord) {
    assert(record.isRunning)
    records[slot] = record
  }

  mutating func end(_ slot: UInt32) { records[slot].isRunning = false }

  /// A new incident or assignment has the slot: what the last one left behind says nothing.
  mutating func clear(_ slot: UInt32) {
    records[slot].planned_ns = .max
    records[slot].own_ns = .max
    records[slot].firedStep = 0
    records[slot].isCatchUp = false
    records[slot].isOfPaper = false
    records[slot].isSuspended = false
  }

  /// A chain goes on in another slot, which has no deadline now.
  mutating func move(from old: UInt32, to new: UInt32) {
    assert(!isArmed(old) && !isArmed(new))
    let record = records[old]
    records[old].isRunning = false
    records[new] = record
    let place = ClockCycles.place(record.kind, slot: old, limits)
    nextCycles[ClockCycles.place(record.kind, slot: new, limits)] = nextCycles[place]
  }

  /// The slot is that clock's again, which others have used meanwhile.
  mutating func reclaim(_ slot: UInt32, _ kind: ClockKind) {
    assert(!records[slot].isRunning || records[slot].kind == kind)
    records[slot].kind = kind
  }

  // Before the limit

  /// What comes next is the warning, or the first step.
  mutating func aim(_ slot: UInt32, atWarning: Bool) { records[slot].step = atWarning ? -1 : 0 }

  mutating func warn(_ slot: UInt32) {
    records[slot].isWarned = true
    records[slot].step = 0
  }

  /// It warns again: another firing, so another cycle.
  mutating func unwarn(_ slot: UInt32, cycle: Int32) {
    records[slot].isWarned = false
    records[slot].cycle = cycle
    records[slot].firedCycle = cycle
  }

  mutating func follow(_ slot: UInt32, policy: UInt32) { records[slot].policy = policy }

  /// A nearer limit, counted from `start_ns`.
  mutating func tighten(_ slot: UInt32, start_ns: Int64, limit_ns: Int64) {
    assert(records[slot].firedStep == 0)
    records[slot].start_ns = start_ns
    records[slot].planned_ns = limit_ns
    records[slot].isCatchUp = false
    records[slot].own_ns = min(records[slot].own_ns, limit_ns)
    records[slot].isSnoozed = false
  }

  /// A later limit. A clock that has fired goes on; it is judged by the new one.
  mutating func ease(_ slot: UInt32, start_ns: Int64, limit_ns: Int64, policy: UInt32) {
    records[slot].own_ns = limit_ns
    guard records[slot].firedStep == 0 else { return }
    records[slot].planned_ns = limit_ns
    records[slot].start_ns = start_ns
    records[slot].policy = policy
  }

  /// Its limit by receipts of others. Returns whether that is another one; then it is no longer put off.
  mutating func plan(_ slot: UInt32, limit_ns: Int64) -> Bool {
    assert(records[slot].firedStep == 0)
    guard records[slot].planned_ns != limit_ns else { return false }
    records[slot].planned_ns = limit_ns
    records[slot].isSnoozed = false
    return true
  }

  /// The limit of other plans.
  mutating func replan(_ slot: UInt32, limit_ns: Int64) {
    assert(records[slot].firedStep == 0)
    records[slot].planned_ns = limit_ns
    records[slot].own_ns = limit_ns
  }

  // Steps

  /// The step that fires next is one of the chain, which may be shorter than it was.
  mutating func clampStep(_ slot: UInt32, count: Int32) {
    records[slot].step = min(max(records[slot].step, 0), count - 1)
  }

  /// A step fires, 1-based; the limit is kept to judge by.
  mutating func fire(_ slot: UInt32, step: Int32, cycle: Int32, limit_ns: Int64) {
    assert((cycle, step) > (records[slot].firedCycle, records[slot].firedStep))
    records[slot].cycle = cycle
    records[slot].own_ns = limit_ns
    records[slot].firedStep = step
    records[slot].firedCycle = cycle
    records[slot].isTaken = false
    records[slot].isSnoozed = false
  }

  mutating func go(_ slot: UInt32, to place: ChainPlace) {
    records[slot].step = place.step
    records[slot].cycle = place.cycle
    records[slot].isRepeating = place.isRepeating
    records[slot].planned_ns = place.due_ns
  }

  /// A step found somebody.
  mutating func reach(_ slot: UInt32) { records[slot].hasReached = true }

  /// No step did: the last resort has it.
  mutating func resort(_ slot: UInt32, cycle: Int32, isRepeating: Bool) {
    records[slot].isLastResort = true
    records[slot].cycle = cycle
    records[slot].isRepeating = isRepeating
  }

  /// What comes next comes then.
  mutating func replan(_ slot: UInt32, due_ns: Int64) { records[slot].planned_ns = due_ns }

  /// The first step, or the next, comes now; the limit stays where it is.
  mutating func hasten(_ slot: UInt32, now_ns: Int64) {
    records[slot].step = max(records[slot].step, 0)
    records[slot].planned_ns = now_ns
  }

  // What people and merges do

  /// `until_ns` nil: until the clock stops.
  mutating func take(_ slot: UInt32, until_ns: Int64?) {
    assert(records[slot].firedStep > 0)
    records[slot].isTaken = true
    records[slot].isSnoozed = false
    if let until_ns { records[slot].planned_ns = until_ns } else { records[slot].due_ns = .max }
  }

  /// Before the limit it is the limit that is put off; its warning is spared.
  mutating func snooze(_ slot: UInt32) {
    if records[slot].step < 0 { warn(slot) }
    records[slot].isSnoozed = true
  }

  mutating func endSnooze(_ slot: UInt32) { records[slot].isSnoozed = false }

  /// A person wants the next step now.
  mutating func setDue(_ slot: UInt32, _ due_ns: Int64) {
    assert(!isArmed(slot))
    records[slot].due_ns = due_ns
  }

  mutating func set(_ slot: UInt32, isSuspended: Bool) { records[slot].isSuspended = isSuspended }

  // Cycles

  /// A new incident or assignment has its slot: its clocks count from 0.
  mutating func clearCycles(incident: UInt32) { clearCycles(owner: Int(incident)) }
  mutating func clearCycles(assignment: UInt32) {
    clearCycles(owner: limits.incidents + Int(assignment))
  }
  private mutating func clearCycles(owner: Int) {
    let first = owner * ClockCycles.perOwner
    for place in first..<first + ClockCycles.perOwner { nextCycles[place] = 0 }
  }

  /// Takes the number for a beginning of the clock.
  mutating func takeCycle(_ kind: ClockKind, slot: UInt32) -> Int32 {
    let place = ClockCycles.place(kind, slot: slot, limits)
    let cycle = nextCycles[place]
    nextCycles[place] = cycle &+ 1
    return cycle
  }

  /// A firing used the number.
  mutating func useCycle(_ cycle: Int32, _ kind: ClockKind, slot: UInt32) {
    let place = ClockCycles.place(kind, slot: slot, limits)
    nextCycles[place] = max(nextCycles[place], cycle &+ 1)
  }

  // For tests: the structure forgets a deadline, or believes in another time for it

  var filed: Int { deadlines.count }
  mutating func lose(_ slot: UInt32) { deadlines.cancel(slot: slot) }
  mutating func misfile(_ slot: UInt32, due_ns: Int64) {
    deadlines.arm(slot: slot, due_ns: due_ns)
  }

  // In a state

  /// Before any clock is read.
  mutating func begin(at now_ns: Int64) { deadlines.begin(at: now_ns) }

  /// Clocks of one owner and their cycles. Slots of another size of table are others: what is kept is whose clock it
  /// is, and which.
  mutating func code(incident: UInt32, _ coder: inout StateCoder) {
    let first = ClockSlot.of(.pending, incident: incident)
    for slot in first..<first + UInt32(ClockSlot.perIncident) {
      code(slot, &coder) { !$0.isOfAssignment && ClockSlot.of($0, incident: incident) == slot }
    }
    codeCycles(owner: Int(incident), &coder)
  }
  mutating func code(assignment: UInt32, _ coder: inout StateCoder) {
    let limits = limits
    let first = ClockSlot.of(.acknowledge, assignment: assignment, limits)
    for slot in first..<first + UInt32(ClockSlot.perAssignment) {
      code(slot, &coder) {
        $0.isOfAssignment && ClockSlot.of($0, assignment: assignment, limits) == slot
      }
    }
    codeCycles(owner: limits.incidents + Int(assignment), &coder)
  }

  /// `fits`: a clock of this kind has its place in the slot.
  private mutating func code(
    _ slot: UInt32, _ coder: inout StateCoder, fits: (ClockKind) -> Bool
  ) {
    records[slot].code(&coder)
    coder.demand(
      !records[slot].isRunning || fits(records[slot].kind), "a clock stands in another's place")
    guard coder.isReading, coder.isGood, records[slot].isRunning, records[slot].due_ns != .max,
      !records[slot].isSuspended
    else { return }
    _ = arm(slot, due_ns: records[slot].due_ns)
  }

  private mutating func codeCycles(owner: Int, _ coder: inout StateCoder) {
    let first = owner * ClockCycles.perOwner
    for place in first..<first + ClockCycles.perOwner {
      coder.code(&nextCycles[place], 0...1 << 30)
    }
  }

  // What is true between two commands

  /// By themselves; how clocks stand to their incidents and assignments is said in Validation.
  func validate(_ invariants: inout Invariants) {
    var found = 0
    for slot in 0..<UInt32(records.count) {
      let isArmed = isArmed(slot)
      if isArmed { found += 1 }
      guard records[slot].isRunning else {
        invariants.hold(!isArmed, "a deadline belongs to a clock that runs", slot)
        continue
      }
      let wantsDeadline = records[slot].due_ns != .max && !records[slot].isSuspended
      invariants.hold(isArmed == wantsDeadline, "a clock that runs is armed, once", slot)
      invariants.hold(
        !isArmed || deadlines.due_ns(of: slot) == records[slot].due_ns,
        "a deadline is due when its clock is", slot)
      invariants.hold(
        records[slot].cycle
          <= nextCycles[ClockCycles.place(records[slot].kind, slot: slot, limits)],
        "a clock's cycle was drawn", slot)
    }
    invariants.hold(
      found == deadlines.count, "the structure of deadlines holds what is armed", found)
    invariants.hold(found == armed, "armed deadlines are counted", found)
  }
}
