// Distances on the Earth in integer millimetres. Decisions never hang on a floating-point comparison: the scale of a
// degree of longitude comes from a table of integers, and everything after it is integer arithmetic.

import Glibc

/// Lengths on a sphere of the Earth's mean radius (IUGG: 6,371,008.8 m).
package enum Distance {
  /// Millimetres of 1e-7 degrees of latitude, times 2^20: 6,371,008,800 mm * pi / 180 / 1e7 * 2^20.
  package static let latScale: Int64 = 11_659_602

  /// cos(lat) * 2^30 for lat = 0, 1/4, 1/2 ... 90 degrees.
  private static let cosines: [Int64] = (0...360).map { step in
    Int64((cos(Double(step) / 4 * .pi / 180) * 1_073_741_824).rounded())
  }

  /// Millimetres of 1e-7 degrees of longitude at a latitude, times 2^20; linear between quarter degrees (error below
  /// 3e-6). O(1).
  package static func lonScale(lat_e7: Int32) -> Int64 {
    let lat = Int64(lat_e7).magnitude
    let step = 2_500_000 as UInt64
    let index = Int(min(lat / step, 359))
    let rest = Int64(min(lat - UInt64(index) * step, step))
    let low = cosines[index]
    let cosine = low + (cosines[index + 1] - low) * rest / Int64(step)
    return (latScale * cosine) >> 30
  }

  /// Length of the straight line between two points in millimetres, by the local scale at their middle latitude (good
  /// to 0.1 % within 100 km, the use here), capped at 2^31 - 1 per axis. Integer arithmetic only. O(1).
  package static func between_mm(
    lat_e7: Int32, lon_e7: Int32, _ otherLat_e7: Int32, _ otherLon_e7: Int32
  ) -> Int64 {
    let middle_e7 = Int32((Int64(lat_e7) + Int64(otherLat_e7)) / 2)
    let dy = axis_mm(Int64(otherLat_e7) - Int64(lat_e7), latScale)
    var dLon_e7 = Int64(otherLon_e7) - Int64(lon_e7)
    if dLon_e7 > 1_800_000_000 { dLon_e7 -= 3_600_000_000 }
    if dLon_e7 < -1_800_000_000 { dLon_e7 += 3_600_000_000 }
    let dx = axis_mm(dLon_e7, lonScale(lat_e7: middle_e7))
    return root(UInt64(dx * dx) + UInt64(dy * dy))
  }

  /// A difference in e7 to millimetres, capped so that its square fits.
  @inline(__always)
  package static func axis_mm(_ difference_e7: Int64, _ scale: Int64) -> Int64 {
    let value = (difference_e7 * scale) >> 20
    return min(max(value, -2_147_483_647), 2_147_483_647)
  }

  /// Integer square root, rounded down. The hardware root is exact to the last bit; the correction makes it certain.
  @inline(__always)
  package static func root(_ square: UInt64) -> Int64 {
    var guess = UInt64(Double(square).squareRoot())
    while guess.multipliedReportingOverflow(by: guess).overflow || guess * guess > square {
      guess -= 1
    }
    while (guess + 1).multipliedReportingOverflow(by: guess + 1).overflow == false,
      (guess + 1) * (guess + 1) <= square
    {
      guess += 1
    }
    return Int64(guess)
  }
}
