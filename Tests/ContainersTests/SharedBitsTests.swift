// The set of fresh slots beside a plain set, over all three levels, and filled by several threads.

import HujiaTestSupport
import Synchronization
import Testing

@testable import HujiaContainers

@Suite struct SharedBitsTests {
  @Test(arguments: [1, 64, 65, 5_000, 300_000]) func againstASet(capacity: Int) throws {
    var random = SplitMix64(UInt64(capacity))
    let bits = try SharedBits(.system, capacity: capacity)
    var twin: Set<UInt32> = []
    var faults = 0
    for _ in 0..<20_000 {
      let member = UInt32(random.below(capacity))
      switch random.below(5) {
      case 0, 1:
        bits.insert(member)
        twin.insert(member)
      case 2:
        if bits.remove(member) != (twin.remove(member) != nil) { faults += 1 }
      case 3:
        if bits.contains(member) != twin.contains(member) { faults += 1 }
      default:
        if let popped = bits.popNext() {
          if twin.remove(popped) == nil { faults += 1 }
        } else if !twin.isEmpty {
          faults += 1
        }
      }
    }
    while let popped = bits.popNext() { if twin.remove(popped) == nil { faults += 1 } }
    check(twin.isEmpty, "\(faults) faults, \(twin.count) left")
    check(bits.isEmpty, "\(faults) faults, \(twin.count) left")
    check(faults, equals: 0, "\(faults) faults, \(twin.count) left")
  }

  /// Low numbers that come again and again do not keep the high ones waiting.
  @Test func roundAndRound() throws {
    let bits = try SharedBits(.system, capacity: 1_000)
    bits.insert(999)
    var popped: [UInt32] = []
    for _ in 0..<5 {
      bits.insert(1)
      bits.insert(2)
      popped.append(bits.popNext() ?? .max)
    }
    check(popped.prefix(3), equals: [1, 2, 999], "\(popped)")
  }

  /// Each insertion is followed by at least one removal that began later: at the end nothing is left behind.
  @Test func nothingIsLeftBehind() throws {
    let shared = Shared(try SharedBits(.system, capacity: 9_000))
    func inserter(_ seed: UInt64) -> @Sendable () -> Void {
      {
        var random = SplitMix64(seed)
        for _ in 0..<40_000 {
          let member = UInt32(random.below(9_000))
          shared.wanted[Int(member)].store(1, ordering: .relaxed)
          shared.bits.insert(member)
        }
        shared.ended.add(1, ordering: .releasing)
      }
    }
    onThreads([
      inserter(1), inserter(2), inserter(3),
      {
        var isLast = false
        while true {
          while let member = shared.bits.popNext() {
            shared.wanted[Int(member)].store(0, ordering: .relaxed)
          }
          if isLast { break }
          isLast = shared.ended.load(ordering: .acquiring) == 3
        }
      },
    ])
    check(shared.bits.isEmpty)
    check((0..<9_000).allSatisfy { shared.wanted[$0].load(ordering: .relaxed) == 0 })
  }

  private final class Shared: @unchecked Sendable {
    let bits: SharedBits
    let wanted: UnsafeMutablePointer<Atomic<Int>>
    let ended = Atomic<Int>(0)
    init(_ bits: consuming SharedBits) {
      self.bits = bits
      wanted = .allocate(capacity: 9_000)
      for index in 0..<9_000 { (wanted + index).initialize(to: Atomic(0)) }
    }
    deinit {
      wanted.deinitialize(count: 9_000)
      wanted.deallocate()
    }
  }
}
