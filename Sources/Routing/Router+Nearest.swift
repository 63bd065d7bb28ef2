// The nearest units, exactly: by travel time on the streets, ties by unit id, whatever the length of the way.

import HujiaContainers
import HujiaRoads

extension Router {
  /// Writes at most `limit` units that match, nearest first, and returns how many. Units that the streets lead to
  /// come first; then the others, by a straight-line estimate and marked so. Units without a position never appear.
  /// `answer` has room for `limit`, which is at most `unitCapacity` to be of use.
  package mutating func nearest(
    to place: Place, filter: UnitFilter, limit: Int, profile: Profile,
    into answer: UnsafeMutablePointer<NearestUnit>
  ) -> Int {
    guard limit > 0 else { return 0 }
    question &+= 1
    if question == 0 {
      reached.base.update(repeating: 0, count: reached.count)
      question = 1
    }
    shortlist.begin(limit: limit)
    searchNetwork(to: place, filter, profile)
    let found = shortlist.drain(into: answer, isStraightLine: false)
    if found == limit { return found }
    shortlist.begin(limit: limit - found)
    estimateOthers(to: place, filter, profile)
    return found + shortlist.drain(into: answer + found, isStraightLine: true)
  }

  /// Settles the network around the destination until nothing nearer can come.
  mutating func searchNetwork(to place: Place, _ filter: UnitFilter, _ profile: Profile) {
    let times = times_ms(profile)
    offerOnSameStreet(to: place, filter, times)
    search.begin(at: Ends(reaching: place, on: map, times_ms: times))
    while true {
      let next = search.nextCost
      if !next.isReachable || next.time_ms > shortlist.bound_ms { return }
      let node = search.settle(map, times)
      var link = units.links(at: node)
      while link != .max {
        let unit = link / 2
        if units.records[unit].matches(filter) {
          let ends = Ends(leaving: units.records[unit].place, on: map, times_ms: times)
          for index in 0..<ends.count where ends[index].node == node {
            offer(unit, next + ends[index].cost)
          }
        }
        link = units.link(after: link)
      }
    }
  }

  /// Units on the destination's own street that need not leave it.
  private mutating func offerOnSameStreet(
    to place: Place, _ filter: UnitFilter, _ times: UnsafePointer<UInt32>
  ) {
    let goal = Footprints(of: place, on: map)
    for index in 0..<goal.count {
      var link = units.links(at: map.arcHead[Int(goal[index].arc)])
      while link != .max {
        let unit = link / 2
        if units.records[unit].matches(filter) {
          let start = Footprints(of: units.records[unit].place, on: map)
          let direct = Direct(from: start, to: goal, on: map, times_ms: times)
          if direct.cost.isReachable { offer(unit, direct.cost) }
        }
        link = units.link(after: link)
      }
    }
  }

  @inline(__always) private mutating func offer(_ unit: UInt32, _ cost: Cost) {
    guard cost.isReachable else { return }
    reached[unit] = question
    shortlist.offer(unit, id: units.records[unit].id, cost: cost)
  }

  /// The matching units that the search did not meet. O(units).
  private mutating func estimateOthers(to place: Place, _ filter: UnitFilter, _ profile: Profile) {
    for index in 0..<units.highWater where reached[index] != question {
      let record = units.records[index]
      guard record.isLive, record.hasPlace, record.matches(filter) else { continue }
      let estimate = StraightLine.travel(from: record.place, to: place, profile: profile)
      let time_ms = min(estimate.travel_ms, Cost.unreachable_ms)
      let length = UInt64(estimate.distance_dm) * 100
      shortlist.offer(
        UInt32(index), id: record.id,
        cost: Cost(bits: UInt64(time_ms) << 33 | min(length, UInt64(UInt32.max))))
    }
  }
}
