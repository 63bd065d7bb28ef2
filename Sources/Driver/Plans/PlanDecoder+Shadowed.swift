// Plans that can never be chosen are refused, because someone believes in them.

import HujiaEngine

extension PlanDecoder {
  /// Refuses a plan that another one always beats: wherever it holds the other does too, and the other is more
  /// specific, or as specific and earlier in the file.
  func refuseShadowed(_ elements: [PlanField]) throws(PlanError) {
    let conditions = draft.plans.map { NamedConditions($0.conditions, draft) }
    var earlier = NamedRules()
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
    var earlier: [ClockKind: NamedRules] = [:]
    for (index, later) in conditions.enumerated() {
      let clock = draft.clockRules[index].clock
      let first = earlier[clock]?.candidates(for: later).first { conditions[$0].covers(later) }
      earlier[clock, default: NamedRules()].add(later, index)
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
    var wide = NamedRules()
    for index in conditions.indices where conditions[index].hasAll {
      wide.add(conditions[index], index)
    }
    for index in conditions.indices {
      let own = conditions[index]
      let first = wide.holders(of: own).first { place in
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

/// Rules by what they name, so that each is looked at beside few.
private struct NamedRules {
  private var byType: [UInt32: [Int]] = [:]
  private var byArea: [UInt32: [Int]] = [:]
  private var others: [Int] = []

  /// Those that may name the same kinds of conditions as a rule, and all that it names.
  func candidates(for rule: NamedConditions) -> [Int] {
    if !rule.types.isEmpty { return Self.fewest(byType, rule.types) }
    if !rule.areas.isEmpty { return Self.fewest(byArea, rule.areas) }
    return others
  }

  /// Those that may hold wherever a rule does.
  func holders(of rule: NamedConditions) -> [Int] {
    Self.fewest(byType, rule.types) + Self.fewest(byArea, rule.areas) + others
  }

  /// A rule that names all of these is among those that name any one of them.
  private static func fewest(_ rules: [UInt32: [Int]], _ names: [UInt32]) -> [Int] {
    var fewest: [Int]?
    for name in names {
      let some = rules[name] ?? []
      if some.isEmpty { return [] }
      if fewest.map({ some.count < $0.count }) ?? true { fewest = some }
    }
    return fewest ?? []
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

  /// Both lists are in order.
  private static func names(_ mine: [UInt32], all theirs: [UInt32]) -> Bool {
    guard mine.count >= theirs.count else { return false }
    return theirs.allSatisfy { name in
      var (low, high) = (0, mine.count)
      while low < high {
        let middle = (low + high) / 2
        if mine[middle] < name { low = middle + 1 } else { high = middle }
      }
      return low < mine.count && mine[low] == name
    }
  }

  /// Both name the same kinds of conditions, and this one holds wherever the other does.
  func covers(_ other: NamedConditions) -> Bool {
    func holds(_ mine: UInt32, _ theirs: UInt32) -> Bool {
      (mine == 0) == (theirs == 0) && theirs & ~mine == 0
    }
    func holds(_ mine: [UInt32], _ theirs: [UInt32]) -> Bool {
      mine.isEmpty == theirs.isEmpty && Self.names(mine, all: theirs)
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
      mine.isEmpty || !theirs.isEmpty && Self.names(mine, all: theirs)
    }
    return (vulnerable == 2 || vulnerable == other.vulnerable)
      && holds(tiers, other.tiers, all: Self.allTiers)
      && holds(hours, other.hours, all: Self.allHours)
      && holds(days, other.days, all: Self.allDays)
      && holds(areas, other.areas) && holds(types, other.types)
  }
}
