// Incidents in order of receipt, as trees threaded through tables (`Treap`).

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

/// Of one table of incidents; which tree an incident is in says its root.
struct WaitingTree: Treap, BitwiseCopyable {
  private let table: UnsafeMutablePointer<TreapLinks>
  private let keys: UnsafeMutablePointer<WaitingKey>

  /// Tables by incident slot, which the owner keeps.
  init(_ links: UnsafeMutablePointer<TreapLinks>, _ keys: UnsafeMutablePointer<WaitingKey>) {
    table = links
    self.keys = keys
  }

  @inline(__always) func links(_ slot: UInt32) -> UnsafeMutablePointer<TreapLinks> {
    table + Int(slot)
  }
  @inline(__always) func isBefore(_ a: UInt32, _ b: UInt32) -> Bool {
    keys[Int(a)] < keys[Int(b)]
  }
  static var hasSums: Bool { false }
  @inline(__always) func sum(_ slot: UInt32) {}
  @inline(__always) func add(_ slot: UInt32, below above: UInt32) {}

  /// The first at `bound` or behind it. O(log n).
  func first(from bound: WaitingKey, root: UInt32) -> UInt32 {
    var here = root
    var found = Self.none
    while here != Self.none {
      if keys[Int(here)] < bound {
        here = links(here).pointee.right
      } else {
        found = here
        here = links(here).pointee.left
      }
    }
    return found
  }
}
