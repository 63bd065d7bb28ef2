// A stress run as a table for people and as JSON for programs.

import CHujia
import Foundation

struct StressText {
  let result: StressResult

  init(_ result: StressResult) { self.result = result }

  var text: String {
    ([head, ""] + table + [""] + engine + [""] + machine + [""] + books).joined(separator: "\n")
  }

  private var head: String {
    let settings = result.settings
    let lanes = result.lanes.filter { Lane.offered.contains($0.lane) }.map {
      "\($0.lane.rawValue) \($0.rate.text)" + ($0.threads > 1 ? " by \($0.threads) threads" : "")
        + ($0.batch > 1 ? " in batches of \($0.batch)" : "")
    }
    return """
      \(settings.title): \(Thousands.text(result.mapNodes)) nodes, \(Thousands.text(settings.units)) units, \
      \(settings.seconds) s
      \(lanes.joined(separator: ", "))
      """
  }

  static func padded(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(width - text.count, 0)) + text
  }

  static func leading(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(width - text.count, 0))
  }

  /// Microseconds, with a decimal where that says something.
  static func time(_ us: Double) -> String {
    us < 99.95 ? String(format: "%.1f", us) : Thousands.text(Int(us.rounded()))
  }

  static let percentiles = [50, 90, 99, 99.9]

  private var table: [String] {
    let heads = ["offered", "accepted", "refused", "HJ_FULL", "unsent"]
    let times = ["p50", "p90", "p99", "p99.9", "max"]
    var lines = [
      Self.leading("", 10) + heads.map { Self.padded($0, 12) }.joined()
        + "  |" + times.map { Self.padded($0, 11) }.joined() + "  | in the call: p50       p99.9"
    ]
    for lane in result.lanes {
      let sums = [
        lane.sum.offered, lane.sum.accepted, lane.sum.refused, lane.sum.full, lane.unsent,
      ]
      let response =
        Self.percentiles.map { lane.response_us($0) } + [Double(lane.response.max) / 1e3]
      let service = [lane.service_us(50), lane.service_us(99.9)]
      let isDerived = !Lane.offered.contains(lane.lane)
      lines.append(
        Self.leading(lane.lane.rawValue, 10)
          + sums.map { Self.padded(Thousands.text($0), 12) }.joined() + "  |"
          + response.map { Self.padded(Self.time($0), 11) }.joined()
          + (isDerived
            ? ""
            : "  |" + Self.padded(Self.time(service[0]), 17)
              + Self.padded(Self.time(service[1]), 12)))
    }
    let note =
      "µs an act, from the moment it was meant to begin (closed loop: began) to its return"
    return lines + [note]
  }

  private var engine: [String] {
    let after = result.after
    return [
      "decisions        \(Thousands.text(Int(result.decisionsPerSecond.rounded())))/s, "
        + "\(Thousands.text(result.delta(\.decisions))) in all",
      "engine           longest turn \(Self.time(Double(after.longest_turn_ns) / 1e3)) µs, "
        + "\(Thousands.text(result.delta(\.turns))) turns",
      "baton            \(Thousands.text(result.delta(\.calls_combined))) calls carried out by "
        + "another thread, \(Thousands.text(result.delta(\.calls_handed_over))) handed it; "
        + "longest wait \(Self.time(Double(after.longest_wait_ns) / 1e3)) µs, "
        + "at most \(after.calls_ahead_high) calls ahead",
      "most at once     \(after.incidents_open_high) incidents open, "
        + "\(after.assignments_live_high) assignments, \(after.deadlines_armed_high) deadlines, "
        + "\(after.posts_waiting_high) posts waiting",
      "events           \(Thousands.text(result.eventsTaken)) taken, "
        + "\(Thousands.text(result.delta(\.events_lost))) lost, "
        + "\(Thousands.text(result.delta(\.escalations))) escalations, "
        + "\(result.delta(\.late_deadlines)) late",
      "engine memory    \(after.memory_bytes / 1_048_576) MiB",
    ]
  }

  private var machine: [String] {
    let gaps = result.gaps
    let spun_s = max(Double(gaps.spun_ns) / 1e9, 1e-9)
    let busy = result.processBusy_s / max(result.elapsed_s, 0.001)
    let threads = result.lanes.reduce(0) { $0 + $1.threads }
    var lines = [
      String(
        format: "cores            %.2f of %d in use by %d producers and the engine", busy,
        result.cores, threads)
    ]
    if gaps.spun_ns > 0 {
      lines.append(
        String(
          format:
            "scheduler        in %.2f s of mere waiting %d gaps over 100 µs, the longest %.0f µs",
          spun_s, gaps.count, Double(gaps.worst_ns) / 1e3))
    }
    // A short run is all warming up: its slope would say nothing.
    let size_mib = (result.memory.sizes_kib.last ?? 0) / 1_024
    if let slope = result.memory.slope_kib_per_min, result.settings.seconds >= 15 {
      lines.append(
        String(
          format:
            "process memory   %.1f MiB at the end, %+.0f KiB a minute after the first %.0f s",
          size_mib, slope, result.memory.settledFrom_s))
    } else {
      lines.append(String(format: "process memory   %.1f MiB at the end", size_mib))
    }
    return lines
  }

  private var books: [String] {
    let wrong = result.checks.filter { !$0.holds }
    let held = result.checks.count - wrong.count
    let lines = wrong.map {
      "DOES NOT HOLD    \($0.what): ours \(Thousands.text($0.ours)), the engine's \(Thousands.text($0.engine))"
    }
    return lines + ["accounting       \(held) of \(result.checks.count) checks hold, exactly"]
  }
}

/// The figures of one or more runs.
struct StressJSON: Encodable {
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

  init(_ results: [StressResult], comparison: IdleComparison.Figures? = nil) {
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

  func text() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }
}
