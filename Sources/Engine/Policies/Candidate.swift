// What ranks one unit before another.

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
  /// The ring of the home beat that it was found in (`BeatRule`); 0 = in none.
  var ring: UInt8 = 0
  /// It is on its way to an incident that can wait longer.
  var isRobbed = false

  func isBetter(than other: Candidate) -> Bool {
    if isStraightLine != other.isStraightLine { return !isStraightLine }
    if cost_ms != other.cost_ms { return cost_ms < other.cost_ms }
    if idleSince_ns != other.idleSince_ns { return idleSince_ns < other.idleSince_ns }
    return id < other.id
  }
}
