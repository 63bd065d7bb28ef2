// Posts from several threads reach the consumer once each, in each thread's order.

import HujiaContainers
import HujiaTestSupport
import Synchronization
import Testing

import Glibc

@Suite struct SharedRingTests {
  @Test func oneThreadAgainstAnArray() throws {
    var random = SplitMix64(23)
    let ring = try SharedRing<UInt32>(.system, capacity: 5)
    var twin: [UInt32] = []
    for step in 0..<5_000 {
      if random.chance(55) {
        let isTaken = ring.append(UInt32(step))
        check(isTaken, equals: (twin.count < ring.capacity))
        if isTaken { twin.append(UInt32(step)) }
      } else {
        check(ring.popFirst(), equals: (twin.isEmpty ? nil : twin.removeFirst()))
      }
      check(ring.count, equals: twin.count)
    }
  }

  private final class Shared: @unchecked Sendable {
    let ring: SharedRing<UInt64>
    let perProducer: UInt64
    init(perProducer: UInt64) throws {
      ring = try SharedRing(.system, capacity: 64)
      self.perProducer = perProducer
    }
  }

  private final class Start: @unchecked Sendable {
    let shared: Shared
    let producer: UInt64
    init(_ shared: Shared, _ producer: UInt64) {
      self.shared = shared
      self.producer = producer
    }
  }

  /// Four producers on threads of their own, one consumer: nothing lost, nothing doubled, each producer's order kept.
  @Test func fourProducersOneConsumer() throws {
    let shared = try Shared(perProducer: UInt64(Scale.count(20_000, full: 1_000_000)))
    var threads: [pthread_t] = []
    for producer in 0..<4 as Range<UInt64> {
      var thread = pthread_t()
      let start = Unmanaged.passRetained(Start(shared, producer)).toOpaque()
      let status = pthread_create(
        &thread, nil,
        { raw in
          let start = Unmanaged<Start>.fromOpaque(raw.unsafelyUnwrapped).takeRetainedValue()
          for number in 0..<start.shared.perProducer {
            while !start.shared.ring.append(start.producer << 32 | number) { sched_yield() }
          }
          return nil
        }, start)
      check(status, equals: 0)
      threads.append(thread)
    }
    var next: [UInt64] = [0, 0, 0, 0]
    var faults = 0
    var taken: UInt64 = 0
    while taken < 4 * shared.perProducer {
      guard let element = shared.ring.popFirst() else {
        sched_yield()
        continue
      }
      let producer = Int(element >> 32)
      if element & 0xffff_ffff != next[producer] { faults += 1 }
      next[producer] += 1
      taken += 1
    }
    for thread in threads { pthread_join(thread, nil) }
    check(faults, equals: 0)
    checkNil(shared.ring.popFirst())
    check(shared.ring.count, equals: 0)
    check(next.allSatisfy { $0 == shared.perProducer })
  }

  /// Closed, it takes nothing more, gives out what it has, and its counts stay true. Empty, in part, full, and when
  /// it has come round.
  @Test(.timeLimit(.minutes(1)), arguments: 0...4 as ClosedRange<UInt32>, [0, 4, 6] as [UInt32])
  func closed(_ held: UInt32, _ before: UInt32) throws {
    let ring = try SharedRing<UInt32>(.system, capacity: 4)
    for number in 0..<before { check(ring.append(number) && ring.popFirst() == number) }
    for number in 0..<held { check(ring.append(number)) }
    check(!ring.isClosed)
    ring.close()
    ring.close()
    check(ring.isClosed)
    check(!ring.append(9))
    check(ring.count, equals: Int(held))
    check(ring.appended, equals: Int64(before + held))
    for number in 0..<held { check(ring.popFirst(), equals: number) }
    checkNil(ring.popFirst())
    check(ring.count, equals: 0)
    check(ring.appended, equals: Int64(before + held))
    check(!ring.append(9))
  }

  private final class Total: Sendable {
    let count = Atomic<Int>(0)
  }

  /// However many threads append while it closes: what was accepted comes out, and nothing comes after.
  @Test func closedWhileThreadsAppend() throws {
    for _ in 0..<50 {
      let shared = try Shared(perProducer: 40)
      let accepted = Total()
      let append: @Sendable () -> Void = {
        for number in 0..<shared.perProducer where shared.ring.append(number) {
          accepted.count.add(1, ordering: .relaxed)
        }
      }
      onThreads([append, append, { shared.ring.close() }, append])
      let count = accepted.count.load(ordering: .relaxed)
      check(shared.ring.count, equals: count)
      check(Int(shared.ring.appended), equals: count)
      var popped = 0
      while shared.ring.popFirst() != nil { popped += 1 }
      check(popped, equals: count)
    }
  }
}
