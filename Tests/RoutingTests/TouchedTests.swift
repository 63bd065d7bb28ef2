// The tables by unit that ask for large pages are touched at open: the first touch of one takes as long as a decision.

import HujiaMapBuild
import HujiaRoads
import HujiaTestSupport
import Testing

@testable import HujiaRouting

@Suite struct TouchedTests {
  @Test func noUnitPaysForALargePage() throws {
    var draft = MapDraft()
    draft.nodes = [(lat_e7: 0, lon_e7: 0), (lat_e7: 0, lon_e7: 8_993)]
    draft.streets = [
      MapDraft.Street(
        id: 1, from: 0, to: 1, length_mm: 100_000, forward: .init(10_000), backward: .init(10_000))
    ]
    for image in [MapImage(draft), MapImage(MapDraft())] {
      let router = try Router(map: image.map, unitCapacity: 1 << 18, memory: .system)
      let traits = residentPages(router.units.traits.base, bytes: router.units.traits.bytes)
      check(traits.there, equals: traits.all)
      let normal = residentPages(router.normalEnds.base, bytes: router.normalEnds.bytes)
      check(normal.there, equals: normal.all)
      let response = residentPages(router.responseEnds.base, bytes: router.responseEnds.bytes)
      check(response.there, equals: response.all)
    }
  }
}
