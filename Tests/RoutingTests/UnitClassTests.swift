// Units by class: the few that match are listed with as many looks, and of many nobody is looked at.

import HujiaContainers
import HujiaRoads
import HujiaTestSupport
import Testing

@testable import HujiaRouting

@Suite struct UnitClassTests {
  /// One of 512 is of the agency asked for.
  @Test func fewAmongManyAreListed() throws {
    var random = SplitMix64(3)
    let image = RandomNetwork.make(seed: 3)
    let units = 4_096
    var router = try Router(
      map: image.map, unitCapacity: units, leafNodes: 4, memory: .system)
    for unit in 0..<UInt32(units) {
      router.put(
        unit: unit, id: UInt64(unit), capabilities: 1, level: 0, agency: unit % 512 == 5 ? 2 : 1,
        availableUntil_us: .max, crew: 1,
        place: RandomNetwork.place(on: image.map, &random))
    }
    var filter = UnitFilter(capabilities: 1, levels: 1, agency: 2, leastCrew: 1)
    filter.prepare(codes: 1)
    let before = router.unitLooks
    check(router.listFew(filter, most: 48), equals: 8)
    check(router.unitLooks - before, equals: 8)
    filter.agency = 1
    check(router.listFew(filter, most: 48), equals: nil)
    check(router.unitLooks - before, equals: 8)
    // Of an agency that is not there nobody is found, whatever the limit.
    filter.agency = 3
    check(router.listFew(filter, most: 48), equals: 0)
    filter.agency = 1
    filter.availableUntil_us = 9
    for unit in 0..<UInt32(units) where unit % 512 == 6 {
      let place = router.units.places[unit]
      router.put(
        unit: unit, id: UInt64(unit), capabilities: 3, level: 0, agency: 1, availableUntil_us: 9,
        crew: 1, place: place)
      router.put(
        unit: unit + 1, id: UInt64(unit + 1), capabilities: 3, level: 0, agency: 1,
        availableUntil_us: 8, crew: 1, place: place)
    }
    // Of those that could go the ones with a shift that lasts; the shifts of others are not looked at.
    filter.capabilities = 3
    let listed = router.unitLooks
    check(router.listFew(filter, most: 48), equals: 8)
    check(router.unitLooks - listed, atMost: 24)
    check(router.hasUnit(filter, endingBefore: 9))
    check(!router.hasUnit(filter, endingBefore: 8))
    for unit in 0..<UInt32(units) {
      router.remove(unit: unit)
      check(router.sets.classes.count, atMost: 4)
    }
    check(router.sets.classes.count, equals: 0)
  }
}
