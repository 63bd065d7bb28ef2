// Whether a journal holds: its chain of hashes, what an opening would give, and, where it is asked for, every decision
// made anew.

import HujiaDriver
import HujiaEngine
import HujiaHostKit
import HujiaJournal

package struct JournalVerdict {
  package enum Depth: Sendable { case chain, rebuilt, redecided }

  package let path: String
  package private(set) var chain: ReadingReport
  package private(set) var openings: JournalOpenings
  package private(set) var outcome: JournalReview.Outcome?
  package private(set) var seconds = 0.0
  /// Why the records were not applied, though the chain holds.
  package private(set) var unapplied: String?

  /// `heads`: what was kept elsewhere of the chain. `progress` is told what is done, and the share of it.
  package init(
    _ path: String, heads: [ChainHead] = [], _ depth: Depth, map: String?, seal: KeySeal? = nil,
    progress: (String, Double) -> Void
  ) throws(Failed) {
    self.path = path
    let start_ns = HostClock.now_ns
    var openings = JournalOpenings()
    var isRead = true
    progress("reading the chain", 0)
    // The chain alone is proved without a key.
    let isBlind = depth == .chain && seal == nil
    chain = Journal.read(
      path, seal: seal, isBlind: isBlind, snapshot: { openings.note(snapshot: $1) },
      record: { record in
        if !openings.note(record) { isRead = false }
        return true
      })
    // What was kept is compared batch by batch.
    if chain.problem == nil, !heads.isEmpty {
      chain.problem = Journal.verifyChain(path, kept: heads).problem
    }
    self.openings = openings
    defer { seconds = HostClock.since_s(start_ns) }
    guard depth != .chain, chain.problem == nil, chain.last > 0 else { return }
    guard isRead else {
      unapplied = "an opening of a later version stands in it: use the version that wrote it"
      return
    }
    // What watches said decides when their clocks run: without it nothing can be applied again.
    guard chain.chain.gone[JournalStream.watches.rawValue] == 0,
      depth != .redecided || chain.chain.gone[JournalStream.positions.rawValue] == 0
    else { return }
    let source = JournalReview.Source(
      path: path, openings: openings, last: chain.last, seal: seal)
    let isDeciding = depth == .redecided
    do throws(Failure) {
      outcome = try JournalReview.run(source, isDeciding ? .deciding : .rebuilding, map: map) {
        progress(isDeciding ? "deciding anew" : "applying again", $0)
      }
    } catch {
      throw Failed(field: path, error.text)
    }
    isDecided = isDeciding
  }

  package private(set) var isDecided = false

  package var holds: Bool {
    chain.problem == nil && unapplied == nil && outcome?.first == nil
  }

  // As text

  package var text: String {
    var lines = ["journal          \(path)"]
    let report = chain.chain
    lines.append(
      "records          \(Self.span(report.first, chain.last)): \(report.batches) batches in "
        + "\(report.segments) segments")
    if chain.fromRing > 0 {
      lines.append("                 the last \(chain.fromRing) in the ring alone, not durable yet")
    }
    if report.inSnapshotAlone > 0 {
      lines.append("                 \(report.inSnapshotAlone) of them in a snapshot alone")
    }
    if report.torn_bytes > 0 {
      lines.append(
        "                 \(report.torn_bytes) bytes behind them were cut off by a crash, before they "
          + "were durable")
    }
    if chain.isRingLost {
      lines.append("                 the ring is gone: what was not durable is lost")
    }
    let digest = report.digest.map { ", \($0.name)" } ?? ""
    lines.append(
      "chain            \(Self.hex(report.head)) up to record \(report.last)\(digest)")
    lines += Self.lines(apart: report)
    if !report.seal.isEmpty { lines.append("sealed           as \"\(report.seal)\"") }
    if report.first > 1 {
      lines.append("                 begins with \(Self.hex(report.previous))")
    }
    if let outcome { lines += Self.lines(outcome, isDecided) }
    lines.append(verdict)
    return lines.joined(separator: "\n")
  }

  /// What stands apart from the chain, and what went of it.
  private static func lines(apart report: ChainReport) -> [String] {
    guard report.apart + report.gone != [0, 0, 0, 0] else { return [] }
    let words = JournalStream.allCases.map {
      "\($0.name) of \(Thousands.text(report.apart[$0.rawValue])) records"
    }
    var lines = ["apart            \(words.joined(separator: ", "))"]
    let time = WallTime()
    for note in report.deletions {
      lines.append(
        "deleted          \(note.stream.name) of records \(note.first) to \(note.last), taken in before "
          + "\(time.text(note.before_us)); record \(note.record) of \(time.text(note.wall_us)), by "
          + "\(note.by): \(note.why)")
    }
    return lines
  }

  private var isWhole: Bool { chain.chain.gone == [0, 0] }

  private static func lines(_ outcome: JournalReview.Outcome, _ isDecided: Bool) -> [String] {
    let commands = outcome.commands.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      .map { "\($0.key) \(Thousands.text($0.value))" }.joined(separator: ", ")
    var lines = [
      "openings         \(outcome.openings)",
      "turns            \(Thousands.text(Int(outcome.turns)))\(isDecided ? " decided anew" : ", read back")",
      "                 \(commands)",
      "positions        \(Thousands.text(outcome.positions))",
      // Decided anew it has the words of each event; read back, the number of the newest.
      "digest           \(String(hex: outcome.digest.value)), of what was "
        + (isDecided ? "decided anew" : "read back"),
    ]
    if outcome.inSnapshot > 0 {
      lines.append(
        "snapshot         \(Thousands.text(Int(outcome.inSnapshot))) records before those are gone, or "
          + "stand in it too: what they came to was taken from it")
    }
    if outcome.readBack > 0 {
      lines.append(
        "                 \(Thousands.text(Int(outcome.readBack))) turns behind it were read back: the "
          + "opening before them is gone")
    }
    return lines
  }

  private var verdict: String {
    if let problem = chain.problem { return "DOES NOT HOLD    \(problem.text)" }
    if let unapplied { return "NOT APPLIED      \(unapplied)" }
    if let first = outcome?.first { return "DIFFERS          \(Self.words(first))" }
    return isWhole ? "holds" : "holds            complete but for what was deleted"
  }

  private static func words(_ difference: JournalReview.Difference) -> String {
    var text =
      "record \(difference.record) (\(difference.command)) first, in its \(difference.part.rawValue)"
    switch difference.part {
    case .status where !difference.recorded.isEmpty:
      let (before, now) = (Int32(difference.recorded) ?? 0, Int32(difference.decided) ?? 0)
      text += ": \(Host.name(status: before)) is on record, \(Host.name(status: now)) came out"
    case .choices:
      text +=
        "\n" + lines("on record", difference.recordedChoices) + "\n"
        + lines("now", difference.decidedChoices)
    case .events: text += ": event \(difference.recorded) was the newest, \(difference.decided) is"
    default: break
    }
    if let gap = difference.gap {
      text +=
        "\n                 before records \(gap.lowerBound) to \(gap.upperBound) positions or "
        + "street times are missing, because the ring was full: raise ring_bytes"
    }
    return text
  }

  private static func lines(_ name: String, _ choices: [UInt8]) -> String {
    let facts = ChoiceFacts.read(choices).facts
    guard !facts.isEmpty else { return "                 \(name): nothing chosen" }
    return facts.map { "                 \(name): \($0.kind) \(PrintedTurn.words($0.fields))" }
      .joined(separator: "\n")
  }

  private static func span(_ first: UInt64, _ last: UInt64) -> String {
    last == 0 ? "none" : "\(first) to \(last)"
  }

  package static func hex(_ bytes: [UInt8]) -> String {
    bytes.map { FieldList.hex($0) }.joined()
  }

  // As JSON

  package var json: String {
    let report = chain.chain
    var list = FieldList()
    list.say("journal", path)
    list.say("holds", holds)
    list.say("first", Int64(clamping: report.first))
    list.say("last", Int64(clamping: chain.last))
    list.say("durable", Int64(clamping: report.last))
    list.say("segments", report.segments)
    list.say("batches", Int64(clamping: report.batches))
    list.say("torn_bytes", report.torn_bytes)
    list.say("in_snapshot_alone", Int64(clamping: report.inSnapshotAlone))
    list.say("from_ring", Int64(clamping: chain.fromRing))
    list.say("ring_lost", chain.isRingLost)
    list.say("closed", chain.wasClosed)
    list.say("head", Self.hex(report.head))
    if let digest = report.digest { list.say("digest_kind", digest.name) }
    if !report.seal.isEmpty { list.say("sealed_as", report.seal) }
    for stream in JournalStream.allCases {
      list.say(stream.name + "_apart", report.apart[stream.rawValue])
      list.say(stream.name + "_gone", report.gone[stream.rawValue])
    }
    list.say(
      "deletions", .rows(report.deletions.map { JournalWords.fields($0) }))
    list.say("previous", Self.hex(report.previous))
    if let problem = chain.problem {
      list.nest("problem") {
        $0.say("file", problem.file)
        $0.say("offset", problem.offset)
        $0.say("last_good", Int64(clamping: problem.lastGood))
        $0.say("text", problem.text)
      }
    }
    if let outcome {
      list.say("means", isDecided ? "redecided" : "rebuilt")
      list.say("openings", outcome.openings)
      list.say("turns", Int64(clamping: outcome.turns))
      list.say("positions", outcome.positions)
      list.say("in_snapshot", Int64(clamping: outcome.inSnapshot))
      list.say("read_back", Int64(clamping: outcome.readBack))
      list.say("digest", String(hex: outcome.digest.value))
      if let first = outcome.first {
        list.nest("differs") {
          $0.say("record", Int64(clamping: first.record))
          $0.say("command", first.command)
          $0.say("part", first.part.rawValue)
        }
      }
    }
    if let unapplied { list.say("unapplied", unapplied) }
    return JSONLine.of(list.fields)
  }

  /// Why it does not hold, as an error of the tool.
  package var failure: Failed? {
    if let problem = chain.problem { return Failed(field: path, problem.text) }
    if let unapplied { return Failed(field: path, unapplied) }
    guard let first = outcome?.first else { return nil }
    return Failed(
      field: path, "record \(first.record) comes out otherwise",
      .mend("report this, with the journal, where the version that wrote it says so too"))
  }
}
