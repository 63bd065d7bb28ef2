// hujia inspect: what a map holds, and whether it is whole.

import ArgumentParser
import Foundation
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
    let start = Date()
    let file: MapFile
    do {
      file = try MapFile(path: map)
    } catch {
      throw Failed(error.message)
    }
    let opened_ms = Date().timeIntervalSince(start) * 1_000
    withExtendedLifetime(file) { show(file, opened_ms: opened_ms) }
  }

  private func show(_ file: MapFile, opened_ms: Double) {
    let view = file.map
    let box = Box(view)
    if json {
      print(
        """
        {"format": \(MapFormat.version), "bytes": \(file.size_bytes), "nodes": \(view.nodeCount), \
        "streets": \(view.streetCount), "arcs": \(view.arcCount), "south": \(box.south), "north": \(box.north), \
        "west": \(box.west), "east": \(box.east), "checked": true}
        """)
      return
    }
    print(
      """
      \(map): format \(MapFormat.version), \(file.size_bytes / 1024) KiB, every checksum holds \
      (opened and checked in \(String(format: "%.1f", opened_ms)) ms)
        \(view.nodeCount) nodes, \(view.streetCount) streets, \(view.arcCount) arcs
        latitude  \(box.south) to \(box.north)
        longitude \(box.west) to \(box.east)
      sections
      """)
    for index in 0..<view.sections.sectionCount {
      let entry = view.sections.entry(index)
      let name = String(
        decoding: (0..<4).map { UInt8(truncatingIfNeeded: entry.tag >> UInt32(8 * $0)) },
        as: UTF8.self)
      print("  \(name) \(String(format: "%12d", entry.bytes)) bytes")
    }
  }
}

private struct Box {
  var south = 0.0
  var north = 0.0
  var west = 0.0
  var east = 0.0

  init(_ map: RoadMap) {
    let lats = (0..<map.nodeCount).map { map.nodeLat_e7[$0] }
    let lons = (0..<map.nodeCount).map { map.nodeLon_e7[$0] }
    guard let low = lats.min(), let high = lats.max(), let left = lons.min(),
      let right = lons.max()
    else { return }
    south = Double(low) / 1e7
    north = Double(high) / 1e7
    west = Double(left) / 1e7
    east = Double(right) / 1e7
  }
}
