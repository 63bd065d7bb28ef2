// What a slot refuses by itself. Reporters ask before they take a fix to it, but between the question and the slot
// another may have been faster, so the slot asks again.

import HujiaContainers
import HujiaRoads
import Testing

@testable import HujiaIngest

@Suite struct PositionTableTests {
  private func fix(_ lat_e7: Int32, wall_us: Int64) -> Fix {
    let place = Place(
      street: Place.none, offset_mm: 0, node: Place.none, gap_dm: 0, lat_e7: lat_e7, lon_e7: 0,
      isOffNetwork: true)
    return Fix(
      unitID: 100, place: place, lat_e7: lat_e7, lon_e7: 0, accuracy_dm: 0, wall_us: wall_us,
      fix_ns: 0)
  }

  @Test func theNewestDeviceTimeStands() throws {
    let table = try PositionTable(.system, capacity: 1, rules: FixRules())
    table.latest.assign(0, id: 100)
    let now_us: Int64 = 1_000_000_000
    #expect(table.take(fix(1, wall_us: 900_000_000), in: 0, now_us: now_us) == .accepted)
    #expect(table.take(fix(2, wall_us: 899_999_999), in: 0, now_us: now_us) == .older)
    #expect(table.take(fix(3, wall_us: 1), in: 0, now_us: now_us) == .older)
    #expect(table.take(0, now_ns: 0)?.place.lat_e7 == 1)
    // The same time again is no older news.
    #expect(table.take(fix(4, wall_us: 900_000_000), in: 0, now_us: now_us) == .accepted)
    #expect(table.take(0, now_ns: 0)?.place.lat_e7 == 4)
  }

  /// A time far ahead of now was written under another wall clock: it is no evidence.
  @Test func aTimeThatCannotBeRightStandsForNothing() throws {
    let table = try PositionTable(.system, capacity: 1, rules: FixRules())
    table.latest.assign(0, id: 100)
    let now_us: Int64 = 1_000_000_000
    #expect(table.take(fix(1, wall_us: now_us + 10_000_001), in: 0, now_us: 0) == .accepted)
    #expect(table.take(fix(2, wall_us: now_us), in: 0, now_us: now_us) == .accepted)
    #expect(table.take(0, now_ns: 0)?.place.lat_e7 == 2)
  }
}
