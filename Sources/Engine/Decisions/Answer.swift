// What a decision says of its incident and of each unit that it chose.

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
  /// Where it stands on record; 0 = nowhere.
  package var record: UInt64 = 0
  package init(epoch: UInt64 = 0) { self.epoch = epoch }
}

/// One unit of an answer (`hj_chosen_unit`), and what the engine needs to open its assignment. 48 bytes: sixteen of
/// them are kept with each key and in each decision, so what is small stands in bytes.
package struct Chosen: BitwiseCopyable {
  package var unitID: UInt64
  package var assignmentID: UInt64
  package var unit: UInt32
  package var role: UInt32
  package var travel_ms: UInt32
  package var turnout_ms: UInt32
  package var distance_dm: UInt32
  package var reason: Reason
  /// Of the unit's position; `UInt32.max` = it has none.
  package var age_s: UInt32
  private var markBits: UInt8
  private var requirementByte: UInt8
  private var seatByte: UInt8

  /// Bits of `ChosenMark`, below 256.
  package var marks: UInt32 {
    get { UInt32(markBits) }
    set { markBits = UInt8(truncatingIfNeeded: newValue) }
  }
  /// The ring of the home beat that it was found in (`BeatRule`); 0 = in none.
  package var ring: UInt32 { marks >> ChosenMark.ringShift }
  /// Marks that hosts know (`HJ_CHOSEN_...`).
  package var shownMarks: UInt32 { marks & ChosenMark.shown }
  /// Of the plan's at most sixteen, or `AssignmentRecord.byHand` or `.forNeeds`: the two highest numbers.
  var requirement: UInt32 {
    requirementByte >= 254 ? .max - UInt32(255 - requirementByte) : UInt32(requirementByte)
  }
  var seat: UInt32 { UInt32(seatByte) }

  init(
    unitID: UInt64 = 0, assignmentID: UInt64 = 0, unit: UInt32 = 0, role: UInt32 = 0,
    travel_ms: UInt32 = 0, turnout_ms: UInt32 = 0, distance_dm: UInt32 = 0,
    reason: Reason = .none, marks: UInt32 = 0, age_s: UInt32 = 0, requirement: UInt32 = 0,
    seat: UInt32 = 0
  ) {
    self.unitID = unitID
    self.assignmentID = assignmentID
    self.unit = unit
    self.role = role
    self.travel_ms = travel_ms
    self.turnout_ms = turnout_ms
    self.distance_dm = distance_dm
    self.reason = reason
    self.age_s = age_s
    assert(marks < 256 && seat < 256 && (requirement < 254 || requirement >= .max - 1))
    markBits = UInt8(truncatingIfNeeded: marks)
    requirementByte = UInt8(truncatingIfNeeded: requirement)
    seatByte = UInt8(truncatingIfNeeded: seat)
  }
}

/// What a person should know of a chosen unit besides why it was chosen (`HJ_CHOSEN_...`).
package enum ChosenMark {
  package static var stale: UInt32 { 1 }
  package static var offNetwork: UInt32 { 2 }
  package static var straightLine: UInt32 { 4 }
  package static var shiftOver: UInt32 { 8 }
  /// Taken from another incident.
  package static var diverted: UInt32 { 16 }
  /// Those that hosts know; above them stands the ring of the home beat, below 8.
  package static var shown: UInt32 { 31 }
  package static var ringShift: UInt32 { 5 }
  /// Those that belong to the choice; the others follow the unit's position.
  static var ofChoice: UInt32 { straightLine | shiftOver | diverted | 7 << ringShift }
}
