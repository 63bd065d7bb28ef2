// Turn restrictions as they are read: from a way, over a node or ways, to a way. Kept whole and counted by kind;
// `RestrictionTurns` finds the streets.

package struct TurnRestriction: Equatable, Sendable {
  package enum Via: Equatable, Sendable {
    case node(Int64)
    /// In the order of the relation.
    case ways([Int64])
  }

  package var id: Int64
  /// "no_left_turn", "only_straight_on" … as the tag has it.
  package var kind: String
  package var from: Int64
  package var via: Via
  package var to: Int64
  /// The tag `except` or another lifts it for emergency vehicles.
  package var isLiftedForResponse = false

  package init(
    id: Int64, kind: String, from: Int64, via: Via, to: Int64, isLiftedForResponse: Bool = false
  ) {
    self.id = id
    self.kind = kind
    self.from = from
    self.via = via
    self.to = to
    self.isLiftedForResponse = isLiftedForResponse
  }

  package var isMandatory: Bool { kind.hasPrefix("only_") }
}

/// A relation that was read: a restriction for cars, or why it is none.
enum RestrictionVerdict {
  case restrictions([TurnRestriction])
  case leftOut(LeftOut, kind: String)
}

/// A relation's members as the file has them.
struct RestrictionMember: Equatable {
  enum Kind { case node, way, relation }
  var kind: Kind
  var id: Int64
  var role: String
}

extension TurnRestriction {
  private static let kinds: Set<String> = [
    "no_left_turn", "no_right_turn", "no_straight_on", "no_u_turn", "no_entry", "no_exit",
    "only_left_turn", "only_right_turn", "only_straight_on", "only_u_turn",
  ]
  private static let vehicles = ["motorcar", "motor_vehicle", "vehicle"]
  /// A restriction of more members is a mistake: no street has so many.
  private static let mostMembers = 64

  /// `no_entry` may come from several ways and `no_exit` lead to several: each pair is one restriction.
  static func verdict(
    id: Int64, _ tags: WayTags, _ members: [RestrictionMember]
  ) -> RestrictionVerdict {
    guard let kind = kind(tags) else {
      let other = tags.pairs.first { $0.key.hasPrefix("restriction") }
      let isConditional = tags.pairs.contains { $0.key.hasSuffix(":conditional") }
      return .leftOut(
        isConditional
          ? .restrictionsConditional
          : other == nil || other?.key == "restriction"
            ? .restrictionsBroken : .restrictionsOfOthers,
        kind: other?.value.split(separator: " ").first.map(String.init) ?? "none")
    }
    let exempt = tags["except"].map { $0.split(separator: ";").map { String($0).trimmed } } ?? []
    guard !exempt.contains(where: vehicles.contains) else {
      return .leftOut(.restrictionsOfOthers, kind: kind)
    }
    guard members.count <= mostMembers else { return .leftOut(.restrictionsBroken, kind: kind) }
    let from = members.filter { $0.role == "from" }
    let to = members.filter { $0.role == "to" }
    let via = members.filter { $0.role == "via" || $0.role == "intersection" }
    let isSpread = kind == "no_entry" || kind == "no_exit"
    guard kinds.contains(kind), !from.isEmpty, !to.isEmpty, let through = Self.via(via),
      (from + to).allSatisfy({ $0.kind == .way }), isSpread || from.count == 1 && to.count == 1
    else { return .leftOut(.restrictionsBroken, kind: kind) }
    let isLifted =
      exempt.contains("emergency")
      || tags["restriction:emergency"].map { $0 == "none" || $0 == "no" } ?? false
    return .restrictions(
      from.flatMap { from in
        to.map { to in
          TurnRestriction(
            id: id, kind: kind, from: from.id, via: through, to: to.id,
            isLiftedForResponse: isLifted)
        }
      })
  }

  /// The kind that holds for cars: the narrowest tag counts.
  private static func kind(_ tags: WayTags) -> String? {
    tags.first(vehicles.map { "restriction:\($0)" } + ["restriction"])?.trimmed
  }

  private static func via(_ members: [RestrictionMember]) -> Via? {
    guard let first = members.first else { return nil }
    switch first.kind {
    case .node: return members.count == 1 ? .node(first.id) : nil
    case .way:
      return members.allSatisfy { $0.kind == .way } ? .ways(members.map(\.id)) : nil
    case .relation: return nil
    }
  }
}
