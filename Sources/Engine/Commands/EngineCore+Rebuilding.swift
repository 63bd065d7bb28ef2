// What an engine that is rebuilt from its records must be told besides them.

import HujiaRouting

extension EngineCore {
  /// Tables fill as those did that the records tell of: a slot is taken again where it was, and a key is forgotten when
  /// it was. O(1).
  package mutating func bound(_ limits: EngineLimits) {
    unitSlots.bound = min(limits.units, unitSlots.capacity)
    incidentSlots.bound = min(limits.incidents, incidentSlots.capacity)
    assignmentSlots.bound = min(limits.assignments, assignmentSlots.capacity)
    watches.slots.bound = min(limits.watches, watches.slots.capacity)
    keys.bound = max(min(limits.keys, self.limits.keys), 1)
  }

  /// The plans of the first opening, in the place of those that the engine was made with, which are given back. Before
  /// any command. O(activities).
  package mutating func begin(
    plans first: UnsafeMutablePointer<PlanTables>
  ) -> UnsafeMutablePointer<PlanTables> {
    let old = plans.begin(with: first)
    followLevels()
    return old
  }

  /// What names the text of the plans of now.
  package var planSource: TextMark { currentPlans.source }
}
