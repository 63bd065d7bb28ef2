/// A fixed set of small integers. Insert, remove, contains: O(1). Not thread-safe.
public struct BitSet: ~Copyable {
  @usableFromInline let words: Block<UInt64>
  public let capacity: Int

  public init(_ memory: Memory, capacity: Int) throws(OutOfMemory) {
    words = try Block(memory, count: (capacity + 63) / 64)
    self.capacity = capacity
  }

  @inlinable public func contains(_ member: Int) -> Bool {
    words[member >> 6] & (1 << UInt64(member & 63)) != 0
  }
  @inlinable public mutating func insert(_ member: Int) {
    words[member >> 6] |= 1 << UInt64(member & 63)
  }
  @inlinable public mutating func remove(_ member: Int) {
    words[member >> 6] &= ~(1 << UInt64(member & 63))
  }
  @inlinable public mutating func removeAll() {
    words.base.update(repeating: 0, count: words.count)
  }
}
