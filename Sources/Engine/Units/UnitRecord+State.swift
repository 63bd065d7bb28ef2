// How what is kept of a unit stands in a state, field by field.

import HujiaContainers

extension UnitRecord {
  mutating func code(_ coder: inout StateCoder, assignments: Int) {
    coder.code(&id)
    coder.code(&capabilities)
    coder.code(&fixWall_us)
    coder.code(time: &fix_ns)
    coder.code(&shiftEnd_us)
    coder.code(time: &idleSince_ns)
    coder.code(&place)
    coder.code(&kind)
    coder.code(&agency)
    coder.code(&homeBeat)
    coder.code(&crew)
    coder.code(&assignment, below: assignments, none: Self.free)
    coder.code(&activity)
    coder.code(&activityBefore)
    coder.code(&hasPosition)
    coder.code(&nextActivity, blank: .patrolling) { $1.code(&$0) }
    coder.code(&isBeforeShift)
    coder.code(&isFixBeforeFirstWall)
    coder.demand(id != 0 && crew >= -1, "a unit says what no unit can")
  }
}

extension UnitDetails {
  mutating func code(_ coder: inout StateCoder) {
    coder.code(&shiftBegin_us)
    coder.code(&sworn)
    coder.code(&people)
    coder.code(&stationLat_e7)
    coder.code(&stationLon_e7)
  }
}
