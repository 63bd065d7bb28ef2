// What follows from the vocabulary (Vocabulary.swift): which level an activity has, which moves of an assignment are
// legal, what an incident and a unit are while an assignment is in a state.

extension Activity {
  package init?(header value: Int32) {
    guard let byte = UInt8(exactly: value) else { return nil }
    self.init(rawValue: byte)
  }

  /// Follows from an assignment's state. A host that says it of a unit on an incident repeats what it read.
  var isOfAssignment: Bool {
    switch self {
    case .enRoute, .onScene, .transporting, .atDestination: return true
    default: return false
    }
  }

  /// The level that goes with it where the plans say nothing (domain: "Unit status: two levels").
  package var defaultLevel: Level {
    switch self {
    case .patrolling, .station, .post, .returning: return .available
    case .meal, .training: return .conditionallyAvailable
    default: return .notAvailable
    }
  }
}

extension Tier {
  /// Emergency and urgent.
  package var isPressing: Bool { self == .emergency || self == .urgent }
}

extension ClockKind {
  /// Kept by each assignment; the others by the incident.
  package var isOfAssignment: Bool {
    switch self {
    case .delivery, .acknowledge, .turnout, .welfare, .report: return true
    default: return false
    }
  }

  /// Paper says when what it waits for happened.
  var isKeptOnPaper: Bool {
    switch self {
    case .pending, .arrival, .report, .resolve, .callback: return true
    default: return false
    }
  }

  /// A promise of the machine's: an order that was given by voice needs none of them.
  var isOfTerminal: Bool {
    switch self {
    case .delivery, .acknowledge, .turnout: return true
    default: return false
    }
  }
}

extension IncidentState {
  package var isOpen: Bool {
    self != .none && rawValue < IncidentState.closed.rawValue || self == .held
  }
}

extension AssignmentState {
  package var isTerminal: Bool { rawValue >= AssignmentState.cleared.rawValue }
  package var hasArrived: Bool {
    rawValue >= AssignmentState.onScene.rawValue && rawValue <= AssignmentState.cleared.rawValue
  }
  package var isSigned: Bool {
    rawValue >= AssignmentState.acknowledged.rawValue
      && rawValue <= AssignmentState.cleared.rawValue
  }

  /// Its unit has set out.
  package var isMoving: Bool {
    rawValue >= AssignmentState.enRoute.rawValue && rawValue <= AssignmentState.cleared.rawValue
  }

  /// Whether the host may move an assignment from this live state to `next`; `state` when never, `reason` when only
  /// with a reason (backward).
  package func permits(_ next: AssignmentState) -> Status {
    switch next {
    case .none, .reserved, .expired, .diverted, .exchanged: return .state
    case .cleared: return hasArrived ? .ok : .state
    case .declined: return hasArrived ? .state : .ok
    case .cancelled: return .ok
    default: return next.rawValue > rawValue ? .ok : .reason
    }
  }

  /// What the incident is while this is its most advanced live assignment.
  package var incidentState: IncidentState {
    switch self {
    case .reserved, .dispatched, .delivered, .acknowledged: return .assigned
    case .enRoute: return .enRoute
    case .onScene: return .onScene
    case .transporting, .atDestination: return .handling
    case .reported: return .reported
    default: return .pending
    }
  }

  /// What the unit does while its assignment is in this state.
  package var activity: Activity {
    switch self {
    case .onScene, .reported: return .onScene
    case .transporting: return .transporting
    case .atDestination: return .atDestination
    default: return .enRoute
    }
  }
}

extension EventKind {
  /// Never lost: it has room of its own.
  package var isReserved: Bool { self == .escalation || self == .warning || self == .alarm }
}
