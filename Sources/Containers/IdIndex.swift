// From the host's own 64-bit unit numbers to our slots, readable while it is written.

public import Synchronization

/// Open addressing from a 64-bit id to a 32-bit slot. One writer (the baton's holder); `find` from any thread
/// without a lock: it may miss a write under way, and it never reads outside the table. The caller confirms a hit
/// by the id stored in the slot itself. Find, insert, remove: O(1) expected; capacity fixed at a load of one half.
/// It is never iterated, so hashing order cannot decide anything.
public struct IdIndex: ~Copyable, @unchecked Sendable {
  @usableFromInline let keys: Block<UInt64>
  @usableFromInline let values: Block<UInt64>
  @usableFromInline let mask: Int
  public private(set) var count = 0

  // A value word: 0 = never used (a probe stops), 1 = removed (a probe goes on), slot + 2 = live.
  @usableFromInline static var removed: UInt64 { 1 }

  public init(_ memory: Memory, capacity: Int) throws(OutOfMemory) {
    var rounded = 4
    while rounded < capacity * 2 { rounded <<= 1 }
    let keys = try Block<UInt64>(memory, count: rounded)
    let values = try Block<UInt64>(memory, count: rounded)
    self.keys = keys
    self.values = values
    mask = rounded - 1
  }

  /// Finalizer of MurmurHash3 (Appleby, public domain): spreads sequential ids.
  @inlinable static func spread(_ id: UInt64) -> UInt64 {
    var x = id
    x ^= x >> 33
    x = x &* 0xff51_afd7_ed55_8ccd
    x ^= x >> 33
    x = x &* 0xc4ce_b9fe_1a85_ec53
    return x ^ (x >> 33)
  }

  @inlinable static func word(
    _ block: borrowing Block<UInt64>, _ index: Int
  ) -> UnsafeMutablePointer<Atomic<UInt64>> {
    UnsafeMutableRawPointer(block.base + index).assumingMemoryBound(to: Atomic<UInt64>.self)
  }

  /// The slot of `id`, from any thread.
  @inlinable public func find(_ id: UInt64) -> UInt32? {
    var index = Int(truncatingIfNeeded: Self.spread(id)) & mask
    for _ in 0...mask {
      let value = Self.word(values, index).pointee.load(ordering: .acquiring)
      if value == 0 { return nil }
      if value != Self.removed,
        Self.word(keys, index).pointee.load(ordering: .relaxed) == id
      {
        return UInt32(truncatingIfNeeded: value - 2)
      }
      index = (index + 1) & mask
    }
    return nil
  }

  /// Adds an id that is not there. False when the table is at its load limit.
  public mutating func insert(_ id: UInt64, slot: UInt32) -> Bool {
    guard count * 2 <= mask else { return false }
    var index = Int(truncatingIfNeeded: Self.spread(id)) & mask
    while true {
      let value = Self.word(values, index).pointee.load(ordering: .relaxed)
      if value == 0 || value == Self.removed { break }
      assert(keys[index] != id)
      index = (index + 1) & mask
    }
    Self.word(keys, index).pointee.store(id, ordering: .relaxed)
    Self.word(values, index).pointee.store(UInt64(slot) + 2, ordering: .releasing)
    count += 1
    return true
  }

  /// Removes `id`; false when it is not there. Trailing removed marks are turned back into free places, so a table
  /// that comes and goes does not fill up with marks.
  public mutating func remove(_ id: UInt64) -> Bool {
    var index = Int(truncatingIfNeeded: Self.spread(id)) & mask
    for _ in 0...mask {
      let value = values[index]
      if value == 0 { return false }
      if value != Self.removed, keys[index] == id {
        Self.word(values, index).pointee.store(Self.removed, ordering: .releasing)
        count -= 1
        sweepMarks(endingAt: index)
        return true
      }
      index = (index + 1) & mask
    }
    return false
  }

  private func sweepMarks(endingAt last: Int) {
    guard values[(last + 1) & mask] == 0 else { return }
    var index = last
    while values[index] == Self.removed {
      Self.word(values, index).pointee.store(0, ordering: .releasing)
      index = (index - 1) & mask
    }
  }
}
