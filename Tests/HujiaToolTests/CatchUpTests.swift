// Forms that were typed in: what contradicts itself or the journal is named with its line, and what does not is carried
// out with its real times.

import CHujia
import Glibc
import HujiaCatchUp
import HujiaHostKit
import HujiaJournal
import HujiaJournalReport
import HujiaTestSupport
import Testing

@testable import HujiaTool

@Suite struct CatchUpTests {
  private static let clock = PaperClock(day: PaperClock.day("2026-01-05"), offset_s: 8 * 3_600)
  /// 2026-01-05 12:00 +08:00.
  private static let noon_us: Int64 = 1_767_585_600_000_000

  private struct Books: PaperBooks {
    var units: [UInt64: KnownOrder?] = [1: nil, 2: nil, 7: KnownOrder(assignment: 70, incident: 9)]
    func unit(_ id: UInt64) -> (isKnown: Bool, order: KnownOrder?) {
      (units[id] != nil, units[id] ?? nil)
    }
    func incident(_ number: String) -> KnownPaper? {
      switch number {
      case "OLD":
        KnownPaper(id: 9, isOpen: true, received_us: CatchUpTests.noon_us - 43_200_000_000)
      case "OVER":
        KnownPaper(id: 8, isOpen: false, received_us: CatchUpTests.noon_us - 43_200_000_000)
      default: nil
      }
    }
  }

  private static let header =
    "incident,received,tier,type,lat,lon,unit,dispatched,acknowledged,en_route,arrived,cleared,"
    + "withdrawn,closed,disposition,operator\n"

  /// The contradictions of rows behind the header, which is line 1.
  private static func found(_ rows: String) throws -> [String] {
    let folder = TemporaryFolder()
    let table = try PaperTable(path: folder.save(header + rows, as: "form.csv"), clock: clock)
    return PaperCheck(table, books: Books(), now_us: noon_us).found.map { "\($0.line): \($0.text)" }
  }

  @Test func whatIsRightHasNoContradiction() throws {
    let found = try Self.found(
      """
      A,03:00,urgent,12,31.2,121.5,1,03:01,03:02,03:03,03:10,03:40,,03:50,1,44
      A,,,,,,2,03:05,,,,,03:20,,,
      B,03:40,,,,,1,03:40,,,03:55,,,,,
      OLD,,,,,,7,,,,02:10,02:30,,02:40,3,
      C,2026-01-05 04:00:30+08:00,routine,,,,7,04:01,,,,,,,,
      D,2026-01-04T23:59Z,,,,,,,,,,,,,,
      """)
    check(found, equals: [])
  }

  /// Each line has one fault, and is named for it.
  @Test func contradictionsAreListedWithTheirLine() throws {
    let cases: [(row: String, says: String)] = [
      ("A,03:00,,,,,1,03:10,,,03:05,,,,,", "arrived lies before dispatched"),
      ("A,03:00,,,,,1,02:50,,,,,,,,", "dispatched lies before the incident was received"),
      ("A,03:00,,,,,5,03:10,,,,,,,,", "unit 5 is unknown"),
      ("A,03:00,,,,,1,03:10,,,03:20,,,03:15,,", "arrived lies behind the closing in line 2"),
      ("A,12:30,,,,,,,,,,,,,,", "received lies in the future"),
      (
        "A,03:00,,,,,1,03:10,,,,03:20,,,,",
        "cleared without arrived: one that never arrived is withdrawn"
      ),
      ("A,03:00,,,,,1,03:10,,,03:11,,03:20,,,", "withdrawn although it arrived: it is cleared"),
      (
        "A,03:00,,,,,1,,,,03:11,,,,,",
        "unit 1 has no dispatched, and was not on the incident before"
      ),
      ("A,,,,,,1,03:10,,,,,,,,", "incident A is neither on record nor opened here: give received"),
      ("OLD,03:00,,,,,,,,,,,,,,", "incident OLD is on record already: leave its received empty"),
      ("OVER,,,,,,1,11:10,,,,,,,,", "incident OVER is over already"),
      ("OLD,,,,,,7,11:00,,,,,,,,", "unit 7 is on the incident already: leave dispatched empty"),
      (
        "A,03:00,,,,,7,03:10,,,,,,,,",
        "unit 7 is still on the incident that it was on before: give its cleared"
      ),
      ("A,03:00,,,,,,03:10,,,,,,,,", "dispatched is a unit's, and the row names none"),
      ("OLD,,urgent,,,,,,,,,,,11:00,,", "tier, type and place belong to the row that has received"),
      ("OLD,,,,,,,,,,,,,,,", "the row says nothing"),
      (
        "A,03:00,worst,,,,,,,,,,,,,",
        "tier \"worst\" is none of emergency, urgent, routine, preventive"
      ),
      ("A,25:00,,,,,,,,,,,,,,", "received \"25:00\" is no time: write 03:15 or 03:15:20"),
      (
        "A,2026-02-30 03:00,,,,,,,,,,,,,,",
        "received \"2026-02-30 03:00\" has no date that there is: write 2026-11-30"
      ),
      (
        "A,03:00,,,91,0,,,,,,,,,,",
        "lat \"91\" is no place on the planet: write degrees like 31.2304"
      ),
      ("A,03:00,,,,,1x,03:10,,,,,,,,", "unit \"1x\" is no number that fits"),
      ("A,03:00,,,,,,,,,,,,,5,", "disposition without closed"),
      (",03:00,,,,,,,,,,,,,,", "incident \"\" is empty: write the number on the paper"),
    ]
    for (row, says) in cases {
      let found = try Self.found(row)
      check(found.contains("2: " + says), "\(row): \(found)")
    }
  }

