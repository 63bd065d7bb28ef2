// Units on a city's streets, in the router and in a plain list at once, and questions to both.

import HujiaContainers
import HujiaMapBuild
import HujiaRoads
import HujiaTestSupport
import Testing

@testable import HujiaRouting

struct TwinUnit {
  var id: UInt64
  var capabilities: UInt64
  var level: UInt8
  var agency: UInt32
  var until: Int64
  var crew: UInt8
  var place: Place
  var isPresent = true

  func passes(_ filter: UnitFilter) -> Bool {
    isPresent && capabilities & filter.capabilities == filter.capabilities
      && filter.levels & (1 << UInt32(level)) != 0
      && (filter.agency == 0 || filter.agency == agency)
      && until >= filter.availableUntil_us && crew >= filter.leastCrew
  }
}

struct TwinWorld: ~Copyable {
  let image: MapImage
  let map: RoadMap
  var router: Router
  let plain: PlainStreets
  let epochs: EpochStore
  var units: [TwinUnit] = []
  private var homes: [UInt32] = []
  var random: SplitMix64
  private(set) var queries = 0
  private(set) var differences = 0
  private var answer: [NearestUnit]
  private var points: [RoutePoint]
  private let name: String

  init(_ name: String, _ image: MapImage, units count: Int, seed: UInt64) throws {
    self.name = name
    self.image = image
    map = image.map
    plain = PlainStreets(image.map)
    random = SplitMix64(seed)
    let router = try Router(map: image.map, unitCapacity: count, memory: .system)
    epochs = try EpochStore(
      map: image.map, serving: router.serving, hasOneProfile: router.isOneProfile, memory: .system)
    self.router = router
    answer = Array(
      repeating: NearestUnit(unit: .max, travel_ms: 0, distance_dm: 0, isStraightLine: false),
      count: 64)
    points = Array(
      repeating: RoutePoint(lat_e7: 0, lon_e7: 0, time_ms: 0, distance_dm: 0, street: 0),
      count: 65_536)
    for index in 0..<count {
      units.append(newUnit(index, at: somewhere()))
      homes.append(units[index].place.street)
      put(index)
    }
  }

  // Places and units

  private mutating func neighbour(of street: UInt32) -> UInt32 {
    let node = Int(map.end(of: street, isFirst: random.chance(50)))
    let first = Int(map.firstOut[node])
    let count = Int(map.firstOut[node + 1]) - first
    return count == 0 ? street : map.arcStreet[first + random.below(count)]
  }

  /// Mostly in mid-street, at times at a node or at the very end of a street.
  mutating func somewhere(on given: UInt32? = nil) -> Place {
    let street = given ?? UInt32(random.below(map.streetCount))
    let length = map.streetLength_mm[Int(street)]
    var place = Place(
      street: street, offset_mm: 0, node: Place.none, gap_dm: 0, lat_e7: 0, lon_e7: 0,
      isOffNetwork: false)
    switch random.below(20) {
    case 0: place.offset_mm = 0
    case 1: place.offset_mm = length
    case 2, 3, 4:
      let isFirst = random.chance(50)
      place.offset_mm = isFirst ? 0 : length
      place.node = map.end(of: street, isFirst: isFirst)
    default: place.offset_mm = length == 0 ? 0 : UInt32(random.below(Int(length)))
    }
    (place.lat_e7, place.lon_e7) = map.point(street: street, offset_mm: place.offset_mm)
    // On its street, nearly, beside it, and farther off than any limit.
    switch random.below(10) {
    case 0: place.gap_dm = UInt32(random.below(8))
    case 1, 2, 3: place.gap_dm = UInt32(random.below(300))
    case 4: place.gap_dm = UInt32(random.below(500_000))
    default: break
    }
    return place
  }

  /// Every unit patrols; three in ten have a second capability, one in a hundred a third.
  private mutating func newUnit(_ index: Int, at place: Place) -> TwinUnit {
    var capabilities: UInt64 = 1
    if random.chance(30) { capabilities |= 2 }
    if random.below(100) == 0 { capabilities |= 4 }
    if random.chance(50) { capabilities |= 1 << 63 }
    return TwinUnit(
      id: (random.next() >> 58) << 40 | UInt64(index), capabilities: capabilities,
      level: UInt8([0, 0, 0, 0, 0, 0, 0, 1, 1, 2][random.below(10)]),
      agency: UInt32(1 + random.below(3)), until: Int64(random.below(4)),
      crew: random.chance(95) ? 1 : 0, place: place)
  }

