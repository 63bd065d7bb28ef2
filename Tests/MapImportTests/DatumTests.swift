// Street data drawn in GCJ-02 or BD-09 becomes a map in WGS-84: nodes and shape points, once.

import HujiaGeography
import HujiaMapBuild
import HujiaMapImport
import HujiaRoads
import Testing

@Suite struct DatumImportTests {
  @Test(arguments: [Datum.gcj02, .bd09])
  func everyPointIsMovedOnce(datum: Datum) {
    let points: [(lat_e7: Int32, lon_e7: Int32)] = [
      (399_042_000, 1_164_074_000), (399_052_000, 1_164_084_000), (399_062_000, 1_164_094_000),
    ]
    let drawn = points.map { datum.fromWGS84(lat_e7: $0.lat_e7, lon_e7: $0.lon_e7) }
    var draft = MapDraft()
    draft.nodes = [drawn[0], drawn[2]]
    draft.streets = [
      MapDraft.Street(
        id: 7, from: 0, to: 1, length_mm: 300_000, inner: [drawn[1]], forward: .init(1_000),
        backward: nil)
    ]
    draft.convert(from: datum)
    let moved = [draft.nodes[0], draft.streets[0].inner[0], draft.nodes[1]]
    for (point, place) in zip(points, moved) {
      #expect(abs(point.lat_e7 - place.lat_e7) <= 1)
      #expect(abs(point.lon_e7 - place.lon_e7) <= 1)
    }
    #expect(draft.streets[0].length_mm == 300_000)
    let before = draft.nodes
    draft.convert(from: .wgs84)
    #expect(draft.nodes.elementsEqual(before, by: ==))
  }

  @Test func words() {
    #expect(Datum(word: "gcj02") == .gcj02)
    #expect(Datum(word: "bd09") == .bd09)
    #expect(Datum(word: "wgs84") == .wgs84)
    #expect(Datum(word: "GCJ") == nil)
    #expect(Datum(word: "") == nil)
  }
}
