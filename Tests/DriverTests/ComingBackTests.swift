// A journal that is opened again after its clocks ran on: of several overdue steps of one clock that tell the same
// people the last one comes, late; what was passed over is on record, and is there again without a snapshot.

import Foundation
import HujiaContainers
import HujiaIngest
import HujiaJournal
import HujiaTestSupport
import Testing

@testable import HujiaDriver
@testable import HujiaEngine

@Suite(.serialized, .timeLimit(.minutes(10))) struct ComingBackTests {
  private let folder = TemporaryFolder()
  private static let wall_us: Int64 = 1_600_000_000_000_000
  private static let s: Int64 = 1_000_000_000

  /// Limits of ten seconds; steps ten seconds apart, and the last again every minute.
  private static let plans = """
    {"version": 1,
     "tiers": {"emergency": {"respond_s": 10, "arrive_s": null, "resolve_s": null}},
     "clocks": {
       "pending": {"steps": [{"do": "supervisor"}, {"after_s": 10, "do": "widen"},
         {"after_s": 10, "do": "supervision"}, {"after_s": 10, "do": "manual"}], "repeat_s": 60},
       "absence": {"limit_s": 20, "steps": [{"do": "home_officer"}, {"after_s": 15, "do": "supervisor"}], "repeat_s": 60}},
     "plans": [{"name": "one", "units": [{}]}]}
    """

  private func configuration(_ name: String) throws -> Configuration {
    let path = folder.file("plans.json")
    try Self.plans.write(toFile: path, atomically: true, encoding: .utf8)
    var configuration = Configuration()
    configuration.runMode = .poll
    configuration.plansPath = path
    configuration.maxUnits = 4
    configuration.maxIncidents = 16
    configuration.maxAssignments = 16
    configuration.maxWatches = 4
    configuration.ringBytes = 8 << 20
    configuration.journalPath = folder.file(name)
    return configuration
  }

  /// Two calls that nobody can serve, three seconds apart, and a watch that is heard at their time; closed at once.
  private func live(_ configuration: Configuration) throws {
    let token = try EngineDriver.open(configuration)
    let driver = try #require(EngineDriver.value(token) { $0 })
    for second in [0, 3] as [Int64] {
      _ = driver.poll(
        now_ns: second * Self.s + 7, wall_us: Self.wall_us + second * 1_000_000, most: 0)
      let report = IncidentReport(
        tier: .emergency, type: 1, lat_e7: 0, lon_e7: 0, flags: 0, keyHigh: 0, keyLow: 0,
        callerHash: 0, wall_us: 0, place: .nowhere)
      #expect([Status.ok, .manual].contains(driver.submit(.report(report))))
    }
    let watch = WatchDescription(
      id: 5, limit_s: 20, lat_e7: 0, lon_e7: 0, homeOfficer: 9, place: .nowhere)
    check(driver.submit(.putWatch(watch)), equals: .ok)
    _ = told(driver)
    check(EngineDriver.close(token), equals: .ok)
  }

  private func told(_ driver: EngineDriver) -> [String] {
    let events = UnsafeMutableBufferPointer<Event>.allocate(capacity: 64)
    defer { events.deallocate() }
    return events.prefix(driver.takeEvents(into: events)).filter { $0.kind == .escalation }.map {
      let clock = ClockKind(rawValue: UInt8($0.clock)).map { "\($0)" } ?? "?"
      return "\(clock) \($0.step).\($0.cycle) late \($0.late_ns / Self.s)"
    }
  }

  /// Opened again, and polled after so many seconds of the wall clock.
  private func back(
    _ configuration: Configuration, after_s: [Int64],
    _ look: (EngineDriver) throws -> Void = { _ in }
  ) throws -> [[String]] {
    let token = try EngineDriver.open(configuration)
    let driver = try #require(EngineDriver.value(token) { $0 })
    _ = told(driver)
    var lines: [[String]] = []
    for after_s in after_s {
      _ = driver.poll(
        now_ns: 1_000 * Self.s + after_s * Self.s,
        wall_us: Self.wall_us + 3_000_000 + after_s * 1_000_000, most: 0)
      lines.append(told(driver))
    }
    check(driver.journal?.reasonsNow ?? 1, equals: 0)
    check(driver.core.pointee.validate() == nil)
    try look(driver)
    check(EngineDriver.close(token), equals: .ok)
    return lines
  }

  @Test func theHighestStepComesOnce() throws {
    let configuration = try configuration("journal")
    try live(configuration)
    let lines = try back(configuration, after_s: [100, 100, 160])
    check(
      lines[0],
      equals: [
        "pending 2.0 late 83", "pending 2.0 late 80", "absence 1.0 late 80",
        "pending 3.0 late 73", "pending 3.0 late 70", "absence 2.1 late 5", "pending 4.1 late 3",
        "pending 4.1 late 0",
      ])
    check(lines[1], equals: [])
    // From here on each in its turn.
    check(lines[2], equals: ["absence 2.2 late 5", "pending 4.2 late 3", "pending 4.2 late 0"])
    // Once more without anything overdue: nothing comes twice.
    check(try back(configuration, after_s: [160, 161]), equals: [[], []])
  }

  /// The records alone give the same, and decided anew they come out the same.
  @Test func theRecordsGiveItAgain() throws {
    var configuration = try configuration("journal")
    configuration.telemetry = .all
    try live(configuration)
    var state: [String] = []
    _ = try back(configuration, after_s: [100]) { state = StateLines.of(&$0.core.pointee) }
    try Snapshots.removeAll(folder.file("journal"))
    Snapshots.compare(
      try Snapshots.reopen(configuration) {
        check($0.journal?.rebuilt ?? 0, above: 3)
        check($0.journal?.reasonsNow ?? 1, equals: 0)
      }, state, leavingOut: Snapshots.ofRecords)
    var openings = JournalOpenings()
    var facts = 0
    let report = Journal.read(
      folder.file("journal"), snapshot: { openings.note(snapshot: $1) },
      record: { record in
        if let turn = TurnRecord(record),
          case .plain(.tick(let tick)) = turn.command.recorded.change
        {
          facts += turn.choices.count
          if turn.choices.count > 0 { check(tick.restedUntil_ns, equals: 103 * Self.s) }
        }
        return openings.note(record)
      })
    // Of each call the first and the fourth step, of the watch one of two supervisors.
    check(facts, equals: 5 * (3 + 41))
    for means in [JournalReview.Means.rebuilding, .deciding] {
      let outcome = try JournalReview.run(
        JournalReview.Source(
          path: folder.file("journal"), openings: openings, last: report.last), means, map: nil
      ) { _ in }
      #expect(outcome.first == nil, "\(means): \(outcome)")
      check(outcome.turns, above: 3)
    }
  }

  /// A wall clock that was set back says that no time passed. What falls due from there on comes in its turn.
  @Test func theWallClockWasSetBack() throws {
    let configuration = try configuration("journal")
    try live(configuration)
    let token = try EngineDriver.open(configuration)
    let driver = try #require(EngineDriver.value(token) { $0 })
    _ = told(driver)
    _ = driver.poll(now_ns: 50, wall_us: Self.wall_us - 1_000_000_000, most: 0)
    check(told(driver), equals: [])
    check(driver.journal?.reasonsNow ?? 0, equals: EngineJournal.Reason.timeUncertain)
    _ = driver.poll(now_ns: 50 + 40 * Self.s, wall_us: Self.wall_us - 900_000_000, most: 0)
    check(told(driver).filter { $0.hasPrefix("pending 1") }.count, equals: 2)
    check(EngineDriver.close(token), equals: .ok)
  }

  /// One step a poll, and no room for events: what is left comes later, and by the same rule.
  @Test func inSmallTurns() throws {
    let configuration = try configuration("journal")
    try live(configuration)
    let token = try EngineDriver.open(configuration)
    let driver = try #require(EngineDriver.value(token) { $0 })
    _ = told(driver)
    var lines: [String] = []
    for _ in 0..<40 {
      _ = driver.poll(now_ns: 1_100 * Self.s, wall_us: Self.wall_us + 103_000_000, most: 1)
      lines += told(driver)
    }
    check(lines.count, equals: 8)
    check(Set(lines).count, equals: 8)
    check(EngineDriver.close(token), equals: .ok)
  }

  /// The engine's own thread: what was due at the opening, by elapsed time of the same boot.
  @Test func onItsOwnThread() throws {
    var configuration = try configuration("journal")
    try live(configuration)
    configuration.runMode = .thread
    let token = try EngineDriver.open(configuration)
    defer { check(EngineDriver.close(token), equals: .ok) }
    let driver = try #require(EngineDriver.value(token) { $0 })
    // Years have passed by the wall clock: of each clock one repeat is left, and each addressee of no other step.
    var lines: [String] = []
    for _ in 0..<60_000 where lines.count < 8 {
      lines += told(driver)
      usleep(1_000)
    }
    check(
      lines.map { String($0.prefix { $0 != "l" }) }.sorted(),
      equals: [
        "absence 1.0 ", "absence 2.1 ", "pending 2.0 ", "pending 2.0 ", "pending 3.0 ",
        "pending 3.0 ", "pending 4.1 ", "pending 4.1 ",
      ])
  }

  /// A folder of an earlier format: each step fires in its turn, as the version that wrote it has it.
  @Test(arguments: [1, 2] as [UInt32])
  func anOlderFormatKnowsNoneOfIt(format: UInt32) throws {
    let configuration = try configuration("old")
    try OldJournal.make(configuration, format: format)
    try live(configuration)
    let lines = try back(configuration, after_s: [100])
    check(lines[0].count, equals: 5 + 5 + 3)
    try OldJournal.read(configuration, format: format)
  }
}
