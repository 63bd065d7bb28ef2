// Where a map's streets come from and what its import warned of, for every text and page that shows the streets.

import HujiaMapBuild
import HujiaRoads

/// Empty on maps that do not say.
package struct StreetsOrigin: Encodable, Equatable, Sendable {
  package var attribution = ""
  package var licence = ""
  /// What looks wrong, a sentence each: routes may be too.
  package var warnings: [String] = []

  package init() {}

  package init(map path: String) throws(MapFileError) {
    let file = try MapFile(path: path)
    if let origin = file.map.origin {
      attribution = origin.attribution
      licence = origin.licence
      warnings = origin.warnings.map(\.words)
    }
    withExtendedLifetime(file) {}
  }

  /// "© OpenStreetMap contributors (ODbL 1.0, …)"; empty when nothing is known.
  package var source: String {
    licence.isEmpty || attribution.isEmpty ? attribution : "\(attribution) (\(licence))"
  }
}
