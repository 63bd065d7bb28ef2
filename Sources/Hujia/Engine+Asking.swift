// What is open, for a host that starts again (`hj_incidents_list` and its neighbours). Holds no logic of its own.

import HujiaDriver

/// An incident that is not over, as a host finds it again.
public struct OpenIncident: Sendable {
  public let id: UInt64
  public let state: IncidentState
  public let tier: Tier
  public let type: UInt32
  /// In `Configuration.outputDatum`; nil: it has none.
  public let place: Coordinate?
  /// Of its report; 0, 0 = none.
  public let key: (high: UInt64, low: UInt64)
  public let reference: Reference?
  /// 1 = as it came, more once it was raised.
  public let alarmLevel: UInt32
  /// Further calls about it (`addCall`).
  public let calls: UInt32
  /// The incident that it was merged into, or is held as a likely repeat of.
  public let repeatOf: UInt64?
  /// UTC microseconds since 1970; nil = not yet.
  public let received_us: Int64
  public let dispatched_us: Int64?
  public let arrived_us: Int64?
  /// Live assignments, oldest first.
  public let assignmentIDs: [UInt64]
}

/// A unit as it is now.
public struct KnownUnit: Sendable {
  public let id: UInt64
  public let activity: Activity
  public let incidentID: UInt64?
  public let assignmentID: UInt64?
  public let place: Coordinate?
  /// Of its position.
  public let age_s: UInt32?
}

/// One unit on one incident.
public struct Assignment: Sendable {
  public let id: UInt64
  public let incidentID: UInt64
  public let unitID: UInt64
  public let state: AssignmentState
  /// UTC microseconds since 1970; nil = not yet. A state that was passed over has the time of the one that followed.
  public let dispatched_us: Int64?
  public let acknowledged_us: Int64?
  public let enRoute_us: Int64?
  public let arrived_us: Int64?
  /// To go now; nil = not known, 0 once it has arrived.
  public let travel_ms: UInt32?
  public let distance_dm: UInt32
  /// Of its position.
  public let age_s: UInt32?
  public let marks: ChosenMarks
}

extension Engine {
  /// The incident that was opened last with a key; nil: none whose record is kept. A host asks when it does not know
  /// whether its report was taken in.
  public func findIncident(key: (high: UInt64, low: UInt64)) throws(HujiaError) -> UInt64? {
    guard key != (0, 0) else { throw .argument }
    return try with { driver in
      .success(driver.find(keyHigh: key.high, key.low, reference: HujiaDriver.Reference()))
    }
  }

  /// The incident that got a reference last.
  public func findIncident(reference: Reference) throws(HujiaError) -> UInt64? {
    try with { driver in
      .success(driver.find(keyHigh: 0, 0, reference: HujiaDriver.Reference(reference)))
    }
  }

  /// All incidents that are not over, and the number of the newest event when the reading began: what events of higher
  /// numbers say came later, and may stand in the list already.
  public func openIncidents() throws(HujiaError) -> (incidents: [OpenIncident], sequence: UInt64) {
    try pages { driver, cursor, found in
      driver.listIncidents(cursor, most: Self.mostListed) { _, view in
        found.append(OpenIncident(view, driver))
      }
    }
  }

  /// All units, likewise.
  public func units() throws(HujiaError) -> (units: [KnownUnit], sequence: UInt64) {
    try pages { driver, cursor, found in
      driver.listUnits(cursor, most: Self.mostListed) { _, view in
        found.append(KnownUnit(view, driver))
      }
    }
  }

  /// All watches, likewise.
  public func watches() throws(HujiaError) -> (
    watches: [(id: UInt64, status: WatchStatus)], sequence: UInt64
  ) {
    try pages { driver, cursor, found in
      driver.listWatches(cursor, most: Self.mostListed) { _, view in
        found.append((view.id, WatchStatus(view)))
      }
    }
  }

  /// A live assignment. Throws `.stale` of one that has ended.
  public func assignment(_ id: UInt64) throws(HujiaError) -> Assignment {
    try with { driver in
      var view = AssignmentView()
      let status = driver.read(assignment: id, into: &view)
      return status == .ok ? .success(Assignment(view)) : .failure(HujiaError(status))
    }
  }

