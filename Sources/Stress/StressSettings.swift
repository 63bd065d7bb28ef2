// What a stress run is asked to do, with its options resolved.

import HujiaRoads

package struct StressSettings {
  package struct LanePlan {
    package let rate: Rate
    package let threads: Int

    package init(rate: Rate, threads: Int) {
      self.rate = rate
      self.threads = threads
    }
  }

  /// Where it happens, and what is said of the load; empty = nothing.
  package let place: String
  let load: String
  let map: String
  package let units: Int
  /// Sources of heartbeats, where their lane runs.
  package let watches: Int
  package let seconds: Int
  let seed: UInt64
  /// Fixes in one call of hj_positions_report; nil = so many that a thread makes about 2,000 calls a second.
  let batch: Int?
  let traces: String?
  /// Where every turn is written down; nil = nowhere.
  let record: String?
  /// A new folder for a journal; nil = none.
  let journal: String?
  /// The lanes that run, in the table's order.
  package let lanes: [(lane: Lane, plan: LanePlan)]
  /// Waits like a caller and never calls, a hundred times a second.
  let hasProbe = true

  package init(
    place: String, load: String = "", map: String, units: Int, watches: Int = 1_000, seconds: Int,
    seed: UInt64, batch: Int? = nil,
    traces: String? = nil, record: String? = nil, journal: String? = nil,
    lanes: [(lane: Lane, plan: LanePlan)]
  ) {
    self.place = place
    self.load = load
    self.map = map
    self.units = units
    self.watches = watches
    self.seconds = seconds
    self.seed = seed
    self.batch = batch
    self.traces = traces
    self.record = record
    self.journal = journal
    self.lanes = lanes
  }

  package var title: String { load.isEmpty ? place : "\(place), \(load)" }

  static let probeRate = 100
  package static let fewestWatches = WatchSet.least
  /// How many the engine has room for: none more than are put. 0 = the lane does not run.
  var watchRoom: Int {
    guard let plan = plan(.watches), plan.rate != .perSecond(0) else { return 0 }
    return max(watches, plan.threads * WatchSet.least)
  }
  /// Open calls, of all threads of the lane together: as in a city, but so few that units remain.
  var openLimit: Int { max(min(units / 8, 300), 1) }
  /// Assignments that one thread of the acks lane moves.
  var assignmentsPerAckThread: Int { max(min(units / 16, 64), 1) }

  package func plan(_ lane: Lane) -> LanePlan? { lanes.first { $0.lane == lane }?.plan }

  /// One thread, but a second one for more positions than one should send.
  package static func threads(_ lane: Lane, _ rate: Rate) -> Int {
    guard lane == .positions, case .perSecond(let items) = rate else { return 1 }
    return min(max((items + 499_999) / 500_000, 1), 8)
  }

  /// Positions as asked for; heartbeats as a platform of many devices passes them on.
  func batch(_ lane: Lane, _ plan: LanePlan) -> Int {
    guard lane == .positions else { return lane == .watches ? WatchProducer.batch : 1 }
    return batch ?? Pacing.batch(for: plan.rate, producers: plan.threads)
  }
}
