// Units that a question cannot tell apart, in the order that decides ties: the longest idle first, among equals the
// lowest number. However many stand on one spot, the first of them is found in a few steps.

import HujiaContainers

/// Treaps over unit slots (Seidel, Aragon, "Randomized search trees", 1996). The priority is a hash of the slot, so the
/// shape is the same in every process. Roots are the caller's; a unit is in one tree at a time.
struct UnitOrder: BitwiseCopyable {
  struct Node: BitwiseCopyable {
    var idleSince_ns: Int64 = 0
    var id: UInt64 = 0
    /// Available until then; and the latest and the lowest number of the unit and all below it.
    var until_us: Int64 = 0
    var latest_us: Int64 = 0
    var leastID: UInt64 = 0
    var left = UnitOrder.none
    var right = UnitOrder.none
    var parent = UnitOrder.none
  }

  static var none: UInt32 { .max }

  /// By unit. The tables are the owner's.
  private let base: UnsafeMutablePointer<Node>
  /// Subtrees that a search has still to look at: it leaves one a level.
  private let pending: UnsafeMutablePointer<UInt32>
  /// Units that searches looked at, ever: for the tests.
  private let counted: UnsafeMutablePointer<Int>
  var looks: Int { counted.pointee }

  /// `pending` has room for all units and one more.
  init(
    _ nodes: borrowing Block<Node>, pending: borrowing Block<UInt32>,
    counted: borrowing Block<Int>
  ) {
    base = nodes.base
    self.pending = pending.base
    self.counted = counted.base
  }

  struct Nodes: BitwiseCopyable {
    fileprivate let base: UnsafeMutablePointer<Node>
    @inline(__always) subscript(_ unit: UInt32) -> Node {
      unsafeAddress { UnsafePointer(base + Int(unit)) }
      nonmutating unsafeMutableAddress { base + Int(unit) }
    }
  }
  @inline(__always) var nodes: Nodes { Nodes(base: base) }

  private static func priority(_ unit: UInt32) -> UInt32 {
    var x = (unit &+ 1) &* 0x9e37_79b9
    x = (x ^ (x >> 16)) &* 0x85eb_ca6b
    x = (x ^ (x >> 13)) &* 0xc2b2_ae35
    return x ^ (x >> 16)
  }

  @inline(__always) private func isBefore(_ a: UInt32, _ b: UInt32) -> Bool {
    nodes[a].idleSince_ns != nodes[b].idleSince_ns
      ? nodes[a].idleSince_ns < nodes[b].idleSince_ns : nodes[a].id < nodes[b].id
  }

  // Units come and go

  /// `nodes[unit]` says since when it is idle. O(log n).
  func insert(_ unit: UInt32, id: UInt64, until_us: Int64, root: inout UInt32) {
    nodes[unit].id = id
    nodes[unit].until_us = until_us
    var parent = Self.none
    var here = root
    while here != Self.none {
      parent = here
      nodes[here].latest_us = max(nodes[here].latest_us, until_us)
      nodes[here].leastID = min(nodes[here].leastID, id)
      here = isBefore(unit, here) ? nodes[here].left : nodes[here].right
    }
    nodes[unit].left = Self.none
    nodes[unit].right = Self.none
    nodes[unit].parent = parent
    sum(unit)
    if parent == Self.none {
      root = unit
      return
    }
    if isBefore(unit, parent) { nodes[parent].left = unit } else { nodes[parent].right = unit }
    let priority = Self.priority(unit)
    while nodes[unit].parent != Self.none, Self.priority(nodes[unit].parent) < priority {
      rise(unit, root: &root)
    }
  }

  /// O(log n).
  func remove(_ unit: UInt32, root: inout UInt32) {
    while nodes[unit].left != Self.none, nodes[unit].right != Self.none {
      let (left, right) = (nodes[unit].left, nodes[unit].right)
      rise(Self.priority(left) > Self.priority(right) ? left : right, root: &root)
    }
    let only = nodes[unit].left == Self.none ? nodes[unit].right : nodes[unit].left
    replace(unit, by: only, root: &root)
    var above = nodes[unit].parent
    while above != Self.none {
      sum(above)
      above = nodes[above].parent
    }
  }

