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

  @inline(__always) subscript(_ word: Int) -> Word {
    get { words[word] }
    nonmutating set { words[word] = newValue }
  }

  /// A unit has this agency and kind. O(1).
  func note(_ slot: UInt32, agency: UInt32, kind: UInt32) {
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

extension EngineCore {
  /// A unit came or went, its position became known, or it is idle since another time. O(1); O(64) where it was the
  /// longest idle of its word without a position.
  mutating func fileIdle(_ slot: UInt32) {
    let word = Int(slot / 64)
    let unit = units[slot]
    let known = shifts.words[word]
    if !unit.hasPosition, unitSlots.isLive(slot),
      (unit.idleSince_ns, unit.id) <= (known.idleSince_ns, known.id)
    {
      setLeast(word, slot)
    } else if known.slot == slot {
      setLeast(word, nil)
      for other in slot & ~63..<min(slot | 63, UInt32(unitSlots.touched) &- 1) + 1
      where unitSlots.isLive(other) && !units[other].hasPosition {
        let least = shifts.words[word]
        if (units[other].idleSince_ns, units[other].id) < (least.idleSince_ns, least.id) {
          setLeast(word, other)
        }
      }
    }
  }

  private func setLeast(_ word: Int, _ slot: UInt32?) {
    shifts.words[word].idleSince_ns = slot.map { units[$0].idleSince_ns } ?? .max
    shifts.words[word].id = slot.map { units[$0].id } ?? .max
    shifts.words[word].slot = slot ?? .max
  }
}
