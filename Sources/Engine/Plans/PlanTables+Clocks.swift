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
  package func policyIndex(_ kind: ClockKind, for circumstances: Circumstances) -> UInt32 {
    let tier = circumstances.tier
    var best = Self.index(kind, tier)
    guard clockRules.count > 0 else { return UInt32(best) }
    let local = localBits(wall_us: circumstances.wall_us)
    var bestScore = -1
    for index in 0..<clockRules.count where clockRules[index].clock == kind {
      let score = clockRules[index].conditions.specificity
      guard score > bestScore, holds(clockRules[index].conditions, for: circumstances, local) else {
        continue
      }
      bestScore = score
      best = (Self.clockCount + index) * Self.tierCount + Int(tier.rawValue)
    }
    return UInt32(best)
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
