// What came before the first wall time: a first poll looks at nothing of it, and everything is as if each thing had
// been looked at then.

import HujiaContainers
import HujiaRoads
import HujiaTestSupport
import Testing

@testable import HujiaEngine

@Suite struct FirstWallTests {
  private static let first_us = Bench.wallStart_us
  private static func minutes(_ count: Int) -> Int64 { Int64(count) * 60_000_000 }

  /// An engine that has not heard the time yet.
  private func bench(units: Int, incidents: Int) throws -> Bench {
    let bench = try Bench(
      Bench.row(), units: units, incidents: incidents, events: 4 * incidents + 64,
      watches: 8)
    bench.wall_us = 0
    bench.core.time = Moment(now_ns: 0, wall_us: 0)
    return bench
  }

  private func start(_ bench: Bench) {
    check(bench.apply(.startWall(wall_us: Self.first_us)), equals: .ok)
    bench.wall_us = Self.first_us
    bench.core.time = Moment(now_ns: 0, wall_us: Self.first_us)
  }

  private func unit(_ id: UInt64, beginsIn minutes: Int? = nil) -> UnitDescription {
    var unit = UnitDescription(
      id: id, kind: 0, agency: 0, capabilities: 0, homeBeat: 0, crew: 0, activity: .patrolling,
      shiftEnd_us: 0, place: Bench.nowhere, hasPosition: false)
    if let minutes { unit.details.shiftBegin_us = Self.first_us + Self.minutes(minutes) }
    return unit
  }

  /// Every field of so many records.
  private func fields<Record>(_ count: Int, _ record: (UInt32) -> Record) -> [String] {
    (0..<UInt32(count)).map { "\(record($0))" }
  }

  private func allFields(_ bench: Bench) -> [String] {
    fields(8) { bench.core.units[$0] } + fields(8) { bench.core.incidents[$0] }
      + fields(1) { bench.core.watches[$0] }
      + fields(bench.core.clocks.count) { bench.core.clocks[$0] }
  }

  /// Without the care every record was walked over and rewritten.
  @Test func theFirstTimeTouchesNoRecord() throws {
    let bench = try bench(units: 8, incidents: 8)
    for id in 1...4 as ClosedRange<UInt64> { bench.put(id, at: bench.node(Int(id))) }
    _ = bench.put(unit: unit(5, beginsIn: 3))
    bench.open(at: 3)
    var later = bench.call(bench.node(4))
    later.appointmentWall_us = Self.first_us + Self.minutes(9)
    check(bench.report(later), equals: .held)
    let watch = WatchDescription(id: 9, lat_e7: 0, lon_e7: 0, place: bench.node(1))
    check(bench.apply(.putWatch(watch)), equals: .ok)
    let before = allFields(bench)
    start(bench)
    check(allFields(bench), equals: before)
  }

  @Test func whatIsShownHasTheFirstTime() throws {
    let bench = try bench(units: 4, incidents: 4)
    bench.put(1, at: bench.node(1))
    let incident = bench.open(at: 3)
    let watch = WatchDescription(id: 9, lat_e7: 0, lon_e7: 0, place: bench.node(1))
    check(bench.apply(.putWatch(watch)), equals: .ok)
    _ = bench.advance(bench.live(incident)[0], .onScene)
    start(bench)
    var view = IncidentView()
    bench.core.describe(incident: bench.core.incident(incident) ?? 0, &view)
    check(view.receivedWall_us, equals: Self.first_us)
    check(view.dispatchedWall_us, equals: Self.first_us)
    check(view.arrivedWall_us, equals: Self.first_us)
    check(view.closedWall_us, equals: 0)
    check(bench.core.view(ofWatch: 0).seenWall_us, equals: Self.first_us)
    // A sign of life older than the first time is older than what is known.
    check(bench.core.beat(Heartbeat(watchID: 9, wall_us: Self.first_us - 1)), equals: false)
  }

