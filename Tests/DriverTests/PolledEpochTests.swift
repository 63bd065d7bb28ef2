// With host-driven time the poll builds epochs on the host's thread: without the baton, one poll at a time.

import Foundation
import HujiaContainers
import HujiaEngine
import HujiaRouting
import HujiaTestSupport
import Testing

@testable import HujiaDriver

/// What a call sees that comes in the midst of a poll's build.
private final class Witness: @unchecked Sendable {
  let city: RecordedCity
  let report: IncidentReport
  var looks = 0
  var isHeld = false
  var status = Status.full
  var epoch = UInt64.max
  var polled = Status.full

  init(_ city: RecordedCity, _ report: IncidentReport) {
    self.city = city
    self.report = report
  }

  /// Any call would wait for a holder for ever here, on its own thread.
  func look() {
    looks += 1
    guard looks == 1 else { return }
    isHeld = city.driver.baton.isMine || city.driver.baton.isHeld
    guard !isHeld else { return }
    let (status, decision) = city.submit(.report(report))
    self.status = status
    epoch = decision.answer.epoch
    polled = city.driver.poll(now_ns: 2, wall_us: 1_600_000_000_000_000, most: 0).status
  }
}

@Suite struct PolledEpochTests {
  private let folder = TemporaryFolder()

  @Test func nobodyWaitsForABuild() throws {
    let city = try RecordedCity(.poll, in: folder)
    // Before `traffic` is there, so that it runs when that is gone: its memory goes back to the engine's allocator.
    defer { withExtendedLifetime(city) {} }
    let driver = city.driver
    var random = SplitMix64(4)
    #expect(driver.poll(now_ns: 0, wall_us: 1_600_000_000_000_000, most: 0).status == .ok)
    city.putUnits(&random)
    let time = StreetTime(streetID: 1, time: .closed)
    #expect(driver.reportTraffic(1, { _ in (.ok, time) }, { _, _ in }).status == .ok)
    let witness = Witness(city, city.report(&random))
    let traffic = try #require(driver.trafficSlot.traffic)
    traffic.polledClock = {
      witness.look()
      return 0
    }
    // An epoch is one item of the poll's work: its cells are mended all the same.
    let (status, next_ns) = driver.poll(now_ns: 1, wall_us: 1_600_000_000_000_000, most: 1)
    traffic.polledClock = { 0 }
    #expect(witness.looks > 0 && !witness.isHeld)
    check(witness.status, equals: .ok)
    check(
      witness.epoch, equals: 0, "a call in the midst of a build is answered by the epoch before")
    // The time of the second poll is the later one; it builds nothing itself.
    check(witness.polled, equals: .ok)
    check(status, equals: .timeBackwards)
    #expect(next_ns >= 2)
    check(traffic.built.load(ordering: .relaxed), equals: 1)
    check(city.submit(.report(city.report(&random))).decision.answer.epoch, equals: 1)
    // The cells answer again: no slice of them is left.
    var decision = Decision()
    check(driver.submitOwn(.tendEpoch(cells: 1), into: &decision), equals: .ok)
    #expect(!decision.slice.hasMore)
    city.takeEvents(1_000)
    let recording = city.recording()
    let outcome = try recording.withUnsafeBytes { try RecordedRun.replay($0, .deciding) { _ in } }
    #expect(outcome.first == nil, "\(outcome)")
    #expect(outcome.recorded == outcome.replayed)
    check(outcome.commands["useEpoch"], equals: 1)
    #expect(outcome.commands["tendEpoch", default: 0] > 1)
  }
}
