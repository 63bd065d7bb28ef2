// Drafts that reach across 180 degrees: their longitudes are made to go on past it, so that a street from 179.99 to
// -179.99 degrees is 0.02 degrees long for everything that looks at coordinates. Offline only.

import HujiaRoads

extension MapDraft {
  /// Whether a straight piece of a street crosses the line: longer than half a turn, so it is meant the short way.
  private static func crosses(_ a: Int32, _ b: Int32) -> Bool {
    (Int64(a) - Int64(b)).magnitude > UInt64(RoadMap.halfTurn_e7)
  }

  /// The straight pieces of a street, by their longitudes.
  private func forEachPiece(of street: Street, _ body: (Int32, Int32) -> Void) {
    var before = nodes[Int(street.from)].lon_e7
    for point in street.inner {
      body(before, point.lon_e7)
      before = point.lon_e7
    }
    body(before, nodes[Int(street.to)].lon_e7)
  }

  private var hasCrossing: Bool {
    streets.contains { street in
      var crosses = false
      forEachPiece(of: street) { if Self.crosses($0, $1) { crosses = true } }
      return crosses
    }
  }

  /// Nodes lie on both sides of the line, or one cannot tell.
  private var isWide: Bool {
    guard let west = nodes.lazy.map(\.lon_e7).min(), let east = nodes.lazy.map(\.lon_e7).max()
    else { return false }
    return Self.crosses(west, east)
  }

  /// The same draft with its longitudes counted from a cut that no street crosses, if it may reach across 180 degrees
  /// and there is such a cut between 146 degrees east and 146 west (`unwrappingFlaw`). Once is enough. O(n log n).
  package func unwrapped() -> MapDraft {
    guard isWide || hasCrossing, let cut_e7 = cut() else { return self }
    var copy = self
    // West of the cut to east of it: the range [cut, cut + 360) as 32 bits hold it.
    func moved(_ lon_e7: Int32) -> Int32 {
      let lon = Int64(lon_e7)
      if cut_e7 > 0 { return Int32(lon >= cut_e7 ? lon - RoadMap.turn_e7 : lon) }
      return Int32(lon < cut_e7 ? lon + RoadMap.turn_e7 : lon)
    }
    for index in copy.nodes.indices { copy.nodes[index].lon_e7 = moved(nodes[index].lon_e7) }
    for index in copy.streets.indices {
      for place in copy.streets[index].inner.indices {
        copy.streets[index].inner[place].lon_e7 = moved(streets[index].inner[place].lon_e7)
      }
    }
    return copy
  }

  /// Why a draft cannot be unwrapped, or nil.
  package var unwrappingFlaw: String? {
    guard hasCrossing, cut() == nil else { return nil }
    return "streets cross 180 degrees, and others run on from 146 degrees east to 146 degrees "
      + "west without a gap: cut the data into two maps"
  }

  /// The middle of the widest gap in longitude that no street crosses and 32 bits can be cut at; positive: east of it
  /// is counted below -180, negative: west of it is counted beyond 180.
  private func cut() -> Int64? {
    // As degrees east of Greenwich, 0 to 360: 180 is nothing special there.
    func east(_ lon_e7: Int32) -> Int64 {
      lon_e7 < 0 ? Int64(lon_e7) + RoadMap.turn_e7 : Int64(lon_e7)
    }
    let low = RoadMap.turn_e7 - Int64(RoadMap.farthest_e7)
    let high = Int64(RoadMap.farthest_e7)
    var taken: [(from: Int64, to: Int64)] = nodes.map { (east($0.lon_e7), east($0.lon_e7)) }
    for street in streets {
      forEachPiece(of: street) { a, b in
        let (from, to) = (min(east(a), east(b)), max(east(a), east(b)))
        // The short way from a to b does not pass Greenwich unless it is the shorter one.
        if to - from <= RoadMap.halfTurn_e7 {
          taken.append((from, to))
        }
      }
    }
    taken.sort { $0.from < $1.from }
    var reached = low - 1
    var best: (width: Int64, middle: Int64)?
    for span in taken + [(high + 1, high + 1)] {
      let end = min(span.from, high + 1)
      if end - reached > 1, reached < high, best.map({ $0.width < end - reached }) ?? true {
        best = (end - reached, (end + reached) / 2)
      }
      reached = max(reached, span.to)
    }
    guard let middle = best?.middle else { return nil }
    return middle > RoadMap.halfTurn_e7 ? middle - RoadMap.turn_e7 : middle
  }
}
