// Whether the engine sends by itself, and what the end of an assignment means for its seat and its unit.

import HujiaRoads

enum Sending {
  /// What is done for an incident. Without a place nobody can be ranked: a person decides, and the update that brings a
  /// place sends.
  static func mode(_ plan: PlanMatch, at place: borrowing Place) -> DispatchMode {
    place.isNowhere ? .manual : plan.dispatch
  }

  /// Why a person decides.
  static func manual(at place: borrowing Place) -> Shortfall {
    place.isNowhere ? [.manual, .noPlace] : .manual
  }

  /// A unit that declined, or that a person withdrew, is not asked again by this incident.
  static func isRefusal(_ end: AssignmentState) -> Bool { end == .declined || end == .cancelled }

  /// The seat of a unit that has not arrived is wanted again. One that was cancelled after others arrived is not
  /// replaced; one that declined is.
  static func isWantedAgain(
    _ state: AssignmentState, endsAs end: AssignmentState, othersArrived: Bool
  ) -> Bool {
    !state.hasArrived && (end == .declined || !othersArrived)
  }

  /// The seat is served: its unit was there, and was not taken off for another incident; or others are, and a person
  /// took this one off as not needed.
  static func isServed(
    _ state: AssignmentState, endsAs end: AssignmentState, othersArrived: Bool
  ) -> Bool {
    state.hasArrived && end != .diverted || end == .cancelled && othersArrived
  }

  /// What an incident is while this is its most advanced live assignment; `none` = it has none.
  static func state(_ best: AssignmentState, hasArrived: Bool) -> IncidentState {
    best == .none && hasArrived ? .reported : best.incidentState
  }
}
