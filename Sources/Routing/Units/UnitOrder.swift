// Units that a question cannot tell apart, in the order that decides ties: the longest idle first, among equals the
// lowest number. However many stand on one spot, the first of them is found in a few steps.

import HujiaContainers

/// Treaps over unit slots.
struct UnitOrder: Treap, BitwiseCopyable {
  struct Node: BitwiseCopyable {
    var idleSince_ns: Int64 = 0
    var id: UInt64 = 0
    /// Available until then; and the earliest, the latest and the lowest number of the unit and all below it.
    var until_us: Int64 = 0
    var earliest_us: Int64 = 0
    var latest_us: Int64 = 0
    var leastID: UInt64 = 0
    var links = TreapLinks()
  }

  /// By unit. The tables are the owner's.
  private let base: UnsafeMutablePointer<Node>
  /// Subtrees that a search has still to look at: it leaves one a level.
  private let pending: UnsafeMutablePointer<UInt32>
  /// Units that searches looked at, ever: for the tests.
  private let counted: UnsafeMutablePointer<Int>
  var looks: Int { counted.pointee }
  @inline(__always) func countLook() { counted.pointee += 1 }

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

  @inline(__always) func links(_ unit: UInt32) -> UnsafeMutablePointer<TreapLinks> {
    UnsafeMutableRawPointer(base + Int(unit)).advanced(by: Self.linksOffset)
      .assumingMemoryBound(to: TreapLinks.self)
  }
  private static var linksOffset: Int { MemoryLayout<Node>.offset(of: \.links) ?? 0 }

  @inline(__always) func isBefore(_ a: UInt32, _ b: UInt32) -> Bool {
    nodes[a].idleSince_ns != nodes[b].idleSince_ns
      ? nodes[a].idleSince_ns < nodes[b].idleSince_ns : nodes[a].id < nodes[b].id
  }

  // Units come and go

  /// `nodes[unit]` says since when it is idle. O(log n).
  func insert(_ unit: UInt32, id: UInt64, until_us: Int64, root: inout UInt32) {
    nodes[unit].id = id
    nodes[unit].until_us = until_us
    insert(unit, root: &root)
  }

  static var hasSums: Bool { true }

  @inline(__always) func add(_ unit: UInt32, below above: UInt32) {
    nodes[above].earliest_us = min(nodes[above].earliest_us, nodes[unit].until_us)
    nodes[above].latest_us = max(nodes[above].latest_us, nodes[unit].until_us)
    nodes[above].leastID = min(nodes[above].leastID, nodes[unit].id)
  }

  /// What a unit and those below it have among them.
  @inline(__always) func sum(_ unit: UInt32) {
    var (earliest_us, latest_us) = (nodes[unit].until_us, nodes[unit].until_us)
    var leastID = nodes[unit].id
    let (left, right) = (nodes[unit].links.left, nodes[unit].links.right)
    if left != Self.none {
      earliest_us = min(earliest_us, nodes[left].earliest_us)
      latest_us = max(latest_us, nodes[left].latest_us)
      leastID = min(leastID, nodes[left].leastID)
    }
    if right != Self.none {
      earliest_us = min(earliest_us, nodes[right].earliest_us)
      latest_us = max(latest_us, nodes[right].latest_us)
      leastID = min(leastID, nodes[right].leastID)
    }
    nodes[unit].earliest_us = earliest_us
    nodes[unit].latest_us = latest_us
    nodes[unit].leastID = leastID
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
      while mayHold(nodes[here].links.left, asked) { here = nodes[here].links.left }
      while true {
        counted.pointee += 1
        if passes(here, asked, traits) { return here }
        if mayHold(nodes[here].links.right, asked) {
          here = nodes[here].links.right
          break
        }
        var below: UInt32
        repeat {
          below = here
          here = nodes[here].links.parent
          if here == Self.none { return nil }
        } while nodes[here].links.right == below
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
      let (left, right) = (nodes[here].links.left, nodes[here].links.right)
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

  /// Those that pass, in no order. `body` false: enough; false is returned then.
  func each(
    _ root: UInt32, _ asked: Asked, _ traits: UnsafePointer<UnitTraits>, _ body: (UInt32) -> Bool
  ) -> Bool {
    eachBelow(root, traits, asked.skipStamp, isWanted: { $0.latest_us >= asked.until_us }) {
      nodes[$0].until_us < asked.until_us || body($0)
    }
  }

  /// Whether one is available only until some time before `limit_us`, and is not passed over.
  func hasEnding(
    _ root: UInt32, before limit_us: Int64, skipStamp: UInt32, _ traits: UnsafePointer<UnitTraits>
  ) -> Bool {
    !eachBelow(root, traits, skipStamp, isWanted: { $0.earliest_us < limit_us }) {
      nodes[$0].until_us >= limit_us
    }
  }

  @inline(__always)
  private func eachBelow(
    _ root: UInt32, _ traits: UnsafePointer<UnitTraits>, _ skipStamp: UInt32,
    isWanted: (Node) -> Bool, _ body: (UInt32) -> Bool
  ) -> Bool {
    guard root != Self.none else { return true }
    pending[0] = root
    var count = 1
    while count > 0 {
      count -= 1
      let here = pending[count]
      guard isWanted(nodes[here]) else { continue }
      countLook()
      if skipStamp == 0 || traits[Int(here)].skipStamp != skipStamp, !body(here) { return false }
      let (left, right) = (nodes[here].links.left, nodes[here].links.right)
      if right != Self.none {
        pending[count] = right
        count += 1
      }
      if left != Self.none {
        pending[count] = left
        count += 1
      }
    }
    return true
  }
}
