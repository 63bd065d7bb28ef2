// The ways of finding nearest units; `Router+Nearest` chooses.

import CHujiaKernels
import HujiaContainers
import HujiaRoads

extension Router {
  /// Plain: settles the network around the destination, with lengths, until nothing nearer can come.
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
        if units.traits[unit].matches(filter) {
          let ends = Ends(leaving: units.places[unit], on: map, times_ms: times)
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
      times.relax(next.node, next.time_ms, map, labels.incoming)
    }
  }

  /// Few units match: the label distance of each.
  mutating func searchLabels(_ asked: Asked, _ goal: UInt32?, _ query: LabelQuery) {
    guard let goal else { return }
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
    for index in 0..<min(count, Self.handful) { hjk_prefetch_span(known + Int(few[index]), 44) }
    var first = 0
    while first < count {
      let end = min(first + Self.handful, count)
      for index in end..<min(end + Self.handful, count) {
        hjk_prefetch_span(known + Int(few[index]), 44)
      }
      for index in first..<end { query.prefetchRows(query.labels.labelUp, known[Int(few[index])]) }
      for index in first..<end where units.traits[few[index]].matches(asked.filter) {
        measure(few[index], goal, nil, asked, query)
      }
      first = end
    }
  }

  private static var handful: Int { 8 }

  /// In between: the nearest cells are opened first, until the next one cannot hold anything nearer.
  mutating func searchCells(_ asked: Asked, _ goal: UInt32?, _ query: LabelQuery) {
    guard let goal else { return }
    nearestScratch.beginCells()
    var classes = UnitTraits.classes(of: asked.filter.levels)
    while classes != 0 {
      let slot = classes.trailingZeroBitCount * cells.map.count
      classes &= classes - 1
      if cells.units.total[slot] != 0 { nearestScratch.push(slot: slot, bound_ms: 0, shared: .max) }
    }
    while let next = nearestScratch.pop() {
      if next.bound_ms > shortlist.bound_ms { return }
      if let waiting = nearestScratch.nextSlot { prefetchChildren(of: waiting, asked.profile) }
      open(next.slot, next.shared, goal, asked, query)
    }
  }

  /// The rows of a cell's children follow one another.
  @inline(__always) private func prefetchChildren(of slot: Int, _ profile: Profile) {
    let levelClass = slot / cells.map.count
    let child = Int(cells.map.firstChild[slot - levelClass * cells.map.count])
    hjk_prefetch_span(cells.row(cell: child, levelClass: levelClass, profile), 512)
  }

  /// `shared`: how many ancestors the goal and any node of the cell share; `.max` when the goal lies inside.
  private mutating func open(
    _ slot: Int, _ shared: UInt32, _ goal: UInt32, _ asked: Asked, _ query: LabelQuery
  ) {
    let levelClass = slot / cells.map.count
    let cell = slot - levelClass * cells.map.count
    var unit = cells.units.units(at: slot)
    while unit != .max {
      let next = cells.units.unit(after: unit)
      if next != .max {
        hjk_prefetch_span(ends(asked.profile) + Int(next), 44)
        hjk_prefetch(units.traits.base + Int(next))
      }
      if units.traits[unit].matches(asked.filter) {
        measure(unit, goal, shared == .max ? nil : shared, asked, query)
      }
      unit = next
    }
    let needed = asked.filter.capabilities
    for child in Int(cells.map.firstChild[cell])..<Int(cells.map.lastChild[cell]) {
      let below = levelClass * cells.map.count + child
      if cells.units.total[below] == 0 || cells.units.capabilities[below] & needed != needed {
        continue
      }
      let root = cells.map.root[child]
      if goal >= root && goal < cells.map.end[child] {
        nearestScratch.push(slot: below, bound_ms: 0, shared: .max)
        continue
      }
      let common = shared == .max ? query.ancestors.count(root, goal) : shared
      let bound_ms = hjk_least_sum(
        cells.row(cell: child, levelClass: levelClass, asked.profile),
        UnsafePointer(nearestScratch.goalRow.base), common, query.level)
      if bound_ms < Cost.unreachable_ms, bound_ms <= shortlist.bound_ms {
        nearestScratch.push(slot: below, bound_ms: bound_ms, shared: common)
      }
    }
  }

  /// The exact time of one unit over its nodes. `shared` as in `open`, nil: to be found.
  @inline(__always)
  private mutating func measure(
    _ unit: UInt32, _ goal: UInt32, _ shared: UInt32?, _ asked: Asked, _ query: LabelQuery
  ) {
    let ends = freshEnds(unit, asked.profile)
    guard ends.firstNode != .max else { return }
    let common = shared ?? query.ancestors.count(ends.firstNode, goal)
    offer(
      unit,
      time_ms: query.time_ms(
        from: ends, toRow: UnsafePointer(nearestScratch.goalRow.base), common: common))
  }

  /// Writes the destination's row: from each ancestor of its deeper node. Its other node is one of those ancestors.
  /// nil: nothing leads to it.
  func setGoal(_ goals: Ends, _ query: LabelQuery) -> UInt32? {
    guard goals.count > 0 else { return nil }
    let deeper = goals.count == 1 || goals[0].node > goals[1].node ? goals[0] : goals[1]
    let row = nearestScratch.goalRow.base
    let entries = Int(query.hierarchy.depth[Int(deeper.node)]) + 1
    row.update(repeating: Cost.unreachable_ms, count: entries)
    for index in 0..<goals.count {
      let goal = goals[index]
      _ = hjk_lower_row(
        row, query.labels.labelDown + query.hierarchy.row(goal.node), goal.cost.time_ms,
        UInt32(query.hierarchy.depth[Int(goal.node)]) + 1, query.level)
    }
    return deeper.node
  }
}
