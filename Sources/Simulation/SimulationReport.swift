// What a simulation says at its end.

import CHujia
import HujiaHostKit

package struct SimulationReport: Encodable {
  private var seed: UInt64
  private var hours: Int
  private var commands: Int
  private var command_counts: [String: Int] = [:]
  private var checks: Int
  private var incidents: Int64
  private var assignments: Int64
  private var declined: Int64
  private var expired: Int64
  private var taken_for_graver: Int
  private var escalations: [String: [String: Int]] = [:]
  private var late_deadlines: Int64
  private var events: Int64
  private var digest: String
  private var seconds: Double

  init(_ simulation: Simulation, seed: UInt64, hours: Int, seconds: Double) {
    let stats = simulation.engine.stats()
    self.seed = seed
    self.hours = hours
    self.seconds = seconds
    commands = simulation.commands
    for (act, count) in simulation.commandCounts { command_counts[act.rawValue] = count }
    checks = simulation.engine.checks
    incidents = stats.incidents_opened
    assignments = stats.assignments_opened
    declined = stats.assignments_declined
    expired = stats.assignments_expired
    taken_for_graver = simulation.model.robberies
    late_deadlines = stats.late_deadlines
    events = stats.events_written
    digest = simulation.engine.digest.text
    for (clock, steps) in simulation.model.escalations {
      for (step, count) in steps {
        escalations[Host.name(HJ_NAMES_CLOCK, clock), default: [:]][String(step)] = count
      }
    }
  }

  package func json() throws(Failed) -> String { try JSONText.of(self, .linesEscaped) }

  package var text: String {
    let clocks = escalations.keys.sorted().map { clock in
      let steps = escalations[clock] ?? [:]
      let counts = steps.keys.sorted().map { "step \($0): \(steps[$0] ?? 0)" }
      return "  \(clock)  \(counts.joined(separator: "  "))"
    }
    return """
      seed \(seed), \(hours) hours: \(commands) commands, \(checks) checks, every promise held
      \(incidents) incidents, \(assignments) assignments (\(declined) declined, \(expired) expired)
      \(taken_for_graver) units taken for graver calls, \(events) events
      escalations (\(late_deadlines) late, after a suspend)
      \(clocks.joined(separator: "\n"))
      \(Decimals.fixed(seconds, 1)) s
      digest \(digest)
      """
  }
}
