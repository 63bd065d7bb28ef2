// A new metric voids the rows of all cells. Those of cells without units are not written: nobody reads them, and
// the first touch of a large page takes longer than a turn may.

import HujiaContainers
import HujiaMapBuild
import HujiaRoads
import HujiaTestSupport
import Testing

@testable import HujiaRouting

@Suite struct EmptyCellTests {
  private static let unwritten: UInt32 = 0xdead_0000

  private func slots(_ router: borrowing Router, areEmpty: Bool) -> [Int] {
    let count = router.cells.map.count * UnitTraits.classes
    return (0..<count).filter { (router.cells.units.tallies[$0].total == 0) == areEmpty }
  }

  private func first(_ router: borrowing Router, _ slot: Int) -> UnsafeMutablePointer<UInt32> {
    let count = router.cells.map.count
    return UnsafeMutablePointer(
      mutating: router.cells.row(cell: slot % count, levelClass: slot / count, .normal))
  }

  @Test func rowsOfEmptyCellsStayUntouched() throws {
    let compiled = try MapCompilation(
      RandomNetwork.grid(seed: 3, side: 13), with: [.order, .metric, .clearances])
    let image = compiled.image()
    var random = SplitMix64(5)
    var router = try Router(map: image.map, unitCapacity: 64, leafNodes: 2, memory: .system)
    for unit in 0..<3 as Range<UInt32> { stand(unit, &router, &random, image.map) }
    while router.maintain(64) {}
    check(slots(router, areEmpty: false).count, atLeast: 3)
    router.cells.voidAll(.normal)
    let cells = router.cells.map.count
    let empty = slots(router, areEmpty: true).filter { router.cells.map.entries[$0 % cells] > 0 }
    let others = slots(router, areEmpty: false).filter { router.cells.map.entries[$0 % cells] > 0 }
    check(empty.count, atLeast: 20)
    for slot in empty + others { first(router, slot).pointee = Self.unwritten }
    while router.maintain(64) {}
    check(router.cells.isValid(.normal))
    for slot in empty { check(first(router, slot).pointee, equals: Self.unwritten) }
    for slot in others {
      check(first(router, slot).pointee, atMost: Cost.unreachable_ms, "\(slot)")
    }
    // All leave, and one comes: rows above it say where it is, and nothing of those that left.
    for unit in 0..<3 as Range<UInt32> { router.remove(unit: unit) }
    while router.maintain(64) {}
    stand(7, &router, &random, image.map)
    while router.maintain(64) {}
    check(slots(router, areEmpty: false).count, atLeast: 1)
    var found = [NearestUnit](
      repeating: NearestUnit(unit: 0, travel_ms: 0, distance_dm: 0, isStraightLine: true), count: 4)
    for _ in 0..<20 {
      let goal = RandomNetwork.place(on: image.map, &random)
      let count = router.nearest(
        to: goal, filter: UnitFilter(capabilities: 1), limit: 4, profile: .normal, into: &found)
      check(count, equals: 1)
      check(found[0].unit, equals: 7)
    }
  }

  private func stand(
    _ unit: UInt32, _ router: inout Router, _ random: inout SplitMix64, _ map: RoadMap
  ) {
    router.put(
      unit: unit, id: UInt64(unit + 1), capabilities: 1, level: 0, agency: 0,
      availableUntil_us: .max, crew: 1, place: RandomNetwork.place(on: map, &random))
  }
}
