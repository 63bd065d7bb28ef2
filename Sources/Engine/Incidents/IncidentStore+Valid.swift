// What is true of incidents between two commands, by themselves. How they stand to units, clocks and what waits is said
// in Validation.

extension IncidentStore {
  func validate(_ invariants: inout Invariants) {
    invariants.hold(isPoolConsistent, "an incident's slot is live or free", 0)
    for slot in 0..<UInt32(touched) where isLive(slot) { validate(slot, &invariants) }
    validateCallbacks(&invariants)
    validateNames(&invariants)
  }

  private func validate(_ slot: UInt32, _ invariants: inout Invariants) {
    let isOver = !self[slot].state.isOpen && self[slot].state != .merged
    invariants.hold(
      self[slot].liveCount <= UInt32(EngineLimits.chosen)
        && self[slot].refusalCount <= UInt32(EngineLimits.chosen),
      "an incident's lists have their room", slot)
    invariants.hold(
      !isOver || self[slot].liveCount == 0, "an incident that is over has no units", slot)
    invariants.hold(
      self[slot].hasArrived == (self[slot].arrivedWall_us != 0)
        && self[slot].hasArrived == (self[times: slot].arrived_ns != .max),
      "an incident says everywhere alike whether somebody arrived", slot)
    invariants.hold(
      self[slot].servedSeats & self[slot].sparedSeats == self[slot].sparedSeats
        && self[details: slot].servedNeeds & self[details: slot].sparedNeeds
          == self[details: slot].sparedNeeds,
      "a seat that is spared is served", slot)
    invariants.hold(
      !self[slot].isLeftAlone || self[slot].hasArrived,
      "what was left alone had somebody there", slot)
    validateMerged(under: slot, &invariants)
    guard self[slot].state == .merged else { return }
    let root = self[slot].mergedInto
    invariants.hold(
      isLive(root) && self[root].state.isOpen,
      "what a merged incident was merged into is open", slot)
  }

  private func validateMerged(under root: UInt32, _ invariants: inout Invariants) {
    var here = self[root].firstMerged
    var before = IncidentRecord.none
    var steps = 0
    while here != IncidentRecord.none, steps <= touched {
      invariants.hold(
        self[here].state == .merged && self[here].mergedInto == root
          && self[here].previousLinked == before,
        "the list of merged incidents leads forward and back", here)
      before = here
      here = self[here].nextLinked
      steps += 1
    }
  }

  private func validateCallbacks(_ invariants: inout Invariants) {
    var here = firstCallback
    var before = IncidentRecord.none
    var listed = 0
    while here != IncidentRecord.none, listed <= touched {
      invariants.hold(
        self[here].state == .closed && self[here].previousLinked == before,
        "the list of call-backs holds closed incidents, forward and back", here)
      before = here
      here = self[here].nextLinked
      listed += 1
    }
    invariants.hold(before == lastCallback, "the list of call-backs ends at its end", before)
  }

  /// How many are filed under an incident.
  func mergedCount(under root: UInt32) -> Int {
    var count = 0
    var here = self[root].firstMerged
    while here != IncidentRecord.none, count <= touched {
      count += 1
      here = self[here].nextLinked
    }
    return count
  }
}
