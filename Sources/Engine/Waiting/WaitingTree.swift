// Incidents in order of receipt, as trees threaded through tables: first, next and "from here on" cost O(log n) however
// many wait, and so does an incident that comes back into the middle.

import HujiaContainers

/// Where an incident stands among those of its tier: receipt, then the order of coming into the list.
struct WaitingKey: BitwiseCopyable, Comparable {
  var received_ns: Int64
  var serial: UInt64

  static var least: WaitingKey { WaitingKey(received_ns: .min, serial: 0) }
  /// The place right behind.
  var next: WaitingKey { WaitingKey(received_ns: received_ns, serial: serial + 1) }

  @inline(__always) static func < (a: WaitingKey, b: WaitingKey) -> Bool {
    a.received_ns != b.received_ns ? a.received_ns < b.received_ns : a.serial < b.serial
  }
}

struct TreeLinks: BitwiseCopyable {
  var left: UInt32
  var right: UInt32
  var parent: UInt32
}

/// Treaps over incident slots (Seidel, Aragon, "Randomized search trees", 1996). The priority is a hash of the slot, so
/// the shape is the same in every process. Roots are the caller's; an incident is in one tree of a table at a time.
struct WaitingTree: BitwiseCopyable {
  private let links: UnsafeMutablePointer<TreeLinks>
  private let keys: UnsafeMutablePointer<WaitingKey>

  static var none: UInt32 { .max }

  /// Tables by incident slot, which the owner keeps.
  init(_ links: UnsafeMutablePointer<TreeLinks>, _ keys: UnsafeMutablePointer<WaitingKey>) {
    self.links = links
    self.keys = keys
  }

  @inline(__always) private subscript(_ slot: UInt32) -> TreeLinks {
    unsafeAddress { UnsafePointer(links + Int(slot)) }
    nonmutating unsafeMutableAddress { links + Int(slot) }
  }
  @inline(__always) private func key(_ slot: UInt32) -> WaitingKey { keys[Int(slot)] }

  private static func priority(_ slot: UInt32) -> UInt32 {
    var x = (slot &+ 1) &* 0x9e37_79b9
    x = (x ^ (x >> 16)) &* 0x85eb_ca6b
    x = (x ^ (x >> 13)) &* 0xc2b2_ae35
    return x ^ (x >> 16)
  }

  /// O(log n).
  func insert(_ slot: UInt32, root: inout UInt32) {
    let own = key(slot)
    var parent = Self.none
    var here = root
    while here != Self.none {
      parent = here
      here = own < key(here) ? self[here].left : self[here].right
    }
    self[slot] = TreeLinks(left: Self.none, right: Self.none, parent: parent)
    if parent == Self.none {
      root = slot
      return
    }
    if own < key(parent) { self[parent].left = slot } else { self[parent].right = slot }
    let priority = Self.priority(slot)
    while self[slot].parent != Self.none, Self.priority(self[slot].parent) < priority {
      rise(slot, root: &root)
    }
  }

  /// O(log n).
  func remove(_ slot: UInt32, root: inout UInt32) {
    while true {
      let own = self[slot]
      if own.left == Self.none || own.right == Self.none { break }
      let isLeftFirst = Self.priority(own.left) > Self.priority(own.right)
      rise(isLeftFirst ? own.left : own.right, root: &root)
    }
    let own = self[slot]
    replace(slot, by: own.left == Self.none ? own.right : own.left, root: &root)
  }

  /// A child takes its parent's place.
  private func rise(_ slot: UInt32, root: inout UInt32) {
    let parent = self[slot].parent
    let isLeft = self[parent].left == slot
    let inner = isLeft ? self[slot].right : self[slot].left
    replace(parent, by: slot, root: &root)
    if isLeft {
      self[parent].left = inner
      self[slot].right = parent
    } else {
      self[parent].right = inner
      self[slot].left = parent
    }
    if inner != Self.none { self[inner].parent = parent }
    self[parent].parent = slot
  }

  private func replace(_ slot: UInt32, by other: UInt32, root: inout UInt32) {
    let above = self[slot].parent
    if above == Self.none {
      root = other
    } else if self[above].left == slot {
      self[above].left = other
    } else {
      self[above].right = other
    }
    if other != Self.none { self[other].parent = above }
  }

  /// The first at `bound` or behind it. O(log n).
  func first(from bound: WaitingKey, root: UInt32) -> UInt32 {
    var here = root
    var found = Self.none
    while here != Self.none {
      if key(here) < bound {
        here = self[here].right
      } else {
        found = here
        here = self[here].left
      }
    }
    return found
  }

  /// For tests: how many stand in the tree in rising order, each with its parent and below a higher priority; nil = it
  /// is no tree. O(n).
  func consistentCount(root: UInt32) -> Int? {
    guard root != Self.none else { return 0 }
    guard self[root].parent == Self.none else { return nil }
    var here = first(from: .least, root: root)
    var count = 0
    var before = WaitingKey.least
    while here != Self.none {
      guard before < key(here) else { return nil }
      for child in [self[here].left, self[here].right] where child != Self.none {
        guard self[child].parent == here, Self.priority(child) <= Self.priority(here) else {
          return nil
        }
      }
      before = key(here)
      count += 1
      here = next(after: here)
    }
    return count
  }

  /// The one behind `slot`. O(log n), O(1) on average over a walk.
  func next(after slot: UInt32) -> UInt32 {
    var here = self[slot].right
    if here != Self.none {
      while self[here].left != Self.none { here = self[here].left }
      return here
    }
    here = slot
    var above = self[here].parent
    while above != Self.none, self[above].right == here {
      here = above
      above = self[here].parent
    }
    return above
  }
}
