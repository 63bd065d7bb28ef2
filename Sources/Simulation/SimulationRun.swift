// Read first. One simulation from its seed to its report.

import HujiaHostKit
import HujiaRoads

package struct SimulationRun {
  private let seed: UInt64
  private let hours: Int
  private let units: Int
  private let map: String?
  private let journal: HostJournal?

  package init(
    seed: UInt64, hours: Int, units: Int, map: String?, journal: HostJournal? = nil
  ) {
    self.journal = journal
    self.seed = seed
    self.hours = hours
    self.units = units
    self.map = map
  }

  /// Throws the first promise that was broken, and how to see it again. `progress` is told the share done.
  package func report(_ progress: (Double) -> Void) throws(Failed) -> SimulationReport {
    let start_ns = HostClock.now_ns
    let engine = try Witness(map: map, units: units, journal: journal)
    let area = try area()
    var simulation: Simulation
    do throws(Violation) {
      simulation = try Simulation(engine: engine, area: area, seed: seed, units: units)
    } catch {
      throw failed(error, "before the first command")
    }
    do throws(Violation) {
      try simulation.run(until: Int64(hours) * 3_600_000_000_000, pace: progress)
    } catch {
      throw failed(error, "after command \(simulation.commands) at \(simulation.now_ns) ns")
    }
    let report = SimulationReport(
      simulation, seed: seed, hours: hours, seconds: HostClock.since_s(start_ns))
    engine.close()
    return report
  }

  private func failed(_ violation: Violation, _ moment: String) -> Failed {
    Failed(
      """
      broken promise, \(violation.invariant): \(violation.text)
      \(moment); again with: hujia simulate --seed \(seed) --hours \(hours) --units \(units)\
      \(map.map { " --map \($0)" } ?? "")
      """)
  }

  private func area() throws(Failed) -> SimulationArea {
    guard let map else { return .sea }
    let file: MapFile
    do throws(MapFileError) { file = try MapFile(path: map) } catch { throw Failed(error.message) }
    let lats = (0..<file.map.nodeCount).map { file.map.nodeLat_e7[$0] }
    let lons = (0..<file.map.nodeCount).map { file.map.nodeLon_e7[$0] }
    guard let south = lats.min(), let north = lats.max(), let west = lons.min(),
      let east = lons.max()
    else { throw Failed("\(map) holds no streets", .give("--map", "another map")) }
    return SimulationArea(south_e7: south, west_e7: west, north_e7: north, east_e7: east)
  }
}

/// Where the invented things happen.
struct SimulationArea {
  var south_e7: Int32
  var west_e7: Int32
  var north_e7: Int32
  var east_e7: Int32
  /// Ten kilometres square in the open sea.
  static let sea = SimulationArea(
    south_e7: 310_000_000, west_e7: -410_000_000, north_e7: 310_900_000, east_e7: -408_950_000)
}
