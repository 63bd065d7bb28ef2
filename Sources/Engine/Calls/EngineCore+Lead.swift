// Several agencies go: one of them leads.

extension EngineCore {
  /// A person says who leads.
  package mutating func setLead(_ id: UInt64, agency: UInt32, wall_us: Int64, act: Act) -> Status {
    guard let incident = incidents.slot(of: id) else { return .stale }
    guard incidents[incident].state.isOpen else { return .state }
    guard incidents[incident].lead != agency else { return .unchanged }
    lead(incident, agency: agency, wall_us: wall_us)
    emitIncident(incident, reason: .lead, act: act, wall_us: wall_us)
    return .ok
  }
}
