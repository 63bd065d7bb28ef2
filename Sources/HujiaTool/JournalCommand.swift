// hujia journal: what an engine has on record, read, proved, saved and moved.

import ArgumentParser
import HujiaHostKit
import HujiaJournal
import HujiaJournalReport

struct JournalCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "journal",
    abstract:
      "Print, verify, salvage, archive, upgrade a journal (hj_config.journal_path); delete places; status.",
    discussion: """
      Examples:
        hujia journal print /var/lib/dispatch/journal --incident 4294967297
        hujia journal verify /var/lib/dispatch/journal
        hujia journal status /var/lib/dispatch/journal
        hujia journal salvage /var/lib/dispatch/journal /srv/good-part
        hujia journal archive /var/lib/dispatch/journal /srv/archive
        hujia journal delete /var/lib/dispatch/journal --positions --before 2026-11-01 --by "A. Wang" --why "request 17"
        hujia journal upgrade /var/lib/dispatch/journal
      """,
    subcommands: [
      JournalPrintCommand.self, JournalVerifyCommand.self, JournalStatusCommand.self,
      JournalSalvageCommand.self, JournalArchiveCommand.self, JournalDeleteCommand.self,
      JournalUpgradeCommand.self,
    ])
}

struct JournalPrintCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "print",
    abstract: "Print what is on record: who did what when, what was chosen, what came of it.",
    discussion: """
      Each record is a turn: the command, operator, session, role and reason, what was chosen (units with their travel \
      times and distances, the plan, the epoch of street times, where each unit stood), the answer, and the events. \
      Records are read while their engine runs, also those in the ring that are not durable yet; nothing is changed. \
      All hashes are compared on the way; the first bad place ends it with exit code 1.

      With --json each record is one line. Ids, keys and hashes are strings there, because they have 64 bits.

      Examples:
        hujia journal print journal --incident 4294967297     the life of one incident
        hujia journal print journal --operator 7 --from 2026-11-30T08:00 --to 2026-11-30T16:00 --offset +08:00
        hujia journal print journal --unit 12 --json > unit-12.jsonl
        hujia journal print journal --follow
      """)

  @Argument(help: "The journal's folder.") var folder: String
  @Option(help: "Only what concerns this incident.") var incident: UInt64?
  @Option(help: "Only what concerns this unit.") var unit: UInt64?
  @Option(name: .customLong("operator"), help: "Only acts of this person.") var person: UInt64?
  @Option(help: "Only from this time on: 2026-11-30, 2026-11-30T09:12:03, with Z or +08:00.")
  var from: String?
  @Option(help: "Only before this time.") var to: String?
  @Option(help: "Times are written and read with this offset: +08:00; default Z.")
  var offset = "Z"
  @Flag(help: "Wait for more, until it is ended with Ctrl-C.") var follow = false
  @Option(help: "The key of a sealed journal: 32 bytes or 64 hexadecimal digits, AES-256-GCM.")
  var keyFile: String?
  @Flag(help: "One line of JSON a record.") var json = false
  @Flag(name: .shortAndLong, help: "No progress.") var quiet = false

  private func zone() throws(ValidationError) -> WallTime {
    guard let zone = WallTime(offset: offset) else {
      throw ValidationError("--offset \(offset): write it as +08:00, -03:30 or Z.")
    }
    return zone
  }

  private func filter(_ zone: WallTime) throws(ValidationError) -> PrintFilter {
    func moment(_ name: String, _ text: String?) throws(ValidationError) -> Int64? {
      guard let text else { return nil }
      guard let moment = zone.moment(text) else {
        throw ValidationError("\(name) \(text): write it as 2026-11-30 or 2026-11-30T09:12:03.")
      }
      return moment
    }
    var filter = PrintFilter()
    filter.incident = incident
    filter.unit = unit
    filter.operatorID = person
    filter.from_us = try moment("--from", from)
    filter.to_us = try moment("--to", to)
    return filter
  }

  func validate() throws {
    let filter = try filter(zone())
    if let from_us = filter.from_us, let to_us = filter.to_us, to_us <= from_us {
      throw ValidationError("--to must be later than --from.")
    }
  }

  func run() throws {
    let zone = try zone()
    let asJSON = json
    let line = ProgressLine(isQuiet: quiet || !ProgressLine.isWanted)
    var shown = 0
    let journal = JournalPrint(
      folder, try filter(zone), seal: try keyFile.map { try KeySeal(file: $0) }
    ) { turn in
      shown += 1
      line.end()
      print(asJSON ? turn.json(zone) : turn.text(zone))
    }
    try journal.run { line.show("record \(Thousands.text(Int(clamping: $0)))") }
    line.end()
    if shown == 0, !follow { Output.remark("nothing on record answers that\n") }
    while follow {
      Output.flush()
      HostClock.sleep(until_ns: HostClock.now_ns + 500_000_000)
      try journal.run()
    }
  }
}

