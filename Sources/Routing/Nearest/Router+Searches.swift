// The ways of finding nearest units; `Router+Nearest` chooses.

import CHujiaKernels
import HujiaContainers
import HujiaRoads

extension Router {
  /// Plain: settles the network around the destination, with lengths, until nothing nearer can come.
  mutating func searchNetwork(to place: Place, _ filter: UnitFilter, _ profile: Profile) {
    let times = ownTimes(profile)
    offerOnSameStreet(to: place, Footprints(of: place, on: map), filter, times)
    search.begin(at: Ends(reaching: place, on: map, times: times))
    while true {
      let next = search.nextCost
      if !next.isReachable || next.time_ms > shortlist.bound_ms { return }
      let node = search.settle(map, times.now_ms)
      var link = units.links(at: node)
      while link != .max {
        let unit = link / 2
        if units.traits[unit].matches(filter) {
          let ends = Ends(leaving: units.places[unit], on: map, times: times)
          for index in 0..<ends.count where ends[index].node == node {
            offer(unit, next + ends[index].cost)
          }
        }
        link = units.link(after: link)
      }
    }
  }

  /// Many units match: the same with times only.
  mutating func searchTimes(_ asked: Asked) {
    guard let labels = view(asked.profile).labels else { return }
    times.begin(at: asked.goals)
    while let next = times.next(within: shortlist.bound_ms) {
      var link = units.links(at: next.node)
      while link != .max {
        let unit = link / 2
        if units.traits[unit].matches(asked.filter) {
          let rest_ms = freshEnds(unit, asked.profile).rest_ms(at: next.node)
          offer(unit, time_ms: next.time_ms + rest_ms)
        }
        link = units.link(after: link)
      }
      times.relax(
        next.node, next.time_ms, within: shortlist.bound_ms, map, labels.incoming)
    }
  }

  /// Few units match: the label distance of each. `listed`: they stand in `nearestScratch.few`.
  mutating func searchLabels(
    _ asked: Asked, _ goal: UInt32?, _ query: LabelQuery, _ listed: Int? = nil
  ) {
    guard let goal else { return }
    if let listed { return measureFew(listed, goal, asked, query) }
    let few = nearestScratch.few.base
    let most = nearestScratch.few.count
    var count = 0
    for index in 0..<sets.wordsUsed {
      var word = sets.word(index, asked.filter)
      while word != 0 {
        few[count] = UInt32(index * 64 + word.trailingZeroBitCount)
        count += 1
        word &= word - 1
        if count == most {
          measureFew(count, goal, asked, query)
          count = 0
        }
      }
    }
    measureFew(count, goal, asked, query)
  }

  /// Two passes over a handful: what the second reads is on its way from memory while the first goes on.
  private mutating func measureFew(
    _ count: Int, _ goal: UInt32, _ asked: Asked, _ query: LabelQuery
  ) {
    let few = nearestScratch.few.base
    let known = ends(asked.profile)
    for index in 0..<min(count, Self.handful) { hjk_prefetch_span(known + Int(few[index]), 48) }
    var first = 0
    while first < count {
      let end = min(first + Self.handful, count)
      for index in end..<min(end + Self.handful, count) {
        hjk_prefetch_span(known + Int(few[index]), 48)
      }
      for index in first..<end { query.prefetchRows(known[Int(few[index])]) }
      for index in first..<end where units.traits[few[index]].matches(asked.filter) {
        measure(few[index], goal, .max, asked, query)
      }
      first = end
    }
  }

  private static var handful: Int { 8 }

  /// In between: the nearest cells are opened first, until the next one cannot hold anything nearer. Units are gathered
  /// until the answer could be full, then measured together: what the next needs is on its way from memory meanwhile.
  mutating func searchCells(_ asked: Asked, _ goal: UInt32?, _ query: LabelQuery) {
    guard let goal else { return }
    nearestScratch.beginCells()
    var classes = UnitTraits.classes(of: asked.filter.levels)
    while classes != 0 {
      let slot = classes.trailingZeroBitCount * cells.map.count
      classes &= classes - 1
      if cells.units.tallies[slot].total != 0 {
        nearestScratch.push(slot: slot, bound_ms: 0, shared: .max)
      }
    }
    while true {
      let next = nearestScratch.pop()
      if nearestScratch.metCount > 0, next == nil || shortlist.lacks <= nearestScratch.metCount {
        measureMet(goal, asked, query)
      }
      guard let next, next.bound_ms <= shortlist.bound_ms else { return }
      if let waiting = nearestScratch.nextSlot { prefetchChildren(of: waiting) }
      let tally = cells.units.tallies[next.slot]
      if tally.total == 1 {
        meet(tally.mixed, next.shared, goal, asked, query)
      } else {
        open(next.slot, next.shared, goal, asked, query)
      }
    }
  }

  /// The tallies of a cell's children follow one another.
  @inline(__always) private func prefetchChildren(of slot: Int) {
    let levelClass = slot / cells.map.count
    let child = Int(cells.map.firstChild[slot - levelClass * cells.map.count])
    hjk_prefetch_span(cells.units.tallies.base + levelClass * cells.map.count + child, 128)
    hjk_prefetch(cells.map.rowStart.base + child)
  }

