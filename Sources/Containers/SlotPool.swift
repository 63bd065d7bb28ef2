// Slots with generations: the ids that the engine mints for incidents and assignments.

/// Hands out slot numbers and the 64-bit ids that name them. An id carries the slot's generation, so an id of an
/// earlier occupant, or one that was never handed out, is recognised. Take and give back: O(1). Never 0.
public struct SlotPool: ~Copyable {
  @usableFromInline let generations: Block<UInt32>
  @usableFromInline let free: Block<UInt32>
  @usableFromInline var freeCount = 0
  /// Slots from here on were never taken: their pages are not touched either.
  @usableFromInline var fresh: UInt32 = 0
  /// No more than so many are ever taken; the capacity, where nobody says less.
  public var bound: Int

  public init(_ memory: Memory, capacity: Int) throws(OutOfMemory) {
    let generations = try Block<UInt32>(memory, count: capacity)
    let free = try Block<UInt32>(memory, count: capacity)
    self.generations = generations
    self.free = free
    bound = capacity
  }

  @inlinable public var capacity: Int { generations.count }
  @inlinable public var live: Int { Int(fresh) - freeCount }
  /// Slots that were ever taken: the numbers below this.
  @inlinable public var touched: Int { Int(fresh) }

  /// The slot that was freed last, else the lowest fresh one; nil when all are taken. Odd generations are live.
  @inlinable public mutating func take() -> UInt32? {
    let slot: UInt32
    if freeCount > 0 {
      freeCount -= 1
      slot = free[freeCount]
    } else {
      guard Int(fresh) < bound else { return nil }
      slot = fresh
      fresh += 1
    }
    generations[slot] &+= 1
    assert(generations[slot] & 1 == 1)
    return slot
  }

  @inlinable public mutating func giveBack(_ slot: UInt32) {
    assert(generations[slot] & 1 == 1)
    generations[slot] &+= 1
    free[freeCount] = slot
    freeCount += 1
  }

  @inlinable public func id(of slot: UInt32) -> UInt64 {
    UInt64(generations[slot]) << 32 | UInt64(slot &+ 1)
  }

  /// The live slot that `id` names; nil when stale, forged or zero.
  @inlinable public func slot(of id: UInt64) -> UInt32? {
    let low = UInt32(truncatingIfNeeded: id)
    guard low != 0, Int(low) <= generations.count else { return nil }
    let slot = low &- 1
    let generation = UInt32(truncatingIfNeeded: id >> 32)
    guard generation & 1 == 1, generations[slot] == generation else { return nil }
    return slot
  }

  @inlinable public func isLive(_ slot: UInt32) -> Bool { generations[slot] & 1 == 1 }

  /// For tests: every slot that was ever taken is either live or among the free, once. Both sides are compared by the
  /// sum of their spread numbers, so that a slot listed twice in place of another is seen. O(touched).
  public func isConsistent() -> Bool {
    var unused = 0
    var difference: UInt64 = 0
    for slot in 0..<fresh where !isLive(slot) {
      unused += 1
      difference &+= IdIndex.spread(UInt64(slot) + 1)
    }
    guard unused == freeCount else { return false }
    for index in 0..<freeCount {
      guard free[index] < fresh, !isLive(free[index]) else { return false }
      difference &-= IdIndex.spread(UInt64(free[index]) + 1)
    }
    return difference == 0
  }
}

extension SlotPool {
  /// Which slots are live, in which generation, and in which order the others are taken again.
  public mutating func code(_ coder: inout StateCoder) {
    var count = Int(fresh)
    coder.code(count: &count, most: capacity)
    fresh = UInt32(count)
    for slot in 0..<count { coder.code(&generations[slot]) }
    coder.code(count: &freeCount, most: count)
    for index in 0..<freeCount { coder.code(&free[index], below: count) }
    coder.demand(isConsistent(), "a slot is neither live nor free")
  }
}
