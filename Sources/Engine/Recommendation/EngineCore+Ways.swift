// The way of one unit to an incident, asked for by itself: not to choose, but to tell.

import HujiaRoads
import HujiaRouting

extension EngineCore {
  /// The way of a unit to an incident, from where it is known to be.
  mutating func travel(of unit: UInt32, to incident: UInt32) -> Travel {
    guard units[unit].hasPosition, !incidents[incident].place.isNowhere else {
      return Travel(travel_ms: .max, distance_dm: .max, isStraightLine: true)
    }
    return router.travel(
      from: units[unit].place, to: incidents[incident].place,
      profile: incidents[incident].plan.profile)
  }

  /// The same, and whether its position is known.
  mutating func measure(
    _ unit: UInt32, to incident: UInt32
  ) -> (travel: Travel, isKnown: Bool) {
    if let known = travelChosen() { return (known.travel, known.hasPosition) }
    let travel = travel(of: unit, to: incident)
    noteTravel(travel, hasPosition: units[unit].hasPosition)
    return (travel, units[unit].hasPosition)
  }
}
