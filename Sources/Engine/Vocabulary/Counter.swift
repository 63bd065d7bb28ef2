// Names of the engine's statistics: places in `Counters`, readable from any thread.

package enum Counter {
  package static let reports = 0
  package static let decisions = 1
  package static let refused = 2
  package static let repeated = 3
  package static let manual = 4
  package static let shortfalls = 5
  package static let keysEvicted = 6
  package static let incidentsOpened = 7
  package static let incidentsClosed = 8
  package static let assignmentsOpened = 9
  package static let assignmentsAcknowledged = 10
  package static let assignmentsDeclined = 11
  package static let assignmentsExpired = 12
  package static let escalations = 13
  package static let lateDeadlines = 14
  package static let worstLateness_ns = 15
  package static let escalationsWaiting = 16
  package static let eventsWritten = 17
  package static let eventsLost = 18
  package static let eventsWaiting = 19
  // 20 and 21 are free.
  package static let turns = 22
  package static let longestTurn_ns = 23
  package static let units = 24
  package static let unitsHigh = 25
  package static let incidentsOpen = 26
  package static let incidentsOpenHigh = 27
  package static let assignmentsLive = 28
  package static let assignmentsLiveHigh = 29
  package static let deadlinesArmed = 30
  package static let deadlinesArmedHigh = 31
  package static let eventsWaitingHigh = 32
  // Watches, audit, figures
  package static let watches = 64
  package static let watchesHigh = 65
  package static let watchBeats = 66
  package static let watchBeatsRefused = 67
  package static let watchAlarms = 68
  package static let absences = 69
  package static let auditRuns = 70
  package static let auditFound = 71
  package static let breaches = 72
  package static let callsAdded = 74
  /// 1 = MANUAL.
  package static let isManual = 73
  // Lateness of deadlines
  package static let latenessP50_ns = 76
  package static let latenessP99_ns = 77
  package static let count = 80
}
