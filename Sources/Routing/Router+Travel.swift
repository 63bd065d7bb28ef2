// From one place to another: the exact travel time on the streets.

import CHujiaKernels
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

  /// The time alone: what the labels say, without a walk for the length. O(depth) with labels.
  package mutating func travelTime(from: Place, to: Place, profile: Profile) -> TravelTime {
    guard let query = labelQuery(profile) else {
      return TravelTime(travel(from: from, to: to, profile: profile))
    }
    let times = ownTimes(profile)
    if let facts = map.streetFacts, to.hasStreet { hjk_prefetch(facts + Int(to.street)) }
    let starts = UnitEnds(
      Ends(leaving: from, on: map, times: times), query.ancestors, stamp: 0)
    query.prefetchRows(query.labels.labelUp, starts)
    let goals = UnitEnds(Ends(reaching: to, on: map, times: times), query.ancestors, stamp: 0)
    query.prefetchRows(query.labels.labelDown, goals)
    var time_ms = query.time_ms(from: starts, to: goals)
    if let direct = direct(from: from, to: to, times) {
      time_ms = min(time_ms, direct.cost.time_ms)
    }
    if time_ms < Cost.unreachable_ms {
      return TravelTime(travel_ms: time_ms, isStraightLine: false)
    }
    return TravelTime(StraightLine.travel(from: from, to: to, profile: profile))
  }

  mutating func findWay(from: Place, to: Place, profile: Profile) -> Way {
    let times = ownTimes(profile)
    let goals = Ends(reaching: to, on: map, times: times)
    let starts = Ends(leaving: from, on: map, times: times)
    var way = Way()
    if let direct = direct(from: from, to: to, times) {
      way.cost = direct.cost
      way.direct = direct
    }
    if let query = labelQuery(profile) {
      improve(&way, from: starts, to: goals, query)
    } else {
      searchWay(&way, from: starts, to: goals, times.now_ms)
    }
    return way
  }

  /// By labels: the least sum over the ancestors that both share, then the shortest of the ways that take so long.
  private mutating func improve(
    _ way: inout Way, from starts: Ends, to goals: Ends, _ query: LabelQuery
  ) {
    guard starts.count > 0, let goal = setGoal(goals, query) else { return }
    let known = Starts(starts, query.ancestors)
    let common = query.ancestors.count(known.ends.firstNode, goal)
    let time_ms = query.time_ms(
      from: known.ends, toRow: UnsafePointer(nearestScratch.goalRow.base), common: common)
    guard time_ms < Cost.unreachable_ms, time_ms <= way.cost.time_ms else { return }
    walks.begin(owners: 1)
    addTies(0, known, time_ms, goals, goal, query)
    walks.run(query)
    let best = walks.best[0]
    let cost = Cost(time_ms: time_ms, length_mm: UInt32(clamping: best.length_mm))
    guard cost < way.cost else { return }
    way.cost = cost
    way.direct = nil
    let node = best.start == 0 ? known.ends.firstNode : known.ends.secondNode
    way.start = starts[0].node == node ? starts[0] : starts[1]
    way.goal = goals[Int(best.goal)]
    way.depth = best.depth
  }

  /// Along the street where both are, if they are on one.
  @inline(__always)
  func direct(from: Place, to: Place, _ times: OwnTimes) -> Direct? {
    guard !from.hasNode, !to.hasNode, from.hasStreet, to.hasStreet,
      from.street == to.street || from.street == map.facts(of: to.street).twin
    else { return nil }
    return directOnStreet(from: from, to: to, times)
  }

  @inline(never)
  private func directOnStreet(
    from: Place, to: Place, _ times: OwnTimes
  ) -> Direct? {
    let direct = Direct(
      from: Footprints(of: from, on: map), to: Footprints(of: to, on: map),
      gaps: from.gapCost + to.gapCost, times: times)
    return direct.cost.isReachable ? direct : nil
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
