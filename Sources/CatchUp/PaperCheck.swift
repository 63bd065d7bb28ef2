// What a form says is held against itself and against the journal. Every contradiction is listed with its line; while
// there is one, nothing is carried out.

import CHujia
import HujiaHostKit
import HujiaMapImport

/// What the engine knew before.
package protocol PaperBooks {
  /// Whether there is such a unit, and the order that it is on.
  func unit(_ id: UInt64) -> (isKnown: Bool, order: KnownOrder?)
  /// The incident of a number: open, or over and still remembered.
  func incident(_ number: String) -> KnownPaper?
}

package struct KnownOrder: Equatable, Sendable {
  package var assignment: UInt64
  package var incident: UInt64
  package init(assignment: UInt64, incident: UInt64) {
    self.assignment = assignment
    self.incident = incident
  }
}

package struct KnownPaper: Equatable, Sendable {
  package var id: UInt64
  package var isOpen: Bool
  package var received_us: Int64
  package init(id: UInt64, isOpen: Bool, received_us: Int64) {
    self.id = id
    self.isOpen = isOpen
    self.received_us = received_us
  }
}

package struct PaperCheck {
  private let rows: [PaperRow]
  private let books: any PaperBooks
  private let now_us: Int64
  package private(set) var found: [Contradiction] = []
  /// By number: the line that opens it, when it was received, and closed.
  private var opened: [String: (line: Int, received_us: Int64)] = [:]
  private var closed: [String: (line: Int, time_us: Int64)] = [:]

  /// `found` holds the contradictions, by line.
  package init(_ table: PaperTable, books: any PaperBooks, now_us: Int64) {
    rows = table.rows
    self.books = books
    self.now_us = now_us
    found = table.flaws
    for row in rows { open(row) }
    for row in rows { close(row) }
    for row in rows { check(row) }
    checkUnits()
    found.sort()
  }

  package static func tier(_ word: String) -> Int32? {
    for tier in [HJ_TIER_EMERGENCY, HJ_TIER_URGENT, HJ_TIER_ROUTINE, HJ_TIER_PREVENTIVE]
    where Host.name(HJ_NAMES_TIER, tier) == word {
      return tier
    }
    return nil
  }

  private mutating func say(_ row: PaperRow, _ text: String) {
    found.append(Contradiction(row.line, text))
  }

  private mutating func open(_ row: PaperRow) {
    guard let received_us = row.times[.received], !row.incident.isEmpty else { return }
    if let before = opened[row.incident] {
      return say(row, "incident \(row.incident) is opened in line \(before.line) already")
    }
    opened[row.incident] = (row.line, received_us)
    if books.incident(row.incident) != nil {
      say(row, "incident \(row.incident) is on record already: leave its received empty")
    }
  }

  private mutating func close(_ row: PaperRow) {
    guard let time_us = row.times[.closed] else { return }
    if let before = closed[row.incident] {
      return say(row, "incident \(row.incident) is closed in line \(before.line) already")
    }
    closed[row.incident] = (row.line, time_us)
  }

  private mutating func check(_ row: PaperRow) {
    for moment in PaperRow.Moment.allCases {
      if let time_us = row.times[moment], time_us > now_us {
        say(row, "\(moment.rawValue) lies in the future")
      }
    }
    checkIncident(row)
    checkOrder(row)
    if row.unit != nil { return }
    let ofUnits: [PaperRow.Moment] = [
      .dispatched, .acknowledged, .enRoute, .arrived, .cleared, .withdrawn,
    ]
    for moment in ofUnits where row.times[moment] != nil {
      say(row, "\(moment.rawValue) is a unit's, and the row names none")
    }
    if !row.opens, row.times[.closed] == nil { say(row, "the row says nothing") }
  }

  private mutating func checkIncident(_ row: PaperRow) {
    guard !row.incident.isEmpty else { return }
    if !row.opens {
      if !row.tier.isEmpty || row.type != nil || row.lat != nil {
        say(row, "tier, type and place belong to the row that has received")
      }
      if opened[row.incident] == nil {
        guard let known = books.incident(row.incident) else {
          return say(
            row, "incident \(row.incident) is neither on record nor opened here: give received")
        }
        if !known.isOpen { say(row, "incident \(row.incident) is over already") }
      }
    }
    if row.disposition != nil, row.times[.closed] == nil {
      say(row, "disposition without closed")
    }
    let received_us =
      opened[row.incident]?.received_us ?? books.incident(row.incident)?.received_us ?? .min
    for moment in PaperRow.Moment.allCases where moment != .received {
      if let time_us = row.times[moment], time_us < received_us {
        say(row, "\(moment.rawValue) lies before the incident was received")
      }
    }
    guard let closed = closed[row.incident] else { return }
    for moment in PaperRow.Moment.allCases where moment != .closed && moment != .received {
      if let time_us = row.times[moment], time_us > closed.time_us {
        say(row, "\(moment.rawValue) lies behind the closing in line \(closed.line)")
      }
    }
  }

  /// The times of one order follow each other.
  private mutating func checkOrder(_ row: PaperRow) {
    guard let unit = row.unit else { return }
    let known = books.unit(unit)
    if !known.isKnown { say(row, "unit \(unit) is unknown") }
    let isContinued = continues(row) != nil
    if row.times[.dispatched] == nil, !isContinued, known.isKnown {
      say(row, "unit \(unit) has no dispatched, and was not on the incident before")
    }
    if row.times[.dispatched] != nil, isContinued {
      say(row, "unit \(unit) is on the incident already: leave dispatched empty")
    }
    let order: [PaperRow.Moment] = [.dispatched, .acknowledged, .enRoute, .arrived]
    var last: (moment: PaperRow.Moment, time_us: Int64)?
    for moment in order + [.cleared, .withdrawn] {
      guard let time_us = row.times[moment] else { continue }
      if let before = last, time_us < before.time_us {
        say(row, "\(moment.rawValue) lies before \(before.moment.rawValue)")
      }
      if order.contains(moment) { last = (moment, time_us) }
    }
    if row.times[.cleared] != nil, row.times[.withdrawn] != nil {
      say(row, "a unit is cleared or withdrawn, not both")
    }
    if row.times[.cleared] != nil, row.times[.arrived] == nil, !isContinued {
      say(row, "cleared without arrived: one that never arrived is withdrawn")
    }
    if row.times[.withdrawn] != nil, row.times[.arrived] != nil {
      say(row, "withdrawn although it arrived: it is cleared")
    }
  }

  /// The order that a row goes on with: one that was given before the machines went down.
  package func continues(_ row: PaperRow) -> KnownOrder? {
    guard let unit = row.unit, let order = books.unit(unit).order,
      let incident = books.incident(row.incident), incident.id == order.incident
    else { return nil }
    return order
  }

  /// One unit is in one place at a time: from its dispatch until it is cleared, or its incident closed.
  private mutating func checkUnits() {
    var byUnit: [UInt64: [(from: Int64, to: Int64, row: PaperRow)]] = [:]
    var ended: [UInt64: Int64] = [:]
    for row in rows {
      guard let unit = row.unit else { continue }
      let end_us = end(row)
      if continues(row) != nil { ended[unit] = end_us ?? .max }
      if let from_us = row.times[.dispatched] {
        byUnit[unit, default: []].append((from_us, end_us ?? .max, row))
      }
    }
    for unit in byUnit.keys.sorted() {
      let spans = (byUnit[unit] ?? []).sorted { ($0.from, $0.row.line) < ($1.from, $1.row.line) }
      if let before = books.unit(unit).order, let first = spans.first {
        // What it was on may have been closed by a row of its own.
        let until_us = ended[unit] ?? closing(of: before.incident) ?? .max
        if until_us > first.from {
          say(
            first.row,
            "unit \(unit) is still on the incident that it was on before: give its cleared")
        }
      }
      for (one, next) in zip(spans, spans.dropFirst()) where next.from < one.to {
        say(
          next.row, "unit \(unit) is in two places at a time: see line \(one.row.line)")
      }
    }
  }

  private func end(_ row: PaperRow) -> Int64? {
    row.times[.cleared] ?? row.times[.withdrawn] ?? closed[row.incident]?.time_us
  }

  /// When a row closes an incident that was open before.
  private func closing(of id: UInt64) -> Int64? {
    for (number, closing) in closed where books.incident(number)?.id == id {
      return closing.time_us
    }
    return nil
  }
}
