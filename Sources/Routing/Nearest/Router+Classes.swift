// What is asked of all units at once, wherever they are, answered by classes: no walk over units.

import HujiaContainers
import HujiaRoads

/// Of units with the capabilities, the agency and the kind asked for: what they are otherwise.
package struct UnitsFound: OptionSet, Sendable {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }
  package static var uncrewed: UnitsFound { UnitsFound(rawValue: 1) }
  /// With a crew, at another level.
  package static var otherLevel: UnitsFound { UnitsFound(rawValue: 2) }
  /// They could go, but for a shift that ends before a time; or could go altogether. Those passed over do not count.
  package static var ending: UnitsFound { UnitsFound(rawValue: 4) }
  package static var lasting: UnitsFound { UnitsFound(rawValue: 8) }
}

extension Router {
  @inline(__always) private var marks: UnsafePointer<UnitTraits> {
    UnsafePointer(units.traits.base)
  }

  /// Units that such questions looked at one by one, ever: for the tests.
  package var unitLooks: Int { sets.classes.looks }

  /// What a unit without a place is ranked by.
  package func idleSince_ns(of unit: UInt32) -> Int64 { sets.classes.idleSince_ns(of: unit) }

  /// Whether a unit that matches has a shift that ends before `limit_us`. O(classes + log units).
  package func hasUnit(_ given: UnitFilter, endingBefore limit_us: Int64) -> Bool {
    var filter = given
    filter.prepare(codes: codes(given.levels))
    var isFound = false
    sets.classes.each(filter) { own in
      isFound = sets.classes.order.hasEnding(
        own.root, before: limit_us, skipStamp: filter.skipStamp, marks)
      return !isFound
    }
    return isFound
  }

  /// What stands in the way of the units that have what is asked for. O(classes + log units).
  package func unitsFound(_ given: UnitFilter, lastingTo limit_us: Int64) -> UnitsFound {
    let levels = codes(given.levels)
    var filter = given
    filter.leastCrew = 0
    filter.prepare(codes: .max)
    let lasting = UnitOrder.Asked(until_us: limit_us, skipStamp: filter.skipStamp)
    let all: UnitsFound = [.uncrewed, .otherLevel, .ending, .lasting]
    var found = UnitsFound()
    sets.classes.each(filter) { own in
      if own.traits.crew < max(given.leastCrew, 1) {
        found.insert(.uncrewed)
      } else if levels &>> UInt32(own.traits.level) & 1 == 0 {
        found.insert(.otherLevel)
      } else {
        if !found.contains(.ending),
          sets.classes.order.hasEnding(
            own.root, before: limit_us, skipStamp: filter.skipStamp, marks)
        {
          found.insert(.ending)
        }
        if !found.contains(.lasting),
          !sets.classes.eachUnit(of: own, lasting, marks, { _ in false })
        {
          found.insert(.lasting)
        }
      }
      return found != all
    }
    return found
  }

  /// Of the units without a place that match the longest idle, among equals the lowest number; nil = there is none.
  /// All of a level that are idle since its time in `ranking` or longer are idle alike. O(classes + log units).
  package func longestIdleUnplaced(_ given: UnitFilter, _ ranking: borrowing Ranking) -> UInt32? {
    var filter = given
    filter.prepare(codes: codes(given.levels))
    let asked = UnitOrder.Asked(until_us: filter.availableUntil_us, skipStamp: filter.skipStamp)
    let order = sets.classes.order
    var best: UInt32?
    var bestSince_ns = Int64.max
    var own = sets.classes.firstInUse
    while own != UnitClasses.none {
      let root = sets.classes.classes[own].root
      let traits = sets.classes.classes[own].traits
      own = sets.classes.classes[own].next
      guard !traits.hasPlace, traits.isAsked(filter) else { continue }
      let since_ns = ranking.availableSince_ns.span[Int(traits.level)]
      guard let unit = order.first(root, asked, since_ns: since_ns, marks) else { continue }
      let idle_ns = max(order.nodes[unit].idleSince_ns, since_ns)
      if best.map({ (idle_ns, order.nodes[unit].id) < (bestSince_ns, order.nodes[$0].id) }) ?? true
      {
        best = unit
        bestSince_ns = idle_ns
      }
    }
    return best
  }

  /// Whether a unit with a place matches, wherever it is. O(classes + log units).
  func hasPlaced(_ filter: UnitFilter) -> Bool {
    let asked = UnitOrder.Asked(until_us: filter.availableUntil_us, skipStamp: filter.skipStamp)
    var isFound = false
    sets.classes.each(filter) { own in
      guard own.traits.hasPlace else { return true }
      isFound = !sets.classes.eachUnit(of: own, asked, marks) { _ in false }
      return !isFound
    }
    return isFound
  }

  // Few units that match

  /// Whether counts by level and capability say too little of how many match.
  func mayAskForFew(_ filter: UnitFilter) -> Bool {
    filter.agency != 0 || filter.kind != 0 || filter.availableUntil_us != .min
      || filter.capabilities & (filter.capabilities &- 1) != 0
  }

  /// Writes the units with a place that match, however the streets lead to them, into `nearestScratch.few`; nil: they
  /// are more than `most`. O(classes + `most`).
  func listFew(_ filter: UnitFilter, most: Int) -> Int? {
    let few = nearestScratch.few.base
    let asked = UnitOrder.Asked(until_us: filter.availableUntil_us, skipStamp: filter.skipStamp)
    var count = 0
    var isAll = true
    sets.classes.each(filter) { own in
      guard own.traits.hasPlace else { return true }
      // Of a class with many more, passed over or not, nobody is looked at.
      let isPlain = own.root == UnitOrder.none || filter.availableUntil_us == .min
      isAll = !(isPlain && Int(own.count) > most + 64)
      isAll =
        isAll
        && sets.classes.eachUnit(of: own, asked, marks) { unit in
          guard count < most else { return false }
          few[count] = unit
          count += 1
          return true
        }
      return isAll
    }
    return isAll ? count : nil
  }
}

extension UnitTraits {
  /// As `matches`, but for the end of the shift and marks.
  @inline(__always) func isAsked(_ filter: UnitFilter) -> Bool {
    var plain = filter
    plain.skipStamp = 0
    plain.availableUntil_us = .min
    return matches(plain)
  }
}