  /// What a unit and those below it have among them.
  @inline(__always) private func sum(_ unit: UInt32) {
    var (latest_us, leastID) = (nodes[unit].until_us, nodes[unit].id)
    let (left, right) = (nodes[unit].left, nodes[unit].right)
    if left != Self.none {
      latest_us = max(latest_us, nodes[left].latest_us)
      leastID = min(leastID, nodes[left].leastID)
    }
    if right != Self.none {
      latest_us = max(latest_us, nodes[right].latest_us)
      leastID = min(leastID, nodes[right].leastID)
    }
    nodes[unit].latest_us = latest_us
    nodes[unit].leastID = leastID
  }

  /// A child takes its parent's place.
  private func rise(_ unit: UInt32, root: inout UInt32) {
    let parent = nodes[unit].parent
    let isLeft = nodes[parent].left == unit
    let inner = isLeft ? nodes[unit].right : nodes[unit].left
    replace(parent, by: unit, root: &root)
    if isLeft {
      nodes[parent].left = inner
      nodes[unit].right = parent
    } else {
      nodes[parent].right = inner
      nodes[unit].left = parent
    }
    if inner != Self.none { nodes[inner].parent = parent }
    nodes[parent].parent = unit
    sum(parent)
    sum(unit)
  }

  private func replace(_ unit: UInt32, by other: UInt32, root: inout UInt32) {
    let above = nodes[unit].parent
    if above == Self.none {
      root = other
    } else if nodes[above].left == unit {
      nodes[above].left = other
    } else {
      nodes[above].right = other
    }
    if other != Self.none { nodes[other].parent = above }
  }

  // Questions

  /// What a search asks of a unit besides what all units of the tree have alike.
  struct Asked: BitwiseCopyable {
    /// Available until then or longer; `.min` = any.
    var until_us: Int64
    /// Units with this mark are passed over, when it is not 0.
    var skipStamp: UInt32
  }

  @inline(__always) private func passes(
    _ unit: UInt32, _ asked: Asked, _ traits: UnsafePointer<UnitTraits>
  ) -> Bool {
    nodes[unit].until_us >= asked.until_us
      && (asked.skipStamp == 0 || traits[Int(unit)].skipStamp != asked.skipStamp)
  }

  @inline(__always) private func mayHold(_ unit: UInt32, _ asked: Asked) -> Bool {
    unit != Self.none && nodes[unit].latest_us >= asked.until_us
  }

  /// The longest idle that passes, the lowest number among those that are idle alike; nil = none. All that are idle
  /// since `since_ns` or longer are idle alike: the plans made them available then.
  func first(
    _ root: UInt32, _ asked: Asked, since_ns: Int64, _ traits: UnsafePointer<UnitTraits>
  ) -> UInt32? {
    if since_ns > .min {
      var best: UInt32?
      leastIDs(root, asked, since_ns: since_ns, traits) { id in
        best.map { id < nodes[$0].id } ?? true
      } _: {
        best = $0
      }
      if let best { return best }
    }
    guard mayHold(root, asked) else { return nil }
    var here = root
    while true {
      while mayHold(nodes[here].left, asked) { here = nodes[here].left }
      while true {
        counted.pointee += 1
        if passes(here, asked, traits) { return here }
        if mayHold(nodes[here].right, asked) {
          here = nodes[here].right
          break
        }
        var below: UInt32
        repeat {
          below = here
          here = nodes[here].parent
          if here == Self.none { return nil }
        } while nodes[here].right == below
      }
    }
  }

  /// Offers those that pass and are idle since `since_ns` or longer, roughly from the lowest number up, as long as
  /// `admits` says that one of that number would be taken.
  func leastIDs(
    _ root: UInt32, _ asked: Asked, since_ns: Int64, _ traits: UnsafePointer<UnitTraits>,
    _ admits: (UInt64) -> Bool, _ offer: (UInt32) -> Void
  ) {
    guard mayHold(root, asked) else { return }
    pending[0] = root
    var count = 1
    while count > 0 {
      count -= 1
      let here = pending[count]
      guard admits(nodes[here].leastID) else { continue }
      counted.pointee += 1
      let isIdle = nodes[here].idleSince_ns <= since_ns
      if isIdle, admits(nodes[here].id), passes(here, asked, traits) { offer(here) }
      let (left, right) = (nodes[here].left, nodes[here].right)
      let isLeft = mayHold(left, asked)
      let isRight = isIdle && mayHold(right, asked)
      let isLeftFirst = isLeft && isRight && nodes[left].leastID < nodes[right].leastID
      if isLeftFirst {
        pending[count] = right
        pending[count + 1] = left
        count += 2
        continue
      }
      if isLeft {
        pending[count] = left
        count += 1
      }
      if isRight {
        pending[count] = right
        count += 1
      }
    }
  }
}
