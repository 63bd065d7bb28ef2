// The straight-line estimate beside the plain formula.

import HujiaRoads
import Testing

@testable import HujiaRouting

import Glibc

@Suite struct StraightLineTests {
  private func haversine_m(_ a: (Int32, Int32), _ b: (Int32, Int32)) -> Double {
    func radians(_ e7: Int32) -> Double { Double(e7) / 1e7 * .pi / 180 }
    let lat = sin((radians(a.0) - radians(b.0)) / 2)
    let lon = sin((radians(a.1) - radians(b.1)) / 2)
    let square = lat * lat + cos(radians(a.0)) * cos(radians(b.0)) * lon * lon
    return 2 * 6_371_009 * asin(min(1, square.squareRoot()))
  }

  @Test func equalsTheFloatingPointFormula() {
    var random = SplitMix64(5)
    for _ in 0..<2_000 {
      let a = (
        Int32(random.below(1_800_000_001) - 900_000_000),
        Int32(random.below(3_600_000_001) - 1_800_000_000)
      )
      let near = random.chance(70)
      let b =
        near
        ? (
          max(-900_000_000, min(900_000_000, a.0 &+ Int32(random.below(2_000_001) - 1_000_000))),
          max(
            -1_800_000_000,
            min(1_800_000_000, Int32(clamping: Int(a.1) + random.below(2_000_001) - 1_000_000)))
        )
        : (
          Int32(random.below(1_800_000_001) - 900_000_000),
          Int32(random.below(3_600_000_001) - 1_800_000_000)
        )
      let exact = haversine_m(a, b)
      let found = Double(StraightLine.distance_mm(a.0, a.1, b.0, b.1)) / 1_000
      #expect(abs(found - exact) <= (near ? 0.1 : 50) + exact * 1e-6, "\(a) \(b)")
    }
  }

  @Test func samePlaceIsZero() {
    #expect(StraightLine.distance_mm(10, 20, 10, 20) == 0)
    #expect(StraightLine.squareRoot(.max) == 4_294_967_295)
  }
}
