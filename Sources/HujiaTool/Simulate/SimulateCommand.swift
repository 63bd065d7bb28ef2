// hujia simulate: a seeded day of invented commands against the engine, checked after each one, summed up in a digest.

import ArgumentParser
import Foundation
import HujiaRoads

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
      """)

  @Option(help: "The seed.") var seed: UInt64 = 1
  @Option(help: "Virtual hours.") var hours = 24
  @Option(help: "Units at the beginning.") var units = 60
  @Option(help: "A compiled map; default: no streets, straight lines.") var map: String?
  @Flag(help: "Print as JSON.") var json = false
  @Flag(name: .shortAndLong, help: "No progress.") var quiet = false

  func validate() throws {
    if hours < 1 || hours > 100_000 { throw ValidationError("--hours must be 1 to 100,000.") }
    if units < 1 || units > 100_000 { throw ValidationError("--units must be 1 to 100,000.") }
  }

  func run() throws {
    let start = Date()
    let host = try SimulatedHost(map: map, units: units)
    let progress = Progress("simulating", isQuiet: quiet)
    var simulation: Simulation
    do {
      simulation = try Simulation(host: host, area: try area(), seed: seed, units: units)
    } catch let violation as Violation {
      throw Failed("broken promise, \(violation.invariant): \(violation.text)")
    }
    do {
      try simulation.run(until: Int64(hours) * 3_600_000_000_000) { progress.show($0) }
    } catch {
      progress.end()
      throw Failed(
        """
        broken promise, \(error.invariant): \(error.text)
        after command \(simulation.commands) at \(simulation.now_ns) ns; again with: hujia simulate --seed \(seed) \
        --hours \(hours) --units \(units)\(map.map { " --map \($0)" } ?? "")
        """)
    }
    progress.end()
    let report = SimulationReport(
      simulation, seed: seed, hours: hours, seconds: Date().timeIntervalSince(start))
    print(json ? report.json : report.text)
  }

  private func area() throws -> SimulationArea {
    guard let map else { return .sea }
    do {
      let view = try MapFile(path: map)
      let lats = (0..<view.map.nodeCount).map { view.map.nodeLat_e7[$0] }
      let lons = (0..<view.map.nodeCount).map { view.map.nodeLon_e7[$0] }
      guard let south = lats.min(), let north = lats.max(), let west = lons.min(),
        let east = lons.max()
      else { throw Failed("\(map) holds no streets") }
      return SimulationArea(south_e7: south, west_e7: west, north_e7: north, east_e7: east)
    } catch let error as MapFileError {
      throw Failed(error.message)
    }
  }
}
