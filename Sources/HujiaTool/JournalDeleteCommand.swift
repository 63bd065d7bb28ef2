// hujia journal delete: positions, or what watches said, before their time.

import ArgumentParser
import HujiaHostKit
import HujiaJournal
import HujiaJournalReport

struct JournalDeleteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete",
    abstract: "Delete positions, or heartbeats and watches, that were taken in before a time.",
    discussion: """
      They stand apart from the chain, which holds their hashes alone: so it still holds, and `verify` says what went, \
      by which person and why. The deletion is on record before anything goes. A place that decided something stays in \
      the record of that, and the newest place of each unit in the newest snapshots. The journal must be closed; a \
      sealed one needs no key.

      Examples:
        hujia journal delete journal --positions --before 2026-11-01T08:00 --offset +08:00 --by "A. Wang" --why "request 17"
        hujia journal delete journal --watches --before 2026-06-01 --by "A. Wang" --why "moved away"
      """)

  @Argument(help: "The journal's folder; closed.") var folder: String
  @Flag(help: "Positions of units (HJ_TELEMETRY_ALL).") var positions = false
  @Flag(help: "Heartbeats, and what hj_watch_put said.") var watches = false
  @Option(help: "Taken in before this time: 2026-11-30, 2026-11-30T09:12:03, with Z or +08:00.")
  var before: String
  @Option(help: "Times are written with this offset: +08:00; default Z.") var offset = "Z"
  @Option(help: "The person that deletes; on record.") var by: String
  @Option(help: "Why; on record.") var why: String
  @Flag(help: "Print as JSON.") var json = false

  private func wanted() throws(ValidationError) -> Deletion {
    guard positions != watches else {
      throw ValidationError("Say one of --positions and --watches.")
    }
    guard let zone = WallTime(offset: offset) else {
      throw ValidationError("--offset \(offset): write it as +08:00, -03:30 or Z.")
    }
    guard let moment = zone.moment(before) else {
      throw ValidationError("--before \(before): write it as 2026-11-30 or 2026-11-30T09:12:03.")
    }
    return Deletion(positions ? .positions : .watches, before_us: moment, by: by, why: why)
  }

  func validate() throws { _ = try wanted() }

  func run() throws {
    let wanted = try wanted()
    let report: DeletionReport
    do throws(JournalProblem) {
      report = try Journal.delete(folder, wanted)
    } catch {
      throw Failed(field: folder, error.text)
    }
    print(json ? JournalWords.json(report) : JournalWords.text(report, wanted.stream))
  }
}
