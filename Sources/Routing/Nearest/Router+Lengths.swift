// From times to ways: which ancestors a fastest way may lead over, and the shortest of those ways.

import CHujiaKernels
import HujiaContainers
import HujiaRoads

/// Where a way may start: ends for the labels, and the lengths to them.
struct Starts: BitwiseCopyable {
  var ends: UnitEnds
  var firstLength_mm: UInt32 = 0
  var secondLength_mm: UInt32 = 0

  init(_ known: Ends, _ nodes: CommonAncestors.View) {
    ends = UnitEnds(known, nodes, stamp: 0)
    for index in 0..<known.count {
      if known[index].node == ends.firstNode {
        firstLength_mm = known[index].cost.length_mm
      } else {
        secondLength_mm = known[index].cost.length_mm
      }
    }
  }

  init(ends: UnitEnds, firstLength_mm: UInt32, secondLength_mm: UInt32) {
    self.ends = ends
    self.firstLength_mm = firstLength_mm
    self.secondLength_mm = secondLength_mm
  }
}

extension Router {
  /// Writes the lengths of an answer that was found by times, after `setGoal` for the same question.
  mutating func writeLengths(
    _ asked: Asked, _ goal: UInt32?, _ query: LabelQuery,
    _ answer: UnsafeMutablePointer<NearestUnit>, count: Int
  ) {
    var first = 0
    while first < count {
      let owners = min(LengthWalks.owners, count - first)
      walks.begin(owners: owners)
      for owner in 0..<owners {
        let unit = answer[first + owner].unit
        let time_ms = answer[first + owner].travel_ms
        if let goal {
          addTies(owner, starts(of: unit, asked.profile), time_ms, asked.goals, goal, query)
        }
        if let direct = direct(from: units.places[unit], to: asked.place, ownTimes(asked.profile)),
          direct.cost.time_ms == time_ms
        {
          walks.best[owner].length_mm = UInt64(direct.cost.length_mm)
        }
      }
      walks.run(query)
      for owner in 0..<owners {
        let length_mm = UInt32(clamping: walks.best[owner].length_mm)
        answer[first + owner].distance_dm =
          Cost(time_ms: 0, length_mm: length_mm).length_dm
      }
      first += owners
    }
  }

  private func starts(of unit: UInt32, _ profile: Profile) -> Starts {
    let place = units.places[unit]
    let known = arcs[unit]
    if known.count == 0, !place.hasNode || !isAtOneNode(unit), let ancestors {
      return Starts(
        Ends(leaving: place, on: map, times: ownTimes(profile)), ancestors)
    }
    let ends = freshEnds(unit, profile)
    let gap_mm = place.gapCost.length_mm
    guard !place.hasNode else {
      return Starts(ends: ends, firstLength_mm: gap_mm, secondLength_mm: 0)
    }
    let lengths = known.restLengths_mm(offset_mm: place.offset_mm, gap_mm: gap_mm)
    return Starts(ends: ends, firstLength_mm: lengths.first, secondLength_mm: lengths.second)
  }

  /// Adds every way of exactly `time_ms` over a shared ancestor.
  mutating func addTies(
    _ owner: Int, _ starts: Starts, _ time_ms: UInt32, _ goals: Ends, _ goal: UInt32,
    _ query: LabelQuery
  ) {
    let ends = starts.ends
    guard ends.firstNode != .max else { return }
    let shared = query.ancestors.count(ends.firstNode, goal)
    if ends.firstRest_ms <= time_ms {
      addTies(
        owner, 0, ends.firstNode, ends.firstRow, min(shared, UInt32(ends.firstEntries)),
        starts.firstLength_mm, time_ms - ends.firstRest_ms, goals, query)
    }
    if ends.secondNode != .max, ends.secondRest_ms <= time_ms {
      addTies(
        owner, 1, ends.secondNode, ends.secondRow, min(shared, UInt32(ends.secondEntries)),
        starts.secondLength_mm, time_ms - ends.secondRest_ms, goals, query)
    }
  }

  @inline(__always)
  private mutating func addTies(
    _ owner: Int, _ side: UInt8, _ node: UInt32, _ rowStart: UInt32, _ shared: UInt32,
    _ length_mm: UInt32, _ between_ms: UInt32, _ goals: Ends, _ query: LabelQuery
  ) {
    let row = query.labels.labelUp + Int(rowStart) * Hierarchy.rowStep
    let goalRow = UnsafePointer(nearestScratch.goalRow.base)
    var depth = hjk_find_sum(row, goalRow, 0, shared, between_ms, query.level)
    while depth < shared {
      for index in 0..<goals.count {
        let end = goals[index]
        let facts = query.ancestors.facts(end.node)
        guard depth <= UInt32(facts.depth) else { continue }
        let down_ms = query.labels.labelDown[
          Int(facts.rowStart) * Hierarchy.rowStep + Int(depth)]
        guard down_ms &+ end.cost.time_ms == goalRow[Int(depth)] else { continue }
        walks.add(
          owner: owner,
          LengthWalks.Best(
            length_mm: UInt64(length_mm) + UInt64(end.cost.length_mm), start: side,
            goal: UInt8(index), depth: depth),
          start: node, goal: end.node, query)
      }
      depth = hjk_find_sum(row, goalRow, depth + 1, shared, between_ms, query.level)
    }
  }
}
