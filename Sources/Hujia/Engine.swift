// Read first. The Swift face: typed values instead of structs with sizes, typed errors instead of numbers, an
// AsyncSequence of events. It says the same things as the C header and holds no logic of its own.

import HujiaDriver

/// A dispatch engine: it takes in calls and unit positions and answers who goes, by which road, and keeps the
/// deadlines.
///
/// Every method may be called from any thread or task; calls are carried out one at a time, each in microseconds.
/// Nothing allocates per call inside the engine; the values returned here are ordinary Swift values.
///
///     let engine = try Engine(configuration: Configuration(map: "city.hjmap"))
///     try engine.put(Unit(id: 12, place: Coordinate(latitude: 37.7793, longitude: -122.4193)))
///     let answer = try engine.report(Incident(tier: .emergency, place: here))
///     print(answer.chosen.first?.unitID as Any)
public final class Engine: Sendable {
  private let token: UInt

  /// Opens an engine. Cold: reads files and takes all memory.
  public init(configuration: Configuration = Configuration()) throws(HujiaError) {
    var raw = HujiaDriver.Configuration()
    raw.runMode = configuration.isHostDriven ? .poll : .thread
    raw.mapPath = configuration.map
    raw.mapMemory = configuration.mapMemory == .copy ? .copy : .shared
    raw.plansPath = configuration.plans
    raw.maxUnits = configuration.maxUnits
    raw.maxIncidents = configuration.maxIncidents
    raw.maxAssignments = configuration.maxAssignments
    raw.eventCapacity = configuration.eventCapacity
    raw.traffic = TrafficUse(rawValue: configuration.traffic.rawValue) ?? .onDemand
    raw.maxWatches = configuration.maxWatches
    raw.outputDatum = configuration.outputDatum.rawValue
    raw.stale_s = configuration.staleAfter_s ?? .max
    raw.fixRules.takesOffDuty = configuration.takesOffDutyPositions
    raw.journalPath = configuration.journal
    raw.eventsWhen = configuration.eventsWhen == .durable ? .durable : .recorded
    raw.repeat_s = configuration.repeat_s
    // Without a journal there is nothing to keep.
    raw.retainPositions_h =
      configuration.retainPositions_h == 72 ? 0 : configuration.retainPositions_h ?? .max
    raw.retainWatches_d = configuration.retainWatches_d ?? 0
    raw.hash = configuration.journalDigest == .sm3 ? .sm3 : .sha256
    if let seal = configuration.seal { raw.seal = try seal.host() }
    raw.runSheetPath = configuration.runSheet
    raw.runSheet_s = configuration.runSheetEvery_s
    raw.telemetry = HujiaDriver.Telemetry(rawValue: configuration.telemetry.rawValue) ?? .newest
    do throws(Failure) {
      token = try EngineDriver.open(raw)
    } catch {
      throw HujiaError(error.status, field: error.field, text: error.text)
    }
  }

  deinit { _ = EngineDriver.close(token) }

  /// The end of a shift: takes no more (whatever would change something throws `.state` from here on), decides what was
  /// posted, fires what is due, and stands still. What it knows and its events stay readable; then `close`. False when
  /// it was drained before.
  @discardableResult
  public func drain() throws(HujiaError) -> Bool {
    try with { driver in
      let status = driver.drain()
      return status.isError ? .failure(HujiaError(status)) : .success(status == .ok)
    }
  }

  /// Stops the engine now instead of when the last reference goes; later calls throw `.stale`.
  public func close() { _ = EngineDriver.close(token) }

  func with<Value>(_ body: (EngineDriver) -> Result<Value, HujiaError>) throws(HujiaError) -> Value
  {
    guard let result = EngineDriver.value(token, body) else {
      throw HujiaError(EngineDriver.absence(token))
    }
    return try result.get()
  }

  /// A change that a person may have made.
  func submit(_ change: Change, by person: Person?) throws(HujiaError) {
    try check { driver in
      var command = Command(change, act: Act(person))
      return driver.submit(&command)
    }
  }

  /// Throws when a status is an error.
  func check(_ body: (EngineDriver) -> Status) throws(HujiaError) {
    try with { driver in
      let status = body(driver)
      return status.isError || status == .full ? .failure(HujiaError(status)) : .success(())
    }
  }
}

/// How an engine is set up. The defaults are those of the C header.
public struct Configuration: Sendable {
  /// A compiled map (`hujia import`); nil: every travel time is a marked straight-line estimate.
  public var map: String?
  /// Where the map lives.
  public var mapMemory = MapMemory.copy
  /// A plans file (PLANS.md); nil: the built-in plan.
  public var plans: String?
  public var maxUnits: UInt32 = 4_096
  public var maxIncidents: UInt32 = 4_096
  public var maxAssignments: UInt32 = 8_192
  public var eventCapacity: UInt32 = 16_384
  /// When the memory for live traffic is taken.
  public var traffic = TrafficMemory.onDemand
  public var maxWatches: UInt32 = 1_024
  /// Of the places that the engine hands out (`RoutePoint.place`). What goes in is WGS-84.
  public var outputDatum = Datum.wgs84
  /// A position older than this, in seconds, is marked; nil = never.
  public var staleAfter_s: UInt32? = 900
  /// Positions of units that are off duty are refused unless this is set.
  public var takesOffDutyPositions = false
  /// A folder: every change is on record before its answer, and an engine that opens it again is as it was. nil: none.
  public var journal: String?
  /// What of positions and street times is on record besides.
  public var telemetry = Telemetry.newest
  /// When events of an engine with a journal can be read. `.durable`: none before the record that it stands on survives
  /// a power cut.
  public var eventsWhen = EventsWhen.recorded
  /// After a crash events that were not acknowledged come again, if they are no older than this, in seconds.
  public var repeat_s: UInt32 = 600
  /// The hash over what is on record, from this opening on.
  public var journalDigest = JournalDigest.sha256
  /// Hours that positions on record are kept, and days that heartbeats and watches are; nil = as long as records.
  public var retainPositions_h: UInt32? = 72
  public var retainWatches_d: UInt32?
  /// Encryption of what lies on the disk; nil: it is clear.
  public var seal: Seal?
  /// A file for people to go on with paper when the machines are down: rewritten every so often, and at each change of
  /// mode. nil: none.
  public var runSheet: String?
  public var runSheetEvery_s: UInt32 = 30
  /// Time moves only in `Engine.poll`: for tests, simulation and replay.
  public var isHostDriven = false

  public init(map: String? = nil, plans: String? = nil, isHostDriven: Bool = false) {
    self.map = map
    self.plans = plans
    self.isHostDriven = isHostDriven
  }
}

/// Where an engine keeps its map.
public enum MapMemory: Sendable {
  /// In memory of its own: the file may be overwritten, cut or removed at any time.
  case copy
  /// Mapped: engines share the file's pages, and opening reads less. The file may then only be replaced by rename;
  /// a process that reads a page cut off in place is killed by the system.
  case shared
}
