// When the shifts of 64 units at a time end, so that a question about all units skips those that cannot matter.

import HujiaContainers

/// Bounds by word of 64 unit slots. They may be too wide after a unit has left or said something else, never too
/// narrow. A unit that states no end counts as one that never ends.
struct ShiftBounds: ~Copyable {
  /// Earliest and latest.
  private let ends: Block<InlineArray<2, Int64>>

  /// A quarter of a byte a unit.
  init(_ memory: Memory, units: Int) throws(OutOfMemory) {
    let ends = try Block<InlineArray<2, Int64>>(
      memory, count: (units + 63) / 64, filledWith: [.max, .min])
    self.ends = ends
  }

  /// A unit's shift ends then; 0 = not stated. O(1).
  mutating func note(_ slot: UInt32, shiftEnd_us: Int64) {
    let end_us = shiftEnd_us == 0 ? .max : shiftEnd_us
    let word = Int(slot / 64)
    ends[word][0] = min(ends[word][0], end_us)
    ends[word][1] = max(ends[word][1], end_us)
  }

  /// Whether one of the units may have a shift that ends before `limit_us`.
  func mayEnd(before limit_us: Int64, word: Int) -> Bool { ends[word][0] < limit_us }
  /// Whether one of the units may have a shift that ends at `limit_us` or later.
  func mayLast(to limit_us: Int64, word: Int) -> Bool { ends[word][1] >= limit_us }
}
