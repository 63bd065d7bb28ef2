import HujiaContainers
import HujiaMapImport
import HujiaRoads
import HujiaRouting
import HujiaTestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The recorded streets twice: with routing's order (labels, cells) and without (plain search). Same questions, same
/// answers. HUJIA_FULL=1 asks 100,000.
private let streets: String? = {
  let beside = "\(#filePath)".split(separator: "/").dropLast(3).joined(separator: "/")
  for folder in [environment("HUJIA_DATA"), "/\(beside)/../shared/data"] {
    guard let folder else { continue }
    let roads = "\(folder)/san-francisco/roads"
    if access("\(roads)/edges.csv.gz", R_OK) == 0 { return roads }
  }
  return nil
}()

@Suite(.enabled(if: streets != nil, "the recorded cities are not here: set HUJIA_DATA"))
struct RealRoutingTests {
  private static func draft() throws -> MapDraft {
    var options = TableOptions()
    options.columns = [
      "speed_mph": "speed_limit_mph", "name": "street", "points": "inner_points_lon_lat",
      "id": "cnn",
    ]
    options.missingSpeeds = try MissingSpeeds("0,99=25mph")
    let folder = streets ?? ""
    return try StreetTables.read(
      nodes: "\(folder)/nodes.csv.gz", edges: "\(folder)/edges.csv.gz", options: options
    ).draft
  }

  private struct Point {
    var lat_e7: Int32
    var lon_e7: Int32
    init(_ random: inout SplitMix64) {
      lat_e7 = Int32(random.within(377_060_000...378_130_000))
      lon_e7 = Int32(random.within(-1_225_130_000 ... -1_223_570_000))
    }
    func place(_ map: RoadMap) -> Place {
      map.snap(lat_e7: lat_e7, lon_e7: lon_e7, limit_mm: 250_000)
    }
  }

  @Test func labelsAndCellsEqualPlainSearch() throws {
    let draft = try Self.draft()
    let plain = MapImage(draft)
    let ordered = MapImage(routingOrder(draft).draft)
    let unitCount = 167
    var slow = try Router(map: plain.map, unitCapacity: unitCount, memory: .system)
    var fast = try Router(map: ordered.map, unitCapacity: unitCount, memory: .system)
    var random = SplitMix64(2_018)
    for unit in 0..<UInt32(unitCount) {
      let point = Point(&random)
      let capabilities = random.next() & 15
      for isFast in [false, true] {
        let place = point.place(isFast ? ordered.map : plain.map)
        if isFast {
          fast.put(
            unit: unit, id: UInt64(unit) + 1, capabilities: capabilities, level: 0, agency: 0,
            availableUntil_us: .max, isCrewed: true, place: place)
        } else {
          slow.put(
            unit: unit, id: UInt64(unit) + 1, capabilities: capabilities, level: 0, agency: 0,
            availableUntil_us: .max, isCrewed: true, place: place)
        }
      }
    }
    let none = NearestUnit(unit: .max, travel_ms: 0, distance_dm: 0, isStraightLine: false)
    var expected = [NearestUnit](repeating: none, count: 8)
    var actual = expected
    for question in 0..<Scale.count(60, full: 100_000) {
      let from = Point(&random)
      let to = Point(&random)
      let slowTravel = slow.travel(
        from: from.place(plain.map), to: to.place(plain.map), profile: .response)
      let fastTravel = fast.travel(
        from: from.place(ordered.map), to: to.place(ordered.map), profile: .response)
      #expect(slowTravel == fastTravel, "question \(question)")
      // A unit moves, then the nearest are asked for: all, and those with one capability.
      let mover = UInt32(random.below(unitCount))
      slow.move(unit: mover, to: from.place(plain.map))
      fast.move(unit: mover, to: from.place(ordered.map))
      let filter = UnitFilter(capabilities: question % 2 == 0 ? 0 : 4)
      let count = slow.nearest(
        to: to.place(plain.map), filter: filter, limit: 8, profile: .response, into: &expected)
      for way in Router.NearestWay.allCases {
        let found = fast.nearest(
          to: to.place(ordered.map), filter: filter, limit: 8, profile: .response, by: way,
          into: &actual)
        #expect(found == count && actual[0..<found] == expected[0..<count], "\(way) \(question)")
      }
    }
    withExtendedLifetime((plain, ordered)) {}
  }
}
