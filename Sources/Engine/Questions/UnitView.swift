// What a reader sees of a unit (`hj_unit_status`).

import HujiaRoads

package struct UnitView: BitwiseCopyable {
  package var id: UInt64 = 0
  package var activity = Activity.patrolling
  package var level = Level.notAvailable
  /// What it does when its incident lets it go; nil = the host has not said.
  package var nextActivity: Activity?
  /// 0 = it is free.
  package var assignmentID: UInt64 = 0
  package var incidentID: UInt64 = 0
  /// Seconds since its position was true; `UInt32.max` = it has none.
  package var age_s: UInt32 = .max
  package var hasPosition = false
  package var place = Place.nowhere
  package var fixWall_us: Int64 = 0
  package var shiftEnd_us: Int64 = 0
  package var details = UnitDetails()
  package init() {}
}

extension EngineCore {
  func view(ofUnit slot: UInt32) -> UnitView {
    let unit = units[slot]
    var view = UnitView()
    view.id = unit.id
    view.activity = unit.activity
    view.level = level(of: slot)
    view.nextActivity = unit.nextActivity
    if !unit.isFree {
      view.assignmentID = assignments.id(of: unit.assignment)
      view.incidentID = incidents.id(of: assignments[unit.assignment].incident)
    }
    view.age_s = age_s(ofUnit: slot)
    view.shiftEnd_us = unit.shiftEnd_us
    view.details = units[details: slot]
    guard unit.hasPosition else { return view }
    view.hasPosition = true
    view.place = unit.place
    view.fixWall_us = max(fixTimes(of: slot).wall_us, 0)
    return view
  }
}