  /// `shared`: how many ancestors the goal and any node of the cell share; `.max` when the goal lies inside.
  private mutating func open(
    _ slot: Int, _ shared: UInt32, _ goal: UInt32, _ asked: Asked, _ query: LabelQuery
  ) {
    let levelClass = slot / cells.map.count
    let cell = slot - levelClass * cells.map.count
    var unit = cells.units.units(at: slot)
    while unit != .max {
      meet(unit, shared, goal, asked, query)
      unit = cells.units.unit(after: unit)
    }
    let needed = asked.filter.capabilities
    let tallies = cells.units.tallies.base + levelClass * cells.map.count
    let first = Int(cells.map.firstChild[cell])
    let last = Int(cells.map.lastChild[cell])
    for child in first..<last where tallies[child].total != 0 {
      hjk_prefetch_span(cells.row(cell: child, levelClass: levelClass, asked.profile), 128)
    }
    for child in first..<last {
      let tally = tallies[child]
      if tally.total == 0 || tally.capabilities & needed != needed { continue }
      let below = levelClass * cells.map.count + child
      var common = shared
      if shared == .max {
        let root = cells.map.root[child]
        if goal >= root && goal < cells.map.end[child] {
          nearestScratch.push(slot: below, bound_ms: 0, shared: .max)
          continue
        }
        common = query.ancestors.count(root, goal)
      }
      let bound_ms = hjk_least_sum(
        cells.row(cell: child, levelClass: levelClass, asked.profile),
        UnsafePointer(nearestScratch.goalRow.base), common, query.level)
      if bound_ms < Cost.unreachable_ms, bound_ms <= shortlist.bound_ms {
        nearestScratch.push(slot: below, bound_ms: bound_ms, shared: common)
      }
    }
  }

  @inline(__always)
  private mutating func meet(
    _ unit: UInt32, _ shared: UInt32, _ goal: UInt32, _ asked: Asked, _ query: LabelQuery
  ) {
    if nearestScratch.metCount == NearestScratch.metAtMost { measureMet(goal, asked, query) }
    nearestScratch.met[nearestScratch.metCount] = NearestScratch.Met(unit: unit, shared: shared)
    nearestScratch.metCount += 1
    hjk_prefetch_span(ends(asked.profile) + Int(unit), 48)
    hjk_prefetch(units.traits.base + Int(unit))
  }

  /// In two passes, as `measureFew`.
  private mutating func measureMet(_ goal: UInt32, _ asked: Asked, _ query: LabelQuery) {
    let met = nearestScratch.met.base
    let known = ends(asked.profile)
    var matching = 0
    for index in 0..<nearestScratch.metCount {
      var next = met[index]
      guard units.traits[next.unit].matches(asked.filter) else { continue }
      let from = known[Int(next.unit)]
      if next.shared == .max, from.firstNode != .max, from.stamp == stamp {
        next.shared = query.ancestors.count(from.firstNode, goal)
      }
      query.prefetchRows(from, entries: min(next.shared, 128))
      met[matching] = next
      matching += 1
    }
    nearestScratch.metCount = 0
    for index in 0..<matching { measure(met[index].unit, goal, met[index].shared, asked, query) }
  }

  /// The exact time of one unit over its nodes. `shared` as in `open`; `.max` also says: to be found.
  @inline(__always)
  private mutating func measure(
    _ unit: UInt32, _ goal: UInt32, _ shared: UInt32, _ asked: Asked, _ query: LabelQuery
  ) {
    let ends = measurable(unit, asked.profile, query)
    guard ends.firstNode != .max else { return }
    let common = shared == .max ? query.ancestors.count(ends.firstNode, goal) : shared
    let time_ms = query.time_ms(
      from: ends, toRow: UnsafePointer(nearestScratch.goalRow.base), common: common)
    if time_ms <= shortlist.bound_ms { prefetchLengths(of: unit, ends, query) }
    offer(unit, time_ms: time_ms)
  }

  /// The unit is likely in the answer, and its length will be looked up.
  @inline(__always)
  private func prefetchLengths(of unit: UInt32, _ ends: UnitEnds, _ query: LabelQuery) {
    hjk_prefetch(units.places.base + Int(unit))
    hjk_prefetch(arcs.base + Int(unit))
  }

  /// After `goalClimb.aim`: writes the destination's row, from each ancestor of its deeper node. Its other node is one
  /// of those ancestors. nil: nothing leads to it.
  mutating func setGoal(_ goals: Ends, _ query: LabelQuery) -> UInt32? {
    guard goals.count > 0 else { return nil }
    goalClimb.finish(query, query.labels.down)
    goalClimb.write(into: nearestScratch.goalRow.base, limit: .max, query.level)
    return goalClimb.deeper
  }

  /// Asks for what `setGoal` reads first.
  @inline(__always) func prefetchClimb(_ goals: Ends, _ query: LabelQuery) {
    for index in 0..<goals.count {
      hjk_prefetch(query.ancestors.nodes + Int(goals[index].node))
    }
  }
}
