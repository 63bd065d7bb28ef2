// hujia inspect: what a map holds, and whether it is whole.

import ArgumentParser
import HujiaHostKit
import HujiaMapReport
import HujiaRoads

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show what a map holds and check every byte of it.",
    discussion: """
      Examples:
        hujia inspect city.hjmap
        hujia inspect city.hjmap --json
      """)

  @Argument(help: "The map.") var map: String
  @Flag(help: "Print as JSON.") var json = false

  func run() throws {
    let start_ns = HostClock.now_ns
    let file: MapFile
    do {
      file = try MapFile(path: map, isChecked: false)
    } catch {
      throw Failed(error.message)
    }
    let opened_ms = HostClock.since_s(start_ns) * 1_000
    let inspection = try MapInspection(file, path: map, opened_ms: opened_ms)
    print(json ? try inspection.json() : inspection.text)
    if let damage = inspection.damage {
      throw Failed("\(map) is damaged (\(damage)): copy it again, or import again")
    }
    if let flaw = inspection.flaw {
      throw Failed("\(map) contradicts itself: \(flaw). Do not use it; import it again")
    }
  }
}
