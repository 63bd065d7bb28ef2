// What a merge means for clocks: the earliest receipt holds, those of what was merged wait, and an arrival at one is
// the arrival of all.

extension EngineCore {
  /// The limits that count from the receipt count from the earliest of all that belong to the incident, as long as they
  /// have not passed.
  mutating func followReceipts(of incident: UInt32) {
    var start_ns = incidents[incident].ownStart_ns
    var isAnyOnPaper = incidents[incident].isCatchUp
    var wall_us = known(incidents[incident].ownReceivedWall_us)
    var filed = incidents[incident].firstMerged
    while filed != IncidentRecord.none {
      start_ns = min(start_ns, incidents[filed].ownStart_ns)
      wall_us = min(wall_us, known(incidents[filed].ownReceivedWall_us))
      if incidents[filed].isCatchUp { isAnyOnPaper = true }
      filed = incidents[filed].nextLinked
    }
    incidents.setReceipt(incident, start_ns: start_ns, wall_us: wall_us)
    let kinds: InlineArray<2, ClockKind> = [.pending, .resolve]
    for index in kinds.indices {
      let kind = kinds[index]
      let slot = ClockSlot.of(kind, incident: incident)
      let record = clocks[slot]
      guard clocks.isRunning(kind, slot: slot), record.firedStep == 0, !record.isSuspended,
        let promise = promise(kind, incident: incident), promise.canStart
      else { continue }
      let limit_ns =
        start_ns < incidents[incident].ownStart_ns
        ? min(record.own_ns, start_ns.adding(ms: promise.limit_ms)) : record.own_ns
      // A receipt from paper fires nothing old.
      if isAnyOnPaper, limit_ns <= time.now_ns { continue }
      if clocks.plan(slot, limit_ns: limit_ns) { aim(slot, incident: incident) }
    }
  }

  mutating func suspend(_ kind: ClockKind, _ incident: UInt32) {
    let slot = ClockSlot.of(kind, incident: incident)
    guard clocks.isRunning(kind, slot: slot) else { return }
    clocks.set(slot, isSuspended: true)
    disarm(slot)
  }

  mutating func resume(_ kind: ClockKind, _ incident: UInt32) {
    let slot = ClockSlot.of(kind, incident: incident)
    guard clocks.isRunning(kind, slot: slot), clocks[slot].isSuspended else { return }
    clocks.set(slot, isSuspended: false)
    let breach = breaches.take(clock: slot)
    counters.add(Counter.breaches, breaches.reopen(breach, clock: slot))
    if clocks[slot].due_ns != .max { rearm(slot, due_ns: clocks[slot].due_ns) }
  }

  /// An arrival at one of the merged is the arrival of all: a breach of the root's promise ends there.
  mutating func settleByMerged(_ root: UInt32) {
    let slot = ClockSlot.of(.arrival, incident: root)
    guard clocks.isRunning(.arrival, slot: slot), breaches.isNoted(clock: slot) else { return }
    settle(slot, at_ns: incidents.mergedArrival_ns(root))
  }
}
