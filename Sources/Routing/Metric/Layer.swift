// The storage of one profile's travel times in one epoch. Written by `Metric`, off the hot path.

import HujiaContainers
import HujiaRoads

package final class Layer: @unchecked Sendable {
  package let times: Block<UInt32>
  package let incoming: Block<IncomingArc>
  package let up: Block<ArcCost>
  package let down: Block<ArcCost>
  package let labelUp: Block<UInt32>
  package let viaUp: Block<UInt8>
  package let lengthUp: Block<UInt32>
  /// Only where a way back may differ from the way there; else the rows upwards serve both.
  private(set) var labelDown: Block<UInt32>?
  private(set) var viaDown: Block<UInt8>?
  private(set) var lengthDown: Block<UInt32>?
  package internal(set) var isSymmetric = false

  /// Unfilled: the pages are touched by the thread that builds.
  init(map: RoadMap, hierarchy: Hierarchy?, memory: Memory) throws(OutOfMemory) {
    let arcs = hierarchy?.arcCount ?? 0
    let entries = hierarchy?.labelEntries ?? 0
    let times = try Block<UInt32>(unfilled: memory, count: map.arcCount)
    let incoming = try Block<IncomingArc>(
      unfilled: memory, count: hierarchy == nil ? 0 : map.arcCount)
    let up = try Block<ArcCost>(unfilled: memory, count: arcs, isHot: true)
    let down = try Block<ArcCost>(unfilled: memory, count: arcs, isHot: true)
    let labelUp = try Block<UInt32>(unfilled: memory, count: entries, isHot: true)
    let viaUp = try Block<UInt8>(unfilled: memory, count: entries, isHot: true)
    let lengthUp = try Block<UInt32>(
      unfilled: memory, count: hierarchy?.lengthEntries ?? 0, isHot: true)
    self.times = times
    self.incoming = incoming
    self.up = up
    self.down = down
    self.labelUp = labelUp
    self.viaUp = viaUp
    self.lengthUp = lengthUp
  }

  /// May be called while the layer is read: what is published already does not see it.
  func needRowsDown(_ memory: Memory) throws(OutOfMemory) {
    if labelDown != nil { return }
    let label = try Block<UInt32>(unfilled: memory, count: labelUp.count, isHot: true)
    let via = try Block<UInt8>(unfilled: memory, count: viaUp.count, isHot: true)
    let length = try Block<UInt32>(unfilled: memory, count: lengthUp.count, isHot: true)
    labelDown = consume label
    viaDown = consume via
    lengthDown = consume length
  }

  /// Where one direction's labels are written.
  package struct Rows {
    package var label: UnsafeMutablePointer<UInt32>
    package var via: UnsafeMutablePointer<UInt8>
    package var length: UnsafeMutablePointer<UInt32>
  }

  var rowsUp: Rows { Rows(label: labelUp.base, via: viaUp.base, length: lengthUp.base) }

  package var rowsDown: Rows {
    if !isSymmetric, let label = labelDown?.base, let via = viaDown?.base,
      let length = lengthDown?.base
    {
      return Rows(label: label, via: via, length: length)
    }
    return rowsUp
  }

  func view(hasLabels: Bool) -> LayerView {
    let down = rowsDown
    return LayerView(
      times_ms: UnsafePointer(times.base),
      labels: hasLabels
        ? LayerView.Labels(
          incoming: UnsafePointer(incoming.base), up: UnsafePointer(up.base),
          down: UnsafePointer(self.down.base), labelUp: UnsafePointer(labelUp.base),
          labelDown: UnsafePointer(down.label), viaUp: UnsafePointer(viaUp.base),
          viaDown: UnsafePointer(down.via), lengthUp: UnsafePointer(lengthUp.base),
          lengthDown: UnsafePointer(down.length)) : nil)
  }
}
