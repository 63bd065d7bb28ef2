// What is open, page by page, for a host that starts again. A page is true at one moment. It walks the slots of a
// table, which nothing that is listed ever changes, so what is there throughout stands on one page.

import HujiaContainers

/// Where a list goes on, and what one look at a part of the table gave.
package struct Listing {
  /// So many slots at most are looked at under the baton at once, and so many entries are on a page.
  package static var mostLooks: UInt32 { 1_024 }
  package static var mostEntries: Int { 64 }

  /// The slot to look at next.
  package var next: UInt32
  package let most: Int
  package var count = 0
  package var isOver = false
  /// The newest event at the moment of this look.
  package var sequence: UInt64 = 0

  package init(from next: UInt32, most: Int) {
    self.next = next
    self.most = min(most, Self.mostEntries)
  }

  /// Of a slice of the slots up to `touched`, those that `isListed` are handed to `body` with their place on the page.
  mutating func walk(
    _ touched: Int, _ isListed: (UInt32) -> Bool, _ body: (Int, UInt32) -> Void
  ) {
    let end = UInt32(touched)
    let last = min(next &+ min(Self.mostLooks, end), end)
    while next < last, count < most {
      if isListed(next) {
        body(count, next)
        count += 1
      }
      next += 1
    }
    isOver = next >= end
  }
}

extension EngineCore {
  /// The incidents that are not over. `body` copies, and no more.
  package mutating func list(
    incidents listing: inout Listing, _ body: (Int, IncidentView) -> Void
  ) {
    listing.sequence = outbox.newest
    var view = IncidentView()
    listing.walk(incidents.touched, { isUnderWay($0) }) { place, slot in
      describe(incident: slot, &view)
      body(place, view)
    }
  }

  package mutating func list(units listing: inout Listing, _ body: (Int, UnitView) -> Void) {
    listing.sequence = outbox.newest
    var found: InlineArray<64, UInt32> = .init(repeating: 0)
    listing.walk(units.touched, { units.isLive($0) }) { found[$0] = $1 }
    for place in 0..<listing.count {
      refresh(unit: found[place])
      body(place, view(ofUnit: found[place]))
    }
  }

  package func list(watches listing: inout Listing, _ body: (Int, WatchView) -> Void) {
    listing.sequence = outbox.newest
    listing.walk(watches.touched, { watches.isLive($0) }) { body($0, view(ofWatch: $1)) }
  }

  /// Somebody has still to do with it: open, held, merged, or closed and waiting for its call-back.
  func isUnderWay(_ slot: UInt32) -> Bool {
    guard incidents.isLive(slot) else { return false }
    let state = incidents[slot].state
    return state.isOpen || state == .merged
      || state == .closed
        && clocks.isRunning(.callback, slot: ClockSlot.of(.callback, incident: slot))
  }

  /// The slots of a list that were ever used: a place beyond them is none that a list has given.
  package var touchedIncidents: Int { incidents.touched }
  package var touchedUnits: Int { units.touched }
  package var touchedWatches: Int { watches.touched }

  // By name

  /// See `hj_incident_find`. 0 = no key.
  package func find(
    keyHigh: UInt64, _ keyLow: UInt64, reference: Reference
  ) -> UInt64? {
    let slot =
      keyHigh | keyLow != 0
      ? incidents.find(keyHigh: keyHigh, keyLow) : incidents.find(reference)
    return slot.map { incidents.id(of: $0) }
  }
}
