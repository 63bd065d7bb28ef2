// Which arcs of the draft a turn restriction means: pieces of ways, over nodes and over ways.

import HujiaMapBuild
import HujiaMapImport
import HujiaTestSupport
import Testing

@Suite struct RestrictionTurnsTests {
  private typealias Member = Extract.Member

  /// A cross at node 2 whose arms are ways 100 (1-2), 101 (2-3), 102 (2-4), and a street on from 3 to 5 and 4 to 5.
  private static func cross() -> Extract {
    Extract.row(7).way([1, 2], "highway=primary").way([2, 3], "highway=primary")
      .way([2, 4], "highway=primary").way([3, 5], "highway=primary")
      .way([4, 5], "highway=primary").way([5, 6], "highway=primary")
  }

  private func read(
    _ extract: Extract, _ kind: String, from: Int64, via: [(String, Int64)], to: Int64,
    rules: RoadRules? = nil
  ) throws -> (turns: [[Int]], report: ImportReport) {
    let members =
      [Member(type: "way", id: from, role: "from")]
      + via.map { Member(type: $0.0, id: $0.1, role: "via") }
      + [Member(type: "way", id: to, role: "to")]
    let result = try extract.restriction(members, "restriction=\(kind)").read(rules: rules)
    // Arcs as ways, against their nodes negative.
    let turns = result.draft.turns.map { rule in
      (rule.path + [rule.to]).map { arc in
        Int(result.draft.streets[arc.street].id) * (arc.isForward ? 1 : -1)
      }
    }
    return (turns, result.report)
  }

  @Test func overNodes() throws {
    let cross = Self.cross()
    #expect(
      try read(cross, "no_left_turn", from: 101, via: [("node", 2)], to: 102).turns
        == [[-101, 102]])
    // Back along the same way.
    #expect(
      try read(cross, "no_u_turn", from: 100, via: [("node", 2)], to: 100).turns == [[100, -100]])
    // A way that runs on beyond the node may mean two turns: it does not matter where one is closed.
    let through = Extract.row(6).way([1, 2, 3], "highway=primary").way([2, 4], "highway=primary")
      .way([4, 5], "highway=primary")
    let ambiguous = try read(through, "no_left_turn", from: 100, via: [("node", 2)], to: 101)
    #expect(ambiguous.turns.isEmpty)
    #expect(ambiguous.report.leftOut[.restrictionsAmbiguous] == 1)
    #expect(
      try read(through, "no_u_turn", from: 100, via: [("node", 2)], to: 100).turns
        == [[100, -100], [-100, 100]])
    var oneWay = through
    oneWay.ways[0].tags.append("oneway=yes")
    #expect(
      try read(oneWay, "no_left_turn", from: 100, via: [("node", 2)], to: 101).turns
        == [[100, 101]])
    #expect(
      try read(oneWay, "no_left_turn", from: 101, via: [("node", 2)], to: 100).turns
        == [[-101, 100]])
  }

  @Test func overWays() throws {
    let cross = Self.cross()
    let found = try read(
      cross, "no_left_turn", from: 100, via: [("way", 101), ("way", 103)], to: 104)
    #expect(found.turns == [[100, 101, 103, -104]])
    #expect(found.report.restrictionsApplied == 1)
    // Cut into pieces by another street: all pieces in their order.
    var cut = cross
    cut.ways[1].nodes = [2, 7, 3]
    cut = cut.way([7, 6], "highway=primary")
    let pieces = try read(cut, "only_straight_on", from: 100, via: [("way", 101)], to: 103)
    #expect(pieces.turns == [[100, 101, 101, 103]])
    // In another order they do not meet.
    let wrong = try read(
      cross, "no_left_turn", from: 100, via: [("way", 103), ("way", 101)], to: 104)
    #expect(wrong.turns.isEmpty)
    #expect(wrong.report.leftOut[.restrictionsBroken] == 1)
    let apart = try read(cross, "no_left_turn", from: 100, via: [("way", 103)], to: 105)
    #expect(apart.report.leftOut[.restrictionsBroken] == 1)
  }

  @Test func whatNobodyCanDrive() throws {
    var cross = Self.cross()
    cross.ways[1].tags.append("oneway=-1")
    // Away from the cross along 101 nobody drives anyway, and nobody over it.
    for via in [[("node", Int64(2))], [("way", 101)]] {
      let to: Int64 = via[0].0 == "node" ? 101 : 103
      let found = try read(cross, "no_right_turn", from: 100, via: via, to: to)
      #expect(found.turns.isEmpty)
      #expect(found.report.leftOut[.restrictionsNeedless] == 1)
    }
    let same = try read(Self.cross(), "no_left_turn", from: 100, via: [("node", 2)], to: 100)
    #expect(same.turns.isEmpty)
    #expect(same.report.leftOut[.restrictionsSelf] == 1)
    #expect(same.report.restrictionsApplied == 0)
  }

  @Test func theTableSaysWhichProfileObeys() throws {
    func rules(_ line: String) throws -> RoadRules {
      let text = RoadRules.defaultText.split(separator: "\n").map {
        $0.hasPrefix("turn *") ? line : String($0)
      }
      return try RoadRules(text.joined(separator: "\n"), path: "r")
    }
    func profiles(_ rules: RoadRules?, _ tags: String...) throws -> [TurnRule.Profiles] {
      var extract = Self.cross().restriction(
        [
          Member(type: "way", id: 100, role: "from"), Member(type: "node", id: 2, role: "via"),
          Member(type: "way", id: 101, role: "to"),
        ], "restriction=no_left_turn")
      extract.relations[0].tags += tags
      return try extract.read(rules: rules).draft.turns.map(\.profiles)
    }
    #expect(try profiles(nil) == [.normal])
    #expect(try profiles(rules("turn * obeyed obeyed")) == [.both])
    #expect(try profiles(rules("turn * obeyed obeyed"), "except=emergency") == [.normal])
    #expect(try profiles(rules("turn * ignored obeyed")) == [.response])
    #expect(try profiles(rules("turn * ignored ignored")).isEmpty)
    let ignored = try read(
      Self.cross(), "no_left_turn", from: 100, via: [("node", 2)], to: 101,
      rules: rules("turn * ignored ignored"))
    #expect(ignored.report.leftOut[.restrictionsIgnored] == 1)
    #expect(throws: ImportError.self) { try rules("turn * obeyed perhaps") }
    #expect(throws: ImportError.self) { try rules("") }
  }
}
