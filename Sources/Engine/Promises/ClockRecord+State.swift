// How a clock stands in a state, field by field.

import HujiaContainers

extension ClockRecord {
  mutating func code(_ coder: inout StateCoder) {
    coder.code(time: &due_ns)
    coder.code(time: &planned_ns)
    coder.code(time: &own_ns)
    coder.code(time: &start_ns)
    coder.code(&policy)
    coder.code(&step, -1...1 << 20)
    coder.code(&cycle, 0...1 << 30)
    coder.code(&firedStep, 0...1 << 20)
    coder.code(&firedCycle, 0...1 << 30)
    coder.code(&kind)
    coder.code(&isRunning)
    coder.code(&isTaken)
    coder.code(&isSnoozed)
    coder.code(&isWarned)
    coder.code(&isSuspended)
    coder.code(&isCatchUp)
    coder.code(&isOfPaper)
    coder.code(&hasReached)
    coder.code(&isLastResort)
    coder.code(&isRepeating)
  }
}

extension Breach {
  mutating func code(_ coder: inout StateCoder) {
    coder.code(&incidentID)
    coder.code(&assignmentID)
    coder.code(&unitID)
    coder.code(time: &due_ns)
    coder.code(&dueWall_us)
    coder.code(time: &ended_ns)
    coder.code(&clock)
    coder.code(&tier)
    coder.code(&type)
    coder.code(&wasKept)
    coder.code(&isCatchUp)
    coder.code(&reference)
  }

  static var blank: Breach {
    Breach(
      incidentID: 0, assignmentID: 0, unitID: 0, due_ns: 0, dueWall_us: 0, ended_ns: 0,
      clock: .pending, tier: .none, type: 0)
  }
}
