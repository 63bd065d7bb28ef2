// Street times on a map that keeps one profile out of a street: no report opens it.

import HujiaEngine
import HujiaMapBuild
import HujiaRoads
import HujiaRouting
import HujiaTestSupport
import Testing

@testable import HujiaDriver

@Suite struct ClosedProfileTests {
  private let folder = TemporaryFolder()

  /// Two ways from west to east: street 1 straight, for emergency driving alone; 2 and 3 around, for everybody.
  private func map() -> MapImage {
    var draft = MapDraft()
    draft.nodes = [(0, 70_000_000), (0, 70_010_000), (9_000, 70_005_000)]
    let reserved = MapDraft.Times(normal_ms: MapDraft.Times.closed_ms, response_ms: 8_000)
    draft.streets = [
      MapDraft.Street(
        id: 1, from: 0, to: 1, length_mm: 111_000, forward: reserved, backward: reserved),
      MapDraft.Street(
        id: 2, from: 0, to: 2, length_mm: 115_000, forward: MapDraft.Times(20_000),
        backward: MapDraft.Times(20_000)),
      MapDraft.Street(
        id: 3, from: 2, to: 1, length_mm: 115_000, forward: MapDraft.Times(20_000),
        backward: MapDraft.Times(20_000)),
    ]
    return MapImage(draft)
  }

  @Test func noTimeOpensAStreetToAProfile() throws {
    let path = folder.file("two-ways.hjmap")
    let image = map()
    try image.write(to: path)
    var configuration = Configuration()
    configuration.runMode = .poll
    configuration.mapPath = path
    configuration.maxUnits = 4
    let token = try EngineDriver.open(configuration)
    defer { #expect(EngineDriver.close(token) == .ok) }
    let driver = try #require(EngineDriver.value(token) { $0 })
    var now_ns: Int64 = 0
    func times(after time: StreetTime.Time?, _ profile: Profile? = nil) throws -> [UInt32] {
      if let time {
        let report = StreetTime(streetID: 1, time: time, profile: profile)
        check(driver.reportTraffic(1, { _ in (.ok, report) }, { _, _ in }).status, equals: .ok)
      }
      now_ns += 1
      check(
        driver.poll(now_ns: now_ns, wall_us: 1_600_000_000_000_000 + now_ns, most: 0).status,
        equals: .ok)
      let map = image.map
      let from = map.snap(lat_e7: 0, lon_e7: 70_000_000, limit_mm: 100_000)
      let to = map.snap(lat_e7: 0, lon_e7: 70_010_000, limit_mm: 100_000)
      return [Profile.normal, .response].map {
        driver.travel(TravelQuery(from: from, to: to, profile: $0, wantsDistance: false)).travel_ms
      }
    }
    #expect(try times(after: nil) == [40_000, 8_000])
    #expect(try times(after: .travel(ms: 1_000)) == [40_000, 1_000])
    #expect(try times(after: .travel(ms: 2_000), .normal) == [40_000, 1_000])
    #expect(try times(after: .travel(ms: 3_000), .response) == [40_000, 3_000])
    #expect(try times(after: .closed) == [40_000, 40_000])
    #expect(try times(after: .travel(ms: 4_000)) == [40_000, 4_000])
    #expect(try times(after: .asMapped) == [40_000, 8_000])
  }
}
