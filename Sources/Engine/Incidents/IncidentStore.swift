// Read first in this folder. Everything that is kept of incidents, by slot. Reading is free; what changes is said in
// verbs, each of which keeps together what belongs together. Must never: start a clock, emit an event, ask plans.

import HujiaContainers
import HujiaRoads

package struct IncidentStore: ~Copyable {
  private let inPlace = InPlace()
  private let records: Block<IncidentRecord>
  /// What is seldom asked for lies apart, so that a walk over many records stays short.
  private let details: Block<IncidentDetails>
  private let times: Block<IncidentTimes>
  private var slots: SlotPool
  private var names: IncidentNames
  /// Per incident `EngineLimits.chosen` live assignments, oldest first, and the units that it will not ask again.
  private let assignments: Block<UInt32>
  private let refusals: Block<UInt64>
  /// Incidents that are over, oldest first: their slots are reused when no fresh one is left.
  private var over: Ring<UInt32>
  /// Closed incidents that wait for their call-back, oldest first, linked through their records.
  private(set) var firstCallback = IncidentRecord.none
  private(set) var lastCallback = IncidentRecord.none

  init(_ memory: Memory, _ limits: EngineLimits) throws(OutOfMemory) {
    let records = try Block<IncidentRecord>(memory, count: limits.incidents)
    let details = try Block<IncidentDetails>(memory, count: limits.incidents)
    let slots = try SlotPool(memory, capacity: limits.incidents)
    let names = try IncidentNames(memory, incidents: limits.incidents)
    let assignments = try Block<UInt32>(memory, count: limits.seats)
    let refusals = try Block<UInt64>(memory, count: limits.seats)
    let over = try Ring<UInt32>(memory, capacity: limits.incidents)
    let times = try Block<IncidentTimes>(memory, count: limits.incidents)
    self.records = records
    self.details = details
    self.slots = slots
    self.names = names
    self.assignments = assignments
    self.refusals = refusals
    self.over = over
    self.times = times
  }

  // Reading

  @inline(__always) package subscript(slot: UInt32) -> IncidentRecord {
    unsafeAddress { UnsafePointer(records.base + checked(slot)) }
  }
  @inline(__always) package subscript(details slot: UInt32) -> IncidentDetails {
    unsafeAddress { UnsafePointer(details.base + checked(slot)) }
  }
  @inline(__always) subscript(times slot: UInt32) -> IncidentTimes {
    unsafeAddress { UnsafePointer(times.base + checked(slot)) }
  }
  @inline(__always) private func checked(_ slot: UInt32) -> Int {
    assert(Int(slot) < records.count)
    return Int(slot)
  }

  /// Live assignment `place` (0 ..< liveCount) of an incident.
  @inline(__always) package func assignment(of slot: UInt32, _ place: Int) -> UInt32 {
    assert(place < Int(records[slot].liveCount))
    return assignments[Int(slot) * EngineLimits.chosen + place]
  }
  @inline(__always) func refusal(of slot: UInt32, _ place: Int) -> UInt64 {
    assert(place < Int(records[slot].refusalCount))
    return refusals[Int(slot) * EngineLimits.chosen + place]
  }
  func hasRefused(_ unit: UInt64, _ slot: UInt32) -> Bool {
    for place in 0..<Int(records[slot].refusalCount) where refusal(of: slot, place) == unit {
      return true
    }
    return false
  }

  @inline(__always) package func slot(of id: UInt64) -> UInt32? { slots.slot(of: id) }
  @inline(__always) package func id(of slot: UInt32) -> UInt64 { slots.id(of: slot) }
  @inline(__always) package func isLive(_ slot: UInt32) -> Bool { slots.isLive(slot) }
  package var touched: Int { slots.touched }
  /// So many slots at most are in use at once; what is beyond the table does not count.
  var bound: Int {
    get { slots.bound }
    set { slots.bound = min(newValue, slots.capacity) }
  }
  var isAnyOver: Bool { !over.isEmpty }
  var isPoolConsistent: Bool { slots.isConsistent() }

  /// A sum over all slots that may be used again.
  var overSpread: UInt64 {
    var sum: UInt64 = 0
    for index in 0..<over.count { sum &+= Spread.of(over.element(index)) }
    return sum
  }

  /// The one opened last with a key, the one that got a reference last, of all whose record is kept.
  func find(keyHigh: UInt64, _ keyLow: UInt64) -> UInt32? {
    names.find(keyHigh: keyHigh, keyLow, records)
  }
  func find(_ reference: Reference) -> UInt32? { names.find(reference, details) }

  /// Names lead to incidents again whose records were read back. Cold.
  mutating func nameAnew() {
    names.fileAnew((0..<UInt32(touched)).filter { isLive($0) }, records, details)
  }

  func validateNames(_ invariants: inout Invariants) {
    names.validate(touched, { isLive($0) }, records, details, &invariants)
  }

  func reference(of slot: UInt32) -> Reference {
    records[slot].hasReference ? details[slot].reference : Reference()
  }

  // Opening

  mutating func take() -> UInt32? { slots.take() }

  /// The slot of the incident that has been over longest.
  mutating func reuse() -> UInt32? {
    guard let oldest = over.popFirst() else { return nil }
    assert(!records[oldest].state.isOpen && records[oldest].liveCount == 0)
    names.remove(oldest, records)
    slots.giveBack(oldest)
    return slots.take()
  }

  mutating func open(_ slot: UInt32, _ record: IncidentRecord, _ report: IncidentReport) {
    assert(slots.isLive(slot) && record.liveCount == 0)
    records[slot] = record
    details[slot] = IncidentDetails()
    details[slot].needs = report.needs
    details[slot].reference = report.reference
    records[slot].hasNeeds = report.needs != 0
    records[slot].hasReference = report.reference.isStated
    times[slot] = IncidentTimes()
    names.enter(slot, records, details)
  }

  // What people say of it

  /// 0 and none = as it is; the flags are those of the change.
  mutating func change(_ slot: UInt32, by change: IncidentReport, movesPlace: Bool) {
    if change.tier != .none { records[slot].tier = change.tier }
    if change.type != 0 { records[slot].type = change.type }
    records[slot].flags = change.flags
    if change.needs != 0 {
      let kept = records[slot].hasNeeds ? details[slot].needs & change.needs : 0
      details[slot].needs = change.needs
      details[slot].servedNeeds &= kept
      details[slot].sparedNeeds &= kept
      records[slot].hasNeeds = true
    }
    if change.reference.isStated {
      if details[slot].reference != change.reference {
        names.removeReference(slot, records)
        details[slot].reference = change.reference
        names.enterReference(slot, details)
      }
      records[slot].hasReference = true
    }
    guard movesPlace else { return }
    records[slot].place = change.place
    records[slot].lat_e7 = change.lat_e7
    records[slot].lon_e7 = change.lon_e7
  }

  /// Where it is on another map.
  mutating func move(_ slot: UInt32, to place: Place) { records[slot].place = place }

  /// Seats that were served stay so while the plan is the same.
  mutating func follow(_ slot: UInt32, plan: PlanMatch, version: UInt32) {
    if plan.plan != records[slot].plan.plan || version != records[slot].planVersion {
      records[slot].servedSeats = 0
      records[slot].sparedSeats = 0
    }
    records[slot].plan = plan
    records[slot].planVersion = version
  }

  mutating func followClocks(_ slot: UInt32, version: UInt32) {
    records[slot].clockVersion = version
  }

  mutating func lead(_ slot: UInt32, agency: UInt32) { records[slot].lead = agency }

  /// The newest act of a person on it.
  mutating func sign(_ slot: UInt32, _ act: Act) {
    records[slot].operatorID = act.operatorID
    records[slot].operatorReason = act.reason
    details[slot].operatorSession = act.sessionID
    details[slot].operatorRole = act.role
  }

  /// The watch that opened it; nil = it belongs to none any more.
  mutating func link(_ slot: UInt32, toWatch watch: UInt32?) {
    records[slot].watch = watch.map { $0 + 1 } ?? 0
  }

  // States

  /// Held until its appointment.
  mutating func hold(_ slot: UInt32) {
    assert(records[slot].state == .pending && records[slot].liveCount == 0)
    records[slot].state = .held
  }

  /// Its limits count from then.
  mutating func release(_ slot: UInt32, at_ns: Int64) {
    assert(records[slot].state == .held)
    records[slot].state = .pending
    records[slot].received_ns = at_ns
    records[slot].start_ns = at_ns
    records[slot].ownStart_ns = at_ns
  }

  /// What follows from its assignments.
  mutating func become(_ slot: UInt32, _ state: IncidentState) {
    assert(records[slot].state.isOpen && records[slot].state != .held && state.isOpen)
    records[slot].state = state
  }

  mutating func end(_ slot: UInt32, as state: IncidentState, disposition: Int32, wall_us: Int64) {
    assert(records[slot].state.isOpen && !records[slot].isWaiting && !state.isOpen)
    records[slot].state = state
    records[slot].disposition = disposition
    records[slot].closedWall_us = max(wall_us, 1)
  }

  /// Its slot may be used again.
  mutating func release(over slot: UInt32) {
    assert(!records[slot].state.isOpen && records[slot].liveCount == 0)
    _ = over.append(slot)
  }

  /// It is closed and waits for its call-back, behind all that do.
  mutating func awaitCallback(_ slot: UInt32) {
    assert(records[slot].state == .closed)
    records[slot].previousLinked = lastCallback
    records[slot].nextLinked = IncidentRecord.none
    if lastCallback == IncidentRecord.none {
      firstCallback = slot
    } else {
      records[lastCallback].nextLinked = slot
    }
    lastCallback = slot
  }

  mutating func endCallback(_ slot: UInt32) {
    let (before, after) = (records[slot].previousLinked, records[slot].nextLinked)
    if before == IncidentRecord.none {
      assert(firstCallback == slot)
      firstCallback = after
    } else {
      records[before].nextLinked = after
    }
    if after == IncidentRecord.none {
      assert(lastCallback == slot)
      lastCallback = before
    } else {
      records[after].previousLinked = before
    }
  }

  /// `wall_us` nil: nobody asked.
  mutating func archive(_ slot: UInt32, calledBackWall_us wall_us: Int64?) {
    assert(records[slot].state == .closed)
    records[slot].state = .archived
    if let wall_us { records[slot].calledBackWall_us = max(wall_us, 1) }
  }

  mutating func note(_ slot: UInt32, outcome: Int32) { details[slot].outcome = outcome }

  // Repeats

  /// Held as a likely repeat.
  mutating func suspect(_ slot: UInt32, of root: UInt64) {
    assert(records[slot].state == .pending && records[slot].liveCount == 0)
    records[slot].isSuspected = true
    details[slot].repeatOf = root
  }

  /// Somebody answered.
  mutating func clearSuspicion(_ slot: UInt32) {
    records[slot].isSuspected = false
    details[slot].repeatOf = 0
  }

  mutating func noteRepeatUnits(_ slot: UInt32, _ count: Int) {
    details[slot].repeatUnits &+= UInt32(count)
  }

  mutating func addCall(_ slot: UInt32) { details[slot].calls &+= 1 }

  // Merging

  mutating func merge(_ slot: UInt32, under root: UInt32) {
    assert(slot != root && records[slot].state.isOpen)
    assert(records[slot].firstMerged == IncidentRecord.none)
    records[slot].state = .merged
    file(slot, under: root)
  }

  /// What was filed under one incident is filed under another.
  mutating func refile(_ slot: UInt32, under root: UInt32) {
    unfile(slot)
    file(slot, under: root)
  }

  /// It has a state of its own again.
  mutating func separate(_ slot: UInt32) {
    unfile(slot)
    records[slot].state = .pending
  }

  private mutating func file(_ slot: UInt32, under root: UInt32) {
    assert(records[slot].state == .merged && records[root].state.isOpen)
    records[slot].mergedInto = root
    let first = records[root].firstMerged
    records[slot].previousLinked = IncidentRecord.none
    records[slot].nextLinked = first
    if first != IncidentRecord.none { records[first].previousLinked = slot }
    records[root].firstMerged = slot
  }

  private mutating func unfile(_ slot: UInt32) {
    assert(records[slot].state == .merged)
    let (before, after) = (records[slot].previousLinked, records[slot].nextLinked)
    if before == IncidentRecord.none {
      records[records[slot].mergedInto].firstMerged = after
    } else {
      records[before].nextLinked = after
    }
    if after != IncidentRecord.none { records[after].previousLinked = before }
    records[slot].mergedInto = IncidentRecord.none
  }

  /// The receipt that holds, of all that belong to it.
  mutating func setReceipt(_ slot: UInt32, start_ns: Int64, wall_us: Int64) {
    records[slot].start_ns = start_ns
    records[slot].receivedWall_us = wall_us
  }

  // Assignments

  mutating func attach(_ assignment: UInt32, to slot: UInt32) {
    let count = Int(records[slot].liveCount)
    assert(count < EngineLimits.chosen)
    assignments[Int(slot) * EngineLimits.chosen + count] = assignment
    records[slot].liveCount += 1
  }

  mutating func detach(_ assignment: UInt32, from slot: UInt32) {
    let first = Int(slot) * EngineLimits.chosen
    let live = Int(records[slot].liveCount)
    var place = 0
    while assignments[first + place] != assignment { place += 1 }
    assert(place < live)
    while place + 1 < live {
      assignments[first + place] = assignments[first + place + 1]
      place += 1
    }
    records[slot].liveCount -= 1
  }

  /// A unit that this incident will not ask again. The oldest refusal is forgotten when sixteen are remembered.
  mutating func refuse(_ unit: UInt64, by slot: UInt32) {
    let first = Int(slot) * EngineLimits.chosen
    if Int(records[slot].refusalCount) == EngineLimits.chosen {
      for place in 1..<EngineLimits.chosen { refusals[first + place - 1] = refusals[first + place] }
      records[slot].refusalCount -= 1
    }
    refusals[first + Int(records[slot].refusalCount)] = unit
    records[slot].refusalCount += 1
  }

  /// Takes the newest refusal back.
  mutating func takeBackRefusal(_ slot: UInt32) {
    assert(records[slot].refusalCount > 0)
    records[slot].refusalCount -= 1
  }

  /// The first dispatch. Before the first poll the wall time is unknown (0): 1 stands for "dispatched, time unknown".
  mutating func dispatch(_ slot: UInt32, wall_us: Int64) {
    records[slot].dispatchedWall_us = max(wall_us, 1)
  }

  /// All its units left before any had arrived; false: one is on its way.
  mutating func set(_ slot: UInt32, isUnmanned: Bool) { records[slot].isUnmanned = isUnmanned }
  /// A graver call took a unit; a person took the last one off the scene (false: somebody came).
  mutating func noteRobbed(_ slot: UInt32) { details[slot].robbed &+= 1 }
  mutating func set(_ slot: UInt32, isLeftAlone: Bool) { records[slot].isLeftAlone = isLeftAlone }

  // Seats and needs

  mutating func set(_ slot: UInt32, shortfall: Shortfall) { records[slot].shortfall = shortfall }
  mutating func set(_ slot: UInt32, isWaiting: Bool) {
    assert(records[slot].isWaiting != isWaiting)
    records[slot].isWaiting = isWaiting
  }

  /// Nobody else is sent for a seat: its unit was there, or it is not needed any more.
  mutating func serve(_ slot: UInt32, seat: UInt32, wasThere: Bool) {
    if wasThere {
      records[slot].sparedSeats &= ~seat
    } else if records[slot].servedSeats & seat == 0 {
      records[slot].sparedSeats |= seat
    }
    records[slot].servedSeats |= seat
  }

  /// The same for what is asked for beside the plan and the unit brought.
  mutating func serve(_ slot: UInt32, needs capabilities: UInt64, wasThere: Bool) {
    guard records[slot].hasNeeds else { return }
    let before = details[slot].servedNeeds
    let served = capabilities & details[slot].needs
    details[slot].servedNeeds |= served
    if wasThere {
      details[slot].sparedNeeds &= ~served
    } else {
      details[slot].sparedNeeds |= served & ~before
    }
  }

  /// Nobody was there after all: what was spared is wanted again.
  mutating func openSpared(_ slot: UInt32) {
    records[slot].servedSeats &= ~records[slot].sparedSeats
    records[slot].sparedSeats = 0
    guard records[slot].hasNeeds else { return }
    details[slot].servedNeeds &= ~details[slot].sparedNeeds
    details[slot].sparedNeeds = 0
  }

  // Times

  /// The first unit was sent, or the first after all had left.
  mutating func noteDispatch(_ slot: UInt32, at_ns: Int64, agency: UInt32, beat: UInt32) {
    if !times[slot].isDispatched {
      times[slot].dispatched_ns = at_ns
      times[slot].arrivalFrom_ns = at_ns
    }
    times[slot].isDispatched = true
    times[slot].agency = agency
    times[slot].beat = beat
  }

  mutating func setArrivalFrom(_ slot: UInt32, _ from_ns: Int64) {
    times[slot].arrivalFrom_ns = from_ns
  }

  /// The first arrival that counts; one that never was takes the arrival back.
  mutating func arrive(_ slot: UInt32, _ arrival: Arrival) {
    times[slot].arrived_ns = arrival.at_ns
    times[slot].arrivedAgency = arrival.agency
    times[slot].arrivedBeat = arrival.beat
    records[slot].hasArrived = arrival.at_ns != .max
    records[slot].arrivedWall_us = arrival.at_ns != .max ? max(arrival.wall_us, 1) : 0
  }

  /// A unit leaves that had arrived; it had signed at `signed_ns`, nil = in no words.
  mutating func noteLeaving(_ slot: UInt32, _ arrival: Arrival, signed_ns: Int64?) {
    if arrival.at_ns < times[slot].left.at_ns { times[slot].left = arrival }
    guard arrival.agency != 0 else { return }
    if arrival.at_ns < times[slot].leftArrived_ns {
      times[slot].leftArrived_ns = arrival.at_ns
      times[slot].leftArrivedAgency = arrival.agency
    }
    if let signed_ns, signed_ns < times[slot].leftSigned_ns {
      times[slot].leftSigned_ns = signed_ns
      times[slot].leftSignedAgency = arrival.agency
    }
  }

  // In a state

  mutating func code(_ coder: inout StateCoder, assignments most: Int) {
    coder.section(0x6964_6e49)
    slots.code(&coder)
    let count = slots.touched
    for slot in 0..<UInt32(count) where slots.isLive(slot) {
      records[slot].code(&coder, slots: count)
      details[slot].code(&coder)
      times[slot].code(&coder)
      let first = Int(slot) * EngineLimits.chosen
      for place in first..<first + Int(records[slot].liveCount) {
        coder.code(&assignments[place], below: most)
      }
      for place in first..<first + Int(records[slot].refusalCount) { coder.code(&refusals[place]) }
    }
    coder.code(&firstCallback, below: count, none: IncidentRecord.none)
    coder.code(&lastCallback, below: count, none: IncidentRecord.none)
    over.code(&coder, blank: 0) { $1.code(&$0, below: count) }
    names.code(&coder)
    guard coder.isReading else { return }
    for slot in 0..<UInt32(count) where slots.isLive(slot) && records[slot].state == .merged {
      coder.demand(
        records[slot].mergedInto != IncidentRecord.none && slots.isLive(records[slot].mergedInto),
        "an incident was merged into none")
    }
    if coder.isGood { nameAnew() }
  }
}
