// From one place to another: the exact travel time on the streets.

import CHujiaKernels
import HujiaContainers
import HujiaRoads

/// How a way runs: along one arc only, or out through one end, over arcs, and in through another.
struct Way: BitwiseCopyable {
  var cost = Cost.unreachable
  var direct: Direct?
  /// By plain search: where it starts.
  var start: End?
  /// By rows: the depth of the ancestor over which it leads; the router's climbs lead there.
  var depth: UInt32?
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
    if to.hasStreet { hjk_prefetch(map.streetFacts + Int(to.street)) }
    let starts = Ends(leaving: from, on: map, times: times)
    let goals = Ends(reaching: to, on: map, times: times)
    var time_ms = time_ms(from: starts, to: goals, query)
    if let direct = direct(from: from, to: to, times) {
      time_ms = min(time_ms, direct.cost.time_ms)
    }
    if time_ms < Cost.unreachable_ms {
      return TravelTime(travel_ms: time_ms, isStraightLine: false)
    }
    return TravelTime(StraightLine.travel(from: from, to: to, profile: profile))
  }

  @inline(__always)
  private mutating func time_ms(from starts: Ends, to goals: Ends, _ query: LabelQuery) -> UInt32 {
    if query.hierarchy.limits.mostNodes == 0 {
      let starts = UnitEnds(starts, query.ancestors, stamp: 0)
      query.prefetchRows(starts)
      return query.time_ms(from: starts, to: UnitEnds(goals, query.ancestors, stamp: 0))
    }
    return climbTime_ms(from: starts, to: goals, query)
  }

  /// Over the rows of both places, written out as far as they meet.
  private mutating func climbTime_ms(
    from starts: Ends, to goals: Ends, _ query: LabelQuery
  ) -> UInt32 {
    guard starts.count > 0, goals.count > 0 else { return Cost.unreachable_ms }
    prefetchClimb(goals, query)
    startClimb.aim(starts, query, query.labels.up)
    goalClimb.aim(goals, query, query.labels.down)
    startClimb.finish(query, query.labels.up)
    goalClimb.finish(query, query.labels.down)
    return meet(query)
  }

  /// The least time over the ancestors that both climbs share. Leaves the times in the scratch's two rows.
  private mutating func meet(_ query: LabelQuery) -> UInt32 {
    let common = query.ancestors.count(startClimb.deeper, goalClimb.deeper)
    let startRow = nearestScratch.mendRow.base
    let goalRow = nearestScratch.goalRow.base
    startClimb.write(into: startRow, limit: common, query.level)
    goalClimb.write(into: goalRow, limit: common, query.level)
    return hjk_least_sum(startRow, goalRow, common, query.level)
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

  /// By rows: the least sum over the ancestors that both share, then the shortest of the ways that take so long.
  private mutating func improve(
    _ way: inout Way, from starts: Ends, to goals: Ends, _ query: LabelQuery
  ) {
    let time_ms = climbTime_ms(from: starts, to: goals, query)
    guard time_ms < Cost.unreachable_ms, time_ms <= way.cost.time_ms else { return }
    let common = query.ancestors.count(startClimb.deeper, goalClimb.deeper)
    let startRow = UnsafePointer(nearestScratch.mendRow.base)
    let goalRow = UnsafePointer(nearestScratch.goalRow.base)
    var depth = hjk_find_sum(startRow, goalRow, 0, common, time_ms, query.level)
    while depth < common {
      let cost =
        startClimb.cost(at: depth, query.labels.up) + goalClimb.cost(at: depth, query.labels.down)
      if cost < way.cost {
        way.cost = cost
        way.direct = nil
        way.depth = depth
      }
      depth = hjk_find_sum(startRow, goalRow, depth + 1, common, time_ms, query.level)
    }
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
