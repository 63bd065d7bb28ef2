// What is read out of a record: the crews' pace, usual times, units on a call at a time. Beside slow or known answers.

import HujiaHostKit
import Testing

@testable import HujiaCities
@testable import HujiaReplay

struct RecordTests {
  private static func unit(_ name: String, _ type: String, hasStation: Bool) -> City.Unit {
    City.Unit(
      name: name, type: type, isParamedic: false, home: Location(lat: 31, lon: -41),
      hasStation: hasStation, duty: nil)
  }

  private static func response(
    _ unit: String, _ type: String, dispatch: Double, drive_s: Double, stay_s: Double
  ) -> City.Response {
    City.Response(
      unit: unit, unitType: type, dispatch: dispatch, underWay: dispatch + 70,
      onScene: dispatch + 70 + drive_s, transport: nil, hospital: nil,
      available: dispatch + 70 + drive_s + stay_s)
  }

  private static func city(_ units: [City.Unit], _ rows: [City.Response]) -> City {
    let calls = rows.enumerated().map { index, row in
      City.Call(
        number: UInt64(index + 1), type: "Other", priority: index % 2 == 0 ? "3" : "2",
        place: Location(lat: 31.01, lon: -41), received: row.dispatch - 90,
        entry: row.dispatch - 30, responses: [row])
    }
    return City(
      name: "test", folder: "/", isGenerated: true, stations: [],
      hospitals: [], units: units, calls: calls)
  }

  /// The streets allow 100 s; emergencies took 150 s, the others 250 s. A crew from elsewhere and one that had not been
  /// home took far longer and must not count.
  @Test func paceIsTheMedianOfDrivesFromHome() {
    let units = [
      Self.unit("E01", "ENGINE", hasStation: true), Self.unit("M01", "MEDIC", hasStation: false),
    ]
    var rows: [City.Response] = []
    for turn in 0..<80 {
      let start = 1_000_000 + Double(turn) * 10_000
      rows.append(
        Self.response(
          "E01", "ENGINE", dispatch: start, drive_s: turn % 2 == 0 ? 150 : 250, stay_s: 600))
    }
    for turn in 0..<80 {
      let start = 1_000_000 + Double(turn) * 10_000
      rows.append(
        Self.response("M01", "MEDIC", dispatch: start, drive_s: 900, stay_s: 600))
      // Sent again right after its last call.
      rows.append(
        Self.response("E01", "ENGINE", dispatch: start + 1_000, drive_s: 900, stay_s: 10))
    }
    var city = Self.city(units, rows)
    city.calls.sort { $0.entry < $1.entry }
    let pace = DrivingPace.measured(
      city, tier: { $0.responses[0].onScene == $0.responses[0].dispatch + 220 ? 1 : 2 },
      travel_s: { _, _ in 100 })
    #expect(pace.samples == 80)
    #expect(abs(pace.factors[1] - 1.5) < 1e-9)
    #expect(abs(pace.factors[2] - 2.5) < 1e-9)
    // Tiers without drives of their own take the common one.
    #expect(pace.factors[3] == pace.factors[0])
  }

  @Test func shortDrivesAndFewOnesSayNothing() {
    let units = [Self.unit("E01", "ENGINE", hasStation: true)]
    let rows = (0..<80).map {
      Self.response(
        "E01", "ENGINE", dispatch: 1e6 + Double($0) * 10_000, drive_s: 200, stay_s: 600)
    }
    let near = DrivingPace.measured(
      Self.city(units, rows), tier: { _ in 1 }, travel_s: { _, _ in 20 })
    #expect(near.samples == 0)
    let few = DrivingPace.measured(
      Self.city(units, Array(rows.prefix(20))), tier: { _ in 1 }, travel_s: { _, _ in 100 })
    #expect(few.samples == 20)
    #expect(few.factors == [1, 1, 1, 1, 1])
    let apart = DrivingPace.measured(
      Self.city(units, rows), tier: { _ in 1 }, travel_s: { _, _ in nil })
    #expect(apart.factors == DrivingPace.limits.factors)
  }

  /// The sweep beside counting every row at every sample.
  @Test func busyUnitsBesideACount() {
    var random = SplitMix64(seed: 11)
    let rows = (0..<200).map { _ in
      Self.response(
        "E01", "ENGINE", dispatch: 1e6 + random.between(0, 90_000), drive_s: random.between(1, 900),
        stay_s: random.between(1, 9_000))
    }
    var city = Self.city([], rows)
    city.calls.sort { $0.entry < $1.entry }
    let origin_s = 1e6 - 3_600
    let busy = BusyUnits(city, origin_s: origin_s)
    #expect(busy.recorded.count > 40)
    for (index, count) in busy.recorded.enumerated() {
      let at = origin_s + Double(index) * BusyUnits.step_s
      let slow = rows.count { $0.dispatch <= at && ($0.available ?? 0) > at }
      #expect(count == slow)
    }
  }

  @Test func samplesOfTheReplayHoldUntilTheNextChange() {
    let rows = [Self.response("E01", "ENGINE", dispatch: 1e6, drive_s: 100, stay_s: 100)]
    var busy = BusyUnits(Self.city([], rows), origin_s: 1e6 - 5_400)
    busy.take(0, until_s: 100)
    busy.take(3, until_s: 1_800)
    busy.take(5, until_s: 3_601)
    #expect(busy.engine == [0, 5, 5])
    busy.take(9, until_s: 1e9)
    #expect(busy.engine.count == busy.recorded.count)
  }

  @Test func usualTimesAreMediansByKind() {
    let rows =
      [300.0, 500, 5_000].map {
        Self.response("E01", "ENGINE", dispatch: 1e6, drive_s: 100, stay_s: $0)
      }
      + [1_000.0, 2_000, 2_500].map {
        Self.response("P01", "PRIVATE", dispatch: 1e6, drive_s: 100, stay_s: $0)
      }
    let usual = UsualTimes(Self.city([], rows))
    #expect(usual.turnout_s == 70)
    #expect(usual.onScene_s("TRUCK") == 500)
    #expect(usual.onScene_s("MEDIC") == 2_000)
    #expect(UsualTimes(Self.city([], [])).onScene_s("MEDIC") == 1_200)
  }
}
