// Reading incidents: by the host's id, and which assignments of each are live.

extension EngineCore {
  package func incident(_ id: UInt64) -> UInt32? { incidentSlots.slot(of: id) }

  /// Live assignment `place` (0 ..< liveCount) of an incident.
  package func liveAssignment(of incident: UInt32, _ place: Int) -> UInt32 {
    incidentAssignments[Int(incident) * EngineLimits.chosen + place]
  }
}
