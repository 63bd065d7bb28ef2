// Reading the plans: which chain a clock has, for which incident, at which hour.

import HujiaContainers

extension PlanTables {
  /// The chain of a clock where no rule says otherwise.
  package func clock(_ kind: ClockKind, tier: Tier) -> ClockPolicy {
    policies[Self.index(kind, tier)]
  }

  package func policy(_ index: UInt32) -> ClockPolicy { policies[index] }

  package func step(_ policy: ClockPolicy, _ index: Int32) -> Step {
    steps[Int(policy.firstStep + index)]
  }

  private static func index(_ kind: ClockKind, _ tier: Tier) -> Int {
    Int(kind.rawValue) * tierCount + Int(tier.rawValue)
  }

  /// The chain of a clock of an incident, as a place in the table: the most specific rule, of equals the first, else
  /// the clock's own. O(rules).
  package func policyIndex(
    _ kind: ClockKind, type: UInt32, tier: Tier, flags: UInt32, lat_e7: Int32, lon_e7: Int32,
    wall_us: Int64
  ) -> UInt32 {
    var best = Self.index(kind, tier)
    guard clockRules.count > 0 else { return UInt32(best) }
    var bestScore = -1
    for index in 0..<clockRules.count where clockRules[index].clock == kind {
      let rule = clockRules[index]
      guard rule.specificity > bestScore,
        rule.tiers == 0 || rule.tiers & (1 << UInt32(tier.rawValue)) != 0,
        rule.vulnerable == 2 || (rule.vulnerable == 1) == (flags & 1 != 0),
        rule.hours == 0 || rule.hours & (1 << localHour(wall_us: wall_us)) != 0,
        rule.days == 0 || rule.days & (1 << localWeekday(wall_us: wall_us)) != 0,
        holds(types: rule.firstType, rule.typeCount, type: type),
        holds(areas: rule.firstArea, rule.areaCount, lat_e7, lon_e7)
      else { continue }
      bestScore = rule.specificity
      best = (Self.clockCount + index) * Self.tierCount + Int(tier.rawValue)
    }
    return UInt32(best)
  }

  func holds(types first: UInt32, _ count: UInt32, type: UInt32) -> Bool {
    guard count > 0 else { return true }
    for offset in 0..<count where planTypes[first + offset] == type { return true }
    return false
  }

  func holds(areas first: UInt32, _ count: UInt32, _ lat_e7: Int32, _ lon_e7: Int32) -> Bool {
    guard count > 0 else { return true }
    for offset in 0..<count where contains(areas[planAreas[first + offset]], lat_e7, lon_e7) {
      return true
    }
    return false
  }

  /// Whether the plan asks units of more than one agency.
  func isMultiAgency(_ plan: PlanMatch) -> Bool {
    var first: UInt32 = 0
    for offset in 0..<plan.requirementCount {
      let agency = requirements[Int(plan.firstRequirement + offset)].agency
      if agency == 0 { continue }
      if first == 0 { first = agency }
      if agency != first { return true }
    }
    return false
  }
}
