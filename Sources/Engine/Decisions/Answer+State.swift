// How an answer that is given again stands in a state.

import HujiaContainers

extension Status {
  mutating func code(_ coder: inout StateCoder) {
    var raw = rawValue
    coder.code(&raw)
    self = Status(rawValue: raw)
  }
}

extension Answer {
  mutating func code(_ coder: inout StateCoder) {
    coder.code(&incidentID)
    coder.code(&state)
    coder.code(&tier)
    coder.code(&shortfall)
    coder.code(&plan)
    coder.code(count: &count, most: EngineLimits.chosen)
    coder.code(time: &decidedIn_ns)
    coder.code(&epoch)
    coder.code(&record)
  }
}

extension Slice {
  mutating func code(_ coder: inout StateCoder) {
    coder.code(count: &done, most: Int(UInt32.max))
    coder.code(count: &fired, most: Int(UInt32.max))
    coder.code(&next)
    coder.code(&offerSteps)
    coder.code(&hasMore)
  }
}

extension Chosen {
  mutating func code(_ coder: inout StateCoder) {
    var (ownMarks, ownRequirement, ownSeat) = (marks, requirement, seat)
    coder.code(&unitID)
    coder.code(&assignmentID)
    coder.code(&unit)
    coder.code(&role)
    coder.code(&travel_ms)
    coder.code(&turnout_ms)
    coder.code(&distance_dm)
    coder.code(&reason)
    coder.code(&age_s)
    coder.code(&ownMarks, 0...255)
    coder.code(&ownRequirement)
    coder.code(&ownSeat, 0...255)
    guard coder.isReading, coder.isGood else { return }
    guard ownRequirement < 254 || ownRequirement >= .max - 1 else {
      return coder.fail("a chosen unit's seat is none of a plan")
    }
    self = Chosen(
      unitID: unitID, assignmentID: assignmentID, unit: unit, role: role, travel_ms: travel_ms,
      turnout_ms: turnout_ms, distance_dm: distance_dm, reason: reason, marks: ownMarks,
      age_s: age_s, requirement: ownRequirement, seat: ownSeat)
  }
}
