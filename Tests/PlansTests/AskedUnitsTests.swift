// What a plan asks for: alarm levels, alternatives, agencies, crews, weekdays; and what of it is refused.

import HujiaTestSupport
import Testing

@testable import HujiaDriver
@testable import HujiaEngine

@Suite struct AskedUnitsTests {
  /// A file with one plan of these members.
  private static func one(_ members: String) -> String {
    plans(#""capabilities":["a","b"]"#, #"[{"name":"one",\#(members)}]"#)
  }

  private func draft(_ members: String) throws -> PlanDraft {
    try decode(Array(Self.one(members).utf8))
  }

  @Test func rowsStandInOrderOfTheirLevels() throws {
    let draft = try draft(
      #"""
      "units":[{"count":2},{"any_of":[{"kind":7,"min_crew":4},{"kind":8,"count":2}],"role":"first"}],
      "alarms":[{"level":2,"units":[{"capabilities":["a"]}]},{"level":3,"units":[{"capabilities":["b"]}]}],
      "agencies":[{"agency":9,"units":[{"kind":1}],"alarms":[{"level":2,"units":[{"kind":2,"agency":9}]}]}]
      """#)
    let rows = draft.requirements
    #expect(rows.map(\.level) == [1, 1, 1, 1, 2, 2, 3])
    #expect(rows.map(\.count) == [2, 1, 2, 1, 1, 1, 1])
    #expect(rows.map(\.choices) == [1, 2, 2, 1, 1, 1, 1])
    #expect(rows.map(\.choice) == [0, 0, 1, 0, 0, 0, 0])
    #expect(rows.map(\.leastCrew) == [0, 4, 0, 0, 0, 0, 0])
    #expect(rows.map(\.agency) == [0, 0, 0, 9, 0, 9, 0])
    #expect(rows.map(\.role) == [0, 1, 1, 0, 0, 0, 0])
    let plan = draft.plans[0]
    #expect(plan.requirementCount == 4 && plan.wholeCount == 7 && plan.levels == 3)
    let tables = try draft.tables(.system)
    let match = tables.match(
      Circumstances(type: 0, tier: .urgent, flags: 0, lat_e7: 0, lon_e7: 0, wall_us: 0))
    #expect(match.requirementCount == 4 && match.alarmLevel == 1)
    for (level, count) in [(1, 4), (2, 6), (3, 7), (4, 7), (255, 7)] as [(UInt8, UInt32)] {
      #expect(tables.count(match, upTo: level) == count)
    }
  }

  @Test func aPlanMayHoldOnSomeDaysOnly() throws {
    let text = plans(
      "", #"[{"name":"weekend","days":["sat","sun"],"units":[{}]},{"name":"else","units":[{}]}]"#)
    let tables = try tables(text)
    // 1970-01-01 was a Thursday.
    for day in 0..<14 as Range<Int64> {
      let isWeekend = day % 7 == 2 || day % 7 == 3
      #expect(match(tables, wall_us: day * 86_400_000_000) == (isWeekend ? 1 : 2))
    }
  }

  @Test(arguments: [
    (#""alarms":[{"level":2,"units":[{}]}],"dispatch":"manual""#, "plans[0].alarms", "first level"),
    (#""units":[{}],"alarms":[]"#, "plans[0].alarms", "empty"),
    (#""units":[{}],"alarms":[{"level":1,"units":[{}]}]"#, "plans[0].alarms[0].level", "2 to 16"),
    (#""units":[{}],"alarms":[{"level":17,"units":[{}]}]"#, "plans[0].alarms[0].level", "2 to 16"),
    (#""units":[{}],"alarms":[{"level":3,"units":[{}]}]"#, "plans[0]", "none of that number"),
    (#""units":[{}],"alarms":[{"level":2,"units":[]}]"#, "plans[0].alarms[0].units", "empty"),
    (#""units":[{}],"alarms":[{"units":[{}]}]"#, "plans[0].alarms[0]", "lacks \"level\""),
    (
      #""units":[{}],"alarms":[{"level":3,"units":[{}]},{"level":2,"units":[{}]}]"#,
      "plans[0].alarms[1].level", "in order"
    ),
    (
      #""units":[{"count":9}],"alarms":[{"level":2,"units":[{"count":8}]}]"#, "plans[0].units",
      "17 units"
    ),
    (#""units":[{"any_of":[{}]}]"#, "plans[0].units[0].any_of", "2 to 8"),
    (
      #""units":[{"any_of":[{"kind":1},{"kind":1,"count":2}]}]"#, "plans[0].units[0].any_of[1]",
      "never be chosen"
    ),
    (
      #""units":[{"any_of":[{"capabilities":["a"]},{"capabilities":["a"],"min_crew":2}]}]"#,
      "plans[0].units[0].any_of[1]", "never be chosen"
    ),
    (
      #""units":[{"any_of":[{},{"capabilities":["a"]}]}]"#, "plans[0].units[0].any_of[1]",
      "never be chosen"
    ),
    (
      #""units":[{"any_of":[{"kind":1},{"kind":2}],"count":2}]"#, "plans[0].units[0].count",
      "each alternative"
    ),
    (
      #""units":[{"any_of":[{"kind":1},{"any_of":[]}]}]"#, "plans[0].units[0].any_of[1].any_of",
      "unknown key"
    ),
    (#""units":[{"min_crew":0}]"#, "plans[0].units[0].min_crew", "1 to 255"),
    (#""units":[{"min_crew":256}]"#, "plans[0].units[0].min_crew", "1 to 255"),
    (#""agencies":[{"agency":0,"units":[{}]}]"#, "plans[0].agencies[0].agency", "from 1"),
    (#""agencies":[{"units":[{}]}]"#, "plans[0].agencies[0]", "lacks \"agency\""),
    (#""agencies":[{"agency":2}]"#, "plans[0].agencies[0]", "asks for no units"),
    (
      #""agencies":[{"agency":2,"units":[{"agency":3}]}]"#, "plans[0].agencies[0].units[0].agency",
      "another agency"
    ),
    (
      #""agencies":[{"agency":2,"alarms":[{"level":2,"units":[{}]}]}]"#, "plans[0]",
      "list its units"
    ),
    (#""units":[{}],"days":["sat","sunday"]"#, "plans[0].days[1]", "unknown"),
    (
      #""units":[{"any_of":[{"kind":1,"count":16},{"kind":2,"count":16},{"kind":3}]}]"#,
      "plans[0].units", "33 seats"
    ),
  ])
  func whatIsRefused(members: String, field: String, words: String) {
    let error = refusal(Self.one(members))
    #expect(error.field == field, "\(members): \(error.field): \(error.message)")
    #expect(error.message.contains(words), "\(members): \(error.message)")
  }

  /// Two kinds of units, or several together: the later one may be met where the earlier is not.
  @Test func alternativesThatMayBothBeChosen() throws {
    for choices in [
      #"{"kind":1},{"kind":2}"#, #"{"count":2},{}"#, #"{"min_crew":2},{"count":2}"#,
      #"{"capabilities":["a","b"]},{"capabilities":["a"]}"#,
      #"{"capabilities":["a","b"]},{"capabilities":["a","b"],"kind":1}"#,
      #"{"agency":1},{"agency":2}"#,
    ] {
      let isRefused = choices.contains(#""b"],"kind""#)
      let text = Self.one(#""units":[{"any_of":[\#(choices)]}]"#)
      if isRefused { _ = refusal(text) } else { _ = try decode(Array(text.utf8)) }
    }
  }
}
