// Incidents that are over and wait for one thing more.

/// Closed incidents that wait for their call-back, the oldest first; the links are in their records.
struct CallbackList: BitwiseCopyable {
  var head = IncidentRecord.none
  var tail = IncidentRecord.none
}
