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
      map: map, times: ownTimes(profile), points: points, capacity: capacity)
    let way = findWay(from: from, to: to, profile: profile)
    guard way.cost.isReachable else {
      let estimate = StraightLine.travel(from: from, to: to, profile: profile)
      writer.straightLine(from: from, to: to, estimate)
      return RouteAnswer(
        needed: writer.count, travel_ms: estimate.travel_ms, distance_dm: estimate.distance_dm,
        isStraightLine: true)
    }
    if let direct = way.direct {
      writer.start(at: from)
      writer.travel(arc: direct.arc, from_mm: direct.from_mm, to_mm: direct.to_mm, end: to)
    } else if let depth = way.depth, let query = labelQuery(profile) {
      writer.start(at: from)
      write(over: depth, from: from, to: to, profile, query, &writer)
    } else if let start = way.start {
      writer.start(at: from)
      writer.leave(start)
      writeSearched(start: start.node, to: to, profile, &writer)
    }
    writer.finish(at: to)
    return RouteAnswer(
      needed: writer.count, travel_ms: way.cost.time_ms, distance_dm: way.cost.length_dm,
      isStraightLine: false)
  }

  /// Follows the arcs that the search left behind.
  private mutating func writeSearched(
    start: UInt32, to: Place, _ profile: Profile, _ writer: inout RouteWriter
  ) {
    var node = start
    while search.nextArc[node] != RoadMap.none {
      let arc = search.nextArc[node]
      writer.travelWhole(arc: arc)
      node = map.arcHead[Int(arc)]
    }
    let goals = Ends(reaching: to, on: map, times: ownTimes(profile))
    for index in 0..<goals.count where goals[index].node == node {
      writer.arrive(goals[index], at: to)
    }
  }
}

extension Router {
  /// After `findWay`: up from the start to the way's highest node, then down to the goal, every arc taken apart into
  /// the map's. On a damaged map the route ends where it makes no sense any more. O(arcs of the map on the way).
  private mutating func write(
    over depth: UInt32, from: Place, to: Place, _ profile: Profile, _ query: LabelQuery,
    _ writer: inout RouteWriter
  ) {
    let times = ownTimes(profile)
    let starts = Ends(leaving: from, on: map, times: times)
    let goals = Ends(reaching: to, on: map, times: times)
    guard
      let up = startClimb.trace(query, query.labels.up, depth, into: way.ascent.base),
      let down = goalClimb.trace(query, query.labels.down, depth, into: way.descent.base)
    else { return }
    writer.leave(starts[up.end])
    for index in 0..<up.count { query.unpack(way.ascent[index], way, &writer) }
    for index in (0..<down.count).reversed() {
      var arc = way.descent[index]
      arc.isDown = true
      query.unpack(arc, way, &writer)
    }
    writer.arrive(goals[down.end], at: to)
  }
}

extension LabelQuery {
  /// Through a lower node each time, so an arc's two parts have tails of higher numbers, whatever a damaged map says;
  /// and no way is longer than all the map's nodes.
  fileprivate func unpack(
    _ whole: WayArc, _ scratch: borrowing WayScratch, _ writer: inout RouteWriter
  ) {
    scratch.pending[0] = whole
    var count = 1
    while count > 0 {
      count -= 1
      let next = scratch.pending[count]
      let side = next.isDown ? labels.down : labels.up
      let through = side.through[Int(next.arc)]
      if through & Through.mapArc != 0 {
        let mapArc = through & ~Through.mapArc
        guard mapArc < writer.map.arcCount, writer.count <= writer.most else { return }
        writer.travelWhole(arc: mapArc)
      } else {
        guard through > next.tail, through < hierarchy.nodeCount,
          count + 2 <= scratch.pending.count, let parts = parts(of: next, through)
        else { return }
        // First down to the lower node, then up from it.
        scratch.pending[count] = WayArc(
          arc: next.isDown ? parts.toTail : parts.toHead, tail: through)
        scratch.pending[count + 1] = WayArc(
          arc: next.isDown ? parts.toHead : parts.toTail, tail: through, isDown: true)
        count += 2
      }
    }
  }

  /// The arcs from a lower node to the two ends of an arc that leads through it.
  @inline(__always)
  private func parts(of whole: WayArc, _ through: UInt32) -> (toTail: UInt32, toHead: UInt32)? {
    let first = Int(ancestors.facts(through).upFirst)
    let end = Int(ancestors.facts(through + 1).upFirst)
    guard let toTail = hierarchy.arc(to: ancestors.facts(whole.tail).depth, first, end),
      let toHead = hierarchy.arc(to: hierarchy.upDepth[Int(whole.arc)], first, toTail)
    else { return nil }
    return (UInt32(toTail), UInt32(toHead))
  }
}
