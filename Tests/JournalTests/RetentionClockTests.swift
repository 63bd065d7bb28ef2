// A wall clock that is wrong lets nothing go, and says so; time that really passed does, a day after the opening. Both
// clocks are the model disk's.

import HujiaContainers
import HujiaTestSupport
import Testing

@testable import HujiaJournal

@Suite struct RetentionClockTests {
  private static let hour_ns: Int64 = 3_600_000_000_000
  private static let day_us: Int64 = 86_400_000_000
  private static let year_us = 365 * day_us

  private func pass(_ bench: JournalBench, hours: Int) {
    for _ in 0..<hours {
      bench.disk.time_ns += Self.hour_ns
      bench.sync()
    }
  }

  /// Ten days of retention, and more than two snapshots have what there is.
  private func covered() throws -> JournalBench {
    let bench = JournalBench()
    bench.settings.retention_s = 10 * 86_400
    bench.open()
    for _ in 0..<100 { bench.append() }
    bench.sync()
    pass(bench, hours: 25)
    for _ in 0..<3 {
      bench.append()
      bench.sync()
      try bench.snapshot()
    }
    pass(bench, hours: 1)
    check(bench.journal?.info.reasons, equals: [])
    check(bench.journal?.info.hold, equals: .retention)
    check(bench.journal?.info.first, equals: 1)
    return bench
  }

  private func isHeld(_ bench: JournalBench, _ what: String) {
    check(bench.journal?.info.gone, equals: 0, what)
    check(bench.journal?.info.first, equals: 1, what)
    check(bench.journal?.info.reasons, equals: [.timeUncertain], what)
    check(bench.journal?.info.isDegraded, equals: true, what)
    check(bench.journal?.info.hold, equals: .retention, what)
  }

  /// Not in the life in which it was set, not behind a death of the process, of the machine, or a close.
  @Test func aClockSetAheadLetsNothingGo() throws {
    let bench = try covered()
    bench.disk.ahead_us = 10 * Self.year_us
    pass(bench, hours: 6)
    isHeld(bench, "set ahead")
    bench.append()
    bench.sync()
    checkNil(bench.killAndReopen())
    pass(bench, hours: 6)
    isHeld(bench, "killed")
    var random = SplitMix64(3)
    checkNil(bench.cutAndReopen(&random))
    bench.append()
    pass(bench, hours: 6)
    isHeld(bench, "another boot")
    bench.close()
    bench.open()
    pass(bench, hours: 4)
    isHeld(bench, "closed")
    // Set right again, all is well, and what came meanwhile goes in its time as well.
    bench.disk.ahead_us = 0
    pass(bench, hours: 1)
    check(bench.journal?.info.reasons, equals: [])
    check(bench.journal?.info.gone, equals: 0)
    let last = UInt64(bench.twin.payloads.count)
    for _ in 0..<3 {
      bench.append()
      bench.sync()
      try bench.snapshot()
    }
    for _ in 0..<13 {
      pass(bench, hours: 24)
      if bench.journal?.wantsSnapshot == true {
        bench.append()
        bench.sync()
        try bench.snapshot()
      }
    }
    check(bench.journal?.info.gone ?? 0, atLeast: last)
    check(bench.journal?.info.reasons, equals: [.recordsWent])
    bench.close()
    let report = Journal.verifyChain("/disk/journal", calls: bench.disk)
    check(report.problem == nil, report.problem?.text ?? "")
  }

  /// One that runs twice as fast is never believed.
  @Test func aClockThatRunsFastLetsNothingGo() throws {
    let bench = try covered()
    for _ in 0..<96 {
      bench.disk.ahead_us += 24 * Self.day_us / 24
      pass(bench, hours: 1)
    }
    isHeld(bench, "a day an hour")
    bench.close()
  }

  /// The machine was off for a month: for a day nothing goes, and that is told; then what is old does.
  @Test(arguments: [false, true])
  func timeThatPassedIsBelievedADayLater(isCut: Bool) throws {
    let bench = try covered()
    let last = UInt64(bench.twin.payloads.count)
    if isCut {
      var random = SplitMix64(9)
      checkNil(bench.cutAndReopen(&random))
      bench.close()
    } else {
      bench.close()
    }
    bench.disk.boot.low += 1
    bench.disk.ahead_us = 30 * Self.day_us
    bench.open()
    pass(bench, hours: 12)
    isHeld(bench, "half a day")
    // Another start is no other doubt.
    bench.close()
    bench.disk.boot.low += 1
    bench.disk.ahead_us += 600_000_000
    bench.open()
    pass(bench, hours: 11)
    isHeld(bench, "almost a day")
    pass(bench, hours: 2)
    check(bench.journal?.info.gone ?? 0, atLeast: 100)
    check(bench.journal?.info.first ?? 0, atMost: last + 1)
    check(bench.journal?.info.reasons, equals: [.recordsWent])
    bench.close()
  }

