// The index of names that several share, beside a scan of all slots: few names and many slots, hashes that collide.

import HujiaTestSupport
import Testing

@testable import HujiaContainers

@Suite struct NameIndexTests {
  /// Slots with the name they have, and when they got it.
  private struct Twin {
    var names = [UInt64?](repeating: nil, count: 300)
    var numbers = [Int](repeating: 0, count: 300)

    func find(_ name: UInt64) -> UInt32? {
      names.indices.filter { names[$0] == name }.max { numbers[$0] < numbers[$1] }.map {
        UInt32($0)
      }
    }
  }

  /// `spread` 0: all names collide; the same bucket, the same tag.
  @Test(arguments: [(0, 5), (1, 5), (1, 400), (2, 40)] as [(UInt64, Int)])
  func againstAScan(spread: UInt64, names: Int) throws {
    var random = SplitMix64(11)
    var index = try NameIndex(.system, capacity: 300)
    var twin = Twin()
    var faults = 0
    func hash(_ name: UInt64) -> UInt64 {
      spread == 0 ? 7 : spread == 2 ? name << 32 : NameIndex.hash(0, name)
    }
    for step in 1...6_000 {
      let slot = random.below(300)
      let name = UInt64(random.below(names))
      if let before = twin.names[slot] {
        if random.below(2) == 0 {
          index.remove(UInt32(slot))
          twin.names[slot] = nil
        } else if index.find(hash(before), { twin.names[Int($0)] == before }) != twin.find(before) {
          faults += 1
        }
      } else {
        // Its own name stands where it is compared before it is filed, as a record's does.
        twin.names[slot] = name
        twin.numbers[slot] = step
        index.file(UInt32(slot), hash(name)) { twin.names[Int($0)] == name }
      }
      let asked = UInt64(random.below(names))
      if index.find(hash(asked), { twin.names[Int($0)] == asked }) != twin.find(asked) {
        faults += 1
      }
      if step % 100 == 0, !index.isConsistent() { faults += 1 }
      if index.count != twin.names.count(where: { $0 != nil }) { faults += 1 }
    }
    check(faults, equals: 0, "looks that differ from the scan")
    for slot in 0..<300 where twin.names[slot] != nil { index.remove(UInt32(slot)) }
    check(index.count, equals: 0)
    let isConsistent = index.isConsistent()
    #expect(isConsistent)
  }
}
