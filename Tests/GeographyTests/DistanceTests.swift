// Integer distances beside the great circle in floating point.

import HujiaGeography
import HujiaTestSupport
import Testing

import Glibc

@Suite struct DistanceTests {
  /// The great circle in Double (haversine, Sinnott 1984), on the same sphere.
  private func haversine_mm(_ a: (Int32, Int32), _ b: (Int32, Int32)) -> Double {
    let radians = Double.pi / 180 / 1e7
    let lat = sin((Double(b.0) - Double(a.0)) * radians / 2)
    let lon = sin((Double(b.1) - Double(a.1)) * radians / 2)
    let square = lat * lat + cos(Double(a.0) * radians) * cos(Double(b.0) * radians) * lon * lon
    return 2 * 6_371_008_800 * asin(min(1, square.squareRoot()))
  }

  private func wrapped(_ lon_e7: Int64) -> Int32 {
    var lon_e7 = lon_e7
    if lon_e7 > 1_800_000_000 { lon_e7 -= 3_600_000_000 }
    if lon_e7 < -1_800_000_000 { lon_e7 += 3_600_000_000 }
    return Int32(lon_e7)
  }

  /// Random pairs up to 100 km apart, the dateline among them, up to 80 degrees of latitude.
  @Test func withinAThousandthUpTo100Km() {
    var random = SplitMix64(1)
    for _ in 0..<20_000 {
      let lat = Int32(random.within(-800_000_000...800_000_000))
      let lon =
        random.chance(20)
        ? wrapped(1_800_000_000 + random.within(-2_000_000...2_000_000))
        : Int32(random.within(-1_800_000_000...1_800_000_000))
      let reach_km = [0.01, 0.3, 5, 100][random.below(4)]
      let dLat_km = (Double(random.below(2_001)) / 1_000 - 1) * reach_km * 0.7
      let dLon_km = (Double(random.below(2_001)) / 1_000 - 1) * reach_km * 0.7
      let other = Int32(Double(lat) + dLat_km / 111.195 * 1e7)
      let perDegree_km = 111.195 * cos(Double(lat) / 1e7 * .pi / 180)
      let otherLon = wrapped(Int64(lon) + Int64(dLon_km / perDegree_km * 1e7))
      let truth = haversine_mm((lat, lon), (other, otherLon))
      let found = Double(Distance.between_mm(lat_e7: lat, lon_e7: lon, other, otherLon))
      #expect(abs(found - truth) <= truth * 0.001 + 30, "\(lat) \(lon) \(other) \(otherLon)")
    }
  }

  @Test func symmetricAndZeroOnlyAtOnePlace() {
    var random = SplitMix64(2)
    for _ in 0..<2_000 {
      let a = (
        Int32(random.within(-900_000_000...900_000_000)),
        Int32(random.within(-1_800_000_000...1_800_000_000))
      )
      let b = (
        Int32(random.within(-900_000_000...900_000_000)),
        Int32(random.within(-1_800_000_000...1_800_000_000))
      )
      let there = Distance.between_mm(lat_e7: a.0, lon_e7: a.1, b.0, b.1)
      let back = Distance.between_mm(lat_e7: b.0, lon_e7: b.1, a.0, a.1)
      #expect(there >= 0)
      #expect(abs(there - back) <= 2)
      #expect(Distance.between_mm(lat_e7: a.0, lon_e7: a.1, a.0, a.1) == 0)
    }
  }

  /// At the poles all longitudes are one place; on the dateline +180 and -180 are.
  @Test func polesDatelineAndCorners() {
    #expect(Distance.between_mm(lat_e7: 900_000_000, lon_e7: 0, 900_000_000, 1_700_000_000) < 1_000)
    #expect(Distance.between_mm(lat_e7: 0, lon_e7: 1_800_000_000, 0, -1_800_000_000) == 0)
    for lat in [-900_000_000, 0, 900_000_000] as [Int32] {
      for lon in [-1_800_000_000, 0, 1_800_000_000] as [Int32] {
        for other in [-900_000_000, 0, 900_000_000] as [Int32] {
          for otherLon in [-1_800_000_000, 0, 1_800_000_000] as [Int32] {
            #expect(Distance.between_mm(lat_e7: lat, lon_e7: lon, other, otherLon) >= 0)
          }
        }
      }
    }
    // Numbers that are no coordinates must not trap either: the C face refuses them, but maps are files.
    #expect(Distance.between_mm(lat_e7: .min, lon_e7: .min, .max, .max) > 0)
  }

  @Test func rootIsExact() {
    var random = SplitMix64(3)
    var values: [UInt64] = [0, 1, 2, 3, 4, .max, .max - 1]
    for shift in 0..<32 as Range<UInt64> {
      let root = (1 as UInt64) << shift
      values += [root * root, root * root &- 1, root * root + 1]
    }
    for _ in 0..<5_000 {
      let root = random.next() >> (32 + UInt64(random.below(32)))
      values += [root * root, root * root &- 1, root * root &+ 1, random.next()]
    }
    values.append(4_294_967_295 * 4_294_967_295)
    for value in values {
      let root = UInt64(Distance.root(value))
      #expect(root * root <= value, "\(value)")
      let next = (root + 1).multipliedReportingOverflow(by: root + 1)
      #expect(next.overflow || next.partialValue > value, "\(value)")
    }
  }

  @Test func headings() {
    let half = Compass.direction(3_000)
    #expect(half.east == 8_192)
    for degree in 0..<360 as Range<Int32> {
      let direction = Compass.direction(degree * 100 + 99)
      let length = direction.east * direction.east + direction.north * direction.north
      #expect(abs(length - 16_384 * 16_384) < 40_000, "\(degree)")
    }
    #expect(Compass.direction(0) == (0, 16_384))
    #expect(Compass.direction(9_000) == (16_384, 0))
    #expect(Compass.direction(18_000) == (0, -16_384))
    #expect(Compass.direction(27_000) == (-16_384, 0))
  }
}
