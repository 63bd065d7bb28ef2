// After a state was read: what follows from it, and whether all of it holds together.

import HujiaContainers
import HujiaIngest
import HujiaRoads

extension EngineCore {
  /// Plans of a version that the state names, before it is read; those that stood there are given back. nil: none.
  package mutating func put(
    plans tables: UnsafeMutablePointer<PlanTables>?, version: Int
  ) -> UnsafeMutablePointer<PlanTables>? {
    let old = plans.isUsed(version) ? plans.tables(UInt32(version)) : nil
    plans.put(tables, version)
    return old
  }

  /// The tables of a version; nil: it is not in use.
  package func planTables(version: Int) -> UnsafeMutablePointer<PlanTables>? {
    plans.isUsed(version) ? plans.tables(UInt32(version)) : nil
  }
  package static var planVersions: Int { PlanVersions.limit }

  /// Routing and the feed learn of the units. `place` says where on this map a place is; nil: it can be none of it.
  /// Returns what does not hold; nil: the core goes on where the state was. O(all tables).
  package mutating func adopt(_ place: (Place) -> Place?) -> StaticString? {
    followLevels()
    for slot in 0..<UInt32(assignments.touched) where assignments.isLive(slot) {
      noteCode(of: slot)
    }
    for slot in 0..<UInt32(units.touched) where units.isLive(slot) {
      guard let here = place(units[slot].place) else { return "a unit's place is not on the map" }
      units.move(slot, to: here)
      feed.assign(slot, id: units[slot].id)
      feed.set(isOffDuty: units[slot].activity == .offDuty, slot)
      index(unit: slot)
    }
    for slot in 0..<UInt32(incidents.touched) where incidents.isLive(slot) {
      guard let here = place(incidents[slot].place) else {
        return "an incident's place is not on the map"
      }
      incidents.move(slot, to: here)
    }
    for slot in 0..<UInt32(watches.touched) where watches.isLive(slot) {
      guard let here = place(watches[description: slot].place) else {
        return "a watch's place is not on the map"
      }
      watches.move(slot, to: here)
    }
    return validate()?.words
  }
}
