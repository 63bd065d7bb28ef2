// What is true of assignments between two commands.

import HujiaContainers

extension EngineCore {
  func validateAssignments(_ invariants: inout Invariants) {
    invariants.hold(
      counters.read(Counter.assignmentsLive) == Int64(assignments.live),
      "the counter of live assignments counts them", assignments.live)
    for slot in 0..<UInt32(assignments.touched) where assignments.isLive(slot) {
      let assignment = assignments[slot]
      invariants.hold(
        units.isLive(assignment.unit) && units[assignment.unit].assignment == slot,
        "an assignment and its unit name each other", slot)
      invariants.hold(
        incidents.isLive(assignment.incident), "an assignment's incident is there", slot)
      var listed = 0
      for place in 0..<Int(incidents[assignment.incident].liveCount)
      where incidents.assignment(of: assignment.incident, place) == slot {
        listed += 1
      }
      invariants.hold(listed == 1, "an assignment is in its incident's list once", slot)
    }
  }
}