  @Test func contradictionsBetweenLinesNameBoth() throws {
    check(
      try Self.found(
        """
        A,03:00,,,,,1,03:10,,,,,,,,
        B,03:05,,,,,1,03:20,,,,,,,,
        A,03:00,,,,,,,,,,,,,,
        C,03:05,,,,,2,03:20,,,03:25,03:40,,,,
        C,,,,,,2,03:30,,,,,,,,
        D,03:00,,,,,,,,,,,,04:00,,
        D,,,,,,,,,,,,,04:10,,
        """),
      equals: [
        "3: unit 1 is in two places at a time: see line 2",
        "4: incident A is opened in line 2 already",
        "6: unit 2 is in two places at a time: see line 5",
        "8: incident D is closed in line 7 already",
      ])
  }

  @Test func aTimeWithoutDateOrZoneIsNotGuessed() {
    let bare = PaperClock()
    check(
      bare.time("03:00"), equals: .failure(.init(text: "has no date: write one, or give --date")))
    check(
      bare.time("2026-01-05 03:00"),
      equals: .failure(.init(text: "says nothing of its zone: give --offset, like +08:00")))
    check(bare.time("2026-01-05 12:00+08:00"), equals: .success(Self.noon_us))
    check(bare.time("2026-01-05T04:00:00Z"), equals: .success(Self.noon_us))
    check(Self.clock.time("12:00"), equals: .success(Self.noon_us))
    check(PaperClock.offset("-03:30"), equals: -12_600)
    checkNil(PaperClock.offset("+8"))
    check(PaperClock.day("2024-02-29"), equals: 19_782)
    checkNil(PaperClock.day("2023-02-29"))
  }

  @Test func theFormFitsOnPaper() {
    let lines = PaperForm.page.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    check(lines.count, atMost: 60)
    for line in lines {
      let columns = line.unicodeScalars.reduce(0) { $0 + ($1.value >= 0x1100 ? 2 : 1) }
      check(columns, atMost: 80, "\(line)")
    }
  }

