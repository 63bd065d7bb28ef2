// From turn restrictions on ways to turn rules on the draft's streets: which piece of a way leads to the junction,
// which one away from it, and along which pieces one comes by the ways between.

import HujiaMapBuild

/// Pieces of one way are streets under its id.
struct RestrictionTurns {
  private let draft: MapDraft
  /// Of the ways that restrictions name: the pieces that touch a node, in the direction away from it, open or not.
  private var away: [Joint: [DraftArc]] = [:]
  /// The nodes that only one piece of a way touches: two, unless it is a ring or cut by the edge of the extract.
  private var ends: [Int64: [UInt32]] = [:]
  private let rules: RoadRules

  private struct Joint: Hashable {
    var way: Int64
    var node: UInt32
  }

  /// More pieces between are a mistake: the longest known have a few dozen.
  private static let mostArcs = 256

  /// Why a restriction gives no rule.
  struct Unfit: Error {
    let reason: LeftOut
  }

  init(_ draft: MapDraft, _ restrictions: [TurnRestriction], _ rules: RoadRules) {
    self.draft = draft
    self.rules = rules
    for restriction in restrictions {
      for way in [restriction.from, restriction.to] + restriction.viaWays { ends[way] = [] }
    }
    if ends.isEmpty { return }
    for (index, street) in draft.streets.enumerated() {
      let way = Int64(bitPattern: street.id)
      guard ends[way] != nil else { continue }
      for isForward in [true, false] {
        let joint = Joint(way: way, node: isForward ? street.from : street.to)
        away[joint, default: []].append(DraftArc(street: index, isForward: isForward))
      }
    }
    for (joint, arcs) in away where arcs.count == 1 {
      ends[joint.way, default: []].append(joint.node)
    }
    for way in ends.keys { ends[way]?.sort() }
  }

  /// `via`: the draft's node of one that is a node. Not empty.
  func turns(_ restriction: TurnRestriction, via: UInt32?) throws(Unfit) -> [TurnRule] {
    var profiles: TurnRule.Profiles = []
    let obeyed = rules.obeys(turn: restriction.kind)
    if obeyed.normal { profiles.insert(.normal) }
    if obeyed.response, !restriction.isLiftedForResponse { profiles.insert(.response) }
    guard !profiles.isEmpty else { throw Unfit(reason: .restrictionsIgnored) }
    let isBack = restriction.kind.hasSuffix("u_turn")
    if restriction.from == restriction.to, restriction.viaWays.isEmpty, !isBack {
      throw Unfit(reason: .restrictionsSelf)
    }
    func rule(_ path: [DraftArc], _ to: DraftArc) -> TurnRule {
      TurnRule(path: path, to: to, isMandatory: restriction.isMandatory, profiles: profiles)
    }
    if let via {
      let from = arcs(of: restriction.from, to: via)
      if restriction.from == restriction.to {
        let both = from.filter { draft.times($0.opposite) != nil }
        guard !both.isEmpty else { throw Unfit(reason: .restrictionsNeedless) }
        return both.map { rule([$0], $0.opposite) }
      }
      return [
        rule([try only(from)], try only(arcs(of: restriction.to, from: via)))
      ]
    }
    let chain = try self.chain(restriction)
    let from = try only(arcs(of: restriction.from, to: chain.start))
    let to = try only(arcs(of: restriction.to, from: chain.end))
    guard chain.arcs.allSatisfy({ draft.times($0) != nil }) else {
      throw Unfit(reason: .restrictionsNeedless)
    }
    return [rule([from] + chain.arcs, to)]
  }

  /// The one arc meant. None: nobody could drive so anyway.
  private func only(_ arcs: [DraftArc]) throws(Unfit) -> DraftArc {
    guard let first = arcs.first else { throw Unfit(reason: .restrictionsNeedless) }
    guard arcs.count == 1 else { throw Unfit(reason: .restrictionsAmbiguous) }
    return first
  }

  private func leaving(_ node: UInt32, _ way: Int64) -> [DraftArc] {
    away[Joint(way: way, node: node)] ?? []
  }

  private func arcs(of way: Int64, from node: UInt32) -> [DraftArc] {
    leaving(node, way).filter { draft.times($0) != nil }
  }

  private func arcs(of way: Int64, to node: UInt32) -> [DraftArc] {
    leaving(node, way).map(\.opposite).filter { draft.times($0) != nil }
  }

  private struct Chain: Equatable {
    var start: UInt32
    var arcs: [DraftArc]
    var end: UInt32
  }

  /// The one way over all ways between, each from end to end in the order of the relation.
  private func chain(_ restriction: TurnRestriction) throws(Unfit) -> Chain {
    let ways = restriction.viaWays
    guard let first = ways.first else { throw Unfit(reason: .restrictionsBroken) }
    var chains = (ends[first] ?? []).filter { !leaving($0, restriction.from).isEmpty }
      .map { Chain(start: $0, arcs: [], end: $0) }
    for way in ways {
      chains = chains.compactMap { chain in
        let rest = Self.mostArcs - chain.arcs.count
        guard let walk = walk(way, from: chain.end, most: rest) else { return nil }
        return Chain(start: chain.start, arcs: chain.arcs + walk.arcs, end: walk.end)
      }
    }
    chains.removeAll { leaving($0.end, restriction.to).isEmpty }
    guard let chain = chains.first else { throw Unfit(reason: .restrictionsBroken) }
    guard chains.count == 1 else { throw Unfit(reason: .restrictionsAmbiguous) }
    return chain
  }

  /// From one end of a way to its other end; nil when it has no such ends, or more than `most` pieces.
  private func walk(
    _ way: Int64, from start: UInt32, most: Int
  ) -> (arcs: [DraftArc], end: UInt32)? {
    guard ends[way]?.contains(start) ?? false else { return nil }
    var arcs: [DraftArc] = []
    var node = start
    // A way that crosses itself is left by several pieces somewhere; any other comes to its end.
    while true {
      let next = leaving(node, way).filter { $0.street != arcs.last?.street }
      guard let arc = next.first else { break }
      guard next.count == 1, arcs.count < most else { return nil }
      arcs.append(arc)
      node = draft.headPlace(arc)
    }
    return node == start ? nil : (arcs, node)
  }
}
