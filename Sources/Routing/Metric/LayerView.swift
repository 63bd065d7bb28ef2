// Travel times of one profile in one epoch, as questions read them: plain pointers, copied freely, never written.

import HujiaRoads

/// What an arc of the hierarchy in one direction stands for: one arc of the map, marked; or a way through a lower node,
/// by the number of that node, which has an arc to either end.
package enum Through {
  static var mapArc: UInt32 { 1 << 31 }
  /// No way.
  static var nothing: UInt32 { .max }
}

/// One direction of the hierarchy's arcs while they are built: costs, and what they stand for. Apart, because only
/// routes read the second.
struct ArcTable: BitwiseCopyable, @unchecked Sendable {
  let costs: UnsafeMutablePointer<UInt64>
  let through: UnsafeMutablePointer<UInt32>

  /// Takes a way that costs less than what is known.
  @inline(__always) func improve(_ arc: Int, _ bits: UInt64, _ through: UInt32) {
    if bits < costs[arc] {
      costs[arc] = bits
      self.through[arc] = through
    }
  }

  @inline(__always) func close(_ arc: Int) {
    costs[arc] = Cost.unreachable.bits
    through[arc] = Through.nothing
  }
}

/// An arc as the search against the direction of travel reads it.
package struct IncomingArc: BitwiseCopyable {
  var tail: UInt32
  /// `Cost.unreachable_ms` or more: closed.
  var time_ms: UInt32
}

/// Row of an upper node v: entry d = the travel time from v to its ancestor at depth d (`up`), or from there to v
/// (`down`), and in another table, at the same place, the length of the shortest way that takes so long.
struct LayerView: BitwiseCopyable, @unchecked Sendable {
  var times_ms: UnsafePointer<UInt32>
  var labels: Labels?

  struct Labels: BitwiseCopyable, @unchecked Sendable {
    var incoming: UnsafePointer<IncomingArc>
    var up: LabelSide
    var down: LabelSide
  }
}

/// From a node up to its ancestors, or from them down to it.
struct LabelSide: BitwiseCopyable, @unchecked Sendable {
  var costs: UnsafePointer<UInt64>
  var through: UnsafePointer<UInt32>
  var times: UnsafePointer<UInt32>
  var lengths: UnsafePointer<UInt32>

  /// An entry of the row that starts at `start`.
  @inline(__always) func cost(_ start: UInt32, _ depth: UInt32) -> Cost {
    let place = Int(start) * Hierarchy.rowStep + Int(depth)
    return Cost(bits: UInt64(times[place]) << 33 | UInt64(lengths[place]))
  }
}
