// A running promise: which clock, at which step of its chain, and where its deadline is.

/// State of one clock slot. Due times are absolute: the next step is due at this step's due time plus its delay,
/// never at "now plus delay".
struct ClockRecord: BitwiseCopyable {
  var due_ns: Int64
  var kind: ClockKind
  /// The step that fires next, 0-based.
  var step: Int32
  /// How often the last step has been repeated.
  var cycle: Int32
  var isRunning: Bool
}

/// Clock slots are numbered: four an incident (pending, arrival, resolve, one to spare), then one an assignment.
enum ClockSlot {
  static var perIncident: Int { 4 }
  static func count(_ limits: EngineLimits) -> Int {
    limits.incidents * perIncident + limits.assignments
  }
  static func pending(_ incident: UInt32) -> UInt32 { incident * 4 }
  static func arrival(_ incident: UInt32) -> UInt32 { incident * 4 + 1 }
  static func resolve(_ incident: UInt32) -> UInt32 { incident * 4 + 2 }
  static func acknowledge(_ assignment: UInt32, _ limits: EngineLimits) -> UInt32 {
    UInt32(limits.incidents * perIncident) + assignment
  }
}
