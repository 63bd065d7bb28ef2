// The life of an incident as it is printed, what filters leave, and what is said of journals that do not hold.

import Foundation
import HujiaDriver
import HujiaHostKit
import HujiaJournal
import HujiaTestSupport
import Testing

@testable import HujiaJournalReport

@Suite(.serialized) struct PrintTests {
  private func printed(
    _ path: String, _ change: (inout PrintFilter) -> Void = { _ in }
  ) throws -> [PrintedTurn] {
    var filter = PrintFilter()
    change(&filter)
    var turns: [PrintedTurn] = []
    let journal = JournalPrint(path, filter) { turns.append($0) }
    try journal.run()
    return turns
  }

  @Test func oneIncidentFromItsReportToItsEnd() throws {
    let life = try Life()
    life.run()
    life.close()
    try #require(life.assignments.count == 2)
    let turns = try printed(life.journal) { $0.incident = life.incidents[0] }
    check(turns.first?.command, equals: "report")
    check(turns.map(\.command).filter { $0 == "advance" }.count, equals: 3)
    check(turns.last { $0.command == "end" }?.status, equals: "HJ_OK")
    let text = turns.map { $0.text(WallTime()) }.joined(separator: "\n")
    for words in [
      "by       operator 7, session 70, role 3, reason 31", "tier urgent, type 12",
      "lat 22.5010000", "chosen   seats", "unit 1, travel", "incident \(life.incidents[0])",
      "assignment \(life.assignments[0])", "state on_scene",
      "by       operator 8, session 80, role 3, reason 5", "state closed",
      "2026-11-30T09:12:00.000000Z",
    ] { check(text.contains(words), "no \(words) in\n\(text)") }
    check(!text.contains("\(life.incidents[1])"), text)
    check(!text.contains("type 13"), text)
  }

  @Test func filtersLeaveWhatTheySay() throws {
    let life = try Life()
    life.run()
    life.close()
    let all = try printed(life.journal)
    check(all.first?.command, equals: "opened")
    check(all.filter { $0.command == "putUnit" }.count, equals: 2)
    check(all.map(\.record), equals: all.map(\.record).sorted())
    let acts = try printed(life.journal) { $0.operatorID = 9 }
    check(acts.map(\.command), equals: ["advance", "advance", "advance"])
    let unit = try printed(life.journal) { $0.unit = 2 }
    check(unit.contains { $0.command == "putUnit" })
    check(unit.contains { $0.command == "report" })
    check(!unit.contains { $0.command == "end" })
    let late = try printed(life.journal) { $0.from_us = Life.wall_us + 2_000_000 }
    check(late.first.map { $0.wall_us >= Life.wall_us + 2_000_000 } ?? false)
    let early = try printed(life.journal) { $0.to_us = Life.wall_us + 2_000_000 }
    check(early.count + late.count, equals: all.count)
    check(try printed(life.journal) { $0.incident = 77 }.count, equals: 0)
  }

  /// A street that a person closed: found by the person, in words.
  @Test func aClosureHasItsPerson() throws {
    let life = try Life()
    life.run()
    life.submit(
      .signStreet(street: 4_711, direction: 1, profile: 0, isClosed: true), by: 11, reason: 6)
    life.close()
    let turns = try printed(life.journal) { $0.operatorID = 11 }
    check(turns.map(\.command), equals: ["signStreet"])
    let text = turns.first?.text(WallTime()) ?? ""
    for words in [
      "by       operator 11, session 110, role 3, reason 6", "street 4711", "direction 1",
      "isClosed",
    ] { check(text.contains(words), "no \(words) in\n\(text)") }
    let json = turns.first?.json(WallTime()) ?? ""
    for words in ["\"street\":\"4711\"", "\"isClosed\":true"] { check(json.contains(words), json) }
    check(try verdict(life.journal, .redecided).holds)
  }

  /// Records that went by retention: their state comes from a snapshot, and the rest has its answers again.
  @Test func fromASnapshot() throws {
    let life = try Life()
    life.run()
    life.close()
    let again = try life.reopened()
    again.report(14, lat_e7: 225_010_000, by: 7)
    again.close()
    let all = try printed(life.journal)
    try FileManager.default.removeItem(atPath: life.journal + "/journal-000000000001")
    let rest = try printed(life.journal)
    let notes = rest.flatMap(\.notes)
    check(notes.count, equals: 1)
    check(notes.first?.contains("stands in the snapshot of record") ?? false, "\(notes)")
    let told = rest.filter { $0.command != "note" }
    check(told.count, above: 1)
    check(
      told.map { $0.text(WallTime()) }, equals: all.suffix(told.count).map { $0.text(WallTime()) })
    check(told.contains { $0.command == "report" && $0.status == "HJ_OK" })
  }

