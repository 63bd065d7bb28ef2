// What a simulation may do next, and how often it does.

import HujiaHostKit

/// Named as the report counts it.
enum InventedAct: String, CaseIterable {
  case report, post, sign, advance, decline, cancel, close
  case cancelIncident = "cancel incident"
  case update, assign, divert, activity, positions, unit, remove
  case repeatReport = "repeat"
  case conflict
  case unknownIDs = "unknown"
  case illegalMove = "illegal"
  case wallStep = "wall step"
  case nearest, route
  case selfInitiate = "self-initiated"

  var weight: Int {
    switch self {
    case .advance: return 40
    case .sign: return 26
    case .close: return 13
    case .report: return 12
    case .positions: return 10
    case .activity: return 6
    case .decline, .unknownIDs, .illegalMove: return 4
    case .post, .cancel, .cancelIncident, .update, .assign, .divert, .unit, .repeatReport: return 3
    case .nearest, .selfInitiate: return 2
    case .remove, .conflict, .wallStep, .route: return 1
    }
  }

  /// By weight. The order of the cases is part of what a seed means.
  static func drawn(_ random: inout SplitMix64) -> InventedAct {
    var draw = random.below(allCases.reduce(0) { $0 + $1.weight })
    for act in allCases {
      if draw < act.weight { return act }
      draw -= act.weight
    }
    return .route
  }
}
