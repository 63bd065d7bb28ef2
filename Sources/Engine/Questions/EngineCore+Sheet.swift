// What a run sheet shows: open incidents with their units and what is due, and each unit: free, sent, or neither. Read
// a few at a time, into views; nothing changes.

import HujiaContainers

/// Where an open incident stands on the sheet: by tier, then by receipt.
package struct SheetKey: BitwiseCopyable {
  package var received_ns: Int64
  package var id: UInt64
  package var tier: UInt8

  @inline(__always) package static func < (a: SheetKey, b: SheetKey) -> Bool {
    (a.tier, a.received_ns, a.id) < (b.tier, b.received_ns, b.id)
  }
}

/// What is due next, and when.
package struct SheetDue: BitwiseCopyable {
  package var clock = ClockKind.pending
  /// 0 = nothing is.
  package var wall_us: Int64 = 0
}

package struct SheetOrder: BitwiseCopyable {
  package var unitID: UInt64 = 0
  package var state = AssignmentState.none
  package var due = SheetDue()
}

package struct SheetIncident: BitwiseCopyable {
  package var id: UInt64 = 0
  package var state = IncidentState.none
  package var tier = Tier.none
  package var type: UInt32 = 0
  package var lat_e7: Int32 = 0
  package var lon_e7: Int32 = 0
  package var isVulnerable = false
  package var isCatchUp = false
  /// The incident that it was merged into; 0 = none.
  package var rootID: UInt64 = 0
  package var receivedWall_us: Int64 = 0
  package var reference = Reference()
  package var dues: InlineArray<4, SheetDue> = .init(repeating: SheetDue())
  package var dueCount = 0
  package var orders: InlineArray<16, SheetOrder> = .init(repeating: SheetOrder())
  package var orderCount = 0
  package init() {}
}

/// An incident that is remembered, open or over.
package struct KnownIncident: BitwiseCopyable {
  package var id: UInt64 = 0
  package var isOpen = false
  package var receivedWall_us: Int64 = 0
  package var reference = Reference()
  package init() {}
}

/// Where a unit stands on the sheet: each stands in one part.
package enum SheetPart: Sendable {
  /// It may be sent.
  case free
  case sent
  /// Not sent, and may not be.
  case away
}

package struct SheetUnit: BitwiseCopyable {
  package var id: UInt64 = 0
  package var activity = Activity.patrolling
  package var isConditional = false
  package var isCrewed = true
  package var isBeforeShift = false
  /// Of one that is sent.
  package var state = AssignmentState.none
  package var incidentID: UInt64 = 0
  package init() {}
}

extension EngineCore {
  /// The open incidents of at most `most` slots from `first` on, behind those in `keys`. Returns the slot to go on
  /// from; nil: that was all. O(most).
  package func sheetKeys(
    from first: UInt32, most: Int, into keys: UnsafeMutablePointer<SheetKey>, _ count: inout Int
  ) -> UInt32? {
    let touched = UInt32(incidents.touched)
    let end = min(first + UInt32(most), touched)
    for slot in first..<max(first, end) where incidents.isLive(slot) {
      let state = incidents[slot].state
      guard state.isOpen || state == .merged else { continue }
      keys[count] = SheetKey(
        received_ns: incidents[slot].received_ns, id: incidents.id(of: slot),
        tier: incidents[slot].tier.rawValue)
      count += 1
    }
    return end < touched ? end : nil
  }

