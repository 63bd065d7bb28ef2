// A stress run as a table for people.

import CHujia
import HujiaHostKit

package struct StressText {
  private let result: StressResult

  package init(_ result: StressResult) { self.result = result }

  package var text: String {
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

  /// Microseconds, with a decimal where that says something.
  package static func time(_ us: Double) -> String {
    us < 99.95 ? Decimals.fixed(us, 1) : Thousands.text(Int(us.rounded()))
  }

  static let percentiles = [50, 90, 99, 99.9]

  private var table: [String] {
    let heads = ["offered", "accepted", "refused", "HJ_FULL", "unsent"]
    let times = ["p50", "p90", "p99", "p99.9", "max"]
    var lines = [
      "".padded(10) + heads.map { $0.padded(left: 12) }.joined()
        + "  |" + times.map { $0.padded(left: 11) }.joined() + "  | in the call: p50       p99.9"
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
        lane.lane.rawValue.padded(10)
          + sums.map { Thousands.text($0).padded(left: 12) }.joined() + "  |"
          + response.map { Self.time($0).padded(left: 11) }.joined()
          + (isDerived
            ? ""
            : "  |" + Self.time(service[0]).padded(left: 17)
              + Self.time(service[1]).padded(left: 12)))
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
    ] + silences + [
      "engine memory    \(after.memory_bytes / 1_048_576) MiB"
    ]
  }

  private var silences: [String] {
    guard result.lane(.watches) != nil else { return [] }
    return [
      "watches          \(Thousands.text(Int(result.after.watches_high))) at most, "
        + "\(Thousands.text(result.absences)) fell silent, "
        + "\(Thousands.text(result.watchIncidents)) of them until an incident was opened"
    ]
  }

  private var machine: [String] {
    let gaps = result.gaps
    let spun_s = max(Double(gaps.spun_ns) / 1e9, 1e-9)
    let busy = result.processBusy_s / max(result.elapsed_s, 0.001)
    let threads = result.lanes.reduce(0) { $0 + $1.threads }
    var lines = [
      "cores            \(Decimals.fixed(busy, 2)) of \(result.cores) in use by \(threads) producers "
        + "and the engine"
    ]
    if gaps.spun_ns > 0 {
      lines.append(
        "scheduler        in \(Decimals.fixed(spun_s, 2)) s of mere waiting \(gaps.count) gaps over "
          + "100 µs, the longest \(Decimals.fixed(Double(gaps.worst_ns) / 1e3, 0)) µs")
    }
    // A short run is all warming up: its slope would say nothing.
    let size_mib = Decimals.fixed((result.memory.sizes_kib.last ?? 0) / 1_024, 1)
    var memory = "process memory   \(size_mib) MiB at the end"
    if let slope = result.memory.slope_kib_per_min, result.settings.seconds >= 15 {
      memory +=
        ", \(Decimals.signed(slope, 0)) KiB a minute after the first "
        + "\(Decimals.fixed(result.memory.settledFrom_s, 0)) s"
    }
    lines.append(memory)
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
