import HujiaContainers
import HujiaMapBuild
import HujiaRoads
import Testing

@testable import HujiaRouting

/// HUJIA_FULL=1 multiplies the counts.
enum Scale {
  static let isFull = environment("HUJIA_FULL") == "1"
  static func count(_ small: Int, full: Int) -> Int { isFull ? full : small }
}

/// Units that come, move, change and go, in the router and in a plain list at once.
struct World: ~Copyable {
  let image: MapImage
  var router: Router
  var units: [PlainTwin.Unit] = []
  var random: SplitMix64
  let capacity: Int
  var answer: [NearestUnit]

  init(_ image: MapImage, seed: UInt64, capacity: Int, leafNodes: Int = 4) throws {
    self.image = image
    self.capacity = capacity
    random = SplitMix64(seed)
    // Rows of all units, of some, of none.
    let kept = [nil, 0, capacity / 2, 1][Int(seed % 4)]
    router = try Router(
      map: image.map, unitCapacity: capacity, leafNodes: leafNodes, rowsKept: kept, memory: .system)
    answer = Array(
      repeating: NearestUnit(unit: .max, travel_ms: 0, distance_dm: 0, isStraightLine: false),
      count: max(capacity, 64))
  }

  mutating func change() {
    let index = UInt32(random.below(capacity))
    let known = units.firstIndex { $0.index == index }
    guard let known else {
      put(index)
      return
    }
    switch random.below(10) {
    case 0:
      router.remove(unit: index)
      units.remove(at: known)
    case 1:
      units[known].level = UInt8(random.below(3))
      router.set(level: units[known].level, of: index, idleSince_ns: 0)
    case 2:
      units[known].skip = UInt32(random.below(3))
      router.skip(unit: index, stamp: units[known].skip)
    case 3:
      units.remove(at: known)
      put(index)
    default:
      var place = RandomNetwork.place(on: image.map, &random)
      if let old = units[known].place, old.street != .max, random.chance(40) {
        // Along the same street.
        place = old
        place.node = .max
        let length = image.map.streetLength_mm[Int(old.street)]
        place.offset_mm = length == 0 ? 0 : UInt32(random.below(Int(length)))
        place.gap_dm = RandomNetwork.gap(&random)
      } else if let old = units[known].place, old.street != .max, random.chance(10) {
        place = old
        place.gap_dm = RandomNetwork.gap(&random)
      }
      units[known].place = place
      router.move(unit: index, to: place)
    }
  }

  /// A unit goes to a neighbouring street, and often back to where it was: cells empty and fill again.
  mutating func walk(home: [Place]) {
    let known = random.below(units.count)
    let index = units[known].index
    var place = home[Int(index)]
    if random.chance(60), let old = units[known].place, old.street != .max {
      let node = image.map.end(of: old.street, isFirst: random.chance(50))
      let first = image.map.firstOut[Int(node)]
      let count = Int(image.map.firstOut[Int(node) + 1] - first)
      if count > 0 {
        place = old
        place.street = image.map.arcStreet[Int(first) + random.below(count)]
        place.node = .max
        place.offset_mm = image.map.streetLength_mm[Int(place.street)] / 2
      }
    }
    units[known].place = place
    router.move(unit: index, to: place)
  }

  mutating func put(_ index: UInt32) {
    let unit = PlainTwin.Unit(
      index: index, id: ((random.next() >> 60) << 32) | UInt64(index),
      capabilities: UInt64(random.below(8)), level: UInt8(random.below(3)),
      agency: UInt32(random.below(3)), until: Int64(random.below(4)), crew: UInt8(random.below(5)),
      place: random.chance(90) ? RandomNetwork.place(on: image.map, &random) : nil)
    units.append(unit)
    router.put(
      unit: index, id: unit.id, capabilities: unit.capabilities, level: unit.level,
      agency: unit.agency, availableUntil_us: unit.until, crew: unit.crew,
      place: unit.place)
  }

  mutating func filter() -> UnitFilter {
    UnitFilter(
      capabilities: random.chance(50) ? 0 : UInt64(random.below(8)),
      levels: random.chance(50) ? .max : UInt32(random.below(8)),
      agency: random.chance(70) ? 0 : UInt32(random.below(3)),
      availableUntil_us: random.chance(70) ? .min : Int64(random.below(4)),
      skipStamp: random.chance(70) ? 0 : UInt32(random.below(3)),
      leastCrew: random.chance(20) ? UInt8(random.below(4)) : 0)
  }

