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
  /// Where: an array of records of `stride` bytes, each written by `put`.
  package var space: UnsafeMutableRawPointer?
  package var stride = 0
  package var put: Put?
  /// Writes one unit: the place for it, the record's size, the address of the `NearestView`. Under the baton: it
  /// copies, and no more.
  package typealias Put = @convention(c) (UnsafeMutableRawPointer, Int, UnsafeRawPointer) -> Void
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
  /// Of the travel times it was computed on; 0 = the map's.
  package var epoch: UInt64 = 0
  package init() {}
}

package struct NearestAnswer: BitwiseCopyable {
  package static var most: Int { 64 }
  /// How many were found; the first `NearestQuery.capacity` of them were written.
  package var count = 0
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
    guard let put = query.put, let space = query.space else { return }
    var view = NearestView()
    view.epoch = epoch
    for index in 0..<min(found, query.capacity) {
      let near = candidates[index]
      (view.age_s, view.isStale) = age(ofFound: near.unit)
      view.unitID = units[near.unit].id
      view.travel_ms = near.travel_ms
      view.distance_dm = near.distance_dm
      view.isStraightLine = near.isStraightLine
      view.isOffNetwork = query.place.isOffNetwork || units[near.unit].place.isOffNetwork
      put(space + index * query.stride, query.stride, &view)
    }
  }

  mutating func travel(_ query: TravelQuery) -> TravelAnswer {
    var answer = TravelAnswer()
    answer.epoch = epoch
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
