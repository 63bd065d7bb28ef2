// How what is kept of a watch stands in a state, field by field.

import HujiaContainers

extension WatchRecord {
  mutating func code(_ coder: inout StateCoder) {
    coder.code(&id)
    coder.code(time: &seen_ns)
    coder.code(&seenWall_us)
    coder.code(time: &due_ns)
    coder.code(&incidentID)
    coder.code(&limit_s)
    coder.code(&step, -1...1 << 20)
    coder.code(&cycle, 0...1 << 30)
    coder.code(&state)
    coder.demand(id != 0, "a watch has no number")
  }
}

extension WatchChain {
  mutating func code(_ coder: inout StateCoder) {
    coder.code(time: &planned_ns)
    coder.code(since: &putOffUntil_ns)
    coder.code(&firedStep, 0...1 << 20)
    coder.code(&firedCycle, 0...1 << 30)
    coder.code(&firstCycle, 0...1 << 30)
    coder.code(&isTaken)
    coder.code(&isSnoozed)
    coder.code(&isRepeating)
    coder.code(&hasNext)
  }
}

extension WatchDescription {
  mutating func code(_ coder: inout StateCoder) {
    coder.code(&id)
    coder.code(&kind)
    coder.code(&limit_s)
    coder.code(&tier)
    coder.code(&alarmTier)
    coder.code(&type)
    coder.code(&alarmType)
    coder.code(&flags, 0...1)
    coder.code(&lat_e7)
    coder.code(&lon_e7)
    coder.code(&homeOfficer)
    coder.code(&gridWorker)
    coder.code(&carrier)
    coder.code(&callerHash)
    coder.code(&lastWall_us)
    coder.code(&place)
  }
}
