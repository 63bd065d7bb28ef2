// What is open, for a host that starts again: pages, and incidents by name. A page is written in one turn on its
// caller's thread; a part of a table in which nothing is listed is one turn too, so the baton is never held for long.

import HujiaContainers
import HujiaEngine

/// Which table a page is of.
package enum ListedTable: UInt64, Sendable { case incidents = 1, units, watches }

/// One page of a list, as it was at one moment.
package struct ListedPage: Sendable {
  package var count = 0
  /// Where the next page begins; 0 = this was the last.
  package var cursor: UInt64 = 0
  package var sequence: UInt64 = 0
}

extension EngineDriver {
  /// `body` runs under the baton: it copies, and no more.
  package func listIncidents(
    _ cursor: UInt64, most: Int, _ body: (Int, IncidentView) -> Void
  ) -> (status: Status, page: ListedPage) {
    list(.incidents, cursor, most) { core, listing in core.list(incidents: &listing, body) }
  }

  package func listUnits(
    _ cursor: UInt64, most: Int, _ body: (Int, UnitView) -> Void
  ) -> (status: Status, page: ListedPage) {
    list(.units, cursor, most) { core, listing in core.list(units: &listing, body) }
  }

  package func listWatches(
    _ cursor: UInt64, most: Int, _ body: (Int, WatchView) -> Void
  ) -> (status: Status, page: ListedPage) {
    list(.watches, cursor, most) { core, listing in core.list(watches: &listing, body) }
  }

  /// Looks at the table part by part until something is found. A cursor is the table's number above the slot to look at
  /// next; one that no page can have given is refused.
  private func list(
    _ table: ListedTable, _ cursor: UInt64, _ most: Int,
    _ look: (inout EngineCore, inout Listing) -> Void
  ) -> (status: Status, page: ListedPage) {
    let first = UInt32(truncatingIfNeeded: cursor)
    if cursor != 0, cursor >> 32 != table.rawValue || first == 0 {
      return (.argument, ListedPage())
    }
    var listing = Listing(from: first, most: most)
    var isSound = true
    repeat {
      turnHere { core, _ in
        isSound = first == 0 || Int(first) < Self.touched(table, core)
        if isSound { look(&core, &listing) }
        makeRoomForFixes()
      }
    } while isSound && listing.count == 0 && !listing.isOver
    guard isSound else { return (.argument, ListedPage()) }
    let next = listing.isOver ? 0 : table.rawValue << 32 | UInt64(listing.next)
    return (
      .ok, ListedPage(count: listing.count, cursor: next, sequence: listing.sequence)
    )
  }

  private static func touched(_ table: ListedTable, _ core: borrowing EngineCore) -> Int {
    switch table {
    case .incidents: core.touchedIncidents
    case .units: core.touchedUnits
    case .watches: core.touchedWatches
    }
  }

  // By name, and what is sent

  package func find(keyHigh: UInt64, _ keyLow: UInt64, reference: Reference) -> UInt64? {
    var id: UInt64 = 0
    let status = withUnsafeMutablePointer(to: &id) {
      ask(.find(keyHigh: keyHigh, keyLow: keyLow, reference, $0))
    }
    return status == .ok ? id : nil
  }

  package func read(assignment id: UInt64, into view: inout AssignmentView) -> Status {
    withUnsafeMutablePointer(to: &view) { ask(.assignment(id, $0)) }
  }

  /// The number of live assignments of an incident; the first `most` are handed to `body`, which runs under the baton.
  package func listAssignments(
    of incident: UInt64, most: Int, _ body: (Int, AssignmentView) -> Void
  ) -> Int? {
    turnHere { core, _ in
      defer { makeRoomForFixes() }
      return core.list(assignmentsOf: incident, most: most, body)
    }
  }
}
