// What is true of watches between two commands.

import HujiaContainers

extension EngineCore {
  func validateWatches(_ invariants: inout Invariants) {
    invariants.hold(watches.slots.isConsistent(), "a watch's slot is live or free", 0)
    invariants.hold(
      watches.index.count == watches.slots.live, "the index knows every watch and no other",
      watches.index.count)
    invariants.hold(
      counters.read(Counter.watches) == Int64(watches.slots.live),
      "the counter of watches counts them", watches.slots.live)
    var armed = 0
    for slot in 0..<UInt32(watches.slots.touched) {
      let isArmed = watches.deadlines.isArmed(slot: slot)
      if isArmed { armed += 1 }
      guard watches.slots.isLive(slot) else {
        invariants.hold(!isArmed, "a watch that is gone has no deadline", slot)
        continue
      }
      let watch = watches.records[slot]
      invariants.hold(watches.index.find(watch.id) == slot, "a watch is found by its id", slot)
      invariants.hold(
        isArmed == (watch.due_ns != .max), "a watch is armed while it waits for a time", slot)
      if watch.state == .present {
        invariants.hold(
          watch.due_ns == .max || watch.due_ns <= firstStepDue_ns(slot),
          "a silence is looked at no later than it is an absence", slot)
      }
      guard watch.incidentID != 0 else { continue }
      let incident = incidents.slot(of: watch.incidentID)
      invariants.hold(
        incident.map { incidents[$0].watch == slot + 1 } ?? false,
        "a watch and the incident that it opened name each other", slot)
    }
    invariants.hold(
      armed == watches.deadlines.count, "the structure of watches' deadlines holds what is armed",
      armed)
  }
}
