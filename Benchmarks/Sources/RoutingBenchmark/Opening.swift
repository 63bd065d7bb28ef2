// How long a compiled map and an engine on it take to open, with the file in the page cache, and what they hold.

import Glibc
import HujiaContainers
import HujiaDriver
import HujiaRoads
import HujiaRouting

struct Opening {
  let path: String

  func run(_ rows: Rows) throws {
    // Once for the page cache.
    for byte in [0] { _ = try MapFile(path: path).damage ?? "\(byte)" }
    var samples: [Int] = []
    for _ in 0..<20 {
      let start = now_ns()
      let file = try MapFile(path: path)
      samples.append(now_ns() - start)
      withExtendedLifetime(file) {}
    }
    rows.show("map file opened", samples)
    let file = try MapFile(path: path)
    samples = []
    for _ in 0..<20 {
      let start = now_ns()
      let router = try Router(map: file.map, unitCapacity: 4_096, memory: .system)
      samples.append(now_ns() - start)
      precondition(router.epoch == 0)
    }
    rows.show("router made", samples)
    withExtendedLifetime(file) {}
    for units in [4_096, 10_000, 1_048_576] as [UInt32] { try engine(units, rows) }
  }

  private func engine(_ units: UInt32, _ rows: Rows) throws {
    var configuration = Configuration()
    configuration.mapPath = path
    configuration.runMode = .poll
    configuration.maxUnits = units
    var samples: [Int] = []
    var held = (all: 0, own: 0)
    let before = resident_MiB()
    for _ in 0..<20 {
      let start = now_ns()
      let token = try EngineDriver.open(configuration)
      samples.append(now_ns() - start)
      held = resident_MiB()
      _ = EngineDriver.close(token)
    }
    rows.show("engine opened, \(units) units", samples)
    rows.show(
      "  memory touched by it, file pages not counted", Double(held.own - before.own), "MiB")
  }
}