  /// One question to both; differences are reported with the seed.
  mutating func compareNearest(_ twin: PlainTwin, _ note: String) {
    let place = RandomNetwork.place(on: image.map, &random)
    let filter = filter()
    let limit = random.chance(20) ? capacity : 1 + random.below(8)
    let profile: Profile = random.chance(50) ? .normal : .response
    let expected = twin.nearest(units, to: place, filter, limit, profile)
    let count = answer.withUnsafeMutableBufferPointer {
      router.nearest(
        to: place, filter: filter, limit: limit, profile: profile,
        into: $0.baseAddress.unsafelyUnwrapped)
    }
    #expect(Array(answer.prefix(count)) == expected, "\(note)")
    for way in Router.NearestWay.allCases {
      if way == .cells && !router.areCellsValid(profile) { continue }
      let count = answer.withUnsafeMutableBufferPointer {
        router.nearest(
          to: place, filter: filter, limit: limit, profile: profile, by: way,
          into: $0.baseAddress.unsafelyUnwrapped)
      }
      #expect(Array(answer.prefix(count)) == expected, "\(note) \(way)")
    }
  }

  mutating func compareTravel(_ twin: PlainTwin, _ note: String) {
    let from = RandomNetwork.place(on: image.map, &random)
    var to = RandomNetwork.place(on: image.map, &random)
    if random.chance(20), from.street != .max {
      to = from
      to.node = .max
      let length = image.map.streetLength_mm[Int(from.street)]
      to.offset_mm = length == 0 ? 0 : UInt32(random.below(Int(length)))
      to.gap_dm = RandomNetwork.gap(&random)
    }
    let profile: Profile = random.chance(50) ? .normal : .response
    let expected = twin.travel(from: from, to: to, profile)
    let found = router.travel(from: from, to: to, profile: profile)
    #expect(found == expected, "\(note)")
    let time = router.travelTime(from: from, to: to, profile: profile)
    #expect(time == TravelTime(expected), "\(note)")
    checkRoute(from, to, profile, expected, twin, note)
  }

  /// Time and length grow from 0 to the travel's; each stretch of street is driven in a direction that is allowed.
  private mutating func checkRoute(
    _ from: Place, _ to: Place, _ profile: Profile, _ travel: Travel, _ twin: PlainTwin,
    _ note: String
  ) {
    let counted = router.route(from: from, to: to, profile: profile, into: nil, capacity: 0)
    var points = [RoutePoint](
      repeating: RoutePoint(lat_e7: 0, lon_e7: 0, time_ms: 7, distance_dm: 7, street: 7),
      count: counted.needed)
    let answer = points.withUnsafeMutableBufferPointer {
      router.route(
        from: from, to: to, profile: profile, into: $0.baseAddress, capacity: $0.count)
    }
    #expect(answer == counted, "\(note)")
    #expect(answer.travel_ms == travel.travel_ms, "\(note)")
    #expect(answer.distance_dm == travel.distance_dm, "\(note)")
    #expect(answer.isStraightLine == travel.isStraightLine, "\(note)")
    guard points.count >= 2 else {
      Issue.record("a route of \(points.count) points \(note)")
      return
    }
    #expect(points[0].time_ms == 0, "\(note)")
    #expect(points[0].distance_dm == 0, "\(note)")
    #expect(points[points.count - 1].time_ms == travel.travel_ms, "\(note)")
    #expect(points[points.count - 1].distance_dm == travel.distance_dm, "\(note)")
    #expect(points[0].lat_e7 == from.lat_e7, "\(note)")
    #expect(points[0].lon_e7 == from.lon_e7, "\(note)")
    let last = points[points.count - 1]
    let isAtEnd = last.lat_e7 == to.lat_e7 && last.lon_e7 == to.lon_e7
    #expect(isAtEnd || to.node != .max && to.countedGap_dm == 0, "\(note)")
    for step in 1..<points.count {
      #expect(points[step].time_ms >= points[step - 1].time_ms, "\(note)")
      #expect(points[step].distance_dm >= points[step - 1].distance_dm, "\(note)")
    }
  }
}
