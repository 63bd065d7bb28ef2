// Random histories of a journal beside an array of records: append, sync, turn of segments, snapshot, death, power cut,
// close, and calls that fail. Whatever happens, what was recorded survives a death, and what was durable a power cut.

import Glibc
import HujiaTestSupport
import Testing

@testable import HujiaJournal

@Suite struct HistoryTests {
  @Test func randomHistories() {
    for seed in 0..<UInt64(Scale.count(40, full: 20_000)) {
      if let flaw = history(seed, faults: false) {
        check(false, "seed \(seed): \(flaw)")
        return
      }
    }
  }

  @Test func randomHistoriesWithFaults() {
    for seed in 0..<UInt64(Scale.count(60, full: 40_000)) {
      if let flaw = history(seed, faults: true) {
        check(false, "seed \(seed): \(flaw)")
        return
      }
    }
  }

  /// nil: nothing was wrong.
  private func history(_ seed: UInt64, faults: Bool) -> String? {
    var random = SplitMix64(seed)
    let bench = JournalBench()
    bench.settings.retention_s = random.chance(50) ? 0 : 1
    bench.settings.reserveBytes = random.chance(50) ? 0 : 128 << 10
    bench.open()
    if let problem = bench.problem { return "\(problem)" }
    for _ in 0..<60 {
      // Now and then long enough that a segment is finished for its age, and old ones go.
      bench.disk.time_ns += random.chance(5) ? 70_000_000_000 : 10_000_000
      if faults { bench.disk.fault = random.chance(40) ? randomFault(&random) : nil }
      if let flaw = step(bench, &random) { return flaw }
      bench.disk.fault = nil
      if let flaw = bench.flaw { return flaw }
    }
    let flaw = bench.killAndReopen()
    bench.close()
    return flaw
  }

  private func step(_ bench: JournalBench, _ random: inout SplitMix64) -> String? {
    switch random.below(100) {
    case 0..<50: for _ in 0..<random.below(60) { bench.append() }
    case 50..<75: bench.sync()
    case 75..<83:
      do { try bench.snapshot() } catch {
        if bench.disk.fault == nil { return "a snapshot: \(error)" }
      }
    case 83..<90: return bench.killAndReopen()
    case 90..<97: return bench.cutAndReopen(&random)
    default:
      bench.disk.fault = nil
      bench.close()
      bench.open()
      if let problem = bench.problem { return "\(problem)" }
      if bench.found != bench.twin {
        return "a close lost \(bench.twin.payloads.count - bench.found.payloads.count)"
      }
    }
    return nil
  }

  /// Some call of the next step fails, is interrupted or cut short.
  private func randomFault(
    _ random: inout SplitMix64
  ) -> (Int, String) -> ModelDisk.Fault? {
    let percent = 1 + random.below(30)
    let numbers: [Int32] = [EIO, ENOSPC, EINTR, EINTR]
    let inner = Box(SplitMix64(random.next()))
    return { _, name in
      guard inner.random.chance(percent) else { return nil }
      if name == "write" || name == "read", inner.random.chance(30) { return .short }
      return .error(numbers[inner.random.below(numbers.count)])
    }
  }

  private final class Box {
    var random: SplitMix64
    init(_ random: SplitMix64) { self.random = random }
  }
}
