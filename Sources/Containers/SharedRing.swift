// Many producers, one consumer: how posted calls reach the thread that holds the baton.
// Source: Dmitry Vyukov, "Bounded MPMC queue" (1024cores.net); here with one consumer at a time.

public import Synchronization

/// A bounded queue. `append` from any thread, `popFirst` by the baton's holder only. Both are lock-free: one
/// compare-and-swap each way at most. Full is an answer.
public struct SharedRing<Element: BitwiseCopyable>: ~Copyable, @unchecked Sendable {
  @usableFromInline let turns: Block<UInt64>
  @usableFromInline let elements: Block<Element>
  /// [0] tail, [16] head: two cache lines apart. [8] is the owner's, in the line between; 0 at first.
  @usableFromInline let ends: Block<UInt64>
  @usableFromInline let mask: UInt64

  public init(_ memory: Memory, capacity: Int) throws(OutOfMemory) {
    var rounded = 2
    while rounded < capacity { rounded <<= 1 }
    let turns = try Block<UInt64>(memory, count: rounded)
    let elements = try Block<Element>(memory, count: rounded)
    let ends = try Block<UInt64>(memory, count: 32)
    let numbers = turns.base
    for index in 0..<rounded { numbers[index] = UInt64(index) }
    self.turns = turns
    self.elements = elements
    self.ends = ends
    mask = UInt64(rounded - 1)
  }

  @inlinable public var capacity: Int { Int(mask) + 1 }

  /// On the tail: closed. No turn of a slot ever has it, so no slot is free for `append` from then on.
  @usableFromInline static var closedBit: UInt64 { 1 << 63 }

  /// Nothing is appended any more from here on, by any thread; what was begun before is finished soon (`count` tells).
  public func close() {
    _ = Self.atomic(ends, 0).pointee.bitwiseOr(Self.closedBit, ordering: .sequentiallyConsistent)
  }

  public var isClosed: Bool {
    Self.atomic(ends, 0).pointee.load(ordering: .sequentiallyConsistent) & Self.closedBit != 0
  }

  @inlinable static func atomic(
    _ block: borrowing Block<UInt64>, _ index: Int
  ) -> UnsafeMutablePointer<Atomic<UInt64>> {
    UnsafeMutableRawPointer(block.base + index).assumingMemoryBound(to: Atomic<UInt64>.self)
  }

  @inlinable public func append(_ element: Element) -> Bool {
    withUnsafePointer(to: element) { append(at: $0) }
  }

  /// Appends a copy of what stands there. False when the ring is full, or closed.
  @inlinable public func append(at element: UnsafePointer<Element>) -> Bool {
    var tail = Self.atomic(ends, 0).pointee.load(ordering: .relaxed)
    while true {
      let index = Int(tail & mask)
      let turn = Self.atomic(turns, index).pointee.load(ordering: .acquiring)
      if turn == tail {
        let (won, seen) = Self.atomic(ends, 0).pointee.weakCompareExchange(
          expected: tail, desired: tail &+ 1, ordering: .relaxed)
        if won {
          (elements.base + index).initialize(from: element, count: 1)
          Self.atomic(turns, index).pointee.store(tail &+ 1, ordering: .releasing)
          return true
        }
        tail = seen
      } else if tail & Self.closedBit != 0 || Int64(bitPattern: turn &- tail) < 0 {
        return false
      } else {
        tail = Self.atomic(ends, 0).pointee.load(ordering: .relaxed)
      }
    }
  }

  /// Where an element appended `ahead` places from now will go, to fetch it ahead.
  @inlinable public func addresses(ahead: Int) -> (
    turn: UnsafeRawPointer, element: UnsafeRawPointer
  ) {
    let tail = Self.atomic(ends, 0).pointee.load(ordering: .relaxed)
    let index = Int((tail &+ UInt64(ahead)) & mask)
    return (UnsafeRawPointer(turns.base + index), UnsafeRawPointer(elements.base + index))
  }

