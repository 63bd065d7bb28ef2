// The figures of a replay, for people.

import CHujia
import HujiaCities
import HujiaHostKit

/// Aligned tables.
package struct ReplayText {
  private let statistics: Statistics
  package init(_ statistics: Statistics) { self.statistics = statistics }

  package var text: String {
    [
      headline, decisions, example, arrivals, statistics.engineFigures.text, escalations,
      shortfalls, statistics.responses.text, machine, streets,
    ].filter { !$0.isEmpty }.joined(separator: "\n\n")
  }

  /// Empty where the map says nothing of them.
  private var streets: String {
    let source = statistics.streets.source
    let lines = source.isEmpty ? [] : ["streets: \(source)"]
    return (lines + statistics.streets.warnings.map { "warning: \($0)" }).joined(separator: "\n")
  }

  private var headline: String {
    let city = statistics.city
    let kind = city.isGenerated ? "GENERATED city (nothing in it is real)" : "recorded calls"
    return """
      \(city.name): \(city.calls.count) \(kind), \(city.units.count) units, \(city.stations.count) stations
      \(city.sourceWord): calls, places, types, priorities, turnout, time on scene, shifts of crews without a station.
      simulated: when a person signs, and the drive along the engine's routes,
      \(Self.pace(statistics.pace)).
      plans: \(statistics.plansPath ?? "built in")
      """
  }

  package static func pace(_ pace: DrivingPace) -> String {
    guard pace.samples > 0 else { return "at the streets' speed limits" }
    let emergency = Decimals.fixed(pace.factors[Int(HJ_TIER_EMERGENCY)], 2)
    let urgent = Decimals.fixed(pace.factors[Int(HJ_TIER_URGENT)], 2)
    return "\(emergency) times (emergency) and \(urgent) times (urgent) the speed limits' time: "
      + "the median of \(pace.samples) drives in the record"
  }

  private func row(_ cells: [String], _ widths: [Int]) -> String {
    zip(cells, widths).enumerated().map { index, pair in
      index == 0 ? pair.0.padded(pair.1) : pair.0.padded(left: pair.1)
    }.joined(separator: "  ")
  }

  private var decisions: String {
    let s = statistics
    let percentiles = [50.0, 90, 99, 99.9].map { Decimals.fixed(s.latency_us($0), 1) }
    let most = Decimals.fixed(Double(s.latency.max) / 1e3, 1)
    let perCall = Decimals.fixed(s.unitsPerCall, 2) + " a call"
    let recorded = Decimals.fixed(s.recordedUnitsPerCall, 2)
    let extra =
      s.recordedUnitsPerCall > s.unitsPerCall
      ? ", with later alarms and extra units that no plan here asks for" : ""
    return """
      Decisions   \(s.city.calls.count) calls, \(s.complete) plans met at once, \(s.manual) left to a person, \
      \(s.unreached) not reached
        \(s.engine.assignments_opened) units sent (\(perCall); \(s.city.sourceWord) \(recorded)\(extra))
      \(row(["  one C call, µs", "p50", "p90", "p99", "p99.9", "max"], [18, 9, 9, 9, 9, 9]))
      \(row([""] + percentiles + [most], [18, 9, 9, 9, 9, 9]))
        \(Decimals.fixed(s.decisionsPerSecond, 0)) decisions a second on one core
      """
  }

  private var example: String {
    guard let example = statistics.example else { return "Who goes, by which road: nobody drove" }
    return "Who goes, by which road (one drive of \(statistics.engine.assignments_opened))\n  "
      + example.text
  }

  private func seconds(_ value: Double?) -> String {
    value.map { Decimals.fixed($0, 0) } ?? "-"
  }
  private func percent(_ value: Double?) -> String {
    value.map { Decimals.fixed($0 * 100, 1) + " %" } ?? "-"
  }

  private var arrivals: String {
    let widths = [34, 8, 8, 8, 8, 12]
    var lines = [row(["Seconds", "calls", "p50", "p90", "p99", "in target"], widths)]
    for tier in 1...4 where statistics.tiers[tier].calls > 0 {
      let figures = statistics.tiers[tier]
      let name = Host.name(HJ_NAMES_TIER, Int32(tier))
      let target = figures.target_s.map { " (target \(Int($0)) s)" } ?? ""
      lines.append("\(name)\(target)")
      for (label, values, target) in [
        ("  dispatch to scene, engine", figures.arrival, figures.target_s),
        (
          "  dispatch to scene, \(statistics.city.sourceWord)", figures.recordedArrival,
          figures.target_s
        ),
        ("  entry to scene, engine", figures.response, nil),
        ("  entry to scene, \(statistics.city.sourceWord)", figures.recordedResponse, nil),
        ("  answered to scene, engine", figures.answered, nil),
        ("  answered to scene, \(statistics.city.sourceWord)", figures.recordedAnswered, nil),
        ("  travel of the nearest, engine", figures.travel, nil),
        ("  drive of the first, \(statistics.city.sourceWord)", figures.recordedTravel, nil),
      ] {
        lines.append(
          row(
            [
              label, String(values.count), seconds(Statistics.percentile(values, 0.5)),
              seconds(Statistics.percentile(values, 0.9)),
              seconds(Statistics.percentile(values, 0.99)),
              percent(Statistics.within(values, target)),
            ], widths))
      }
    }
    return lines.joined(separator: "\n")
  }

  private var escalations: String {
    var lines = [
      "Escalations   \(statistics.engine.escalations) in all, \(statistics.engine.late_deadlines) late"
    ]
    for clock in statistics.escalations.keys.sorted() {
      let steps = statistics.escalations[clock] ?? [:]
      let text = steps.keys.sorted().map { "step \($0): \(steps[$0] ?? 0)" }
      lines.append(
        row(
          ["  " + Host.name(HJ_NAMES_CLOCK, clock), text.joined(separator: "   ")], [16, 0]))
    }
    lines.append(
      "  \(statistics.nextUnits) units were replaced by the next best because they did not sign")
    return lines.joined(separator: "\n")
  }

  private var shortfalls: String {
    var lines = ["Shortfalls at the decision"]
    for (bit, name) in Statistics.shortfallNames {
      guard let count = statistics.shortfalls[bit] else { continue }
      lines.append(row(["  " + name, String(count)], [34, 8]))
    }
    return lines.count == 1 ? "Shortfalls at the decision: none" : lines.joined(separator: "\n")
  }

  private var machine: String {
    let s = statistics
    let days = Decimals.fixed(s.virtualSeconds / 86_400, 1)
    let seconds = Decimals.fixed(s.wallSeconds, 1)
    return """
      Machine   \(s.unitsUsed.count) of \(s.city.units.count) units used, \(s.positions) positions, \
      \(s.engine.events_written) events (\(s.engine.events_lost) lost)
        engine memory \(s.engine.memory_bytes / 1_048_576) MiB (\(s.engine.allocatorName)), \
      process peak \(Statistics.peak_bytes / 1_048_576) MiB
        \(days) days in \(seconds) s: \(Int(s.realTimeRatio)) times real time
      """
  }
}
