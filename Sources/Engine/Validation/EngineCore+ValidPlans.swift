// What is true of plan versions between two commands.

import HujiaContainers

extension EngineCore {
  /// Each version is held once by the plan of every open incident that was matched in it, and once by the clocks of
  /// every incident that follow it and may still run.
  func validatePlans(_ invariants: inout Invariants) {
    var holds: InlineArray<8, Int> = .init(repeating: 0)
    for slot in 0..<UInt32(incidents.touched) where incidents.isLive(slot) {
      let incident = incidents[slot]
      let isOpen = incident.state.isOpen || incident.state == .merged
      if isOpen { holds[Int(incident.planVersion)] += 1 }
      if isOpen || clocks.isRunning(.callback, slot: ClockSlot.of(.callback, incident: slot)) {
        holds[Int(incident.clockVersion)] += 1
      }
    }
    for version in 0..<PlanVersions.limit {
      invariants.hold(
        plans.holds(version) == holds[version], "a version of the plans is held by its incidents",
        version)
    }
  }
}
