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
