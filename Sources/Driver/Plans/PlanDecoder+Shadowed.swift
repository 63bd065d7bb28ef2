// Plans that can never be chosen are refused, because someone believes in them.

import HujiaEngine

extension PlanDecoder {
  /// Refuses a plan that another one always beats: wherever it holds the other does too, and the other is more
  /// specific, or as specific and earlier in the file.
  func refuseShadowed(_ elements: [PlanField]) throws(PlanError) {
    let conditions = draft.plans.map { NamedConditions($0.conditions, draft) }
    var earlier = EarlierRules()
    for (index, later) in conditions.enumerated() {
      let path = elements[index].path
      if let first = earlier.candidates(for: later).first(where: { conditions[$0].covers(later) }) {
        throw elements[index].wrong(
          conditions[first] == later
            ? "\(path) has the same conditions as plans[\(first)], so it can never match: merge the two"
            : "\(path) can never match, as plans[\(first)] covers it and comes first: put it before that one"
        )
      }
      earlier.add(later, index)
    }
    if let (index, wide) = Self.beaten(conditions) {
      throw elements[index].wrong(
        "\(elements[index].path) can never match, as plans[\(wide)] holds wherever it does and is as specific: leave out what always holds (all tiers, hours or days) in plans[\(wide)]"
      )
    }
  }

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
    for clock in Set(draft.clockRules.map(\.clock)) {
      let places = draft.clockRules.indices.filter { draft.clockRules[$0].clock == clock }
      guard let (index, wide) = Self.beaten(places.map { conditions[$0] }) else { continue }
      let (own, other) = (elements[places[index]], places[wide])
      throw own.wrong(
        "\(own.path) can never match, as clock_rules[\(other)] holds wherever it does and is as specific: leave out what always holds (all tiers, hours or days) in clock_rules[\(other)]"
      )
    }
  }

  /// A rule beside one of other kinds of conditions that always hold: all tiers, all hours, all days.
  private static func beaten(_ conditions: [NamedConditions]) -> (index: Int, by: Int)? {
    let wide = conditions.indices.filter { conditions[$0].hasAll }
    for index in conditions.indices {
      let own = conditions[index]
      let first = wide.first { place in
        let other = conditions[place]
        return place != index && other.holds(whereverDoes: own)
          && (other.specificity > own.specificity
            || other.specificity == own.specificity && place < index)
      }
      if let first { return (index, first) }
    }
    return nil
  }
}

/// Earlier rules by what they name, so that each is looked at beside few.
private struct EarlierRules {
  private var byType: [UInt32: [Int]] = [:]
  private var byArea: [UInt32: [Int]] = [:]
  private var others: [Int] = []

  func candidates(for rule: NamedConditions) -> [Int] {
    if let type = rule.types.first { return byType[type] ?? [] }
    if let area = rule.areas.first { return byArea[area] ?? [] }
    return others
  }

  mutating func add(_ rule: NamedConditions, _ index: Int) {
    for type in rule.types { byType[type, default: []].append(index) }
    guard rule.types.isEmpty else { return }
    for area in rule.areas { byArea[area, default: []].append(index) }
    if rule.areas.isEmpty { others.append(index) }
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
  let specificity: Int

  private static var allTiers: UInt32 { 0b11110 }
  private static var allHours: UInt32 { 1 << 24 - 1 }
  private static var allDays: UInt32 { 1 << 7 - 1 }

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
    specificity = conditions.specificity
  }

  /// It names something that is always so.
  var hasAll: Bool {
    tiers == Self.allTiers || hours == Self.allHours || days == Self.allDays
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

  /// The same whatever kinds each names.
  func holds(whereverDoes other: NamedConditions) -> Bool {
    func holds(_ mine: UInt32, _ theirs: UInt32, all: UInt32) -> Bool {
      mine == 0 || mine == all || theirs != 0 && theirs & ~mine == 0
    }
    func holds(_ mine: [UInt32], _ theirs: [UInt32]) -> Bool {
      mine.isEmpty || !theirs.isEmpty && Set(theirs).isSubset(of: mine)
    }
    return (vulnerable == 2 || vulnerable == other.vulnerable)
      && holds(tiers, other.tiers, all: Self.allTiers)
      && holds(hours, other.hours, all: Self.allHours)
      && holds(days, other.days, all: Self.allDays)
      && holds(areas, other.areas) && holds(types, other.types)
  }
}