  /// False: it is over meanwhile. O(its assignments).
  package func sheetRow(_ id: UInt64, into row: inout SheetIncident) -> Bool {
    guard let slot = incidents.slot(of: id) else { return false }
    let incident = incidents[slot]
    guard incident.state.isOpen || incident.state == .merged else { return false }
    row = SheetIncident()
    row.id = id
    row.state = incident.state
    row.tier = incident.tier
    row.type = incident.type
    row.lat_e7 = incident.lat_e7
    row.lon_e7 = incident.lon_e7
    row.isVulnerable = incident.isVulnerable
    row.isCatchUp = incident.isCatchUp
    if incident.state == .merged { row.rootID = incidents.id(of: incident.mergedInto) }
    row.receivedWall_us = known(incident.receivedWall_us)
    row.reference = incidents.reference(of: slot)
    let kinds: InlineArray<5, ClockKind> = [.pending, .arrival, .resolve, .lead, .appointment]
    for index in kinds.indices {
      guard row.dueCount < row.dues.count,
        let due = due(kinds[index], slot: ClockSlot.of(kinds[index], incident: slot))
      else { continue }
      row.dues[row.dueCount] = due
      row.dueCount += 1
    }
    for place in 0..<Int(incident.liveCount) {
      row.orders[place] = order(incidents.assignment(of: slot, place))
    }
    row.orderCount = Int(incident.liveCount)
    return true
  }

  /// The nearest of an assignment's dues goes with it.
  private func order(_ assignment: UInt32) -> SheetOrder {
    var order = SheetOrder()
    order.unitID = units[assignments[assignment].unit].id
    order.state = assignments[assignment].state
    let kinds = ClockSlot.ofAssignments
    for index in kinds.indices {
      let slot = ClockSlot.of(kinds[index], assignment: assignment, limits)
      guard let due = due(kinds[index], slot: slot) else { continue }
      if order.due.wall_us == 0 || due.wall_us < order.due.wall_us { order.due = due }
    }
    return order
  }

  private func due(_ kind: ClockKind, slot: UInt32) -> SheetDue? {
    guard clocks.isRunning(kind, slot: slot), clocks.isArmed(slot) else { return nil }
    return SheetDue(clock: kind, wall_us: max(time.wall_us(of: clocks[slot].due_ns), 1))
  }

  /// Incidents of at most `most` slots from `first` on, open or over; as `sheetUnits`. O(most).
  package func knownIncidents(
    from first: UInt32, most: Int, into rows: UnsafeMutablePointer<KnownIncident>,
    _ count: inout Int
  ) -> UInt32? {
    let touched = UInt32(incidents.touched)
    let end = min(first + UInt32(most), touched)
    count = 0
    for slot in first..<max(first, end) where incidents.isLive(slot) {
      rows[count].id = incidents.id(of: slot)
      rows[count].isOpen = incidents[slot].state.isOpen
      rows[count].receivedWall_us = known(incidents[slot].receivedWall_us)
      rows[count].reference = incidents.reference(of: slot)
      count += 1
    }
    return end < touched ? end : nil
  }

  /// Units of one part, of at most `most` slots from `first` on; as `sheetKeys`. O(most).
  package func sheetUnits(
    _ part: SheetPart, from first: UInt32, most: Int,
    into rows: UnsafeMutablePointer<SheetUnit>, _ count: inout Int
  ) -> UInt32? {
    let touched = UInt32(units.touched)
    let end = min(first + UInt32(most), touched)
    count = 0
    for slot in first..<max(first, end)
    where units.isLive(slot) && units[slot].isFree == (part != .sent) {
      let level = level(of: slot)
      let maySend = level != .notAvailable && units[slot].isCrewed
      guard part == .sent || maySend == (part == .free) else { continue }
      rows[count] = SheetUnit()
      rows[count].id = units[slot].id
      rows[count].activity = units[slot].activity
      rows[count].isConditional = level == .conditionallyAvailable
      rows[count].isCrewed = units[slot].isCrewed
      rows[count].isBeforeShift = units[slot].isBeforeShift
      if part == .sent {
        let assignment = units[slot].assignment
        rows[count].state = assignments[assignment].state
        rows[count].incidentID = incidents.id(of: assignments[assignment].incident)
      }
      count += 1
    }
    return end < touched ? end : nil
  }

  /// Seconds since 1970 as a clock on the wall counts them, in the zone of the plans.
  package func localTime_s(wall_us: Int64) -> Int64 { currentPlans.localTime_s(wall_us: wall_us) }
}
