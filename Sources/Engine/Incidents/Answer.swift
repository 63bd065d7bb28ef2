// What a decision says: kept in the engine until the next one, and copied out by the caller.

package struct Answer: BitwiseCopyable {
  package var incidentID: UInt64 = 0
  package var state = IncidentState.none
  package var tier = Tier.none
  package var shortfall = Shortfall()
  package var plan: UInt32 = 0
  package var count = 0
  package var decidedIn_ns: Int64 = 0
  /// Of the travel times it was computed on.
  package var epoch: UInt64 = 0
  package init(epoch: UInt64 = 0) { self.epoch = epoch }
}

/// One unit of an answer (`hj_chosen_unit`), and what the engine needs to open its assignment.
package struct Chosen: BitwiseCopyable {
  package var unitID: UInt64
  package var assignmentID: UInt64
  package var unit: UInt32
  package var role: UInt32
  package var travel_ms: UInt32
  package var turnout_ms: UInt32
  package var distance_dm: UInt32
  package var reason: Reason
  /// Bits of `ChosenMark`.
  package var marks: UInt32
  /// Of the unit's position; `UInt32.max` = it has none.
  package var age_s: UInt32
  var requirement: UInt32
  var seat: UInt32
}

/// What a person should know of a chosen unit besides why it was chosen (`HJ_CHOSEN_...`).
package enum ChosenMark {
  package static var stale: UInt32 { 1 }
  package static var offNetwork: UInt32 { 2 }
  package static var straightLine: UInt32 { 4 }
  package static var shiftOver: UInt32 { 8 }
  /// Those that belong to the choice; the others follow the unit's position.
  static var ofChoice: UInt32 { straightLine | shiftOver }
}

/// One unit that could be sent, with what ranks it: cost, then longest idle, then id (domain: "Deterministic").
struct Candidate: BitwiseCopyable {
  var cost_ms: UInt64
  var idleSince_ns: Int64
  var id: UInt64
  var unit: UInt32
  var travel_ms: UInt32
  var turnout_ms: UInt32
  var distance_dm: UInt32
  var isStraightLine: Bool

  func isBetter(than other: Candidate) -> Bool {
    if isStraightLine != other.isStraightLine { return !isStraightLine }
    if cost_ms != other.cost_ms { return cost_ms < other.cost_ms }
    if idleSince_ns != other.idleSince_ns { return idleSince_ns < other.idleSince_ns }
    return id < other.id
  }
}
