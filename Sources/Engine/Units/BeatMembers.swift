// The units of each home beat, as lists: a plan that asks the beats first looks at these alone. Made anew from the
// units when a state is read.

import HujiaContainers

struct BeatMembers: ~Copyable {
  static var none: UInt32 { .max }

  /// Slot + 1 in all; 0 = none. A bucket holds the units of the beats that fall into it.
  private let buckets: Block<UInt32>
  private let links: Block<Link>
  private let mask: UInt64

  package struct Link: BitwiseCopyable {
    var next: UInt32 = 0
    var previous: UInt32 = 0
  }

  /// At most 16 bytes a unit.
  init(_ memory: Memory, units: Int) throws(OutOfMemory) {
    var count = 1
    while count < units { count <<= 1 }
    let buckets = try Block<UInt32>(memory, count: count)
    let links = try Block<Link>(memory, count: units)
    self.buckets = buckets
    self.links = links
    mask = UInt64(count - 1)
  }

  private func bucket(_ beat: UInt32) -> Int {
    let mixed = UInt64(beat) &* 0x9e37_79b9_7f4a_7c15
    return Int((mixed ^ (mixed >> 32)) & mask)
  }

  /// O(1), likewise `remove`. Beat 0 is none.
  mutating func insert(_ slot: UInt32, _ beat: UInt32) {
    guard beat != 0 else { return }
    let bucket = bucket(beat)
    let first = buckets[bucket]
    links[slot] = Link(next: first, previous: 0)
    if first != 0 { links[first - 1].previous = slot + 1 }
    buckets[bucket] = slot + 1
  }

  /// From the beat that it was inserted with.
  mutating func remove(_ slot: UInt32, _ beat: UInt32) {
    guard beat != 0 else { return }
    let own = links[slot]
    if own.next != 0 { links[own.next - 1].previous = own.previous }
    if own.previous == 0 {
      buckets[bucket(beat)] = own.next
    } else {
      links[own.previous - 1].next = own.next
    }
  }

  /// The first unit that may be of a beat, then the one behind it; the caller looks whether it is.
  @inline(__always) func first(_ beat: UInt32) -> UInt32 { buckets[bucket(beat)] &- 1 }
  @inline(__always) func after(_ slot: UInt32) -> UInt32 { links[slot].next &- 1 }
}
