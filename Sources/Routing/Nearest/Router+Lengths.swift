// From times to ways: over which ancestors a fastest way may lead, and the shortest of those ways.

import CHujiaKernels
import HujiaContainers
import HujiaRoads

extension Router {
  /// Writes the lengths of an answer that was found by times, after `setGoal` for the same question.
  mutating func writeLengths(
    _ asked: Asked, _ goal: UInt32?, _ query: LabelQuery,
    _ answer: UnsafeMutablePointer<NearestUnit>, count: Int
  ) {
    var first = 0
    while first < count {
      let owners = min(Ties.owners, count - first)
      for owner in 0..<owners {
        let unit = answer[first + owner].unit
        let time_ms = answer[first + owner].travel_ms
        ties.best[owner] = Cost.unreachable.bits
        if let direct = direct(from: units.places[unit], to: asked.place, ownTimes(asked.profile)),
          direct.cost.time_ms == time_ms
        {
          ties.best[owner] = direct.cost.bits
        }
        if let goal { addTies(owner, unit, time_ms, goal, asked.profile, query) }
      }
      measureTies(query)
      for owner in 0..<owners {
        answer[first + owner].distance_dm = Cost(bits: ties.best[owner]).length_dm
      }
      first += owners
    }
  }

  /// Adds every way of exactly `time_ms` over a shared ancestor.
  private mutating func addTies(
    _ owner: Int, _ unit: UInt32, _ time_ms: UInt32, _ goal: UInt32, _ profile: Profile,
    _ query: LabelQuery
  ) {
    let ends = measurable(unit, profile, query)
    guard ends.firstNode != .max else { return }
    let lengths = restLengths(of: unit, ends, profile)
    let shared = query.ancestors.count(ends.firstNode, goal)
    addTies(
      owner, ends.firstRow, min(shared, UInt32(ends.firstEntries)),
      (ends.firstRest_ms, lengths.first), time_ms, query)
    if ends.secondNode != .max {
      addTies(
        owner, ends.secondRow, min(shared, UInt32(ends.secondEntries)),
        (ends.secondRest_ms, lengths.second), time_ms, query)
    }
    // The room of its rows is the next unit's.
    if ends.rowStamp != stamp { measureTies(query) }
  }

  @inline(__always)
  private mutating func addTies(
    _ owner: Int, _ reference: UInt32, _ shared: UInt32, _ rest: (ms: UInt32, mm: UInt32),
    _ time_ms: UInt32, _ query: LabelQuery
  ) {
    guard rest.ms <= time_ms else { return }
    let between_ms = time_ms - rest.ms
    let row = query.row(reference)
    let goalRow = UnsafePointer(nearestScratch.goalRow.base)
    var depth = hjk_find_sum(row, goalRow, 0, shared, between_ms, query.level)
    while depth < shared {
      if ties.count == Ties.most { measureTies(query) }
      ties.all[ties.count] = Tie(
        owner: owner, row: reference, rest: Cost(time_ms: rest.ms, length_mm: rest.mm),
        time_ms: row[Int(depth)], depth: depth)
      ties.count += 1
      hjk_prefetch(query.length(reference, depth))
      goalClimb.prefetch(at: depth, query.labels.down)
      depth = hjk_find_sum(row, goalRow, depth + 1, shared, between_ms, query.level)
    }
  }

  private mutating func measureTies(_ query: LabelQuery) {
    for index in 0..<ties.count {
      let tie = ties.all[index]
      let up = Cost(time_ms: tie.time_ms, length_mm: query.length(tie.row, tie.depth).pointee)
      let cost = tie.rest + up + goalClimb.cost(at: tie.depth, query.labels.down)
      if cost.bits < ties.best[tie.owner] { ties.best[tie.owner] = cost.bits }
    }
    ties.count = 0
  }

  /// Millimetres from a unit to its nodes.
  private func restLengths(
    of unit: UInt32, _ ends: UnitEnds, _ profile: Profile
  ) -> (first: UInt32, second: UInt32) {
    let place = units.places[unit]
    if place.hasNode, isAtOneNode(unit) { return (place.gapCost.length_mm, 0) }
    let known = arcs[unit]
    if known.count != 0 {
      return known.restLengths_mm(offset_mm: place.offset_mm, gap_mm: place.gapCost.length_mm)
    }
    let starts = Ends(leaving: place, on: map, times: ownTimes(profile))
    var lengths = (first: UInt32(0), second: UInt32(0))
    for index in 0..<starts.count {
      if starts[index].node == ends.firstNode {
        lengths.first = starts[index].cost.length_mm
      } else {
        lengths.second = starts[index].cost.length_mm
      }
    }
    return lengths
  }
}
