// What a record says, spoilt field by field behind sums that hold: an engine that follows the journal names the record,
// or takes it for what it says. Nothing crashes, and what is printed of it ends.

import HujiaContainers
import HujiaDriver
import HujiaEngine
import HujiaTestSupport
import Testing

@testable import HujiaJournal
@testable import HujiaJournalReport

@Suite struct SpoiltRecordTests {
  private struct Kept {
    var kind: UInt16
    var payload: [UInt8]
    var wall_us: Int64
  }

  private func records(_ path: String) -> (records: [Kept], openings: JournalOpenings) {
    var kept: [Kept] = []
    var openings = JournalOpenings()
    let report = Journal.read(path) { record in
      check(openings.note(record))
      kept.append(
        Kept(kind: record.kind, payload: Array(record.payload), wall_us: record.wall_us))
      return true
    }
    check(report.problem == nil, "\(report.problem.map { "\($0)" } ?? "")")
    return (kept, openings)
  }

  private func take(
    _ replica: JournalReplica, _ kept: Kept, _ sequence: UInt64
  ) throws(Failure) {
    var failure: Failure?
    kept.payload.withUnsafeBytes { raw in
      let record = JournalRecord(
        sequence: sequence, kind: kept.kind, version: 1, hasMore: false, epoch: 1,
        monotonic_ns: 1, wall_us: kept.wall_us, boot: .none, payload: raw)
      if let turn = JournalReplica.read(record) {
        _ = PrintedTurn(turn, isFollowed: false).json(WallTime())
      }
      do throws(Failure) { try replica.take(record) } catch { failure = error }
    }
    if let failure { throw failure }
  }

  /// The records before it as they were, then this one: true = it was taken.
  private func isTaken(
    _ records: [Kept], _ openings: JournalOpenings, _ index: Int, _ payload: [UInt8]
  ) throws -> Bool {
    let replica = try JournalReplica(openings)
    replica.seen = { _ = PrintedTurn($0, isFollowed: true).text(WallTime()) }
    for before in 0..<index { try take(replica, records[before], UInt64(before + 1)) }
    var spoilt = records[index]
    spoilt.payload = payload
    do throws(Failure) {
      try take(replica, spoilt, UInt64(index + 1))
      return true
    } catch {
      check(!error.text.isEmpty)
      check(
        error.text.contains("record \(index + 1)") || error.status == .limit
          || error.status == .plans, error.text)
      return false
    }
  }

  @Test func eachByteAndEachLength() throws {
    let life = try Life()
    life.run()
    life.close()
    let (records, openings) = records(life.journal)
    var taken = 0
    var refused = 0
    let step = Scale.count(11, full: 1)
    for (index, record) in records.enumerated() {
      check(try isTaken(records, openings, index, record.payload))
      var place = index % step
      while place < record.payload.count {
        for change in [1, 0x80, 0xff] as [UInt8] {
          var payload = record.payload
          payload[place] ^= change
          if try isTaken(records, openings, index, payload) { taken += 1 } else { refused += 1 }
        }
        let cut = Array(record.payload[..<place])
        if try isTaken(records, openings, index, cut) { taken += 1 } else { refused += 1 }
        place += step
      }
    }
    // Both happen: a journal of refusals alone would prove nothing of what is taken.
    check(taken, atLeast: 20)
    check(refused, atLeast: 20)
  }
}