  private mutating func put(_ index: Int) {
    let unit = units[index]
    router.put(
      unit: UInt32(index), id: unit.id, capabilities: unit.capabilities, level: unit.level,
      agency: unit.agency, availableUntil_us: unit.until, crew: unit.crew,
      place: unit.place)
  }

  /// Units move along their street, to another street, to where another unit stands, change, go and come.
  mutating func change(near goal: Place) {
    let index = random.below(units.count)
    guard units[index].isPresent else {
      units[index] = newUnit(index, at: somewhere())
      return put(index)
    }
    switch random.below(20) {
    case 0:
      router.remove(unit: UInt32(index))
      units[index].isPresent = false
    case 1:
      units[index].level = UInt8(random.below(3))
      router.set(level: units[index].level, of: UInt32(index), idleSince_ns: 0)
    case 2:
      units[index] = newUnit(index, at: units[index].place)
      put(index)
    default:
      let old = units[index].place
      switch random.below(10) {
      case 0: units[index].place = units[random.below(units.count)].place
      case 1: units[index].place = somewhere(on: goal.street)
      case 2, 3: units[index].place = somewhere(on: old.street)
      // Around the corner, and back another time: cells empty and fill again.
      case 4, 5: units[index].place = somewhere(on: neighbour(of: old.street))
      case 6: units[index].place = somewhere(on: homes[index])
      default: units[index].place = somewhere()
      }
      router.move(unit: UInt32(index), to: units[index].place)
    }
  }

  // Questions

  private mutating func note(_ isSame: Bool, _ text: @autoclosure () -> String) {
    queries += 1
    guard !isSame else { return }
    differences += 1
    if differences <= 5 { Issue.record("\(name): \(text())") }
  }

  mutating func compareTravel(_ from: Place, to goal: Place, _ profile: Profile) {
    let expected = plain.travel(from: from)
    let found = router.travel(from: from, to: goal, profile: profile)
    let time_ms = router.travelTime(from: from, to: goal, profile: profile).travel_ms
    note(
      found == expected && time_ms == expected.travel_ms,
      "from \(from) to \(goal): \(found), \(time_ms) ms, plainly \(expected)")
  }

  /// The sum, and every whole street on the way: driven in a direction that is open, in exactly its time.
  mutating func compareRoute(_ from: Place, to goal: Place, _ profile: Profile) {
    let expected = plain.travel(from: from)
    let found = points.withUnsafeMutableBufferPointer {
      router.route(from: from, to: goal, profile: profile, into: $0.baseAddress, capacity: $0.count)
    }
    let travel = Travel(
      travel_ms: found.travel_ms, distance_dm: found.distance_dm,
      isStraightLine: found.isStraightLine)
    let last = points[found.needed - 1]
    let isWhole =
      points[0].time_ms == 0 && last.time_ms == expected.travel_ms
      && last.distance_dm == expected.distance_dm
    let isDriven = found.isStraightLine || areStreetsDriven(found.needed, profile)
    note(
      travel == expected && isWhole && isDriven,
      "route from \(from) to \(goal): \(travel), plainly \(expected), streets \(isDriven)")
  }

  private func areStreetsDriven(_ count: Int, _ profile: Profile) -> Bool {
    var ends: [Int] = []
    // The ways to and from the streets are none.
    for index in 1..<count
    where points[index].street != Place.none
      && (index + 1 == count || points[index + 1].street != points[index].street)
    {
      ends.append(index)
    }
    // The first and the last street are driven in part.
    for (before, end) in zip(ends, ends.dropFirst()).dropLast() {
      let a = points[before]
      let b = points[end]
      let street = Int(b.street)
      let facts = map.streetFacts[street]
      let isDriven = [facts.forwardArc, facts.backwardArc].contains {
        guard $0 != RoadMap.none else { return false }
        let tail = Int(map.arcTail[Int($0)])
        let head = Int(map.arcHead[Int($0)])
        return map.nodeLat_e7[tail] == a.lat_e7 && map.nodeLon_e7[tail] == a.lon_e7
          && map.nodeLat_e7[head] == b.lat_e7 && map.nodeLon_e7[head] == b.lon_e7
          && plain.times_ms[Int(profile.rawValue)][Int($0)] == b.time_ms - a.time_ms
      }
      if !isDriven { return false }
    }
    return true
  }

