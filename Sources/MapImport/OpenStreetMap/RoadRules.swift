// The rules of the road: what tags of OpenStreetMap mean for a profile. One table of text (`RoadRules+Default`) that a
// city may print, change and give back; this is what it says once it is read and checked.

/// The profiles of a map, in the order of the table's columns.
package enum RoadProfile: Int, CaseIterable, Sendable {
  case normal, response
}

/// One value a profile.
package struct ByProfile<Value> {
  package var normal: Value
  package var response: Value

  package subscript(_ profile: RoadProfile) -> Value {
    get { profile == .normal ? normal : response }
    set { if profile == .normal { normal = newValue } else { response = newValue } }
  }
}

extension ByProfile: Equatable where Value: Equatable {}
extension ByProfile: Sendable where Value: Sendable {}

/// Whether one may drive there.
package enum Passage: String, Sendable {
  case open
  /// Only to what lies there, not through.
  case destination
  case closed
}

package struct RoadRules: Sendable {
  /// A class of roads, by the tag `highway` or `route`.
  struct RoadClass: Equatable, Sendable {
    /// km/h where no limit is posted; nil = not driven.
    var speed_kmh: ByProfile<Double?>
    var isOneWay = false
    /// Driven only where an access tag for vehicles says so.
    var isByPermission = false
    /// Planned, or being built.
    var isUnbuilt = false
  }

  /// What another tag does to a road.
  enum Effect: Equatable, Sendable {
    case closed
    /// Not faster than this, km/h.
    case atMost(Double)
  }

  struct TagRule: Sendable {
    var key: String
    var value: String
    var effect: ByProfile<Effect>
  }

  /// A posted word or zone; nil = as if nothing were posted.
  typealias Posted = Double?

  var highways: [String: RoadClass] = [:]
  var routes: [String: RoadClass] = [:]
  var access: [String: ByProfile<Passage>] = [:]
  /// "*": barriers that are not listed.
  var barriers: [String: ByProfile<Passage>] = [:]
  var tags: [TagRule] = []
  /// Whether a kind of turn restriction is obeyed; "*": kinds that are not listed.
  var turns: [String: ByProfile<Bool>] = [:]
  var posted: [String: Posted] = [:]
  var zones: [String: Posted] = [:]
  /// Access tags, the weakest first.
  var keys = ByProfile<[String]>(normal: [], response: [])
  /// Share of a posted limit that is driven.
  var limit = ByProfile(normal: 1.0, response: 1.0)
  /// How many times as long a road takes where only destinations may be driven to.
  var destination = ByProfile(normal: 1.0, response: 1.0)
}

extension RoadRules {
  func obeys(turn kind: String) -> ByProfile<Bool> {
    turns[kind] ?? turns["*"] ?? ByProfile(normal: true, response: true)
  }

  /// A barrier by its tags: closed, or open to the profile. An access tag for vehicles comes before the table.
  func passage(ofBarrier barrier: String, _ tags: WayTags, _ profile: RoadProfile) -> Passage {
    let rule =
      tags[barrier].flatMap { barriers["\(barrier):\($0)"] } ?? barriers[barrier] ?? barriers["*"]
    let listed = rule?[profile] ?? .closed
    let said = permission(
      tags, profile, direction: "", isByPermission: listed == .closed)
    return said.passage.map { $0 == .destination ? .open : $0 } ?? listed
  }

  /// What the access tags say, the most special one last; nil = nothing. `isByPermission`: the general key `access`
  /// says nothing of vehicles then, and what closes to the public opens to nobody.
  func permission(
    _ tags: WayTags, _ profile: RoadProfile, direction: String, isByPermission: Bool
  ) -> (passage: Passage?, isUnknown: Bool) {
    var passage: Passage?
    var isUnknown = false
    for (place, key) in keys[profile].enumerated() where !(isByPermission && place == 0) {
      guard let value = (direction.isEmpty ? nil : tags[key + direction]) ?? tags[key] else {
        continue
      }
      var found: ByProfile<Passage>?
      for word in value.split(separator: ";") {
        guard let rule = access[String(word).trimmed] else { continue }
        // Of a list the most open holds: "delivery;permit".
        if found == nil || Self.rank(rule[profile]) < Self.rank(found?[profile] ?? .closed) {
          found = rule
        }
      }
      guard let found else {
        isUnknown = isUnknown || key != "emergency"
        continue
      }
      // What is open to a response only because it is closed to others is no permission by itself.
      let isClosed = isByPermission && found.normal == .closed
      passage = isClosed ? .closed : found[profile]
      // On ways `emergency=yes` is a permission, `emergency=no` a ban; both are for responses alone.
      if key == "emergency", value == "no" { passage = .closed }
    }
    return (passage, isUnknown)
  }

  private static func rank(_ passage: Passage) -> Int {
    switch passage {
    case .open: return 0
    case .destination: return 1
    case .closed: return 2
    }
  }
}
