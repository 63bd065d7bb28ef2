// The figures of a replay, for people and for machines.

import CHujia
import Foundation

/// Aligned tables.
struct FiguresText {
  private let statistics: Statistics
  init(_ statistics: Statistics) { self.statistics = statistics }

  var text: String {
    [
      headline, decisions, example, arrivals, statistics.engineFigures.text, escalations,
      shortfalls, machine,
    ].filter { !$0.isEmpty }.joined(separator: "\n\n")
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

  static func pace(_ pace: DrivingPace) -> String {
    guard pace.samples > 0 else { return "at the streets' speed limits" }
    return String(
      format: "%.2f times (emergency) and %.2f times (urgent) the speed limits' time: "
        + "the median of %d drives in the record",
      pace.factors[Int(HJ_TIER_EMERGENCY)], pace.factors[Int(HJ_TIER_URGENT)], pace.samples)
  }

  private func row(_ cells: [String], _ widths: [Int]) -> String {
    zip(cells, widths).enumerated().map { index, pair in
      let pad = String(repeating: " ", count: max(pair.1 - pair.0.count, 0))
      return index == 0 ? pair.0 + pad : pad + pair.0
    }.joined(separator: "  ")
  }

  private var decisions: String {
    let s = statistics
    let percentiles = [50.0, 90, 99, 99.9].map { String(format: "%.1f", s.latency_us($0)) }
    let most = String(format: "%.1f", Double(s.latency.max) / 1e3)
    let perCall = String(format: "%.2f a call", s.unitsPerCall)
    let recorded = String(format: "%.2f", s.recordedUnitsPerCall)
    let extra =
      s.recordedUnitsPerCall > s.unitsPerCall
      ? ", with later alarms and extra units that no plan here asks for" : ""
    return """
      Decisions   \(s.city.calls.count) calls, \(s.complete) plans met at once, \(s.manual) left to a person, \
      \(s.unreached) not reached
        \(s.engine.assignments_opened) units sent (\(perCall); \(s.city.sourceWord) \(recorded)\(extra))
      \(row(["  one C call, µs", "p50", "p90", "p99", "p99.9", "max"], [18, 9, 9, 9, 9, 9]))
      \(row([""] + percentiles + [most], [18, 9, 9, 9, 9, 9]))
        \(String(format: "%.0f", s.decisionsPerSecond)) decisions a second on one core
      """
  }

  private var example: String {
    guard let example = statistics.example else { return "Who goes, by which road: nobody drove" }
    return "Who goes, by which road (one drive of \(statistics.engine.assignments_opened))\n  "
      + example.text
  }

  private func seconds(_ value: Double?) -> String {
    value.map { String(format: "%.0f", $0) } ?? "-"
  }
  private func percent(_ value: Double?) -> String {
    value.map { String(format: "%.1f %%", $0 * 100) } ?? "-"
  }

  private var arrivals: String {
    let widths = [34, 8, 8, 8, 8, 12]
    var lines = [row(["Seconds", "calls", "p50", "p90", "p99", "in target"], widths)]
    for tier in 1...4 where statistics.tiers[tier].calls > 0 {
      let figures = statistics.tiers[tier]
      let name = Dispatcher.name(HJ_NAMES_TIER, Int32(tier))
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
          ["  " + Dispatcher.name(HJ_NAMES_CLOCK, clock), text.joined(separator: "   ")], [16, 0]))
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
    let days = String(format: "%.1f days in %.1f s", s.virtualSeconds / 86_400, s.wallSeconds)
    return """
      Machine   \(s.unitsUsed.count) of \(s.city.units.count) units used, \(s.positions) positions, \
      \(s.engine.events_written) events (\(s.engine.events_lost) lost)
        engine memory \(s.engine.memory_bytes / 1_048_576) MiB (\(s.engine.allocatorName)), \
      process peak \(Statistics.peak_bytes / 1_048_576) MiB
        \(days): \(Int(s.realTimeRatio)) times real time
      """
  }
}

extension hj_stats {
  var allocatorName: String {
    withUnsafeBytes(of: allocator) {
      String(decoding: $0.prefix(while: { $0 != 0 }), as: UTF8.self)
    }
  }
}

/// The same figures as one JSON object.
struct FiguresJSON {
  private let statistics: Statistics
  init(_ statistics: Statistics) { self.statistics = statistics }

