// What a reader sees of an assignment (`hj_assignment`).

import HujiaContainers

package struct AssignmentView: BitwiseCopyable {
  package var id: UInt64 = 0
  package var incidentID: UInt64 = 0
  package var unitID: UInt64 = 0
  package var state = AssignmentState.none
  /// Each 0 = not yet.
  package var dispatchedWall_us: Int64 = 0
  package var signedWall_us: Int64 = 0
  package var movedWall_us: Int64 = 0
  package var arrivedWall_us: Int64 = 0
  /// To go now; 0 = it has arrived, `UInt32.max` = not known.
  package var travel_ms: UInt32 = 0
  package var distance_dm: UInt32 = 0
  /// Bits of `ChosenMark`, of the way and the unit's position.
  package var marks: UInt32 = 0
  package var age_s: UInt32 = .max
  package init() {}
}

extension EngineCore {
  /// nil: no such live assignment.
  package mutating func view(ofAssignment id: UInt64) -> AssignmentView? {
    assignments.slot(of: id).map { view(ofLive: $0) }
  }

  /// The live assignments of an incident, oldest first; nil: no such incident.
  package mutating func list(
    assignmentsOf id: UInt64, most: Int, _ body: (Int, AssignmentView) -> Void
  ) -> Int? {
    guard let incident = incidents.slot(of: id) else { return nil }
    let count = Int(incidents[incident].liveCount)
    for place in 0..<min(count, most) {
      body(place, view(ofLive: incidents.assignment(of: incident, place)))
    }
    return count
  }

  private mutating func view(ofLive slot: UInt32) -> AssignmentView {
    let assignment = assignments[slot]
    let times = assignments[times: slot]
    refresh(unit: assignment.unit)
    var view = AssignmentView()
    view.id = assignments.id(of: slot)
    view.incidentID = incidents.id(of: assignment.incident)
    view.unitID = units[assignment.unit].id
    view.state = assignment.state
    view.dispatchedWall_us = knownOrNever(times.dispatchedWall_us)
    view.signedWall_us = knownOrNever(times.signedWall_us)
    view.movedWall_us = knownOrNever(times.movedWall_us)
    view.arrivedWall_us = assignment.state.hasArrived ? knownOrNever(times.arrivedWall_us) : 0
    measure(&view, assignment)
    return view
  }

  /// The way that is left, as the unit is known now.
  private mutating func measure(_ view: inout AssignmentView, _ assignment: AssignmentRecord) {
    let incident = assignment.incident
    view.age_s = age_s(ofUnit: assignment.unit)
    view.marks = marks(
      of: assignment.unit, at: incidents[incident].place, isStraightLine: false)
    guard !assignment.state.hasArrived else { return }
    guard units[assignment.unit].hasPosition, !incidents[incident].place.isNowhere else {
      view.travel_ms = .max
      return
    }
    let found = router.travel(
      from: units[assignment.unit].place, to: incidents[incident].place,
      profile: incidents[incident].plan.profile)
    view.travel_ms = found.travel_ms
    view.distance_dm = found.distance_dm
    if found.isStraightLine { view.marks |= ChosenMark.straightLine }
  }
}
