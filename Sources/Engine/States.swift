// The states of incidents and assignments, and which moves are legal (domain: "Incident states", "Assignment states").

/// An incident's state is derived from its most advanced live assignment; nobody sets it by hand.
package enum IncidentState: Int32, BitwiseCopyable, Sendable {
  case none = 0
  case received, pending, assigned, enRoute, onScene, handling, reported, closed, archived,
    cancelled
  /// Waits for its appointment.
  case held
  /// Another incident stands for it.
  case merged

  package var isOpen: Bool {
    self != .none && rawValue < IncidentState.closed.rawValue || self == .held
  }
}

/// Where one unit stands on one incident. Order = forward order up to `cleared`; the rest end it too.
package enum AssignmentState: Int32, BitwiseCopyable, Sendable {
  case none = 0
  case reserved, dispatched, delivered, acknowledged, enRoute, onScene, transporting
  case atDestination, reported
  case cleared, declined, expired, cancelled, diverted, exchanged

  package var isTerminal: Bool { rawValue >= AssignmentState.cleared.rawValue }
  package var hasArrived: Bool {
    rawValue >= AssignmentState.onScene.rawValue && rawValue <= AssignmentState.cleared.rawValue
  }
  package var isSigned: Bool {
    rawValue >= AssignmentState.acknowledged.rawValue
      && rawValue <= AssignmentState.cleared.rawValue
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

/// What an event says (`HJ_EVENT_…`).
package enum EventKind: Int32, BitwiseCopyable, Sendable {
  case decided = 1
  case refused, incident, assignment, escalation, overflow, traffic
  case stall = 9
  case warning = 10
  case clock = 11

  /// Never lost: it has room of its own.
  package var isReserved: Bool { self == .escalation || self == .warning || self == .alarm }
  /// The audit found a lost promise.
  case alarm = 8
  /// A watch showed a sign of life, or its chain ended otherwise.
  case absenceEnded = 13
}

/// Why a unit was chosen or something changed (`HJ_REASON_…`).
package enum Reason: Int32, BitwiseCopyable, Sendable {
  case none = 0
  case closest, straightLine, noPosition, homeBeat, byHand, nextUnit, unitFreed, nobody, closed
  case upgraded
  case undeliverable = 11
  case backup, appointment, merged, unmerged, diverted, calledBack, roomNeeded, lead
  /// Why an absence ended (or `closed`: its incident is over), why no incident was opened, why an alarm was raised.
  case signOfLife = 25
  case paused, tableFull, lostDeadline, placeChanged
}

/// Why fewer units were sent than the plan asks for (`HJ_SHORTFALL_…`).
package struct Shortfall: OptionSet, BitwiseCopyable, Sendable {
  package let rawValue: UInt32
  package init(rawValue: UInt32) { self.rawValue = rawValue }
  package static let notAvailable = Shortfall(rawValue: 1)
  package static let capability = Shortfall(rawValue: 2)
  package static let notCrewed = Shortfall(rawValue: 4)
  package static let shiftEnd = Shortfall(rawValue: 8)
  package static let radius = Shortfall(rawValue: 16)
  package static let noPosition = Shortfall(rawValue: 32)
  package static let tableFull = Shortfall(rawValue: 64)
  package static let manual = Shortfall(rawValue: 128)
  package static let notOnStreets = Shortfall(rawValue: 256)
  /// The incident has no place: nobody can be ranked, a person must find out where it is.
  package static let noPlace = Shortfall(rawValue: 512)
}
