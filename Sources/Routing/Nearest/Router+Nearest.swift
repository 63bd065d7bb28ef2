// The nearest units, exactly: by travel time on the streets, ties by unit id. Several ways lead there, and the number
// of matching units, estimated or known, chooses among them; each gives the same answer.

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
    var asked = filter
    asked.prepare(codes: codes(filter.levels))
    var listed: Int?
    if mayAskForFew(asked), !hasGround { listed = listFew(asked, most: few(profile)) }
    let way = listed == nil ? nearestWay(asked, limit: limit, profile) : .listed
    return search(
      to: place, filter: asked, limit: limit, profile: profile, by: way, listed, into: answer)
  }

  /// How to search; `plain` needs no labels. `listed`: those that match are known one by one; where they are too many,
  /// as `labels`.
  package enum NearestWay: CaseIterable, Sendable { case plain, listed, labels, cells, network }

  /// As `nearest`, by a given way. The tests and benchmarks compare them.
  package mutating func nearest(
    to place: Place, filter: UnitFilter, limit: Int, profile: Profile, by way: NearestWay,
    into answer: UnsafeMutablePointer<NearestUnit>
  ) -> Int {
    var asked = filter
    asked.prepare(codes: codes(filter.levels))
    let listed = way == .listed && !hasGround ? listFew(asked, most: few(profile)) : nil
    return search(
      to: place, filter: asked, limit: limit, profile: profile, by: way, listed, into: answer)
  }

  private mutating func search(
    to place: Place, filter: UnitFilter, limit: Int, profile: Profile, by way: NearestWay,
    _ listed: Int?, into answer: UnsafeMutablePointer<NearestUnit>
  ) -> Int {
    guard limit > 0, listed != 0 else { return 0 }
    if hasGround {
      shortlist.begin(limit: limit)
      searchGround(to: place, filter, profile)
      return shortlist.drain(into: answer, isStraightLine: true)
    }
    beginQuestion()
    shortlist.begin(limit: limit)
    var found = 0
    if way != .plain, let query = labelQuery(profile) {
      let times = ownTimes(profile)
      let footprints = Footprints(of: place, on: map)
      let asked = Asked(
        place: place, filter: filter, profile: hasOneProfile ? .normal : profile,
        goals: Ends(reaching: place, on: map, times: times))
      goalClimb.aim(asked.goals, query, query.labels.down)
      offerOnSameStreet(to: place, footprints, filter, times)
      let goal = setGoal(asked.goals, query)
      switch way {
      case .network: searchTimes(asked)
      case .cells: searchCells(asked, goal, query)
      default: searchLabels(asked, goal, query, listed)
      }
      found = shortlist.drain(into: answer, isStraightLine: false)
      writeLengths(asked, goal, query, answer, count: found)
    } else {
      searchNetwork(to: place, filter, profile)
      found = shortlist.drain(into: answer, isStraightLine: false)
    }
    if found == limit { return found }
    shortlist.begin(limit: limit - found)
    if let listed {
      for index in 0..<listed {
        estimate(nearestScratch.few[index], to: place, profile)
      }
    } else {
      estimateOthers(to: place, filter, profile)
    }
    return found + shortlist.drain(into: answer + found, isStraightLine: true)
  }

  /// No unit is reached yet.
  @inline(__always) mutating func beginQuestion() {
    question &+= 1
    if question != 0 { return }
    reached.base.update(repeating: 0, count: reached.count)
    question = 1
  }

  /// One question on its way.
  struct Asked {
    var place: Place
    var filter: UnitFilter
    var profile: Profile
    var goals: Ends
  }

  private func few(_ profile: Profile) -> Int {
    areCellsValid(profile) ? Switch.fewAmongMany : Switch.fewAtMost
  }

  /// Chooses by counts only.
  private func nearestWay(_ filter: UnitFilter, limit: Int, _ profile: Profile) -> NearestWay {
    guard let hierarchy, view(profile).labels != nil else { return .plain }
    let all = max(1, sets.count(levels: .max))
    var most = sets.count(levels: filter.levels)
    var expected = Double(most)
    var left = filter.capabilities
    while left != 0 {
      let having = sets.count(capability: left.trailingZeroBitCount)
      most = min(most, having)
      expected *= Double(having) / Double(all)
      left &= left - 1
    }
    let areMostLeftOut = Int(expected) * 8 < sets.count(levels: filter.levels)
    let few =
      !areCellsValid(profile)
      ? Switch.fewAtMost : areMostLeftOut ? Switch.fewAmongMany : Switch.few
    if most <= few || Int(expected) <= few { return .labels }
    let settled = Double(limit) * Double(hierarchy.nodeCount) / max(expected, 1)
    if settled < Double(Switch.settled(limit: limit)) || !areCellsValid(profile) { return .network }
    return .cells
  }

  /// Units on the destination's own street that need not leave it.
  mutating func offerOnSameStreet(
    to place: Place, _ goal: Footprints, _ filter: UnitFilter, _ times: OwnTimes
  ) {
    guard goal.count > 0 else { return }
    let twin = map.facts(of: place.street).twin
    for index in 0..<goal.count {
      var link = units.links(at: goal[index].head)
      while link != .max {
        let unit = link / 2
        link = units.link(after: link)
        let street = units.places[unit].street
        guard street == place.street || street == twin, street != Place.nothing,
          !units.places[unit].hasNode, units.traits[unit].matches(filter)
        else { continue }
        let at = units.places[unit]
        let direct = Direct(
          from: Footprints(of: at, on: map), to: goal, gaps: at.gapCost + place.gapCost,
          times: times)
        if direct.cost.isReachable { offer(unit, direct.cost) }
      }
    }
  }

  @inline(__always) mutating func offer(_ unit: UInt32, _ cost: Cost) {
    guard cost.isReachable else { return }
    reached[unit] = question
    shortlist.offer(unit, id: units.ids[unit], cost: cost)
  }

  /// By time alone; the length is looked up when the answer is written.
  @inline(__always) mutating func offer(_ unit: UInt32, time_ms: UInt32) {
    guard time_ms < Cost.unreachable_ms else { return }
    reached[unit] = question
    if time_ms > shortlist.bound_ms { return }
    shortlist.offer(unit, id: units.ids[unit], cost: Cost(time_ms: time_ms, length_mm: 0))
  }

  /// The matching units that the search did not meet. O(units / 64) and the units that match.
  private mutating func estimateOthers(to place: Place, _ filter: UnitFilter, _ profile: Profile) {
    for index in 0..<sets.wordsUsed {
      var word = sets.word(index, filter)
      while word != 0 {
        let unit = UInt32(index * 64 + word.trailingZeroBitCount)
        word &= word - 1
        if units.traits[unit].matches(filter) { estimate(unit, to: place, profile) }
      }
    }
  }

  /// One of those, if the search did not meet it.
  @inline(__always)
  mutating func estimate(_ unit: UInt32, to place: Place, _ profile: Profile) {
    guard reached[unit] != question else { return }
    let least_mm = StraightLine.least_mm(
      fromLat_e7: units.places[unit].lat_e7, toLat_e7: place.lat_e7)
    if StraightLine.time_ms(driven_mm: least_mm * 7 / 5, profile) > UInt64(shortlist.bound_ms) {
      return
    }
    let estimate = StraightLine.travel(from: units.places[unit], to: place, profile: profile)
    let time_ms = min(estimate.travel_ms, Cost.unreachable_ms)
    let length = UInt64(estimate.distance_dm) * 100
    shortlist.offer(
      unit, id: units.ids[unit],
      cost: Cost(bits: UInt64(time_ms) << 33 | min(length, UInt64(UInt32.max))))
  }
}
