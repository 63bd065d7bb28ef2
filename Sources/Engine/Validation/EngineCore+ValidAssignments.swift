// What is true of assignments between two commands.

import HujiaContainers

extension EngineCore {
  func validateAssignments(_ invariants: inout Invariants) {
    invariants.hold(assignmentSlots.isConsistent(), "an assignment's slot is live or free", 0)
    invariants.hold(
      counters.read(Counter.assignmentsLive) == Int64(assignmentSlots.live),
      "the counter of live assignments counts them", assignmentSlots.live)
    for slot in 0..<UInt32(assignmentSlots.touched) where assignmentSlots.isLive(slot) {
      let assignment = assignments[slot]
      invariants.hold(
        !assignment.state.isTerminal && assignment.state != .none,
        "a live assignment is in a live state", slot)
      invariants.hold(
        unitSlots.isLive(assignment.unit) && units[assignment.unit].assignment == slot,
        "an assignment and its unit name each other", slot)
      invariants.hold(
        incidentSlots.isLive(assignment.incident), "an assignment's incident is there", slot)
      var listed = 0
      for place in 0..<Int(incidents[assignment.incident].liveCount)
      where liveAssignment(of: assignment.incident, place) == slot {
        listed += 1
      }
      invariants.hold(listed == 1, "an assignment is in its incident's list once", slot)
    }
  }
}
