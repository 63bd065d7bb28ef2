// New plans take over.

extension EngineCore {
  /// Swaps the plans in. False when too many old versions are still in use. From here on every level is that of the new
  /// plans. Offers to what waits, and the limits of watches, follow in slices (`followPlans`). O(activities).
  package mutating func use(plans next: UnsafeMutablePointer<PlanTables>) -> Bool {
    let old = plans.current
    guard plans.replace(by: next) else { return false }
    for activity in Activity.allCases
    where currentPlans.level(of: activity) == .available
      && plans.tables(old).pointee.level(of: activity) != .available
    {
      availableSince_ns[Int(activity.rawValue)] = time.now_ns
    }
    followLevels()
    sweepOffers()
    watchSweep = 0
    return true
  }
}
