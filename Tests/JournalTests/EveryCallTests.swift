// A fixed script of a journal's life, and each of its system calls in turn fails, is interrupted, is cut short, is the
// last before the process dies, or before the power goes.

import Glibc
import HujiaTestSupport
import Testing

@testable import HujiaJournal

@Suite struct EveryCallTests {
  /// Opens, writes over the end of a segment, makes snapshots, closes, opens again. Stops where the process is dead.
  private func play(_ bench: JournalBench) {
    func run(_ body: () -> Void) { if !bench.disk.isDead { body() } }
    func openAgain() {
      bench.open()
      if bench.journal == nil, !bench.disk.isDead { bench.open() }
    }
    run { openAgain() }
    run { for _ in 0..<20 { bench.append() } }
    run { bench.sync() }
    run { for _ in 0..<250 { bench.append() } }
    run { bench.sync() }
    run { try? bench.snapshot() }
    run { for _ in 0..<250 { bench.append() } }
    run { bench.sync() }
    run { try? bench.snapshot() }
    run { for _ in 0..<50 { bench.append() } }
    run { bench.sync() }
    run { try? bench.snapshot() }
    run { for _ in 0..<5 { bench.append() } }
    run { bench.close() }
    run { openAgain() }
    run { for _ in 0..<5 { bench.append() } }
    run { bench.sync() }
    run { bench.append() }
  }

  private func newBench() -> JournalBench {
    let bench = JournalBench()
    bench.settings.reserveBytes = 64 << 10
    return bench
  }

  private func calls() -> Int {
    let bench = newBench()
    play(bench)
    let count = bench.disk.count
    bench.disk.kill()
    bench.close()
    return count
  }

  /// How many calls had the fault; ends the test at the first flaw.
  private func each(
    _ kind: String, _ fault: ModelDisk.Fault, only name: String? = nil,
    _ end: (JournalBench, Int) -> String?
  ) {
    let all = calls()
    check(all, atLeast: 100)
    var hits = 0
    // Each fifth, begun at another place for each kind.
    let step = Scale.count(5, full: 1)
    for number in stride(from: 1 + kind.utf8.count % step, through: all, by: step) {
      let bench = newBench()
      bench.disk.fault = { count, called in
        guard count == number, name == nil || name == called else { return nil }
        hits += 1
        return fault
      }
      play(bench)
      bench.disk.fault = nil
      let twice = bench.disk.closedTwice == 0 ? nil : "a descriptor was closed twice"
      let flaw = bench.flaw ?? twice ?? end(bench, number)
      bench.close()
      if let flaw {
        check(false, "\(kind) at call \(number) (\(bench.disk.trace[number - 1])): \(flaw)")
        return
      }
    }
    check(hits, atLeast: 1)
  }

  @Test func deathBeforeEachCall() {
    each("death before", .killBefore) { bench, _ in bench.killAndReopen() }
  }

  @Test func deathAfterEachCall() {
    each("death after", .killAfter) { bench, _ in bench.killAndReopen() }
  }

  @Test func powerCutAtEachCall() {
    for seed in 0..<UInt64(Scale.count(2, full: 40)) {
      each("power cut", .killAfter) { bench, number in
        var random = SplitMix64(seed << 32 | UInt64(number))
        return bench.cutAndReopen(&random)
      }
    }
  }

  /// A call that fails: nothing is lost, and the next open finds all; after a power cut all that was durable.
  @Test(arguments: [EIO, ENOSPC, EINTR, EMFILE])
  func eachCallFails(_ number: Int32) {
    each("error \(number)", .error(number)) { bench, call in
      bench.sync()
      if bench.journal != nil, bench.durable != bench.twin.payloads.count {
        return "\(bench.durable) of \(bench.twin.payloads.count) became durable"
      }
      var random = SplitMix64(UInt64(call))
      return bench.cutAndReopen(&random)
    }
  }

  @Test func eachWriteIsShort() {
    each("short write", .short, only: "write") { bench, _ in
      bench.sync()
      if bench.durable != bench.twin.payloads.count { return "not all became durable" }
      return bench.killAndReopen()
    }
    each("short read", .short, only: "read") { bench, _ in bench.killAndReopen() }
  }

  /// Reopening dies, too: at each call of a recovery, then a recovery of that.
  @Test func deathInEachCallOfARecovery() {
    func broken() -> JournalBench {
      let bench = newBench()
      play(bench)
      for _ in 0..<7 { bench.append() }
      bench.disk.kill()
      bench.close()
      bench.disk.revive()
      return bench
    }
    let first = broken()
    first.open()
    let all = first.disk.count
    first.disk.kill()
    first.close()
    check(all, atLeast: 20)
    for number in 1...all {
      for fault in [ModelDisk.Fault.killBefore, .killAfter] {
        let bench = broken()
        bench.disk.fault = { count, _ in count == number ? fault : nil }
        bench.open()
        let flaw = bench.killAndReopen()
        bench.close()
        if let flaw { return _ = check(false, "death at call \(number) of a recovery: \(flaw)") }
      }
    }
  }
}
