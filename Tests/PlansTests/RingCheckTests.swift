// Rings beside samples of the ground; how much is looked at.

import HujiaTestSupport
import Testing

@testable import HujiaDriver
@testable import HujiaEngine

@Suite struct RingCheckTests {
  private static let unit: Int32 = 240

  private static func point(_ lon: Int32, _ lat: Int32) -> AreaPoint {
    AreaPoint(lat_e7: lat, lon_e7: lon)
  }

  /// A triangle, a rectangle or an L on a small grid, either way round, some with corners amid their sides.
  private static func ring(_ random: inout SplitMix64) -> [AreaPoint] {
    func grid() -> Int32 { Int32(random.below(5)) * unit }
    var ring: [AreaPoint] = []
    repeat {
      let (x, y) = (grid(), grid())
      let (wide, high) = (Int32(1 + random.below(3)) * unit, Int32(1 + random.below(3)) * unit)
      switch random.below(3) {
      case 0: ring = (0..<3).map { _ in point(grid(), grid()) }
      case 1:
        ring = [point(x, y), point(x + wide, y), point(x + wide, y + high), point(x, y + high)]
      default:
        let (a, b) = (x + wide / 2, y + high / 2)
        ring = [
          point(x, y), point(x + wide, y), point(x + wide, b), point(a, b), point(a, y + high),
          point(x, y + high),
        ]
      }
    } while RingCheck.turn(ring[0], ring[1], ring[2]) == 0
    if random.chance(50) { ring.reverse() }
    guard random.chance(50) else { return ring }
    return ring.enumerated().flatMap { index, here in
      let next = ring[(index + 1) % ring.count]
      return [here, point((here.lon_e7 + next.lon_e7) / 2, (here.lat_e7 + next.lat_e7) / 2)]
    }
  }

  /// Even-odd, one side after the other: 1 inside, 0 on the ring, -1 outside.
  private static func place(_ point: AreaPoint, _ ring: [AreaPoint]) -> Int {
    var isInside = false
    for (index, a) in ring.enumerated() {
      let b = ring[(index + 1) % ring.count]
      let rise = Int64(b.lat_e7) - Int64(a.lat_e7)
      let left = (Int64(point.lon_e7) - Int64(a.lon_e7)) * rise
      let right = (Int64(b.lon_e7) - Int64(a.lon_e7)) * (Int64(point.lat_e7) - Int64(a.lat_e7))
      let isBeside =
        point.lon_e7 >= min(a.lon_e7, b.lon_e7) && point.lon_e7 <= max(a.lon_e7, b.lon_e7)
        && point.lat_e7 >= min(a.lat_e7, b.lat_e7) && point.lat_e7 <= max(a.lat_e7, b.lat_e7)
      if left == right, isBeside { return 0 }
      guard (a.lat_e7 > point.lat_e7) != (b.lat_e7 > point.lat_e7) else { continue }
      if rise > 0 ? left < right : left > right { isInside.toggle() }
    }
    return isInside ? 1 : -1
  }

  /// Whether ground is in both, ground in the one alone and ground in the other alone.
  private static func overlap(_ a: [AreaPoint], _ b: [AreaPoint], step: Int) -> Bool {
    var seen = (both: false, a: false, b: false)
    for lat in stride(from: 1, to: 8 * Int(unit), by: step) {
      for lon in stride(from: 1, to: 8 * Int(unit), by: step) {
        let here = point(Int32(lon), Int32(lat))
        let places = (place(here, a), place(here, b))
        switch places {
        case (1, 1): seen.both = true
        case (1, -1): seen.a = true
        case (-1, 1): seen.b = true
        default: break
        }
        if seen == (true, true, true) { return true }
      }
    }
    return false
  }

  @Test(arguments: 0..<8 as Range<UInt64>)
  func besideSamples(seed: UInt64) {
    var random = SplitMix64(seed)
    var crossings = 0
    for step in 0..<40 {
      let (a, b) = (Self.ring(&random), Self.ring(&random))
      var isCrossing = false
      if case .at = RingCheck.crossing([a, b]) { isCrossing = true }
      crossings += isCrossing ? 1 : 0
      let overlaps =
        Self.overlap(a, b, step: 37) || isCrossing && Self.overlap(a, b, step: 7)
      check(isCrossing, equals: overlaps, "seed \(seed), step \(step): \(a) \(b)")
    }
    check(crossings, above: 0)
  }

  @Test func ringsThatCrossInCornersAreRefused() {
    let error = refusal(
      plans(
        #""areas":[{"name":"a","polygons":[[[[0,0],[2,0],[2,1],[2,2],[1,2],[0,2]]],[[[3,1],[3,3],[1,3],[1,1]]]]}]"#
      ))
    check(error.message.contains("cross"), "\(error.message)")
  }

  @Test func aPlaceIsHeldAgainstFewSides() {
    var random = SplitMix64(3)
    let count = 4_000
    // A comb: up one side with teeth of random length, down the other.
    var ring: [AreaPoint] = []
    for tooth in 0..<count {
      ring.append(Self.point(Int32(random.below(50_000)), Int32(tooth * 100)))
    }
    ring.append(Self.point(90_000, Int32(count * 100)))
    ring.append(Self.point(90_000, 0))
    let index = RingIndex(ring)
    for _ in 0..<300 {
      let place = Self.point(
        Int32(random.below(100_000)) - 5_000, Int32(random.below(count * 110)) - 5_000)
      var looks = 1_000
      check(index.place(place, &looks), equals: Self.place(place, ring), "\(place)")
      check(looks, above: 1_000 - count / 30)
    }
    for corner in ring.prefix(50) {
      var looks = 1_000
      check(index.place(corner, &looks), equals: 0)
    }
  }

  /// Each beside each other would be a hundred million.
  @Test(.timeLimit(.minutes(2))) func manyPartsAndManyRulesAreReadInTime() throws {
    let parts = (0..<5_000).map { number in
      let (x, y) = (Double(number % 100) / 10, Double(number / 100) / 10)
      return "[[[\(x),\(y)],[\(x + 0.05),\(y)],[\(x),\(y + 0.05)]]]"
    }
    let area = #""areas":[{"name":"a","polygons":[\#(parts.joined(separator: ","))]}]"#
    let rules = (0..<10_000).map {
      #"{"name":"\#($0)","types":[\#($0)],"tiers":["emergency","urgent","routine","preventive"],"units":[{}]}"#
    }
    let draft = try decode(Array(plans(area, "[\(rules.joined(separator: ","))]").utf8))
    check(draft.areaRings.count, equals: 5_000)
    check(draft.plans.count, equals: 10_000)
  }

  @Test func tooManyCornersAreRefusedBeforeRingsAreCompared() {
    let ring = (0..<40_000).map { "[\(Double($0) / 1_000),\($0 % 2)]" }.joined(separator: ",")
    let error = refusal(
      plans(#""areas":[{"name":"a","polygons":[[[\#(ring)]],[[\#(ring)]],[[\#(ring)]]]}]"#))
    check(error.message.contains("at most 100,000 corners"), "\(error.message)")
  }
}
