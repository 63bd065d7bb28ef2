// Room for one nearest-units question by labels.

import HujiaContainers

struct NearestScratch: ~Copyable {
  /// The destination's label row: time from each ancestor of its deeper node to the destination.
  let goalRow: Block<UInt32>
  /// A cell's row while it is mended.
  let mendRow: Block<UInt32>
  /// Units that match, for the way of few.
  let few: Block<UInt32>
  /// Units that were met in cells and are not measured yet, each with what its cell shares with the goal.
  let met: Block<Met>
  static var metAtMost: Int { 16 }
  var metCount = 0
  /// Cells still to be opened, nearest first: a binary heap of bound and slot, and how much each shares with the goal.
  private let heap: Block<UInt64>
  private let shared: Block<UInt32>
  private(set) var count = 0

  init(deepest: Int, slots: Int, memory: Memory) throws(OutOfMemory) {
    let entries = deepest + 1 + Hierarchy.rowStep
    let goalRow = try Block<UInt32>(memory, count: entries)
    let mendRow = try Block<UInt32>(memory, count: entries)
    let met = try Block<Met>(memory, count: Self.metAtMost)
    let few = try Block<UInt32>(memory, count: Switch.fewAtMost)
    let heap = try Block<UInt64>(memory, count: slots + 1)
    let shared = try Block<UInt32>(memory, count: slots + 1)
    self.goalRow = goalRow
    self.mendRow = mendRow
    self.few = few
    self.met = met
    self.heap = heap
    self.shared = shared
  }

  struct Met: BitwiseCopyable {
    var unit: UInt32 = 0
    /// As in `Router.open`; once its rows are on their way, the entries to be scanned.
    var shared: UInt32 = 0
  }

  mutating func beginCells() {
    count = 0
    metCount = 0
  }

  /// The slot that `pop` would give.
  @inline(__always) var nextSlot: Int? {
    count == 0 ? nil : Int(UInt32(truncatingIfNeeded: heap[0]))
  }

  @inline(__always)
  mutating func push(slot: Int, bound_ms: UInt32, shared: UInt32) {
    let entry = UInt64(bound_ms) << 32 | UInt64(slot)
    self.shared[slot] = shared
    var place = count
    count += 1
    while place > 0 {
      let parent = (place - 1) / 2
      if heap[parent] <= entry { break }
      heap[place] = heap[parent]
      place = parent
    }
    heap[place] = entry
  }

  @inline(__always)
  mutating func pop() -> (slot: Int, bound_ms: UInt32, shared: UInt32)? {
    guard count > 0 else { return nil }
    let top = heap[0]
    count -= 1
    let entry = heap[count]
    var place = 0
    while true {
      var child = place * 2 + 1
      if child >= count { break }
      if child + 1 < count, heap[child + 1] < heap[child] { child += 1 }
      if heap[child] >= entry { break }
      heap[place] = heap[child]
      place = child
    }
    heap[place] = entry
    let slot = Int(UInt32(truncatingIfNeeded: top))
    return (slot, UInt32(truncatingIfNeeded: top >> 32), shared[slot])
  }
}

/// Which way of search is used when. Never changes an answer, only what it costs. Measured on New York by
/// `RoutingBenchmark switch` (medians in µs, a busy machine; what counts is where one overtakes the other):
///
///     8 of              16     32     48     64     96    128    192    256    512  1,024
///     by labels        3.7    4.7    5.6    6.6    8.0    9.1     13     14     25     52
///     by cells         4.2    5.1    5.4    5.6    6.0    6.2    6.5    7.2    7.9    8.0
///
///     expected to settle:  k = 2   129   32   16      k = 8   129   64   32      k = 32   258   129   64
///     by cells                     6.9  8.9   11               17   20   23                50    52   59
///     by the network                16  7.1  6.3               24   18   15                63    49   42
enum Switch {
  /// At most this many matching units: the label distance of each.
  static var few: Int { 48 }
  /// The same where most units of those levels lack a capability asked for: a cell's row tells how near its nearest
  /// unit is, whether or not that one has it (8 of 100 among 10,000: 9.8 by cells).
  static var fewAmongMany: Int { 120 }
  /// The same while the cells are void after a new metric: then the network search is the other choice (8 of 1,000 by
  /// it: 190; of 4,096: 59).
  static var fewAtMost: Int { 1_400 }
  /// The network search is used when it is expected to settle fewer nodes than this.
  static func settled(limit: Int) -> Int { 40 + 3 * limit }
}
