// From one place to another: the exact travel time on the streets.

import HujiaContainers
import HujiaRoads

/// How a way runs: along one arc only, or out through one end, over arcs, and in through another.
struct Way: BitwiseCopyable {
  var cost = Cost.unreachable
  var direct: Direct?
  var start: End?
}

extension Router {
  /// The fastest way; a marked straight-line estimate where the streets do not lead there.
  package mutating func travel(from: Place, to: Place, profile: Profile) -> Travel {
    let way = findWay(from: from, to: to, profile: profile)
    guard way.cost.isReachable else {
      return StraightLine.travel(from: from, to: to, profile: profile)
    }
    return Travel(
      travel_ms: way.cost.time_ms, distance_dm: way.cost.length_dm, isStraightLine: false)
  }

  /// Searches back from the destination until no start can be better. Afterwards `search.nextArc` leads from the
  /// way's start to the destination.
  mutating func findWay(from: Place, to: Place, profile: Profile) -> Way {
    let times = times_ms(profile)
    var way = Way()
    let direct = Direct(
      from: Footprints(of: from, on: map), to: Footprints(of: to, on: map), on: map,
      times_ms: times)
    if direct.cost.isReachable {
      way.cost = direct.cost
      way.direct = direct
    }
    let starts = Ends(leaving: from, on: map, times_ms: times)
    search.begin(at: Ends(reaching: to, on: map, times_ms: times))
    while true {
      let next = search.nextCost
      if !next.isReachable || next >= way.cost { return way }
      let node = search.settle(map, times)
      for index in 0..<starts.count where starts[index].node == node {
        let total = next + starts[index].cost
        if total < way.cost {
          way.cost = total
          way.direct = nil
          way.start = starts[index]
        }
      }
    }
  }
}
