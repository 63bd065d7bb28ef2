// The words that plans are written in, and what they stand for.

import HujiaEngine

enum PlanWords {
  static let tiers: [(word: String, value: Tier)] = [
    ("emergency", .emergency), ("urgent", .urgent), ("routine", .routine),
    ("preventive", .preventive),
  ]
  static let levels: [(word: String, value: Level)] = [
    ("available", .available), ("conditionallyAvailable", .conditionallyAvailable),
    ("notAvailable", .notAvailable),
  ]
  static let activities: [(word: String, value: Activity)] = [
    ("patrolling", .patrolling), ("station", .station), ("post", .post), ("meal", .meal),
    ("court", .court), ("training", .training), ("offDuty", .offDuty), ("returning", .returning),
  ]
  static let clocks: [(word: String, value: ClockKind)] = [
    ("pending", .pending), ("acknowledge", .acknowledge), ("arrival", .arrival),
    ("resolve", .resolve),
  ]
  static let steps: [(word: String, value: StepAction)] = [
    ("notify_again", .notifyAgain), ("other_channel", .otherChannel), ("next_unit", .nextUnit),
    ("widen", .widen), ("supervisor", .supervisor), ("tell_caller", .tellCaller),
    ("suggest_exchange", .suggestExchange), ("neighbour", .neighbour), ("manual", .manual),
    ("supervision", .supervision),
  ]
  static let dispatch: [(word: String, value: DispatchMode)] = [
    ("auto", .auto), ("recommend", .recommend), ("manual", .manual),
  ]
  static let profiles: [(word: String, value: ProfileRule)] = [
    ("response", .response), ("normal", .normal),
  ]
}
