// Read first in this folder. When promises fall due: a calendar of buckets in front of a small exact heap. One
// structure of fixed capacity; `now` is an argument, never read here.
//
// Time is cut into ticks of 17 ms. A deadline lies in the list of its tick until time reaches it; then the whole list
// is drawn into the heap, which knows the exact order. What is farther away lies in coarser buckets and is carried to
// finer ones well before its time, a few at a time. So arming, moving and cancelling cost a list operation however
// many are armed, a turn costs what it draws and fires, and nothing ever has to be done all at once.

import HujiaContainers

/// Deadlines named by the caller's slot numbers 0 ..< capacity. Arm, re-arm, cancel: O(1); for the few that are drawn
/// already, O(log of those). No allocation. Pops in order of due time, then of slot, never before `now` has reached the
/// due time, each armed deadline once.
package struct DeadlineWheel: ~Copyable {
  package struct Link: BitwiseCopyable {
    var due_ns: Int64
    /// Where it is. 0: not armed. In a bucket: the slot before it + 1, or `isFirst` and the number of the bucket.
    /// Drawn: `isDrawn` and the place in the heap.
    var before: UInt32
    /// In a bucket: the slot after it + 1; 0: it is the last.
    var after: UInt32
  }
  static var isFirst: UInt32 { 1 << 31 }
  static var isDrawn: UInt32 { 1 << 30 }

  /// What is known of `bound_ns`.
  enum Bound {
    /// It is the earliest due time in the buckets.
    case exact
    /// It is not later than that.
    case loose
    /// The same, and reading through the bucket would have taken too long.
    case unread
  }

  private let inPlace = InPlace()
  let links: Block<Link>
  let entries: Block<Entry>
  let buckets: Buckets
  package internal(set) var count = 0
  /// Of these, how many are in the heap.
  var drawnCount = 0
  /// The tick that time has reached: what falls due in it or before is in the heap, all else in a bucket.
  var reached: Int64 = 0
  /// Not later than the earliest in the buckets; `Int64.max` when they are empty.
  var bound_ns: Int64 = .max
  var bound = Bound.exact
  /// The last time that found nothing due.
  var quiet_ns: Int64 = .min

  /// Deadlines carried, drawn or read through before the baton is offered to others: about 50 microseconds' worth.
  package static var slice: Int { 256 }

  package init(_ memory: Memory, capacity: Int) throws(OutOfMemory) {
    precondition(capacity < Int(Self.isDrawn))
    let links = try Block<Link>(memory, count: capacity)
    let entries = try Block<Entry>(unfilled: memory, count: capacity + Self.free)
    let buckets = try Buckets(memory, capacity: capacity)
    self.links = links
    self.entries = entries
    self.buckets = buckets
  }

  package var capacity: Int { links.count }

  /// Time is at `now_ns` before anything is armed: so nothing is carried there from the beginning of time. O(1).
  package mutating func begin(at now_ns: Int64) {
    assert(count == 0)
    reached = Self.tick(now_ns)
  }

  package func isArmed(slot: UInt32) -> Bool { links[slot].before != 0 }

  /// When an armed slot is due; `Int64.max` when it is not armed. O(1).
  package func due_ns(of slot: UInt32) -> Int64 {
    links[slot].before == 0 ? .max : links[slot].due_ns
  }

  /// Never later than the earliest due time; `Int64.max` when nothing is armed. It is that time exactly after `draw` or
  /// `popDue` has found nothing due, unless more than `slice` deadlines share the next bucket and the earliest of them
  /// was cancelled or moved: then it is a time at which `draw` has something to do. O(1).
  package var next_due_ns: Int64 {
    drawnCount == 0 ? bound_ns : min(heap[0].due_ns, bound_ns)
  }

  /// Arms a slot, or moves it when it is armed. O(1).
  package mutating func arm(slot: UInt32, due_ns: Int64) {
    let tick = Self.tick(due_ns)
    let before = links[slot].before
    if before == 0 {
      count += 1
    } else if before & Self.isFirst == 0, before & Self.isDrawn != 0, tick <= reached {
      links[slot].due_ns = due_ns
      moveDrawn(Entry(due_ns: due_ns, slot: slot), at: Int(before & ~Self.isDrawn))
      return
    } else {
      takeOut(slot)
    }
    if tick <= reached {
      links[slot].due_ns = due_ns
      push(Entry(due_ns: due_ns, slot: slot))
      if count == drawnCount { emptied() }
    } else {
      file(slot, due_ns: due_ns)
    }
  }

  /// Takes a slot out; nothing happens when it is not armed. O(1).
  package mutating func cancel(slot: UInt32) {
    guard links[slot].before != 0 else { return }
    takeOut(slot)
    links[slot].before = 0
    count -= 1
    if count == drawnCount { emptied() }
  }

  /// The next deadline with due <= now, taken out; nil when none is due. Draws as much as that takes.
  package mutating func popDue(now_ns: Int64) -> UInt32? {
    var steps = Self.slice
    while !draw(now_ns: now_ns, steps: &steps) { steps = Self.slice }
    return popDrawn(now_ns: now_ns)
  }

  /// After `draw` has returned true with this `now`: the next deadline with due <= now, taken out; nil when none is.
  /// O(log of those drawn).
  package mutating func popDrawn(now_ns: Int64) -> UInt32? {
    guard drawnCount > 0, heap[0].due_ns <= now_ns else { return nil }
    let slot = heap[0].slot
    removeDrawn(at: 0)
    links[slot].before = 0
    count -= 1
    return slot
  }
}
