// Ways of a unit that take exactly the time of its answer, waiting for their lengths: these are read together, because
// each read waits for memory.

import HujiaContainers

struct Tie: BitwiseCopyable {
  /// Which answer.
  var owner = 0
  /// The unit's row (`LabelQuery.row`), and the cost to the node that it leads from.
  var row: UInt32 = 0
  var rest = Cost.zero
  /// Time from that node on, and the ancestor over which the way leads.
  var time_ms: UInt32 = 0
  var depth: UInt32 = 0
}

struct Ties: ~Copyable {
  static var most: Int { 32 }
  let all: Block<Tie>
  /// The least cost of each answer under way.
  let best: Block<UInt64>
  static var owners: Int { 16 }
  var count = 0

  init(memory: Memory) throws(OutOfMemory) {
    let all = try Block<Tie>(memory, count: Self.most)
    let best = try Block<UInt64>(memory, count: Self.owners)
    self.all = all
    self.best = best
  }
}
