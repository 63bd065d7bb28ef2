// Rows of times and lengths from the nodes of units that have none in the metric, kept until the unit leaves the node
// or the times change. How many units keep theirs is never seen in an answer: for the others a row is worked out with
// each look.

import HujiaContainers

struct UnitRows: ~Copyable {
  /// In `UnitEnds.firstRow` and `secondRow`: the row stands here, not in the metric.
  static var mark: UInt32 { 1 << 31 }
  /// 30,000 units on a city of 260,000 nodes, 8,000 in a country of 10 million.
  private static var most_bytes: Int { 128 << 20 }
  private static var mostUnits: Int { 65_536 }

  /// A unit has room for two rows; a row is its times, then its lengths.
  let rows: Block<UInt32>
  /// Entries from a row's times to its lengths.
  let toLengths: Int
  private let held: Block<Held>
  /// Units from this index on keep none.
  let kept: Int

  /// `kept` nil: as many as make sense. `isUsed`: from the start, so that no call on the hot path pays for a first
  /// touch.
  init(
    _ hierarchy: Hierarchy?, unitCapacity: Int, kept wanted: Int?, isUsed: Bool, memory: Memory
  ) throws(OutOfMemory) {
    let isNeeded = (hierarchy?.limits ?? .all) != .all
    let entries =
      isNeeded
      ? ((hierarchy?.deepest ?? 0) + Hierarchy.rowStep) / Hierarchy.rowStep * Hierarchy.rowStep : 0
    let most = wanted ?? min(Self.most_bytes / max(entries * 16, 1), Self.mostUnits)
    let kept = min(most, unitCapacity)
    let rows = try Block<UInt32>(
      memory, count: (kept + 1) * entries * 4, isHot: isUsed, isTouched: isUsed)
    let held = try Block<Held>(memory, count: isNeeded ? kept + 1 : 0)
    self.rows = rows
    self.held = held
    toLengths = entries
    self.kept = kept
  }

  /// The nodes that a unit's room holds the rows of.
  struct Held: BitwiseCopyable {
    var stamp: UInt32 = 0
    var first: UInt32 = .max
    var second: UInt32 = .max
  }

  /// Where the rows of a unit's two nodes stand or are to stand; `.max`: a node that needs none. What stands there
  /// already, the unit having come from a street with the same node, is not written again.
  @inline(__always)
  func rooms(
    _ unit: UInt32, _ first: UInt32, _ second: UInt32, stamp: UInt32
  ) -> (first: Room, second: Room) {
    let index = min(Int(unit), kept)
    var held = held[index]
    if held.stamp != stamp { held = Held(stamp: stamp) }
    // The first row stands in the second room when that holds it already, or when the other holds the second.
    let isSwapped =
      first != .max && held.second == first || second != .max && held.first == second
    let here = isSwapped ? (held.second, held.first) : (held.first, held.second)
    let steps = UInt32(toLengths * 2 / Hierarchy.rowStep)
    let start = UInt32(index * 2) * steps
    let one = Room(
      reference: Self.mark | start + (isSwapped ? steps : 0), isWritten: here.0 == first)
    let two = Room(
      reference: Self.mark | start + (isSwapped ? 0 : steps), isWritten: here.1 == second)
    let new = (first == .max ? here.0 : first, second == .max ? here.1 : second)
    (held.first, held.second) = isSwapped ? (new.1, new.0) : new
    self.held[index] = held
    return (one, two)
  }

  struct Room: BitwiseCopyable {
    let reference: UInt32
    let isWritten: Bool
  }

  @inline(__always) func row(_ reference: UInt32) -> UnsafeMutablePointer<UInt32> {
    rows.base + Int(reference & ~Self.mark) * Hierarchy.rowStep
  }
}
