// What 64 unit slots at a time hold, so that a question about all units passes over those that cannot matter with one
// look. It only leaves out what cannot match; the records decide.

import HujiaContainers
import HujiaRouting

/// By word of 64 slots: agencies and kinds, and the longest idle of the units without a position.
struct UnitWords: ~Copyable {
  struct Word: BitwiseCopyable {
    /// A bit of 64 for each agency and each kind that a unit of these slots has ever had: never too few.
    var agencies: UInt64 = 0
    var kinds: UInt64 = 0
    /// Of the live units without a position the longest idle, by its record; among equals the lowest id. Exact.
    var idleSince_ns: Int64 = .max
    var id: UInt64 = .max
    /// Its slot; `.max` = there is none.
    var slot: UInt32 = .max
  }

  private let words: Block<Word>
  private let counted: Block<Int>

  /// Less than a byte a unit.
  init(_ memory: Memory, units: Int) throws(OutOfMemory) {
    let words = try Block<Word>(memory, count: (units + 63) / 64, filledWith: Word())
    let counted = try Block<Int>(memory, count: 1)
    self.words = words
    self.counted = counted
  }

  /// Units that were looked at one by one, for want of a position or for the reasons of a shortfall, ever: for the
  /// tests.
  var looks: Int { counted[0] }
  @inline(__always) func countLook() { counted[0] += 1 }

  @inline(__always) subscript(_ word: Int) -> Word { words[word] }

  /// Of a word's live units without a position the longest idle; nil = there is none.
  mutating func setLeast(_ word: Int, _ least: (slot: UInt32, idleSince_ns: Int64, id: UInt64)?) {
    words[word].idleSince_ns = least?.idleSince_ns ?? .max
    words[word].id = least?.id ?? .max
    words[word].slot = least?.slot ?? .max
  }

  /// A unit has this agency and kind. O(1).
  mutating func note(_ slot: UInt32, agency: UInt32, kind: UInt32) {
    words[Int(slot / 64)].agencies |= Self.bit(agency)
    words[Int(slot / 64)].kinds |= Self.bit(kind)
  }

  /// Whether a unit of the word may have this agency and kind; 0 = any.
  @inline(__always) func mayFit(_ word: Int, agency: UInt32, kind: UInt32) -> Bool {
    (agency == 0 || words[word].agencies & Self.bit(agency) != 0)
      && (kind == 0 || words[word].kinds & Self.bit(kind) != 0)
  }

  private static func bit(_ value: UInt32) -> UInt64 { 1 << UInt64((value &* 0x9e37_79b9) >> 26) }
}
