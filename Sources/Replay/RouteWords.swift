// A road in words: the streets in order, with the distance on each.

import CHujia

/// Made from a route's points; neighbours on streets of one name are one leg.
package struct RouteWords {
  package struct Leg: Equatable {
    package var street: String
    package var distance_dm: UInt32
  }

  package private(set) var legs: [Leg] = []
  package let time_s: Double

  package init(_ points: [hj_route_point], name: (UInt64) -> String) {
    time_s = Double(points.last?.time_ms ?? 0) / 1e3
    var names: [UInt64: String] = [:]
    var before_dm: UInt32 = 0
    for point in points.dropFirst() {
      let street: String
      if let known = names[point.street_id] {
        street = known
      } else {
        street = point.street_id == 0 ? "" : name(point.street_id)
        names[point.street_id] = street
      }
      let driven_dm = point.distance_dm - before_dm
      before_dm = point.distance_dm
      if legs.last?.street == street {
        legs[legs.count - 1].distance_dm += driven_dm
      } else {
        legs.append(Leg(street: street, distance_dm: driven_dm))
      }
    }
  }

  /// "05TH ST 320 m, HARRISON ST 1,150 m"; at most `most` legs, the rest counted.
  package func text(most: Int) -> String {
    let shown = legs.prefix(most).map { leg in
      "\(leg.street.isEmpty ? "a street without a name" : leg.street) \(leg.distance_dm / 10) m"
    }
    let rest = legs.count - shown.count
    return shown.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
  }
}
