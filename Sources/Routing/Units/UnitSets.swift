// Which units have a level or a capability, as bit sets: a rare combination is found by a few hundred "and"s, and
// the counts say which way of search will be the fastest. They only choose; they never decide an answer.

import HujiaContainers

struct UnitSets: ~Copyable {
  private let words: Block<UInt64>
  /// Units with a position, by level and by capability.
  private let counts: Block<Int32>
  let wordCount: Int
  /// Words below this one have ever held a unit.
  private(set) var wordsUsed = 0

  private static var levels: Int { 32 }
  private static var sets: Int { 96 }

  /// 12 bytes a unit.
  init(capacity: Int, memory: Memory) throws(OutOfMemory) {
    let wordCount = (capacity + 63) / 64
    let words = try Block<UInt64>(memory, count: wordCount * Self.sets)
    let counts = try Block<Int32>(memory, count: Self.sets)
    self.words = words
    self.counts = counts
    self.wordCount = wordCount
  }

  mutating func insert(_ unit: UInt32, _ traits: UnitTraits) {
    wordsUsed = max(wordsUsed, Int(unit) / 64 + 1)
    change(unit, traits, by: 1)
  }

  mutating func remove(_ unit: UInt32, _ traits: UnitTraits) { change(unit, traits, by: -1) }

  private func change(_ unit: UInt32, _ traits: UnitTraits, by step: Int32) {
    flip(unit, Int(traits.level), step)
    var left = traits.capabilities
    while left != 0 {
      flip(unit, Self.levels + left.trailingZeroBitCount, step)
      left &= left - 1
    }
  }

  private func flip(_ unit: UInt32, _ set: Int, _ step: Int32) {
    let bit: UInt64 = 1 << UInt64(unit % 64)
    assert((words[set * wordCount + Int(unit) / 64] & bit == 0) == (step > 0))
    words[set * wordCount + Int(unit) / 64] ^= bit
    counts[set] += step
  }

  /// At least as many units match as far as levels go.
  func count(levels: UInt32) -> Int {
    var total = 0
    var left = levels
    while left != 0 {
      total += Int(counts[left.trailingZeroBitCount])
      left &= left - 1
    }
    return total
  }

  func count(capability: Int) -> Int { Int(counts[Self.levels + capability]) }

  /// The units of 64 consecutive indices that have one of the levels and all capabilities. O(bits asked for).
  @inline(__always) func word(_ index: Int, _ filter: UnitFilter) -> UInt64 {
    var some: UInt64 = 0
    var left = filter.levels
    while left != 0 {
      some |= words[left.trailingZeroBitCount * wordCount + index]
      left &= left - 1
    }
    var needed = filter.capabilities
    while needed != 0 {
      some &= words[(Self.levels + needed.trailingZeroBitCount) * wordCount + index]
      needed &= needed - 1
    }
    return some
  }
}