  /// The live assignments of an incident, oldest first.
  public func assignments(of incident: UInt64) throws(HujiaError) -> [Assignment] {
    try with { driver in
      var found: [Assignment] = []
      found.reserveCapacity(16)
      let count = driver.listAssignments(of: incident, most: 16) { _, view in
        found.append(Assignment(view))
      }
      return count == nil ? .failure(HujiaError(.stale)) : .success(found)
    }
  }

  private static var mostListed: Int { 64 }

  /// Room for a page is made before the baton is taken.
  private func pages<Value>(
    _ read: (EngineDriver, UInt64, inout [Value]) -> (status: HujiaDriver.Status, page: ListedPage)
  ) throws(HujiaError) -> ([Value], UInt64) {
    try with { driver in
      var all: [Value] = []
      var cursor: UInt64 = 0
      var sequence: UInt64?
      repeat {
        var found: [Value] = []
        found.reserveCapacity(Self.mostListed)
        let (status, page) = read(driver, cursor, &found)
        guard status == .ok else { return .failure(HujiaError(status)) }
        all.append(contentsOf: found)
        cursor = page.cursor
        if sequence == nil { sequence = page.sequence }
      } while cursor != 0
      return .success((all, sequence ?? 0))
    }
  }
}

extension OpenIncident {
  fileprivate init(_ view: IncidentView, _ driver: EngineDriver) {
    id = view.id
    state = IncidentState(rawValue: view.state.rawValue) ?? .pending
    tier = Tier(rawValue: Int32(view.tier.rawValue)) ?? .emergency
    type = view.type
    place = Coordinate(known: (view.lat_e7, view.lon_e7), driver)
    key = (view.keyHigh, view.keyLow)
    reference = Reference(view.reference)
    alarmLevel = view.alarmLevel
    calls = view.calls
    repeatOf = view.repeatOf == 0 ? nil : view.repeatOf
    received_us = view.receivedWall_us
    dispatched_us = view.dispatchedWall_us == 0 ? nil : view.dispatchedWall_us
    arrived_us = view.arrivedWall_us == 0 ? nil : view.arrivedWall_us
    let ids = view.assignmentIDs.span
    assignmentIDs = (0..<Int(view.liveCount)).map { ids[$0] }
  }
}

extension KnownUnit {
  fileprivate init(_ view: UnitView, _ driver: EngineDriver) {
    id = view.id
    activity = Activity(rawValue: Int32(view.activity.rawValue)) ?? .patrolling
    incidentID = view.incidentID == 0 ? nil : view.incidentID
    assignmentID = view.assignmentID == 0 ? nil : view.assignmentID
    place =
      view.hasPosition
      ? Coordinate(known: (view.place.lat_e7, view.place.lon_e7), driver) : nil
    age_s = view.age_s == .max ? nil : view.age_s
  }
}

extension Assignment {
  fileprivate init(_ view: AssignmentView) {
    func told(_ wall_us: Int64) -> Int64? { wall_us == 0 ? nil : wall_us }
    id = view.id
    incidentID = view.incidentID
    unitID = view.unitID
    state = AssignmentState(rawValue: view.state.rawValue) ?? .dispatched
    dispatched_us = told(view.dispatchedWall_us)
    acknowledged_us = told(view.signedWall_us)
    enRoute_us = told(view.movedWall_us)
    arrived_us = told(view.arrivedWall_us)
    travel_ms = view.travel_ms == .max ? nil : view.travel_ms
    distance_dm = view.distance_dm
    age_s = view.age_s == .max ? nil : view.age_s
    marks = ChosenMarks(rawValue: view.marks)
  }
}

extension Coordinate {
  fileprivate init?(known point: (lat: Int32, lon: Int32), _ driver: EngineDriver) {
    guard point != (0, 0) else { return nil }
    let (lat_e7, lon_e7) = driver.output(lat_e7: point.lat, lon_e7: point.lon)
    self.init(lat_e7: lat_e7, lon_e7: lon_e7)
  }
}
