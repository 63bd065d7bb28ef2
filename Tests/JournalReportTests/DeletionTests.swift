// Positions and what watches said, deleted from an engine's journal: what the tool says of it.

import HujiaDriver
import HujiaEngine
import HujiaIngest
import HujiaJournal
import HujiaTestSupport
import Testing

@testable import HujiaJournalReport

@Suite struct DeletionTests {
  /// Calls, a watch and its signs of life, positions; closed, with a snapshot behind it.
  private func lived() throws -> Life {
    let life = try Life()
    life.run()
    life.submit(
      .putWatch(
        WatchDescription(
          id: 5, limit_s: 3_600, tier: .routine, alarmTier: .urgent, lat_e7: 225_000_000,
          lon_e7: 1_140_000_000, place: life.driver.snap((225_000_000, 1_140_000_000)))), by: 9)
    life.poll(401)
    life.move(unit: 1, lat_e7: 225_020_000, second: 401)
    life.poll(402)
    life.report(14, lat_e7: 225_015_000, by: 7)
    life.close()
    var settings = JournalSettings(folder: life.journal)
    settings.ringBytes = 64 << 10
    settings.reserveBytes = 0
    settings.segmentBytes = 1 << 20
    let journal = try Journal.open(settings, snapshot: { _ in true }, record: { _ in true })
    let writer = try journal.beginSnapshot(journal.recorded)
    try writer.finish()
    journal.close()
    return life
  }

  private func verdict(
    _ life: Life, _ depth: JournalVerdict.Depth
  ) throws -> JournalVerdict {
    try JournalVerdict(life.journal, heads: [], depth, map: nil) { _, _ in }
  }

  private func delete(_ life: Life, _ stream: JournalStream) throws -> DeletionReport {
    try Journal.delete(
      life.journal,
      Deletion(
        stream, before_us: Life.wall_us + 1_000_000_000, by: "A. Wang", why: "request 17 of 2026"))
  }

  @Test func whatWasDeletedIsSaid() throws {
    let life = try lived()
    var seen = try verdict(life, .rebuilt)
    check(seen.holds, seen.text)
    check(seen.outcome?.positions ?? 0, atLeast: 1)
    check(seen.text.contains("apart            positions of "), seen.text)
    let positions = try delete(life, .positions)
    check(positions.files, atLeast: 1)
    check(JournalWords.text(positions, .positions).contains("by A. Wang: request 17 of 2026"))
    seen = try verdict(life, .rebuilt)
    check(seen.holds, seen.text)
    check(seen.outcome?.positions, equals: 0)
    check(seen.text.contains("deleted          positions of records "), seen.text)
    check(seen.text.contains("by A. Wang: request 17 of 2026"), seen.text)
    check(seen.text.hasSuffix("complete but for what was deleted"), seen.text)
    check(seen.json.contains("\"by\":\"A. Wang\""), seen.json)
    // Nothing can be decided anew from positions that are gone: that is no fault of the journal.
    seen = try verdict(life, .redecided)
    check(seen.holds, seen.text)
    check(seen.outcome == nil)
    let watches = try delete(life, .watches)
    check(watches.note?.stream, equals: .watches)
    seen = try verdict(life, .rebuilt)
    check(seen.holds, seen.text)
    check(seen.outcome == nil)
    check(seen.chain.chain.deletions.count, equals: 2)
    check(try delete(life, .watches).note == nil)
  }

  /// The act stays: which person put the watch, and why; what it said is gone.
  @Test func theActOfAWatchStays() throws {
    let life = try lived()
    func printed() throws -> [PrintedTurn] {
      var turns: [PrintedTurn] = []
      try JournalPrint(life.journal, PrintFilter()) { turns.append($0) }.run()
      return turns
    }
    let before = try printed().filter { $0.command == "putWatch" }
    check(before.count, equals: 1)
    _ = try delete(life, .watches)
    let zone = WallTime()
    let texts = try printed().map { $0.text(zone) }
    check(texts.contains { $0.contains("nothing can be followed") }, "\(texts)")
    let stub = try printed().first { $0.notes.contains("what the watch said was deleted") }
    check(stub?.record, equals: before.first?.record)
    check(stub?.text(zone).contains("operator 9, session 90") ?? false, stub?.text(zone) ?? "")
  }
}
