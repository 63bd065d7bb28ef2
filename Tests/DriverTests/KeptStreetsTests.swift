// The newest time of each street outlives the process: in the ring's file after a kill, in the snapshot after a close.

import Foundation
import HujiaContainers
import HujiaIngest
import HujiaJournal
import HujiaRoads
import HujiaTestSupport
import Testing

@testable import HujiaDriver
@testable import HujiaEngine
@testable import HujiaRouting

@Suite(.serialized, .timeLimit(.minutes(10))) struct KeptStreetsTests {
  private let folder = TemporaryFolder()
  private static let wall_us: Int64 = 1_600_000_000_000_000

  private func city(_ name: String, _ change: (inout Configuration) -> Void = { _ in }) throws
    -> RecordedCity
  {
    try RecordedCity(.poll, in: folder, journal: folder.file(name), telemetry: .newest) {
      $0.ringBytes = 8 << 20
      change(&$0)
    }
  }

  private func report(_ times: [StreetTime], _ driver: EngineDriver) {
    check(
      driver.reportTraffic(times.count, { (.ok, times[$0]) }, { _, _ in }).status, equals: .ok)
  }

  private func poll(_ driver: EngineDriver, _ second: Int64) {
    _ = driver.poll(
      now_ns: second * 1_000_000_000, wall_us: Self.wall_us + second * 1_000_000, most: 0)
  }

  /// What serves now differs from the map in these keys.
  private func serving(_ driver: EngineDriver) -> [UInt32: UInt32] {
    guard let metric = driver.turnHere({ core, _ in core.servingMetric }).metric else { return [:] }
    var times: [UInt32: UInt32] = [:]
    for layer in 0..<metric.layers {
      for arc in 0..<driver.map.arcCount {
        let key = layer * driver.map.arcCount + arc
        let time_ms = metric.layer(layer).times[arc]
        if time_ms != driver.map.mapped_ms(key) { times[UInt32(key)] = time_ms }
      }
    }
    return times
  }

  @Test func afterACloseTrafficIsAsItWas() throws {
    var before: [UInt32: UInt32] = [:]
    do {
      let city = try city("journal")
      defer { withExtendedLifetime(city) {} }
      poll(city.driver, 0)
      report(
        [
          StreetTime(streetID: 1, time: .travel(ms: 25_000)),
          StreetTime(streetID: 2, time: .closed),
          StreetTime(streetID: 3, time: .travel(ms: 30_000)),
          StreetTime(streetID: 4, time: .travel(ms: 7_000), profile: .response),
        ], city.driver)
      poll(city.driver, 1)
      report([StreetTime(streetID: 3, time: .asMapped)], city.driver)
      poll(city.driver, 2)
      before = serving(city.driver)
      check(before.count, equals: 2 * 2 + 2 * 2 + 2)
      // Reported, and in no epoch: the close comes first.
      report([StreetTime(streetID: 9, time: .travel(ms: 44_000))], city.driver)
      check(city.driver.journalFigures.reasons, equals: 0)
      city.close()
    }
    let city = try city("journal")
    poll(city.driver, 3)
    var after = serving(city.driver)
    let late = after.filter { $0.value == 44_000 }
    check(late.count, atLeast: 2)
    for key in late.keys { after[key] = nil }
    check(after, equals: before)
    // Lifted again, it is the map's for ever.
    report((1...9).map { StreetTime(streetID: $0, time: .asMapped) }, city.driver)
    poll(city.driver, 4)
    check(serving(city.driver), equals: [:])
    city.close()
    let third = try self.city("journal")
    poll(third.driver, 5)
    check(serving(third.driver), equals: [:])
    third.close()
  }

  /// A ring that is too small for a word an arc and profile: told, and no fault.
  @Test func aMapThatIsTooLargeIsTold() throws {
    let arcs = (8 << 20) / 16
    check(EngineDriver.streetBytes(arcs: arcs - 16, ringBytes: 8 << 20), equals: arcs * 8 - 64)
    check(EngineDriver.streetBytes(arcs: arcs, ringBytes: 8 << 20), equals: 0)
    check(EngineDriver.streetBytes(arcs: 2_000_000, ringBytes: 0), above: 0)
    check(EngineDriver.streetBytes(arcs: 0, ringBytes: 0), equals: 0)
  }

  /// Whatever the sizes were before, the table lies beside the part in force; one that was written over, or is of
  /// another map, counts for nothing.
  @Test func aTableIsBelievedNoMoreThanAHost() throws {
    let city = try city("journal")
    defer { city.close() }
    let map = city.driver.map
    let bytes = KeptStreets.bytes(keys: map.arcCount * 2)
    let place = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    defer { place.deallocate() }
    let made = KeptStreets(making: place, keys: map.arcCount * 2, checksum: 5, beside: 4_096)
    made.put(3, 77, mapped_ms: 10_000)
    made.put(4, 10_000, mapped_ms: 10_000)
    made.put(5, .max, mapped_ms: 10_000)
    func left(_ count: Int, _ checksum: UInt64 = 5, _ part: Int = 4_096) -> KeptStreets? {
      KeptStreets(at: place, bytes: count, map: map, checksum: checksum, beside: part)
    }
    let mapped: (Int) -> UInt32 = { _ in 10_000 }
    check(left(bytes)?.times(over: [:], mapped_ms: mapped) ?? [:], equals: [3: 77, 5: .max])
    // On record 4 was slow, 6 closed: both were lifted since. What is closed a snapshot leaves to the records.
    let recorded: [UInt32: UInt32] = [4: 50, 6: .max]
    check(
      left(bytes)?.times(over: recorded, mapped_ms: mapped) ?? [:],
      equals: [3: 77, 4: 10_000, 5: .max, 6: 10_000])
    check(
      left(bytes)?.times(over: recorded, takesClosures: false, mapped_ms: mapped) ?? [:],
      equals: [3: 77, 4: 10_000, 6: .max])
    check(left(bytes, 6) == nil, "another map")
    check(left(bytes, 5, 8_192) == nil, "another part")
    check(left(bytes - 64) == nil, "another size")
    place.storeBytes(of: 1, as: UInt8.self)
    check(left(bytes) == nil, "no table")
  }

  /// Killed between two words of a street, at each of them: the next engine has the whole of it or nothing.
  @Test func noHalfOfAStreetIsLeft() throws {
    let city = try city("journal")
    defer { city.close() }
    let (driver, map) = (city.driver, city.driver.map)
    let own = try #require(driver.journal)
    let traffic = try driver.openTraffic()
    let place = UnsafeMutableRawPointer.allocate(
      byteCount: KeptStreets.bytes(keys: map.arcCount * 2), alignment: 64)
    defer { place.deallocate() }
    let times: [StreetTime.Time] = [.closed, .asMapped, .travel(ms: 77_777)]
    let directions: [StreetIndex.Direction] = [.both, .forward, .backward]
    for (number, time) in times.enumerated() {
      for direction in directions {
        for profile in [nil, .response, .normal] as [Profile?] {
          let kept = KeptStreets(making: place, keys: map.arcCount * 2, checksum: 5, beside: 4_096)
          // What stood there before, of this street and of another.
          var before: [UInt32: UInt32] = [:]
          for id in [5, 6] as [UInt64] {
            let street = StreetTime(streetID: id, time: .travel(ms: 50_000))
            let found = try #require(traffic.find(street, hint: 0))
            traffic.put(street, found, keeping: kept) { key, time_ms in
              before[UInt32(key)] = time_ms
              kept.put(key, time_ms, mapped_ms: map.mapped_ms(key))
            }
          }
          #expect(!kept.isUnfinished)
          let street = StreetTime(streetID: 5, time: time, direction: direction, profile: profile)
          let found = try #require(traffic.find(street, hint: 0))
          var whole = before
          street.spread(over: found, traffic.streets, map) { whole[UInt32($0)] = $1 }
          var words = 0
          street.spread(over: found, traffic.streets, map) { _, _ in words += 1 }
          check(words, equals: (direction == .both ? 2 : 1) * (profile == nil ? 2 : 1))
          for written in 0...words {
            kept.begin(street)
            var left = written
            street.spread(over: found, traffic.streets, map) { key, time_ms in
              if left > 0 { kept.put(key, time_ms, mapped_ms: map.mapped_ms(key)) }
              left -= 1
            }
            own.times = [:]
            try driver.takeStreets(kept, own)
            check(differing(own.times, map), equals: differing(whole, map), "\(number) \(written)")
            kept.end()
          }
        }
      }
    }
    own.times = [:]
    check(own.reasonsNow, equals: 0)
  }

  @Test func aStreetThatWasBegun() throws {
    let city = try city("journal")
    defer { city.close() }
    let (driver, map) = (city.driver, city.driver.map)
    let own = try #require(driver.journal)
    // Reports say it in the ring's own table, signed or not.
    let table = try #require(RingArea(own.journal.area).streets?.baseAddress)
    for (id, act) in [(7, Act()), (8, Act(operatorID: 3))] as [(UInt64, Act)] {
      let answer = driver.reportTraffic(
        1, act: act, { _ in (.ok, StreetTime(streetID: id, time: .closed)) }, { _, _ in })
      check(answer.accepted, equals: 1)
      check(table.load(fromByteOffset: 32, as: UInt64.self), equals: id)
      check(table.load(fromByteOffset: 48, as: UInt64.self), equals: 0)
    }
    // What nobody wrote is told, and changes nothing.
    let place = UnsafeMutableRawPointer.allocate(
      byteCount: KeptStreets.bytes(keys: map.arcCount * 2), alignment: 64)
    defer { place.deallocate() }
    let kept = KeptStreets(making: place, keys: map.arcCount * 2, checksum: 5, beside: 4_096)
    for (id, packed) in [
      (99_999_999, UInt64(UInt32.max)), (5, 0), (5, 86_400_001), (5, 3 << 32 | 9), (5, 3 << 40 | 9),
      (5, 1 << 48 | 9),
    ] as [(UInt64, UInt64)] {
      place.storeBytes(of: id, toByteOffset: 32, as: UInt64.self)
      place.storeBytes(of: packed, toByteOffset: 40, as: UInt64.self)
      place.storeBytes(of: 1, toByteOffset: 48, as: UInt64.self)
      own.settle(EngineJournal.Reason.areaDamaged)
      try driver.takeStreets(kept, own)
      check(own.reasonsNow, equals: EngineJournal.Reason.areaDamaged, "\(id) \(packed)")
      check(own.times, equals: [:])
    }
    own.settle(EngineJournal.Reason.areaDamaged)
  }

  private func differing(_ times: [UInt32: UInt32], _ map: RoadMap) -> [UInt32: UInt32] {
    times.filter { $0.value != map.mapped_ms(Int($0.key)) }
  }
}
