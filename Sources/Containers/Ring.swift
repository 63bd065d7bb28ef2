/// A bounded first-in first-out queue for one thread at a time. Append and pop: O(1). Full is an answer.
public struct Ring<Element: BitwiseCopyable>: ~Copyable {
  @usableFromInline let slots: Block<Element>
  @usableFromInline let mask: Int
  @usableFromInline var head = 0
  @usableFromInline var tail = 0

  /// Capacity is `capacity` rounded up to a power of two.
  public init(_ memory: Memory, capacity: Int) throws(OutOfMemory) {
    var rounded = 1
    while rounded < capacity { rounded <<= 1 }
    slots = try Block(memory, count: rounded)
    mask = rounded - 1
  }

  @inlinable public var capacity: Int { mask + 1 }
  @inlinable public var count: Int { tail &- head }
  @inlinable public var isEmpty: Bool { tail == head }

  @inlinable public mutating func append(_ element: Element) -> Bool {
    guard count <= mask else { return false }
    slots[tail & mask] = element
    tail &+= 1
    return true
  }

  @inlinable public mutating func popFirst() -> Element? {
    guard tail != head else { return nil }
    let element = slots[head & mask]
    head &+= 1
    return element
  }

  /// Only when not empty.
  @inlinable public mutating func dropFirst() {
    assert(!isEmpty)
    head &+= 1
  }

  /// Element `index` from the oldest on; only below `count`.
  @inlinable public func element(_ index: Int) -> Element {
    assert(index < count)
    return slots[(head &+ index) & mask]
  }

  /// The oldest element; only when not empty.
  @inlinable public var first: Element {
    assert(!isEmpty)
    return slots[head & mask]
  }
}
