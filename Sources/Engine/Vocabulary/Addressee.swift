// The people that a step tells: of overdue steps with the same addressee the last one is enough.

/// What the engine does itself at a step has an addressee of its own.
enum Addressee: UInt8, BitwiseCopyable {
  case unit, anotherUnit, search, supervisor, caller, exchange, neighbour, dispatcher, backup, lead
  case personInCharge, newIncident, homeOfficer, gridWorker
}

extension StepAction {
  var addressee: Addressee {
    switch self {
    case .notifyAgain, .otherChannel, .callUnit: .unit
    case .nextUnit: .anotherUnit
    case .widen: .search
    case .supervisor, .supervision: .supervisor
    case .tellCaller: .caller
    case .suggestExchange: .exchange
    case .neighbour: .neighbour
    case .manual: .dispatcher
    case .backup: .backup
    case .firstLeads: .lead
    case .lastResort: .personInCharge
    case .openIncident: .newIncident
    case .homeOfficer: .homeOfficer
    case .gridWorker: .gridWorker
    }
  }
}
