// Units on streets with turn rules, in the router and in a plain list at once, and questions to both.

import HujiaContainers
import HujiaMapBuild
import HujiaRoads
import HujiaTestSupport
import Testing

@testable import HujiaRouting

struct TurnWorld: ~Copyable {
  private let image: MapImage
  let map: RoadMap
  private var router: Router
  private let plain: PlainTurns
  private let epochs: EpochStore
  private var units: [Place] = []
  private(set) var random: SplitMix64
  private(set) var queries = 0
  private(set) var differences = 0
  private(set) var mended = 0
  private var answer: [NearestUnit]
  private var points: [RoutePoint]
  private let name: String

  init(
    _ name: String, _ draft: MapDraft, _ limits: RowLimits?, parts: MapCompilation.Parts = .all,
    units count: Int, seed: UInt64
  ) throws {
    self.name = name
    let image = try MapCompilation(draft, with: parts, rows: limits).image()
    let map = image.map
    #expect(map.flaw == nil)
    #expect(routingFlaw(map) == nil)
    var twins: [Int: Int] = [:]
    for street in 0..<map.streetCount where map.streetFacts[street].twin != RoadMap.none {
      twins[street] = Int(map.streetFacts[street].twin)
    }
    let router = try Router(map: map, unitCapacity: count, memory: .system)
    epochs = try EpochStore(
      map: map, serving: router.serving, hasOneProfile: router.isOneProfile, memory: .system)
    self.image = image
    self.map = map
    self.router = router
    plain = PlainTurns(draft, twins: twins)
    random = SplitMix64(seed)
    answer = Array(
      repeating: NearestUnit(unit: .max, travel_ms: 0, distance_dm: 0, isStraightLine: false),
      count: max(count, 1))
    points = Array(
      repeating: RoutePoint(lat_e7: 0, lon_e7: 0, time_ms: 0, distance_dm: 0, street: 0),
      count: 65_536)
    for unit in 0..<count {
      units.append(somewhere())
      self.router.put(
        unit: UInt32(unit), id: UInt64(unit * 7 % 16) << 32 | UInt64(unit), capabilities: 1,
        level: 0, agency: 1, availableUntil_us: .max, crew: 1, place: units[unit])
    }
  }

  mutating func somewhere() -> Place {
    let street = UInt32(random.below(map.streetCount))
    let length = map.streetLength_mm[Int(street)]
    var place = Place(
      street: street, offset_mm: length == 0 ? 0 : UInt32(random.below(Int(length))),
      node: Place.none, gap_dm: 0, lat_e7: 0, lon_e7: 0, isOffNetwork: false)
    if random.chance(40) {
      let isFirst = random.chance(50)
      place.offset_mm = isFirst ? 0 : length
      place.node = map.end(of: street, isFirst: isFirst)
    } else if random.chance(10) {
      place.offset_mm = random.chance(50) ? 0 : length
    }
    // A street of no length: the draft's node follows from the offset.
    if length == 0 { place.node = Place.none }
    (place.lat_e7, place.lon_e7) = map.point(street: street, offset_mm: place.offset_mm)
    if random.chance(20) { place.gap_dm = UInt32(random.below(300)) }
    return place
  }

  private mutating func note(_ isSame: Bool, _ text: @autoclosure () -> String) {
    queries += 1
    guard !isSame else { return }
    differences += 1
    if differences <= 3 { Issue.record("\(name): \(text())") }
  }

  /// All of one profile: from each unit to each of some goals, and the nearest to these by every way.
  mutating func ask(_ profile: Profile, goals count: Int, routes share: Int) {
    while router.maintain(256) {}
    let reached = units.map { plain.search(from: $0, profile) }
    for index in 0..<count {
      let goal = index % 10 == 0 ? near(units[random.below(units.count)]) : somewhere()
      let travels = reached.map { plain.travel($0, to: goal) }
      for unit in units.indices {
        let found = router.travel(from: units[unit], to: goal, profile: profile)
        let time_ms = router.travelTime(from: units[unit], to: goal, profile: profile).travel_ms
        let from = units[unit]
        note(
          found == travels[unit] && time_ms == travels[unit].travel_ms,
          "\(profile) from \(from) to \(goal): \(found), \(time_ms) ms, plainly \(travels[unit])")
        if random.chance(share) { route(unit, goal, profile, travels[unit]) }
      }
      nearest(goal, profile, travels)
    }
  }

  /// On the same street.
  private mutating func near(_ place: Place) -> Place {
    var other = place
    let length = map.streetLength_mm[Int(place.street)]
    other.node = Place.none
    other.offset_mm = length == 0 ? 0 : UInt32(random.below(Int(length)))
    (other.lat_e7, other.lon_e7) = map.point(street: other.street, offset_mm: other.offset_mm)
    return other
  }

