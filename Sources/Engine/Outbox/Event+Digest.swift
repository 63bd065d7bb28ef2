// What an event says, as a number to compare two runs by.

import HujiaIngest

extension Event {
  /// Every field that a host can read, and whether there was room for it.
  func fold(_ isKept: Bool, into digest: inout Digest) {
    digest.fold(UInt64(bitPattern: Int64(kind.rawValue)) << 1 | (isKept ? 1 : 0))
    digest.fold(sequence)
    digest.fold(incidentID)
    digest.fold(assignmentID)
    digest.fold(unitID)
    digest.fold(watchID)
    digest.fold(wall_us)
    digest.fold(dueWall_us)
    digest.fold(late_ns)
    digest.fold(keyHigh)
    digest.fold(keyLow)
    digest.fold(operatorID)
    digest.fold(clock, step)
    digest.fold(reason, state)
    digest.fold(action, cycle)
    digest.fold(travel_ms, plansVersion)
    digest.fold(UInt64(operatorReason))
    digest.fold(epoch)
  }
}
