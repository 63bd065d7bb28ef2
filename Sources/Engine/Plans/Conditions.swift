// For which incidents something holds: a plan, or another chain of a clock. Both are matched here. The most specific
// wins.

/// Empty sets (count 0) and 0 mean "any".
package struct Conditions: BitwiseCopyable, Equatable, Sendable {
  package var firstType: UInt32 = 0
  package var typeCount: UInt32 = 0
  package var tiers: UInt32 = 0  // bit set of 1 << Tier
  package var firstArea: UInt32 = 0
  package var areaCount: UInt32 = 0
  package var hours: UInt32 = 0  // bit set of local hours 0 ... 23
  package var days: UInt32 = 0  // bit set of local weekdays, 0 = Sunday
  package var vulnerable: UInt8 = 2  // 0 only others, 1 only vulnerable callers, 2 any
  package init() {}

  /// Most specific wins (domain: "Response plan"): type 8, tier 4, area 2, hours, days and caller 1 each. Of equal sums
  /// one that names areas is the more specific, by half.
  package var specificity: Int {
    let halves = (typeCount > 0 ? 16 : 0) + (tiers != 0 ? 8 : 0) + (areaCount > 0 ? 5 : 0)
    return halves + (hours != 0 ? 2 : 0) + (days != 0 ? 2 : 0) + (vulnerable != 2 ? 2 : 0)
  }
}

/// What conditions are asked of: an incident, where it is and when.
package struct Circumstances: BitwiseCopyable {
  package var type: UInt32
  package var tier: Tier
  package var flags: UInt32
  /// A point that lies in no area: nowhere.
  package var lat_e7: Int32
  package var lon_e7: Int32
  package var wall_us: Int64
  package init(
    type: UInt32, tier: Tier, flags: UInt32, lat_e7: Int32, lon_e7: Int32, wall_us: Int64
  ) {
    self.type = type
    self.tier = tier
    self.flags = flags
    self.lat_e7 = lat_e7
    self.lon_e7 = lon_e7
    self.wall_us = wall_us
  }
}

extension PlanTables {
  /// The bits of the local hour and weekday.
  func localBits(wall_us: Int64) -> (hour: UInt32, day: UInt32) {
    (1 << localHour(wall_us: wall_us), 1 << localWeekday(wall_us: wall_us))
  }

  /// Whether all conditions hold, at an hour and weekday as `localBits` has them. O(types + areas named).
  @inline(__always) func holds(
    _ conditions: Conditions, for circumstances: Circumstances, _ local: (hour: UInt32, day: UInt32)
  ) -> Bool {
    holds(besideAreas: conditions, for: circumstances, local)
      && holds(
        areas: conditions.firstArea, conditions.areaCount, circumstances.lat_e7,
        circumstances.lon_e7)
  }

  /// The same where it is known that the place is in one of the areas.
  @inline(__always) func holds(
    besideAreas conditions: Conditions, for circumstances: Circumstances,
    _ local: (hour: UInt32, day: UInt32)
  ) -> Bool {
    (conditions.tiers == 0 || conditions.tiers & (1 << UInt32(circumstances.tier.rawValue)) != 0)
      && (conditions.hours == 0 || conditions.hours & local.hour != 0)
      && (conditions.days == 0 || conditions.days & local.day != 0)
      && (conditions.vulnerable == 2
        || (conditions.vulnerable == 1) == (circumstances.flags & 1 != 0))
      && holds(types: conditions.firstType, conditions.typeCount, type: circumstances.type)
  }

  private func holds(types first: UInt32, _ count: UInt32, type: UInt32) -> Bool {
    guard count > 0 else { return true }
    for offset in 0..<count where planTypes[first + offset] == type { return true }
    return false
  }

  private func holds(
    areas first: UInt32, _ count: UInt32, _ lat_e7: Int32, _ lon_e7: Int32
  ) -> Bool {
    guard count > 0 else { return true }
    for offset in 0..<count where contains(areas[planAreas[first + offset]], lat_e7, lon_e7) {
      return true
    }
    return false
  }
}
