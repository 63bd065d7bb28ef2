// Nearest units without streets, beside a look at each.

import HujiaContainers
import HujiaMapBuild
import HujiaRoads
import HujiaTestSupport
import Testing

@testable import HujiaRouting

@Suite struct GroundTests {
  private struct Unit {
    var id: UInt64
    var traits = UnitTraits()
    var place: Place
    var idleSince_ns: Int64 = 0
  }

  private func place(_ random: inout SplitMix64, _ origin: Int) -> Place {
    let origins: [(Int64, Int64)] = [
      (377_000_000, -1_224_000_000), (0, 1_799_900_000), (899_900_000, 0), (-899_950_000, 100),
      (600_000_000, -1_800_000_000),
    ]
    let spread = [1, 300, 400_000, 400_000_000][random.below(4)]
    let lat = origins[origin].0 + Int64(random.below(spread)) - Int64(spread / 2)
    let lon = origins[origin].1 + Int64(random.below(spread)) - Int64(spread / 2)
    return Place(
      street: Place.none, offset_mm: 0, node: Place.none, gap_dm: 0,
      lat_e7: Int32(min(max(lat, -900_000_000), 900_000_000)),
      lon_e7: Int32(min(max(lon, -1_800_000_000), 1_800_000_000)), isOffNetwork: true)
  }

  private func traits(_ random: inout SplitMix64) -> UnitTraits {
    var traits = UnitTraits()
    traits.capabilities = UInt64(random.below(8))
    traits.level = UInt8(random.below(3))
    traits.agency = UInt32(random.below(4))
    traits.kind = UInt32(random.below(4))
    traits.availableUntil_us = random.chance(80) ? .max : Int64(random.below(100))
    traits.crew = UInt8(random.below(4))
    traits.isLive = true
    return traits
  }

  private func plain(_ units: [Unit?], _ goal: Place, _ filter: UnitFilter, _ limit: Int)
    -> [UInt64]
  {
    units.compactMap { $0 }.filter { $0.traits.matches(filter) }
      .map { ($0.id, StraightLine.travel(from: $0.place, to: goal, profile: .normal)) }
      .filter { filter.radius_dm == 0 || $0.1.distance_dm <= filter.radius_dm }
      .sorted {
        (min($0.1.travel_ms, Cost.unreachable_ms), $0.0)
          < (min($1.1.travel_ms, Cost.unreachable_ms), $1.0)
      }
      .prefix(limit).map(\.0)
  }

  private func put(_ router: inout Router, _ slot: Int, _ unit: Unit) {
    router.put(
      unit: UInt32(slot), id: unit.id, capabilities: unit.traits.capabilities,
      level: unit.traits.level, agency: unit.traits.agency, kind: unit.traits.kind,
      availableUntil_us: unit.traits.availableUntil_us, crew: unit.traits.crew,
      place: unit.place, idleSince_ns: unit.idleSince_ns)
  }

  private static let turnouts_ms: [UInt32] = [30_000, 60_000, 60_000, 120_000]

  private func plainBest(
    _ units: [Unit?], _ goal: Place, _ filter: UnitFilter, _ since_ns: [Int64]
  ) -> UInt64? {
    var best: (cost_ms: UInt32, idleSince_ns: Int64, id: UInt64)?
    for case let unit? in units where unit.traits.matches(filter) {
      let way = StraightLine.travel(from: unit.place, to: goal, profile: .normal)
      if filter.radius_dm != 0, way.distance_dm > filter.radius_dm { continue }
      let time_ms = min(way.travel_ms, Cost.unreachable_ms)
      let own = (
        cost_ms: time_ms + Self.turnouts_ms[Int(unit.traits.kind)],
        idleSince_ns: max(unit.idleSince_ns, since_ns[Int(unit.traits.level)]), id: unit.id
      )
      if best.map({ own < $0 }) ?? true { best = own }
    }
    return best?.id
  }

