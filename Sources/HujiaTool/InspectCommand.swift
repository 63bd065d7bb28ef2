// hujia inspect: what a map holds, and whether it is whole.

import ArgumentParser
import HujiaContainers
import HujiaHostKit
import HujiaMapBuild
import HujiaRoads
import HujiaRouting

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
    let inspection = Inspection(
      facts: MapFacts(file, path: map),
      findings: Findings(
        opened_ms: opened_ms, damage: file.damage.map { "section \($0)" },
        flaw: try flaw(file.map)))
    withExtendedLifetime(file) {}
    print(json ? try inspection.facts.json(with: inspection.findings) : inspection.text)
    if let damage = inspection.findings.damage {
      throw Failed("\(map) is damaged (\(damage)): copy it again, or import again")
    }
    if let flaw = inspection.findings.flaw {
      throw Failed("\(map) contradicts itself: \(flaw). Do not use it; import it again")
    }
  }
}

/// What contradicts itself, which opening refuses too; then what is not true, which takes longer to find.
private func flaw(_ map: RoadMap) throws -> String? {
  if let flaw = map.flaw ?? routingFlaw(map) { return flaw }
  if let untruth = map.untruth { return untruth }
  do throws(OutOfMemory) { return try routingUntruth(map) } catch {
    throw Failed("no memory to check the travel times: \(error.bytes) bytes")
  }
}

private struct Findings: Encodable {
  /// Every checksum was looked at, also those that opening leaves out.
  var checked = true
  var opened_ms: Double
  /// Where a checksum does not hold.
  var damage: String?
  var flaw: String?
}

private struct Inspection {
  var facts: MapFacts
  var findings: Findings

  var text: String {
    let share = Decimals.fixed(facts.largest_part_share * 100, 1)
    let named = Double(facts.named_streets) / Double(max(facts.streets, 1)) * 100
    let sections = facts.sections.map { section in
      "  \(section.tag) \(String(section.bytes).padded(left: 12)) bytes  \(section.checksum)"
    }
    return """
      \(facts.path): format \(facts.format), \(facts.bytes / 1024) KiB
        opened      in \(Decimals.fixed(findings.opened_ms, 1)) ms\
      \(findings.damage == nil ? ", every checksum verified" : "")\
      \(findings.flaw == nil ? ", no contradictions" : "")
        streets     \(facts.streets), \(Decimals.fixed(facts.length_km, 1)) km, \
      \(facts.opposite_carriageways) of them opposite carriageways of another
        names       \(facts.named_streets) streets (\(Decimals.fixed(named, 1)) %) have one of \(facts.names)
        nodes, arcs \(facts.nodes), \(facts.arcs); \(facts.two_profiles ? "two travel times" : "one travel time") per arc
        parts       \(facts.parts); the largest has \(facts.largest_part) nodes (\(share) %)
        latitude    \(facts.south) to \(facts.north)
        longitude   \(facts.west) to \(facts.east)\(facts.originText)
      sections, bytes, checksums
      \(sections.joined(separator: "\n"))
      """
  }
}
