// The index of unit numbers beside a dictionary, under runs that collide and ids that come and go.

import HujiaTestSupport
import Synchronization
import Testing

@testable import HujiaContainers

@Suite struct IdIndexTests {
  @Test func againstADictionary() throws {
    var random = SplitMix64(3)
    var index = try IdIndex(.system, capacity: 500)
    var twin: [UInt64: UInt32] = [:]
    var present: [UInt64] = []
    var faults = 0
    for step in 0..<200_000 {
      // Sequential, far apart and extreme ids, so that runs collide.
      let id: UInt64 =
        switch random.below(4) {
        case 0: UInt64(random.below(700))
        case 1: UInt64(random.below(700)) << 40
        case 2: .max - UInt64(random.below(50))
        default: UInt64(random.below(700)) * 1024
        }
      switch random.below(3) {
      case 0 where twin.count < 500:
        if twin[id] == nil {
          if !index.insert(id, slot: UInt32(step)) { faults += 1 }
          twin[id] = UInt32(step)
          present.append(id)
        }
      case 1 where !present.isEmpty:
        let place = random.below(present.count)
        let gone = present[place]
        present.swapAt(place, present.count - 1)
        present.removeLast()
        twin[gone] = nil
        if !index.remove(gone) || index.remove(gone) { faults += 1 }
      default:
        if index.find(id) != twin[id] { faults += 1 }
      }
      if index.count != twin.count { faults += 1 }
    }
    check(faults, equals: 0)
    for id in present { check(index.find(id), equals: twin[id]) }
  }

  /// Fill to the brim and drain, again and again: nothing is lost, full is said, and no marks pile up.
  @Test func fillAndDrain() throws {
    var index = try IdIndex(.system, capacity: 64)
    for cycle in 0..<200 {
      var taken = 0
      while index.insert(UInt64(cycle * 1_000 + taken + 1), slot: UInt32(taken)) { taken += 1 }
      check(taken, atLeast: 64)
      checkNil(index.find(UInt64(cycle * 1_000 + taken + 1)))
      for number in 0..<taken {
        check(index.find(UInt64(cycle * 1_000 + number + 1)), equals: UInt32(number))
        check(index.remove(UInt64(cycle * 1_000 + number + 1)))
      }
      check(index.count, equals: 0)
    }
  }

  /// Ids that come and go at a steady load (units of a shift): an absent id is still recognised in a few probes.
  @Test func churnLeavesFreePlaces() throws {
    var random = SplitMix64(17)
    var index = try IdIndex(.system, capacity: 256)
    var present: [UInt64] = []
    for _ in 0..<256 {
      let id = random.next()
      check(index.insert(id, slot: 1))
      present.append(id)
    }
    for _ in 0..<20_000 {
      let place = random.below(present.count)
      check(index.remove(present[place]))
      present[place] = random.next()
      check(index.insert(present[place], slot: 2))
    }
    var free = 0
    for place in 0...index.mask where index.values[place] == 0 { free += 1 }
    check(free, above: index.mask / 8, "\(free) free places of \(index.mask + 1)")
  }
}

@Suite struct IdIndexReaderTests {
  /// An id that stays is found by every look, while others of the same run come and go.
  @Test func foundWhileOthersMove() throws {
    let shared = Shared(try IdIndex(.system, capacity: 64))
    for id in 1...32 as ClosedRange<UInt64> { check(shared.index.insert(id, slot: UInt32(id))) }
    let reader: @Sendable () -> Void = {
      var (missed, wrong) = (0, 0)
      repeat {
        for id in 1...32 as ClosedRange<UInt64> where shared.index.find(id) != UInt32(id) {
          missed += 1
        }
        for id in 100...139 as ClosedRange<UInt64> {
          if let slot = shared.index.find(id), slot != UInt32(id) { wrong += 1 }
        }
      } while !shared.isOver.load(ordering: .acquiring)
      check(missed, equals: 0, "\(missed) missed, \(wrong) wrong")
      check(wrong, equals: 0, "\(missed) missed, \(wrong) wrong")
    }
    onThreads([
      reader, reader,
      {
        var random = SplitMix64(9)
        for _ in 0..<60_000 {
          let id = UInt64(100 + random.below(40))
          if shared.index.find(id) == nil {
            _ = shared.index.insert(id, slot: UInt32(id))
          } else if !shared.index.remove(id) {
            check(false)
          }
        }
        shared.isOver.store(true, ordering: .releasing)
      },
    ])
  }

  private final class Shared: @unchecked Sendable {
    var index: IdIndex
    let isOver = Atomic<Bool>(false)
    init(_ index: consuming IdIndex) { self.index = index }
  }
}
