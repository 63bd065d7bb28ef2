// What the small commands of `hujia journal` say of their work.

import HujiaHostKit
import HujiaJournal

package enum JournalWords {
  package static func text(_ report: SalvageReport, _ target: String) -> String {
    var lines = [
      "copied           \(report.segments) segments, \(report.snapshots) snapshots into \(target)",
      "records          up to \(report.last)",
    ]
    if let problem = report.problem {
      lines.append("lost             \(problem.text)")
    } else {
      lines.append("whole            nothing is lost but what stood in the ring alone")
    }
    return lines.joined(separator: "\n")
  }

  package static func json(_ report: SalvageReport, _ target: String) -> String {
    var list = FieldList()
    list.say("target", target)
    list.say("segments", report.segments)
    list.say("snapshots", report.snapshots)
    list.say("last", Int64(clamping: report.last))
    list.say("lost", report.problem?.text ?? "")
    return JSONLine.of(list.fields)
  }

  package static func text(_ report: ArchiveReport, _ target: String) -> String {
    if report.covered == 0 {
      return
        "moved            nothing: there are not two snapshots that are whole, and an opening needs every "
        + "segment"
    }
    guard !report.segments.isEmpty else {
      return
        "moved            nothing: the older of two snapshots goes up to record \(report.covered), and no "
        + "sealed segment ends before it"
    }
    return """
      moved            \(report.segments.count) segments into \(target): records \(report.first) to \(report.last)
      chain            \(JournalVerdict.hex(report.hash)) up to record \(report.last); what stays begins with it
      left             \(report.left) segments
      """
  }

  package static func json(_ report: ArchiveReport, _ target: String) -> String {
    var list = FieldList()
    list.say("target", target)
    list.say("moved", report.segments.count)
    list.say("first", Int64(clamping: report.first))
    list.say("last", Int64(clamping: report.last))
    list.say("hash", JournalVerdict.hex(report.hash))
    list.say("covered", Int64(clamping: report.covered))
    list.say("left", report.left)
    return JSONLine.of(list.fields)
  }

  package static func text(_ standing: JournalStanding, _ path: String) -> String {
    func bytes(_ count: Int64) -> String { "\(Thousands.text(Int(count))) bytes" }
    let snapshots = standing.snapshots.map { "\($0)" }.joined(separator: ", ")
    var lines = [
      "journal          \(path): \(standing.journal), format \(standing.format), "
        + (standing.wasClosed ? "closed" : "an engine has it, or died with it"),
      standing.last == 0
        ? "records          none"
        : standing.first == 0
          ? "records          up to \(standing.last), in snapshots alone"
          : "records          \(standing.first) to \(standing.last) at least in \(standing.segments) segments",
      "disk             segments \(bytes(standing.segment_bytes)), apart \(bytes(standing.stream_bytes)), "
        + "snapshots \(bytes(standing.snapshot_bytes)), reserve \(bytes(standing.reserve_bytes))",
      "snapshots        " + (snapshots.isEmpty ? "none" : "of records \(snapshots)"),
    ]
    lines += ringLines(standing)
    if standing.archivable > 0 {
      lines.append(
        "may go           \(standing.archivable) segments, records up to \(standing.archivable_last), "
          + "\(bytes(standing.archivable_bytes)): `hujia journal archive`, with the engine closed")
    }
    let left = standing.segments - standing.archivable
    if standing.covered == 0 {
      lines.append(
        "held             all segments: there are not two snapshots that are whole, and an opening needs them"
      )
    } else {
      lines.append(
        "held             \(left) segments: the older of two snapshots goes up to record "
          + "\(standing.covered), and the newest segment stays")
    }
    return lines.joined(separator: "\n")
  }

  private static func ringLines(_ standing: JournalStanding) -> [String] {
    if standing.wasClosed { return [] }
    if standing.ring.isEmpty { return ["ring             none: memory of its process alone"] }
    if standing.isRingLost {
      return ["ring             \(standing.ring) is gone: what was not durable is lost"]
    }
    var lines = [
      standing.ringCount == 0
        ? "ring             \(standing.ring): nothing waits in it"
        : "ring             \(standing.ring): \(standing.ringCount) records from \(standing.ringFirst) on"
    ]
    if standing.stateLast > 0 {
      lines.append(
        "                 it began anew: what came up to record \(standing.stateLast) stands in a state beside it"
          + (standing.isStateThere
            ? "; open the engine once, so that it becomes a snapshot" : ", and that is GONE"))
    }
    return lines
  }

  package static func json(_ standing: JournalStanding, _ path: String) -> String {
    var list = FieldList()
    list.say("path", path)
    list.say("journal", standing.journal)
    list.say("format", standing.format)
    list.say("closed", standing.wasClosed)
    list.say("first", Int64(clamping: standing.first))
    list.say("last", Int64(clamping: standing.last))
    list.say("segments", standing.segments)
    list.say("segment_bytes", standing.segment_bytes)
    list.say("apart_bytes", standing.stream_bytes)
    list.say("snapshots", standing.snapshots.count)
    list.say("snapshot_bytes", standing.snapshot_bytes)
    list.say("reserve_bytes", standing.reserve_bytes)
    list.say("covered", Int64(clamping: standing.covered))
    list.say("archivable", standing.archivable)
    list.say("archivable_last", Int64(clamping: standing.archivable_last))
    list.say("archivable_bytes", standing.archivable_bytes)
    list.say("ring", standing.ring)
    list.say("ring_lost", standing.isRingLost)
    list.say("ring_records", Int64(clamping: standing.ringCount))
    list.say("state_beside_ring", Int64(clamping: standing.stateLast))
    list.say("state_is_there", standing.isStateThere)
    return JSONLine.of(list.fields)
  }

  static func fields(_ note: DeletionNote) -> [Field] {
    var list = FieldList()
    list.say("stream", note.stream.name)
    list.say("first", Int64(clamping: note.first))
    list.say("last", Int64(clamping: note.last))
    list.say("before_us", note.before_us)
    list.say("record", Int64(clamping: note.record))
    list.say("wall_us", note.wall_us)
    list.say("by", note.by)
    list.say("why", note.why)
    return list.fields
  }

  package static func text(_ report: DeletionReport, _ stream: JournalStream) -> String {
    guard let note = report.note else {
      return "deleted          nothing: no \(stream.name) on record are that old"
    }
    return """
      deleted          \(note.stream.name) of records \(note.first) to \(note.last): \(report.files) files
      on record        \(note.record), by \(note.by): \(note.why)
      """
  }

  package static func json(_ report: DeletionReport) -> String {
    var list = FieldList()
    list.say("files", report.files)
    if let note = report.note { list.say("deleted", .list(fields(note))) }
    return JSONLine.of(list.fields)
  }

  package static func text(_ report: UpgradeReport) -> String {
    report.before == report.now
      ? "format           \(report.now): the newest that this version knows; nothing was changed"
      : "format           \(report.now) from the next opening on, \(report.before) until now"
  }

  package static func json(_ report: UpgradeReport) -> String {
    var list = FieldList()
    list.say("before", report.before)
    list.say("now", report.now)
    return JSONLine.of(list.fields)
  }
}

extension ChainHead {
  /// "RECORD:HASH"; nil: it is none.
  package init?(_ text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let record = UInt64(parts[0]), record > 0 else { return nil }
    let digits = Array(parts[1].utf8)
    guard digits.count == 64 else { return nil }
    var hash: [UInt8] = []
    for at in stride(from: 0, to: 64, by: 2) {
      let pair = String(decoding: digits[at..<at + 2], as: UTF8.self)
      guard pair.utf8.allSatisfy({ $0 != 43 && $0 != 45 }), let byte = UInt8(pair, radix: 16) else {
        return nil
      }
      hash.append(byte)
    }
    self.init(record: record, hash: hash)
  }
}
