// Read first. A reference to a stretch of road becomes the arcs of a map: places near each of its points, the shortest
// ways between them, and of all chains the one that fits best. What the reference says of a distance or direction may
// be off by its rounding for nothing, and by more at a price.

import HujiaRoads

/// A part of an arc, from its tail.
package struct ArcSpan: Equatable, Sendable {
  package var arc: UInt32
  package var from_mm: UInt32
  package var to_mm: UInt32

  package init(arc: UInt32, from_mm: UInt32, to_mm: UInt32) {
    self.arc = arc
    self.from_mm = from_mm
    self.to_mm = to_mm
  }
}

package enum MatchRefusal: String, Error, CaseIterable, Sendable {
  case noRoad = "no_road"
  case noWay = "no_way"
  case tooLong = "too_long"
  case empty

  package var words: String {
    switch self {
    case .noRoad: "no street runs by a point of it in its direction"
    case .noWay: "the streets by its points are not joined by a way of its length"
    case .tooLong: "its points are farther apart, or have more ways between them, than a line's"
    case .empty: "nothing is left between its two ends"
    }
  }
}

/// One thread's; its tables are as large as the map. O(streets near the points and between them) a reference.
package struct LineMatcher {
  private let map: RoadMap
  private var nearby: Nearby
  private var ways: ShortWays
  /// A way may be so much longer or shorter than the reference says.
  private static let lengthShare = 0.35
  private static let lengthSlack_m = 100.0
  /// What a metre of wrong length counts against a metre beside the road.
  private static let lengthPrice = 0.2
  /// Farther apart no two points are: the format has 15 km. And so many nodes at most are looked at for one reference.
  private static let mostToNext_m = 25_000.0
  private static let mostLooks = 1_000_000
  /// Ends of a way that only touch an arc are none of the line: another map's junction lies a little farther.
  private static let touch_mm: UInt32 = 10_000

  /// Nodes looked at so far, for all references.
  var looks: Int { ways.looks }

  package init(_ map: RoadMap, reach_m: Double = 35) {
    self.map = map
    nearby = Nearby(map, reach_m: reach_m)
    ways = ShortWays(map)
  }

  /// A chain's last place: what the chain costs, and the place before it.
  private struct Link {
    var cost_m: Double
    var before = 0
    var way_mm: UInt32 = 0
  }

  /// The parts of arcs that a line covers, in order. Every length in them is below that of its arc.
  package mutating func match(_ line: LineReference) throws(MatchRefusal) -> [ArcSpan] {
    let points = line.points
    guard points.count >= 2 else { throw .empty }
    guard points.allSatisfy({ $0.toNext_m <= Self.mostToNext_m }) else { throw .tooLong }
    let looks = ways.looks
    var places: [[ArcPlace]] = []
    for (index, point) in points.enumerated() {
      var found: [ArcPlace] = []
      nearby.places(point, isLast: index == points.count - 1, into: &found)
      guard !found.isEmpty else { throw .noRoad }
      places.append(found)
    }
    var links = [places[0].map { Link(cost_m: $0.cost_m) }]
    for index in 1..<points.count {
      let next = step(
        from: places[index - 1], links[index - 1], to: places[index], points[index - 1],
        isLast: index == points.count - 1)
      guard ways.looks - looks <= Self.mostLooks else { throw .tooLong }
      guard next.contains(where: { $0.cost_m < .infinity }) else { throw .noWay }
      links.append(next)
    }
    return try spans(line, places, links)
  }

  /// The cheapest chain to each of the next places.
  private mutating func step(
    from places: [ArcPlace], _ links: [Link], to next: [ArcPlace], _ point: LinePoint, isLast: Bool
  ) -> [Link] {
    var reached = next.map { _ in Link(cost_m: .infinity) }
    let targets = next.map { map.reach(ofArc: $0.arc) }
    let wanted_m = point.toNext_m
    let band_m = wanted_m * Self.lengthShare + Self.lengthSlack_m
    let order = places.indices.sorted { links[$0].cost_m < links[$1].cost_m }
    for place in order where links[place].cost_m < .infinity {
      // Nothing that begins here can be better than what all the others have.
      let bar = isLast ? reached.map(\.cost_m).min() : reached.map(\.cost_m).max()
      if let bar, links[place].cost_m >= bar { break }
      let from = places[place]
      let rest_mm = map.length_mm(arc: from.arc) - from.at_mm
      let most_mm = UInt32(clamping: Int64((wanted_m + band_m) * 1_000))
      let open = next.indices.filter { links[place].cost_m + next[$0].cost_m < reached[$0].cost_m }
      ways.search(
        from: from.arc, to: open.map { targets[$0] }, most_mm: most_mm - min(rest_mm, most_mm))
      for index in open {
        guard let way_mm = way_mm(from, next[index], rest_mm) else { continue }
        let wrong_m = abs(Double(way_mm) / 1_000 - wanted_m)
        guard wrong_m <= band_m else { continue }
        let cost_m =
          links[place].cost_m + next[index].cost_m
          + max(wrong_m - point.slack_m, 0) * Self.lengthPrice
        if cost_m < reached[index].cost_m {
          reached[index] = Link(cost_m: cost_m, before: place, way_mm: way_mm)
        }
      }
    }
    return reached
  }

  /// The way along one arc, or by the search that was just made.
  private func way_mm(_ from: ArcPlace, _ to: ArcPlace, _ rest_mm: UInt32) -> UInt32? {
    if from.arc == to.arc, to.at_mm >= from.at_mm { return to.at_mm - from.at_mm }
    let target = map.reach(ofArc: to.arc)
    // No line turns back on its own street.
    guard let between_mm = ways.length_mm(to: target), !ways.turnsBack(at: target, into: to.arc)
    else { return nil }
    return UInt32(clamping: UInt64(rest_mm) + UInt64(between_mm) + UInt64(to.at_mm))
  }

  private mutating func spans(
    _ line: LineReference, _ places: [[ArcPlace]], _ links: [[Link]]
  ) throws(MatchRefusal) -> [ArcSpan] {
    guard let end = links.last, let best = end.indices.min(by: { end[$0].cost_m < end[$1].cost_m })
    else { throw .noWay }
    var chain = [best]
    for index in stride(from: links.count - 1, to: 0, by: -1) {
      chain.append(links[index][chain[chain.count - 1]].before)
    }
    chain.reverse()
    var spans: [ArcSpan] = []
    for index in 1..<chain.count {
      let from = places[index - 1][chain[index - 1]]
      let to = places[index][chain[index]]
      append(from, to, way_mm: links[index][chain[index]].way_mm, &spans)
    }
    let first_mm = Double(links[1][chain[1]].way_mm)
    let last_mm = Double(end[best].way_mm)
    cut(&spans, UInt64(first_mm * line.startShare), isStart: true)
    cut(&spans, UInt64(last_mm * line.endShare), isStart: false)
    spans.removeAll { $0.to_mm <= $0.from_mm }
    dropTouches(&spans)
    guard !spans.isEmpty else { throw .empty }
    return spans
  }

  private mutating func append(
    _ from: ArcPlace, _ to: ArcPlace, way_mm: UInt32, _ spans: inout [ArcSpan]
  ) {
    func add(_ span: ArcSpan) {
      if let last = spans.last, last.arc == span.arc, last.to_mm == span.from_mm {
        spans[spans.count - 1].to_mm = span.to_mm
      } else {
        spans.append(span)
      }
    }
    if from.arc == to.arc, to.at_mm >= from.at_mm {
      return add(ArcSpan(arc: from.arc, from_mm: from.at_mm, to_mm: to.at_mm))
    }
    add(ArcSpan(arc: from.arc, from_mm: from.at_mm, to_mm: map.length_mm(arc: from.arc)))
    let target = map.reach(ofArc: to.arc)
    ways.search(from: from.arc, to: [target], most_mm: way_mm)
    for arc in ways.arcs(to: target) {
      add(ArcSpan(arc: arc, from_mm: 0, to_mm: map.length_mm(arc: arc)))
    }
    add(ArcSpan(arc: to.arc, from_mm: 0, to_mm: to.at_mm))
  }

  /// Takes a length off one end.
  private func cut(_ spans: inout [ArcSpan], _ length_mm: UInt64, isStart: Bool) {
    var left = length_mm
    while left > 0, let index = isStart ? spans.indices.first : spans.indices.last {
      let has = UInt64(spans[index].to_mm - spans[index].from_mm)
      if has <= left {
        left -= has
        spans.remove(at: index)
      } else if isStart {
        spans[index].from_mm += UInt32(left)
        left = 0
      } else {
        spans[index].to_mm -= UInt32(left)
        left = 0
      }
    }
  }

  private func dropTouches(_ spans: inout [ArcSpan]) {
    func isTouch(_ span: ArcSpan) -> Bool {
      let covered = span.to_mm - span.from_mm
      return covered < Self.touch_mm && covered < map.length_mm(arc: span.arc) / 2
    }
    if spans.count > 1, isTouch(spans[0]) { spans.removeFirst() }
    if spans.count > 1, let last = spans.last, isTouch(last) { spans.removeLast() }
  }
}
