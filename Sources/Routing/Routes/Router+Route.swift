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
    } else if let start = way.start {
      writer.start(at: from)
      writer.leave(start)
      if let goal = way.goal, let query = labelQuery(profile) {
        query.write(way, start: start.node, goal: goal.node, scratch: self.way, &writer)
        writer.arrive(goal, at: to)
      } else {
        writeSearched(start: start.node, to: to, profile, &writer)
      }
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

extension LabelQuery {
  /// Up from the start to the way's highest node, then down to the goal, every arc taken apart into the map's. On a
  /// damaged map the route ends where it makes no sense any more. O(arcs of the map on the way).
  func write(
    _ way: Way, start: UInt32, goal: UInt32, scratch: borrowing WayScratch,
    _ writer: inout RouteWriter
  ) {
    var node = start
    while UInt32(hierarchy.depth[Int(node)]) != way.depth {
      guard let arc = arc(up, node, way.depth) else { return }
      unpack(UInt32(arc) * 2, scratch, &writer)
      node = hierarchy.upHead[arc]
    }
    var count = 0
    node = goal
    while UInt32(hierarchy.depth[Int(node)]) != way.depth {
      guard let arc = arc(down, node, way.depth) else { return }
      scratch.descent[count] = UInt32(arc)
      count += 1
      node = hierarchy.upHead[arc]
    }
    while count > 0 {
      count -= 1
      unpack(scratch.descent[count] * 2 + 1, scratch, &writer)
    }
  }

  /// Through a lower node each time, so an arc's two parts have tails of higher numbers, whatever a damaged map says;
  /// and no way is longer than all the map's nodes.
  private func unpack(
    _ code: UInt32, _ scratch: borrowing WayScratch, _ writer: inout RouteWriter
  ) {
    scratch.pending[0] = code
    var count = 1
    while count > 0 {
      count -= 1
      let next = scratch.pending[count]
      let record = next & 1 == 0 ? labels.up[Int(next / 2)] : labels.down[Int(next / 2)]
      if record.second == .max {
        guard record.first < writer.map.arcCount, writer.count <= writer.most else { return }
        writer.travelWhole(arc: record.first)
      } else {
        guard record.first < hierarchy.arcCount, record.second < hierarchy.arcCount,
          hierarchy.upTail[Int(record.first)] > hierarchy.upTail[Int(next / 2)],
          hierarchy.upTail[Int(record.second)] > hierarchy.upTail[Int(next / 2)],
          count + 2 <= scratch.pending.count
        else { return }
        // First down to the lower node, then up from it.
        scratch.pending[count] = record.second * 2
        scratch.pending[count + 1] = record.first * 2 + 1
        count += 2
      }
    }
  }
}
