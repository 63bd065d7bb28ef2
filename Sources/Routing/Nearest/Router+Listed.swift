// The nearest of some units that the caller knows one by one, exactly as `nearest` would answer of them.

import HujiaContainers
import HujiaRoads

extension Router {
  /// Whether such a question can be asked: there are no streets, or they have labels.
  package var canMeasureListed: Bool { hasGround || hierarchy != nil }

  /// Whether a unit with a place matches. O(1).
  package func matches(_ unit: UInt32, _ given: UnitFilter) -> Bool {
    var filter = given
    filter.prepare(codes: codes(given.levels))
    return units.traits[unit].hasPlace && units.traits[unit].matches(filter)
  }

  /// Of the units listed, at most 1,400, those that match: as `nearest`. O(count).
  package mutating func nearest(
    to place: Place, among listed: UnsafePointer<UInt32>, count: Int, filter: UnitFilter,
    limit: Int, profile: Profile, into answer: UnsafeMutablePointer<NearestUnit>
  ) -> Int {
    assert(count <= nearestScratch.few.count)
    var asked = filter
    asked.prepare(codes: codes(filter.levels))
    let few = nearestScratch.few.base
    var matching = 0
    for index in 0..<count where units.traits[listed[index]].hasPlace {
      few[matching] = listed[index]
      if units.traits[listed[index]].matches(asked) { matching += 1 }
    }
    guard limit > 0, matching > 0 else { return 0 }
    beginQuestion()
    shortlist.begin(limit: limit)
    var found = 0
    if !hasGround, let query = labelQuery(profile) {
      let times = ownTimes(profile)
      let question = Asked(
        place: place, filter: asked, profile: hasOneProfile ? .normal : profile,
        goals: Ends(reaching: place, on: map, times: times))
      goalClimb.aim(question.goals, query, query.labels.down)
      for index in 0..<matching {
        guard let direct = direct(from: units.places[few[index]], to: place, times) else {
          continue
        }
        offer(few[index], direct.cost)
      }
      let goal = setGoal(question.goals, query)
      searchLabels(question, goal, query, matching)
      found = shortlist.drain(into: answer, isStraightLine: false)
      writeLengths(question, goal, query, answer, count: found)
      if found == limit { return found }
      shortlist.begin(limit: limit - found)
    }
    for index in 0..<matching { estimate(few[index], to: place, profile, asked.radius_dm) }
    return found + shortlist.drain(into: answer + found, isStraightLine: true)
  }

  private mutating func estimate(
    _ unit: UInt32, to place: Place, _ profile: Profile, _ radius_dm: UInt32
  ) {
    if hasGround, radius_dm != 0 {
      let way = StraightLine.travel(from: units.places[unit], to: place, profile: profile)
      if way.distance_dm > radius_dm { return }
    }
    estimate(unit, to: place, profile)
  }
}
