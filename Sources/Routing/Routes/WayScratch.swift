// Room for taking a route apart: no deeper than the elimination tree.

import HujiaContainers

struct WayScratch: ~Copyable {
  /// Arcs of the hierarchy still to be taken apart: twice the arc, plus 1 when driven downwards.
  let pending: Block<UInt32>
  /// Arcs from the start up to the highest node.
  let ascent: Block<UInt32>
  /// Arcs from the destination up to the highest node, to be driven in reverse order.
  let descent: Block<UInt32>

  init(deepest: Int, memory: Memory) throws(OutOfMemory) {
    let pending = try Block<UInt32>(memory, count: deepest * 2 + 8)
    let ascent = try Block<UInt32>(memory, count: deepest + 2)
    let descent = try Block<UInt32>(memory, count: deepest + 2)
    self.pending = pending
    self.ascent = ascent
    self.descent = descent
  }
}
