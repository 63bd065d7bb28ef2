// What the chain of each tier did, hour by hour: which steps of which clocks fired.

import CHujia
import HujiaHostKit

package struct ChainHours {
  package struct Step: Hashable, Comparable {
    package let clock: Int32
    package let step: Int32
    package static func < (a: Step, b: Step) -> Bool { (a.clock, a.step) < (b.clock, b.step) }
  }

  /// By tier 0 ... 4, then by step, then by hour since the start of the replay.
  package private(set) var counts = [[Step: [Int: Int]]](repeating: [:], count: 5)
  private var actions: [Step: Int32] = [:]
  package private(set) var hours = 1

  mutating func add(_ event: hj_event, tier: Int, hour: Int) {
    let step = Step(clock: event.clock, step: event.step)
    counts[tier][step, default: [:]][hour, default: 0] += 1
    actions[step] = event.action
    hours = max(hours, hour + 1)
  }

  package func steps(_ tier: Int) -> [Step] { counts[tier].keys.sorted() }
  package func total(_ tier: Int) -> Int {
    counts[tier].values.reduce(0) { $0 + $1.values.reduce(0, +) }
  }

  package func name(_ step: Step) -> String {
    let clock = Host.words(HJ_NAMES_CLOCK, step.clock)
    let action = actions[step].map { Host.words(HJ_NAMES_STEP, $0) } ?? ""
    return "\(clock) \(step.step): \(action)"
  }
}
