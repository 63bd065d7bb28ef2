// The small containers beside the plain ones of the standard library.

import HujiaContainers
import HujiaTestSupport
import Testing

@Suite struct RingTests {
  @Test func againstAnArray() throws {
    for capacity in [0, 1, 2, 3, 8, 13] {
      var random = SplitMix64(UInt64(capacity))
      var ring = try Ring<UInt32>(.system, capacity: capacity)
      var twin: [UInt32] = []
      check(ring.capacity, equals: max(capacity, 1))
      for step in 0..<2_000 {
        if random.chance(55) {
          let isTaken = ring.append(UInt32(step))
          check(isTaken, equals: (twin.count < ring.capacity))
          if isTaken { twin.append(UInt32(step)) }
        } else {
          if let first = twin.first { check(ring.first, equals: first) }
          check(ring.popFirst(), equals: (twin.isEmpty ? nil : twin.removeFirst()))
        }
        check(ring.count, equals: twin.count)
        check(ring.isEmpty, equals: twin.isEmpty)
      }
    }
  }
}

@Suite struct BitSetTests {
  @Test func againstASet() throws {
    var random = SplitMix64(5)
    var bits = try BitSet(.system, capacity: 131)
    var twin: Set<Int> = []
    for step in 0..<20_000 {
      let member = random.below(131)
      check(bits.contains(member), equals: twin.contains(member))
      if random.chance(50) {
        bits.insert(member)
        twin.insert(member)
      } else {
        bits.remove(member)
        twin.remove(member)
      }
      if step % 5_000 == 4_999 {
        for member in 0..<131 { check(bits.contains(member), equals: twin.contains(member)) }
        bits.removeAll()
        twin.removeAll()
      }
    }
  }
}

@Suite struct CountersTests {
  @Test func addRaiseSet() throws {
    let counters = try Counters(.system, count: 3)
    check(counters.read(0), equals: 0)
    counters.add(0)
    counters.add(0, 41)
    counters.raise(1, to: 7)
    counters.raise(1, to: 3)
    counters.set(2, -5)
    counters.addShared(2, 2)
    check(counters.read(0), equals: 42)
    check(counters.read(1), equals: 7)
    check(counters.read(2), equals: -3)
  }
}
