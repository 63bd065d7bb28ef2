// Writes a route point by point into the caller's array, counting also those that do not fit.
// Times and lengths at shape points follow `timeAlong`, so the last point carries exactly the travel time.

import HujiaRoads

struct RouteWriter {
  let map: RoadMap
  let times: OwnTimes
  let points: UnsafeMutablePointer<RoutePoint>?
  let capacity: Int
  private(set) var count = 0
  /// `none` until a street was driven.
  private var lastStreet = Place.none
  /// Cost of the arcs written so far.
  private var done = Cost.zero

  init(
    map: RoadMap, times: OwnTimes, points: UnsafeMutablePointer<RoutePoint>?, capacity: Int
  ) {
    self.map = map
    self.times = times
    self.points = points
    self.capacity = points == nil ? 0 : capacity
  }

  /// More points than any way has that passes each node once.
  var most: Int { map.nodeCount + Int(map.streetFirstPoint[map.streetCount]) }

  /// The first point, which is the place itself, and where it touches the streets. The way in between counts as that of
  /// the street that is driven first, once it is known.
  mutating func start(at place: Place) {
    append(place.lat_e7, place.lon_e7, .zero, Place.none)
    guard place.countedGap_dm > 0 else { return }
    let snapped = map.point(of: place)
    done = place.gapCost
    append(snapped.lat_e7, snapped.lon_e7, done, Place.none)
  }

  /// From the streets to the destination itself, as a part of the street that was driven last.
  mutating func finish(at place: Place) {
    guard place.countedGap_dm > 0 else { return }
    done = done + place.gapCost
    append(place.lat_e7, place.lon_e7, done, lastStreet)
  }

  /// From the start to the end of its street.
  mutating func leave(_ start: End) {
    guard start.arc != RoadMap.none else { return }
    let length = map.streetLength_mm[Int(map.arcStreet[Int(start.arc)])]
    travel(arc: start.arc, from_mm: start.offset_mm, to_mm: length, end: nil)
  }

  /// From a node to the destination. At a node already: only when nothing was written yet is a point due.
  mutating func arrive(_ goal: End, at place: Place) {
    if goal.arc != RoadMap.none {
      travel(arc: goal.arc, from_mm: 0, to_mm: goal.offset_mm, end: place)
    } else if count < 2, place.countedGap_dm == 0 {
      append(place.lat_e7, place.lon_e7, done, Place.none)
    }
  }

  /// A link is no part of a route that anybody sees.
  mutating func travelWhole(arc: UInt32) {
    if Int(map.arcStreet[Int(arc)]) >= map.streetCount { return }
    travel(
      arc: arc, from_mm: 0, to_mm: map.streetLength_mm[Int(map.arcStreet[Int(arc)])], end: nil)
  }

  /// One arc, from `from_mm` to `to_mm` in the direction of travel: the shape points beyond `from_mm` and before
  /// `to_mm`, then the end itself, at `end` (or where that touches the street) when it is not the arc's head.
  /// O(shape points).
  mutating func travel(arc: UInt32, from_mm: UInt32, to_mm: UInt32, end: Place?) {
    let street = Int(map.arcStreet[Int(arc)])
    let length = map.streetLength_mm[street]
    let all_ms = times[arc]
    let start_ms = timeAlong(arc_ms: all_ms, offset_mm: from_mm, length_mm: length)
    let first = Int(map.streetFirstPoint[street])
    let last = Int(map.streetFirstPoint[street + 1]) - 1
    let facts = map.streetFacts[street]
    let isForward =
      facts.forwardArc == arc
      || (facts.backwardArc != arc && map.streetArc(of: arc) == facts.forwardArc)
    let inner = max(0, last - first - 1)
    for step in 0..<inner {
      let point = isForward ? first + 1 + step : last - 1 - step
      let along = map.pointOffset_mm[point]
      let offset = isForward ? along : length - min(along, length)
      guard offset > from_mm, offset < to_mm else { continue }
      let here_ms = timeAlong(arc_ms: all_ms, offset_mm: offset, length_mm: length)
      append(
        map.pointLat_e7[point], map.pointLon_e7[point],
        done + Cost(time_ms: here_ms - start_ms, length_mm: offset - from_mm), UInt32(street))
    }
    let end_ms =
      end == nil ? all_ms : timeAlong(arc_ms: all_ms, offset_mm: to_mm, length_mm: length)
    done = done + Cost(time_ms: end_ms - start_ms, length_mm: to_mm - from_mm)
    let head = Int(map.arcHead[Int(arc)])
    var point = (lat_e7: map.nodeLat_e7[head], lon_e7: map.nodeLon_e7[head])
    if let end {
      point = end.countedGap_dm > 0 ? map.point(of: end) : (end.lat_e7, end.lon_e7)
    }
    append(point.lat_e7, point.lon_e7, done, UInt32(street))
  }

  mutating func straightLine(from: Place, to: Place, _ estimate: Travel) {
    append(from.lat_e7, from.lon_e7, .zero, Place.none)
    if count < capacity {
      points?[count] = RoutePoint(
        lat_e7: to.lat_e7, lon_e7: to.lon_e7, time_ms: estimate.travel_ms,
        distance_dm: estimate.distance_dm, street: Place.none)
    }
    count += 1
  }

  private mutating func append(_ lat_e7: Int32, _ lon_e7: Int32, _ at: Cost, _ street: UInt32) {
    if count < capacity {
      points?[count] = RoutePoint(
        lat_e7: lat_e7, lon_e7: RoadMap.wrapped(Int64(lon_e7)), time_ms: at.time_ms,
        distance_dm: at.length_dm,
        street: street)
    }
    if lastStreet == Place.none, street != Place.none {
      for before in 0..<min(count, capacity) { points?[before].street = street }
    }
    lastStreet = street
    count += 1
  }
}
