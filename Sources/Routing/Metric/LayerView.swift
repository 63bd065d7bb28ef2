// Travel times of one profile in one epoch, as questions read them: plain pointers, copied freely, never written.

import HujiaRoads

/// An arc of the hierarchy in one direction: its cost, and the way it stands for. `second` none: that is arc `first`
/// of the map. Else the way leads through a lower node: down the hierarchy's arc `first`, then up its arc `second`.
package struct ArcCost: BitwiseCopyable {
  var bits: UInt64
  var first: UInt32
  var second: UInt32

  static var closed: ArcCost {
    ArcCost(bits: Cost.unreachable.bits, first: .max, second: .max)
  }
}

/// An arc as the search against the direction of travel reads it.
package struct IncomingArc: BitwiseCopyable {
  var tail: UInt32
  /// `Cost.unreachable_ms` or more: closed.
  var time_ms: UInt32
}

/// Label row of node v: entry d = the travel time from v to its ancestor at depth d (`labelUp`), or from there to v
/// (`labelDown`), and which of v's arcs, counted from its first, that way begins or ends with (`via`; 255: look).
struct LayerView: BitwiseCopyable, @unchecked Sendable {
  var times_ms: UnsafePointer<UInt32>
  var labels: Labels?

  struct Labels: BitwiseCopyable, @unchecked Sendable {
    var incoming: UnsafePointer<IncomingArc>
    var up: UnsafePointer<ArcCost>
    var down: UnsafePointer<ArcCost>
    var labelUp: UnsafePointer<UInt32>
    var labelDown: UnsafePointer<UInt32>
    var viaUp: UnsafePointer<UInt8>
    var viaDown: UnsafePointer<UInt8>
    /// Millimetres of the ways that the labels stand for, where `Hierarchy.lengthStart` gives a node a row.
    var lengthUp: UnsafePointer<UInt32>
    var lengthDown: UnsafePointer<UInt32>
  }
}

enum Via {
  /// More arcs than a byte counts: found by looking.
  static var look: UInt8 { 255 }
}