  /// On a journal, sealed or not: the host is down, the form is applied, the host opens again.
  @Test(arguments: [false, true]) func aFormIsAppliedToAJournal(_ isSealed: Bool) throws {
    let folder = TemporaryFolder()
    let journal = folder.file("journal")
    let now_us = HostClock.wall_us
    let key = folder.save(String(repeating: "0f", count: 32), as: "key")
    let seal = isSealed ? try KeySeal(file: key, name: "night 1") : nil
    let old = try Self.hostOfTheNight(journal, now_us, seal)
    let form = folder.save(Self.header + Self.night(now_us), as: "form.csv")
    let plain = [form, "--journal", journal, "--offset", "Z"]
    let common = plain + (isSealed ? ["--key-file", key] : [])
    try Self.run(common + ["--dry-run"])
    // With a key where there is no seal, without one where there is: named, and nothing is changed.
    #expect(throws: Failed.self) { try Self.run(plain + (isSealed ? [] : ["--key-file", key])) }
    try Self.run(common)
    // A second time it contradicts the journal, and changes nothing.
    #expect(throws: Failed.self) { try Self.run(common) }

    check(Journal.sealName(of: journal), equals: isSealed ? "night 1" : nil)
    let host = try Host(journal: journal, map: nil, seal: seal)
    defer { host.close() }
    check(host.mode, equals: HJ_MODE_NORMAL)
    let known = host.knownIncidents()
    check(known.filter { $0.isOpen }.map(\.reference).sorted(), equals: ["P-2"])
    check(host.read(incident: old).incident.state, equals: HJ_INCIDENT_CLOSED)
    let paper = try #require(known.first { $0.reference == "P-1" })
    let read = host.read(incident: paper.id).incident
    check(read.source, equals: HJ_SOURCE_CATCH_UP)
    check(read.state, equals: HJ_INCIDENT_CLOSED)
    check(read.arrived_wall_us - read.received_wall_us, equals: 600_000_000)
    check(host.read(unit: 2).unit.incident_id, equals: known.first { $0.isOpen }?.id ?? 0)
    check(host.figures(by: HJ_FIGURES_CATCH_UP, value: 0, interval: 4).count, equals: 2)
    // What waits is served by the host that opens, not by the tool.
    _ = host.poll(now_ns: HostClock.now_ns, wall_us: HostClock.wall_us)
    var room = Host.roomForEvents(64)
    var escalations = 0
    _ = host.takeEvents(&room) { event in
      if event.kind == HJ_EVENT_ESCALATION, event.flags & HJ_EVENT_FLAG_CATCH_UP != 0 {
        escalations += 1
      }
    }
    check(escalations, equals: 0)
  }

  private static func run(_ arguments: [String]) throws {
    let command = try CatchUpCommand.parse(arguments)
    try command.run()
  }

  /// Two hours ago: a unit was sent to OLD-1, and then the machines went down.
  private static func hostOfTheNight(
    _ journal: String, _ now_us: Int64, _ seal: KeySeal?
  ) throws -> UInt64 {
    let path = try #require(strdup(journal))
    let name = seal.flatMap { strdup($0.name) }
    defer {
      free(path)
      free(name)
    }
    let sealing = seal.map { HostSealing($0) }
    let host = try Host(map: nil, sealing: sealing) { config in
      sealing?.set(&config, name: name)
      config.run_mode = HJ_RUN_POLL
      config.journal_path = UnsafePointer(path)
      config.max_units = 8
      config.max_incidents = 16
      config.max_assignments = 16
    }
    defer { host.close() }
    _ = host.poll(now_ns: 1_000_000_000, wall_us: now_us - 7_200_000_000)
    for id in 1...2 as ClosedRange<UInt64> {
      var unit = hj_unit.sized
      unit.id = id
      unit.lat_e7 = 312_300_000 + Int32(id)
      unit.lon_e7 = 1_214_700_000
      check(host.put(unit), equals: HJ_OK)
    }
    var report = hj_report.sized
    report.tier = HJ_TIER_URGENT
    report.lat_e7 = 312_300_000
    report.lon_e7 = 1_214_700_000
    withUnsafeMutableBytes(of: &report.reference) { $0.copyBytes(from: Array("OLD-1".utf8)) }
    let answer = host.report(report)
    check(answer.status, equals: HJ_OK)
    check(answer.answer.units.map(\.unit_id), equals: [1])
    return answer.answer.incident_id
  }

  private static func night(_ now_us: Int64) -> String {
    func at(_ minutes: Int64) -> String {
      let s = now_us / 1_000_000 / 60 * 60 - minutes * 60
      let day = s / 86_400
      // By the reader's own calendar: the day of which it says that number.
      var text = ""
      for year in 2_020...2_100 where text.isEmpty {
        for month in 1...12 where text.isEmpty {
          for number in 1...31 where text.isEmpty {
            let words =
              "\(year)-\(month < 10 ? "0" : "")\(month)-\(number < 10 ? "0" : "")\(number)"
            if PaperClock.day(words) == Int(day) { text = words }
          }
        }
      }
      let (hour, minute) = (s % 86_400 / 3_600, s % 3_600 / 60)
      return "\(text) \(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)"
    }
    return """
      OLD-1,,,,,,1,,,,\(at(110)),\(at(100)),,\(at(99)),1,
      P-1,\(at(90)),urgent,12,31.23,121.47,1,\(at(85)),,,\(at(80)),\(at(60)),,\(at(59)),2,44
      P-2,\(at(30)),routine,7,31.23,121.47,2,\(at(25)),,,\(at(20)),,,,,
      """
  }
}
