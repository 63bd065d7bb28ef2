// The Chinese datums: known values, round trips, and no shift outside China.

import HujiaGeography
import HujiaTestSupport
import Testing

@Suite struct DatumTests {
  /// The pair that the published implementations give for Tiananmen (wandergis/coordtransform, README):
  /// GCJ-02 116.404, 39.915 is WGS-84 116.39775550083061, 39.91359571849836 by its one-step inverse, which is good
  /// to about a metre; the way forth from there is exact.
  @Test func knownValues() {
    let gcj = Datum.gcj02.fromWGS84(lat_e7: 399_150_000, lon_e7: 1_164_040_000)
    // coordtransform: wgs84togcj02(116.404, 39.915) = 116.41024449916938, 39.91640428150164
    #expect(abs(gcj.lat_e7 - 399_164_043) <= 1, "\(gcj)")
    #expect(abs(gcj.lon_e7 - 1_164_102_445) <= 1, "\(gcj)")
    let back = Datum.gcj02.toWGS84(lat_e7: 399_150_000, lon_e7: 1_164_040_000)
    #expect(abs(back.lat_e7 - 399_135_957) <= 100, "\(back)")
    #expect(abs(back.lon_e7 - 1_163_977_555) <= 100, "\(back)")
  }

  /// What the header says of `hj_datum_convert`: there and back again to 1e-7 degrees, every 0.1 degrees.
  @Test(arguments: [Datum.gcj02, Datum.bd09])
  func thereAndBackTo1e7(datum: Datum) {
    var worst: Int32 = 0
    var seen = 0
    for lat in stride(from: Int32(180_123_456), to: 540_000_000, by: 1_000_000) {
      for lon in stride(from: Int32(730_123_456), to: 1_350_000_000, by: 1_000_000) {
        let away = datum.fromWGS84(lat_e7: lat, lon_e7: lon)
        guard away != (lat, lon) else { continue }
        seen += 1
        let back = datum.toWGS84(lat_e7: away.lat_e7, lon_e7: away.lon_e7)
        worst = max(worst, abs(back.lat_e7 - lat), abs(back.lon_e7 - lon))
        let again = datum.fromWGS84(lat_e7: back.lat_e7, lon_e7: back.lon_e7)
        worst = max(worst, abs(again.lat_e7 - away.lat_e7), abs(again.lon_e7 - away.lon_e7))
      }
    }
    #expect(seen > 90_000)
    #expect(worst <= 1)
  }

  /// The other way round: what a feed says, in and out again. Near the outline there are places that no shift leads to.
  @Test(arguments: [Datum.gcj02, Datum.bd09])
  func aFeedComesOutAsItCameIn(datum: Datum) {
    var random = SplitMix64(9)
    var worst: Int32 = 0
    for _ in 0..<20_000 {
      // A rectangle well inside: Xi'an, Chengdu, Wuhan, Changsha.
      let lat = Int32(random.within(250_000_000...380_000_000))
      let lon = Int32(random.within(1_030_000_000...1_160_000_000))
      let point = datum.toWGS84(lat_e7: lat, lon_e7: lon)
      #expect(point != (lat, lon))
      let out = datum.fromWGS84(lat_e7: point.lat_e7, lon_e7: point.lon_e7)
      worst = max(worst, abs(out.lat_e7 - lat), abs(out.lon_e7 - lon))
    }
    #expect(worst <= 1)
  }

  @Test func outsideChinaAndWGS84PassThrough() {
    let places: [(Int32, Int32)] = [
      (377_793_000, -1_224_193_000), (514_000_000, 0), (-338_000_000, 1_512_000_000),
      (900_000_000, 1_800_000_000), (-900_000_000, -1_800_000_000), (0, 0),
      (600_000_000, 1_000_000_000), (.max, .min),
    ]
    for (lat, lon) in places {
      for datum in [Datum.gcj02, .bd09, .wgs84] {
        #expect(datum.toWGS84(lat_e7: lat, lon_e7: lon) == (lat, lon))
        #expect(datum.fromWGS84(lat_e7: lat, lon_e7: lon) == (lat, lon))
      }
    }
    #expect(
      Datum.wgs84.toWGS84(lat_e7: 399_150_000, lon_e7: 1_164_040_000) == (
        399_150_000, 1_164_040_000
      ))
  }

  @Test func shiftIsHundredsOfMetresAtMost() {
    var random = SplitMix64(10)
    for _ in 0..<1_000 {
      let lat = Int32(random.within(180_000_000...500_000_000))
      let lon = Int32(random.within(750_000_000...1_300_000_000))
      let away = Datum.gcj02.fromWGS84(lat_e7: lat, lon_e7: lon)
      #expect(Distance.between_mm(lat_e7: lat, lon_e7: lon, away.lat_e7, away.lon_e7) < 1_000_000)
    }
  }
}