  /// Fixes of devices that knew the time before the engine did: each as if it came in at the first poll.
  @Test func fixesAgeFromTheFirstTime() throws {
    let bench = try bench(units: 4, incidents: 4)
    for (id, ago_s) in [(1, 100), (2, -500), (3, 2_000)] as [(UInt64, Int64)] {
      bench.put(id, at: bench.node(1))
      let slot = bench.slot(id)
      _ = bench.core.units.place(
        slot, at: bench.node(1), fixWall_us: Self.first_us - ago_s * 1_000_000,
        fix_ns: bench.core.units[slot].fix_ns, isBeforeFirstWall: true)
      check(bench.core.age_s(ofUnit: slot), equals: 0)
    }
    start(bench)
    bench.core.time = Moment(now_ns: Bench.second_ns, wall_us: Self.first_us + 1_000_000)
    check(bench.core.age_s(ofUnit: bench.slot(1)), equals: 101)
    check(bench.core.view(ofUnit: bench.slot(2)).fixWall_us, equals: Self.first_us)
    check(bench.core.age_s(ofUnit: bench.slot(2)), equals: 1)
    check(bench.core.age_s(ofUnit: bench.slot(3)), equals: 2_001)
  }

  /// Shifts and appointments get their places in slices, before anything fires, then in the right order.
  @Test func whatWaitsIsArmedInSlices() throws {
    let many = 1_300
    let bench = try bench(units: many, incidents: many)
    for id in 1...UInt64(many) { _ = bench.put(unit: unit(id, beginsIn: Int(id % 7) - 2)) }
    for number in 0..<many {
      var later = bench.call(bench.node(number % 20), tier: .routine)
      later.appointmentWall_us = Self.first_us + Self.minutes(number % 5 + 10)
      check(bench.report(later), equals: .held)
    }
    start(bench)
    var offerSteps = EngineCore.offerSlice
    var slices = 0
    while bench.core.firstWall.isArming {
      check(bench.core.nextDue_ns, equals: 0, "there is more to do now")
      let fired = bench.fireDue(most: 1, decisions: 16, offerSteps: &offerSteps)
      slices += 1
      if bench.core.firstWall.isArming { check(fired, equals: 0) }
      check(slices, atMost: 8)
    }
    check(slices, atLeast: 2 * many / 512)
    bench.poll(s: 0)
    let begun = (1...UInt64(many)).filter { !bench.core.units[bench.slot($0)].isBeforeShift }
    check(begun, equals: (1...UInt64(many)).filter { $0 % 7 <= 2 })
    check(bench.core.nextDue_ns, equals: 60 * Bench.second_ns)
    bench.poll(s: 599)
    check(bench.core.units[bench.slot(6)].isBeforeShift, equals: false)
    check((0..<UInt32(many)).allSatisfy { bench.core.incidents[$0].state == .held })
    bench.poll(s: 600)
    let kept = (0..<UInt32(many)).filter { bench.core.incidents[$0].state != .held }
    check(kept, equals: (0..<UInt32(many)).filter { $0 % 5 == 0 })
  }

  /// Between two slices an engine goes on: what comes then has its time at once, and keeps it.
  @Test func whatComesMeanwhileIsArmedOnce() throws {
    let many = 600
    let bench = try bench(units: many + 1, incidents: 4)
    for id in 1...UInt64(many) { _ = bench.put(unit: unit(id, beginsIn: 50)) }
    start(bench)
    var offerSteps = EngineCore.offerSlice
    _ = bench.fireDue(most: 1, decisions: 16, offerSteps: &offerSteps)
    check(bench.core.firstWall.isArming)
    bench.core.time = Moment(now_ns: 5 * Bench.second_ns, wall_us: Self.first_us)
    _ = bench.put(unit: unit(UInt64(many), beginsIn: 1))
    while bench.core.firstWall.isArming {
      _ = bench.fireDue(most: 1, decisions: 16, offerSteps: &offerSteps)
    }
    check(bench.core.nextDue_ns, equals: 65 * Bench.second_ns)
  }
}
