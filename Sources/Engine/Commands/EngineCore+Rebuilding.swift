// What an engine that is rebuilt from its records must be told besides them.

import HujiaRoads
import HujiaRouting

extension EngineCore {
  /// Tables fill as those did that the records tell of: a slot is taken again where it was, and a key is forgotten when
  /// it was. O(1).
  package mutating func bound(_ limits: EngineLimits) {
    units.bound = limits.units
    incidents.bound = limits.incidents
    assignments.bound = limits.assignments
    watches.bound = limits.watches
    keys.bound = max(min(limits.keys, self.limits.keys), 1)
  }

  /// An incident's place on another map.
  package mutating func move(incident slot: UInt32, to place: Place) {
    incidents.move(slot, to: place)
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
