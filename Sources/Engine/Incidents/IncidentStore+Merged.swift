// What is asked of the incidents that were merged into one.

extension IncidentStore {
  /// Whether a unit of an incident that was merged into this one has arrived.
  func hasMergedArrival(_ root: UInt32) -> Bool {
    var filed = self[root].firstMerged
    while filed != IncidentRecord.none {
      if self[filed].hasArrived { return true }
      filed = self[filed].nextLinked
    }
    return false
  }

  /// The first arrival among those that were merged into an incident; never = `Int64.max`.
  func mergedArrival_ns(_ root: UInt32) -> Int64 {
    var least_ns = Int64.max
    var filed = self[root].firstMerged
    while filed != IncidentRecord.none {
      least_ns = min(least_ns, self[times: filed].arrived_ns)
      filed = self[filed].nextLinked
    }
    return least_ns
  }
}