  private struct Percentiles: Encodable {
    var count: Int
    var p50: Double?
    var p90: Double?
    var p99: Double?
    var within_target: Double?
    init(_ values: [Double], target: Double? = nil) {
      count = values.count
      p50 = Statistics.percentile(values, 0.5)
      p90 = Statistics.percentile(values, 0.9)
      p99 = Statistics.percentile(values, 0.99)
      within_target = Statistics.within(values, target)
    }
  }

  private struct Tier: Encodable {
    var calls: Int
    var target_s: Double?
    var arrival_s, recorded_arrival_s, response_s, recorded_response_s: Percentiles
    var answered_s, recorded_answered_s: Percentiles
    var drive_factor: Double
    var travel_s, recorded_travel_s: Percentiles
  }

  private struct Figures: Encodable {
    var city: String
    var generated: Bool
    var calls, units, units_sent, units_used, plans_met, manual: Int
    var decision_us: [String: Double]
    var tiers: [String: Tier]
    var escalations: [String: [String: Int]]
    var replaced_units: Int
    var shortfalls: [String: Int]
    var positions: Int
    var events, events_lost, late_deadlines, engine_memory_bytes: Int64
    var peak_memory_bytes: Int
    var incidents_open: Int64
    var decisions_per_second: Double
    var seconds, virtual_seconds, real_time_ratio: Double
    var units_per_call, recorded_units_per_call: Double
    var assignments, escalations_total: Int64
    var calls_not_reached: Int
    var plans: String?
    var one_drive: String?
    var engine_figures: [String: [String: EngineFigures.Row]]
    var engine_figures_by: [String: [String: [String: EngineFigures.Row]]]
    var breaches: Int64
  }

  var text: String {
    let s = statistics
    var tiers: [String: Tier] = [:]
    for tier in 1...4 where s.tiers[tier].calls > 0 {
      let f = s.tiers[tier]
      tiers[Dispatcher.name(HJ_NAMES_TIER, Int32(tier))] = Tier(
        calls: f.calls, target_s: f.target_s, arrival_s: Percentiles(f.arrival, target: f.target_s),
        recorded_arrival_s: Percentiles(f.recordedArrival, target: f.target_s),
        response_s: Percentiles(f.response), recorded_response_s: Percentiles(f.recordedResponse),
        answered_s: Percentiles(f.answered), recorded_answered_s: Percentiles(f.recordedAnswered),
        drive_factor: s.pace.factors[tier],
        travel_s: Percentiles(f.travel), recorded_travel_s: Percentiles(f.recordedTravel))
    }
    var escalations: [String: [String: Int]] = [:]
    for (clock, steps) in s.escalations {
      for (step, count) in steps {
        escalations[Dispatcher.name(HJ_NAMES_CLOCK, clock), default: [:]][String(step)] = count
      }
    }
    var shortfalls: [String: Int] = [:]
    for (bit, name) in Statistics.shortfallNames { shortfalls[name] = s.shortfalls[bit] }
    let figures = Figures(
      city: s.city.name, generated: s.city.isGenerated, calls: s.city.calls.count,
      units: s.city.units.count, units_sent: s.unitsSent, units_used: s.unitsUsed.count,
      plans_met: s.complete, manual: s.manual,
      decision_us: [
        "p50": s.latency_us(50), "p90": s.latency_us(90), "p99": s.latency_us(99),
        "p99.9": s.latency_us(99.9), "max": Double(s.latency.max) / 1e3,
      ], tiers: tiers, escalations: escalations, replaced_units: s.nextUnits,
      shortfalls: shortfalls, positions: s.positions, events: s.engine.events_written,
      events_lost: s.engine.events_lost, late_deadlines: s.engine.late_deadlines,
      engine_memory_bytes: s.engine.memory_bytes, peak_memory_bytes: Statistics.peak_bytes,
      incidents_open: s.engine.incidents_open, decisions_per_second: s.decisionsPerSecond,
      seconds: s.wallSeconds, virtual_seconds: s.virtualSeconds,
      real_time_ratio: s.realTimeRatio, units_per_call: s.unitsPerCall,
      recorded_units_per_call: s.recordedUnitsPerCall, assignments: s.engine.assignments_opened,
      escalations_total: s.engine.escalations, calls_not_reached: s.unreached,
      plans: s.plansPath, one_drive: s.example?.text,
      engine_figures: s.engineFigures.rows,
      engine_figures_by: s.engineFigures.rowsByDimension, breaches: s.engine.breaches)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(figures)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
  }
}
