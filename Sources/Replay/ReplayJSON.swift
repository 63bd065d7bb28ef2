// The figures of a replay as one JSON object, for machines.

import CHujia
import HujiaCities
import HujiaHostKit

package struct ReplayJSON {
  private let statistics: Statistics
  package init(_ statistics: Statistics) { self.statistics = statistics }

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
    var streets: StreetsOrigin
    /// By kind of unit and by type of call: how many recorded responses had which fate.
    var recorded_responses: [String: [String: [String: Int]]]
  }

  private static func counts(_ responses: RecordedResponses) -> [String: [String: [String: Int]]] {
    func table(_ side: RecordedResponses.Side) -> [String: [String: Int]] {
      Dictionary(
        uniqueKeysWithValues: responses.counts(by: side).map { name, counts in
          (name, Dictionary(uniqueKeysWithValues: counts.map { ($0.key.rawValue, $0.value) }))
        })
    }
    return ["by_unit_type": table(.unitType), "by_call_type": table(.callType)]
  }

  package func text() throws(Failed) -> String {
    let s = statistics
    var tiers: [String: Tier] = [:]
    for tier in 1...4 where s.tiers[tier].calls > 0 {
      let f = s.tiers[tier]
      tiers[Host.name(HJ_NAMES_TIER, Int32(tier))] = Tier(
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
        escalations[Host.name(HJ_NAMES_CLOCK, clock), default: [:]][String(step)] = count
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
      engine_figures_by: s.engineFigures.rowsByDimension, breaches: s.engine.breaches,
      streets: s.streets, recorded_responses: Self.counts(s.responses))
    return try JSONText.of(figures, .lines)
  }
}
