// The words that plans are written in, and what they stand for; those of the header are in PlanWords+Header.swift.

import HujiaEngine

enum PlanWords {
  /// As plans of 0.1 wrote them; understood for good.
  static let olderLevels: [(word: String, value: Level)] = [
    ("conditionallyAvailable", .conditionallyAvailable), ("notAvailable", .notAvailable),
  ]
  static let olderActivities: [(word: String, value: Activity)] = [("offDuty", .offDuty)]
  static let nobody: [(word: String, value: NobodyRule)] = [("keep", .keep), ("skip", .skip)]
  static let days: [(word: String, value: UInt32)] = [
    ("sun", 0), ("mon", 1), ("tue", 2), ("wed", 3), ("thu", 4), ("fri", 5), ("sat", 6),
  ]
  /// Steps that only the chain of a watch can take, and those that it cannot.
  static let stepsOfWatchesOnly: Set<StepAction> = [.openIncident, .homeOfficer, .gridWorker]
  static let stepsOfIncidentsOnly: Set<StepAction> = [
    .nextUnit, .widen, .suggestExchange, .callUnit, .backup, .firstLeads,
  ]
  static let modes: [(word: String, value: ChoiceMode)] = [
    ("closest", .closest), ("beat_first", .beatFirst),
  ]
  static let dispatch: [(word: String, value: DispatchMode)] = [
    ("auto", .auto), ("recommend", .recommend), ("manual", .manual),
  ]
}
