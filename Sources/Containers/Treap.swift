// Trees in order, threaded through tables that others keep: first, next and "from here on" cost O(log n) however many
// there are, and so does one that comes into the middle.

/// The neighbours of one slot in its tree.
public struct TreapLinks: BitwiseCopyable {
  public var left: UInt32
  public var right: UInt32
  public var parent: UInt32
  @inlinable public init(
    left: UInt32 = .max, right: UInt32 = .max, parent: UInt32 = .max
  ) {
    self.left = left
    self.right = right
    self.parent = parent
  }
}

/// Treaps over slots (Seidel, Aragon, "Randomized search trees", 1996). The priority is a hash of the slot, so the shape
/// is the same in every process. Roots are the caller's, `.max` = empty; a slot is in one tree of a table at a time. A
/// conforming type says where links stand and what comes first; what a slot knows of those below it is its own.
public protocol Treap {
  func links(_ slot: UInt32) -> UnsafeMutablePointer<TreapLinks>
  func isBefore(_ a: UInt32, _ b: UInt32) -> Bool
  /// Whether slots know something of those below them, so that `sum` and `add` are wanted.
  static var hasSums: Bool { get }
  /// Works out anew what a slot knows, from its children.
  func sum(_ slot: UInt32)
  /// `slot` comes to stand below `above`.
  func add(_ slot: UInt32, below above: UInt32)
}

extension Treap {
  @inlinable public static var none: UInt32 { .max }

  @inlinable @inline(__always) static func priority(_ slot: UInt32) -> UInt32 {
    var x = (slot &+ 1) &* 0x9e37_79b9
    x = (x ^ (x >> 16)) &* 0x85eb_ca6b
    x = (x ^ (x >> 13)) &* 0xc2b2_ae35
    return x ^ (x >> 16)
  }

  /// O(log n).
  @inlinable public func insert(_ slot: UInt32, root: inout UInt32) {
    var parent = Self.none
    var here = root
    var isLeft = false
    while here != Self.none {
      parent = here
      if Self.hasSums { add(slot, below: here) }
      isLeft = isBefore(slot, here)
      here = isLeft ? links(here).pointee.left : links(here).pointee.right
    }
    links(slot).pointee = TreapLinks(parent: parent)
    if Self.hasSums { sum(slot) }
    if parent == Self.none {
      root = slot
      return
    }
    if isLeft { links(parent).pointee.left = slot } else { links(parent).pointee.right = slot }
    let priority = Self.priority(slot)
    while links(slot).pointee.parent != Self.none,
      Self.priority(links(slot).pointee.parent) < priority
    {
      rise(slot, root: &root)
    }
  }

  /// O(log n).
  @inlinable public func remove(_ slot: UInt32, root: inout UInt32) {
    var own = links(slot).pointee
    while own.left != Self.none, own.right != Self.none {
      let isLeftFirst = Self.priority(own.left) > Self.priority(own.right)
      rise(isLeftFirst ? own.left : own.right, root: &root)
      own = links(slot).pointee
    }
    replace(slot, by: own.left == Self.none ? own.right : own.left, root: &root)
    guard Self.hasSums else { return }
    var above = own.parent
    while above != Self.none {
      sum(above)
      above = links(above).pointee.parent
    }
  }

  /// A child takes its parent's place.
  @inlinable func rise(_ slot: UInt32, root: inout UInt32) {
    let parent = links(slot).pointee.parent
    let isLeft = links(parent).pointee.left == slot
    let inner = isLeft ? links(slot).pointee.right : links(slot).pointee.left
    replace(parent, by: slot, root: &root)
    if isLeft {
      links(parent).pointee.left = inner
      links(slot).pointee.right = parent
    } else {
      links(parent).pointee.right = inner
      links(slot).pointee.left = parent
    }
    if inner != Self.none { links(inner).pointee.parent = parent }
    links(parent).pointee.parent = slot
    guard Self.hasSums else { return }
    sum(parent)
    sum(slot)
  }

  @inlinable func replace(_ slot: UInt32, by other: UInt32, root: inout UInt32) {
    let above = links(slot).pointee.parent
    if above == Self.none {
      root = other
    } else if links(above).pointee.left == slot {
      links(above).pointee.left = other
    } else {
      links(above).pointee.right = other
    }
    if other != Self.none { links(other).pointee.parent = above }
  }

  /// The first of all. O(log n).
  @inlinable public func first(root: UInt32) -> UInt32 {
    guard root != Self.none else { return Self.none }
    var here = root
    while links(here).pointee.left != Self.none { here = links(here).pointee.left }
    return here
  }

  /// The one behind `slot`. O(log n), O(1) on average over a walk.
  @inlinable public func next(after slot: UInt32) -> UInt32 {
    let right = links(slot).pointee.right
    if right != Self.none { return first(root: right) }
    var here = slot
    var above = links(here).pointee.parent
    while above != Self.none, links(above).pointee.right == here {
      here = above
      above = links(here).pointee.parent
    }
    return above
  }

  /// For tests: how many stand in the tree in rising order, each with its parent and below a higher priority; nil = it
  /// is no tree. O(n).
  public func consistentCount(root: UInt32) -> Int? {
    guard root != Self.none else { return 0 }
    guard links(root).pointee.parent == Self.none else { return nil }
    var here = first(root: root)
    var count = 0
    var before = Self.none
    while here != Self.none {
      guard before == Self.none || isBefore(before, here) else { return nil }
      let own = links(here).pointee
      for child in [own.left, own.right] where child != Self.none {
        guard links(child).pointee.parent == here, Self.priority(child) <= Self.priority(here)
        else { return nil }
      }
      before = here
      count += 1
      here = next(after: here)
    }
    return count
  }
}
