// Figures that many threads raise without the baton: what became of every position that was offered.

import HujiaContainers
import HujiaEngine
import HujiaIngest

/// Places in the driver's own `Counters`: one a verdict (`FixVerdict.rawValue`), then the loop's.
package enum IngestCounter {
  package static func fixes(_ verdict: FixVerdict) -> Int { verdict.rawValue }
  package static let stalls = 10
  package static let longestStall_ns = 11
  static let count = 16
}

/// What became of the fixes of one batch; added to the counters once.
struct FixTally {
  private var counts = InlineArray<9, Int32>(repeating: 0)

  mutating func add(_ verdict: FixVerdict) { counts[verdict.rawValue] += 1 }
  var accepted: Int { Int(counts[FixVerdict.accepted.rawValue]) }

  func add(to counters: borrowing Counters) {
    for verdict in 0..<FixVerdict.count where counts[verdict] > 0 {
      counters.addShared(verdict, Int64(counts[verdict]))
    }
  }
}
