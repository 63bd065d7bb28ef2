// What an incident asks for beside its plan.

extension EngineCore {
  /// What an incident asks for beside its plan and none of its units has; `passing`: as if that assignment were none of
  /// its.
  func openNeeds(of incident: UInt32, passing passed: UInt32? = nil) -> UInt64 {
    guard incidents[incident].hasNeeds else { return 0 }
    var open = incidents[details: incident].needs & ~incidents[details: incident].servedNeeds
    for place in 0..<Int(incidents[incident].liveCount) {
      let assignment = incidents.assignment(of: incident, place)
      if assignment != passed { open &= ~units[assignments[assignment].unit].capabilities }
    }
    return open
  }
}