  /// The oldest element whose producer has finished; nil when there is none.
  @inlinable public func popFirst() -> Element? {
    let head = Self.atomic(ends, 16).pointee.load(ordering: .relaxed)
    let index = Int(head & mask)
    let turn = Self.atomic(turns, index).pointee.load(ordering: .acquiring)
    guard turn == head &+ 1 else { return nil }
    let element = elements[index]
    Self.atomic(turns, index).pointee.store(head &+ mask &+ 1, ordering: .releasing)
    Self.atomic(ends, 16).pointee.store(head &+ 1, ordering: .relaxed)
    return element
  }

  // In two steps, where what becomes of an element must be seen before its place is given back

  /// Where the oldest element stands until `dropFirst`; nil when there is none.
  @inlinable public var first: UnsafePointer<Element>? {
    let head = Self.atomic(ends, 16).pointee.load(ordering: .relaxed)
    let index = Int(head & mask)
    guard Self.atomic(turns, index).pointee.load(ordering: .acquiring) == head &+ 1 else {
      return nil
    }
    return UnsafePointer(elements.base + index)
  }

  /// How many were popped since the beginning: the number of `first`.
  @inlinable public var popped: UInt64 {
    Self.atomic(ends, 16).pointee.load(ordering: .relaxed)
  }

  /// After `first` gave one.
  @inlinable public func dropFirst() {
    let head = Self.atomic(ends, 16).pointee.load(ordering: .relaxed)
    let turn = Self.atomic(turns, Int(head & mask))
    assert(turn.pointee.load(ordering: .relaxed) == head &+ 1)
    turn.pointee.store(head &+ mask &+ 1, ordering: .releasing)
    Self.atomic(ends, 16).pointee.store(head &+ 1, ordering: .relaxed)
  }

  // In memory that outlives its process

  /// How many bytes each part takes, in the order in which they are taken.
  public static func sizes(capacity: Int) -> (turns: Int, elements: Int, ends: Int) {
    var rounded = 2
    while rounded < capacity { rounded <<= 1 }
    return (rounded * 8, rounded * MemoryLayout<Element>.stride, 32 * 8)
  }

  /// Of the owner's word, in the bytes of the ends.
  public static var ownersOffset: Int { 8 * 8 }

  /// The elements of a ring that a killed process left, oldest first, with their numbers: those that were appended to
  /// the end and not popped. False: this is no such ring. `capacity` as it was rounded.
  public static func left(
    turns: UnsafeRawPointer, elements: UnsafeRawPointer, ends: UnsafeRawPointer, capacity: Int,
    _ body: (UInt64, UnsafeRawPointer) -> Void
  ) -> Bool {
    let tail = ends.load(as: UInt64.self) & ~closedBit
    let head = ends.load(fromByteOffset: 16 * 8, as: UInt64.self)
    // One may be popped but for the head.
    guard capacity > 1, capacity & (capacity - 1) == 0, tail &- head <= UInt64(capacity) + 1 else {
      return false
    }
    var number = head
    while number != tail {
      let index = Int(number & UInt64(capacity - 1))
      if turns.load(fromByteOffset: index * 8, as: UInt64.self) == number &+ 1 {
        body(number, elements + index * MemoryLayout<Element>.stride)
      }
      number &+= 1
    }
    return true
  }

  /// Elements taken in since the beginning.
  @inlinable public var appended: Int64 {
    Int64(bitPattern: Self.atomic(ends, 0).pointee.load(ordering: .relaxed) & ~Self.closedBit)
  }

  /// Elements taken in and not yet popped; a moment's view from any thread.
  @inlinable public var count: Int {
    let tail = Self.atomic(ends, 0).pointee.load(ordering: .relaxed)
    let head = Self.atomic(ends, 16).pointee.load(ordering: .relaxed)
    return Int(Int64(bitPattern: (tail & ~Self.closedBit) &- head))
  }
}
