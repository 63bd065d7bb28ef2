// What tags mean: each spelling beside what it stands for.

import HujiaMapBuild
import HujiaMapImport
import HujiaTestSupport
import Testing

@Suite struct RoadRulesTests {
  private static let length_mm = 111_195.0

  /// km/h of a way of two nodes in both directions and profiles, rounded; 0 = closed. Nil = no road.
  private func speeds(_ tags: [String], rules: RoadRules? = nil) throws -> [Int]? {
    var extract = Extract.row(3)
    extract.ways = [
      .init(id: 9, nodes: [2, 3], tags: ["highway=residential"]),
      .init(id: 10, nodes: [1, 2], tags: tags),
    ]
    let result = try extract.read(rules: rules)
    guard let street = result.draft.streets.first(where: { $0.id == 10 }) else { return nil }
    func kmh(_ time_ms: UInt32?) -> Int {
      guard let time_ms, time_ms != MapDraft.Times.closed_ms else { return 0 }
      return Int((Double(street.length_mm) * 3.6 / Double(time_ms)).rounded())
    }
    return [
      kmh(street.forward?.normal_ms), kmh(street.backward?.normal_ms),
      kmh(street.forward?.response_ms), kmh(street.backward?.response_ms),
    ]
  }

  static let spellings: [(text: String, direction: Int)] = [
    ("yes", 1), ("true", 1), ("1", 1), ("YES", 1), ("-1", -1), ("reverse", -1), ("no", 0),
    ("false", 0), ("0", 0), ("alternating", 0), ("sometimes", 0),
  ]

  @Test(arguments: spellings)
  func oneWaySpellings(value: String, direction: Int) throws {
    let speeds = try #require(try speeds(["highway=residential", "oneway=\(value)"]))
    #expect((speeds[0] > 0) == (direction >= 0), "\(speeds)")
    #expect((speeds[1] > 0) == (direction <= 0), "\(speeds)")
    #expect((speeds[2] > 0) == (direction >= 0), "\(speeds)")
    #expect((speeds[3] > 0) == (direction <= 0), "\(speeds)")
  }

  static let ways: [(tags: [String], kmh: [Int])] = [
    (["highway=motorway"], [110, 0, 130, 0]), (["highway=motorway_link"], [60, 0, 60, 0]),
    (["highway=motorway_link", "oneway=no"], [60, 60, 60, 60]),
    (["highway=trunk"], [90, 90, 100, 100]),
    (["highway=primary", "junction=roundabout"], [60, 0, 70, 0]),
    (["highway=primary", "junction=circular"], [60, 0, 70, 0]),
    (["highway=primary", "junction=roundabout", "oneway=-1"], [0, 60, 0, 70]),
    (["highway=primary", "junction=jughandle"], [60, 60, 70, 70]),
    (["highway=residential", "oneway:psv=yes"], [30, 30, 35, 35]),
    (["highway=residential", "oneway:bicycle=yes", "oneway=no"], [30, 30, 35, 35]),
    (["highway=residential", "oneway=yes", "oneway:bicycle=no", "oneway:bus=no"], [30, 0, 35, 0]),
    (["highway=residential", "oneway=yes", "oneway:emergency=no"], [30, 0, 35, 35]),
    (["highway=residential", "oneway=yes", "oneway:motor_vehicle=no"], [30, 30, 35, 35]),
    (["highway=residential", "oneway:vehicle=yes"], [30, 0, 35, 0]),
  ]

  @Test(arguments: ways)
  func directionsByTags(tags: [String], expected: [Int]) throws {
    #expect(try speeds(tags) == expected)
  }

  @Test func aReversibleWayIsLeftOut() throws {
    #expect(try speeds(["highway=residential", "oneway=reversible"]) == nil)
    let report = try Extract.row(3).way([1, 2], "highway=primary", "oneway=reversible")
      .way([2, 3], "highway=primary").read().report
    #expect(report.leftOut[.reversible] == 1)
  }

  static let limits: [(text: String, kmh: Int)] = [
    ("50", 50), ("50 km/h", 50), ("50kmh", 50), ("50 kph", 50), (" 50 ", 50), ("30 mph", 48),
    ("30mph", 48), ("20 knots", 37), ("DE:urban", 50), ("de:urban", 50), ("RU:urban", 60),
    ("DE:zone:30", 30), ("DE:zone30", 30), ("AT:30", 30), ("GB:zone:20", 32), ("walk", 7),
    ("none", 130), ("DE:motorway", 130), ("50;30", 30), ("70|50|70", 50), ("signals", 30),
    ("variable", 30), ("62.4", 62), ("GB:nsl_single", 97),
    // What cannot be read leaves the class's speed.
    ("fast", 30), ("0", 30), ("-5", 30), ("9999", 30), ("50 parsecs", 30), ("1e3", 30), ("", 30),
    ("DE:nowhere", 30), ("ⅷ", 30), ("50,5", 30),
  ]

