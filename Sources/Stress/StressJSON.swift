// The figures of stress runs as JSON, for programs.

import CHujia
import HujiaHostKit

/// The figures of one or more runs.
package struct StressJSON: Encodable {
  struct Times: Encodable {
    var p50_us: Double
    var p90_us: Double
    var p99_us: Double
    var p999_us: Double
    var max_us: Double
  }

  struct LaneFigures: Encodable {
    var lane: String
    var threads: Int
    var rate: String
    var batch: Int
    var offered: Int
    var accepted: Int
    var refused: Int
    var full: Int
    var unsent: Int
    var acts: Int
    var busy_s: Double
    var response: Times
    var service: Times
    var offered_by_second: [Int]
    var p99_us_by_second: [Double]
  }

  struct Check: Encodable {
    var what: String
    var ours: Int
    var engine: Int
    var holds: Bool
  }

  struct Scheduler: Encodable {
    var waited_s: Double
    var gaps: Int
    var longest_us: Double
    var lost_ms: Double
  }

  struct Run: Encodable {
    var title: String
    var units: Int
    var nodes: Int
    var seconds: Int
    var cores: Int
    var elapsed_s: Double
    var process_busy_s: Double
    var decisions_per_s: Double
    var lanes: [LaneFigures]
    var engine: [String: Int64]
    var scheduler: Scheduler
    var memory_kib: [Double]
    var memory_slope_kib_per_min: Double?
    var checks: [Check]
    var holds: Bool
  }

  var runs: [Run]
  var comparison: IdleComparison.Figures?

  package init(_ results: [StressResult], comparison: IdleComparison.Figures? = nil) {
    runs = results.map(Self.run)
    self.comparison = comparison
  }

  private static func run(_ result: StressResult) -> Run {
    Run(
      title: result.settings.title, units: result.settings.units, nodes: result.mapNodes,
      seconds: result.settings.seconds, cores: result.cores, elapsed_s: result.elapsed_s,
      process_busy_s: result.processBusy_s, decisions_per_s: result.decisionsPerSecond,
      lanes: result.lanes.map(figures), engine: engine(result.after),
      scheduler: Scheduler(
        waited_s: Double(result.gaps.spun_ns) / 1e9, gaps: result.gaps.count,
        longest_us: Double(result.gaps.worst_ns) / 1e3,
        lost_ms: Double(result.gaps.lost_ns) / 1e6),
      memory_kib: result.memory.sizes_kib,
      memory_slope_kib_per_min: result.memory.slope_kib_per_min,
      checks: result.checks.map {
        Check(what: $0.what, ours: $0.ours, engine: $0.engine, holds: $0.holds)
      }, holds: result.holds)
  }

  private static func figures(_ lane: LaneResult) -> LaneFigures {
    LaneFigures(
      lane: lane.lane.rawValue, threads: lane.threads, rate: lane.rate.text, batch: lane.batch,
      offered: lane.sum.offered, accepted: lane.sum.accepted, refused: lane.sum.refused,
      full: lane.sum.full, unsent: lane.unsent, acts: Int(lane.response.totalCount),
      busy_s: Double(lane.busy_ns) / 1e9,
      response: Times(
        p50_us: lane.response_us(50), p90_us: lane.response_us(90), p99_us: lane.response_us(99),
        p999_us: lane.response_us(99.9), max_us: Double(lane.response.max) / 1e3),
      service: Times(
        p50_us: lane.service_us(50), p90_us: lane.service_us(90), p99_us: lane.service_us(99),
        p999_us: lane.service_us(99.9), max_us: Double(lane.service.max) / 1e3),
      offered_by_second: lane.seconds.map(\.offered),
      p99_us_by_second: lane.seconds.map { Double($0.p99_ns) / 1e3 })
  }

  private static func engine(_ stats: hj_stats) -> [String: Int64] {
    [
      "longest_turn_ns": stats.longest_turn_ns, "turns": stats.turns,
      "decisions": stats.decisions, "reports": stats.reports, "refused": stats.refused,
      "posts": stats.posts, "positions_accepted": stats.positions_accepted,
      "positions_refused": stats.positions_refused, "events_written": stats.events_written,
      "events_lost": stats.events_lost, "escalations": stats.escalations,
      "watches_high": stats.watches_high, "watch_beats": stats.watch_beats,
      "watch_beats_refused": stats.watch_beats_refused, "absences": stats.absences,
      "late_deadlines": stats.late_deadlines, "worst_lateness_ns": stats.worst_lateness_ns,
      "calls_combined": stats.calls_combined, "calls_handed_over": stats.calls_handed_over,
      "calls_ahead_high": stats.calls_ahead_high, "longest_wait_ns": stats.longest_wait_ns,
      "positions_unknown_unit": stats.positions_unknown_unit,
      "positions_busy": stats.positions_busy, "positions_too_fast": stats.positions_too_fast,
      "events_waiting_high": stats.events_waiting_high, "stalls": stats.stalls,
      "posts_waiting_high": stats.posts_waiting_high,
      "incidents_open_high": stats.incidents_open_high,
      "assignments_live_high": stats.assignments_live_high,
      "deadlines_armed_high": stats.deadlines_armed_high, "memory_bytes": stats.memory_bytes,
    ]
  }

  package func text() throws(Failed) -> String { try JSONText.of(self, .linesEscaped) }
}
