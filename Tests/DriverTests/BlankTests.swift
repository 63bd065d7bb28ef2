// Places on the stack that are filled by the callee, and decisions that hold something when their command comes.

import HujiaContainers
import HujiaEngine
import HujiaTestSupport
import Testing

@testable import HujiaDriver

@Suite struct BlankTests {
  /// Beyond 1,024 bytes the standard library takes the place from the heap, in the middle of a call.
  @Test func aDecisionFitsOnTheStack() {
    check(MemoryLayout<Decision>.stride, atMost: 1_024)
    check(MemoryLayout<Chosen>.stride, equals: 48, "kept sixteen times with every key")
    check(MemoryLayout<Event>.stride, equals: 192, "tens of thousands may wait")
  }

  @Test func whatIsWrittenIsThere() {
    let sum = withBlank(InlineArray<8, UInt64>.self) { place in
      for index in 0..<8 { place[index] = UInt64(index) }
      return (0..<8).reduce(0) { $0 + place[$1] }
    }
    check(sum, equals: 28)
  }

  /// A command that decides nothing answers the same whatever the caller's decision held before.
  @Test func aCommandBeginsTheDecisionAnew() throws {
    var configuration = Configuration()
    configuration.runMode = .poll
    let driver = try EngineDriver.unfiled(configuration)
    var before = Decision()
    before.answer.incidentID = 77
    before.answer.count = 3
    before.slice.done = 5
    before.slice.hasMore = true
    var command = Command(.removeUnit(9))
    check(driver.submit(&command, into: &before), equals: .unknownUnit)
    check(before.answer.incidentID, equals: 0)
    check(before.answer.count, equals: 0)
    check(before.slice.done, equals: 0)
    check(!before.slice.hasMore)
  }
}