  /// What stands apart waits as well; and a clock that went back for a while makes it no older.
  @Test func whatStandsApartWaitsToo() throws {
    let bench = StreamBench()
    bench.settings.retain_s = [72 * 3_600, JournalSettings.always_s]
    bench.open()
    bench.append(30)
    bench.sync()
    let count = bench.places("positions-")
    check(count, equals: 10)
    func pass(_ hours: Int, _ what: String, _ reasons: JournalReasons) throws {
      for _ in 0..<hours {
        bench.disk.time_ns += Self.hour_ns
        bench.append(2, isIdle: true)
        bench.sync()
      }
      check(bench.places("positions-"), atLeast: count, what)
      check(bench.journal?.info.reasons, equals: reasons, what)
    }
    try pass(2, "an hour old", [])
    try bench.snapshot()
    bench.disk.ahead_us = Self.year_us
    try pass(20, "set ahead", [.timeUncertain])
    bench.disk.ahead_us = 0
    try pass(1, "set right", [])
    // A file that is begun then is dated a year before the one that it follows.
    bench.disk.ahead_us = -Self.year_us
    bench.append(3)
    try pass(2, "set back", [])
    try bench.snapshot()
    bench.disk.ahead_us = 0
    try pass(30, "set right again, and believed", [])
    bench.close()
    check(bench.verify().deletions.count, equals: 0)
    bench.open()
    bench.append(2, isIdle: true)
    bench.sync()
    try bench.snapshot()
    for _ in 0..<60 {
      bench.disk.time_ns += Self.hour_ns
      bench.append(2, isIdle: true)
      bench.sync()
    }
    check(bench.places("positions-"), equals: 0)
    bench.close()
    let report = bench.verify()
    check(report.problem == nil, report.problem?.text ?? "")
    check(report.deletions.count, atLeast: 1)
  }

  /// Whatever the clocks say: never ahead of the wall, and never more gained than passed but by a trial that was stood.
  @Test func agesNoFasterThanTime() {
    var random = SplitMix64(41)
    for round in 0..<200 {
      var clock = RetentionClock()
      let boot = JournalID(high: 1, low: 1)
      var now_ns = Int64(random.below(1_000_000_000))
      var offset_us: Int64 = 1_700_000_000_000_000
      clock.goOn(boot, newest_us: 0, now_ns: now_ns, wall_us: now_ns / 1_000 + offset_us)
      // The slow way: all looks since the wall clock last was no further than time.
      var leads: [(at_ns: Int64, lead_us: Int64)] = []
      var told_us = clock.now_us
      for step in 0..<300 {
        let passed_ns = Int64(random.below(3 * Int(Self.hour_ns)))
        now_ns += passed_ns
        if random.below(20) == 0 {
          offset_us += Int64(random.below(Int(2 * Self.day_us))) - Self.day_us
        }
        let wall_us = now_ns / 1_000 + offset_us
        clock.look(now_ns: now_ns, wall_us: wall_us)
        let free_us = told_us + passed_ns / 1_000
        let lead_us = wall_us - free_us
        var wanted_us = free_us
        if lead_us <= 0 {
          wanted_us = wall_us
          leads = []
        } else {
          let first = leads.first ?? (now_ns - passed_ns, 0)
          if abs(lead_us - first.lead_us) > RetentionClock.tolerance_us {
            leads = [(now_ns, lead_us)]
          } else {
            leads = [first] + leads.dropFirst() + [(now_ns, lead_us)]
            if now_ns - first.at_ns >= RetentionClock.trial_ns {
              wanted_us = wall_us
              leads = []
            }
          }
        }
        check(clock.now_us, equals: wanted_us, "round \(round), step \(step)")
        check(clock.now_us, atMost: wall_us, "round \(round), step \(step)")
        told_us = clock.now_us
      }
    }
  }

  /// What LOCK keeps, of a clock and of anything that is none.
  @Test func isKeptInLock() {
    var clock = RetentionClock()
    clock.goOn(JournalID(high: 1, low: 2), newest_us: 5, now_ns: 7, wall_us: 9)
    clock.look(now_ns: 8_000, wall_us: 100_000_000_000)
    var fields = FieldWriter()
    clock.put(into: &fields)
    fields.bytes.withUnsafeBytes { raw in
      var reader = NumberReader(raw)
      var again = RetentionClock(&reader)
      again.look(now_ns: 8_000, wall_us: 100_000_000_000)
      check(again, equals: clock)
    }
    var random = SplitMix64(11)
    for _ in 0..<10_000 {
      let bytes = (0..<random.below(60)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      bytes.withUnsafeBytes { raw in
        var reader = NumberReader(raw)
        var again = RetentionClock(&reader)
        again.goOn(
          .none, newest_us: .max, now_ns: .max >> 1, wall_us: Int64(bitPattern: random.next()) >> 1)
      }
    }
  }
}
