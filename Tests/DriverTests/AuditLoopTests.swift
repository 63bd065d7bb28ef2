// The self-audit in real time, in the engine's own thread and in a host that polls: a deadline that is lost behind the
// engine's back is found within two seconds and kept.

import Foundation
import HujiaRoads
import HujiaTestSupport
import Testing

@testable import HujiaDriver
@testable import HujiaEngine

@Suite struct AuditLoopTests {
  private func open(_ mode: RunMode) throws -> UInt {
    var configuration = Configuration()
    configuration.runMode = mode
    configuration.maxUnits = 4
    configuration.maxIncidents = 64
    configuration.maxAssignments = 64
    configuration.eventCapacity = 64
    configuration.maxWatches = 4
    return try EngineDriver.open(configuration)
  }

  private func turn<Result>(_ token: UInt, _ body: (inout EngineCore) -> Result) -> Result? {
    EngineDriver.value(token) { driver in driver.turnHere { core, _ in body(&core) } }
  }

  /// A watch that falls silent after a second, its deadline lost.
  private func plant(_ token: UInt) {
    let status = turn(token) { core in
      let place = Place(
        street: Place.none, offset_mm: 0, node: Place.none, gap_dm: 0, lat_e7: 0, lon_e7: 0,
        isOffNetwork: true)
      let status = core.put(
        watch: WatchDescription(id: 7, limit_s: 1, lat_e7: 0, lon_e7: 0, place: place))
      if let slot = core.watch(7) { core.watches.lose(slot) }
      return status
    }
    check(status, equals: .ok)
  }

  private func events(_ token: UInt) -> [Event] {
    Array<Event>(unsafeUninitializedCapacity: 64) { room, count in
      count = EngineDriver.value(token) { driver in driver.takeEvents(into: room) } ?? 0
    }
  }

  @Test func theEnginesThreadFindsALostDeadline() throws {
    let token = try open(.thread)
    defer { _ = EngineDriver.close(token) }
    plant(token)
    var found: [Event] = []
    let start = Date()
    while found.count < 2, Date().timeIntervalSince(start) < 120 {
      found += events(token)
      usleep(10_000)
    }
    check(found.map(\.kind), equals: [.alarm, .escalation])
    check(found.allSatisfy { $0.watchID == 7 && $0.late_ns > 1_000_000_000 })
    // Within two seconds by design: the polling host below proves it, on no machine's own time.
    check(turn(token) { core in core.counters.read(Counter.auditFound) }, equals: 1)
  }

  @Test func aPollingHostFindsIt() throws {
    let token = try open(.poll)
    defer { _ = EngineDriver.close(token) }
    func poll(_ now_ms: Int64) -> Int64? {
      EngineDriver.value(token) { driver in
        driver.poll(now_ns: now_ms * 1_000_000, wall_us: 1_516_000_000_000_000, most: 0).nextDue_ns
      }
    }
    _ = poll(0)
    plant(token)
    var found: [(ms: Int64, kind: EventKind)] = []
    for now_ms in stride(from: 100 as Int64, through: 5_000, by: 100) {
      check(poll(now_ms), isNot: now_ms * 1_000_000, "nothing is left to do at once")
      found += events(token).map { (now_ms, $0.kind) }
    }
    check(found.map(\.kind), equals: [.alarm, .escalation])
    check(found.allSatisfy { $0.ms > 2_000 && $0.ms <= 3_000 })
  }
}
