// What a simulation says at its end.

import CHujia
import Foundation

struct SimulationReport: Encodable {
  private var seed: UInt64
  private var hours: Int
  private var commands: Int
  private var command_counts: [String: Int]
  private var checks: Int
  private var incidents: Int64
  private var assignments: Int64
  private var declined: Int64
  private var expired: Int64
  private var escalations: [String: [String: Int]] = [:]
  private var late_deadlines: Int64
  private var events: Int64
  private var digest: String
  private var seconds: Double

  init(_ simulation: Simulation, seed: UInt64, hours: Int, seconds: Double) {
    let stats = simulation.host.stats()
    self.seed = seed
    self.hours = hours
    self.seconds = seconds
    commands = simulation.commands
    command_counts = simulation.commandCounts
    checks = simulation.host.checks
    incidents = stats.incidents_opened
    assignments = stats.assignments_opened
    declined = stats.assignments_declined
    expired = stats.assignments_expired
    late_deadlines = stats.late_deadlines
    events = stats.events_written
    digest = simulation.host.digest.text
    for (clock, steps) in simulation.model.escalations {
      for (step, count) in steps {
        escalations[Dispatcher.name(HJ_NAMES_CLOCK, clock), default: [:]][String(step)] = count
      }
    }
  }

  var json: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
  }

  var text: String {
    let clocks = escalations.keys.sorted().map { clock in
      let steps = escalations[clock] ?? [:]
      let counts = steps.keys.sorted().map { "step \($0): \(steps[$0] ?? 0)" }
      return "  \(clock)  \(counts.joined(separator: "  "))"
    }
    return """
      seed \(seed), \(hours) hours: \(commands) commands, \(checks) checks, every promise held
      \(incidents) incidents, \(assignments) assignments (\(declined) declined, \(expired) expired), \(events) events
      escalations (\(late_deadlines) late, after a suspend)
      \(clocks.joined(separator: "\n"))
      \(String(format: "%.1f", seconds)) s
      digest \(digest)
      """
  }
}
