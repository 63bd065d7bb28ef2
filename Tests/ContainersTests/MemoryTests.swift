// Storage is zeroed, aligned, and given back exactly once, whichever request the allocator refuses.

import Glibc
import HujiaContainers
import HujiaTestSupport
import Testing

@Suite struct MemoryTests {
  @Test func blockIsZeroedAndAligned() throws {
    let counting = CountingMemory()
    do {
      let block = try Block<UInt64>(counting.memory, count: 100)
      #expect(UInt(bitPattern: block.base) % 64 == 0)
      #expect(block.bytes == 800)
      for index in 0..<100 { #expect(block[index] == 0) }
      let filled = try Block<UInt16>(counting.memory, count: 33, filledWith: 7)
      for index in 0..<33 { #expect(filled[UInt32(index)] == 7) }
      #expect(counting.live.count == 2)
    }
    #expect(counting.live.isEmpty)
    #expect(counting.wrongReleases == 0)
  }

  /// A table costs no page until it is used, except where it says that it is touched. That holds from 128 KiB on.
  @Test func touchedPagesAreThere() throws {
    for count in [1 << 14, 25_123, 1 << 15] {
      let table = try Block<UInt64>(.system, count: count)
      #expect(residentPages(table.base, bytes: table.bytes).there == 0, "\(count)")
    }
    let plain = try Block<UInt64>(.system, count: 1 << 18)
    let touched = try Block<UInt64>(.system, count: 1 << 18, isTouched: true)
    #expect(residentPages(plain.base, bytes: plain.bytes).there == 0)
    let pages = residentPages(touched.base, bytes: touched.bytes)
    #expect(pages.there == pages.all && pages.all > 500)
    #expect((0..<touched.count).allSatisfy { touched[$0] == 0 })
  }

  /// So as many large pages as fit inside can serve, whatever was taken before.
  @Test func largeStorageBeginsALargePage() throws {
    for odd in [0, 1, 4_096, 100_000] {
      let kept = try Block<UInt8>(.system, count: 70_000 + odd)
      let large = try Block<UInt8>(.system, count: 4 << 20 + odd)
      #expect(UInt(bitPattern: large.base) % (2 << 20) == 0)
      large[large.count - 1] = 1
      #expect(large[0] == 0 && kept[0] == 0)
    }
  }

  /// What was reserved to find the place is given back with it.
  @Test func largeStorageLeavesNothingBehind() throws {
    let before = addressSpace_bytes()
    for _ in 0..<256 { _ = try Block<UInt8>(.system, count: 5 << 20) }
    #expect(before > 0)
    #expect(addressSpace_bytes() - before < 128 << 20)
  }

  private func addressSpace_bytes() -> Int {
    guard let file = fopen("/proc/self/statm", "r") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 128)
    guard fgets(&line, Int32(line.count), file) != nil else { return 0 }
    return strtol(line, nil, 10) * Int(getpagesize())
  }

  @Test func emptyBlockIsReleasedToo() throws {
    let counting = CountingMemory()
    do { _ = try Block<UInt64>(counting.memory, count: 0) }
    #expect(counting.requests == 1)
    #expect(counting.live.isEmpty)
    #expect(counting.wrongReleases == 0)
  }

  @Test func impossibleSizeIsRefusedNotTrapped() {
    let counting = CountingMemory()
    #expect(throws: OutOfMemory.self) {
      _ = try Block<UInt64>(counting.memory, count: .max / 4)
    }
    #expect(counting.requests == 0)
  }

  @Test func copiesOfMemoryShareTheHooks() throws {
    let counting = CountingMemory()
    let copy = counting.memory
    let raw = try copy.take(bytes: 10, alignment: 128)
    #expect(UInt(bitPattern: raw) % 128 == 0)
    for offset in 0..<10 { #expect(raw.load(fromByteOffset: offset, as: UInt8.self) == 0) }
    copy.give(back: raw, bytes: 10, alignment: 128)
    #expect(counting.live.isEmpty)
    #expect(counting.wrongReleases == 0)
  }

  /// Every container, the n-th allocation refused: an error comes out, and everything taken before is given back.
  @Test func everyRefusedAllocationLeavesNothingBehind() throws {
    let makers: [(name: String, allocations: Int, make: (Memory) throws(OutOfMemory) -> Void)] = [
      ("Block", 1, { memory throws(OutOfMemory) in _ = try Block<UInt32>(memory, count: 9) }),
      ("BitSet", 1, { memory throws(OutOfMemory) in _ = try BitSet(memory, capacity: 99) }),
      ("Counters", 1, { memory throws(OutOfMemory) in _ = try Counters(memory, count: 9) }),
      ("Ring", 1, { memory throws(OutOfMemory) in _ = try Ring<UInt32>(memory, capacity: 9) }),
      ("IdIndex", 3, { memory throws(OutOfMemory) in _ = try IdIndex(memory, capacity: 9) }),
      ("SharedBits", 4, { memory throws(OutOfMemory) in _ = try SharedBits(memory, capacity: 9) }),
      (
        "LatestTable", 5, { memory throws(OutOfMemory) in _ = try LatestTable(memory, capacity: 9) }
      ),
      ("SlotPool", 2, { memory throws(OutOfMemory) in _ = try SlotPool(memory, capacity: 9) }),
      (
        "SharedRing", 3,
        { memory throws(OutOfMemory) in _ = try SharedRing<UInt32>(memory, capacity: 9) }
      ),
    ]
    for maker in makers {
      for refused in 1...maker.allocations + 1 {
        let counting = CountingMemory()
        counting.refused = refused
        var isRefused = false
        do throws(OutOfMemory) { try maker.make(counting.memory) } catch { isRefused = true }
        #expect(isRefused == (refused <= maker.allocations), "\(maker.name), request \(refused)")
        #expect(counting.live.isEmpty, "\(maker.name), request \(refused)")
        #expect(counting.wrongReleases == 0, "\(maker.name), request \(refused)")
      }
    }
  }
}
