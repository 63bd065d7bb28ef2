// What an import leaves out or does not understand, counted by reason. The report, the map and `hujia inspect` say it.

package enum LeftOut: String, CaseIterable, Sendable {
  case area
  case unbuilt = "not_built"
  case notForVehicles = "not_for_vehicles"
  case withoutPermission = "without_permission"
  case noAccess = "no_access"
  case reversible
  case unknownClass = "unknown_class"
  case tooShort = "fewer_than_two_nodes"
  case outside = "wholly_outside"
  case gaps = "partly_outside"
  case missingNodes = "nodes_outside"
  case astrayNodes = "nodes_off_the_planet"
  case tooLong = "too_long"
  case olderVersions = "older_versions"
  case closedBarriers = "barriers_closed"
  case normalBarriers = "barriers_closed_to_one_profile"
  case openBarriers = "barriers_at_junctions"
  case conditional = "conditional_tags"
  case unreadableSpeed = "unreadable_speeds"
  case unreadableOneWay = "unreadable_oneways"
  case unknownAccess = "unknown_access"
  case restrictionsNeedless = "turn_restrictions_needless"
  case restrictionsAmbiguous = "turn_restrictions_ambiguous"
  case restrictionsSelf = "turn_restrictions_to_the_same_way"
  case restrictionsIgnored = "turn_restrictions_ignored"
  case restrictionsConditional = "turn_restrictions_conditional"
  case restrictionsOfOthers = "turn_restrictions_of_other_vehicles"
  case restrictionsBroken = "turn_restrictions_incomplete"
  case restrictionsOffRoad = "turn_restrictions_on_ways_left_out"
  case restrictionsCrowded = "turn_restrictions_at_one_junction"
  case noLine = "no_line"
  case crossings = "crossings_at_other_levels"

  package var words: String {
    switch self {
    case .area: return "areas"
    case .unbuilt: return "ways that are planned or being built"
    case .notForVehicles: return "ways that are not for vehicles"
    case .withoutPermission: return "ways that vehicles need a permission for and have none"
    case .noAccess: return "ways closed to both profiles"
    case .reversible: return "ways whose direction changes with the hour"
    case .unknownClass: return "ways of a class that the rules do not list"
    case .tooShort: return "ways with fewer than two nodes"
    case .outside: return "ways whose nodes are all outside the extract"
    case .gaps: return "ways that leave the extract, kept up to its edge"
    case .missingNodes: return "nodes of ways outside the extract"
    case .astrayNodes: return "nodes that are nowhere on the planet"
    case .tooLong: return "pieces that would take more than six days"
    case .olderVersions: return "older versions of ways"
    case .closedBarriers: return "barriers that close a way"
    case .normalBarriers: return "barriers that one profile may pass"
    case .openBarriers: return "barriers where three or more ways meet, taken as open"
    case .conditional: return "ways with rules for certain hours, which are not applied"
    case .unreadableSpeed: return "ways with a limit that cannot be read"
    case .unreadableOneWay: return "ways with a oneway that cannot be read"
    case .unknownAccess: return "ways with an access word that the rules do not list"
    case .restrictionsNeedless: return "turn restrictions on turns that nobody can make anyway"
    case .restrictionsAmbiguous:
      return
        "turn restrictions whose ways run on beyond the junction, so that two turns may be meant"
    case .restrictionsSelf: return "turn restrictions from a way to itself that are no U-turn"
    case .restrictionsIgnored: return "turn restrictions that the rules have both profiles ignore"
    case .restrictionsConditional: return "turn restrictions for certain hours"
    case .restrictionsOfOthers: return "turn restrictions for other vehicles"
    case .restrictionsBroken: return "turn restrictions with missing or wrong members"
    case .restrictionsOffRoad: return "turn restrictions on ways that were left out"
    case .restrictionsCrowded:
      return "turn restrictions over a junction that has 256 rules already"
    case .noLine: return "features that are no lines"
    case .crossings: return "crossings at other levels, not joined"
    }
  }
}

/// Counts by reason.
package struct LeftOutCounts: Sendable, Equatable {
  private var counts: [Int]

  package init() { counts = Array(repeating: 0, count: LeftOut.allCases.count) }

  package subscript(_ reason: LeftOut) -> Int {
    get { counts[Self.place(reason)] }
    set { counts[Self.place(reason)] = newValue }
  }

  private static func place(_ reason: LeftOut) -> Int {
    LeftOut.allCases.firstIndex(of: reason) ?? 0
  }

  /// Those that occurred, in a fixed order.
  package var all: [(reason: LeftOut, count: Int)] {
    zip(LeftOut.allCases, counts).filter { $0.1 > 0 }.map { ($0.0, $0.1) }
  }
}
