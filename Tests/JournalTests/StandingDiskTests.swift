// A disk that stands still for ever, or for a while: the engine goes on in the ring, and beside it, and loses nothing.

import HujiaTestSupport
import Testing

@testable import HujiaJournal

@Suite struct StandingDiskTests {
  /// The host's answer to a ring that is nearly full.
  private func restart(_ bench: JournalBench) throws {
    guard let journal = bench.journal else { return }
    let writer = try journal.beginRingState(journal.recorded)
    let bytes = bench.twin.bytes
    try bytes.withUnsafeBytesThrowing { raw throws(JournalProblem) in try writer.write(raw) }
    try writer.finish()
  }

  /// Several rings full while the disk is dead, deaths in between, and then the disk is back.
  @Test(arguments: [false, true])
  func ringsFullBehindADeadDisk(_ dies: Bool) throws {
    let bench = JournalBench()
    bench.open()
    for _ in 0..<100 { bench.append() }
    bench.sync()
    for round in 0..<4 {
      bench.disk.isDiskDead = true
      while bench.append() {}
      bench.sync()
      check(bench.journal?.durable, equals: 100)
      try restart(bench)
      check(bench.journal?.info.used_bytes, equals: 0)
      check(bench.journal?.info.reasons.contains(.ringRestarted), equals: true)
      for _ in 0..<30 { bench.append() }
      check(bench.journal?.durable, equals: 100)
      if dies {
        checkNil(bench.killAndReopen(), "round \(round)")
        check(bench.journal?.info.reasons.contains(.ringRestarted), equals: true)
      }
    }
    bench.disk.isDiskDead = false
    bench.sync()
    check(bench.durable, equals: bench.twin.payloads.count)
    check(bench.journal?.info.isDegraded, equals: false)
    check(bench.disk.shared.entries.count, equals: 1, "the state beside the ring goes")
    let head = bench.journal?.info
    var random = SplitMix64(1)
    checkNil(bench.cutAndReopen(&random))
    check(bench.found, equals: bench.twin)
    bench.close()
    let report = Journal.verifyChain(
      "/disk/journal", kept: [ChainHead(record: head?.headRecord ?? 0, hash: head?.head ?? [])],
      calls: bench.disk)
    check(report.problem == nil, "\(report.problem.map { "\($0)" } ?? "")")
    check(report.inSnapshotAlone, atLeast: 500)
  }

  /// The power goes while the disk is dead: what was durable is there.
  @Test func powerCutBehindADeadDisk() throws {
    for seed in 0..<20 as Range<UInt64> {
      let bench = JournalBench()
      bench.open()
      for _ in 0..<100 { bench.append() }
      bench.sync()
      bench.disk.isDiskDead = true
      while bench.append() {}
      try restart(bench)
      for _ in 0..<30 { bench.append() }
      var random = SplitMix64(seed)
      bench.disk.isDiskDead = seed % 2 == 0
      if seed % 4 == 1 { bench.sync() }
      let flaw = bench.cutAndReopen(&random)
      check(flaw == nil, "seed \(seed): \(flaw ?? "")")
      bench.close()
    }
  }

  /// Each call while the disk comes back is the last.
  @Test func deathWhileTheDiskComesBack() throws {
    func standing() throws -> JournalBench {
      let bench = JournalBench()
      bench.open()
      for _ in 0..<100 { bench.append() }
      bench.sync()
      bench.disk.isDiskDead = true
      while bench.append() {}
      try restart(bench)
      for _ in 0..<30 { bench.append() }
      bench.disk.isDiskDead = false
      return bench
    }
    let first = try standing()
    let before = first.disk.count
    first.sync()
    let calls = first.disk.count - before
    first.disk.kill()
    first.close()
    check(calls, atLeast: 15)
    for number in 1...calls {
      for isCut in [false, true] {
        let bench = try standing()
        let from = bench.disk.count
        bench.disk.fault = { count, _ in count == from + number ? .killAfter : nil }
        bench.sync()
        var random = SplitMix64(UInt64(number))
        let flaw = isCut ? bench.cutAndReopen(&random) : bench.killAndReopen()
        bench.close()
        if let flaw { return _ = check(false, "call \(number), power cut \(isCut): \(flaw)") }
      }
    }
  }
}
