// How an event stands in a state, field by field.

import HujiaContainers

extension Event {
  package mutating func code(_ coder: inout StateCoder) {
    coder.code(&kind)
    var (ownClock, ownAction) = (clock, action)
    coder.code(&ownClock, 0...255)
    coder.code(&ownAction, 0...255)
    (clock, action) = (ownClock, ownAction)
    var flags: UInt8 = (isRepeated ? 1 : 0) | (isUndurable ? 2 : 0) | (isCatchUp ? 4 : 0)
    coder.code(&flags, 0...7)
    (isRepeated, isUndurable, isCatchUp) = (flags & 1 != 0, flags & 2 != 0, flags & 4 != 0)
    coder.code(&travel_ms)
    coder.code(&sequence)
    coder.code(&incidentID)
    coder.code(&assignmentID)
    coder.code(&unitID)
    coder.code(&wall_us)
    coder.code(&dueWall_us)
    coder.code(time: &late_ns)
    coder.code(&keyHigh)
    coder.code(&keyLow)
    coder.code(&operatorID)
    coder.code(&step)
    coder.code(&reason)
    coder.code(&state)
    coder.code(&cycle)
    coder.code(&plansVersion)
    coder.code(&operatorReason)
    coder.code(&operatorRole)
    coder.code(&outcome)
    coder.code(&operatorSession)
    coder.code(&reference)
    coder.code(&epoch)
    coder.code(&watchID)
    coder.code(&gapWall_us)
    coder.code(&record)
  }

  /// Nothing happened.
  package static var blank: Event { Event(.mode) }
}
