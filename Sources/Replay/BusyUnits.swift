// How many units are on a call at a time: the replay beside the record, every half hour.

import HujiaCities

package struct BusyUnits {
  package static let step_s = 1_800.0
  package private(set) var engine: [Int] = []
  package private(set) var recorded: [Int]

  /// `origin_s` is the replay's zero in seconds since 1970.
  init(_ city: City, origin_s: Double) {
    let end_s = (city.calls.last?.entry ?? origin_s) - origin_s
    let count = Int(end_s / Self.step_s) + 1
    var changes = [Int](repeating: 0, count: count + 1)
    for row in city.calls.lazy.flatMap(\.responses) {
      guard let available = row.available, available > row.dispatch else { continue }
      let first = Self.sample(at: row.dispatch - origin_s, count)
      changes[first] += 1
      changes[max(Self.sample(at: available - origin_s, count), first)] -= 1
    }
    var busy = 0
    recorded = changes.prefix(count).map { change in
      busy += change
      return busy
    }
  }

  /// The first sample at or after a time, at most `count`.
  private static func sample(at time_s: Double, _ count: Int) -> Int {
    min(max(Int((time_s / step_s).rounded(.up)), 0), count)
  }

  /// `busy` holds since the last call; takes the samples that lie before `until_s`.
  mutating func take(_ busy: Int, until_s: Double) {
    while engine.count < recorded.count, Double(engine.count) * Self.step_s < until_s {
      engine.append(busy)
    }
  }
}
