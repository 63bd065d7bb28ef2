// Incidents that were merged into another: a list of each root, linked through their records.

extension EngineCore {
  /// Whether a unit of an incident that was merged into this one has arrived.
  func hasMergedArrival(_ root: UInt32) -> Bool {
    var filed = incidents[root].firstMerged
    while filed != IncidentRecord.none {
      if incidents[filed].hasArrived { return true }
      filed = incidents[filed].nextLinked
    }
    return false
  }

  mutating func link(_ incident: UInt32, under root: UInt32) {
    incidents[incident].mergedInto = root
    let first = incidents[root].firstMerged
    incidents[incident].previousLinked = IncidentRecord.none
    incidents[incident].nextLinked = first
    if first != IncidentRecord.none { incidents[first].previousLinked = incident }
    incidents[root].firstMerged = incident
  }

  mutating func unlink(_ incident: UInt32) {
    let before = incidents[incident].previousLinked
    let after = incidents[incident].nextLinked
    if before == IncidentRecord.none {
      incidents[incidents[incident].mergedInto].firstMerged = after
    } else {
      incidents[before].nextLinked = after
    }
    if after != IncidentRecord.none { incidents[after].previousLinked = before }
    incidents[incident].mergedInto = IncidentRecord.none
  }

  /// The first arrival among those that were merged into an incident; never = `Int64.max`.
  func mergedArrival_ns(_ root: UInt32) -> Int64 {
    var least_ns = Int64.max
    var filed = incidents[root].firstMerged
    while filed != IncidentRecord.none {
      least_ns = min(least_ns, incidentTimes[filed].arrived_ns)
      filed = incidents[filed].nextLinked
    }
    return least_ns
  }
}