  /// Each line is JSON, with every field of the command in it.
  @Test func linesAreJSON() throws {
    let life = try Life()
    life.run()
    life.close()
    for turn in try printed(life.journal) {
      let line = turn.json(WallTime(offset_min: 480))
      check(!line.contains("\n"))
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      check(object?["record"] as? Int == Int(turn.record), line)
      check((object?["time"] as? String)?.hasSuffix("+08:00") ?? (turn.wall_us <= 0), line)
      guard turn.command == "report" else { continue }
      let fields = object?["fields"] as? [String: Any]
      check(fields?["tier"] as? String == "urgent", line)
      check(fields?["keyLow"] as? String == "\(fields?["type"] ?? "")", line)
      let choices = object?["choices"] as? [[String: Any]]
      check(choices?.contains { $0["kind"] as? String == "seats" } ?? false, line)
    }
    check(
      JSONLine.of([Field(name: "a\"\u{1}\\", value: .word("护\n"))]),
      equals: "{\"a\\\"\\u0001\\\\\":\"护\\u000a\"}")
  }

  /// While its engine runs, from the ring as well; called again it goes on.
  @Test func printedBesideItsEngine() throws {
    let life = try Life()
    life.run()
    var turns: [PrintedTurn] = []
    let journal = JournalPrint(life.journal, PrintFilter()) { turns.append($0) }
    try journal.run()
    let before = turns.count
    check(before, atLeast: 8)
    try journal.run()
    check(turns.count, equals: before)
    life.put(unit: 3, lat_e7: 225_500_000)
    try journal.run()
    check(turns.last?.command, equals: "putUnit")
    check(turns.count, equals: before + 1)
    check(Set(turns.map(\.record)).count, equals: turns.count)
  }

  // Verdicts

  private func verdict(
    _ path: String, _ depth: JournalVerdict.Depth, heads: [ChainHead] = []
  ) throws -> JournalVerdict {
    try JournalVerdict(path, heads: heads, depth, map: nil) { _, _ in }
  }

  @Test func aJournalThatHolds() throws {
    let life = try Life()
    life.run()
    life.close()
    let rebuilt = try verdict(life.journal, .rebuilt)
    check(rebuilt.holds, rebuilt.text)
    let decided = try verdict(life.journal, .redecided)
    check(decided.holds, decided.text)
    check(decided.text.contains("decided anew"))
    check(
      try verdict(life.journal, .redecided).outcome?.digest.value,
      equals: decided.outcome?.digest.value)
    let report = decided.chain.chain
    let head = ChainHead(record: report.last, hash: report.head)
    check(ChainHead("\(report.last):\(JournalVerdict.hex(report.head))"), equals: head)
    check(try verdict(life.journal, .chain, heads: [head]).holds)
    for wrong in [
      ChainHead(record: report.last, hash: [UInt8](repeating: 1, count: 32)),
      ChainHead(record: report.last + 1, hash: report.head),
    ] {
      let found = try verdict(life.journal, .chain, heads: [wrong])
      check(!found.holds)
      check(found.failure?.fault.contains("record") ?? false)
    }
    let object = try JSONSerialization.jsonObject(with: Data(decided.json.utf8)) as? [String: Any]
    check(object?["holds"] as? Bool == true)
    check(object?["means"] as? String == "redecided")
  }

  /// A byte of it: named with file, offset and remedy, as text and as JSON.
  @Test func aJournalThatDoesNotHold() throws {
    let life = try Life()
    life.run()
    life.close()
    let name = "journal-000000000001"
    let file = try #require(fopen("\(life.journal)/\(name)", "r+"))
    fseek(file, 4_096 + 150, SEEK_SET)
    let byte = fgetc(file)
    fseek(file, 4_096 + 150, SEEK_SET)
    fputc(byte ^ 1, file)
    fclose(file)
    let found = try verdict(life.journal, .rebuilt)
    check(!found.holds)
    check(found.text.contains("\(name), offset 4096"), found.text)
    check(found.text.contains("hujia journal salvage"), found.text)
    let object = try JSONSerialization.jsonObject(with: Data(found.json.utf8)) as? [String: Any]
    let problem = object?["problem"] as? [String: Any]
    check(problem?["file"] as? String == name)
    check(problem?["offset"] as? Int == 4_096)
    check(failure { _ = try printed(life.journal) }.contains(name))
  }

  @Test func whatIsNoJournalIsNamed() throws {
    let folder = TemporaryFolder()
    let found = try verdict(folder.file("none"), .rebuilt)
    check(found.text.contains("cannot open \(folder.file("none"))"), found.text)
    check(failure { _ = try printed(folder.file("none")) }.contains("cannot open"))
    check(ChainHead("0:" + String(repeating: "0", count: 64)) == nil)
    check(ChainHead("1:" + String(repeating: "0", count: 63)) == nil)
    check(ChainHead("1:" + String(repeating: "+1", count: 32)) == nil)
    check(ChainHead("x") == nil)
  }

  private func failure(_ body: () throws -> Void) -> String {
    do {
      try body()
      return ""
    } catch {
      return "\(error)"
    }
  }
}
