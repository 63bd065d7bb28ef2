// Read first in this folder. What was done on paper while the machines were down, typed in bulk: one row an order, with
// the incident's own words on one of them. Read here, held against each other and the journal in PaperCheck, carried
// out in CatchUp. Must never: guess what a row leaves open.

import HujiaHostKit
import HujiaMapImport

/// One row of the form, as it stands there. Times are UTC microseconds since 1970.
package struct PaperRow: Sendable {
  package enum Moment: String, CaseIterable, Sendable {
    case received, dispatched, acknowledged, enRoute = "en_route", arrived, cleared, withdrawn,
      closed
  }

  package var line = 0
  /// The number on the paper: the host's own, which the engine keeps as reference.
  package var incident = ""
  package var unit: UInt64?
  package var tier = ""
  package var type: UInt32?
  package var lat: Double?
  package var lon: Double?
  package var disposition: Int32?
  package var operatorID: UInt64 = 0
  package var times: [Moment: Int64] = [:]

  /// It says what the incident is, and when it was received.
  package var opens: Bool { times[.received] != nil }
  package init() {}
}

/// What is wrong with a line, in words.
package struct Contradiction: Equatable, Sendable, Comparable {
  package var line: Int
  package var text: String
  package init(_ line: Int, _ text: String) {
    self.line = line
    self.text = text
  }
  package static func < (a: Contradiction, b: Contradiction) -> Bool {
    (a.line, a.text) < (b.line, b.text)
  }
}

package struct PaperTable: Sendable {
  package var rows: [PaperRow] = []
  package var flaws: [Contradiction] = []

  package static let columns = [
    "incident", "received", "tier", "type", "lat", "lon", "unit", "dispatched", "acknowledged",
    "en_route", "arrived", "cleared", "withdrawn", "closed", "disposition", "operator",
  ]

  /// Reads a file. `clock`: how its times are meant. Throws where it is no such table.
  package init(path: String, clock: PaperClock) throws(ImportError) {
    var table = try CSVTable(path: path, needed: ["incident"])
    try table.refuseDoubled(Self.columns)
    let unknown = table.header.filter { !$0.isEmpty && !Self.columns.contains($0) }
    for name in unknown {
      flaws.append(
        Contradiction(table.line, "the column \(Field.shown(name)) is none of the form's"))
    }
    while let fields = table.next() {
      if let flaw = table.flaw(fields) {
        flaws.append(Contradiction(table.line, flaw))
        continue
      }
      var reader = PaperReader(table.line, clock) { name in
        table.column(name).flatMap { $0 < fields.count ? fields[$0].trimmed : nil } ?? ""
      }
      rows.append(reader.row())
      flaws += reader.flaws
    }
    try table.checkEnd()
  }
}

/// Reads one row.
private struct PaperReader {
  let line: Int
  let clock: PaperClock
  let field: (String) -> String
  var flaws: [Contradiction] = []

  init(_ line: Int, _ clock: PaperClock, _ field: @escaping (String) -> String) {
    self.line = line
    self.clock = clock
    self.field = field
  }

  private mutating func wrong(_ column: String, _ what: String) {
    flaws.append(Contradiction(line, "\(column) \(Field.shown(field(column))) \(what)"))
  }

  private mutating func number<Number: FixedWidthInteger>(_ column: String) -> Number? {
    let text = field(column)
    if text.isEmpty { return nil }
    if let whole = Field.whole(text), let number = Number(exactly: whole) { return number }
    wrong(column, "is no number that fits")
    return nil
  }

  private mutating func degrees(_ column: String, _ most: Double) -> Double? {
    let text = field(column)
    if text.isEmpty { return nil }
    if let number = Field.decimal(text), abs(number) <= most { return number }
    wrong(column, "is no place on the planet: write degrees like 31.2304")
    return nil
  }

  mutating func row() -> PaperRow {
    var row = PaperRow()
    row.line = line
    row.incident = field("incident")
    if row.incident.isEmpty { wrong("incident", "is empty: write the number on the paper") }
    if row.incident.utf8.count > 32 { wrong("incident", "is longer than 32 bytes") }
    row.unit = number("unit")
    if row.unit == 0 { wrong("unit", "is no unit: numbers begin at 1") }
    row.tier = field("tier")
    if !row.tier.isEmpty, PaperCheck.tier(row.tier) == nil {
      wrong("tier", "is none of emergency, urgent, routine, preventive")
    }
    row.type = number("type")
    row.lat = degrees("lat", 90)
    row.lon = degrees("lon", 180)
    if (row.lat == nil) != (row.lon == nil) { wrong("lat", "and lon belong together: give both") }
    row.disposition = number("disposition")
    row.operatorID = number("operator") ?? 0
    for moment in PaperRow.Moment.allCases {
      let text = field(moment.rawValue)
      if text.isEmpty { continue }
      switch clock.time(text) {
      case .success(let time_us): row.times[moment] = time_us
      case .failure(let why): wrong(moment.rawValue, why.text)
      }
    }
    return row
  }
}