  private func filter(_ random: inout SplitMix64) -> UnitFilter {
    var filter = UnitFilter(
      capabilities: random.chance(50) ? 0 : UInt64(random.below(8)),
      levels: random.chance(30) ? .max : UInt32(1 + random.below(7)),
      agency: random.chance(60) ? 0 : UInt32(random.below(4)),
      availableUntil_us: random.chance(70) ? .min : 50, skipStamp: UInt32(random.below(3)),
      leastCrew: UInt8(random.below(4)))
    filter.kind = random.chance(60) ? 0 : UInt32(random.below(4))
    filter.radius_dm = random.chance(60) ? 0 : UInt32(random.below(200_000))
    return filter
  }

  @Test(arguments: [false, true]) func nearestIsWhatALookAtEachFinds(isCrowded: Bool) throws {
    for seed in 1...40 as ClosedRange<UInt64> {
      var random = SplitMix64(seed)
      let origin = random.below(5)
      let capacity = 20 + random.below(300)
      let image = MapImage(MapDraft())
      var router = try Router(map: image.map, unitCapacity: capacity, memory: .system)
      var units: [Unit?] = Array(repeating: nil, count: capacity)
      var found: [NearestUnit] = Array(
        repeating: NearestUnit(unit: 0, travel_ms: 0, distance_dm: 0, isStraightLine: true),
        count: capacity)
      // Few spots, so that many units share one.
      let spots = (0..<4).map { _ in place(&random, origin) }
      func next(_ random: inout SplitMix64) -> Place {
        isCrowded && random.chance(90) ? spots[random.below(4)] : place(&random, origin)
      }
      for step in 0..<1_500 {
        let slot = random.below(capacity)
        switch random.below(12) {
        case 0...3:
          let unit = Unit(
            id: UInt64((slot * 7_919) % 104_729 + 1), traits: traits(&random),
            place: next(&random), idleSince_ns: Int64(random.below(6)))
          units[slot] = unit
          put(&router, slot, unit)
        case 4, 5:
          guard units[slot] != nil else { continue }
          let next = next(&random)
          units[slot]?.place = next
          router.move(unit: UInt32(slot), to: next)
        case 6:
          guard let known = units[slot] else { continue }
          let level = random.chance(30) ? known.traits.level : UInt8(random.below(3))
          units[slot]?.traits.level = level
          units[slot]?.idleSince_ns = Int64(random.below(6))
          router.set(
            level: level, of: UInt32(slot), idleSince_ns: units[slot]?.idleSince_ns ?? 0)
        case 7 where step > 600:
          guard units[slot] != nil else { continue }
          units[slot] = nil
          router.remove(unit: UInt32(slot))
        case 8:
          guard units[slot] != nil else { continue }
          let stamp = UInt32(random.below(3))
          units[slot]?.traits.skipStamp = stamp
          router.skip(unit: UInt32(slot), stamp: stamp)
        case 9:
          var ranking = Ranking(leastTurnout_ms: Self.turnouts_ms.min() ?? 0)
          let since_ns = (0..<32).map { _ in random.chance(50) ? .min : Int64(random.below(6)) }
          for level in 0..<32 { ranking.availableSince_ns[level] = since_ns[level] }
          let (filter, goal) = (filter(&random), next(&random))
          let best = router.best(to: goal, filter: filter, profile: .normal, ranking: ranking) {
            Self.turnouts_ms[Int($0)]
          }
          #expect(
            best.flatMap { units[Int($0.unit)]?.id } == plainBest(units, goal, filter, since_ns),
            "seed \(seed), \(step)")
        default:
          let (filter, goal) = (filter(&random), next(&random))
          let limit = 1 + random.below(20)
          let count = router.nearest(
            to: goal, filter: filter, limit: min(limit, capacity), profile: .normal, into: &found)
          let ids = (0..<count).map { units[Int(found[$0].unit)]?.id ?? 0 }
          #expect(ids == plain(units, goal, filter, min(limit, capacity)), "seed \(seed), \(step)")
        }
      }
    }
  }

  private static func spot(_ lat_e7: Int32, _ lon_e7: Int32) -> Place {
    Place(
      street: Place.none, offset_mm: 0, node: Place.none, gap_dm: 0, lat_e7: lat_e7,
      lon_e7: lon_e7, isOffNetwork: true)
  }

  /// Whatever is asked of tens of thousands on one spot is answered by a few looks: at the longest idle, at the lowest
  /// numbers, past shifts that are over, past units that are passed over. Counts, not times.
  @Test func aSpotIsNotReadThrough() throws {
    let capacity = 65_536
    let image = MapImage(MapDraft())
    var router = try Router(map: image.map, unitCapacity: capacity, memory: .system)
    var random = SplitMix64(9)
    let spot = Self.spot(310_000_000, -410_000_000)
    for slot in 0..<capacity {
      var traits = UnitTraits()
      traits.capabilities = UInt64(slot % 8)
      traits.kind = UInt32(slot % 4)
      traits.crew = 1
      traits.isLive = true
      // The shift of the longest idle is over.
      traits.availableUntil_us = slot < capacity / 2 ? 10 : .max
      put(
        &router, slot,
        Unit(
          id: UInt64(random.next() >> 8), traits: traits, place: spot, idleSince_ns: Int64(slot)))
    }
    for slot in capacity / 2..<capacity / 2 + 16 { router.skip(unit: UInt32(slot), stamp: 7) }
    var found: [NearestUnit] = Array(
      repeating: NearestUnit(unit: 0, travel_ms: 0, distance_dm: 0, isStraightLine: true), count: 64
    )
    for step in 0..<200 {
      let before = router.ground.looked + router.ground.table.order.looks
      var filter = UnitFilter(
        capabilities: UInt64(step % 8), levels: 1, availableUntil_us: 50, skipStamp: 7,
        leastCrew: 1)
      filter.kind = UInt32(step % 5)
      let goal = Self.spot(310_000_000 + Int32(step), -410_000_000)
      let best = router.best(
        to: goal, filter: filter, profile: .normal, ranking: Ranking(leastTurnout_ms: 30_000)
      ) { Self.turnouts_ms[Int($0)] }
      // Odd capabilities and even kinds are no one's.
      if let best { #expect(Int(best.unit) >= capacity / 2 + 16) }
      #expect(router.ground.looked + router.ground.table.order.looks - before < 200)
      let after = router.ground.looked + router.ground.table.order.looks
      let limit = [1, 8, 64][step % 3]
      let count = router.nearest(
        to: goal, filter: UnitFilter(levels: 1), limit: limit, profile: .normal, into: &found)
      #expect(count == limit)
      #expect(router.ground.looked + router.ground.table.order.looks - after < 60 * limit + 400)
    }
  }

  /// A count of squares opened, not a time.
  @Test func aMillionthOfTheUnitsIsLookedAt() throws {
    let capacity = 40_000
    let image = MapImage(MapDraft())
    var router = try Router(map: image.map, unitCapacity: capacity, memory: .system)
    var random = SplitMix64(5)
    for slot in 0..<capacity {
      let place = Place(
        street: Place.none, offset_mm: 0, node: Place.none, gap_dm: 0,
        lat_e7: 310_000_000 + Int32(random.below(1_100_000)),
        lon_e7: -410_000_000 + Int32(random.below(1_800_000)), isOffNetwork: true)
      var traits = UnitTraits()
      traits.level = slot % 1_000 == 0 ? 0 : 2
      traits.availableUntil_us = .max
      traits.isLive = true
      put(&router, slot, Unit(id: UInt64(slot + 1), traits: traits, place: place))
    }
    var found: [NearestUnit] = Array(
      repeating: NearestUnit(unit: 0, travel_ms: 0, distance_dm: 0, isStraightLine: true), count: 8)
    for _ in 0..<200 {
      let before = router.ground.opened
      let goal = Place(
        street: Place.none, offset_mm: 0, node: Place.none, gap_dm: 0,
        lat_e7: 310_000_000 + Int32(random.below(1_100_000)),
        lon_e7: -410_000_000 + Int32(random.below(1_800_000)), isOffNetwork: true)
      let count = router.nearest(
        to: goal, filter: UnitFilter(levels: 1), limit: 8, profile: .normal, into: &found)
      #expect(count == 8)
      #expect(router.ground.opened - before < 150)
      // Where each unit will do, the squares around the place are enough: east and west as well as north and south.
      let (opened, looked) = (router.ground.opened, router.ground.looked)
      _ = router.nearest(
        to: goal, filter: UnitFilter(), limit: 8, profile: .normal, into: &found)
      #expect(router.ground.opened - opened < 60)
      #expect(router.ground.looked - looked < 150)
    }
  }

  /// One shift that lasts, far away, and thousands near that do not: squares of these stay closed, also when those
  /// lasted have gone.
  @Test func shortShiftsKeepTheirSquaresClosed() throws {
    let capacity = 4_000
    let image = MapImage(MapDraft())
    var router = try Router(map: image.map, unitCapacity: capacity, memory: .system)
    var random = SplitMix64(8)
    func near() -> Place {
      Self.spot(
        310_000_000 + Int32(random.below(1_000_000)), -410_000_000 + Int32(random.below(1_000_000)))
    }
    func stand(_ slot: Int, until_us: Int64, _ place: Place) {
      var traits = UnitTraits()
      traits.availableUntil_us = until_us
      traits.isLive = true
      put(&router, slot, Unit(id: UInt64(slot + 1), traits: traits, place: place))
    }
    // All but the last lasted; then each comes with a shorter shift, where it was or elsewhere.
    for slot in 0..<capacity - 1 { stand(slot, until_us: .max, near()) }
    for slot in 0..<capacity - 1 { stand(slot, until_us: Int64(1 + random.below(1_000)), near()) }
    stand(capacity - 1, until_us: 2_000, Self.spot(330_000_000, -410_000_000))
    let filter = UnitFilter(availableUntil_us: 2_000)
    var found = [NearestUnit(unit: 0, travel_ms: 0, distance_dm: 0, isStraightLine: true)]
    for _ in 0..<20 {
      let (opened, looked) = (router.ground.opened, router.ground.looked)
      let goal = near()
      let best = router.best(
        to: goal, filter: filter, profile: .normal, ranking: Ranking(leastTurnout_ms: 0)
      ) { _ in 0 }
      check(best?.unit, equals: UInt32(capacity - 1))
      let count = router.nearest(to: goal, filter: filter, limit: 1, profile: .normal, into: &found)
      check(count, equals: 1)
      check(router.ground.opened - opened, atMost: 60)
      check(router.ground.looked - looked, atMost: 100)
    }
  }

  /// Shifts that all end too early are known by class: no square is opened, no unit looked at.
  @Test func nobodyStaysLongEnough() throws {
    let capacity = 2_000
    let image = MapImage(MapDraft())
    var router = try Router(map: image.map, unitCapacity: capacity, memory: .system)
    var random = SplitMix64(6)
    for slot in 0..<capacity {
      var traits = UnitTraits()
      traits.availableUntil_us = Int64(1 + random.below(1_000))
      traits.isLive = true
      put(&router, slot, Unit(id: UInt64(slot + 1), traits: traits, place: place(&random, 0)))
    }
    var found = [
      NearestUnit(unit: 0, travel_ms: 0, distance_dm: 0, isStraightLine: true)
    ]
    let goal = place(&random, 0)
    let before = (router.ground.opened, router.ground.looked, router.unitLooks)
    let filter = UnitFilter(availableUntil_us: 2_000)
    let count = router.nearest(to: goal, filter: filter, limit: 1, profile: .normal, into: &found)
    #expect(count == 0)
    let best = router.best(
      to: goal, filter: filter, profile: .normal, ranking: Ranking(leastTurnout_ms: 0)
    ) { _ in 0 }
    #expect(best == nil)
    #expect(router.ground.opened == before.0)
    #expect(router.ground.looked == before.1)
    #expect(router.unitLooks - before.2 < 10)
    // One does, somewhere.
    var traits = UnitTraits()
    traits.availableUntil_us = 2_000
    traits.isLive = true
    router.remove(unit: 7)
    put(&router, 7, Unit(id: 8, traits: traits, place: place(&random, 0)))
    let stays = router.best(
      to: goal, filter: filter, profile: .normal, ranking: Ranking(leastTurnout_ms: 0)
    ) { _ in 0 }
    #expect(stays?.unit == 7)
  }
}
