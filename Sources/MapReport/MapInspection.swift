// Whether a map is whole: every byte of it, and what it says, looked at.

import HujiaContainers
import HujiaHostKit
import HujiaMapBuild
import HujiaRoads
import HujiaRouting

package struct MapInspection {
  private let facts: MapSummary
  private let findings: Findings

  /// Where a checksum does not hold.
  package var damage: String? { findings.damage }
  /// What contradicts itself.
  package var flaw: String? { findings.flaw }

  private struct Findings: Encodable {
    /// Every checksum was looked at, also those that opening leaves out.
    var checked = true
    var opened_ms: Double
    var damage: String?
    var flaw: String?
  }

  package init(_ file: MapFile, path: String, opened_ms: Double) throws(Failed) {
    facts = MapSummary(file, path: path)
    findings = Findings(
      opened_ms: opened_ms, damage: file.damage.map { "section \($0)" },
      flaw: try Self.flaw(file.map))
    withExtendedLifetime(file) {}
  }

  /// What contradicts itself, which opening refuses too; then what is not true, which takes longer to find.
  private static func flaw(_ map: RoadMap) throws(Failed) -> String? {
    if let flaw = map.flaw ?? routingFlaw(map) { return flaw }
    if let untruth = map.untruth { return untruth }
    do throws(OutOfMemory) { return try routingUntruth(map) } catch {
      throw Failed("no memory to check the travel times: \(error.bytes) bytes")
    }
  }

  package func json() throws -> String { try facts.json(with: findings) }

  private var rowText: String {
    if facts.cell_nodes == 0 { return "of travel times for all nodes" }
    return "of travel times for the nodes outside cells of at most \(facts.cell_nodes) nodes and "
      + "\(facts.cell_exits) exits"
  }

  package var text: String {
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
        rows        \(rowText)
        latitude    \(facts.south) to \(facts.north)
        longitude   \(facts.west) to \(facts.east)\(facts.originText)
      sections, bytes, checksums
      \(sections.joined(separator: "\n"))
      """
  }
}
