// What readers ask: nearest units for a map on a screen, and the scratch that routes are written into.

import HujiaContainers
import HujiaRoads
import HujiaRouting

extension EngineCore {
  /// The nearest units that pass; results in `found(0 ..< count)`. At most 64.
  package mutating func nearest(
    to place: Place, capabilities: UInt64, levels: UInt32, agency: UInt32, limit: Int
  ) -> Int {
    var filter = UnitFilter()
    filter.capabilities = capabilities
    filter.levels = levels
    filter.agency = agency
    return router.nearest(
      to: place, filter: filter, limit: min(limit, limits.units), profile: .response,
      into: candidates.base)
  }

  package func found(_ index: Int) -> NearestUnit { candidates[index] }

  /// Longest route that can be handed out; a city is crossed in a few thousand points.
  package static var routePointLimit: Int { 65_536 }
  package var routePoints: UnsafeMutablePointer<RoutePoint> { routeScratch.base }
  package var routeCapacity: Int { routeScratch.count }
}
