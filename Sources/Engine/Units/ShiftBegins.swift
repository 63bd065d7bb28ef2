// When the shifts of units begin that have not begun yet. Few units wait at a time, so a table by slot with the least
// of each 64 is enough: a begin is found by a look at a word for each 64 units, and nothing is sorted.

import HujiaContainers

struct ShiftBegins: ~Copyable {
  /// On the engine's clock; `Int64.max` = none.
  private let begins_ns: Block<Int64>
  /// The least of 64.
  private let least_ns: Block<Int64>
  /// No begin is before this; `Int64.max` = there is none. It may be too early after a removal, until `popDue` has
  /// looked.
  private(set) var next_ns = Int64.max
  /// No word before this one holds a begin that was due at `searched_ns`.
  private var firstDue = 0
  private var searched_ns = Int64.min

  /// Eight bytes a unit.
  init(_ memory: Memory, units: Int) throws(OutOfMemory) {
    let begins = try Block<Int64>(memory, count: units, filledWith: .max)
    let least = try Block<Int64>(memory, count: (units + 63) / 64, filledWith: .max)
    begins_ns = begins
    least_ns = least
  }

  /// O(1), or O(64) where the least of its word goes.
  mutating func set(_ slot: UInt32, _ begin_ns: Int64) {
    let old_ns = begins_ns[slot]
    guard old_ns != begin_ns else { return }
    begins_ns[slot] = begin_ns
    let word = Int(slot / 64)
    if begin_ns <= least_ns[word] {
      least_ns[word] = begin_ns
    } else if old_ns == least_ns[word] {
      var least = Int64.max
      for index in word * 64..<min(word * 64 + 64, begins_ns.count) {
        least = min(least, begins_ns[index])
      }
      least_ns[word] = least
    }
    next_ns = min(next_ns, begin_ns)
    firstDue = min(firstDue, word)
  }

  func isSet(_ slot: UInt32) -> Bool { begins_ns[slot] != .max }

  /// `Int64.max` = it does not wait for its shift.
  func begin_ns(_ slot: UInt32) -> Int64 { begins_ns[slot] }

  mutating func remove(_ slot: UInt32) { set(slot, .max) }

  /// Takes out one unit whose shift has begun by `now_ns`, the lowest slot first; nil: there is none, and `next_ns` is
  /// exact. O(units / 64) for all that are due at once.
  mutating func popDue(now_ns: Int64) -> UInt32? {
    if now_ns != searched_ns { firstDue = 0 }
    searched_ns = now_ns
    for word in firstDue..<least_ns.count where least_ns[word] <= now_ns {
      firstDue = word
      for index in word * 64..<min(word * 64 + 64, begins_ns.count)
      where begins_ns[index] <= now_ns {
        remove(UInt32(index))
        return UInt32(index)
      }
    }
    firstDue = 0
    next_ns = .max
    for word in 0..<least_ns.count { next_ns = min(next_ns, least_ns[word]) }
    return nil
  }

  func validate(_ invariants: inout Invariants) {
    for word in 0..<least_ns.count {
      var least = Int64.max
      for index in word * 64..<min(word * 64 + 64, begins_ns.count) {
        least = min(least, begins_ns[index])
      }
      invariants.hold(
        least_ns[word] == least, "a word of units knows the first shift to begin", word)
      invariants.hold(next_ns <= least, "no shift begins before the next that does", word)
    }
  }
}
