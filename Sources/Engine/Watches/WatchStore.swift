// Everything that is kept of watches, sized at open, with deadlines of their own: a hundred thousand watches do not
// slow the clocks of incidents. What changes is said in verbs. Must never: ask plans, emit an event, open an incident.

import HujiaContainers
import HujiaDeadlines
import HujiaRoads

package struct WatchStore: ~Copyable {
  private let inPlace = InPlace()
  private let records: Block<WatchRecord>
  private let descriptions: Block<WatchDescription>
  private let chains: Block<WatchChain>
  /// The cycle that a new watch begins with: above those of all that were removed, for an id may come again.
  private var firstCycle: Int32 = 0
  private var slots: SlotPool
  private var index: IdIndex
  /// When to look at a watch again. A heartbeat only stores its time; a deadline that comes up before the watch is
  /// really silent is moved then, so it may be earlier than the truth and never later.
  private var deadlines: DeadlineWheel

  init(_ memory: Memory, capacity: Int) throws(OutOfMemory) {
    let records = try Block<WatchRecord>(memory, count: capacity)
    let descriptions = try Block<WatchDescription>(memory, count: capacity)
    let chains = try Block<WatchChain>(memory, count: capacity)
    let slots = try SlotPool(memory, capacity: capacity)
    let index = try IdIndex(memory, capacity: capacity)
    let deadlines = try DeadlineWheel(memory, capacity: capacity)
    self.records = records
    self.descriptions = descriptions
    self.chains = chains
    self.slots = slots
    self.index = index
    self.deadlines = deadlines
  }

  // Reading

  @inline(__always) package subscript(slot: UInt32) -> WatchRecord {
    unsafeAddress { UnsafePointer(records.base + checked(slot)) }
  }
  @inline(__always) subscript(description slot: UInt32) -> WatchDescription {
    unsafeAddress { UnsafePointer(descriptions.base + checked(slot)) }
  }
  @inline(__always) subscript(chain slot: UInt32) -> WatchChain {
    unsafeAddress { UnsafePointer(chains.base + checked(slot)) }
  }
  @inline(__always) private func checked(_ slot: UInt32) -> Int {
    assert(Int(slot) < records.count)
    return Int(slot)
  }
  @inline(__always) package func find(_ id: UInt64) -> UInt32? { index.find(id) }
  func isLive(_ slot: UInt32) -> Bool { slots.isLive(slot) }
  var touched: Int { slots.touched }
  var live: Int { slots.live }
  /// So many slots at most are in use at once; what is beyond the table does not count.
  var bound: Int {
    get { slots.bound }
    set { slots.bound = min(newValue, slots.capacity) }
  }

  /// When the structure believes that a watch is to be looked at; `Int64.max` = it does not know it.
  func armedDue_ns(_ slot: UInt32) -> Int64 { deadlines.due_ns(of: slot) }
  /// As in `DeadlineWheel`.
  @inline(__always) var nextDue_ns: Int64 { deadlines.next_due_ns }

  /// The cycle that the next absence begins with.
  func cycleAfter(_ slot: UInt32) -> Int32 {
    chains[slot].firedStep > 0 ? chains[slot].firedCycle &+ 1 : records[slot].cycle
  }

  // Coming and going

  /// nil = the table is full.
  mutating func enter(id: UInt64, seen_ns: Int64, seenWall_us: Int64) -> UInt32? {
    guard let slot = slots.take() else { return nil }
    guard index.insert(id, slot: slot) else {
      slots.giveBack(slot)
      return nil
    }
    records[slot] = WatchRecord(
      id: id, seen_ns: seen_ns, seenWall_us: seenWall_us, due_ns: .max, incidentID: 0, limit_s: 0,
      step: 0, cycle: firstCycle, state: .present)
    chains[slot] = WatchChain(cycle: firstCycle)
    return slot
  }

  mutating func describe(_ slot: UInt32, _ description: WatchDescription) {
    assert(slots.isLive(slot) && records[slot].id == description.id)
    descriptions[slot] = description
    records[slot].limit_s = description.limit_s
  }

  mutating func remove(_ slot: UInt32) {
    assert(records[slot].incidentID == 0)
    firstCycle = max(firstCycle, cycleAfter(slot))
    deadlines.cancel(slot: slot)
    _ = index.remove(records[slot].id)
    slots.giveBack(slot)
  }

  /// The open incident that it opened; 0 = none.
  mutating func link(_ slot: UInt32, to incidentID: UInt64) {
    records[slot].incidentID = incidentID
  }

  // Signs of life

  mutating func note(_ slot: UInt32, seenWall_us: Int64) {
    records[slot].seenWall_us = seenWall_us
  }

  /// A sign of life, if it is newer. True: its limit was put off until now, and runs again.
  mutating func see(_ slot: UInt32, at_ns seen_ns: Int64) -> Bool {
    guard seen_ns > records[slot].seen_ns else { return false }
    records[slot].seen_ns = seen_ns
    // A limit that was put off counts for the silence that was seen. A new one may be over before that.
    guard records[slot].step == WatchRecord.putOff else { return false }
    records[slot].step = 0
    return true
  }

  /// No absence counts; it ends by itself at `due_ns`.
  mutating func pause(_ slot: UInt32, until_ns due_ns: Int64) {
    assert(records[slot].state != .absent)
    records[slot].state = .paused
    records[slot].step = 0
    arm(slot, due_ns: due_ns)
  }

  /// `arm` comes next.
  mutating func resume(_ slot: UInt32, at_ns: Int64) {
    assert(records[slot].state == .paused)
    records[slot].state = .present
    records[slot].due_ns = .max
    records[slot].seen_ns = max(records[slot].seen_ns, at_ns)
  }

  // Deadlines

  mutating func draw(now_ns: Int64, steps: inout Int) -> Bool {
    deadlines.draw(now_ns: now_ns, steps: &steps)
  }
  mutating func popDrawn(now_ns: Int64) -> UInt32? { deadlines.popDrawn(now_ns: now_ns) }

  /// `Int64.max`: it waits for no time.
  mutating func arm(_ slot: UInt32, due_ns: Int64) {
    records[slot].due_ns = due_ns
    if due_ns == .max {
      deadlines.cancel(slot: slot)
    } else {
      deadlines.arm(slot: slot, due_ns: due_ns)
    }
  }

  /// The structure had lost its deadline.
  mutating func armLost(_ slot: UInt32, due_ns: Int64) {
    assert(slots.isLive(slot))
    deadlines.arm(slot: slot, due_ns: due_ns)
  }

  /// For tests: the structure forgets it.
  mutating func lose(_ slot: UInt32) { deadlines.cancel(slot: slot) }

  // Absence

  /// The chain begins; its first step fires next.
  mutating func beginAbsence(_ slot: UInt32, due_ns: Int64) {
    assert(records[slot].state == .present)
    records[slot].state = .absent
    records[slot].step = 0
    records[slot].due_ns = due_ns
    chains[slot] = WatchChain(cycle: records[slot].cycle)
  }

  /// A person wants the next step now: it is due now, and out of the structure.
  mutating func hasten(_ slot: UInt32, now_ns: Int64) {
    deadlines.cancel(slot: slot)
    records[slot].due_ns = now_ns
  }

  /// A step fires: of a chain that may be shorter than it was, so the last; one that has fired fires again as another
  /// firing.
  mutating func fire(_ slot: UInt32, stepCount: Int32) {
    assert(records[slot].state == .absent && stepCount > 0)
    records[slot].step = min(records[slot].step, stepCount - 1)
    let step = records[slot].step + 1
    if (records[slot].cycle, step) <= (chains[slot].firedCycle, chains[slot].firedStep) {
      records[slot].cycle = chains[slot].firedCycle &+ 1
    }
    chains[slot].firedStep = step
    chains[slot].firedCycle = records[slot].cycle
    chains[slot].isTaken = false
    chains[slot].isSnoozed = false
  }

  /// What comes next; nil = the chain rests.
  mutating func go(_ slot: UInt32, to place: ChainPlace?) {
    if let place {
      records[slot].step = place.step
      records[slot].cycle = place.cycle
      chains[slot].isRepeating = place.isRepeating
    }
    let due_ns = place?.due_ns ?? .max
    chains[slot].planned_ns = due_ns
    chains[slot].hasNext = due_ns != .max
    arm(slot, due_ns: due_ns)
  }

  /// Its incident keeps the promise from here on.
  mutating func rest(_ slot: UInt32) {
    chains[slot].planned_ns = .max
    chains[slot].hasNext = false
    arm(slot, due_ns: .max)
  }

  /// The watch is present; `arm` comes next.
  mutating func endAbsence(_ slot: UInt32) {
    assert(records[slot].state == .absent)
    records[slot].state = .present
    records[slot].due_ns = .max
    records[slot].step = 0
    records[slot].cycle = cycleAfter(slot)
    chains[slot] = WatchChain(cycle: records[slot].cycle)
  }

  // What people do

  /// `until_ns` nil: until the absence is over.
  mutating func take(_ slot: UInt32, until_ns: Int64?) {
    assert(chains[slot].firedStep > 0)
    chains[slot].isTaken = true
    chains[slot].isSnoozed = false
    if let until_ns { chains[slot].planned_ns = until_ns }
    arm(slot, due_ns: until_ns ?? .max)
  }

  /// Present: the limit is put off; absent: the next step.
  mutating func snooze(_ slot: UInt32, until_ns: Int64) {
    if records[slot].state == .present {
      records[slot].step = WatchRecord.putOff
      chains[slot].putOffUntil_ns = until_ns
    } else {
      chains[slot].isSnoozed = true
    }
    arm(slot, due_ns: until_ns)
  }

  // In a state

  /// Before any watch is read.
  mutating func begin(at now_ns: Int64) { deadlines.begin(at: now_ns) }

  mutating func code(_ coder: inout StateCoder) {
    coder.section(0x6374_6157)
    coder.code(&firstCycle, 0...1 << 30)
    slots.code(&coder)
    for slot in 0..<UInt32(slots.touched) where slots.isLive(slot) {
      records[slot].code(&coder)
      descriptions[slot].code(&coder)
      chains[slot].code(&coder)
      guard coder.isReading, coder.isGood else { continue }
      let isNew = index.find(records[slot].id) == nil && descriptions[slot].id == records[slot].id
      coder.demand(isNew && index.insert(records[slot].id, slot: slot), "a watch is there twice")
      if records[slot].due_ns != .max { deadlines.arm(slot: slot, due_ns: records[slot].due_ns) }
    }
  }

  /// On another map it is elsewhere.
  mutating func move(_ slot: UInt32, to place: Place) { descriptions[slot].place = place }

  // What is true between two commands

  /// By themselves; how watches stand to plans and incidents is said in Validation.
  func validate(_ invariants: inout Invariants) {
    invariants.hold(slots.isConsistent(), "a watch's slot is live or free", 0)
    invariants.hold(
      index.count == slots.live, "the index knows every watch and no other", index.count)
    var armed = 0
    for slot in 0..<UInt32(slots.touched) {
      let isArmed = deadlines.isArmed(slot: slot)
      if isArmed { armed += 1 }
      guard slots.isLive(slot) else {
        invariants.hold(!isArmed, "a watch that is gone has no deadline", slot)
        continue
      }
      invariants.hold(index.find(records[slot].id) == slot, "a watch is found by its id", slot)
      invariants.hold(
        isArmed == (records[slot].due_ns != .max), "a watch is armed while it waits for a time",
        slot)
      invariants.hold(
        records[slot].step != WatchRecord.putOff || records[slot].state == .present,
        "only the limit of a watch that is present is put off", slot)
      invariants.hold(
        chains[slot].firedStep == 0 || records[slot].state == .absent,
        "a step has fired of an absence alone", slot)
    }
    invariants.hold(
      armed == deadlines.count, "the structure of watches' deadlines holds what is armed", armed)
  }
}
