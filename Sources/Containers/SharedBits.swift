// A set of slot numbers that any thread adds to and one thread empties: which units have a new position.

public import Synchronization

/// Bits in three levels, so that the next member of a million is found in three loads. `insert` from any thread: one
/// atomic "or" and two loads, usually. `popNext` by one thread at a time (the baton's holder). When `insert` has
/// returned, the member is found by every `popNext` that begins later.
public struct SharedBits: ~Copyable, @unchecked Sendable {
  @usableFromInline let bits: Block<UInt64>
  /// Bit n: word n of the level below may hold something.
  @usableFromInline let middle: Block<UInt64>
  @usableFromInline let top: Block<UInt64>
  /// Where the next search begins, so that low numbers do not go first for ever. The emptier's own.
  @usableFromInline let cursor: Block<Int>

  public init(_ memory: Memory, capacity: Int) throws(OutOfMemory) {
    let count = (max(capacity, 1) + 63) / 64
    let middleCount = (count + 63) / 64
    let bits = try Block<UInt64>(memory, count: count)
    let middle = try Block<UInt64>(memory, count: middleCount)
    let top = try Block<UInt64>(memory, count: (middleCount + 63) / 64)
    let cursor = try Block<Int>(memory, count: 1)
    self.bits = bits
    self.middle = middle
    self.top = top
    self.cursor = cursor
  }

  /// In other memory, with the members of `other`, which has the same capacity and is used by nobody else.
  public init(
    _ memory: Memory, moving other: borrowing SharedBits, capacity: Int
  ) throws(OutOfMemory) {
    try self.init(memory, capacity: capacity)
    take(other)
  }

  func take(_ other: borrowing SharedBits) {
    bits.take(other.bits)
    middle.take(other.middle)
    top.take(other.top)
  }

  /// At least so many bytes.
  public static func bytes(capacity: Int) -> Int {
    let count = (max(capacity, 1) + 63) / 64
    let middleCount = (count + 63) / 64
    return (count + middleCount + (middleCount + 63) / 64 + 1) * 8 + 4 * 64
  }

  @inlinable static func word(
    _ block: borrowing Block<UInt64>, _ index: Int
  ) -> UnsafeMutablePointer<Atomic<UInt64>> {
    UnsafeMutableRawPointer(block.base + index).assumingMemoryBound(to: Atomic<UInt64>.self)
  }

  @inlinable static func load(_ block: borrowing Block<UInt64>, _ index: Int) -> UInt64 {
    word(block, index).pointee.load(ordering: .sequentiallyConsistent)
  }
  @inlinable static func set(_ block: borrowing Block<UInt64>, _ bit: Int) {
    word(block, bit >> 6).pointee.bitwiseOr(
      1 << UInt64(bit & 63), ordering: .sequentiallyConsistent)
  }
  @inlinable static func clear(_ block: borrowing Block<UInt64>, _ bit: Int) {
    word(block, bit >> 6).pointee.bitwiseAnd(
      ~(1 << UInt64(bit & 63)), ordering: .sequentiallyConsistent)
  }

  /// From any thread. The levels above are looked at every time: the thread that set the first bit of a word may be
  /// asleep before it marks them.
  @inlinable public func insert(_ member: UInt32) {
    let bit = Int(member)
    Self.set(bits, bit)
    if Self.load(middle, bit >> 12) & (1 << UInt64(bit >> 6 & 63)) == 0 {
      Self.set(middle, bit >> 6)
    }
    if Self.load(top, bit >> 18) & (1 << UInt64(bit >> 12 & 63)) == 0 {
      Self.set(top, bit >> 12)
    }
  }

  @inlinable public func contains(_ member: UInt32) -> Bool {
    Self.load(bits, Int(member) >> 6) & (1 << UInt64(member & 63)) != 0
  }

  /// Nothing was inserted that was not taken; a moment's view.
  @inlinable public var isEmpty: Bool {
    for index in 0..<top.count where Self.word(top, index).pointee.load(ordering: .acquiring) != 0 {
      return false
    }
    return true
  }

  // The emptier's side

  /// Takes one member out; false when it is not in.
  @inlinable public func remove(_ member: UInt32) -> Bool {
    let mask: UInt64 = 1 << UInt64(member & 63)
    let before = Self.word(bits, Int(member) >> 6).pointee.bitwiseAnd(
      ~mask, ordering: .sequentiallyConsistent
    ).oldValue
    return before & mask != 0
  }

  /// Takes a member out, round and round in ascending order; nil when there is none.
  @inlinable public func popNext() -> UInt32? {
    let from = cursor[0]
    guard let bit = find(from: from) ?? (from > 0 ? find(from: 0) : nil) else { return nil }
    _ = remove(UInt32(bit))
    cursor[0] = bit + 1
    return UInt32(bit)
  }

  /// The lowest member at or above `from`; marks that lead to nothing are taken back on the way.
  @inlinable func find(from: Int) -> Int? {
    var (group, leaf, bit) = (from >> 12, from >> 6, from)
    while let nextGroup = firstGroup(from: group) {
      if nextGroup > group { (leaf, bit) = (nextGroup << 6, nextGroup << 12) }
      while leaf >> 6 == nextGroup, let nextLeaf = Self.first(middle, from: leaf) {
        if nextLeaf > leaf { bit = nextLeaf << 6 }
        if let found = Self.first(bits, from: bit) { return found }
        Self.prune(bits, nextLeaf, of: middle)
        leaf = nextLeaf + 1
        bit = leaf << 6
      }
      Self.prune(middle, nextGroup, of: top)
      group = nextGroup + 1
      (leaf, bit) = (group << 6, group << 12)
    }
    return nil
  }

  @inlinable func firstGroup(from group: Int) -> Int? {
    var from = group
    while from >> 6 < top.count {
      if let found = Self.first(top, from: from) { return found }
      from = ((from >> 6) + 1) << 6
    }
    return nil
  }

  /// The first set bit at or after `from` in the word that holds `from`.
  @inlinable static func first(_ block: borrowing Block<UInt64>, from: Int) -> Int? {
    let index = from >> 6
    guard index < block.count else { return nil }
    let rest = load(block, index) & (~0 << UInt64(from & 63))
    return rest == 0 ? nil : (index << 6) + rest.trailingZeroBitCount
  }

  /// Takes the mark of an empty word back, then looks at the word once more. What was inserted before that is seen
  /// here; a thread that inserts later sees that the mark is gone.
  @inlinable static func prune(
    _ lower: borrowing Block<UInt64>, _ index: Int, of upper: borrowing Block<UInt64>
  ) {
    guard load(lower, index) == 0 else { return }
    clear(upper, index)
    if load(lower, index) != 0 { set(upper, index) }
  }
}
