// Chinese feeds deliver GCJ-02 or BD-09, up to 700 m off WGS-84; each place is converted once, at the boundary, and on
// the way out once more where the host wants another datum. Only the mainland is drawn shifted (`hjk_is_mainland`).
// Formulas: the published reverse engineering of GCJ-02 (Krasovsky 1940 ellipsoid) and Baidu's BD-09 offset, as in
// wandergis/coordtransform and evil transform; the inverse is iterated until it agrees to 1e-8 degrees.

import CHujiaKernels

import Glibc

extension Datum {
  /// To WGS-84. What does not come from the mainland passes through. A microsecond.
  package func toWGS84(lat_e7: Int32, lon_e7: Int32) -> (lat_e7: Int32, lon_e7: Int32) {
    guard self != .wgs84, Self.isNearMainland(lat_e7, lon_e7) else { return (lat_e7, lon_e7) }
    var point = Point(lat: Double(lat_e7) / 1e7, lon: Double(lon_e7) / 1e7)
    if self == .bd09 { point = point.gcj02FromBD09 }
    let found = point.wgs84FromGCJ02.rounded
    return hjk_is_mainland(found.lat_e7, found.lon_e7) != 0 ? found : (lat_e7, lon_e7)
  }

  /// From WGS-84. Half a microsecond.
  package func fromWGS84(lat_e7: Int32, lon_e7: Int32) -> (lat_e7: Int32, lon_e7: Int32) {
    guard self != .wgs84, hjk_is_mainland(lat_e7, lon_e7) != 0 else { return (lat_e7, lon_e7) }
    let shifted = Point(lat: Double(lat_e7) / 1e7, lon: Double(lon_e7) / 1e7).gcj02FromWGS84
    return self == .gcj02 ? shifted.rounded : shifted.bd09FromGCJ02.rounded
  }

  /// From one datum to another, by way of WGS-84.
  package static func convert(
    lat_e7: Int32, lon_e7: Int32, from: Datum, to: Datum
  ) -> (lat_e7: Int32, lon_e7: Int32) {
    if from == to { return (lat_e7, lon_e7) }
    let point = from.toWGS84(lat_e7: lat_e7, lon_e7: lon_e7)
    return to.fromWGS84(lat_e7: point.lat_e7, lon_e7: point.lon_e7)
  }

  /// The rectangle around the mainland, shifts included: elsewhere nothing is computed.
  private static func isNearMainland(_ lat_e7: Int32, _ lon_e7: Int32) -> Bool {
    lat_e7 > 169_000_000 && lat_e7 < 541_000_000 && lon_e7 > 729_000_000 && lon_e7 < 1_351_000_000
  }

  private struct Point {
    var lat: Double
    var lon: Double

    var rounded: (lat_e7: Int32, lon_e7: Int32) {
      (Int32((lat * 1e7).rounded()), Int32((lon * 1e7).rounded()))
    }

    var gcj02FromWGS84: Point {
      let shift = gcj02Shift
      return Point(lat: lat + shift.lat, lon: lon + shift.lon)
    }

    private var gcj02Shift: Point {
      let axis = 6_378_245.0
      let eccentricity2 = 0.006_693_421_622_965_943
      let radians = lat / 180 * .pi
      let sine = sin(radians)
      let magic = 1 - eccentricity2 * sine * sine
      let root = magic.squareRoot()
      let dLat = Self.latWave(lon - 105, lat - 35)
      let dLon = Self.lonWave(lon - 105, lat - 35)
      return Point(
        lat: dLat * 180 / (axis * (1 - eccentricity2) / (magic * root) * .pi),
        lon: dLon * 180 / (axis / root * cos(radians) * .pi))
    }

    private static func latWave(_ x: Double, _ y: Double) -> Double {
      let base = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * abs(x).squareRoot()
      let first = (20 * sin(6 * x * .pi) + 20 * sin(2 * x * .pi)) * 2 / 3
      let second = (20 * sin(y * .pi) + 40 * sin(y / 3 * .pi)) * 2 / 3
      let third = (160 * sin(y / 12 * .pi) + 320 * sin(y * .pi / 30)) * 2 / 3
      return base + first + second + third
    }

    private static func lonWave(_ x: Double, _ y: Double) -> Double {
      let base = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * abs(x).squareRoot()
      let first = (20 * sin(6 * x * .pi) + 20 * sin(2 * x * .pi)) * 2 / 3
      let second = (20 * sin(x * .pi) + 40 * sin(x / 3 * .pi)) * 2 / 3
      let third = (150 * sin(x / 12 * .pi) + 300 * sin(x / 30 * .pi)) * 2 / 3
      return base + first + second + third
    }

    var wgs84FromGCJ02: Point {
      var guess = self
      for _ in 0..<30 {
        let there = guess.gcj02FromWGS84
        let dLat = lat - there.lat
        let dLon = lon - there.lon
        guess = Point(lat: guess.lat + dLat, lon: guess.lon + dLon)
        if abs(dLat) < 1e-8 && abs(dLon) < 1e-8 { break }
      }
      return guess
    }

    private static let baiduPi = Double.pi * 3000 / 180

    var bd09FromGCJ02: Point {
      let length = (lon * lon + lat * lat).squareRoot() + 0.000_02 * sin(lat * Self.baiduPi)
      let angle = atan2(lat, lon) + 0.000_003 * cos(lon * Self.baiduPi)
      return Point(lat: length * sin(angle) + 0.006, lon: length * cos(angle) + 0.006_5)
    }

    var gcj02FromBD09: Point {
      var guess = Point(lat: lat - 0.006, lon: lon - 0.006_5)
      for _ in 0..<30 {
        let there = guess.bd09FromGCJ02
        let dLat = lat - there.lat
        let dLon = lon - there.lon
        guess = Point(lat: guess.lat + dLat, lon: guess.lon + dLon)
        if abs(dLat) < 1e-8 && abs(dLon) < 1e-8 { break }
      }
      return guess
    }
  }
}
