// Watches in Swift: check, convert, call. Holds no logic of its own.

import HujiaDriver

/// A source of which silence means something: the door sensor of a person living alone, an app, an officer's radio.
public struct Watch: Sendable {
  public var id: UInt64
  public var place: Coordinate
  /// Longest silence; nil = that of the plans (72 h).
  public var limit_s: UInt32?
  /// Of the incident that an absence opens, and that an alarm opens; nil = by the type.
  public var tier: Tier?
  public var type: UInt32 = 0
  public var alarmTier: Tier?
  public var alarmType: UInt32 = 0
  public var isVulnerable = false
  /// Units that the steps `homeOfficer` and `gridWorker` name.
  public var homeOfficer: UInt64?
  public var gridWorker: UInt64?
  /// The unit that carries the source: incidents open where it is.
  public var carrier: UInt64?
  public var callerHash: UInt64 = 0
  /// The last sign of life; nil = now for a new watch, unchanged for a known one.
  public var lastSeen_us: Int64?

  public init(id: UInt64, place: Coordinate, limit_s: UInt32? = nil) {
    self.id = id
    self.place = place
    self.limit_s = limit_s
  }
}

/// What is known of a watch.
public struct WatchStatus: Sendable {
  public let state: WatchState
  /// Newest sign of life, UTC microseconds since 1970.
  public let lastSeen_us: Int64
  /// When the next step is due, or the pause ends; nil = nothing is.
  public let next_us: Int64?
  /// The open incident that it opened.
  public let incidentID: UInt64?
  /// The step that fired last, 1-based; 0 = none.
  public let step: Int32
  /// How often the last step was repeated.
  public let cycle: Int32
  /// The limit in force.
  public let limit_s: UInt32
}

extension Engine {
  /// Adds a watch, or replaces what is known of it.
  public func put(_ watch: Watch, by person: Person? = nil) throws(HujiaError) {
    guard watch.id != 0, watch.lastSeen_us ?? 0 >= 0 else { throw .argument }
    guard let point = watch.place.e7 else { throw .range }
    try check { driver in
      let description = WatchDescription(
        id: watch.id, limit_s: watch.limit_s ?? 0,
        tier: watch.tier.flatMap { HujiaDriver.Tier(header: $0.rawValue) } ?? .none,
        alarmTier: watch.alarmTier.flatMap { HujiaDriver.Tier(header: $0.rawValue) } ?? .none,
        type: watch.type, alarmType: watch.alarmType, flags: watch.isVulnerable ? 1 : 0,
        lat_e7: point.lat, lon_e7: point.lon, homeOfficer: watch.homeOfficer ?? 0,
        gridWorker: watch.gridWorker ?? 0, carrier: watch.carrier ?? 0,
        callerHash: watch.callerHash, lastWall_us: watch.lastSeen_us ?? 0,
        place: driver.place(lat_e7: point.lat, lon_e7: point.lon, datum: 1))
      var command = Command(.putWatch(description), act: Act(person))
      return driver.submit(&command)
    }
  }

  public func removeWatch(_ id: UInt64, by person: Person? = nil) throws(HujiaError) {
    try submit(.removeWatch(id), by: person)
  }

  /// Signs of life, each with the device's time (nil = now); returns how many were taken.
  public func beat(_ beats: [(watch: UInt64, wall_us: Int64?)]) throws(HujiaError) -> Int {
    try with { driver in
      if driver.isDrained { return .failure(.state) }
      let given = beats.map { Heartbeat(watchID: $0.watch, wall_us: $0.wall_us ?? 0) }
      let (status, taken) = given.withUnsafeBufferPointer { driver.takeBeats($0) }
      return status == .full && taken == 0 ? .failure(HujiaError(status)) : .success(taken)
    }
  }

  /// No silence counts until then (nil: until `resume`).
  public func pauseWatch(
    _ id: UInt64, until_us: Int64? = nil, by person: Person? = nil
  ) throws(HujiaError) {
    guard until_us ?? 0 >= 0 else { throw .argument }
    try submit(.pauseWatch(id, until_us: until_us ?? 0), by: person)
  }

  public func resumeWatch(_ id: UInt64, by person: Person? = nil) throws(HujiaError) {
    try submit(.resumeWatch(id), by: person)
  }

  /// The source raised an alarm: an incident opens at its place; repeats get the first one's answer.
  public func alarm(
    watch id: UInt64, by person: Person? = nil
  ) throws(HujiaError) -> Dispatch {
    try with { driver in
      var decision = Decision()
      var command = Command(.alarm(watch: id, wall_us: 0), act: Act(person))
      let status = driver.submit(&command, into: &decision)
      if status.isError || status == .full { return .failure(HujiaError(status)) }
      return .success(Dispatch(decision, isRepeat: status == .exists))
    }
  }

  public func watchStatus(_ id: UInt64) throws(HujiaError) -> WatchStatus {
    try with { driver in
      var view = WatchView()
      let status = driver.read(watch: id, into: &view)
      guard status == .ok else { return .failure(HujiaError(status)) }
      return .success(WatchStatus(view))
    }
  }

  public func watchState(_ id: UInt64) throws(HujiaError) -> WatchState {
    try watchStatus(id).state
  }
}

extension WatchStatus {
  init(_ view: WatchView) {
    state = WatchState(rawValue: view.state.rawValue) ?? .present
    lastSeen_us = view.seenWall_us
    next_us = view.absence.nextWall_us == 0 ? nil : view.absence.nextWall_us
    incidentID = view.incidentID == 0 ? nil : view.incidentID
    step = view.absence.firedStep
    cycle = view.absence.repeats
    limit_s = view.absence.limit_s
  }
}
