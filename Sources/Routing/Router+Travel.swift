// From one place to another: the exact travel time on the streets.

import HujiaContainers
import HujiaRoads

/// How a way runs: along one arc only, or out through one end, over arcs, and in through another.
struct Way: BitwiseCopyable {
  var cost = Cost.unreachable
  var direct: Direct?
  var start: End?
  var goal: End?
  /// By labels: the depth of the ancestor over which it leads.
  var depth: UInt32 = 0
}

extension Router {
  /// The fastest way; a marked straight-line estimate where the streets do not lead there. O(depth) with labels.
  package mutating func travel(from: Place, to: Place, profile: Profile) -> Travel {
    let way = findWay(from: from, to: to, profile: profile)
    guard way.cost.isReachable else {
      return StraightLine.travel(from: from, to: to, profile: profile)
    }
    return Travel(
      travel_ms: way.cost.time_ms, distance_dm: way.cost.length_dm, isStraightLine: false)
  }

  mutating func findWay(from: Place, to: Place, profile: Profile) -> Way {
    let times = times_ms(profile)
    let goals = Ends(reaching: to, on: map, times_ms: times)
    if let query = labelQuery(profile) {
      return findWay(
        from: from,
        Asked(place: to, filter: UnitFilter(), profile: profile, goals: goals), query)
    }
    var way = directWay(from: from, to: to, times)
    searchWay(
      &way, from: Ends(leaving: from, on: map, times_ms: times), to: goals, times)
    return way
  }

  /// By labels, to a destination whose ends are known.
  func findWay(from: Place, _ asked: Asked, _ query: LabelQuery) -> Way {
    let times = times_ms(asked.profile)
    var way = directWay(from: from, to: asked.place, times)
    query.improve(
      &way, from: Ends(leaving: from, on: map, times_ms: times), to: asked.goals)
    return way
  }

  /// Along the street where both are, if they are on one.
  private func directWay(from: Place, to: Place, _ times: UnsafePointer<UInt32>) -> Way {
    var way = Way()
    if from.node == Place.none, to.node == Place.none, from.isOnStreets,
      from.street == to.street || map.streetTwin[Int(from.street)] == to.street
    {
      let direct = Direct(
        from: Footprints(of: from, on: map), to: Footprints(of: to, on: map), on: map,
        times_ms: times)
      if direct.cost.isReachable {
        way.cost = direct.cost
        way.direct = direct
      }
    }
    return way
  }

  /// Searches back from the destination until no start can be better. Afterwards `search.nextArc` leads from the
  /// way's start to the destination.
  private mutating func searchWay(
    _ way: inout Way, from starts: Ends, to goals: Ends, _ times: UnsafePointer<UInt32>
  ) {
    search.begin(at: goals)
    while true {
      let next = search.nextCost
      if !next.isReachable || next >= way.cost { return }
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

extension LabelQuery {
  /// Every pair of ends. Lengths are only looked up where the time could still win.
  func improve(_ way: inout Way, from starts: Ends, to goals: Ends) {
    for a in 0..<starts.count {
      let start = starts[a]
      for b in 0..<goals.count {
        let goal = goals[b]
        let ends = start.cost + goal.cost
        let between_ms = time_ms(from: start.node, to: goal.node)
        guard between_ms < Cost.unreachable_ms,
          ends.time_ms + between_ms <= way.cost.time_ms
        else { continue }
        let found = self.way(from: start.node, to: goal.node)
        let total = ends + found.cost
        if total < way.cost {
          way.cost = total
          way.direct = nil
          way.start = start
          way.goal = goal
          way.depth = found.depth
        }
      }
    }
  }
}
