// From the host's own 64-bit unit numbers to our slots, readable while it is written.

public import Synchronization

/// Open addressing from a 64-bit id to a 32-bit slot. One writer (the baton's holder); `find` from any thread without
/// a lock: an id that is there throughout is always found, also while others come and go beside it. Find, insert,
/// remove: O(1) expected; capacity fixed at a load of one half, and removal leaves no marks, so the cost stays that
/// however many ids come and go. It is never iterated, so hashing order cannot decide anything.
public struct IdIndex: ~Copyable, @unchecked Sendable {
  @usableFromInline let inPlace = InPlace()
  @usableFromInline let keys: Block<UInt64>
  @usableFromInline let values: Block<UInt64>
  @usableFromInline let mask: Int
  /// Raised whenever an entry was copied to an earlier place, before its old place is used again.
  @usableFromInline let version: Block<UInt64>
  public private(set) var count = 0

  // A value word: 0 = free (a probe stops), slot + 1 = live, `moving` = being rewritten (a probe goes on).
  @usableFromInline static var moving: UInt64 { .max }

  public init(_ memory: Memory, capacity: Int) throws(OutOfMemory) {
    var rounded = 4
    while rounded < capacity * 2 { rounded <<= 1 }
    let keys = try Block<UInt64>(memory, count: rounded)
    let values = try Block<UInt64>(memory, count: rounded)
    let version = try Block<UInt64>(memory, count: 8)
    self.version = version
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

  /// The slot of `id`, from any thread. Looks again only when entries were moved meanwhile.
  @inlinable public func find(_ id: UInt64) -> UInt32? {
    for _ in 0..<Self.looks {
      let before = Self.word(version, 0).pointee.load(ordering: .acquiring)
      if let slot = probe(id) { return slot }
      if Self.word(version, 0).pointee.load(ordering: .relaxed) == before { return nil }
    }
    return nil
  }

  /// Where a look-up of `id` begins, to fetch it ahead.
  @inlinable public func addresses(_ id: UInt64) -> (value: UnsafeRawPointer, key: UnsafeRawPointer)
  {
    let index = Int(truncatingIfNeeded: Self.spread(id)) & mask
    return (UnsafeRawPointer(values.base + index), UnsafeRawPointer(keys.base + index))
  }

  /// Far more than there can be moves while a reader passes.
  @usableFromInline static var looks: Int { 100_000 }

  @inlinable func probe(_ id: UInt64) -> UInt32? {
    var index = Int(truncatingIfNeeded: Self.spread(id)) & mask
    for _ in 0...mask {
      let value = Self.word(values, index).pointee.load(ordering: .acquiring)
      if value == 0 { return nil }
      if value != Self.moving, Self.word(keys, index).pointee.load(ordering: .acquiring) == id,
        // The pair was not rewritten between the two loads.
        Self.word(values, index).pointee.load(ordering: .relaxed) == value
      {
        return UInt32(truncatingIfNeeded: value - 1)
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
      if values[index] == 0 { break }
      assert(keys[index] != id)
      index = (index + 1) & mask
    }
    write(id, UInt64(slot) + 1, at: index)
    count += 1
    return true
  }

  private func write(_ id: UInt64, _ value: UInt64, at index: Int) {
    Self.word(keys, index).pointee.store(id, ordering: .releasing)
    Self.word(values, index).pointee.store(value, ordering: .releasing)
  }

  /// Removes `id`; false when it is not there. Knuth, TAOCP 6.4 algorithm R: later entries of the same run move back.
  /// An entry is copied before its old place is used, so at every moment each id stands somewhere that a probe reaches.
  public mutating func remove(_ id: UInt64) -> Bool {
    var hole = Int(truncatingIfNeeded: Self.spread(id)) & mask
    while values[hole] != 0, keys[hole] != id { hole = (hole + 1) & mask }
    guard values[hole] != 0 else { return false }
    Self.word(values, hole).pointee.store(Self.moving, ordering: .releasing)
    var next = (hole + 1) & mask
    while values[next] != 0 {
      let home = Int(truncatingIfNeeded: Self.spread(keys[next])) & mask
      if (next - home) & mask >= (next - hole) & mask {
        write(keys[next], values[next], at: hole)
        Self.word(version, 0).pointee.wrappingAdd(1, ordering: .acquiringAndReleasing)
        Self.word(values, next).pointee.store(Self.moving, ordering: .releasing)
        hole = next
      }
      next = (next + 1) & mask
    }
    Self.word(values, hole).pointee.store(0, ordering: .releasing)
    count -= 1
    return true
  }
}
