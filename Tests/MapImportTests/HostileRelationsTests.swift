// Relations that say more members than they have, or name one street twice: a named error, or counted, never a crash.

import HujiaMapImport
import HujiaTestSupport
import Testing

@Suite struct HostileRelationsTests {
  /// Ten million members by the length of a list that holds three, for each of a relation's lists.
  @Test(arguments: [8, 9, 10] as [UInt64])
  func tenMillionMembersByAForgedLength(field: UInt64) {
    var relation = Message()
    relation.number(1, 500)
    relation.packed(2, [])
    for list in [8, 9, 10] as [UInt64] {
      if list == field {
        relation.bytes += Message.varint(list << 3 | 2) + Message.varint(10_000_000) + [0, 0, 0]
      } else {
        relation.packed(list, [0, 0, 0])
      }
    }
    var group = Message()
    group.content(4, relation.bytes)
    var block = Message()
    var strings = Message()
    strings.content(1, [])
    block.content(1, strings.bytes)
    block.content(2, group.bytes)
    let message = Extract.error(Extract.pbfHeader + Extract.block("OSMData", block.bytes))?.message
    #expect(message?.contains("block 2") == true, "\(message ?? "taken")")
  }

  /// Lists of different lengths: what one of them lacks is no member.
  @Test func listsOfDifferentLengths() {
    for counts in [[3, 2, 3], [2, 3, 3], [3, 3, 2], [0, 3, 3], [3, 0, 0]] {
      var relation = Message()
      relation.number(1, 500)
      for (list, count) in zip([8, 9, 10] as [UInt64], counts) {
        relation.packed(list, Array(repeating: 0, count: count))
      }
      var group = Message()
      group.content(4, relation.bytes)
      var block = Message()
      var strings = Message()
      strings.content(1, [])
      block.content(1, strings.bytes)
      block.content(2, group.bytes)
      // Nothing but a broken relation: an error in any case, in words.
      #expect(Extract.error(Extract.pbfHeader + Extract.block("OSMData", block.bytes)) != nil)
    }
  }

  private typealias Member = Extract.Member

  private func over(_ from: Int64, _ via: [Int64], _ to: Int64) -> [Member] {
    [Member(type: "way", id: from, role: "from")]
      + via.map { Member(type: "way", id: $0, role: "via") } + [
        Member(type: "way", id: to, role: "to")
      ]
  }

  /// All lead over one street between two hubs and end elsewhere, each at a place of its own: the hubs would have as
  /// many rows and columns as there are restrictions.
  @Test func thousandsOverOneStreet() throws {
    let count: Int64 = 300
    var extract = Extract.row(Int(2 + 3 * count))
      .way([1, 2], "highway=primary", id: 1)
    for index in 1...count {
      let begin = 2 + index
      let middle = 2 + count + index
      extract = extract.way([begin, 1], "highway=primary", id: 10_000 + index)
        .way([2, middle], "highway=primary", id: 20_000 + index)
        .way([middle, middle + count], "highway=primary", id: 30_000 + index)
        .restriction(
          over(10_000 + index, [1, 20_000 + index], 30_000 + index), "restriction=no_left_turn")
    }
    let report = try extract.read().report
    #expect(report.restrictionsApplied == 256)
    #expect(report.leftOut[.restrictionsCrowded] == Int(count) - 256)
    #expect(report.leftOut[.restrictionsBroken] == 0)
  }

  /// A street of 300 pieces, and one of 100 that is named thrice: no rule has so long a path, and nothing goes on along
  /// them to look at more.
  @Test func longWaysBetween() throws {
    for (pieces, times) in [(300, 1), (100, 3), (257, 1), (256, 1), (85, 3)] {
      let last = Int64(pieces + 1)
      var extract = Extract.row(pieces + 5)
        .way(Array(1...last), "highway=primary", id: 1)
        .way([last + 1, 1], "highway=primary", id: 2)
        .way([last, last + 2], "highway=primary", id: 3)
        .way([last + 3, last], "highway=primary", id: 4)
      for node in 2..<last {
        extract = extract.way([node, last + 4], "highway=primary", id: 1_000 + node)
      }
      let via = Array(repeating: Int64(1), count: times)
      let report = try extract.restriction(over(2, via, 3), "restriction=no_left_turn").read()
        .report
      let fits = pieces * times <= 256
      #expect(report.restrictionsApplied == (fits ? 1 : 0), "\(pieces) pieces \(times) times")
      #expect(report.leftOut[.restrictionsBroken] == (fits ? 0 : 1))
      // From and to touch both ends, so that two chains may be meant; neither is walked to its end.
      var both = extract
      both.ways[2].nodes = [1, last + 2, last]
      both.ways[1].nodes = [last, last + 1, 1]
      let two = try both.restriction(over(2, [1], 3), "restriction=no_left_turn").read().report
      #expect(two.leftOut[.restrictionsBroken] == (pieces <= 256 ? 0 : 1))
      #expect(two.leftOut[.restrictionsAmbiguous] == (pieces <= 256 ? 1 : 0))
    }
  }

  /// From a street back onto itself, over a node that it has, that it lacks, and over itself.
  @Test func aStreetThatIsKeptFromItself() throws {
    for via in [
      Extract.Member(type: "node", id: 2, role: "via"),
      Extract.Member(type: "node", id: 9, role: "via"),
      Extract.Member(type: "way", id: 100, role: "via"),
    ] {
      for kind in ["no_u_turn", "only_straight_on", "no_left_turn"] {
        let extract = Extract.row(4).way([1, 2], "highway=primary").way(
          [2, 3, 4], "highway=primary"
        )
        .restriction(
          [
            Extract.Member(type: "way", id: 100, role: "from"), via,
            Extract.Member(type: "way", id: 100, role: "to"),
          ], "restriction=\(kind)")
        let result = try extract.read()
        #expect(result.draft.streets.count >= 2)
      }
    }
  }
}
