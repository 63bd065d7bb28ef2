// How a matched plan, and which versions of the plans are in use, stand in a state.

import HujiaContainers

extension PlanMatch {
  /// The places in its tables are looked at once these are known (`isSound`).
  mutating func code(_ coder: inout StateCoder) {
    coder.code(&plan)
    coder.code(&firstRequirement)
    coder.code(&requirementCount)
    coder.code(&radius_dm)
    coder.code(&dispatch)
    coder.code(&profile)
    if coder.version >= 2 {
      coder.code(&alarmLevel, 1...UInt8.max)
    } else {
      // Its place in a store is zeros until it is read.
      alarmLevel = 1
    }
  }

  /// Whether it is one of these tables.
  func isSound(in tables: borrowing PlanTables) -> Bool {
    guard plan > 0 else { return requirementCount == 0 && radius_dm == 0 }
    guard Int(plan) <= tables.plans.count else { return false }
    let record = tables.plans[Int(plan) - 1]
    return firstRequirement == record.firstRequirement
      && requirementCount == tables.count(self, upTo: alarmLevel)
  }
}
