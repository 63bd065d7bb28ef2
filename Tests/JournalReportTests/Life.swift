// One engine's small life with a journal, for what is printed of it.

import Glibc
import HujiaContainers
import HujiaDriver
import HujiaEngine
import HujiaIngest
import HujiaRoads
import HujiaTestSupport
import Testing

final class Life {
  let folder: TemporaryFolder
  let token: UInt
  let driver: EngineDriver
  private var isClosed = false
  private(set) var incidents: [UInt64] = []
  private(set) var assignments: [UInt64] = []
  static let wall_us: Int64 = 1_796_029_920_000_000

  var journal: String { folder.file("journal") }

  convenience init() throws { try self.init(in: TemporaryFolder()) }

  /// Another engine on the same journal, once this one is closed.
  func reopened() throws -> Life { try Life(in: folder) }

  private init(in folder: TemporaryFolder) throws {
    self.folder = folder
    var configuration = Configuration()
    configuration.runMode = .poll
    configuration.maxUnits = 8
    configuration.maxIncidents = 8
    configuration.maxAssignments = 8
    configuration.eventCapacity = 256
    configuration.journalPath = folder.file("journal")
    configuration.telemetry = .all
    configuration.ringBytes = 4 << 20
    token = try EngineDriver.open(configuration)
    driver = try #require(EngineDriver.value(token) { $0 })
  }

  deinit { close() }

  func close() {
    guard !isClosed else { return }
    isClosed = true
    check(EngineDriver.close(token), equals: .ok)
  }

  func poll(_ second: Int64) {
    _ = driver.poll(
      now_ns: second * 1_000_000_000, wall_us: Self.wall_us + second * 1_000_000, most: 0)
  }

  @discardableResult
  func submit(_ change: Change, by operatorID: UInt64 = 0, reason: UInt32 = 0) -> Decision {
    var command = Command(change)
    command.act.operatorID = operatorID
    command.act.sessionID = operatorID * 10
    command.act.role = operatorID == 0 ? 0 : 3
    command.act.reason = reason
    var decision = Decision()
    let status = driver.submit(&command, into: &decision)
    check(!status.isError, "\(change.name): \(status.rawValue)")
    return decision
  }

  func put(unit: UInt64, lat_e7: Int32) {
    submit(
      .putUnit(
        UnitDescription(
          id: unit, kind: 1, agency: 1, capabilities: 1, homeBeat: 0, crew: 2,
          activity: .patrolling, shiftEnd_us: 0, place: driver.snap((lat_e7, 1_140_000_000)),
          hasPosition: true)))
  }

  func move(unit: UInt64, lat_e7: Int32, second: Int64) {
    let fix = GivenFix(
      unitID: unit, lat_e7: lat_e7, lon_e7: 1_140_000_000, datum: 0, accuracy_dm: 50,
      heading_cdeg: .min, speed_cms: .min, wall_us: Self.wall_us + second * 1_000_000)
    check(driver.takeFixes(1) { _ in fix }, equals: 1)
  }

  func report(_ type: UInt32, lat_e7: Int32, by operatorID: UInt64) {
    let place = (lat_e7: lat_e7, lon_e7: Int32(1_140_000_000))
    let decision = submit(
      .report(
        IncidentReport(
          tier: .urgent, type: type, lat_e7: place.lat_e7, lon_e7: place.lon_e7, flags: 0,
          keyHigh: 0, keyLow: UInt64(type), callerHash: 0, wall_us: 0, place: driver.snap(place))),
      by: operatorID, reason: 31)
    incidents.append(decision.answer.incidentID)
    if decision.answer.count > 0 { assignments.append(decision.chosen[0].assignmentID) }
  }

  func takeEvents() {
    let events = UnsafeMutableBufferPointer<Event>.allocate(capacity: 128)
    defer { events.deallocate() }
    while driver.takeEvents(into: events) > 0 {}
  }

  /// Two incidents: the first served by unit 1 and closed by another person, the second by unit 2.
  func run() {
    poll(0)
    put(unit: 1, lat_e7: 225_000_000)
    put(unit: 2, lat_e7: 226_000_000)
    report(12, lat_e7: 225_010_000, by: 7)
    poll(1)
    report(13, lat_e7: 226_010_000, by: 7)
    if assignments.count == 2 {
      submit(.advance(assignment: assignments[0], to: .acknowledged, wall_us: 0), by: 9)
      poll(3)
      submit(.advance(assignment: assignments[0], to: .enRoute, wall_us: 0), by: 9)
      submit(.advance(assignment: assignments[0], to: .onScene, wall_us: 0), by: 9)
      submit(
        .end(incident: incidents[0], as: .closed, disposition: 1, wall_us: 0), by: 8, reason: 5)
    }
    poll(400)
    takeEvents()
  }
}
