// How what is kept of an assignment stands in a state, field by field.

import HujiaContainers

extension AssignmentRecord {
  mutating func code(_ coder: inout StateCoder, incidents: Int, units: Int) {
    coder.code(&incident, below: incidents)
    coder.code(&unit, below: units)
    coder.code(&state)
    coder.code(&role)
    coder.code(&requirement)
    coder.code(&seat)
    coder.code(&travel_ms)
    coder.code(&turnout_ms)
    coder.code(&distance_dm)
    coder.code(&reason)
    coder.code(&isUndeliverable)
    coder.code(&marks)
  }
}

extension AssignmentTimes {
  mutating func code(_ coder: inout StateCoder) {
    coder.code(time: &dispatched_ns)
    coder.code(time: &acknowledged_ns)
    coder.code(time: &signed_ns)
    coder.code(time: &arrived_ns)
    coder.code(&arrivedWall_us)
    coder.code(&signatureBreach)
    coder.code(&dispatchedWall_us)
    coder.code(&signedWall_us)
    coder.code(&movedWall_us)
    coder.code(&isAcknowledged)
    coder.code(&wasByVoice)
  }
}
