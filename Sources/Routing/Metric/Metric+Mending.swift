// A metric brought up to date where only a few arcs changed: milliseconds instead of a full build, and the same bits.

import HujiaContainers
import HujiaRoads

extension Metric {
  /// Arcs whose times in one layer are new since the last build.
  struct Changes {
    var layer: Int
    var arcs: UnsafeBufferPointer<UInt32>
  }

  /// After `rebuild`, or another `mend`. The new times are in the layer already.
  func mend(
    _ changes: Changes, _ scratch: BuildScratch, _ mending: MendingScratch, _ crew: Crew
  ) {
    guard let hierarchy, !changes.arcs.isEmpty else { return }
    let layer = layer(changes.layer)
    let customization = Customization(
      map: map, hierarchy: hierarchy, layer: layer, index: scratch.index)
    CostMending(customization, mending).run(changes.arcs)
    var directions = (
      LabelMending(
        Self.rowsUp(layer, hierarchy, scratch), scratch, mending, direction: MendingScratch.up),
      LabelMending(
        Self.rowsDown(layer, hierarchy, scratch), scratch, mending,
        direction: MendingScratch.down)
    )
    // A second thread costs more than a few rows do.
    let crew = mending.touchedCount < Self.touchedForTwo ? .alone : crew
    withUnsafeMutablePointer(to: &directions) { directions in
      crew.run(2, directions) { subject, index in
        let directions = subject.assumingMemoryBound(to: (LabelMending, LabelMending).self)
        let one = index == 0 ? directions.pointee.0 : directions.pointee.1
        one.run()
      }
    }
  }

  private static var touchedForTwo: Int { 200 }
}
