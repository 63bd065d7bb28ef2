// The streets of one engine: a file copied or mapped, or none.

import HujiaEngine
import HujiaRoads
import HujiaRouting

/// Keeps the map's memory alive for as long as the engine lives.
package final class MapOwner: @unchecked Sendable {
  package let map: RoadMap
  /// Given back before the allocator goes that a copy was taken from.
  private var file: MapFile?
  private let allocator: Allocator

  private init(map: RoadMap, file: MapFile?, allocator: Allocator) {
    self.map = map
    self.file = file
    self.allocator = allocator
  }

  deinit { file = nil }

  /// What tells this map from others; 0 = no map.
  var checksum: UInt64 { file?.checksum ?? 0 }

  /// `path` nil: no streets; every travel time is a marked estimate. A map whose numbers contradict each other is
  /// refused here, whatever its checksums say. O(bytes) for a copy, else O(nodes, arcs, points).
  static func open(
    _ path: String?, _ mapMemory: MapMemory, _ allocator: Allocator
  ) throws(Failure) -> MapOwner {
    guard let path else { return MapOwner(map: .empty, file: nil, allocator: allocator) }
    do throws(MapFileError) {
      let file = try MapFile(
        path: path, copyingInto: mapMemory == .copy ? allocator.memory : nil)
      if let flaw = routingFlaw(file.map) { throw .contradictory(path: path, flaw: flaw) }
      return MapOwner(map: file.map, file: file, allocator: allocator)
    } catch {
      throw Failure(error.status, field: "map_path", error.message)
    }
  }
}

extension MapFileError {
  fileprivate var status: Status {
    switch self {
    case .missing: .file
    case .noMemory: .memory
    default: .map
    }
  }
}
