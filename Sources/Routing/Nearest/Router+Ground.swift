// The nearest units without streets: squares are opened nearest first, until the next cannot hold anything nearer.

import HujiaContainers
import HujiaRoads

extension Router {
  var hasGround: Bool { map.nodeCount == 0 }

  /// Offers the matching units by their estimates. `filter.radius_dm` leaves out what is farther.
  mutating func searchGround(to place: Place, _ filter: UnitFilter, _ profile: Profile) {
    ground.waitingCount = 0
    ground.push(0, least_ms: 0)
    while let next = ground.pop() {
      if next.least_ms > UInt64(shortlist.bound_ms) { return }
      let node = ground.nodes[next.node]
      guard node.firstChild == GroundTree.none else {
        for index in 0..<4 as Range<UInt32> {
          consider(node.firstChild + index, place, filter, profile)
        }
        continue
      }
      var unit = node.firstUnit
      while unit != GroundTree.none {
        if units.traits[unit].matches(filter) { offerEstimate(unit, to: place, filter, profile) }
        unit = ground.unit(after: unit)
      }
    }
  }

  private mutating func consider(
    _ child: UInt32, _ place: Place, _ filter: UnitFilter, _ profile: Profile
  ) {
    let node = ground.nodes[child]
    guard node.count > 0, node.holds.mayMatch(filter) else { return }
    let side = Int64(GroundTree.side(node.depth))
    let driven_mm =
      StraightLine.least_mm(
        place, south_e7: Int64(node.south) - 900_000_000, west_e7: Int64(node.west) - 1_800_000_000,
        side_e7: side) * 7 / 5
    guard filter.radius_dm == 0 || driven_mm / 100 <= UInt64(filter.radius_dm) else { return }
    let least_ms = min(
      StraightLine.time_ms(driven_mm: driven_mm, profile), UInt64(Cost.unreachable_ms))
    if least_ms <= UInt64(shortlist.bound_ms) { ground.push(child, least_ms: least_ms) }
  }

  private mutating func offerEstimate(
    _ unit: UInt32, to place: Place, _ filter: UnitFilter, _ profile: Profile
  ) {
    let estimate = StraightLine.travel(from: units.places[unit], to: place, profile: profile)
    guard filter.radius_dm == 0 || estimate.distance_dm <= filter.radius_dm else { return }
    let time_ms = min(estimate.travel_ms, Cost.unreachable_ms)
    let length = UInt64(estimate.distance_dm) * 100
    shortlist.offer(
      unit, id: units.ids[unit],
      cost: Cost(bits: UInt64(time_ms) << 33 | min(length, UInt64(UInt32.max))))
  }
}

extension StraightLine {
  static func time_ms(driven_mm: UInt64, _ profile: Profile) -> UInt64 {
    driven_mm * (profile == .normal ? 12 : 9) / 100
  }

  /// No point of a square is nearer. North-south the difference in latitude; east-west the way to the square's nearer
  /// meridian, whose sine is cos(latitude) · sin(difference in longitude). Both rounded down by more than
  /// `distance_mm` may err.
  static func least_mm(
    _ place: Place, south_e7: Int64, west_e7: Int64, side_e7: Int64
  ) -> UInt64 {
    let lat_e7 = Int64(place.lat_e7)
    let north_e7 = south_e7 + side_e7 - 1
    let latGap_e7 = max(south_e7 - lat_e7, lat_e7 - north_e7, 0)
    var least_mm = UInt64(latGap_e7) * 11_119 / 1_000
    let eastward_e7 = turned(west_e7 - Int64(place.lon_e7))
    let isInside = eastward_e7 == 0 || eastward_e7 + side_e7 > 3_600_000_000
    if !isInside {
      let westward_e7 = 3_600_000_000 - (eastward_e7 + side_e7 - 1)
      let lonGap_e7 = min(eastward_e7, westward_e7, 900_000_000)
      let sine = sine_q30(halfAngle_q30(UInt64(lonGap_e7) * 2)) * cosine_q30(place.lat_e7) >> 30
      least_mm = max(least_mm, sine * (radius_mm >> 10) >> 20)
    }
    let slack_mm = least_mm / 10_000 + 100
    return least_mm > slack_mm ? least_mm - slack_mm : 0
  }

  /// No two points at these latitudes are nearer; rounded down by more than `distance_mm` may err.
  @inline(__always) static func least_mm(fromLat_e7: Int32, toLat_e7: Int32) -> UInt64 {
    let least_mm = (Int64(fromLat_e7) - Int64(toLat_e7)).magnitude * 11_119 / 1_000
    let slack_mm = least_mm / 10_000 + 100
    return least_mm > slack_mm ? least_mm - slack_mm : 0
  }

  /// 0 ..< a whole turn.
  private static func turned(_ lon_e7: Int64) -> Int64 {
    let rest = lon_e7 % 3_600_000_000
    return rest < 0 ? rest + 3_600_000_000 : rest
  }
}
