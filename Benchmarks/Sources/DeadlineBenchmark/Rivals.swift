// What is measured: ours, two rivals of the same interface, and (in LibUV.swift) libuv's heap of timers.

import HujiaContainers
import HujiaDeadlines

protocol Deadlines: ~Copyable {
  init(_ memory: Memory, capacity: Int) throws(OutOfMemory)
  mutating func arm(slot: UInt32, due_ns: Int64)
  mutating func cancel(slot: UInt32)
  mutating func popDue(now_ns: Int64) -> UInt32?
}

extension DeadlineWheel: Deadlines {}

/// A flat calendar wheel: 2^18 buckets of 1 ms, doubly linked by slot number, entries of later
/// rounds stay where they are. Order only by tick, `now` only forwards: a prototype to measure
/// against, not something to use.
struct CalendarWheel: ~Copyable, Deadlines {
  private struct Link: BitwiseCopyable {
    var due_ns: Int64
    var before: UInt32  // slot + 1, or 0 at the head
    var after: UInt32
  }
  private static var buckets: Int { 1 << 18 }
  private static var tick_ns: Int64 { 1_000_000 }

  private let heads: Block<UInt32>
  private let links: Block<UInt64>
  private var tick: Int64 = 0
  private var cursor: UInt32 = 0

  init(_ memory: Memory, capacity: Int) throws(OutOfMemory) {
    let heads = try Block<UInt32>(memory, count: Self.buckets)
    let links = try Block<UInt64>(memory, count: capacity * 2)
    self.heads = heads
    self.links = links
  }

  private func link(_ slot: UInt32) -> UnsafeMutablePointer<Link> {
    UnsafeMutableRawPointer(links.base + Int(slot) * 2).assumingMemoryBound(to: Link.self)
  }
  private func bucket(_ due_ns: Int64) -> Int {
    Int(max(due_ns / Self.tick_ns, tick)) & (Self.buckets - 1)
  }

  /// Only for a slot that is not armed.
  mutating func arm(slot: UInt32, due_ns: Int64) {
    let bucket = bucket(due_ns)
    let head = heads[bucket]
    link(slot).pointee = Link(due_ns: due_ns, before: 0, after: head)
    if head != 0 { link(head - 1).pointee.before = slot + 1 }
    heads[bucket] = slot + 1
  }

  mutating func cancel(slot: UInt32) {
    let own = link(slot).pointee
    if own.after != 0 { link(own.after - 1).pointee.before = own.before }
    if own.before != 0 {
      link(own.before - 1).pointee.after = own.after
    } else {
      heads[bucket(own.due_ns)] = own.after
    }
    if cursor == slot + 1 { cursor = own.after }
  }

  mutating func popDue(now_ns: Int64) -> UInt32? {
    let last = now_ns / Self.tick_ns - 1  // whole ticks only: never early
    while true {
      while cursor != 0 {
        let slot = cursor - 1
        let own = link(slot).pointee
        cursor = own.after
        if own.due_ns <= now_ns {
          cancel(slot: slot)
          return slot
        }
      }
      guard tick < last else { return nil }
      tick += 1
      cursor = heads[Int(tick) & (Self.buckets - 1)]
    }
  }
}
