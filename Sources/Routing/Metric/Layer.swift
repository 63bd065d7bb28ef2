// The storage of one profile's travel times in one epoch. Written by `Metric.build`, off the hot path.

import HujiaContainers
import HujiaRoads

final class Layer: @unchecked Sendable {
  let times: Block<UInt32>
  let incoming: Block<IncomingArc>
  let up: Block<ArcCost>
  let down: Block<ArcCost>
  let labelUp: Block<UInt32>
  let viaUp: Block<UInt8>
  /// Only where a way back may differ from the way there; else the rows upwards serve both.
  private(set) var labelDown: Block<UInt32>?
  private(set) var viaDown: Block<UInt8>?
  var isSymmetric = false

  init(map: RoadMap, hierarchy: Hierarchy?, memory: Memory) throws(OutOfMemory) {
    let arcs = hierarchy?.arcCount ?? 0
    let entries = hierarchy?.labelEntries ?? 0
    let times = try Block<UInt32>(memory, count: map.arcCount)
    let incoming = try Block<IncomingArc>(
      memory, count: hierarchy == nil ? 0 : map.arcCount)
    let up = try Block<ArcCost>(memory, count: arcs)
    let down = try Block<ArcCost>(memory, count: arcs)
    let labelUp = try Block<UInt32>(memory, count: entries)
    let viaUp = try Block<UInt8>(memory, count: entries)
    self.times = times
    self.incoming = incoming
    self.up = up
    self.down = down
    self.labelUp = labelUp
    self.viaUp = viaUp
  }

  func needRowsDown(_ memory: Memory) throws(OutOfMemory) {
    if labelDown != nil { return }
    let label = try Block<UInt32>(memory, count: labelUp.count)
    let via = try Block<UInt8>(memory, count: viaUp.count)
    labelDown = consume label
    viaDown = consume via
  }

  var rowsDown: (label: UnsafeMutablePointer<UInt32>, via: UnsafeMutablePointer<UInt8>) {
    if !isSymmetric, let label = labelDown?.base, let via = viaDown?.base { return (label, via) }
    return (labelUp.base, viaUp.base)
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
          viaDown: UnsafePointer(down.via)) : nil)
  }
}
