// The estimate for what the streets do not reach: an island, a map without streets, a unit beyond a closed bridge.
// Integers only, since it orders units: the same answer on every machine.
// Must never be mixed up with a route: the caller marks the answer.

import HujiaRoads

/// travel = great-circle distance × 1.4 ÷ speed, with 30 km/h (normal) or 40 km/h (response).
///
/// The detour factor is the usual urban circuity (Ballou, Rahardja, Sakai, "Selected country circuity factors for
/// road travel distance estimation", 2002: 1.2–2.1); the speeds are those of city driving (Manhattan's measured
/// medians are 22 and 29 km/h, San Francisco's limit 40 km/h). Sphere of 6,371,009 m, haversine.
package enum StraightLine {
  static var radius_mm: UInt64 { 6_371_009_000 }

  /// Milliseconds of a decimetre between a place and its street: 30 km/h, no detour (`Place.gapCost`).
  static var gap_ms: UInt64 { 12 }

  /// An estimate of time and length, saturating.
  package static func travel(from: Place, to: Place, profile: Profile) -> Travel {
    travel(fromLat_e7: from.lat_e7, fromLon_e7: from.lon_e7, to: to, profile: profile)
  }

  static func travel(
    fromLat_e7: Int32, fromLon_e7: Int32, to: Place, profile: Profile
  ) -> Travel {
    let direct_mm = distance_mm(fromLat_e7, fromLon_e7, to.lat_e7, to.lon_e7)
    let driven_mm = direct_mm * 7 / 5
    // 30 km/h: 0.12 ms per mm; 40 km/h: 0.09.
    let time_ms = driven_mm * (profile == .normal ? 12 : 9) / 100
    let isFar = time_ms >= UInt64(Cost.unreachable_ms)
    return Travel(
      travel_ms: isFar ? .max : UInt32(time_ms),
      distance_dm: UInt32(min((driven_mm + 50) / 100, UInt64(UInt32.max))), isStraightLine: true)
  }

  /// Great-circle distance, within 25 mm + 1 in 10⁶ below 1,000 km.
  static func distance_mm(
    _ latA_e7: Int32, _ lonA_e7: Int32, _ latB_e7: Int32, _ lonB_e7: Int32
  ) -> UInt64 {
    let latDifference = UInt64((Int64(latA_e7) - Int64(latB_e7)).magnitude)
    var lonDifference = UInt64((Int64(lonA_e7) - Int64(lonB_e7)).magnitude)
    if lonDifference > 1_800_000_000 {
      lonDifference = 3_600_000_000 - min(lonDifference, 3_600_000_000)
    }
    let sinLat = sine_q30(halfAngle_q30(latDifference))
    let sinLon = sine_q30(halfAngle_q30(lonDifference))
    let atA = (sinLon * cosine_q30(latA_e7)) >> 30
    let atB = (sinLon * cosine_q30(latB_e7)) >> 30
    // sin²(angle / 2) as 60 fractional bits.
    let square = sinLat * sinLat + atA * atB
    let half = arcsine_q30(min(squareRoot(square), 1 << 30))
    let product = (half * 2).multipliedFullWidth(by: radius_mm)
    return product.high << 34 | product.low >> 30
  }

  /// e7 degrees → half the angle in radians, 30 fractional bits. π/360 · 10⁻⁷ · 2³⁰ ≈ 0.937016507
  static func halfAngle_q30(_ degrees_e7: UInt64) -> UInt64 {
    degrees_e7 * 937_016_507 / 1_000_000_000
  }

  /// sin x, x in 0 … π/2, Taylor to x¹³ (error below 10⁻⁸).
  static func sine_q30(_ x: UInt64) -> UInt64 {
    let square = Int64((x * x) >> 30)
    var sum: Int64 = 1 << 30
    for factor: Int64 in [156, 110, 72, 42, 20, 6] {
      sum = (1 << 30) - ((square * sum) >> 30) / factor
    }
    return UInt64(max(0, (Int64(x) * sum) >> 30))
  }

  package static func cosine_q30(_ lat_e7: Int32) -> UInt64 {
    let latitude = min(UInt64(lat_e7.magnitude), 900_000_000)
    return sine_q30(halfAngle_q30((900_000_000 - latitude) * 2))
  }

  /// asin v, v in 0 … 1: the series up to 1/2, beyond it asin v = π/2 − 2 asin √((1 − v)/2).
  private static func arcsine_q30(_ v: UInt64) -> UInt64 {
    if v > 1 << 29 {
      let rest = arcsine_q30(squareRoot(((1 << 30) - v) << 29))
      return 1_686_629_713 - 2 * rest
    }
    let square = (v * v) >> 30
    var term = v
    var sum = v
    var odd: UInt64 = 1
    while odd < 25, term > 0 {
      term = ((term * square) >> 30) * odd / (odd + 1)
      sum += term / (odd + 2)
      odd += 2
    }
    return sum
  }

  /// ⌊√value⌋ by Newton from above.
  package static func squareRoot(_ value: UInt64) -> UInt64 {
    guard value > 1 else { return value }
    var guess: UInt64 = 1 << UInt64((64 - value.leadingZeroBitCount + 1) / 2)
    while true {
      let next = (guess + value / guess) / 2
      if next >= guess { return guess }
      guess = next
    }
  }
}
