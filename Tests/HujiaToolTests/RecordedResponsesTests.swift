// The record's responses beside a plan: each has one fate, and the fate is what the plan's seats say.

import CHujia
import FoundationEssentials
import HujiaHostKit
import HujiaTestSupport
import Testing

@testable import HujiaCities
@testable import HujiaReplay

struct RecordedResponsesTests {
  private static let plans = """
    {"version": 1, "capabilities": ["engine", "truck", "chief", "medic", "private", "transport"],
     "types": [{"code": 1, "name": "Fire"}],
     "plans": [{"name": "fire", "types": [1],
       "units": [{"role": "engine", "capabilities": ["engine"], "count": 2},
                 {"role": "crew", "any_of": [{"capabilities": ["truck"]}, {"capabilities": ["chief"]}]},
                 {"role": "ambulance", "capabilities": ["transport"]}],
       "alarms": [{"level": 2, "units": [{"role": "second", "capabilities": ["chief"]}]}]}]}
    """

  private static let types = ["ENGINE", "ENGINE", "ENGINE", "TRUCK", "MEDIC", "PRIVATE", "SUPPORT"]

  /// One call, answered by each unit of the city once.
  private static var city: City {
    let place = Location(lat: 31, lon: 121)
    let units = types.enumerated().map {
      City.Unit(
        name: "u\($0)", type: $1, isParamedic: false, home: place, hasStation: true, duty: nil)
    }
    let responses = units.map {
      City.Response(
        unit: $0.name, unitType: $0.type, dispatch: 100, underWay: nil, onScene: 400,
        transport: nil, hospital: nil, available: nil)
    }
    let call = City.Call(
      number: 7, type: "Fire", priority: "3", place: place, received: 90, entry: 95,
      responses: responses)
    return City(
      name: "made", folder: "/nowhere", isGenerated: true, stations: [], hospitals: [],
      units: units, calls: [call])
  }

  private static func book() throws -> PlanBook {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent(
      "hujia-responses-\(UInt64.random(in: 0 ... .max)).json")
    try Data(plans.utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    return try PlanBook(path: file.path)
  }

  /// `sent`: unit and the response that it follows. What becomes of u0 … u6.
  private static func fates(
    _ sent: [(unit: Int, response: Int?)], shortfall: UInt32 = 0
  ) throws -> [RecordedResponses.Row] {
    var found = RecordedResponses(city, try book())
    var answer = hj_dispatch.sized
    answer.plan = 1
    answer.shortfall = shortfall
    found.decided(0, answer) { $0 == "u0" ? "on a call" : "free" }
    for one in sent { found.sent(one.unit, to: 0, following: one.response) }
    found.finish()
    return found.rows
  }

  @Test func eachResponseHasTheFateOfItsSeat() throws {
    // Engine u1 goes as u0 did, u2 as itself; nobody takes the truck's seat; a private ambulance goes as the medic did.
    let rows = try Self.fates([(1, 0), (2, 2), (5, 4)], shortfall: 1)
    check(
      rows.map(\.fate),
      equals: [
        .otherUnit, .moreThanAsked, .sameUnit, .noneFree, .otherUnit, .moreThanAsked, .notAsked,
      ])
    check(rows.map(\.unit), equals: [1, nil, 2, nil, 5, nil, nil])
    check(rows.map(\.reason), equals: ["", "", "", "none available", "", "", ""])
    check(rows[0].recordedUnitThen, equals: "on a call")
    check(Set(rows.map(\.plan)), equals: ["fire"])
  }

  @Test func aUnitThatWasTakenBackLeavesItsSeat() throws {
    var found = RecordedResponses(Self.city, try Self.book())
    var answer = hj_dispatch.sized
    answer.plan = 1
    found.decided(0, answer) { _ in "free" }
    found.sent(3, to: 0, following: 3)
    found.takenBack(3, from: 0, following: 3)
    found.ended(0)
    check(found.rows[3].fate, equals: .noneFree)
    check(found.rows[3].unit, equals: nil)
    found.finish()
    check(found.rows.count, equals: 7)  // an ended call is counted once
  }

  @Test func alternativesAndFurtherAlarmsAreNoSecondSeat() throws {
    let plan = try #require(try Self.book().plan(number: 1))
    check(plan.name, equals: "fire")
    check(plan.seats.map(\.level), equals: [1, 1, 1, 1, 2])
    check(plan.seats[2].alternatives, equals: [2, 4])
    #expect(try Self.book().plan(number: 2) == nil)
    #expect(try Self.book().plan(number: 0) == nil)
  }

  @Test func aFieldWithAnythingInItIsOneField() throws {
    let rows = try Self.fates([(0, 0)])
    check(rows[0].fate, equals: .sameUnit)
    var found = RecordedResponses(Self.city, try Self.book())
    var answer = hj_dispatch.sized
    answer.plan = 1
    answer.shortfall = 1 | 4
    found.decided(0, answer) { _ in "free" }
    found.finish()
    let lines = found.csv.split(separator: "\n")
    check(lines.count, equals: 8)
    check(
      String(lines[1]),
      equals: "7,Fire,3,fire,u0,ENGINE,none to send,,,\"none available, not crewed\",free,,300")
    #expect(found.text.contains("Responses in the record: 7, of which the plan fills 0 (0.0 %)"))
  }
}
