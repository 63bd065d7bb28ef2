// Areas with holes and parts beside a plain walk over all rings and all plans; the grid over them; what is refused.

import HujiaContainers
import HujiaTestSupport
import Testing

@testable import HujiaDriver
@testable import HujiaEngine

@Suite struct AreasTests {
  private typealias Point = (lat: Int32, lon: Int32)

  /// Four corners about a centre, none of them quite square.
  private static func quad(
    _ centre: Point, _ half: Int32, _ random: inout SplitMix64
  ) -> [Point] {
    let corners: [(up: Int32, right: Int32)] = [(-1, -1), (-1, 1), (1, 1), (1, -1)]
    return corners.map { corner in
      let jitter = Int32(random.below(Int(half / 4)))
      let other = Int32(random.below(Int(half / 4)))
      return (
        centre.lat + corner.up * (half - jitter), centre.lon + corner.right * (half - other)
      )
    }
  }

  private static func text(_ ring: [Point]) -> String {
    "[\(ring.map { "[\(Double($0.lon) / 1e7),\(Double($0.lat) / 1e7)]" }.joined(separator: ","))]"
  }

  /// Parts, each with its rings.
  private static func area(_ random: inout SplitMix64) -> [[[Point]]] {
    let lon: Int32 = random.chance(20) ? 1_799_500_000 : 1_000_000_000
    let centre: Point = (
      lat: 300_000_000 + Int32(random.below(2_000_000)), lon: lon + Int32(random.below(2_000_000))
    )
    let half = Int32(100_000 + random.below(400_000))
    var parts = [[quad(centre, half, &random)]]
    if random.chance(40) { parts[0].append(quad(centre, half / 3, &random)) }
    if random.chance(30) {
      parts.append([quad((centre.lat + 3 * half, centre.lon), half, &random)])
    }
    return parts
  }

  /// Even-odd, one ring after the other, in 128 bits.
  private static func holds(_ rings: [[Point]], _ place: Point) -> Bool {
    let lons = rings.joined().map { Int64($0.lon) }
    var lon = Int64(place.lon)
    if lon < lons.min() ?? 0 { lon += 3_600_000_000 }
    if lon > lons.max() ?? 0 { lon -= 3_600_000_000 }
    var isInside = false
    for ring in rings {
      for (index, a) in ring.enumerated() {
        let b = ring[(index + 1) % ring.count]
        guard (a.lat > place.lat) != (b.lat > place.lat) else { continue }
        let rise = Int128(b.lat) - Int128(a.lat)
        let left = (Int128(lon) - Int128(a.lon)) * rise
        let right = (Int128(b.lon) - Int128(a.lon)) * (Int128(place.lat) - Int128(a.lat))
        if rise > 0 ? left < right : left > right { isInside.toggle() }
      }
    }
    return isInside
  }

  private struct PlainPlan {
    var areas: [Int]
    var type: UInt32?
    var tier: Int?
    var weight: Int { (type == nil ? 0 : 16) + (tier == nil ? 0 : 8) + (areas.isEmpty ? 0 : 5) }
  }

