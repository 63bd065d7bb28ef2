// Deadlines beside a sorted array: never early, once each, in order of due time and slot.

import HujiaContainers
import HujiaDeadlines
import HujiaTestSupport
import Testing

@Suite struct DeadlineWheelTests {
  @Test func emptyNeverFires() throws {
    var wheel = try DeadlineWheel(.system, capacity: 0)
    check(wheel.next_due_ns, equals: .max)
    checkNil(wheel.popDue(now_ns: .max))
  }

  @Test func neverEarlyAndOnce() throws {
    var wheel = try DeadlineWheel(.system, capacity: 4)
    wheel.arm(slot: 2, due_ns: 1_000)
    checkNil(wheel.popDue(now_ns: 999))
    check(wheel.due_ns(of: 2), equals: 1_000)
    check(wheel.isArmed(slot: 2))
    check(wheel.popDue(now_ns: 1_000), equals: 2)
    checkNil(wheel.popDue(now_ns: .max))
    check(!wheel.isArmed(slot: 2))
    check(wheel.due_ns(of: 2), equals: .max)
    wheel.cancel(slot: 2)
    check(wheel.count, equals: 0)
  }

  @Test func equalTimesComeInOrderOfSlot() throws {
    var wheel = try DeadlineWheel(.system, capacity: 100)
    for slot in (0..<100 as Range<UInt32>).reversed() { wheel.arm(slot: slot, due_ns: 5) }
    for slot in 0..<100 as Range<UInt32> { check(wheel.popDue(now_ns: 5), equals: slot) }
  }

  @Test func extremes() throws {
    var wheel = try DeadlineWheel(.system, capacity: 4)
    wheel.arm(slot: 0, due_ns: .max)
    wheel.arm(slot: 1, due_ns: .min)
    wheel.arm(slot: 2, due_ns: 0)
    wheel.arm(slot: 3, due_ns: -1)
    check(wheel.next_due_ns, equals: .min)
    check(wheel.popDue(now_ns: .min), equals: 1)
    check(wheel.popDue(now_ns: -1), equals: 3)
    check(wheel.popDue(now_ns: .max - 1), equals: 2)
    checkNil(wheel.popDue(now_ns: .max - 1))
    check(wheel.popDue(now_ns: .max), equals: 0)
  }

  /// Arm, re-arm, cancel and pop at random with jumps of time, beside an array that is sorted each time: times from
  /// nanoseconds to centuries apart, so that all buckets are used, and few different ones, so that ties are common.
  @Test(arguments: [1, 7, 64, 300, 5_000, 70_000])
  func againstASortedArray(capacity: Int) throws {
    for seed in 0..<UInt64(Scale.count(6, full: 200)) {
      var race = try Race(seed &* 1_000 &+ UInt64(capacity), capacity: capacity)
      for _ in 0..<3_000 { race.step() }
      check(race.faults, equals: 0, "seed \(seed)")
    }
  }

  /// All in one tick: nothing fires before the order is known, and no call handles more than it may.
  @Test func aBurstIsDrawnInSlices() throws {
    let count = Scale.count(20_000, full: 1_000_000)
    var wheel = try DeadlineWheel(.system, capacity: count)
    var random = SplitMix64(3)
    var twin: [(due_ns: Int64, slot: UInt32)] = []
    for slot in 0..<UInt32(count) {
      twin.append((3_600_000_000_000 + Int64(random.below(1_000)), slot))
      wheel.arm(slot: slot, due_ns: twin[Int(slot)].due_ns)
    }
    check(wheel.next_due_ns, equals: 3_600_000_000_000)
    twin.sort { ($0.due_ns, $0.slot) < ($1.due_ns, $1.slot) }
    var calls = 0
    while true {
      var steps = 100
      let isDrawn = wheel.draw(now_ns: 3_600_000_001_000, steps: &steps)
      calls += 1
      check(steps, atLeast: 0)
      check(wheel.next_due_ns, atMost: 3_600_000_000_000)
      if isDrawn { break }
    }
    // Each came down from bucket to bucket: once a level at most.
    check(calls, above: count / 100)
    check(calls, atMost: count / 100 * 6)
    var faults = 0
    for expected in twin where wheel.popDrawn(now_ns: 3_600_000_001_000) != expected.slot {
      faults += 1
    }
    check(faults, equals: 0)
    check(wheel.count, equals: 0)
    check(wheel.next_due_ns, equals: .max)
  }

  /// What is far away has come near before its time when somebody looks in now and then.
  @Test func farOnesAreCarriedNearer() throws {
    let count = 30_000
    var wheel = try DeadlineWheel(.system, capacity: count)
    // An hour away, spread over a minute.
    for slot in 0..<UInt32(count) {
      wheel.arm(slot: slot, due_ns: 3_600_000_000_000 + Int64(slot) * 2_000_000)
    }
    var now_ns: Int64 = 0
    while now_ns < 3_599_000_000_000 {
      var steps = DeadlineWheel.slice
      check(wheel.draw(now_ns: now_ns, steps: &steps))
      checkNil(wheel.popDrawn(now_ns: now_ns))
      now_ns += 100_000_000
    }
    // Only one tick is drawn for the first of them.
    now_ns = 3_600_000_000_000
    var steps = 20
    check(wheel.draw(now_ns: now_ns, steps: &steps))
    check(wheel.popDrawn(now_ns: now_ns), equals: 0)
  }

  /// Two of one tick, the first of a coarse bucket, of which only one has been carried nearer when time jumps there.
  @Test(arguments: [0, 1] as [UInt32])
  func aHalfCarriedBucketKeepsItsOrder(earlier: UInt32) throws {
    var wheel = try DeadlineWheel(.system, capacity: 2)
    let tick_ns: Int64 = 1 << 24
    let start_ns = 2_560 * tick_ns
    for slot in 0..<2 as Range<UInt32> {
      wheel.arm(slot: slot, due_ns: start_ns + (slot == earlier ? 3 : 5))
    }
    var steps = 1
    check(wheel.draw(now_ns: start_ns - 200 * tick_ns, steps: &steps))
    check(steps, equals: 0)
    check(wheel.popDue(now_ns: start_ns + 10), equals: earlier)
    check(wheel.popDue(now_ns: start_ns + 10), equals: 1 - earlier)
  }

  @Test func emptyDaysCostNothing() throws {
    var wheel = try DeadlineWheel(.system, capacity: 100_000)
    let day_ns: Int64 = 86_400_000_000_000
    for slot in 0..<10 as Range<UInt32> {
      wheel.arm(slot: slot, due_ns: Int64(slot) * 400 * day_ns)
    }
    for slot in 0..<10 as Range<UInt32> {
      let due_ns = Int64(slot) * 400 * day_ns
      var steps = 8
      check(wheel.next_due_ns, equals: due_ns)
      check(wheel.draw(now_ns: due_ns - 1, steps: &steps))
      checkNil(wheel.popDrawn(now_ns: due_ns - 1))
      check(wheel.draw(now_ns: due_ns, steps: &steps))
      check(wheel.popDrawn(now_ns: due_ns), equals: slot)
      check(wheel.draw(now_ns: due_ns, steps: &steps))
      check(steps, atLeast: 0)
    }
    checkNil(wheel.popDue(now_ns: .max))
  }
}
