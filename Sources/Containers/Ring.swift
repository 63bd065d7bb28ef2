/// A bounded first-in first-out queue for one thread at a time. Append and pop: O(1). Full is an answer.
public struct Ring<Element: BitwiseCopyable>: ~Copyable {
  @usableFromInline let slots: Block<Element>
  /// Of the oldest element; always a place in `slots`.
  @usableFromInline var head = 0
  @usableFromInline var filled = 0

  /// Exactly `capacity` places, at least one: a large ring that is rounded up to a power of two costs up to as much
  /// again.
  public init(_ memory: Memory, capacity: Int) throws(OutOfMemory) {
    slots = try Block(memory, count: max(capacity, 1))
  }

  @inlinable public var capacity: Int { slots.count }
  @inlinable public var count: Int { filled }
  @inlinable public var isEmpty: Bool { filled == 0 }

  /// The place of element `index`, which is at most `capacity`.
  @inlinable @inline(__always) func place(_ index: Int) -> Int {
    let place = head &+ index
    return place < slots.count ? place : place &- slots.count
  }

  /// A place behind the newest, for the caller to fill; nil = full. It holds whatever was there before.
  @inlinable @inline(__always)
  public mutating func appendUnfilled() -> UnsafeMutablePointer<Element>? {
    guard filled < slots.count else { return nil }
    let place = place(filled)
    filled &+= 1
    return slots.base + place
  }

  @inlinable public mutating func append(_ element: Element) -> Bool {
    guard let place = appendUnfilled() else { return false }
    place.pointee = element
    return true
  }

  @inlinable public mutating func popFirst() -> Element? {
    guard filled > 0 else { return nil }
    let element = slots[head]
    dropFirst()
    return element
  }

  /// Only when not empty.
  @inlinable public mutating func dropFirst() {
    assert(!isEmpty)
    head = place(1)
    filled &-= 1
  }

  /// Element `index` from the oldest on; only below `count`.
  @inlinable public func element(_ index: Int) -> Element {
    assert(index < count)
    return slots[place(index)]
  }

  /// Changes element `index` where it stands; only below `count`.
  public mutating func update(_ index: Int, _ body: (inout Element) -> Void) {
    assert(index < count)
    body(&slots.base[place(index)])
  }

  /// The oldest element, where it stands; only when not empty.
  @inlinable public var first: Element {
    @inline(__always) unsafeAddress {
      assert(!isEmpty)
      return UnsafePointer(slots.base + head)
    }
  }
}

extension Ring {
  /// Oldest first; read, the ring is in the place of what it held.
  public mutating func code(
    _ coder: inout StateCoder, blank: Element, _ body: (inout Element, inout StateCoder) -> Void
  ) {
    var length = filled
    coder.code(count: &length, most: capacity)
    guard coder.isReading else {
      for index in 0..<length { body(&slots[place(index)], &coder) }
      return
    }
    (head, filled) = (0, 0)
    for _ in 0..<length {
      var element = blank
      body(&element, &coder)
      guard coder.isGood else { return }
      _ = append(element)
    }
  }
}
