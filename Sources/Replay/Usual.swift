// What the record says of crews in general: how fast they drive, and how long things take where a row is silent.

import HujiaCities
import HujiaHostKit

/// Recorded drives over the streets' own travel times, by tier. A factor of 1.6 means: 1.6 times as long as the speed
/// limits allow, from "under way" to "on scene". Measured on units whose station is known and that had been home.
package struct DrivingPace: Sendable {
  /// By tier 0 ... 4; tier 0 = all together.
  package private(set) var factors = [Double](repeating: 1, count: 5)
  package private(set) var samples = 0
  /// Drives shorter than this say more about buttons than about driving.
  private static let least_s = 45.0
  private static let settled_s = 1_800.0
  private static let needed = 30

  /// Every unit drives at the speed limits.
  package static let limits = DrivingPace()

  /// On the streets that an engine has open.
  package static func measured(_ city: City, book: PlanBook, _ host: Host) -> DrivingPace {
    var room = Host.roomForRoute
    return measured(
      city, tier: { Int(book.tier(of: $0)) },
      travel_s: { from, to in
        host.route(from: from, to: to, &room).last.map { Double($0.time_ms) / 1e3 }
      })
  }

  /// `travel_s` gives the streets' time between two places; nil where they do not connect them.
  static func measured(
    _ city: City, tier: (City.Call) -> Int, travel_s: (Location, Location) -> Double?
  ) -> DrivingPace {
    let units = Dictionary(city.units.map { ($0.name, $0) }) { first, _ in first }
    var free: [String: Double] = [:]
    var ratios = [[Double]](repeating: [], count: 5)
    for call in city.calls {
      for row in call.responses {
        let isHome = (free[row.unit] ?? 0) + settled_s <= row.dispatch
        free[row.unit] = max(free[row.unit] ?? 0, row.available ?? row.dispatch)
        guard isHome, let unit = units[row.unit], unit.hasStation, let underWay = row.underWay,
          let onScene = row.onScene, onScene > underWay,
          let plain_s = travel_s(unit.home, call.place), plain_s >= least_s
        else { continue }
        let ratio = (onScene - underWay) / plain_s
        ratios[0].append(ratio)
        ratios[tier(call)].append(ratio)
      }
    }
    var pace = DrivingPace()
    pace.samples = ratios[0].count
    for tier in 0...4 where ratios[tier].count >= needed {
      pace.factors[tier] = Statistics.percentile(ratios[tier], 0.5) ?? 1
    }
    for tier in 1...4 where ratios[tier].count < needed { pace.factors[tier] = pace.factors[0] }
    return pace
  }
}

/// Medians of the record, for responses that have no row of their own.
struct UsualTimes {
  private(set) var turnout_s = 60.0
  private var onScene_s: [Bool: Double] = [:]

  init(_ city: City) {
    var turnout: [Double] = []
    var onScene: [Bool: [Double]] = [:]
    for row in city.calls.lazy.flatMap(\.responses) {
      if let underWay = row.underWay { turnout.append(underWay - row.dispatch) }
      guard let start = row.onScene, row.transport == nil, let end = row.available, end > start
      else { continue }
      onScene[City.isAmbulance(row.unitType), default: []].append(end - start)
    }
    turnout_s = Statistics.percentile(turnout, 0.5) ?? turnout_s
    onScene_s = onScene.compactMapValues { Statistics.percentile($0, 0.5) }
  }

  /// Arrival to release, without transport.
  func onScene_s(_ unitType: String) -> Double { onScene_s[City.isAmbulance(unitType)] ?? 1_200 }
}
