// The field's words as values; the numbers are those of the C header (a test compares them).

/// How pressing an incident is. Named, never a bare integer; `none` only in a report: "by the type".
public enum Tier: UInt8, BitwiseCopyable, Sendable, CaseIterable {
  case none = 0
  case emergency, urgent, routine, preventive

  @inlinable public init?(header value: Int32) {
    switch value {
    case 0: self = .none
    case 1: self = .emergency
    case 2: self = .urgent
    case 3: self = .routine
    case 4: self = .preventive
    default: return nil
    }
  }
}

/// Whether a unit may be sent.
package enum Level: UInt8, BitwiseCopyable, Sendable, CaseIterable {
  case available = 0
  case conditionallyAvailable, notAvailable
}

/// What a unit is doing.
package enum Activity: UInt8, BitwiseCopyable, Sendable, CaseIterable {
  case patrolling = 0
  case station, post, enRoute, onScene, meal, court, training, offDuty, transporting
  case atDestination, returning

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

/// The promises the engine keeps time of.
package enum ClockKind: UInt8, BitwiseCopyable, Sendable, CaseIterable {
  case pending = 1
  case delivery, acknowledge, turnout, arrival, welfare, report, resolve, callback, lead, absence
  /// A held incident waits for its appointment. It has no chain: the incident is dispatched.
  case appointment

  /// Kept by each assignment; the others by the incident.
  package var isOfAssignment: Bool {
    switch self {
    case .delivery, .acknowledge, .turnout, .welfare, .report: return true
    default: return false
    }
  }
}

/// What a step of a clock's chain asks for.
package enum StepAction: UInt8, BitwiseCopyable, Sendable, CaseIterable {
  case notifyAgain = 1
  case otherChannel, nextUnit, widen, supervisor, tellCaller, suggestExchange, neighbour, manual
  case supervision, callUnit, backup, firstLeads, lastResort
  /// Of a watch: the engine opens an incident; the home officer 社区民警, the grid worker 网格员 look in.
  case openIncident = 20
  case homeOfficer, gridWorker
}
