// Read first. A running promise: which clock, under which chain, at which step, and when that falls due.

import HujiaContainers

/// State of one clock slot. Due times are absolute: the next step is due at this step's due time plus its delay,
/// never at "now plus delay".
struct ClockRecord: BitwiseCopyable {
  /// When it fires next; `Int64.max` = not until something happens.
  var due_ns: Int64
  /// When its next step is due without a snooze; before the limit: when the limit passes.
  var planned_ns: Int64
  /// Before the limit: when it passes by the incident's own receipt, whatever was merged into it. Once a step has
  /// fired: the limit (`limit_ns`).
  var own_ns: Int64
  /// What the limit is counted from.
  var start_ns: Int64
  /// The chain, as a place in the tables of the incident's `clockVersion`.
  var policy: UInt32
  /// The step that fires next, 0-based; -1 = the warning.
  var step: Int32
  /// Of the firing that comes next. One higher with each beginning of the chain and each repeat of its last step.
  var cycle: Int32
  /// The step that fired last, 1-based, and its cycle; 0 = none since the clock began (again), and that beginning's.
  var firedStep: Int32 = 0
  var firedCycle: Int32 = 0
  var kind: ClockKind
  /// The promise is open. It may still not be armed: taken, or suspended by a merge.
  var isRunning: Bool
  var isTaken = false
  var isSnoozed = false
  var isWarned = false
  var isSuspended = false
  /// Its limit had run out before anyone told that it began, so it counts from then.
  var isCatchUp = false
  /// Of an incident that was written on paper: `own_ns` is the limit by its real times, and judges. Where that had
  /// passed, the steps count from when it was typed in.
  var isOfPaper = false
  /// A step of the chain found somebody.
  var hasReached = false
  /// None did, so the last resort has it.
  var isLastResort = false
  /// The last step has fired and what comes next is that step again.
  var isRepeating = false
}

extension ClockRecord {
  var state: ClockState {
    guard isRunning else { return .none }
    if isSuspended { return .suspended }
    if isTaken { return .taken }
    if isSnoozed { return .snoozed }
    if firedStep > 0 { return .breached }
    return isWarned ? .warned : .running
  }
}

/// Clock slots are numbered: four an incident, then two an assignment. Clocks that can never run at once share one.
enum ClockSlot {
  static var perIncident: Int { 4 }
  static var perAssignment: Int { 2 }

  static func count(_ limits: EngineLimits) -> Int {
    limits.incidents * perIncident + limits.assignments * perAssignment
  }

  /// Pending and callback, arrival, resolve, appointment and lead.
  @inline(__always)
  static func of(_ kind: ClockKind, incident: UInt32) -> UInt32 {
    switch kind {
    case .arrival: return incident * 4 + 1
    case .resolve: return incident * 4 + 2
    case .appointment, .lead: return incident * 4 + 3
    default: return incident * 4
    }
  }

  /// Acknowledge, turnout and welfare, one after the other; delivery and report.
  @inline(__always)
  static func of(_ kind: ClockKind, assignment: UInt32, _ limits: EngineLimits) -> UInt32 {
    let first = UInt32(limits.incidents * perIncident) + assignment * 2
    return kind == .delivery || kind == .report ? first + 1 : first
  }

  /// The clocks that an incident keeps while it is open.
  static var ofOpenIncidents: InlineArray<4, ClockKind> { [.pending, .arrival, .resolve, .lead] }
  static var ofAssignments: InlineArray<5, ClockKind> {
    [.delivery, .acknowledge, .turnout, .welfare, .report]
  }
}

/// The cycle that each clock begins with when it starts next. Slots are shared by clocks that never run together, so
/// the numbers have a table of their own: five an incident, then five an assignment. A number is used once, however
/// often the clock stops and starts, so that no two firings of an incident or an assignment ever look alike.
enum ClockCycles {
  static var perOwner: Int { 5 }

  static func count(_ limits: EngineLimits) -> Int {
    (limits.incidents + limits.assignments) * perOwner
  }

  @inline(__always)
  static func place(_ kind: ClockKind, slot: UInt32, _ limits: EngineLimits) -> Int {
    let incidentClocks = limits.incidents * ClockSlot.perIncident
    let owner =
      kind.isOfAssignment
      ? limits.incidents + (Int(slot) - incidentClocks) / ClockSlot.perAssignment
      : Int(slot) / ClockSlot.perIncident
    return owner * perOwner + offset(kind)
  }

  private static func offset(_ kind: ClockKind) -> Int {
    switch kind {
    case .pending, .delivery: return 0
    case .arrival, .acknowledge: return 1
    case .resolve, .turnout: return 2
    case .callback, .welfare: return 3
    default: return 4
    }
  }
}
