// The streets of one engine: a mapped file, or none.

import HujiaRoads

/// Keeps the map's memory alive for as long as the engine lives.
package final class MapOwner: @unchecked Sendable {
  package let map: RoadMap
  private let file: MapFile?

  private init(map: RoadMap, file: MapFile?) {
    self.map = map
    self.file = file
  }

  /// `path` nil: no streets; every travel time is a marked estimate.
  package static func open(_ path: String?) throws(Failure) -> MapOwner {
    guard let path else { return MapOwner(map: .empty, file: nil) }
    do throws(MapFileError) {
      let file = try MapFile(path: path)
      return MapOwner(map: file.map, file: file)
    } catch {
      throw Failure(error.isMissing ? .file : .map, field: "map_path", error.message)
    }
  }
}
