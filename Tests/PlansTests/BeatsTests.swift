// Beats in plans files: their ground, their neighbours by borders or by name, and what of it is refused.

import HujiaTestSupport
import Testing

@testable import HujiaDriver
@testable import HujiaEngine

@Suite struct BeatsTests {
  /// Squares of one degree with the south-west corner at these, named by their place in the list.
  private static func squares(_ corners: [(Int, Int)]) -> String {
    let areas = corners.enumerated().map { index, corner in
      let (x, y) = corner
      return
        #"{"name":"\#(index)","polygon":[[\#(x),\#(y)],[\#(x + 1),\#(y)],[\#(x + 1),\#(y + 1)],[\#(x),\#(y + 1)]]}"#
    }
    return #""areas":[\#(areas.joined(separator: ","))]"#
  }

  private static func beats(_ members: [String]) -> String {
    let list = members.enumerated().map { index, more in
      #"{"number":\#(index + 1),"area":"\#(index)"\#(more.isEmpty ? "" : "," + more)}"#
    }
    return #""beats":[\#(list.joined(separator: ","))]"#
  }

  private func draft(_ areas: String, _ beats: String, _ members: String = "") throws -> PlanDraft {
    try decode(
      Array(
        plan(#""mode":"beat_first"\#(members)"#, with: areas + "," + beats).utf8))
  }

  @Test func whatABeatSays() throws {
    let draft = try draft(
      Self.squares([(0, 0), (1, 0), (5, 5)]),
      Self.beats([#""officer":17"#, #""officer":"18446744073709551615""#, #""neighbours":[1]"#]),
      #","beat_depth":2,"beat_for_s":90"#)
    #expect(draft.beats.map(\.number) == [1, 2, 3])
    #expect(draft.beats.map(\.area) == [0, 1, 2])
    #expect(draft.beats.map(\.officer) == [17, .max, 0])
    #expect(draft.neighbours == [[1], [0], [0]])
    #expect(draft.plans[0].beats == BeatRule(rings: 4, most_ms: 90_000))
    let tables = try draft.tables(.system)
    #expect(tables.beat(atLat_e7: 5_000_000, lon_e7: 5_000_000) == 0)
    #expect(tables.beat(atLat_e7: 5_000_000, lon_e7: 15_000_000) == 1)
    #expect(tables.beat(atLat_e7: 55_000_000, lon_e7: 55_000_000) == 2)
    #expect(tables.beat(atLat_e7: 25_000_000, lon_e7: 5_000_000) == nil)
    // On the border that two have in common: in one of them.
    #expect(tables.beat(atLat_e7: 5_000_000, lon_e7: 10_000_000) != nil)
  }

  @Test func withoutAWordAPlanAsksOneStep() throws {
    let areas = Self.squares([(0, 0)])
    #expect(try draft(areas, Self.beats([""])).plans[0].beats == BeatRule(rings: 3))
    #expect(
      try draft(areas, Self.beats([""]), #","beat_depth":0"#).plans[0].beats == BeatRule(rings: 2))
    let closest = try decode(Array(plan(#""mode":"closest""#).utf8))
    #expect(closest.plans[0].beats == BeatRule())
  }

  /// A grid of squares: neighbours share a side, not only a corner.
  @Test func neighboursShareAStretchOfBorder() throws {
    let side = 5
    let corners = (0..<side * side).map { ($0 % side, $0 / side) }
    let draft = try draft(
      Self.squares(corners), Self.beats(corners.map { _ in "" }), #","beat_depth":4"#)
    for (own, corner) in corners.enumerated() {
      let expected = corners.indices.filter {
        abs(corners[$0].0 - corner.0) + abs(corners[$0].1 - corner.1) == 1
      }
      #expect(draft.neighbours[own] == expected.map(UInt32.init))
      // And the way over neighbours is the distance in steps.
      let around = draft.around().lists[own]
      for entry in around {
        let other = corners[Int(BeatAround.beat(entry))]
        #expect(
          Int(BeatAround.steps(entry)) == abs(other.0 - corner.0) + abs(other.1 - corner.1))
      }
      #expect(
        around.count
          == corners.count { (1...4).contains(abs($0.0 - corner.0) + abs($0.1 - corner.1)) })
    }
  }

  /// The twin holds every side against every other, with the plain words of the rule.
  @Test func bordersAreThoseOfAPlainTwin() {
    var random = SplitMix64(41)
    for _ in 0..<Scale.count(300, full: 5_000) {
      let rings = (0..<4).map { _ in
        (0..<3 + random.below(4)).map { _ in
          AreaPoint(lat_e7: Int32(random.below(5)), lon_e7: Int32(random.below(5)))
        }
      }
      var borders = SharedBorders(count: rings.count)
      for (index, ring) in rings.enumerated() { borders.add(ring, of: UInt32(index)) }
      for (own, list) in borders.neighbours().enumerated() {
        let expected = rings.indices.filter { $0 != own && Self.touch(rings[own], rings[$0]) }
        #expect(list == expected.map(UInt32.init))
      }
    }
  }

  private static func touch(_ a: [AreaPoint], _ b: [AreaPoint]) -> Bool {
    func sides(_ ring: [AreaPoint]) -> [(AreaPoint, AreaPoint)] {
      ring.indices.map { (ring[$0], ring[($0 + 1) % ring.count]) }
    }
    for (p, q) in sides(a) {
      for (r, s) in sides(b) where p != q && r != s {
        let isOneLine = RingCheck.turn(p, q, r) == 0 && RingCheck.turn(p, q, s) == 0
        func overlap(_ value: (AreaPoint) -> Int32) -> Int32 {
          min(max(value(p), value(q)), max(value(r), value(s)))
            - max(min(value(p), value(q)), min(value(r), value(s)))
        }
        if isOneLine, max(overlap(\.lat_e7), overlap(\.lon_e7)) > 0 { return true }
      }
    }
    return false
  }

  @Test func aBeatMayFillAHoleOrANotch() throws {
    let areas = #"""
      "areas":[
      {"name":"0","polygons":[[[[0,0],[9,0],[9,9],[0,9]],[[3,3],[6,3],[6,6],[3,6]]]]},
      {"name":"1","polygon":[[3,3],[6,3],[6,6],[3,6]]},
      {"name":"2","polygon":[[9,0],[18,0],[18,9],[15,9],[15,3],[12,3],[12,9],[9,9]]},
      {"name":"3","polygon":[[12,3],[15,3],[15,9],[12,9]]}]
      """#
    let draft = try draft(areas, Self.beats(["", "", "", ""]))
    #expect(draft.neighbours == [[1, 2], [0], [0, 3], [2]])
  }

  /// A part that fills a notch of another lies beside it, and one that is the same in it.
  @Test func aPartInANotchIsNoPartInside() throws {
    let notched = "[[[0,0],[9,0],[9,9],[6,9],[6,3],[3,3],[3,9],[0,9]]]"
    let whole = plans(
      #""areas":[{"name":"a","polygons":[\#(notched),[[[3,3],[6,3],[6,9],[3,9]]]]}]"#)
    #expect(try decode(Array(whole.utf8)).areas.count == 1)
    let twice = plans(#""areas":[{"name":"a","polygons":[\#(notched),\#(notched)]}]"#)
    #expect(refusal(twice).message.contains("lies in another part"))
  }

  @Test(arguments: [
    (#""beats":[]"#, "", "beats", "empty"),
    (#""beats":[{"area":"0"}]"#, "", "beats[0]", "lacks \"number\""),
    (#""beats":[{"number":1}]"#, "", "beats[0]", "lacks \"area\""),
    (#""beats":[{"number":0,"area":"0"}]"#, "", "beats[0].number", "from 1"),
    (#""beats":[{"number":4294967296,"area":"0"}]"#, "", "beats[0].number", "4294967295"),
    (#""beats":[{"number":1,"area":"9"}]"#, "", "beats[0].area", "unknown area"),
    (
      #""beats":[{"number":1,"area":"0"},{"number":1,"area":"1"}]"#, "", "beats[1].number",
      "give each its own"
    ),
    (
      #""beats":[{"number":1,"area":"0"},{"number":2,"area":"0"}]"#, "", "beats[1].area",
      "beats[0]"
    ),
    (#""beats":[{"number":1,"area":"0","officer":0}]"#, "", "beats[0].officer", "from 1"),
    (#""beats":[{"number":1,"area":"0","officer":"x"}]"#, "", "beats[0].officer", "hj_unit.id"),
    (
      #""beats":[{"number":1,"area":"0","officer":9007199254740993}]"#, "", "beats[0].officer",
      "whole number"
    ),
    (
      #""beats":[{"number":1,"area":"0","neighbours":[3]}]"#, "", "beats[0].neighbours[0]",
      "no beat has the number 3"
    ),
    (
      #""beats":[{"number":1,"area":"0","neighbours":[1]}]"#, "", "beats[0].neighbours[0]",
      "itself"
    ),
    (
      #""beats":[{"number":1,"area":"0","neighbours":[2,2]},{"number":2,"area":"1"}]"#, "",
      "beats[0].neighbours[1]", "twice"
    ),
    (
      #""beats":[{"number":1,"area":"0"},{"number":2,"area":"2"}]"#, "", "beats",
      "cross near"
    ),
    (
      #""beats":[{"number":1,"area":"0"},{"number":2,"area":"3"}]"#, "", "beats[1]",
      "lies in beats[0]"
    ),
    (
      #""beats":[{"number":1,"area":"3"},{"number":2,"area":"0"}]"#, "", "beats[0]",
      "lies in beats[1]"
    ),
    (
      #""beats":[{"number":1,"area":"0"},{"number":2,"area":"4"}]"#, "", "beats[1]",
      "lies in beats[0]"
    ),
    (
      #""beats":[{"number":1,"area":"0"}]"#, #""beat_depth":1"#, "plans[0].beat_depth",
      "beat_first"
    ),
    (
      #""beats":[{"number":1,"area":"0"}]"#, #""mode":"closest","beat_for_s":1"#,
      "plans[0].beat_for_s", "beat_first"
    ),
    (
      #""beats":[{"number":1,"area":"0"}]"#, #""mode":"beat_first","beat_depth":5"#,
      "plans[0].beat_depth", "0 to 4"
    ),
    (
      #""beats":[{"number":1,"area":"0"}]"#, #""mode":"beat_first","beat_for_s":0"#,
      "plans[0].beat_for_s", "more than 0"
    ),
    (#""name":"x""#, #""mode":"beat_first""#, "plans[0].mode", "list them under beats"),
    (#""name":"x""#, #""mode":"beat_frist""#, "plans[0].mode", "did you mean \"beat_first\""),
  ])
  func whatIsWrongIsNamed(beats: String, members: String, field: String, says: String) {
    // 0 and 1 side by side, 2 across 0, 3 in 0, 4 the same as 0 with another first corner.
    let areas = #"""
      "areas":[{"name":"0","polygon":[[0,0],[4,0],[4,4],[0,4]]},{"name":"1","polygon":[[4,0],[8,0],[8,4],[4,4]]},
      {"name":"2","polygon":[[-1,1],[5,1],[5,2],[-1,2]]},{"name":"3","polygon":[[1,1],[2,1],[2,2]]},
      {"name":"4","polygon":[[4,0],[4,4],[0,4],[0,0]]}]
      """#
    let error = refusal(
      plan(members.isEmpty ? #""mode":"closest""# : members, with: areas + "," + beats))
    #expect(error.field == field, "\(error)")
    #expect(error.message.contains(says), "\(error)")
  }

  /// Every beat the neighbour of every other.
  @Test func tooManyAroundOneAreRefused() throws {
    let count = 258
    let corners = (0..<count).map { (($0 % 50) * 2, ($0 / 50) * 2) }
    func text(_ neighbours: Int) -> String {
      let list = (2..<2 + neighbours).map(String.init).joined(separator: ",")
      let members = (0..<count).map { $0 == 0 ? #""neighbours":[\#(list)]"# : "" }
      return plan(
        #""mode":"beat_first""#, with: Self.squares(corners) + "," + Self.beats(members))
    }
    #expect(try decode(Array(text(256).utf8)).beats.count == count)
    let error = refusal(text(257))
    #expect(error.field == "beats" && error.message.contains("beats[0] has more than 256"))
  }
}
