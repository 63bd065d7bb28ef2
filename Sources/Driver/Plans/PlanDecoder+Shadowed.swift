// Plans that can never be chosen are refused, because someone believes in them.

import HujiaEngine

extension PlanDecoder {
  /// Refuses a plan that an earlier one always beats: they name the same kinds of conditions, so
  /// they are equally specific and the first in the file wins, and the earlier one holds wherever
  /// the later one does.
  func refuseShadowed(_ elements: [PlanField]) throws(PlanError) {
    var earlierByType: [UInt32: [Int]] = [:]
    var earlierWithoutType: [Int] = []
    let conditions = draft.plans.map { NamedConditions($0.conditions, draft) }
    for (index, later) in conditions.enumerated() {
      let candidates = later.types.first.map { earlierByType[$0] ?? [] } ?? earlierWithoutType
      if let first = candidates.first(where: { conditions[$0].covers(later) }) {
        let path = elements[index].path
        throw elements[index].wrong(
          conditions[first] == later
            ? "\(path) has the same conditions as plans[\(first)], so it can never match: merge the two"
            : "\(path) can never match, as plans[\(first)] covers it and comes first: put it before that one"
        )
      }
      if later.types.isEmpty { earlierWithoutType.append(index) }
      for type in later.types { earlierByType[type, default: []].append(index) }
    }
  }
}

extension PlanDecoder {
  /// The same for the rules of one clock.
  func refuseShadowedRules(_ elements: [PlanField]) throws(PlanError) {
    let conditions = draft.clockRules.map { NamedConditions($0.conditions, draft) }
    for (index, later) in conditions.enumerated() {
      let first = (0..<index).first {
        draft.clockRules[$0].clock == draft.clockRules[index].clock
          && conditions[$0].covers(later)
      }
      guard let first else { continue }
      throw elements[index].wrong(
        "\(elements[index].path) can never match, as clock_rules[\(first)] covers it and comes first: merge the two, or put it before that one"
      )
    }
  }
}

/// When a plan or a rule applies, with its types and areas written out in order, each once. Empty or zero = always.
private struct NamedConditions: Equatable {
  let types: [UInt32]
  let areas: [UInt32]
  let tiers: UInt32
  let hours: UInt32
  let days: UInt32
  let vulnerable: UInt8

  init(_ conditions: Conditions, _ draft: PlanDraft) {
    func sorted(_ all: [UInt32], _ first: UInt32, _ count: UInt32) -> [UInt32] {
      Set(all[Int(first)..<Int(first + count)]).sorted()
    }
    types = sorted(draft.planTypes, conditions.firstType, conditions.typeCount)
    areas = sorted(draft.planAreas, conditions.firstArea, conditions.areaCount)
    tiers = conditions.tiers
    hours = conditions.hours
    days = conditions.days
    vulnerable = conditions.vulnerable
  }

  /// Both name the same kinds of conditions, and this one holds wherever the other does.
  func covers(_ other: NamedConditions) -> Bool {
    func holds(_ mine: UInt32, _ theirs: UInt32) -> Bool {
      (mine == 0) == (theirs == 0) && theirs & ~mine == 0
    }
    func holds(_ mine: [UInt32], _ theirs: [UInt32]) -> Bool {
      mine.isEmpty == theirs.isEmpty && mine.count >= theirs.count
        && Set(theirs).isSubset(of: mine)
    }
    return vulnerable == other.vulnerable && holds(tiers, other.tiers) && holds(hours, other.hours)
      && holds(days, other.days) && holds(areas, other.areas) && holds(types, other.types)
  }
}
