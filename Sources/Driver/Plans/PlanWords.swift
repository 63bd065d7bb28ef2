// The words that plans are written in, and what they stand for.

import HujiaEngine

enum PlanWords {
  static let tiers: [(word: String, value: Tier)] = [
    ("emergency", .emergency), ("urgent", .urgent), ("routine", .routine),
    ("preventive", .preventive),
  ]
  static let levels: [(word: String, value: Level)] = [
    ("available", .available), ("conditionally_available", .conditionallyAvailable),
    ("not_available", .notAvailable),
  ]
  static let activities: [(word: String, value: Activity)] = [
    ("patrolling", .patrolling), ("station", .station), ("post", .post), ("meal", .meal),
    ("court", .court), ("training", .training), ("off_duty", .offDuty),
    ("returning", .returning),
  ]
  /// As plans of 0.1 wrote them; understood for good.
  static let olderLevels: [(word: String, value: Level)] = [
    ("conditionallyAvailable", .conditionallyAvailable), ("notAvailable", .notAvailable),
  ]
  static let olderActivities: [(word: String, value: Activity)] = [("offDuty", .offDuty)]
  static let clocks: [(word: String, value: ClockKind)] = [
    ("pending", .pending), ("delivery", .delivery), ("acknowledge", .acknowledge),
    ("turnout", .turnout), ("arrival", .arrival), ("welfare", .welfare), ("report", .report),
    ("resolve", .resolve), ("callback", .callback), ("lead", .lead),
    ("absence", .absence),
  ]
  static let steps: [(word: String, value: StepAction)] = [
    ("notify_again", .notifyAgain), ("other_channel", .otherChannel), ("next_unit", .nextUnit),
    ("widen", .widen), ("supervisor", .supervisor), ("tell_caller", .tellCaller),
    ("suggest_exchange", .suggestExchange), ("neighbour", .neighbour), ("manual", .manual),
    ("supervision", .supervision), ("call_unit", .callUnit), ("backup", .backup),
    ("first_leads", .firstLeads), ("last_resort", .lastResort),
    ("open_incident", .openIncident), ("home_officer", .homeOfficer),
    ("grid_worker", .gridWorker),
  ]
  static let nobody: [(word: String, value: NobodyRule)] = [("keep", .keep), ("skip", .skip)]
  static let days: [(word: String, value: UInt32)] = [
    ("sun", 0), ("mon", 1), ("tue", 2), ("wed", 3), ("thu", 4), ("fri", 5), ("sat", 6),
  ]
  /// Steps that only the chain of a watch can take, and those that it cannot.
  static let stepsOfWatchesOnly: Set<StepAction> = [.openIncident, .homeOfficer, .gridWorker]
  static let stepsOfIncidentsOnly: Set<StepAction> = [
    .nextUnit, .widen, .suggestExchange, .callUnit, .backup, .firstLeads,
  ]
  static let dispatch: [(word: String, value: DispatchMode)] = [
    ("auto", .auto), ("recommend", .recommend), ("manual", .manual),
  ]
  static let profiles: [(word: String, value: ProfileRule)] = [
    ("response", .response), ("normal", .normal),
  ]
}
