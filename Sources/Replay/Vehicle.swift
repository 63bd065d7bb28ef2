// A unit on the road: where it is on its route at a moment.

import CHujia
import HujiaCities
import HujiaHostKit

struct Vehicle {
  let unit: City.Unit
  var place: Location
  /// Live assignment; 0 = none.
  var assignment: UInt64 = 0
  var incident: UInt64 = 0
  /// Which of the call's recorded responses this assignment follows; nil = none is left.
  var response: Int?
  var isOffDuty = false
  var dispatched_ns: Int64 = 0
  /// Number of the trip under way; a job of an earlier trip is void.
  var trip = 0
  private var route: [hj_route_point] = []
  private var start_ns: Int64 = 0
  /// Driven time over the route's own: a recorded drive may be slower than the streets allow.
  private var stretch = 1.0

  init(unit: City.Unit) {
    self.unit = unit
    place = unit.home
  }

  mutating func start(_ route: [hj_route_point], at now_ns: Int64, stretch: Double = 1) {
    trip += 1
    self.route = route
    start_ns = now_ns
    self.stretch = stretch
  }

  mutating func stop() {
    trip += 1
    route = []
  }

  var routeTime_ns: Int64 {
    Int64(Double(route.last?.time_ms ?? 0) * 1e6 * stretch)
  }

  /// Linear between route points.
  mutating func advance(to now_ns: Int64) -> Location {
    guard let last = route.last else { return place }
    let elapsed_ms = Double(now_ns - start_ns) / 1e6 / stretch
    guard elapsed_ms < Double(last.time_ms) else {
      place = Location(lat_e7: last.lat_e7, lon_e7: last.lon_e7)
      return place
    }
    var low = 0
    var high = route.count - 1
    while high - low > 1 {
      let middle = (low + high) / 2
      if Double(route[middle].time_ms) <= elapsed_ms { low = middle } else { high = middle }
    }
    let run = Double(route[high].time_ms) - Double(route[low].time_ms)
    let part = run > 0 ? min(max((elapsed_ms - Double(route[low].time_ms)) / run, 0), 1) : 1
    place = Location(
      lat_e7: route[low].lat_e7
        + Int32(Double(route[high].lat_e7 - route[low].lat_e7) * part),
      lon_e7: route[low].lon_e7
        + Int32(Double(route[high].lon_e7 - route[low].lon_e7) * part))
    return place
  }
}
