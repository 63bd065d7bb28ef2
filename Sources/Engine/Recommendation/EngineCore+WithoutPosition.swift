// Units whose position is unknown can still be sent.

import HujiaContainers
import HujiaRouting

extension EngineCore {
  /// All-stale must still give an answer: the longest idle unit that fits and has no known position. However many there
  /// are, the longest idle of those that are alike is known.
  mutating func unitWithoutPosition(_ given: UnitFilter, kind: UInt32) -> Candidate? {
    guard units.withoutPosition > 0 else { return nil }
    var filter = given
    filter.kind = kind
    filter.leastCrew = max(filter.leastCrew, 1)
    guard let slot = router.longestIdleUnplaced(filter, ranking()) else { return nil }
    return Candidate(
      cost_ms: .max, idleSince_ns: idleSince_ns(of: slot), id: units[slot].id, unit: slot,
      travel_ms: .max, turnout_ms: currentPlans.turnout_ms(kind: units[slot].kind),
      distance_dm: .max, isStraightLine: true)
  }
}
