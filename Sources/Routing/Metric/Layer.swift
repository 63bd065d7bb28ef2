// The storage of one profile's travel times in one epoch. Written by `Metric`, off the hot path.

import HujiaContainers
import HujiaRoads

package final class Layer: @unchecked Sendable {
  package let times: Block<UInt32>
  package let incoming: Block<IncomingArc>
  package let costUp: Block<UInt64>
  package let costDown: Block<UInt64>
  package let throughUp: Block<UInt32>
  package let throughDown: Block<UInt32>
  package let timeUp: Block<UInt32>
  package let lengthUp: Block<UInt32>
  /// Only where a way back may differ from the way there; else the rows upwards serve both.
  private(set) var timeDown: Block<UInt32>?
  private(set) var lengthDown: Block<UInt32>?
  package internal(set) var isSymmetric = false

  /// Unfilled: the pages are touched by the thread that builds.
  init(map: RoadMap, hierarchy: Hierarchy?, memory: Memory) throws(OutOfMemory) {
    let arcs = hierarchy?.arcCount ?? 0
    let entries = hierarchy?.labelEntries ?? 0
    let times = try Block<UInt32>(unfilled: memory, count: map.arcCount)
    let incoming = try Block<IncomingArc>(
      unfilled: memory, count: hierarchy == nil ? 0 : map.arcCount)
    let costUp = try Block<UInt64>(unfilled: memory, count: arcs, isHot: true)
    let costDown = try Block<UInt64>(unfilled: memory, count: arcs, isHot: true)
    let throughUp = try Block<UInt32>(unfilled: memory, count: arcs, isHot: true)
    let throughDown = try Block<UInt32>(unfilled: memory, count: arcs, isHot: true)
    let timeUp = try Block<UInt32>(unfilled: memory, count: entries, isHot: true)
    let lengthUp = try Block<UInt32>(unfilled: memory, count: entries, isHot: true)
    self.times = times
    self.incoming = incoming
    self.costUp = costUp
    self.costDown = costDown
    self.throughUp = throughUp
    self.throughDown = throughDown
    self.timeUp = timeUp
    self.lengthUp = lengthUp
  }

  /// May be called while the layer is read: what is published already does not see it.
  func needRowsDown(_ memory: Memory) throws(OutOfMemory) {
    if timeDown != nil { return }
    let time = try Block<UInt32>(unfilled: memory, count: timeUp.count, isHot: true)
    let length = try Block<UInt32>(unfilled: memory, count: lengthUp.count, isHot: true)
    timeDown = consume time
    lengthDown = consume length
  }

  /// Where one direction's rows are written.
  package struct Rows {
    package var times: UnsafeMutablePointer<UInt32>
    package var lengths: UnsafeMutablePointer<UInt32>
  }

  var rowsUp: Rows { Rows(times: timeUp.base, lengths: lengthUp.base) }

  package var rowsDown: Rows {
    if !isSymmetric, let times = timeDown?.base, let lengths = lengthDown?.base {
      return Rows(times: times, lengths: lengths)
    }
    return rowsUp
  }

  var arcsUp: ArcTable { ArcTable(costs: costUp.base, through: throughUp.base) }
  var arcsDown: ArcTable { ArcTable(costs: costDown.base, through: throughDown.base) }

  func view(hasLabels: Bool) -> LayerView {
    func side(_ arcs: ArcTable, _ rows: Rows) -> LabelSide {
      LabelSide(
        costs: UnsafePointer(arcs.costs), through: UnsafePointer(arcs.through),
        times: UnsafePointer(rows.times), lengths: UnsafePointer(rows.lengths))
    }
    return LayerView(
      times_ms: UnsafePointer(times.base),
      labels: hasLabels
        ? LayerView.Labels(
          incoming: UnsafePointer(incoming.base), up: side(arcsUp, rowsUp),
          down: side(arcsDown, rowsDown)) : nil)
  }
}
