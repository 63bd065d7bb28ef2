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

  @Test(arguments: [Datum.gcj02, Datum.bd09])
  func thereAndBackTo1e7(datum: Datum) {
    var random = SplitMix64(9)
    for _ in 0..<3_000 {
      // Well inside, so that neither way crosses the rectangle's border.
      let lat = Int32(random.within(15_000_000...550_000_000))
      let lon = Int32(random.within(730_000_000...1_370_000_000))
      let away = datum.fromWGS84(lat_e7: lat, lon_e7: lon)
      let back = datum.toWGS84(lat_e7: away.lat_e7, lon_e7: away.lon_e7)
      #expect(abs(back.lat_e7 - lat) <= 1 && abs(back.lon_e7 - lon) <= 1, "\(lat) \(lon)")
      #expect(away.lat_e7 != lat || away.lon_e7 != lon)
    }
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
