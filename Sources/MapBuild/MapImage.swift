// A compiled map in memory: the bytes that its file would hold. Tests and benchmarks read it as it is; an import writes
// its file without one (`MapCompilation.write`).

import HujiaFiles
import HujiaRoads

/// Owns the bytes of a compiled map; `map` is valid as long as this lives. Immutable once made.
package final class MapImage: @unchecked Sendable {
  package let map: RoadMap
  package let bytes: UnsafeMutableRawBufferPointer

  /// O(bytes).
  package init(_ list: SectionList) {
    let layout = MapLayout(list)
    let image = UnsafeMutableRawBufferPointer.allocate(
      byteCount: layout.bytes, alignment: MapFormat.alignment)
    var offset = 0
    _ = layout.forEachPiece { piece in
      UnsafeMutableRawBufferPointer(rebasing: image[offset...]).copyMemory(from: piece)
      offset += piece.count
      return true
    }
    bytes = image
    do throws(MapFileError) {
      map = try MapReader(UnsafeRawBufferPointer(image), path: "the image").map()
    } catch {
      preconditionFailure("a map that was just compiled does not read back: \(error)")
    }
  }

  /// Compiles a draft without routing's order, which plain search serves. Streets keep their order; arcs are sorted by
  /// tail, head and street. O(n log n), and for the clearances some microseconds a street: leave them out where nothing
  /// will be snapped often.
  package convenience init(_ draft: MapDraft, hasClearances: Bool = true) {
    let draft = draft.unwrapped().takenApart()
    let list = SectionList()
    MapCompiler(draft, list).run()
    if hasClearances { Clearances(list.map()).fill(list) }
    self.init(list)
    withExtendedLifetime(list) {}
  }

  deinit { bytes.deallocate() }

  /// Writes the map as it is, unchecked.
  package func write(to path: String) throws(MapBuildError) {
    try NewFile.make(path) {
      $0(UnsafeRawBufferPointer(bytes))
    } check: {
      (_: String) throws(MapBuildError) in
    } refused: {
      .writing(path: path, reason: $0)
    }
  }
}
