// A place as the C interface takes it: WGS-84 in 1e-7 degrees.

package struct Location: Equatable, Sendable {
  package var lat_e7: Int32
  package var lon_e7: Int32

  package init(lat_e7: Int32, lon_e7: Int32) {
    self.lat_e7 = lat_e7
    self.lon_e7 = lon_e7
  }

  /// Degrees on the planet.
  package init(lat: Double, lon: Double) {
    lat_e7 = Int32((lat * 1e7).rounded())
    lon_e7 = Int32((lon * 1e7).rounded())
  }

  package var lat: Double { Double(lat_e7) / 1e7 }
  package var lon: Double { Double(lon_e7) / 1e7 }
}
