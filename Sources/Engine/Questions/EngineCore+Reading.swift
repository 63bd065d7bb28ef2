// What readers ask: nearest units for a map on a screen, and the scratch that routes are written into.

import HujiaContainers
import HujiaRoads
import HujiaRouting

extension EngineCore {
  /// The nearest units that pass; results in `found(0 ..< count)`. At most 64.
  package mutating func nearest(
    to place: Place, capabilities: UInt64, levels: UInt32, agency: UInt32, limit: Int,
    profile: Profile
  ) -> Int {
    var filter = UnitFilter()
    filter.capabilities = capabilities
    filter.levels = levels
    filter.agency = agency
    return nearestUnits(
      to: place, filter: filter, limit: min(limit, limits.units), profile: profile)
  }

  /// The road of an assignment into `routePoints`, as its plan has it driven, and the number of its points. Stale: no
  /// such assignment; state: the unit's position or the incident's place is unknown.
  package mutating func route(ofAssignment id: UInt64) -> (status: Status, needed: Int) {
    guard let slot = assignments.slot(of: id) else { return (.stale, 0) }
    let assignment = assignments[slot]
    refresh(unit: assignment.unit)
    guard units[assignment.unit].hasPosition, !incidents[assignment.incident].place.isNowhere
    else { return (.state, 0) }
    let answer = router.route(
      from: units[assignment.unit].place, to: incidents[assignment.incident].place,
      profile: incidents[assignment.incident].plan.profile, into: routePoints,
      capacity: routeCapacity)
    return (.ok, answer.needed)
  }

  package func found(_ index: Int) -> NearestUnit { candidates[index] }

  /// Longest route that can be handed out; a city is crossed in a few thousand points.
  package static var routePointLimit: Int { 65_536 }
  package var routePoints: UnsafeMutablePointer<RoutePoint> { routeScratch.base }
  package var routeCapacity: Int { routeScratch.count }
}
