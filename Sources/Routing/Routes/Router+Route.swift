// The route itself: the fastest way, written out with its points.

import HujiaContainers
import HujiaRoads

extension Router {
  /// The fastest way as points: the start, every shape point and node on the way, the destination, with the time and
  /// length so far. Fills up to `capacity` and says how many there are; `points` nil only counts. The last point's
  /// time is `travel(from:to:profile:).travel_ms` exactly. Where the streets do not lead there: two points and a mark.
  package mutating func route(
    from: Place, to: Place, profile: Profile, into points: UnsafeMutablePointer<RoutePoint>?,
    capacity: Int
  ) -> RouteAnswer {
    var writer = RouteWriter(
      map: map, times_ms: times_ms(profile), points: points, capacity: capacity)
    let way = findWay(from: from, to: to, profile: profile)
    guard way.cost.isReachable else {
      let estimate = StraightLine.travel(from: from, to: to, profile: profile)
      writer.straightLine(from: from, to: to, estimate)
      return RouteAnswer(
        needed: writer.count, travel_ms: estimate.travel_ms, distance_dm: estimate.distance_dm,
        isStraightLine: true)
    }
    if let direct = way.direct {
      writer.start(at: from, street: map.arcStreet[Int(direct.arc)])
      writer.travel(arc: direct.arc, from_mm: direct.from_mm, to_mm: direct.to_mm, end: to)
    } else if let start = way.start {
      write(from: from, start, to: to, profile, &writer)
    }
    return RouteAnswer(
      needed: writer.count, travel_ms: way.cost.time_ms, distance_dm: way.cost.length_dm,
      isStraightLine: false)
  }

  private mutating func write(
    from: Place, _ start: End, to: Place, _ profile: Profile, _ writer: inout RouteWriter
  ) {
    let goals = Ends(reaching: to, on: map, times_ms: times_ms(profile))
    var node = start.node
    if start.arc != RoadMap.none {
      writer.start(at: from, street: map.arcStreet[Int(start.arc)])
      writer.travel(
        arc: start.arc, from_mm: start.offset_mm,
        to_mm: map.streetLength_mm[Int(map.arcStreet[Int(start.arc)])], end: nil)
    } else {
      writer.start(at: from, street: firstStreet(from: node, goals))
    }
    while search.nextArc[node] != RoadMap.none {
      let arc = Int(search.nextArc[node])
      writer.travel(
        arc: UInt32(arc), from_mm: 0, to_mm: map.streetLength_mm[Int(map.arcStreet[arc])],
        end: nil)
      node = map.arcHead[arc]
    }
    for index in 0..<goals.count where goals[index].node == node {
      if goals[index].arc != RoadMap.none {
        writer.travel(arc: goals[index].arc, from_mm: 0, to_mm: goals[index].offset_mm, end: to)
      } else if writer.count < 2 {
        writer.finish(at: to)
      }
    }
  }

  /// The street along which one leaves a node towards the destination.
  private func firstStreet(from node: UInt32, _ goals: Ends) -> UInt32 {
    if search.nextArc[node] != RoadMap.none { return map.arcStreet[Int(search.nextArc[node])] }
    for index in 0..<goals.count where goals[index].node == node && goals[index].arc != .max {
      return map.arcStreet[Int(goals[index].arc)]
    }
    return Place.none
  }
}