  private mutating func route(
    _ unit: Int, _ goal: Place, _ profile: Profile, _ expected: Travel
  ) {
    let from = units[unit]
    let found = points.withUnsafeMutableBufferPointer {
      router.route(from: from, to: goal, profile: profile, into: $0.baseAddress, capacity: $0.count)
    }
    let last = points[found.needed - 1]
    var isRight =
      found.travel_ms == expected.travel_ms && found.distance_dm == expected.distance_dm
      && found.isStraightLine == expected.isStraightLine && points[0].time_ms == 0
      && last.time_ms == expected.travel_ms && last.distance_dm == expected.distance_dm
    var streets: [Int] = []
    if isRight, !found.isStraightLine {
      for index in 1..<found.needed {
        let (before, point) = (points[index - 1], points[index])
        isRight = isRight && point.time_ms >= before.time_ms
        guard point.street != Place.none else { continue }
        isRight = isRight && point.street < map.streetCount
        if streets.last != Int(point.street) { streets.append(Int(point.street)) }
      }
      isRight = isRight && plain.mayDrive(streets, profile)
    }
    note(
      isRight, "\(profile) route from \(from) to \(goal): \(found), plainly \(expected), \(streets)"
    )
  }

  private mutating func nearest(_ goal: Place, _ profile: Profile, _ travels: [Travel]) {
    let ids = units.indices.map { UInt64($0 * 7 % 16) << 32 | UInt64($0) }
    let ranked = units.indices.sorted {
      (travels[$0].isStraightLine ? 1 : 0, travels[$0].travel_ms, ids[$0])
        < (travels[$1].isStraightLine ? 1 : 0, travels[$1].travel_ms, ids[$1])
    }
    let limit = [1, 4, 8, units.count][random.below(4)]
    let expected = ranked.prefix(limit).map {
      NearestUnit(
        unit: UInt32($0), travel_ms: travels[$0].travel_ms,
        distance_dm: travels[$0].distance_dm, isStraightLine: travels[$0].isStraightLine)
    }
    for way in Router.NearestWay.allCases {
      if way == .cells, !router.areCellsValid(profile) { continue }
      if way != .plain, Hierarchy(map) == nil { continue }
      let filter = UnitFilter(capabilities: 1)
      let count = answer.withUnsafeMutableBufferPointer {
        router.nearest(
          to: goal, filter: filter, limit: limit, profile: profile, by: way,
          into: $0.baseAddress.unsafelyUnwrapped)
      }
      let found = Array(answer.prefix(count))
      note(found == expected, "\(limit) nearest to \(goal), \(way): \(found), plainly \(expected)")
    }
  }

  /// Units drive on, along their street, to a junction, elsewhere.
  mutating func moveUnits() {
    for unit in units.indices {
      units[unit] = random.chance(40) ? near(units[unit]) : somewhere()
      router.move(unit: UInt32(unit), to: units[unit])
    }
  }

  /// Streets closed, slowed, as they were; at times all arms of a junction.
  mutating func changeTraffic(_ count: Int) throws {
    if !epochs.isSplit { epochs.split(try epochs.takeSecond()) }
    if epochs.isUnprepared { epochs.prepare(.alone) }
    for _ in 0..<count {
      if random.chance(20) {
        let node = map.end(of: UInt32(random.below(map.streetCount)), isFirst: random.chance(50))
        for street in 0..<map.streetCount {
          let facts = map.streetFacts[street]
          if facts.firstNode == node || facts.lastNode == node { set(street, .max) }
        }
      } else {
        set(
          random.below(map.streetCount),
          [.max, UInt32(1 + random.below(90_000)), nil][random.below(3)])
      }
    }
    _ = router.publish(epochs.build(.alone))
    epochs.published()
    mended += epochs.wasMended ? 1 : 0
  }

  private mutating func set(_ street: Int, _ time_ms: UInt32?) {
    let facts = map.streetFacts[street]
    for (isForward, arc) in [(true, facts.forwardArc), (false, facts.backwardArc)]
    where arc != RoadMap.none && random.chance(80) {
      let plainArc = PlainArc(street: street, isForward: isForward)
      for profile in Profile.allCases {
        let mapped_ms = plain.mapped_ms(plainArc, profile)
        let new_ms = time_ms ?? mapped_ms
        epochs.set(arc: Int(arc), profile, time_ms: new_ms)
        plain.times_ms[Int(profile.rawValue)][plainArc] = new_ms >= 0x1fff_ffff ? .max : new_ms
      }
    }
  }
}