  @Test(arguments: 0..<12 as Range<UInt64>)
  func besideAWalkOverAll(seed: UInt64) throws {
    var random = SplitMix64(seed)
    let areas = (0..<60).map { _ in Self.area(&random) }
    let words = ["emergency", "urgent", "routine", "preventive"]
    var plain: [PlainPlan] = []
    var rows: [String] = []
    for number in 0..<80 {
      let named = (0..<random.below(4)).map { _ in random.below(areas.count) }
      let plan = PlainPlan(
        areas: named, type: random.chance(70) ? UInt32(number) % 9 : nil,
        tier: random.chance(50) ? random.below(4) : nil)
      // Another with the same conditions never matches, and is refused.
      let isTwice = plain.contains {
        $0.type == plan.type && $0.areas.isEmpty == plan.areas.isEmpty
          && ($0.tier == nil) == (plan.tier == nil) && ($0.tier == plan.tier)
          && Set(plan.areas).isSubset(of: $0.areas)
      }
      if isTwice { continue }
      plain.append(plan)
      var members = [#""name":"\#(number)","units":[{}]"#]
      if !named.isEmpty { members.append(#""areas":\#(named.map { "\($0)" })"#) }
      if let type = plan.type { members.append(#""types":[\#(type)]"#) }
      if let tier = plan.tier { members.append(#""tiers":["\#(words[tier])"]"#) }
      rows.append("{\(members.joined(separator: ","))}")
    }
    let places = areas.enumerated().map { index, parts in
      let list = parts.map { "[\($0.map(Self.text).joined(separator: ","))]" }
      return #"{"name":"\#(index)","polygons":[\#(list.joined(separator: ","))]}"#
    }
    let tables = try tables(
      plans(#""areas":[\#(places.joined(separator: ","))]"#, "[\(rows.joined(separator: ","))]"))
    for step in 0..<600 {
      var place: Point = (
        lat: 299_500_000 + Int32(random.below(4_500_000)),
        lon: 999_500_000 + Int32(random.below(3_500_000))
      )
      if random.chance(25) { place.lon = -1_799_900_000 + Int32(random.below(1_500_000)) }
      if random.chance(30) {
        let ring = areas[random.below(areas.count)][0][0]
        place = ring[random.below(4)]
        if place.lon > 1_800_000_000 { place.lon = Int32(Int64(place.lon) - 3_600_000_000) }
      }
      let (type, tier) = (UInt32(random.below(9)), random.below(4))
      var best = 0
      for (index, plan) in plain.enumerated() {
        guard plan.type == nil || plan.type == type, plan.tier == nil || plan.tier == tier,
          plan.areas.isEmpty
            || plan.areas.contains(where: { Self.holds(Array(areas[$0].joined()), place) })
        else { continue }
        if best == 0 || plan.weight > plain[best - 1].weight { best = index + 1 }
      }
      let found = match(
        tables, type: type, tier: Tier(rawValue: UInt8(tier + 1)) ?? .none,
        at: (place.lat, place.lon))
      check(Int(found), equals: best, "seed \(seed), step \(step)")
    }
  }

  /// A ground of squares, one of them with a hole that another fills: each place is in exactly one.
  @Test func aBorderBelongsToOne() throws {
    var list = [
      #"{"name":"ring","polygons":[[[[0,0],[3,0],[3,3],[0,3]],[[1,1],[2,1],[2,2],[1,2]]]]}"#,
      #"{"name":"core","polygon":[[1,1],[2,1],[2,2],[1,2]]}"#,
    ]
    for x in 0..<3 {
      list.append(#"{"name":"\#(x)","polygon":[[\#(x),3],[\#(x + 1),3],[\#(x + 1),4],[\#(x),4]]}"#)
    }
    let text = plans(#""areas":[\#(list.joined(separator: ","))]"#)
    let tables = try tables(text)
    for x in 0..<30 as Range<Int32> {
      for y in 0..<40 as Range<Int32> {
        let place = (lat: y * 1_000_000, lon: x * 1_000_000)
        let owners = (0..<tables.areas.count).filter {
          tables.contains(tables.areas[$0], place.lat, place.lon)
        }
        check(owners.count, equals: 1, "\(place)")
      }
    }
  }

  /// However many areas there are, few of them are looked at.
  @Test func tenThousandAreasCostFewLooks() throws {
    var areas: [String] = []
    for x in 0..<100 {
      for y in 0..<100 {
        let (west, east) = ("\(x)", "\(x + 1)")
        let (south, north) = ("\(Double(y) / 2)", "\(Double(y + 1) / 2)")
        areas.append(
          #"{"name":"\#(x) \#(y)","polygon":[[\#(west),\#(south)],[\#(east),\#(south)],[\#(east),\#(north)],[\#(west),\#(north)]]}"#
        )
      }
    }
    let rules = (0..<10_000).map {
      #"{"name":"\#($0)","units":[{}],"areas":["\#($0 / 100) \#($0 % 100)"]}"#
    }
    let tables = try tables(
      plans(
        #""areas":[\#(areas.joined(separator: ","))]"#, "[\(rules.joined(separator: ","))]"))
    var random = SplitMix64(4)
    var most = 0
    for _ in 0..<2_000 {
      var looks = 0
      tables.areaGrid.each(Int32(random.below(500_000_000)), Int32(random.below(1_000_000_000))) {
        _ in looks += 1
      }
      most = max(most, looks)
      let (row, column) = (random.below(100), random.below(100))
      let place = (Int32(row) * 5_000_000 + 7, Int32(column) * 10_000_000 + 7)
      check(Int(match(tables, at: place)), equals: column * 100 + row + 1)
    }
    #expect(
      tables.areas.count == 10_000 && most >= 1 && most <= 8, "\(tables.areas.count): \(most)")
  }

  @Test(arguments: [
    (#"{"polygons":[]}"#, "areas[0].polygons", "empty"),
    (#"{"polygons":[[]]}"#, "areas[0].polygons[0]", "empty"),
    (#"{"polygons":[[[]]]}"#, "areas[0].polygons[0][0]", "at least 3"),
    (#"{"polygons":[[[[0,0],[1,1],[2,2]]]]}"#, "areas[0].polygons[0][0]", "encloses nothing"),
    (#"{"polygons":[[[[0,0],[2,2],[2,0],[0,2]]]]}"#, "areas[0].polygons", "cross"),
    (
      #"{"polygons":[[[[0,0],[3,0],[3,3],[0,3]],[[2,1],[4,1],[4,2],[2,2]]]]}"#,
      "areas[0].polygons[0][1]", "hole"
    ),
    (
      #"{"polygons":[[[[0,0],[3,0],[3,3],[0,3]]],[[[1,1],[2,1],[2,2]]]]}"#,
      "areas[0].polygons[1][0]", "another part"
    ),
    (
      #"{"polygons":[[[[0,0],[3,0],[3,3],[0,3]]],[[[0,0],[3,0],[3,3],[0,3]]]]}"#,
      "areas[0].polygons[1][0]", "another part"
    ),
    (
      #"{"polygons":[[[[0,0],[3,0],[3,3],[0,3]]],[[[2,2],[5,1],[5,5]]]]}"#, "areas[0].polygons",
      "cross"
    ),
    (
      #"{"polygons":[[[[0,0],[3,0],[3,3]]]],"polygon":[[0,0],[1,0],[1,1]]}"#, "areas[0].polygons",
      "keep one"
    ),
    (#"{}"#, "areas[0]", "lacks \"polygon\""),
  ])
  func whatIsRefused(area: String, field: String, words: String) {
    let named =
      area == "{}"
      ? #"{"name":"a"}"# : area.replacing("{", with: #"{"name":"a","#, maxReplacements: 1)
    let error = refusal(plans(#""areas":[\#(named)]"#))
    #expect(error.field == field, "\(area): \(error.field): \(error.message)")
    #expect(error.message.contains(words), "\(area): \(error.message)")
  }

  /// A part in a hole, parts that touch, a hole that touches its border.
  @Test func whatTouchesIsTaken() throws {
    for area in [
      "[[[0,0],[9,0],[9,9],[0,9]],[[2,2],[7,2],[7,7],[2,7]]],[[[3,3],[6,3],[6,6]]]",
      "[[[0,0],[3,0],[3,3],[0,3]]],[[[3,0],[6,0],[6,3],[3,3]]]",
      "[[[0,0],[3,0],[3,3],[0,3]],[[0,0],[1,0],[1,1]]]",
    ] {
      _ = try decode(Array(plans(#""areas":[{"name":"a","polygons":[\#(area)]}]"#).utf8))
    }
  }

  @Test func tangledSidesEnd() {
    var random = SplitMix64(9)
    let ring = (0..<400).map { _ in
      AreaPoint(lat_e7: Int32(random.below(1_000_000)), lon_e7: Int32(random.below(1_000_000)))
    }
    // No side of a bow crosses another, and yet too many are looked at.
    let bow = (0..<400).map { AreaPoint(lat_e7: Int32($0 * $0), lon_e7: Int32($0 * 1_000)) }
    guard case .none = RingCheck.crossing([bow]),
      case .tangled = RingCheck.crossing([bow], pairs: 3)
    else {
      Issue.record("it went on")
      return
    }
    guard case .at = RingCheck.crossing([ring]) else {
      Issue.record("no crossing was found")
      return
    }
  }

  // GeoJSON

  private func converted(_ text: String, name: String = "id") throws -> String {
    let bytes = Array(text.utf8)
    return try bytes.withUnsafeBytes { bytes throws(Failure) in
      try AreaFile.plansText(bytes, name: name)
    }
  }

  @Test func geoJSONBecomesAreas() throws {
    let text = try converted(
      #"""
      {"type":"FeatureCollection","crs":null,"features":[
        {"type":"Feature","properties":{"id":7,"x":null},
         "geometry":{"type":"Polygon",
           "coordinates":[[[0,0,5],[3,0],[3,3],[0,3],[0,0]],[[1,1],[2,1],[2,2],[1,1]]]}},
        {"type":"Feature","properties":{"id":"\u7ad9 \"A\"\n"},
         "geometry":{"type":"MultiPolygon",
           "coordinates":[[[[5,0],[6,0],[6,1]]],[[[7,0],[8,0],[8,1]]]]}}]}
      """#)
    let list = String(text.dropFirst().dropLast(2))
    let plans = plans(
      list,
      #"[{"name":"a","units":[{}],"areas":["7"]},"#
        + #"{"name":"b","units":[{}],"areas":["\u7ad9 \"A\"\n"]}]"#)
    let draft = try decode(Array(plans.utf8))
    #expect(draft.areas.map(\.count) == [2, 2])
    #expect(draft.areaRings.map(\.count).sorted() == [3, 3, 3, 4])
    let tables = try tables(plans)
    let places: [(place: (Int32, Int32), plan: UInt32)] = [
      ((5_000_000, 15_000_000), 1), ((12_000_000, 18_000_000), 0), ((1_000_000, 58_000_000), 2),
    ]
    for (place, plan) in places { #expect(match(tables, at: place) == plan, "\(place)") }
  }

  @Test(arguments: [
    ("{", "line 1"), ("[]", "give an object"), (#"{"type":"Point"}"#, "Feature"),
    (#"{"type":"FeatureCollection","features":[]}"#, "no feature"),
    (
      #"{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1]]]}}"#,
      "properties"
    ),
    (
      #"{"type":"Feature","properties":{"id":1},"geometry":{"type":"LineString","coordinates":[]}}"#,
      "Polygon and MultiPolygon"
    ),
    (
      #"{"type":"Feature","properties":{"id":1},"geometry":{"type":"Polygon","coordinates":[[[0,0],[2,2],[2,0],[0,2]]]}}"#,
      "cross"
    ),
    (#"{"type":"Feature","properties":{"id":1},"geometry":null}"#, "geometry"),
    (
      #"{"type":"Feature","properties":{"id":1},"geometry":{"type":"Polygon","coordinates":[[[0],[1,1],[2,0]]]}}"#,
      "[longitude, latitude]"
    ),
  ])
  func brokenGeoJSON(text: String, words: String) {
    do {
      _ = try converted(text)
      Issue.record("it was accepted: \(text)")
    } catch {
      #expect("\(error)".contains(words), "\(text): \(error)")
    }
  }
}
