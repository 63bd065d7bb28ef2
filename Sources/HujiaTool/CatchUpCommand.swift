// hujia catch-up: what was done on paper while the machines were down, typed in bulk.

import ArgumentParser
import HujiaCatchUp
import HujiaHostKit
import HujiaJournalReport
import HujiaMapImport

struct CatchUpCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "catch-up",
    abstract: "Type in what was done on paper while the machines were down 补录.",
    discussion: """
      FILE is a table of comma-separated values with a header. One row is one unit on one incident; the row that has \
      `received` opens the incident and says what it is. An incident that was open before needs no such row: it is found \
      by its number. A row without a unit opens or closes alone. Columns, in any order, all but the first optional:

        incident      the number on the paper, up to 32 bytes: the host's reference
        received      when the call came; opens the incident
        tier          emergency, urgent, routine, preventive; empty = by the type, else emergency
        type          the host's code
        lat, lon      degrees, WGS-84
        unit          the unit's number
        dispatched, acknowledged, en_route, arrived
        cleared       it had arrived and left
        withdrawn     it left without having arrived
        closed        the incident was closed; empty = it is still active
        disposition   the host's code
        operator      the number of the person that did it

      Times: 2026-11-30 03:15 or 03:15:20, with --date for rows without one, --offset for rows without a zone.

      Whatever contradicts itself or the journal is listed with its line, and then nothing is carried out: one unit in two \
      places at a time, arrival before dispatch, an unknown unit, closing before arrival, times in the future, the same \
      number twice. Nothing is guessed, nothing old fires, and what is typed in stays marked.

      The journal's engine must be down. It is opened, held in MANUAL meanwhile, and closed. Its host then opens it as \
      ever; what still waits is served by that.

      Examples:
        hujia catch-up night.csv --journal /var/lib/dispatch/journal --map city.hjmap --offset +08:00 --dry-run
        hujia catch-up night.csv --journal /var/lib/dispatch/journal --map city.hjmap --offset +08:00
        hujia catch-up --form > form.txt

          incident,received,tier,type,lat,lon,unit,dispatched,arrived,cleared,closed
          P-17,2026-11-30 03:15,urgent,1203,31.2304,121.4737,12,03:16,03:22,03:50,03:55    (with --date 2026-11-30)
          P-18,03:20,routine,7,31.2310,121.4800,,,,,
      """)

  @Argument(help: "The table.") var file: String?
  @Option(help: "The journal's folder.") var journal: String?
  @Option(help: "The host's ring_path, where it gives one.") var ringPath: String?
  @Option(help: "The map that its host opens; none: it has none.") var map: String?
  @Option(help: "The day of times without one: 2026-11-30.") var date: String?
  @Option(help: "The zone of times without one: +08:00, Z.") var offset: String?
  @Option(help: "The key of a sealed journal: 32 bytes or 64 hexadecimal digits, AES-256-GCM.")
  var keyFile: String?
  @Flag(help: "List contradictions, and change nothing.") var dryRun = false
  @Flag(help: "Print the form to write on.") var form = false
  @Option(help: "With --form: print this run sheet above it.") var runSheet: String?

  func validate() throws {
    if form { return }
    if file == nil { throw ValidationError("give FILE, or --form") }
    if journal == nil { throw ValidationError("give --journal, the folder of the host's journal") }
    if let date, PaperClock.day(date) == nil {
      throw ValidationError("--date \(date) is no day: give it like 2026-11-30")
    }
    if let offset, PaperClock.offset(offset) == nil {
      throw ValidationError("--offset \(offset) is none: give it like +08:00")
    }
  }

  func run() throws {
    if form { return try printForm() }
    guard let file, let journal else { return }
    let clock = PaperClock(
      day: date.flatMap { PaperClock.day($0) }, offset_s: offset.flatMap { PaperClock.offset($0) })
    let table = try PaperTable(path: file, clock: clock)
    let host = try Host(
      journal: journal, ring: ringPath, map: map,
      seal: try keyFile.map { try KeySeal(file: $0, writing: journal) })
    defer { host.close() }
    let wasManual = host.isManual
    let books = HostBooks(host)
    let check = PaperCheck(table, books: books, now_us: HostClock.wall_us)
    try refuse(check.found, of: table, "contradictions; nothing was changed")
    guard !dryRun else { return print("\(table.rows.count) rows, no contradiction") }
    // Before its clocks are told how long nothing ran: what would be sent now is a person's to send.
    host.set(isManual: true)
    try Host.check(
      host.poll(now_ns: HostClock.now_ns, wall_us: HostClock.wall_us).status, "hj_engine_poll")
    var catchUp = CatchUp(table, check, host: host, books: books)
    catchUp.run()
    if !wasManual { host.set(isManual: false) }
    print(text(catchUp.counts))
    try refuse(catchUp.refused, of: table, "rows were refused by the engine; the others stand")
  }

  private func text(_ counts: CatchUpCounts) -> String {
    """
    rows             \(counts.rows)
    opened           \(counts.opened), of them still active \(counts.active)
    orders           \(counts.orders)
    states           \(counts.states)
    closed           \(counts.closed)
    """
  }

  private func refuse(_ found: [Contradiction], of table: PaperTable, _ what: String) throws {
    guard !found.isEmpty else { return }
    for one in found { print("line \(one.line): \(one.text)") }
    throw Failed("\(found.count) \(what)", .mend("see the lines above"))
  }

  private func printForm() throws {
    if let runSheet {
      let bytes = try TextFile.bytes(runSheet)
      print(String(decoding: bytes, as: UTF8.self), terminator: "\u{c}")
    }
    print(PaperForm.page, terminator: "")
  }
}
