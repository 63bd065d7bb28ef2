// Small numbers by slot that any thread may read: hints, never grounds for a decision.

public import Synchronization

/// Written by one thread at a time, read from any without waiting; what is read may be a moment old. `.max` until set.
public struct SharedNumbers: ~Copyable, @unchecked Sendable {
  /// The number + 1, so that zero-filled memory need not be touched.
  @usableFromInline let words: Block<UInt32>

  public init(_ memory: Memory, count: Int) throws(OutOfMemory) {
    words = try Block<UInt32>(memory, count: count)
  }

  @inlinable func word(_ slot: UInt32) -> UnsafeMutablePointer<Atomic<UInt32>> {
    UnsafeMutableRawPointer(words.base + Int(slot)).assumingMemoryBound(to: Atomic<UInt32>.self)
  }

  @inlinable public func number(_ slot: UInt32) -> UInt32 {
    Int(slot) < words.count ? word(slot).pointee.load(ordering: .relaxed) &- 1 : .max
  }

  @inlinable public func set(_ slot: UInt32, _ number: UInt32) {
    word(slot).pointee.store(number &+ 1, ordering: .relaxed)
  }
}
