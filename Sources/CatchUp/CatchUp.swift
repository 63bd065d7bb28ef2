// A form that contradicts nothing is carried out on an engine: every act in order of its real time.

import CHujia
import HujiaHostKit

/// What became of a form.
package struct CatchUpCounts: Equatable, Sendable {
  package var rows = 0
  package var opened = 0
  package var closed = 0
  package var orders = 0
  package var states = 0
  /// Opened here, and still open.
  package var active = 0
  package init() {}
}

package struct CatchUp {
  private enum Deed { case open, assign, advance(Int32), close }

  private struct Act {
    let time_us: Int64
    let place: Int
    let row: PaperRow
    let deed: Deed
  }

  private let host: Host
  private let books: HostBooks
  private let table: PaperTable
  private let check: PaperCheck
  package private(set) var counts = CatchUpCounts()
  /// What the engine refused, by line.
  package private(set) var refused: [Contradiction] = []
  private var incidents: [String: UInt64] = [:]
  private var orders: [Int: UInt64] = [:]

  package init(_ table: PaperTable, _ check: PaperCheck, host: Host, books: HostBooks) {
    self.table = table
    self.check = check
    self.host = host
    self.books = books
    counts.rows = table.rows.count
  }

  package mutating func run() {
    for act in acts() { carryOut(act) }
    counts.active = counts.opened
    for row in table.rows where row.times[.closed] != nil && incidents[row.incident] != nil {
      counts.active -= 1
    }
  }

  /// Acts of one moment keep their order: what is opened, then orders by their beginning, then what is closed.
  private func acts() -> [Act] {
    var acts: [Act] = []
    func add(_ row: PaperRow, _ moment: PaperRow.Moment, _ deed: Deed) {
      guard let time_us = row.times[moment] else { return }
      acts.append(Act(time_us: time_us, place: acts.count, row: row, deed: deed))
    }
    for row in table.rows { add(row, .received, .open) }
    let ofUnits = table.rows.filter { $0.unit != nil }.sorted {
      ($0.times[.dispatched] ?? .min, $0.line) < ($1.times[.dispatched] ?? .min, $1.line)
    }
    for row in ofUnits {
      add(row, .dispatched, .assign)
      add(row, .acknowledged, .advance(HJ_ASSIGNMENT_ACKNOWLEDGED))
      add(row, .enRoute, .advance(HJ_ASSIGNMENT_EN_ROUTE))
      add(row, .arrived, .advance(HJ_ASSIGNMENT_ON_SCENE))
      add(row, .cleared, .advance(HJ_ASSIGNMENT_CLEARED))
      add(row, .withdrawn, .advance(HJ_ASSIGNMENT_CANCELLED))
    }
    for row in table.rows { add(row, .closed, .close) }
    return acts.sorted { ($0.time_us, $0.place) < ($1.time_us, $1.place) }
  }

  private mutating func carryOut(_ act: Act) {
    switch act.deed {
    case .open: open(act)
    case .assign:
      let answer = host.assign(
        incident(act.row), act.row.unit ?? 0, wall_us: act.time_us, by: act.row.operatorID)
      guard answer.status == HJ_OK else { return refuse(act, answer.status) }
      orders[act.row.line] = answer.assignment
      counts.orders += 1
    case .advance(let state):
      let order = orders[act.row.line] ?? check.continues(act.row)?.assignment ?? 0
      let status = host.advance(order, state, wall_us: act.time_us, by: act.row.operatorID)
      guard status == HJ_OK || status == HJ_UNCHANGED else { return refuse(act, status) }
      counts.states += 1
    case .close:
      let status = host.close(
        incident(act.row), disposition: act.row.disposition ?? 0, wall_us: act.time_us,
        by: act.row.operatorID)
      guard status == HJ_OK else { return refuse(act, status) }
      counts.closed += 1
    }
  }

  private func incident(_ row: PaperRow) -> UInt64 {
    incidents[row.incident] ?? books.incident(row.incident)?.id ?? 0
  }

  private mutating func open(_ act: Act) {
    var report = hj_report.sized
    report.source = HJ_SOURCE_CATCH_UP
    report.tier = PaperCheck.tier(act.row.tier) ?? HJ_TIER_NONE
    report.type = act.row.type ?? 0
    report.wall_us = act.time_us
    if let lat = act.row.lat, let lon = act.row.lon {
      (report.lat_e7, report.lon_e7) = (Int32((lat * 1e7).rounded()), Int32((lon * 1e7).rounded()))
    }
    withUnsafeMutableBytes(of: &report.reference) { bytes in
      for (place, byte) in act.row.incident.utf8.prefix(bytes.count).enumerated() {
        bytes[place] = byte
      }
    }
    let answer = host.report(report)
    guard answer.status == HJ_MANUAL else { return refuse(act, answer.status) }
    incidents[act.row.incident] = answer.answer.incident_id
    counts.opened += 1
  }

  private mutating func refuse(_ act: Act, _ status: hj_status) {
    refused.append(Contradiction(act.row.line, Host.text(status)))
  }
}

/// What the open engine knows.
package struct HostBooks: PaperBooks {
  private let host: Host
  private let byNumber: [String: KnownPaper]

  package init(_ host: Host) {
    self.host = host
    var found: [String: KnownPaper] = [:]
    for incident in host.knownIncidents() where !incident.reference.isEmpty {
      // Of several with one number the open one, else the newest.
      if let before = found[incident.reference], before.isOpen, !incident.isOpen { continue }
      found[incident.reference] = KnownPaper(
        id: incident.id, isOpen: incident.isOpen, received_us: incident.received_us)
    }
    byNumber = found
  }

  package func unit(_ id: UInt64) -> (isKnown: Bool, order: KnownOrder?) {
    let (status, unit) = host.read(unit: id)
    guard status == HJ_OK else { return (false, nil) }
    guard unit.assignment_id != 0 else { return (true, nil) }
    return (true, KnownOrder(assignment: unit.assignment_id, incident: unit.incident_id))
  }

  package func incident(_ number: String) -> KnownPaper? { byNumber[number] }
}
