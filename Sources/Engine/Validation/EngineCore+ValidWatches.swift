// How watches stand to plans and to the incidents that they opened, between two commands.

import HujiaContainers

extension EngineCore {
  func validateWatches(_ invariants: inout Invariants) {
    invariants.hold(
      counters.read(Counter.watches) == Int64(watches.live),
      "the counter of watches counts them", watches.live)
    for slot in 0..<UInt32(watches.touched) where watches.isLive(slot) {
      let watch = watches[slot]
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
  }
}
