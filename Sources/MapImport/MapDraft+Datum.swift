// Street data that was drawn in a shifted datum: converted once, before anything is computed from it.

import HujiaGeography
import HujiaMapBuild

extension MapDraft {
  /// Moves every node and shape point from `datum` to WGS-84. Lengths and times stay as the source has them. O(points).
  package mutating func convert(from datum: Datum) {
    guard datum != .wgs84 else { return }
    for index in nodes.indices {
      nodes[index] = datum.toWGS84(lat_e7: nodes[index].lat_e7, lon_e7: nodes[index].lon_e7)
    }
    for street in streets.indices {
      for index in streets[street].inner.indices {
        let point = streets[street].inner[index]
        streets[street].inner[index] = datum.toWGS84(lat_e7: point.lat_e7, lon_e7: point.lon_e7)
      }
    }
  }
}

extension Datum {
  /// The word of an option.
  package init?(word: String) {
    switch word {
    case "wgs84": self = .wgs84
    case "gcj02": self = .gcj02
    case "bd09": self = .bd09
    default: return nil
    }
  }
}
