// What may not be driven one after the other, as importers say it: arcs of a draft, and what must or must not follow.

/// One direction of a draft's street.
package struct DraftArc: Hashable, Comparable, Sendable {
  /// Twice the street's index, and one more against its points.
  package let number: UInt32

  package init(number: UInt32) { self.number = number }
  package init(street: Int, isForward: Bool) {
    number = UInt32(street) * 2 + (isForward ? 0 : 1)
  }

  package var street: Int { Int(number / 2) }
  package var isForward: Bool { number & 1 == 0 }
  /// The same street back; not every street has one.
  package var opposite: DraftArc { DraftArc(number: number ^ 1) }
  package static func < (a: DraftArc, b: DraftArc) -> Bool { a.number < b.number }
}

/// After the arcs of `path`, driven one right after the other, `to` may not follow, or nothing else may.
package struct TurnRule: Equatable, Sendable {
  /// Which profiles obey it.
  package struct Profiles: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }
    package static let normal = Profiles(rawValue: 1)
    package static let response = Profiles(rawValue: 2)
    package static let both: Profiles = [.normal, .response]
  }

  /// Not empty; each begins where the one before ends.
  package var path: [DraftArc]
  /// Begins where the path ends.
  package var to: DraftArc
  /// Nothing but `to` may follow. Several such rules for one path leave all their `to`.
  package var isMandatory: Bool
  package var profiles: Profiles

  package init(path: [DraftArc], to: DraftArc, isMandatory: Bool, profiles: Profiles) {
    self.path = path
    self.to = to
    self.isMandatory = isMandatory
    self.profiles = profiles
  }
}

extension MapDraft {
  /// The places where an arc begins and ends.
  package func tailPlace(_ arc: DraftArc) -> UInt32 {
    arc.isForward ? streets[arc.street].from : streets[arc.street].to
  }
  package func headPlace(_ arc: DraftArc) -> UInt32 { tailPlace(arc.opposite) }

  /// nil: not allowed that way.
  package func times(_ arc: DraftArc) -> Times? {
    arc.isForward ? streets[arc.street].forward : streets[arc.street].backward
  }

  /// Why the turn rules do not fit the streets, or nil. O(rules).
  package var turnFlaw: String? {
    for (index, rule) in turns.enumerated() {
      var place: UInt32?
      guard !rule.path.isEmpty else { return "turn rule \(index) has no path" }
      for arc in rule.path + [rule.to] {
        guard streets.indices.contains(arc.street), times(arc) != nil else {
          return "turn rule \(index) names an arc that is not there"
        }
        guard place == nil || place == tailPlace(arc) else {
          return "the arcs of turn rule \(index) do not meet"
        }
        place = headPlace(arc)
      }
    }
    return nil
  }

  /// The profiles that may drive it.
  func drivers(_ arc: DraftArc) -> TurnRule.Profiles {
    guard let times = times(arc) else { return [] }
    var found: TurnRule.Profiles = []
    if times.normal_ms < Times.closed_ms { found.insert(.normal) }
    if times.response_ms < Times.closed_ms { found.insert(.response) }
    return found
  }
}
