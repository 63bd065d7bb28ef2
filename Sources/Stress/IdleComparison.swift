// The same calls twice: alone, and while positions come in by the hundred thousand. What a caller feels of the load,
// beside what the scheduler alone adds to a thread that does as much and never calls the engine.

import HujiaHostKit

package struct IdleComparison {
  package let idle: StressResult
  package let loaded: StressResult

  package init(idle: StressResult, loaded: StressResult) {
    self.idle = idle
    self.loaded = loaded
  }

  static let mostTimesIdle = 3.0
  static let mostTail_us = 10_000.0

  package struct Figures: Encodable {
    var idle_p50_us: Double
    var loaded_p50_us: Double
    var ratio_p50: Double
    var idle_p999_us: Double
    var loaded_p999_us: Double
    var scheduler_idle_p999_us: Double
    var scheduler_loaded_p999_us: Double
    var scheduler_ratio_p50: Double
    var calls: Int
    var positions_per_s: Double
    var p50_holds: Bool
    var p999_holds: Bool
  }

  private static func us(_ result: StressResult, _ lane: Lane, _ percentile: Double) -> Double {
    result.lane(lane)?.response_us(percentile) ?? 0
  }

  package var figures: Figures {
    let before = Self.us(idle, .calls, 50)
    let after = Self.us(loaded, .calls, 50)
    let tail = Self.us(loaded, .calls, 99.9)
    let positions = Double(loaded.lane(.positions)?.sum.offered ?? 0) / max(loaded.elapsed_s, 0.001)
    let ratio = before > 0 ? after / before : 0
    let alone = Self.us(idle, .scheduler, 50)
    return Figures(
      idle_p50_us: before, loaded_p50_us: after, ratio_p50: ratio,
      idle_p999_us: Self.us(idle, .calls, 99.9), loaded_p999_us: tail,
      scheduler_idle_p999_us: Self.us(idle, .scheduler, 99.9),
      scheduler_loaded_p999_us: Self.us(loaded, .scheduler, 99.9),
      scheduler_ratio_p50: alone > 0 ? Self.us(loaded, .scheduler, 50) / alone : 0,
      calls: loaded.lane(.calls)?.sum.offered ?? 0, positions_per_s: positions,
      p50_holds: ratio <= Self.mostTimesIdle, p999_holds: tail < Self.mostTail_us)
  }

  package var text: String {
    let percentiles = [50, 90, 99, 99.9]
    func row(_ name: String, _ result: StressResult, _ lane: Lane) -> String {
      guard let figures = result.lane(lane) else { return "" }
      let times =
        percentiles.map { figures.response_us($0) } + [Double(figures.response.max) / 1e3]
      return name.padded(42)
        + times.map { StressText.time($0).padded(left: 11) }.joined()
        + Thousands.text(Int(figures.response.totalCount)).padded(left: 11)
    }
    let figures = figures
    let head =
      "µs from the intended start".padded(42)
      + ["p50", "p90", "p99", "p99.9", "max", "acts"].map { $0.padded(left: 11) }.joined()
    let positions = Thousands.text(Int(figures.positions_per_s.rounded()))
    return """
      \(head)
      \(row("a call, idle", idle, .calls))
      \(row("a call, \(positions) positions/s", loaded, .calls))
      \(row("the scheduler alone, idle", idle, .scheduler))
      \(row("the scheduler alone, under the same load", loaded, .scheduler))

      p50     \(Decimals.fixed(figures.ratio_p50, 2)) times idle, at most 3 wanted: \
      \(figures.p50_holds ? "holds" : "DOES NOT HOLD"); the scheduler alone \
      \(Decimals.fixed(figures.scheduler_ratio_p50, 2)) times
      p99.9   \(StressText.time(figures.loaded_p999_us)) µs, less than 10 ms wanted: \
      \(figures.p999_holds ? "holds" : "DOES NOT HOLD"); the scheduler alone \
      \(StressText.time(figures.scheduler_loaded_p999_us)) µs\
      \(figures.calls < 1_000 ? " (of \(figures.calls) calls it is the worst)" : "")
      The scheduler's rows are a thread that waits the same way, computes for 20 µs and never calls the engine.
      """
  }
}
