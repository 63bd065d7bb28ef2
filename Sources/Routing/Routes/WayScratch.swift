// Room for taking a route apart: no deeper than the elimination tree.

import HujiaContainers

/// An arc of the hierarchy on a way, and the lower of its two nodes.
struct WayArc: BitwiseCopyable {
  var arc: UInt32 = 0
  var tail: UInt32 = 0
  var isDown = false
}

struct WayScratch: ~Copyable {
  /// Arcs still to be taken apart.
  let pending: Block<WayArc>
  /// Arcs from the start up to the highest node.
  let ascent: Block<WayArc>
  /// Arcs from the destination up to the highest node, to be driven in reverse order.
  let descent: Block<WayArc>

  init(deepest: Int, memory: Memory) throws(OutOfMemory) {
    let pending = try Block<WayArc>(memory, count: deepest * 2 + 8)
    let ascent = try Block<WayArc>(memory, count: deepest + 2)
    let descent = try Block<WayArc>(memory, count: deepest + 2)
    self.pending = pending
    self.ascent = ascent
    self.descent = descent
  }
}
