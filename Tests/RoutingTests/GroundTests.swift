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
    traits.isCrewed = random.chance(90)
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
      availableUntil_us: unit.traits.availableUntil_us, isCrewed: unit.traits.isCrewed,
      place: unit.place)
  }

  @Test func nearestIsWhatALookAtEachFinds() throws {
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
      for step in 0..<1_500 {
        let slot = random.below(capacity)
        switch random.below(10) {
        case 0...3:
          let unit = Unit(
            id: UInt64((slot * 7_919) % 104_729 + 1), traits: traits(&random),
            place: place(&random, origin))
          units[slot] = unit
          put(&router, slot, unit)
        case 4, 5:
          guard units[slot] != nil else { continue }
          let next = place(&random, origin)
          units[slot]?.place = next
          router.move(unit: UInt32(slot), to: next)
        case 6:
          guard units[slot] != nil else { continue }
          let level = UInt8(random.below(3))
          units[slot]?.traits.level = level
          router.set(level: level, of: UInt32(slot))
        case 7 where step > 600:
          guard units[slot] != nil else { continue }
          units[slot] = nil
          router.remove(unit: UInt32(slot))
        default:
          var filter = UnitFilter(
            capabilities: random.chance(50) ? 0 : UInt64(random.below(8)),
            levels: random.chance(30) ? .max : UInt32(1 + random.below(7)),
            agency: random.chance(60) ? 0 : UInt32(random.below(4)),
            availableUntil_us: random.chance(70) ? .min : 50, crewedOnly: random.chance(50))
          filter.kind = random.chance(60) ? 0 : UInt32(random.below(4))
          filter.radius_dm = random.chance(60) ? 0 : UInt32(random.below(200_000))
          let goal = place(&random, origin)
          let limit = 1 + random.below(20)
          let count = router.nearest(
            to: goal, filter: filter, limit: min(limit, capacity), profile: .normal, into: &found)
          let ids = (0..<count).map { units[Int(found[$0].unit)]?.id ?? 0 }
          #expect(ids == plain(units, goal, filter, min(limit, capacity)), "seed \(seed), \(step)")
        }
      }
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
      #expect(router.ground.opened - before < 300)
    }
  }
}
