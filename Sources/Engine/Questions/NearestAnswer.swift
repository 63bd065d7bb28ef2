// The nearest units, and the travel time between two places, as a reader asks for them.

import HujiaRoads
import HujiaRouting

package struct NearestQuery: BitwiseCopyable {
  package var place: Place
  package var capabilities: UInt64 = 0
  /// Bits of `Level`.
  package var levels: UInt32 = 1
  /// 0 = any.
  package var agency: UInt32 = 0
  /// At most `NearestAnswer.most`.
  package var limit: Int
  /// So many of those found are described.
  package var capacity: Int
  package var profile: Profile
  package init(place: Place, limit: Int, capacity: Int, profile: Profile) {
    self.place = place
    self.limit = limit
    self.capacity = capacity
    self.profile = profile
  }
}

/// One of the nearest units (`hj_nearest`).
package struct NearestView: BitwiseCopyable {
  package var unitID: UInt64 = 0
  package var travel_ms: UInt32 = 0
  package var distance_dm: UInt32 = 0
  package var age_s: UInt32 = 0
  package var isStraightLine = false
  package var isStale = false
  package var isOffNetwork = false
  package init() {}
}

package struct NearestAnswer: BitwiseCopyable {
  package static var most: Int { 64 }
  /// How many were found; the first `NearestQuery.capacity` of them are in `units`.
  package var count = 0
  /// Of the travel times it was computed on; 0 = the map's.
  package var epoch: UInt64 = 0
  package var units: InlineArray<64, NearestView> = .init(repeating: NearestView())
  package init() {}
}

package struct TravelQuery: BitwiseCopyable {
  package var from: Place
  package var to: Place
  package var profile: Profile
  package var wantsDistance: Bool
  package init(from: Place, to: Place, profile: Profile, wantsDistance: Bool) {
    self.from = from
    self.to = to
    self.profile = profile
    self.wantsDistance = wantsDistance
  }
}

package struct TravelAnswer: BitwiseCopyable {
  package var travel_ms: UInt32 = 0
  /// 0 where it was not asked for.
  package var distance_dm: UInt32 = 0
  package var isStraightLine = false
  package var epoch: UInt64 = 0
  package init() {}
}

extension EngineCore {
  mutating func answerNearest(_ query: NearestQuery, _ answer: inout NearestAnswer) {
    let found = nearest(
      to: query.place, capabilities: query.capabilities, levels: query.levels,
      agency: query.agency, limit: min(query.limit, NearestAnswer.most), profile: query.profile)
    answer.count = found
    answer.epoch = router.epoch
    for index in 0..<min(found, query.capacity) {
      let near = candidates[index]
      let (age_s, isStale) = age(ofFound: near.unit)
      answer.units[index].unitID = units[near.unit].id
      answer.units[index].travel_ms = near.travel_ms
      answer.units[index].distance_dm = near.distance_dm
      answer.units[index].age_s = age_s
      answer.units[index].isStraightLine = near.isStraightLine
      answer.units[index].isStale = isStale
      answer.units[index].isOffNetwork =
        query.place.isOffNetwork || units[near.unit].place.isOffNetwork
    }
  }

  mutating func travel(_ query: TravelQuery) -> TravelAnswer {
    var answer = TravelAnswer()
    answer.epoch = router.epoch
    if query.wantsDistance {
      let found = router.travel(from: query.from, to: query.to, profile: query.profile)
      answer.travel_ms = found.travel_ms
      answer.distance_dm = found.distance_dm
      answer.isStraightLine = found.isStraightLine
    } else {
      let found = router.travelTime(from: query.from, to: query.to, profile: query.profile)
      answer.travel_ms = found.travel_ms
      answer.isStraightLine = found.isStraightLine
    }
    return answer
  }
}
