// The deadline structure and a plain sorted array of the same deadlines, driven by the same random acts.

import HujiaContainers
import HujiaDeadlines
import HujiaTestSupport

struct Race: ~Copyable {
  private struct Due: Comparable {
    var due_ns: Int64
    var slot: UInt32
    static func < (one: Due, other: Due) -> Bool {
      (one.due_ns, one.slot) < (other.due_ns, other.slot)
    }
  }

  private var random: SplitMix64
  private var wheel: DeadlineWheel
  private var sorted: [Due] = []
  private var dueOf: [UInt32: Int64] = [:]
  private var now_ns: Int64 = 0
  /// The slots in use: few of many, so that each is armed often.
  private let slots: [UInt32]
  private(set) var faults = 0

  init(_ seed: UInt64, capacity: Int) throws {
    var random = SplitMix64(seed)
    slots = (0..<min(capacity, 400)).map { _ in UInt32(random.below(capacity)) }
    wheel = try DeadlineWheel(.system, capacity: capacity)
    self.random = random
  }

  private mutating func expect(_ holds: Bool) { if !holds { faults += 1 } }

  mutating func step() {
    let slot = slots[random.below(slots.count)]
    switch random.below(10) {
    case 0...4: arm(slot)
    case 5: cancel(slot)
    case 6: draw()
    default: pop()
    }
    expect(wheel.count == sorted.count)
    expect(wheel.due_ns(of: slot) == dueOf[slot] ?? .max)
    expect(wheel.isArmed(slot: slot) == (dueOf[slot] != nil))
    expect(wheel.next_due_ns <= sorted.first?.due_ns ?? .max)
    if sorted.isEmpty { expect(wheel.next_due_ns == .max) }
  }

  /// Nanoseconds to centuries.
  private mutating func span_ns() -> Int64 {
    let scales: [Int64] = [
      1, 1_000, 1_000_000, 20_000_000, 1_000_000_000, 60_000_000_000, 3_600_000_000_000,
      1_000_000_000_000_000, 100_000_000_000_000_000,
    ]
    // The nearer ones are likelier, and a few steps apart are often the same.
    let scale = min(random.below(scales.count), random.below(scales.count))
    return Int64(random.below(40)) * scales[scale]
  }

  private mutating func arm(_ slot: UInt32) {
    var (due_ns, overflows) = now_ns.addingReportingOverflow(span_ns())
    if overflows || random.chance(2) { due_ns = random.chance(50) ? .max : .min }
    if random.chance(5) { due_ns = now_ns &- Int64(random.below(5_000)) }
    if random.chance(5), let other = sorted.isEmpty ? nil : sorted[random.below(sorted.count)] {
      due_ns = other.due_ns
    }
    forget(slot)
    wheel.arm(slot: slot, due_ns: due_ns)
    let due = Due(due_ns: due_ns, slot: slot)
    sorted.insert(due, at: place(of: due))
    dueOf[slot] = due_ns
  }

  private mutating func cancel(_ slot: UInt32) {
    // Often the next one: what is promised of the next due time has to hold without it.
    let slot = random.chance(40) ? sorted.first?.slot ?? slot : slot
    wheel.cancel(slot: slot)
    forget(slot)
  }

  private mutating func forget(_ slot: UInt32) {
    guard let due_ns = dueOf.removeValue(forKey: slot) else { return }
    sorted.remove(at: place(of: Due(due_ns: due_ns, slot: slot)))
  }

  private func place(of due: Due) -> Int {
    var low = 0
    var high = sorted.count
    while low < high {
      let middle = (low + high) / 2
      if sorted[middle] < due { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private mutating func pass() {
    guard random.chance(60) else { return }
    let (later_ns, overflows) = now_ns.addingReportingOverflow(span_ns())
    if !overflows, later_ns < .max / 2 { now_ns = later_ns }
    // Exactly at a due time, too.
    if random.chance(30), let first = sorted.first, first.due_ns < .max / 2 {
      now_ns = max(now_ns, first.due_ns)
    }
  }

  /// A few steps only, and nothing popped, however much is due.
  private mutating func draw() {
    pass()
    var steps = random.below(20)
    let isDrawn = wheel.draw(now_ns: now_ns, steps: &steps)
    expect(steps >= 0)
    guard let first = sorted.first else { return expect(isDrawn) }
    if isDrawn, first.due_ns <= now_ns { expect(wheel.next_due_ns == first.due_ns) }
    if isDrawn, first.due_ns > now_ns { expect(wheel.next_due_ns > now_ns) }
    if !isDrawn { expect(wheel.next_due_ns <= now_ns) }
  }

  private mutating func pop() {
    pass()
    while true {
      let expected = sorted.first.flatMap { $0.due_ns <= now_ns ? $0.slot : nil }
      let found = wheel.popDue(now_ns: now_ns)
      expect(found == expected)
      guard let found else { break }
      forget(found)
      if random.chance(20) { return }
    }
    // Nothing is due: the next time is exact, as fewer share a bucket than one call reads.
    if sorted.count <= DeadlineWheel.slice {
      expect(wheel.next_due_ns == sorted.first?.due_ns ?? .max)
    }
  }
}