  @Test(arguments: limits)
  func limitsByTags(value: String, kmh: Int) throws {
    let speeds = try #require(try speeds(["highway=residential", "maxspeed=\(value)"]))
    #expect(speeds[0] == kmh)
    #expect(speeds[1] == kmh)
  }

  @Test func limitsByDirectionAndKind() throws {
    #expect(
      try speeds(["highway=primary", "maxspeed=80", "maxspeed:backward=40"]) == [80, 40, 80, 40])
    #expect(try speeds(["highway=primary", "maxspeed:forward=30 mph"]) == [48, 60, 48, 70])
    #expect(try speeds(["highway=primary", "maxspeed:type=DE:rural"]) == [100, 100, 100, 100])
    #expect(try speeds(["highway=primary", "source:maxspeed=sign"]) == [60, 60, 70, 70])
    #expect(try speeds(["highway=primary", "maxspeed=50", "zone:maxspeed=DE:30"])?[0] == 50)
    #expect(try speeds(["highway=primary", "maxspeed=signals", "zone:traffic=RU:urban"])?[0] == 60)
  }

  static let driven: [(tags: [String], kmh: [Int]?)] = [
    (["highway=residential", "access=private"], [10, 10, 35, 35]),
    (["highway=residential", "access=destination"], [10, 10, 35, 35]),
    (["highway=residential", "access=no"], [0, 0, 35, 35]),
    (["highway=residential", "access=no", "motorcar=yes"], [30, 30, 35, 35]),
    (["highway=residential", "vehicle=no", "motor_vehicle=yes"], [30, 30, 35, 35]),
    (["highway=residential", "motor_vehicle=no", "access=yes"], [0, 0, 35, 35]),
    (["highway=residential", "motor_vehicle=no", "emergency=no"], nil),
    (["highway=residential", "access=yes", "emergency=no"], [30, 30, 0, 0]),
    (["highway=residential", "access=no", "emergency=yes"], [0, 0, 35, 35]),
    (["highway=residential", "access=military"], nil),
    (["highway=residential", "motor_vehicle=agricultural;forestry"], [0, 0, 35, 35]),
    (["highway=residential", "motor_vehicle=permit;delivery"], [10, 10, 35, 35]),
    (["highway=residential", "motor_vehicle:backward=no"], [30, 0, 35, 35]),
    (["highway=residential", "access=whatever"], [30, 30, 35, 35]),
    (["highway=residential", "psv=no", "bicycle=no", "hgv=no"], [30, 30, 35, 35]),
    (["highway=busway"], [0, 0, 40, 40]),
    (["highway=pedestrian"], nil), (["highway=pedestrian", "access=yes"], nil),
    (["highway=pedestrian", "motor_vehicle=no"], nil),
    (["highway=pedestrian", "emergency=yes"], [0, 0, 10, 10]),
    (["highway=pedestrian", "motor_vehicle=delivery"], [3, 3, 10, 10]),
    (["highway=footway"], nil), (["highway=footway", "emergency=designated"], [0, 0, 10, 10]),
    (["highway=path", "motorcar=yes"], [5, 5, 10, 10]),
    (["highway=service"], [15, 15, 20, 20]),
    (["highway=service", "service=parking_aisle"], [10, 10, 10, 10]),
    (["highway=living_street"], [10, 10, 15, 15]), (["highway=track"], [15, 15, 15, 15]),
    (["highway=track", "tracktype=grade5"], [8, 8, 8, 8]),
    (["highway=track", "smoothness=impassable"], nil), (["highway=steps"], nil),
    (["highway=construction"], nil), (["highway=proposed"], nil), (["highway=flurbel"], nil),
    (["highway=service", "area=yes"], nil), (["route=hiking"], nil), (["route=ferry"], nil),
    (["route=ferry", "motor_vehicle=yes"], [10, 10, 10, 10]),
  ]

  @Test(arguments: driven)
  func whatMayBeDriven(tags: [String], expected: [Int]?) throws {
    #expect(try speeds(tags) == expected, "\(tags)")
  }

  @Test func reasonsAreCounted() throws {
    var extract = Extract.row(3).way([1, 2], "highway=primary", "access:conditional=no @ (22-06)")
    for tags in [
      ["highway=steps"], ["highway=construction"], ["highway=flurbel"], ["highway=pedestrian"],
      ["highway=service", "area=yes"], ["highway=service", "access=military"], ["route=hiking"],
      ["highway=primary", "maxspeed=fast"], ["highway=primary", "oneway=maybe"],
      ["highway=primary", "access=perhaps"],
    ] {
      extract.ways.append(.init(id: Int64(200 + extract.ways.count), nodes: [2, 3], tags: tags))
    }
    let left = try extract.read().report.leftOut
    #expect(
      left.all.map { "\($0.reason.rawValue) \($0.count)" } == [
        "area 1", "not_built 1", "not_for_vehicles 1", "without_permission 1", "no_access 1",
        "unknown_class 1", "conditional_tags 1", "unreadable_speeds 1", "unreadable_oneways 1",
        "unknown_access 1",
      ])
  }

  @Test func durationsOfFerries() throws {
    for (text, seconds) in [
      ("0:20", 1_200.0), ("20", 1_200), ("00:20:00", 1_200), ("PT20M", 1_200),
    ] {
      let speeds = try speeds(["route=ferry", "motorcar=yes", "duration=\(text)"])
      let kmh = Self.length_mm / 1e6 / (seconds / 3_600)
      #expect(speeds?[0] == Int(kmh.rounded()), "\(text)")
    }
    #expect(try speeds(["route=ferry", "motorcar=yes", "duration=soon"])?[0] == 10)
    #expect(try speeds(["route=ferry", "motorcar=yes", "duration=-1:00"])?[0] == 10)
  }

  /// The printed table is the one that is used, and a city's change of it counts.
  @Test func aCityChangesTheTable() throws {
    let text = RoadRules.defaultText
    let changed = text.replacing(
      "highway residential        30  35", with: "highway residential 20 21")
    #expect(changed != text)
    let rules = try RoadRules(changed, path: "city.rules")
    #expect(try speeds(["highway=residential"], rules: rules) == [20, 20, 21, 21])
    let halved = try RoadRules(text.replacing("limit 100% 100%", with: "limit 50% 120%"), path: "x")
    #expect(
      try speeds(["highway=residential", "maxspeed=50"], rules: halved) == [25, 25, 60, 60])
  }

  static let wrongLines: [(line: String, wrong: String, words: String)] = [
    ("highway residential        30  35", "highway residential", "a name and two values"),
    ("highway residential        30  35", "highway residential 30 fast", "a number from 1 to 300"),
    ("highway residential        30  35", "highway residential 0 5", "a number from 1 to 300"),
    ("highway residential        30  35", "highway residential 30 35 twoway", "none of oneway"),
    ("highway residential        30  35", "highway primary 30 35", "stands twice"),
    ("highway residential        30  35", "hihgway residential 30 35", "no rule is called"),
    ("access no            closed       open", "access no shut open", "open, destination, closed"),
    ("barrier *                  closed closed", "barrier * destination open", "open or closed"),
    ("limit 100% 100%", "limit 100 100", "10% to 300%"),
    ("limit 100% 100%", "limit 100%", "2 values"),
    ("keys normal access", "keys slow access", "keys normal access"),
    ("posted walk          7", "posted walk brisk", "a number from 1 to 300"),
    ("tag service=alley", "tag service", "key=value"),
  ]

  @Test(arguments: wrongLines)
  func aWrongLineIsNamed(line: String, wrong: String, words: String) throws {
    let text = RoadRules.defaultText
    let place = text.split(separator: "\n", omittingEmptySubsequences: false).firstIndex {
      $0.hasPrefix(line)
    }
    let number = try #require(place) + 1
    let error = #expect(throws: ImportError.self) {
      try RoadRules(text.replacing(line, with: wrong), path: "city.rules")
    }
    let message = error?.message ?? ""
    // "stands twice" is told at the second.
    if words != "stands twice" {
      #expect(message.hasPrefix("city.rules, line \(number): "), "\(message)")
    }
    #expect(message.contains(words), "\(message)")
  }

  @Test(arguments: ["limit", "destination", "keys normal", "keys response", "barrier *"])
  func aTableThatLacksALineIsRefused(line: String) {
    let lines = RoadRules.defaultText.split(separator: "\n").filter { !$0.hasPrefix(line) }
    let error = #expect(throws: ImportError.self) {
      try RoadRules(lines.joined(separator: "\n"), path: "city.rules")
    }
    #expect(error?.message.contains("no line \"\(line)\"") == true, "\(error?.message ?? "")")
    #expect(error?.message.contains("--print-rules") == true)
  }

  @Test func noRulesAtAll() {
    for text in ["", "# nothing\n", "rules 1\n", "hujia-rules 2\n"] {
      let error = #expect(throws: ImportError.self) { try RoadRules(text, path: "x") }
      #expect(error?.message.contains("hujia-rules 1") == true, "\(error?.message ?? "")")
    }
  }
}

extension String {
  fileprivate func replacing(_ one: String, with other: String) -> String {
    guard let place = self.firstRange(of: one) else { return self }
    return String(self[..<place.lowerBound]) + other + String(self[place.upperBound...])
  }
}
