// The slow and obvious truth: Dijkstra's search back from one place over the whole network, then arithmetic on the two
// ends. Knows the map's arrays and nothing of the router's code.

import HujiaRoads
import HujiaRouting

/// All ways to one place. A way is compared as one number: milliseconds in the upper, millimetres in the lower half.
final class PlainStreets {
  let map: RoadMap
  /// By profile, by arc; `.max` = closed.
  var times_ms: [[UInt32]]
  private var costs: [UInt64]
  private var heap = PlainHeap<UInt32>()
  private var goal: Place
  private var profile = Profile.normal
  private static let never = UInt64.max

  init(_ map: RoadMap) {
    self.map = map
    times_ms = [
      (0..<map.arcCount).map { map.arcNormal_ms[$0] },
      (0..<map.arcCount).map { map.arcResponse_ms[$0] },
    ]
    costs = Array(repeating: Self.never, count: map.nodeCount)
    goal = Place(
      street: Place.none, offset_mm: 0, node: Place.none, gap_dm: 0, lat_e7: 0, lon_e7: 0,
      isOffNetwork: true)
  }

  /// A place on an arc, counted from the arc's tail.
  private struct Spot {
    var arc: Int
    var at_mm: UInt64
    var length_mm: UInt64
    var time_ms: UInt64
    /// Rounded down; what is left of the arc is the rest.
    var before_ms: UInt64 { length_mm == 0 ? 0 : time_ms * at_mm / length_mm }
  }

  /// Beyond half a metre the way to the street counts: 30 km/h are 120 ms a metre.
  private func gap(_ place: Place) -> UInt64 {
    guard place.street != Place.none, place.gap_dm >= 5 else { return 0 }
    return packed(UInt64(place.gap_dm) * 12, UInt64(place.gap_dm) * 100)
  }

  /// What an arc takes for the places on it: while it is closed, the map's own time.
  private func own(_ arc: UInt32) -> UInt64 {
    let now = times_ms[Int(profile.rawValue)][Int(arc)]
    guard now == .max else { return UInt64(now) }
    return UInt64(profile == .normal ? map.arcNormal_ms[Int(arc)] : map.arcResponse_ms[Int(arc)])
  }

  /// In mid-street both directions, and those of the opposite carriageway; the same at a junction of which all arms
  /// are closed to those that leave it, or to those that reach it.
  private func spots(_ place: Place, leaving: Bool) -> [Spot] {
    guard place.street != Place.none, place.node == Place.none || isClosed(place.node, leaving)
    else { return [] }
    var found: [Spot] = []
    func add(_ street: Int, _ offset: UInt64) {
      let length = UInt64(map.streetLength_mm[street])
      let facts = map.streetFacts[street]
      let ways = [(facts.forwardArc, offset), (facts.backwardArc, length - offset)]
      for (arc, at_mm) in ways where arc != RoadMap.none {
        found.append(Spot(arc: Int(arc), at_mm: at_mm, length_mm: length, time_ms: own(arc)))
      }
    }
    add(Int(place.street), UInt64(place.offset_mm))
    let twin = map.streetFacts[Int(place.street)].twin
    if twin != RoadMap.none {
      let length = UInt64(map.streetLength_mm[Int(twin)])
      add(Int(twin), length - min(UInt64(place.offset_mm), length))
    }
    return found
  }

  private func isClosed(_ node: UInt32, _ leaving: Bool) -> Bool {
    let times = times_ms[Int(profile.rawValue)]
    return (0..<map.arcCount).allSatisfy {
      (leaving ? map.arcTail[$0] : map.arcHead[$0]) != node || times[$0] == .max
    }
  }

  private func packed(_ ms: UInt64, _ mm: UInt64) -> UInt64 { ms << 32 | mm }

  /// Settles everything that leads to `place`.
  func search(to place: Place, _ profile: Profile) {
    goal = place
    self.profile = profile
    for node in costs.indices { costs[node] = Self.never }
    heap.removeAll()
    if place.node != Place.none { lower(place.node, 0) }
    for spot in spots(place, leaving: false) {
      lower(map.arcTail[spot.arc], packed(spot.before_ms, spot.at_mm))
    }
    times_ms[Int(profile.rawValue)].withUnsafeBufferPointer { times in
      while let (cost, node) = heap.pop() {
        guard cost == costs[Int(node)] else { continue }
        for position in map.firstIn[Int(node)]..<map.firstIn[Int(node) + 1] {
          let arc = Int(map.inArc[Int(position)])
          guard times[arc] != .max else { continue }
          let length = UInt64(map.streetLength_mm[Int(map.arcStreet[arc])])
          lower(map.arcTail[arc], cost + packed(UInt64(times[arc]), length))
        }
      }
    }
  }

  /// The best way from a place to the one last searched for.
  func travel(from: Place) -> Travel {
    var best = Self.never
    if from.node != Place.none { best = costs[Int(from.node)] }
    let goals = spots(goal, leaving: false)
    for spot in spots(from, leaving: true) {
      let onward = costs[Int(map.arcHead[spot.arc])]
      if onward != Self.never {
        best = min(
          best, onward + packed(spot.time_ms - spot.before_ms, spot.length_mm - spot.at_mm))
      }
      // Where one of them is at a junction the way along the street leads over that.
      for end in goals
      where from.node == Place.none && goal.node == Place.none && end.arc == spot.arc
        && spot.at_mm <= end.at_mm
      {
        best = min(best, packed(end.before_ms - spot.before_ms, end.at_mm - spot.at_mm))
      }
    }
    if best != Self.never { best += gap(from) + gap(goal) }
    guard best != Self.never, best >> 32 < 0x1fff_ffff else {
      return StraightLine.travel(from: from, to: goal, profile: profile)
    }
    return Travel(
      travel_ms: UInt32(best >> 32), distance_dm: UInt32(((best & 0xffff_ffff) + 50) / 100),
      isStraightLine: false)
  }

  /// What was lowered since is passed over when it comes up.
  private func lower(_ node: UInt32, _ cost: UInt64) {
    guard cost < costs[Int(node)] else { return }
    costs[Int(node)] = cost
    heap.push(cost, node)
  }
}
