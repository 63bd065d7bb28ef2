// The engine takes all its memory at open: whichever request is refused, everything is given back; and from then on it
// asks for nothing.

import HujiaContainers
import HujiaRoads
import HujiaTestSupport
import Testing

@testable import HujiaEngine

@Suite struct MemoryTests {
  private let limits = EngineLimits(
    units: 4, incidents: 4, assignments: 4, events: 16, keys: 4, keyRetention_ns: 1_000)

  private func open(_ map: RoadMap, _ counting: CountingMemory) throws(OutOfMemory) -> EngineCore {
    let plans = UnsafeMutablePointer<PlanTables>.allocate(capacity: 1)
    defer { plans.deallocate() }
    plans.initialize(to: try PlanDraft.builtIn.tables(counting.memory))
    defer { plans.deinitialize(count: 1) }
    // The core keeps only the address; nothing here reads the plans after they are gone.
    return try EngineCore(map: map, limits: limits, firstPlans: plans, memory: counting.memory)
  }

  @Test func everyRefusedRequestLeavesNothingBehind() throws {
    let image = Bench.row(6)
    defer { withExtendedLifetime(image) {} }
    let all = CountingMemory()
    do { _ = try open(image.map, all) }
    #expect(all.requests > 30)
    #expect(all.live.isEmpty)
    #expect(all.wrongReleases == 0)
    for refused in 1...all.requests + 1 {
      let counting = CountingMemory()
      counting.refused = refused
      var isRefused = false
      do throws(OutOfMemory) { _ = try open(image.map, counting) } catch { isRefused = true }
      #expect(isRefused == (refused <= all.requests), "request \(refused)")
      #expect(counting.live.isEmpty, "request \(refused)")
      #expect(counting.wrongReleases == 0, "request \(refused)")
    }
  }

  @Test func nothingIsTakenAfterOpen() throws {
    let counting = CountingMemory()
    // The bench gives its memory back before the counting ends.
    do {
      let bench = try Bench(Bench.row(), memory: counting.memory)
      let taken = counting.requests
      for round in 1...20 as ClosedRange<Int64> {
        for unit in 1...8 as ClosedRange<UInt64> {
          bench.put(unit, at: bench.node(Int((unit * 3 + UInt64(round)) % 20)))
        }
        let incident = bench.open(at: Int(round) % 20)
        bench.poll(round * 60 * Bench.second_ns)
        if let assignment = bench.live(incident).first {
          bench.advance(assignment, .declined)
        }
        if let assignment = bench.live(incident).first {
          bench.advance(assignment, .onScene)
          bench.advance(assignment, .cleared)
        }
        if round % 2 == 0 { bench.close(incident) }
        _ = bench.drain()
      }
      #expect(counting.requests == taken)
      #expect(taken > 30)
    }
    #expect(counting.live.isEmpty)
    #expect(counting.wrongReleases == 0)
  }
}
