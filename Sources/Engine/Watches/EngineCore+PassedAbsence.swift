// Of a watch that an engine finds overdue when it comes back: the same rule as for every clock.

import HujiaContainers

extension EngineCore {
  func isPassedOver(watch slot: UInt32) -> Bool {
    guard mayPassOver else { return false }
    let record = watches[slot]
    let firing = PassedStep(
      incidentID: record.incidentID, assignmentID: 0, watchID: record.id, clock: .absence,
      step: record.step + 1, cycle: record.cycle, due_ns: record.due_ns)
    return isPassedOver(firing) { isOvertaken(watch: slot) }
  }

  private func isOvertaken(watch slot: UInt32) -> Bool {
    let record = watches[slot]
    let policy = absencePolicy(slot)
    guard record.due_ns <= restedUntil_ns, policy.stepCount > 0 else { return false }
    let place = ChainPlace(
      step: min(record.step, policy.stepCount - 1), cycle: record.cycle,
      isRepeating: watches[chain: slot].isRepeating, due_ns: record.due_ns)
    return Chain(policy, in: plans.tables(plans.current)).isOvertaken(place, by: restedUntil_ns)
  }
}
