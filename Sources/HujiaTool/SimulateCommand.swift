// hujia simulate: a seeded day of invented commands against the engine, checked after each one, summed up in a digest.

import ArgumentParser
import HujiaHostKit
import HujiaSimulation

struct SimulateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Drive the engine with seeded random commands and check its promises after each.",
    discussion: """
      Invented units, calls, signatures, declines, cancellations, closings, wall-clock steps, repeated keys and unknown \
      ids go through the C interface in virtual time. A slow model of what must be true follows: no unit on two \
      incidents, every reservation ends, each escalation at its due time and once, no deadline lost, nobody waits while \
      a unit is free. After every command the engine looks at its own tables as well: what each room says is true between \
      two commands (unit and assignment name each other, a clock that runs is armed …). The digest sums up every answer and event: one seed, one digest, in any build.

      Exit code 1 names the first promise that was broken.

      Examples:
        hujia simulate --seed 1
        hujia simulate --seed 7 --hours 240 --units 400
        hujia simulate --map city.hjmap --json
        hujia simulate --journal journal --hours 2            then: hujia journal verify journal --redecide
      """)

  @Option(help: "The seed.") var seed: UInt64 = 1
  @Option(help: "Virtual hours.") var hours = 24
  @Option(help: "Units at the beginning.") var units = 60
  @Option(help: "A compiled map; default: no streets, straight lines.") var map: String?
  @Option(help: "Write a journal into this new folder, for hujia journal.") var journal: String?
  @Flag(help: "Print as JSON.") var json = false
  @Flag(name: .shortAndLong, help: "No progress.") var quiet = false

  func validate() throws {
    if hours < 1 || hours > 100_000 { throw ValidationError("--hours must be 1 to 100,000.") }
    if units < 1 || units > 100_000 { throw ValidationError("--units must be 1 to 100,000.") }
  }

  func run() throws {
    if let journal { try HostJournal.check(journal, option: "--journal") }
    let progress = Progress("simulating", isQuiet: quiet)
    defer { progress.end() }
    let run = SimulationRun(
      seed: seed, hours: hours, units: units, map: map,
      journal: journal.map { HostJournal($0) })
    let report = try run.report { progress.show($0) }
    progress.end()
    print(json ? try report.json() : report.text)
  }
}
