// Which units have a level or a capability, a crew, a position, as bit sets: a rare combination is found by a few
// hundred "and"s, and the counts say which way of search will be the fastest. They only choose; they never decide an
// answer.

import HujiaContainers

struct UnitSets: ~Copyable {
  private let words: Block<UInt64>
  /// Units with a position, by level and by capability.
  private let counts: Block<Int32>
  /// Levels that a unit ever had.
  private var levelsUsed: UInt32 = 0
  let wordCount: Int
  /// Words below this one have ever held a unit.
  private(set) var wordsUsed = 0
  /// The same by all that filters ask.
  var classes: UnitClasses

  private static var levels: Int { 32 }
  private static var crewed: Int { 96 }
  private static var placed: Int { 97 }
  private static var sets: Int { 98 }

  /// 12 bytes a unit, and those of the classes.
  init(capacity: Int, memory: Memory) throws(OutOfMemory) {
    let wordCount = (capacity + 63) / 64
    let words = try Block<UInt64>(memory, count: wordCount * Self.sets)
    let counts = try Block<Int32>(memory, count: Self.crewed)
    let classes = try UnitClasses(unitCapacity: capacity, memory: memory)
    self.words = words
    self.counts = counts
    self.wordCount = wordCount
    self.classes = classes
  }

  mutating func insert(_ unit: UInt32, _ traits: UnitTraits) {
    wordsUsed = max(wordsUsed, Int(unit) / 64 + 1)
    levelsUsed |= 1 << UInt32(traits.level)
    change(unit, traits, by: 1)
    classes.insert(unit, traits)
  }

  mutating func remove(_ unit: UInt32, _ traits: UnitTraits) {
    change(unit, traits, by: -1)
    classes.remove(unit, traits)
  }

  private func change(_ unit: UInt32, _ traits: UnitTraits, by step: Int32) {
    let counted = traits.hasPlace ? step : 0
    flip(unit, Int(traits.level), step)
    counts[Int(traits.level)] += counted
    var left = traits.capabilities
    while left != 0 {
      let set = Self.levels + left.trailingZeroBitCount
      flip(unit, set, step)
      counts[set] += counted
      left &= left - 1
    }
    if traits.crew > 0 { flip(unit, Self.crewed, step) }
    if traits.hasPlace { flip(unit, Self.placed, step) }
  }

  private func flip(_ unit: UInt32, _ set: Int, _ step: Int32) {
    let bit: UInt64 = 1 << UInt64(unit % 64)
    assert((words[set * wordCount + Int(unit) / 64] & bit == 0) == (step > 0))
    words[set * wordCount + Int(unit) / 64] ^= bit
  }

  /// At least as many units match as far as levels go.
  func count(levels: UInt32) -> Int {
    var total = 0
    var left = levels & levelsUsed
    while left != 0 {
      total += Int(counts[left.trailingZeroBitCount])
      left &= left - 1
    }
    return total
  }

  func count(capability: Int) -> Int { Int(counts[Self.levels + capability]) }

  /// Of 64 consecutive units: those with a position, one of the levels and all capabilities. O(bits asked for).
  @inline(__always) func word(_ index: Int, _ filter: UnitFilter) -> UInt64 {
    let placed = words[Self.placed * wordCount + index]
    return placed == 0
      ? 0
      : placed & word(index, levels: filter.levels)
        & word(index, capabilities: filter.capabilities)
  }

  /// Those at one of the levels, wherever they are.
  @inline(__always) func word(_ index: Int, levels: UInt32) -> UInt64 {
    var some: UInt64 = 0
    var left = levels & levelsUsed
    while left != 0 {
      some |= words[left.trailingZeroBitCount * wordCount + index]
      left &= left - 1
    }
    return some
  }

  /// Those with all capabilities; with none asked for, all bits.
  @inline(__always) func word(_ index: Int, capabilities: UInt64) -> UInt64 {
    var some: UInt64 = .max
    var needed = capabilities
    while needed != 0 {
      some &= words[(Self.levels + needed.trailingZeroBitCount) * wordCount + index]
      needed &= needed - 1
    }
    return some
  }

  @inline(__always) func crewed(_ index: Int) -> UInt64 { words[Self.crewed * wordCount + index] }
  @inline(__always) func placed(_ index: Int) -> UInt64 { words[Self.placed * wordCount + index] }
}

// For callers that must look at all units, wherever they are: a word says something about 64 of them.
extension Router {
  package var unitWords: Int { sets.wordsUsed }

  /// The units among the 64 from 64 · `word` on that are at one of the levels and have all capabilities. O(bits asked).
  package func units(word: Int, levels: UInt32, capabilities: UInt64) -> UInt64 {
    sets.word(word, levels: codes(levels)) & sets.word(word, capabilities: capabilities)
  }
  package func crewedUnits(word: Int) -> UInt64 { sets.crewed(word) }
  package func placedUnits(word: Int) -> UInt64 { sets.placed(word) }
}
