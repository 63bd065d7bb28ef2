import HujiaContainers
import Testing

@Suite struct MemoryTests {
  @Test func blockIsZeroedAndAligned() throws {
    let block = try Block<UInt64>(.system, count: 100)
    #expect(UInt(bitPattern: block.base) % 64 == 0)
    for index in 0..<100 { #expect(block[index] == 0) }
  }
}