struct JournalVerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Prove that a journal holds; name the first place where it does not.",
    discussion: """
      First the chain: every sum and hash, every number, from the first segment to the ring. Then each record is applied \
      in an engine of its own, as an opening would; what was decided is read back. With --redecide everything is decided \
      anew instead, from the positions and street times on record, and compared: the record must rest on nothing but \
      itself, and a newer version shows what its rules would have done. That needs HJ_TELEMETRY_ALL and the map. The \
      digest sums up every status, decision and event: the same in each process, build and time zone. Read back it has the \
      numbers of events and not their words, so it is another one than that of --redecide.

      Keep heads of the chain elsewhere (hj_journal_status: a printer, a log server): --head finds what was cut off at \
      the end, and a chain that was written anew as a whole. Exit code 1: it does not hold.

      Examples:
        hujia journal verify journal
        hujia journal verify journal --chain
        hujia journal verify journal --head 48211:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
        hujia journal verify journal --redecide --map city.hjmap --json
      """)

  @Argument(help: "The journal's folder, or an archive.") var folder: String
  @Option(help: "The map that its engine had; without --redecide any will do, and none.")
  var map: String?
  @Flag(help: "Decide everything anew and compare.") var redecide = false
  @Flag(help: "The chain of hashes alone; of a sealed journal it needs no key.") var chain = false
  @Option(help: "The key of a sealed journal: 32 bytes or 64 hexadecimal digits, AES-256-GCM.")
  var keyFile: String?
  @Option(help: "A head that was kept: RECORD:HASH, 64 hexadecimal digits. As often as you like.")
  var head: [String] = []
  @Flag(help: "Print as JSON.") var json = false
  @Flag(name: .shortAndLong, help: "No progress.") var quiet = false

  private func heads() throws(ValidationError) -> [ChainHead] {
    var heads: [ChainHead] = []
    for text in head {
      guard let head = ChainHead(text) else {
        throw ValidationError("--head \(text): write it as RECORD:HASH, 64 hexadecimal digits.")
      }
      heads.append(head)
    }
    return heads
  }

  func validate() throws {
    _ = try heads()
    if redecide, chain {
      throw ValidationError("--chain looks at hashes alone: leave --redecide out.")
    }
  }

  func run() throws {
    let heads = try heads()
    let line = ProgressLine(isQuiet: quiet || !ProgressLine.isWanted)
    let verdict = try JournalVerdict(
      folder, heads: heads, chain ? .chain : redecide ? .redecided : .rebuilt, map: map,
      seal: try keyFile.map { try KeySeal(file: $0) }
    ) { what, share in
      line.show("\(what) \(Decimals.fixed(share * 100, 0)) %")
    }
    line.end()
    print(json ? verdict.json : verdict.text)
    if let failure = verdict.failure { throw failure }
  }
}

struct JournalStatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "What takes the room on the disk, and what of it may go into an archive.",
    discussion: """
      Read while its engine runs; nothing is changed. Said are segments, snapshots and what stands apart, with their \
      bytes; up to which record `archive` would move segments now, and what holds the others; what waits in the ring, \
      and whether a state stands beside it.

      Examples:
        hujia journal status /var/lib/dispatch/journal
        hujia journal status journal --json
      """)

  @Argument(help: "The journal's folder.") var folder: String
  @Flag(help: "Print as JSON.") var json = false

  func run() throws {
    let standing: JournalStanding
    do throws(JournalProblem) {
      standing = try Journal.standing(folder)
    } catch {
      throw Failed(field: folder, error.text)
    }
    print(json ? JournalWords.json(standing, folder) : JournalWords.text(standing, folder))
  }
}

struct JournalSalvageCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "salvage",
    abstract: "Copy what is whole of a damaged journal into a new folder.",
    discussion: """
      Copied are the segments up to the first bad place, and the snapshots that are whole. The journal itself stays as \
      it is; the copy opens as one that was never closed. What is lost is said, and the exit code is 0: it did its work.

      Examples:
        hujia journal salvage /var/lib/dispatch/journal /srv/good-part
      """)

  @Argument(help: "The journal's folder.") var folder: String
  @Argument(help: "A folder that is made.") var target: String
  @Flag(help: "Print as JSON.") var json = false

  func run() throws {
    let report: SalvageReport
    do throws(JournalProblem) {
      report = try Journal.salvage(folder, into: target)
    } catch {
      throw Failed(field: folder, error.text)
    }
    print(json ? JournalWords.json(report, target) : JournalWords.text(report, target))
  }
}

struct JournalArchiveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "archive",
    abstract: "Move segments that an opening does not need elsewhere.",
    discussion: """
      Moved are sealed segments that both of the newest snapshots cover, one after the other: copied, synced, compared, \
      then removed. The journal must be closed. Its chain goes on where the archive's ends: `verify` of the archive \
      prints the hash with which `verify` of the journal begins. Laid together again they are one journal.

      Examples:
        hujia journal archive /var/lib/dispatch/journal /srv/archive
      """)

  @Argument(help: "The journal's folder.") var folder: String
  @Argument(help: "Where to; made when it is not there.") var target: String
  @Flag(help: "Print as JSON.") var json = false

  func run() throws {
    let report: ArchiveReport
    do throws(JournalProblem) {
      report = try Journal.archive(folder, into: target)
    } catch {
      throw Failed(field: folder, error.text)
    }
    print(json ? JournalWords.json(report, target) : JournalWords.text(report, target))
  }
}

struct JournalUpgradeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "upgrade",
    abstract: "Let a journal be written in the newest format from its next opening on.",
    discussion: """
      A new version of the library reads every format since the first and goes on writing the one that it finds, so that \
      the night of an update can be undone: the old version opens the journal again. This ends that. What stands in the \
      journal stays as it is; a version that does not know the new format refuses it by its number.

      Examples:
        hujia journal upgrade /var/lib/dispatch/journal
      """)

  @Argument(help: "The journal's folder; closed.") var folder: String
  @Flag(help: "Print as JSON.") var json = false

  func run() throws {
    let report: UpgradeReport
    do throws(JournalProblem) {
      report = try Journal.upgrade(folder)
    } catch {
      throw Failed(field: folder, error.text)
    }
    print(json ? JournalWords.json(report) : JournalWords.text(report))
  }
}
