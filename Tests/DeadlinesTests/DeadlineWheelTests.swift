// Deadlines beside a sorted array: never early, once each, in order of due time and slot.

import HujiaContainers
import HujiaDeadlines
import HujiaTestSupport
import Testing

@Suite struct DeadlineWheelTests {
  @Test func emptyNeverFires() throws {
    var wheel = try DeadlineWheel(.system, capacity: 0)
    check(wheel.next_due_ns == .max)
    check(wheel.popDue(now_ns: .max) == nil)
  }

  @Test func neverEarlyAndOnce() throws {
    var wheel = try DeadlineWheel(.system, capacity: 4)
    wheel.arm(slot: 2, due_ns: 1_000)
    check(wheel.popDue(now_ns: 999) == nil)
    check(wheel.due_ns(of: 2) == 1_000 && wheel.isArmed(slot: 2))
    check(wheel.popDue(now_ns: 1_000) == 2)
    check(wheel.popDue(now_ns: .max) == nil)
    check(!wheel.isArmed(slot: 2) && wheel.due_ns(of: 2) == .max)
    wheel.cancel(slot: 2)
    check(wheel.count == 0)
  }

  @Test func equalTimesComeInOrderOfSlot() throws {
    var wheel = try DeadlineWheel(.system, capacity: 100)
    for slot in (0..<100 as Range<UInt32>).reversed() { wheel.arm(slot: slot, due_ns: 5) }
    for slot in 0..<100 as Range<UInt32> { check(wheel.popDue(now_ns: 5) == slot) }
  }

  @Test func extremes() throws {
    var wheel = try DeadlineWheel(.system, capacity: 4)
    wheel.arm(slot: 0, due_ns: .max)
    wheel.arm(slot: 1, due_ns: .min)
    wheel.arm(slot: 2, due_ns: 0)
    wheel.arm(slot: 3, due_ns: -1)
    check(wheel.next_due_ns == .min)
    check(wheel.popDue(now_ns: .min) == 1)
    check(wheel.popDue(now_ns: -1) == 3)
    check(wheel.popDue(now_ns: .max - 1) == 2)
    check(wheel.popDue(now_ns: .max - 1) == nil)
    check(wheel.popDue(now_ns: .max) == 0)
  }

  /// Arm, re-arm, cancel and pop at random with jumps of time, beside an array that is sorted each time.
  @Test(arguments: [1, 7, 64, 300])
  func againstASortedArray(capacity: Int) throws {
    for seed in 0..<UInt64(Scale.count(4, full: 200)) {
      var random = SplitMix64(seed &* 1_000 &+ UInt64(capacity))
      var wheel = try DeadlineWheel(.system, capacity: capacity)
      var twin: [UInt32: Int64] = [:]
      var now_ns: Int64 = 0
      var faults = 0
      func first() -> (slot: UInt32, due_ns: Int64)? {
        twin.map { (slot: $0.key, due_ns: $0.value) }.min {
          ($0.due_ns, $0.slot) < ($1.due_ns, $1.slot)
        }
      }
      for _ in 0..<1_500 {
        let slot = UInt32(random.below(capacity))
        switch random.below(8) {
        case 0...3:
          // Few different times, so that ties are common; now and then far away or long past.
          var due_ns = now_ns &+ Int64(random.below(40)) * 1_000
          if random.chance(3) { due_ns = random.chance(50) ? .max : .min }
          if random.chance(5) { due_ns = now_ns &- Int64(random.below(5_000)) }
          wheel.arm(slot: slot, due_ns: due_ns)
          twin[slot] = due_ns
        case 4:
          wheel.cancel(slot: slot)
          twin[slot] = nil
        default:
          now_ns &+= random.chance(10) ? 1_000_000 : Int64(random.below(9_000))
          while true {
            let expected = first().flatMap { $0.due_ns <= now_ns ? $0.slot : nil }
            let found = wheel.popDue(now_ns: now_ns)
            if found != expected { faults += 1 }
            guard let found else { break }
            twin[found] = nil
            if random.chance(30) { break }
          }
        }
        if wheel.count != twin.count || wheel.next_due_ns != first()?.due_ns ?? .max
          || wheel.due_ns(of: slot) != twin[slot] ?? .max
          || wheel.isArmed(slot: slot) != (twin[slot] != nil)
        {
          faults += 1
        }
      }
      check(faults == 0, "seed \(seed)")
    }
  }
}
