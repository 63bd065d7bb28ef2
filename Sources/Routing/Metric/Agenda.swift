// What is still to be looked at, taken in the order of numbers: arcs from the highest down, nodes from the lowest up.
// A look adds only numbers that come later, so a cursor never goes back.

import HujiaContainers

/// A set of small integers on two levels of bits: add O(1), take the next O(1) but for gaps of 4,096.
struct Agenda: ~Copyable {
  private let words: Block<UInt64>
  private let summary: Block<UInt64>

  init(capacity: Int, memory: Memory) throws(OutOfMemory) {
    let count = (capacity + 63) / 64
    let words = try Block<UInt64>(memory, count: count)
    let summary = try Block<UInt64>(memory, count: (count + 63) / 64)
    self.words = words
    self.summary = summary
  }

  @inline(__always) func contains(_ member: Int) -> Bool {
    words[member >> 6] & (1 << UInt64(member & 63)) != 0
  }

  @inline(__always) func insert(_ member: Int) {
    words[member >> 6] |= 1 << UInt64(member & 63)
    summary[member >> 12] |= 1 << UInt64((member >> 6) & 63)
  }

  /// The highest member. `cursor` starts at `Int.max` and is kept by the caller.
  @inline(__always) func takeHighest(_ cursor: inout Int) -> Int? {
    var group = min(cursor, summary.count - 1)
    while group >= 0, summary[group] == 0 { group -= 1 }
    cursor = group
    guard group >= 0 else { return nil }
    let word = group << 6 + (63 - summary[group].leadingZeroBitCount)
    let bit = 63 - words[word].leadingZeroBitCount
    remove(word, bit)
    return word << 6 + bit
  }

  /// The lowest member. `cursor` starts at 0.
  @inline(__always) func takeLowest(_ cursor: inout Int) -> Int? {
    var group = cursor
    while group < summary.count, summary[group] == 0 { group += 1 }
    cursor = group
    guard group < summary.count else { return nil }
    let word = group << 6 + summary[group].trailingZeroBitCount
    let bit = words[word].trailingZeroBitCount
    remove(word, bit)
    return word << 6 + bit
  }

  @inline(__always) private func remove(_ word: Int, _ bit: Int) {
    words[word] &= ~(1 << UInt64(bit))
    if words[word] == 0 { summary[word >> 6] &= ~(1 << UInt64(word & 63)) }
  }

  func removeAll() {
    words.base.update(repeating: 0, count: words.count)
    summary.base.update(repeating: 0, count: summary.count)
  }
}
