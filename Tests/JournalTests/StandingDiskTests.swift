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

  /// A hundred records on the disk, which stands still since, and a ring that was full and began anew.
  private func restarted() throws -> JournalBench {
    let bench = JournalBench()
    bench.open()
    for _ in 0..<100 { bench.append() }
    bench.sync()
    bench.disk.isDiskDead = true
    while bench.append() {}
    try restart(bench)
    return bench
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
      let bench = try restarted()
      for _ in 0..<30 { bench.append() }
      var random = SplitMix64(seed)
      bench.disk.isDiskDead = seed % 2 == 0
      if seed % 4 == 1 { bench.sync() }
      let flaw = bench.cutAndReopen(&random)
      check(flaw == nil, "seed \(seed): \(flaw ?? "")")
      bench.close()
    }
  }

  /// What opening left is a beginning: records behind it become durable, also in two batches, and come back.
  private func goesOn(_ bench: JournalBench, _ random: inout SplitMix64) -> String? {
    defer { bench.close() }
    bench.disk.fault = nil
    for _ in 0..<2 {
      for _ in 0..<3 { bench.append() }
      bench.sync()
      guard bench.durable == bench.twin.payloads.count else {
        return "\(bench.durable) of \(bench.twin.payloads.count) became durable"
      }
      if let flaw = bench.cutAndReopen(&random) { return "then: \(flaw)" }
    }
    bench.close()
    let report = Journal.verifyChain("/disk/journal", kept: [], calls: bench.disk)
    return report.problem.map { "the chain: \($0)" }
  }

  /// A ring that began anew and got no record since: the gap is closed all the same.
  @Test func aGapIsClosedWithoutARecord() throws {
    let bench = try restarted()
    bench.disk.isDiskDead = false
    bench.sync()
    check(bench.durable, equals: bench.twin.payloads.count)
    var random = SplitMix64(2)
    checkNil(bench.cutAndReopen(&random))
    checkNil(goesOn(bench, &random))
  }

  /// Each call while the disk comes back is the last.
  @Test func deathWhileTheDiskComesBack() throws {
    func standing() throws -> JournalBench {
      let bench = try restarted()
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
        if let flaw = flaw ?? goesOn(bench, &random) {
          return _ = check(false, "call \(number), power cut \(isCut): \(flaw)")
        }
      }
    }
  }

  // A disk that neither answers nor fails: the journal's thread is inside of a call for ever

  /// What a host does: its state is made from what stands beside the ring, or on the disk, and in the ring.
  private func rebuild(_ bench: JournalBench) throws {
    guard let journal = bench.journal else { return }
    var state = HostState()
    let last = try journal.readRecorded(
      snapshot: {
        state = HostState($0)
        return true
      },
      record: {
        state.payloads.append(Array($0.payload))
        return true
      })
    check(last, equals: journal.recorded)
    check(state, equals: bench.twin)
    let writer = try journal.beginRingState(last)
    let bytes = state.bytes
    try bytes.withUnsafeBytesThrowing { raw throws(JournalProblem) in try writer.write(raw) }
    try writer.finish()
  }

  private func fill(_ bench: JournalBench) {
    while bench.journal?.mustRestart == false, bench.append() {}
  }

  /// Its thread is held in the call of that number, counted from where the disk begins to stand still. False: the
  /// journal made no such call.
  private func hang(
    _ bench: JournalBench, at number: Int, behind: Bool, meanwhile: () throws -> Void
  ) throws -> Bool {
    let held = HeldWork()
    bench.disk.around = { [held] in held.around($0, $1) }
    var count = 0
    let isHeld = held.start({ bench.journal?.sync() }) { _, isOver in
      if !isOver { count += 1 }
      return count == number && isOver == behind
    }
    // Here too: a thread that is held would be waited for by the journal's end.
    defer {
      held.finish()
      bench.disk.around = nil
    }
    if isHeld { try meanwhile() }
    return isHeld
  }

  enum End: CaseIterable { case good, fails, killed, power }

  /// Every call of a batch, and of the disk's coming back behind a state: the ring is filled and begins anew two times
  /// while it lasts.
  @Test(arguments: End.allCases, [false, true])
  func restartsInsideOfEveryCall(_ end: End, _ isBehindGap: Bool) throws {
    var calls = 0
    while true {
      let bench = JournalBench()
      bench.open()
      for _ in 0..<100 { bench.append() }
      bench.sync()
      for _ in 0..<100 { bench.append() }
      if isBehindGap {
        bench.disk.isDiskDead = true
        fill(bench)
        try rebuild(bench)
        bench.disk.isDiskDead = false
        for _ in 0..<30 { bench.append() }
      }
      let what = "held in call \(calls + 1), \(end), behind a gap: \(isBehindGap)"
      let wasHeld = try hang(bench, at: calls + 1, behind: calls % 2 == 0) {
        for _ in 0..<2 {
          fill(bench)
          try rebuild(bench)
          for _ in 0..<40 { bench.append() }
        }
        if end == .fails { bench.disk.isDiskDead = true }
        if end == .killed || end == .power { bench.disk.kill() }
      }
      guard wasHeld else {
        bench.close()
        break
      }
      calls += 1
      if end == .good {
        // Nothing that was written over in the ring is taken for a record, or for a damaged one.
        let reasons = bench.journal?.info.reasons ?? []
        check(reasons.isDisjoint(with: [.ringDamaged, .notSealed, .diskFailed]), what)
      }
      var random = SplitMix64(UInt64(calls))
      var flaw: String?
      switch end {
      case .good: break
      case .fails: bench.disk.isDiskDead = false
      case .killed: flaw = bench.killAndReopen()
      case .power: flaw = bench.cutAndReopen(&random)
      }
      if flaw == nil, end != .power {
        bench.sync()
        for _ in 0..<20 { bench.append() }
        bench.sync()
        check(bench.durable, equals: bench.twin.payloads.count, what)
        check(bench.journal?.info.isDegraded, equals: false, what)
        check(bench.disk.shared.entries.count, equals: 1, "\(what): the state beside the ring goes")
        flaw = bench.cutAndReopen(&random)
      }
      if let flaw { return _ = check(false, "\(what): \(flaw)") }
      bench.close()
      let report = Journal.verifyChain("/disk/journal", kept: [], calls: bench.disk)
      if let problem = report.problem { return _ = check(false, "\(what): \(problem)") }
    }
    check(calls, atLeast: isBehindGap ? 20 : 8)
  }

  /// A state that a crash left beside the ring is taken away by the next open.
  @Test func statesDoNotPileUp() throws {
    let bench = JournalBench()
    bench.open()
    for _ in 0..<20 { bench.append() }
    bench.disk.isDiskDead = true
    try rebuild(bench)
    for _ in 0..<20 { bench.append() }
    let left = try bench.journal?.beginRingState(40)
    #expect(left != nil)
    bench.disk.isDiskDead = false
    checkNil(bench.killAndReopen())
    withExtendedLifetime(left) {}
    check(bench.disk.shared.entries.keys.sorted().filter { $0.hasSuffix(".new") }, equals: [])
    bench.sync()
    check(bench.disk.shared.entries.count, equals: 1)
    bench.close()
    check(bench.disk.shared.entries.count, equals: 0)
  }

  /// A record in the ring is damaged beside a state: what stood before it is there, the loss is told, and what comes
  /// next is found again, by the disk and by each next process.
  @Test func aDamagedRingBesideAState() throws {
    let bench = try restarted()
    let state = bench.twin.payloads.count
    for _ in 0..<30 { bench.append() }
    let journal = try #require(bench.journal)
    var places: [UInt64] = []
    _ = journal.ring.walk(seed: journal.seed) { _, _, place in
      places.append(place)
      return true
    }
    let spoilt = 20
    let at = journal.ring.address(places[spoilt]) + 8
    at.storeBytes(of: ~at.load(as: UInt8.self), as: UInt8.self)
    bench.disk.kill()
    bench.close()
    bench.disk.revive()
    bench.open()
    check(bench.found.payloads.count, equals: state + spoilt)
    bench.twin.payloads.removeLast(30 - spoilt)
    check(bench.found, equals: bench.twin)
    check(bench.journal?.info.reasons.contains([.ringDamaged, .ringRestarted]), equals: true)
    check(bench.journal?.opening.mayLackEnd, equals: true)
    for _ in 0..<12 { bench.append() }
    checkNil(bench.killAndReopen())
    for _ in 0..<12 { bench.append() }
    bench.disk.isDiskDead = false
    bench.sync()
    check(bench.durable, equals: bench.twin.payloads.count)
    check(bench.journal?.info.reasons, equals: [])
    var random = SplitMix64(3)
    checkNil(bench.cutAndReopen(&random))
    checkNil(goesOn(bench, &random))
  }

  /// A reader names what stands in a state alone, whether the ring has records behind it or none.
  @Test(arguments: [0, 5]) func aStateBesideTheRingIsNamed(_ behind: Int) throws {
    let bench = try restarted()
    let state = bench.twin.payloads.count
    for _ in 0..<behind { bench.append() }
    for after in [0, 50] as [UInt64] {
      var given = 0
      let report = Journal.read("/disk/journal", after: after, calls: bench.disk) { _ in
        given += 1
        return true
      }
      check(given, equals: 100 - Int(after))
      check(report.problem?.kind, equals: .incomplete)
      check(
        report.problem?.text ?? "",
        equals:
          "records 101 to \(state) stand in a state beside the ring: open the engine once, so "
          + "that it becomes a snapshot")
    }
    let standing = try Journal.standing("/disk/journal", calls: bench.disk)
    check(standing.stateLast, equals: UInt64(state))
    check(standing.isStateThere)
    check(standing.ringCount, equals: UInt64(behind))
    bench.disk.isDiskDead = false
    bench.sync()
    let report = Journal.read("/disk/journal", calls: bench.disk) { _ in true }
    check(report.problem == nil, report.problem?.text ?? "")
    check(try Journal.standing("/disk/journal", calls: bench.disk).stateLast, equals: 0)
    bench.close()
  }

  /// A state that was made slowly comes behind a newer one: it counts for nothing, and goes.
  @Test func anOlderStateComesLate() throws {
    let bench = JournalBench()
    bench.open()
    for _ in 0..<100 { bench.append() }
    bench.sync()
    bench.disk.isDiskDead = true
    for _ in 0..<40 { bench.append() }
    let journal = try #require(bench.journal)
    let slow = try journal.beginRingState(journal.recorded)
    let slowBytes = bench.twin.bytes
    for _ in 0..<40 { bench.append() }
    try restart(bench)
    for _ in 0..<10 { bench.append() }
    try slowBytes.withUnsafeBytesThrowing { raw throws(JournalProblem) in try slow.write(raw) }
    try slow.finish()
    check(bench.disk.shared.entries.count, equals: 2, "the ring, and the newer state")
    checkNil(bench.killAndReopen())
    bench.disk.isDiskDead = false
    bench.sync()
    check(bench.durable, equals: bench.twin.payloads.count)
    bench.close()
  }

  /// A first open that dies at any call leaves nothing that the next one does not take away.
  @Test func deathInTheFirstOpen() {
    var number = 0
    while true {
      number += 1
      let bench = JournalBench()
      bench.settings.ringPath = nil
      bench.disk.fault = { [number] count, _ in count == number ? .killAfter : nil }
      bench.open()
      let wasKilled = bench.disk.isDead
      bench.close()
      bench.disk.revive()
      bench.open()
      check(bench.problem == nil, "killed in call \(number)")
      bench.append()
      bench.close()
      check(
        bench.disk.shared.entries.keys.sorted(), equals: [], "killed in call \(number)")
      if !wasKilled { break }
    }
    check(number, atLeast: 20)
  }
}
