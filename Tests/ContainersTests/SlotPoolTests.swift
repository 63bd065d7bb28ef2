// Ids with generations: a stale, forged or zero id is recognised, whatever came and went before.

import HujiaContainers
import HujiaTestSupport
import Testing

@Suite struct SlotPoolTests {
  @Test func handsOutEachSlotOnceAndSaysFull() throws {
    var pool = try SlotPool(.system, capacity: 5)
    var seen: Set<UInt32> = []
    while let slot = pool.take() { check(seen.insert(slot).inserted) }
    check(seen, equals: [0, 1, 2, 3, 4])
    check(pool.live, equals: 5)
    checkNil(pool.take())
  }

  @Test func staleForgedAndZeroIdsAreRecognised() throws {
    var pool = try SlotPool(.system, capacity: 3)
    checkNil(pool.slot(of: 0))
    checkNil(pool.slot(of: 1))  // never handed out
    let first = pool.take()
    let slot = try #require(first)
    let id = pool.id(of: slot)
    check(id, isNot: 0)
    check(pool.slot(of: id), equals: slot)
    pool.giveBack(slot)
    checkNil(pool.slot(of: id))
    let second = pool.take()
    let again = try #require(second)
    check(again, equals: slot)
    checkNil(pool.slot(of: id))
    check(pool.slot(of: pool.id(of: again)), equals: again)
    for forged: UInt64 in [
      .max, 1 << 32, 4 | (1 << 32), id ^ (1 << 63), UInt64(UInt32.max), id + 1, id &+ (2 << 32),
    ] where forged != pool.id(of: again) {
      checkNil(pool.slot(of: forged), "\(forged)")
    }
  }

  @Test func zeroCapacity() throws {
    var pool = try SlotPool(.system, capacity: 0)
    checkNil(pool.take())
    checkNil(pool.slot(of: 1 << 32 | 1))
  }

  @Test func randomLifeAgainstADictionary() throws {
    var random = SplitMix64(11)
    var pool = try SlotPool(.system, capacity: 40)
    var live: [UInt64: UInt32] = [:]
    var dead: [UInt64] = []
    for _ in 0..<20_000 {
      if random.chance(52), let slot = pool.take() {
        let id = pool.id(of: slot)
        checkNil(live[id])
        check(pool.isLive(slot))
        live[id] = slot
      } else if let id = live.keys.min(by: { $0 &* 0x9e37 < $1 &* 0x9e37 }) {
        pool.giveBack(live[id]!)
        live[id] = nil
        dead.append(id)
      }
      check(pool.live, equals: live.count)
      if let id = live.first { check(pool.slot(of: id.key), equals: id.value) }
      if !dead.isEmpty { checkNil(pool.slot(of: dead[random.below(dead.count)])) }
    }
  }
}
