// One unit on one incident, as the engine keeps it. Its slot is free again when it ends.

package struct AssignmentRecord: BitwiseCopyable {
  package var incident: UInt32
  package var unit: UInt32
  package var state: AssignmentState
  package var role: UInt32
  package var requirement: UInt32
  package var seat: UInt32
  package var travel_ms: UInt32
  package var turnout_ms: UInt32
  package var distance_dm: UInt32
  package var reason: Reason
  /// Every channel to its unit failed.
  package var isUndeliverable = false
  /// Those of `ChosenMark` that belong to the choice.
  package var marks: UInt32 = 0

  /// A unit sent by hand fills no seat of the plan.
  static var byHand: UInt32 { .max }
  /// One for what its incident asks for beside the plan fills none either.
  static var forNeeds: UInt32 { .max - 1 }
  var isOfPlan: Bool { requirement < Self.forNeeds }
}
