// Turn restrictions: what is kept, which arcs they mean, and what is counted and left out.

import HujiaMapBuild
import HujiaMapImport
import HujiaTestSupport
import Testing

@Suite struct TurnRestrictionTests {
  private typealias Member = Extract.Member
  private static let usual = [
    Extract.Member(type: "way", id: 100, role: "from"),
    Extract.Member(type: "node", id: 2, role: "via"),
    Extract.Member(type: "way", id: 101, role: "to"),
  ]

  private func read(_ members: [Extract.Member], _ tags: [String]) throws -> OpenStreetMap.Result {
    var extract = Extract.row(5).way([1, 2], "highway=primary").way([2, 3], "highway=primary")
      .way([3, 4], "highway=primary").way([4, 5], "highway=steps").restriction(members)
    extract.relations[0].tags += tags
    return try extract.read()
  }

  @Test(arguments: [
    "no_left_turn", "no_right_turn", "no_straight_on", "no_u_turn", "no_entry", "no_exit",
    "only_left_turn", "only_right_turn", "only_straight_on", "only_u_turn",
  ])
  func everyKindIsKept(kind: String) throws {
    let result = try read(Self.usual, ["restriction=\(kind)"])
    #expect(
      result.restrictions == [
        TurnRestriction(id: 500, kind: kind, from: 100, via: .node(2), to: 101)
      ])
    #expect(result.restrictions[0].isMandatory == kind.hasPrefix("only_"))
    #expect(result.report.restrictionKinds == [kind: 1])
    let arcs = [DraftArc(street: 0, isForward: true), DraftArc(street: 1, isForward: true)]
    // What a sign forbids, a response may do.
    let isBuilt = kind == "no_entry" || kind == "no_exit"
    #expect(
      result.draft.turns == [
        TurnRule(
          path: [arcs[0]], to: arcs[1], isMandatory: kind.hasPrefix("only_"),
          profiles: isBuilt ? .both : .normal)
      ])
    #expect(result.report.restrictionsApplied == 1)
  }

  @Test func viaWaysAndExceptions() throws {
    let over = [
      Member(type: "way", id: 100, role: "from"), Member(type: "way", id: 101, role: "via"),
      Member(type: "way", id: 102, role: "to"),
    ]
    #expect(try read(over, ["restriction=no_u_turn"]).restrictions[0].via == .ways([101]))
    // The order of members means nothing but among via ways.
    #expect(
      try read(over.reversed(), ["restriction=no_u_turn"]).restrictions
        == read(over, ["restriction=no_u_turn"]).restrictions)
    let lifted = try read(Self.usual, ["restriction=no_u_turn", "except=bus;emergency"])
    #expect(lifted.restrictions[0].isLiftedForResponse)
    let plain = try read(Self.usual, ["restriction=no_u_turn", "except=bus"])
    #expect(!plain.restrictions[0].isLiftedForResponse)
    let cars = try read(Self.usual, ["restriction:motorcar=no_u_turn"])
    #expect(cars.restrictions.count == 1)
    for words in ["motor_vehicle", "vehicle"] {
      let all = try read(
        Self.usual, ["restriction=no_left_turn", "restriction:\(words)=no_u_turn"])
      #expect(all.restrictions.map(\.kind) == ["no_u_turn"])
    }
    let narrow = try read(
      Self.usual, ["restriction:vehicle=no_left_turn", "restriction:motorcar=no_u_turn"])
    #expect(narrow.restrictions.map(\.kind) == ["no_u_turn"])
    let entries = try read(
      Self.usual + [Member(type: "way", id: 100, role: "from")], ["restriction=no_entry"])
    #expect(entries.restrictions.count == 1)
  }

  /// In whatever order the files come, also where the newest is one that does not count.
  @Test func ofSeveralFilesTheHighestVersionCounts() throws {
    let folder = TemporaryFolder()
    let streets = Extract.row(4).way([1, 2], "highway=primary").way([2, 3], "highway=primary")
    func save(_ version: Int, _ tag: String) -> String {
      var extract = streets.restriction(Self.usual, tag)
      extract.relations[0].version = version
      return folder.save(extract.xml, as: "\(version).osm")
    }
    let files = [
      save(1, "restriction=no_left_turn"), save(3, "restriction=no_u_turn"),
      save(2, "restriction:hgv=no_entry"),
    ]
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0], [0, 2], [2, 0]] {
      let result = try OpenStreetMap.read(order.map { files[$0] }, rules: RoadRules.standard())
      let isNewest = order.contains(1)
      #expect(result.restrictions.map(\.kind) == (isNewest ? ["no_u_turn"] : []))
      #expect(result.report.leftOut[.restrictionsOfOthers] == (isNewest ? 0 : 1))
      #expect(result.report.restrictionKinds == [isNewest ? "no_u_turn" : "no_entry": 1])
    }
  }

  static let leftOut: [(tags: [String], reason: LeftOut)] = [
    (["restriction:conditional=no_left_turn @ (07:00-09:00)"], .restrictionsConditional),
    (["restriction:hgv=no_left_turn"], .restrictionsOfOthers),
    (["restriction=no_left_turn", "except=motorcar"], .restrictionsOfOthers),
    (["restriction=no_sense"], .restrictionsBroken), ([], .restrictionsBroken),
  ]

  @Test(arguments: leftOut)
  func whatIsNoneForCarsIsCounted(tags: [String], reason: LeftOut) throws {
    let result = try read(Self.usual, tags)
    #expect(result.restrictions.isEmpty)
    #expect(result.report.leftOut[reason] == 1, "\(result.report.leftOut.all)")
  }

  @Test func membersThatAreMissingOrWrong() throws {
    let usual = Self.usual
    func reason(_ members: [Extract.Member]) throws -> [String] {
      let result = try read(members, ["restriction=no_left_turn"])
      #expect(result.restrictions.isEmpty)
      return result.report.leftOut.all.map(\.reason.rawValue).filter { $0.hasPrefix("turn") }
    }
    let broken = ["turn_restrictions_incomplete"]
    #expect(try reason([]) == broken)
    for place in 0..<3 {
      var members = usual
      members.remove(at: place)
      #expect(try reason(members) == broken)
      members = usual
      members[place].role = "wya"
      #expect(try reason(members) == broken)
      members = usual
      members[place].type = "relation"
      #expect(try reason(members) == broken)
    }
    #expect(try reason(usual + [usual[0]]) == broken)
    #expect(try reason(usual + [usual[1]]) == broken)
    // The node is not on both ways.
    var members = usual
    members[1].id = 4
    #expect(try reason(members) == broken)
    for (place, id) in [(0, 103 as Int64), (2, 999)] {
      members = usual
      members[place].id = id
      #expect(try reason(members) == ["turn_restrictions_on_ways_left_out"])
    }
    members = (0..<2_000).map { _ in usual[1] }
    #expect(try reason(members) == broken)
  }
}
