// Statistics in one allocation, readable from any thread without waiting. Must never: be used to decide anything.

public import Synchronization

/// Numbers that one thread writes at a time and any thread may read: the engine's statistics. Reading never waits.
public struct Counters: ~Copyable, @unchecked Sendable {
  @usableFromInline let words: Block<Int64>

  public init(_ memory: Memory, count: Int) throws(OutOfMemory) {
    words = try Block(memory, count: count)
  }

  @inlinable func word(_ index: Int) -> UnsafeMutablePointer<Atomic<Int64>> {
    assert(index < words.count)
    return UnsafeMutableRawPointer(words.base + index).assumingMemoryBound(to: Atomic<Int64>.self)
  }

  @inlinable public func read(_ index: Int) -> Int64 {
    word(index).pointee.load(ordering: .relaxed)
  }
  /// Writer's side: plain load and store, no locked instruction.
  @inlinable public func add(_ index: Int, _ amount: Int64 = 1) {
    word(index).pointee.store(read(index) &+ amount, ordering: .relaxed)
  }
  @inlinable public func raise(_ index: Int, to value: Int64) {
    if value > read(index) { word(index).pointee.store(value, ordering: .relaxed) }
  }
  @inlinable public func set(_ index: Int, _ value: Int64) {
    word(index).pointee.store(value, ordering: .relaxed)
  }
  /// From several threads at once.
  @inlinable public func addShared(_ index: Int, _ amount: Int64 = 1) {
    word(index).pointee.wrappingAdd(amount, ordering: .relaxed)
  }
}

extension Counters {
  /// All of them, as they are now.
  public func code(_ coder: inout StateCoder) {
    var count = words.count
    coder.code(count: &count, most: words.count)
    for index in 0..<count {
      var value = read(index)
      coder.code(time: &value)
      if coder.isReading { set(index, value) }
    }
  }
}
