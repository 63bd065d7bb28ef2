// What a stress run is asked to do, with its options resolved.

import HujiaRoads

struct StressSettings {
  struct LanePlan {
    var rate: Rate
    var threads: Int
  }

  var title = ""
  var map: String
  var units: Int
  var seconds: Int
  var seed: UInt64
  /// Fixes in one call of hj_positions_report; nil = so many that a thread makes about 2,000 calls a second.
  var batch: Int?
  var traces: String?
  /// Where every turn is written down; nil = nowhere.
  var record: String?
  /// The lanes that run, in the table's order.
  var lanes: [(lane: Lane, plan: LanePlan)]
  /// Waits like a caller and never calls, a hundred times a second.
  var hasProbe = true

  static let probeRate = 100
  /// Open calls, of all threads of the lane together: as in a city, but so few that units remain.
  var openLimit: Int { max(min(units / 8, 300), 1) }
  /// Assignments that one thread of the acks lane moves.
  var assignmentsPerAckThread: Int { max(min(units / 16, 64), 1) }

  func plan(_ lane: Lane) -> LanePlan? { lanes.first { $0.lane == lane }?.plan }

  /// One thread, but a second one for more positions than one should send.
  static func threads(_ lane: Lane, _ rate: Rate) -> Int {
    guard lane == .positions, case .perSecond(let items) = rate else { return 1 }
    return min(max((items + 499_999) / 500_000, 1), 8)
  }

  func batch(_ plan: LanePlan) -> Int {
    batch ?? Pacing.batch(for: plan.rate, producers: plan.threads)
  }
}