  mutating func filter() -> UnitFilter {
    let capabilities: [UInt64] = [0, 0, 1, 2, 2, 4, 3, 5, 1 << 63, 8]
    return UnitFilter(
      capabilities: capabilities[random.below(capabilities.count)],
      levels: [1, 1, 2, 3, 7, .max][random.below(6)],
      agency: random.chance(70) ? 0 : UInt32(random.below(4)),
      availableUntil_us: random.chance(80) ? .min : Int64(random.below(4)),
      leastCrew: random.chance(30) ? 1 : 0)
  }

  /// The units in the order that every nearest question to the last searched place follows.
  func ranking() -> [(unit: Int, travel: Travel)] {
    units.indices.filter { units[$0].isPresent }
      .map { (unit: $0, travel: plain.travel(from: units[$0].place)) }
      .sorted {
        ($0.travel.isStraightLine ? 1 : 0, $0.travel.travel_ms, units[$0.unit].id)
          < ($1.travel.isStraightLine ? 1 : 0, $1.travel.travel_ms, units[$1.unit].id)
      }
  }

  /// `way` nil: as the router chooses.
  mutating func compareNearest(
    to goal: Place, _ profile: Profile, _ ranking: [(unit: Int, travel: Travel)],
    _ filter: UnitFilter, limit: Int, way: Router.NearestWay?
  ) {
    let expected = ranking.lazy.filter { [units] in units[$0.unit].passes(filter) }.prefix(limit)
      .map {
        NearestUnit(
          unit: UInt32($0.unit), travel_ms: $0.travel.travel_ms,
          distance_dm: $0.travel.distance_dm, isStraightLine: $0.travel.isStraightLine)
      }
    if way == .cells && !router.areCellsValid(profile) { return }
    let count = answer.withUnsafeMutableBufferPointer { space in
      let base = space.baseAddress.unsafelyUnwrapped
      guard let way else {
        return router.nearest(
          to: goal, filter: filter, limit: limit, profile: profile, into: base)
      }
      return router.nearest(
        to: goal, filter: filter, limit: limit, profile: profile, by: way, into: base)
    }
    let found = Array(answer.prefix(count))
    note(
      found.elementsEqual(expected),
      "\(limit) nearest to \(goal), \(filter), \(way.map { "\($0)" } ?? "any way"): "
        + "plainly \(Array(expected).filter { !found.contains($0) })")
  }

  /// New travel times everywhere, some streets closed.
  mutating func changeTraffic() throws {
    if !epochs.isSplit { epochs.split(try epochs.takeSecond()) }
    for arc in 0..<map.arcCount {
      let normal = map.arcNormal_ms[arc]
      let response = map.arcResponse_ms[arc]
      let chance = random.below(1_000)
      let percent = chance < 300 ? UInt32(50 + random.below(400)) : 100
      plain.times_ms[0][arc] = chance >= 995 ? .max : normal * percent / 100
      plain.times_ms[1][arc] = chance >= 997 ? .max : response * percent / 100
      epochs.set(arc: arc, .normal, time_ms: plain.times_ms[0][arc])
      epochs.set(arc: arc, .response, time_ms: plain.times_ms[1][arc])
    }
    serve()
  }

  /// A few streets closed, slowed or as they were: an epoch that is mended.
  mutating func changeFewStreets() {
    if epochs.isUnprepared { epochs.prepare(.alone) }
    for _ in 0..<1 + random.below(12) {
      let arc = random.below(map.arcCount)
      let time_ms: UInt32? = [.max, UInt32(1 + random.below(90_000)), nil][random.below(3)]
      plain.times_ms[0][arc] = time_ms ?? map.arcNormal_ms[arc]
      plain.times_ms[1][arc] = time_ms ?? map.arcResponse_ms[arc]
      epochs.set(arc: arc, .normal, time_ms: plain.times_ms[0][arc])
      epochs.set(arc: arc, .response, time_ms: plain.times_ms[1][arc])
    }
    serve()
  }

  private mutating func serve() {
    _ = router.publish(epochs.build(.alone))
    epochs.published()
  }

  mutating func mendAll() { while router.maintain(256) {} }
}
