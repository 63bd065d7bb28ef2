// What places taken apart add to a map, and what they do not; twins among many rows between two places.

import HujiaRoads
import HujiaTestSupport
import Testing

@testable import HujiaMapBuild

@Suite struct PortSplittingTests {
  private static let tags = [PortTag.placeOf, PortTag.exitOf, PortTag.byways, PortTag.reach]

  /// Four places in a row, joined both ways, and rows of one way between the second and the third.
  private static func row(_ parallel: [MapDraft.Street] = []) -> MapDraft {
    var draft = MapDraft()
    for place in 0..<4 { draft.nodes.append((lat_e7: 0, lon_e7: Int32(place) * 10_000)) }
    for from in 0..<UInt32(3) {
      draft.streets.append(
        MapDraft.Street(
          id: UInt64(from), from: from, to: from + 1, length_mm: 100_000,
          forward: MapDraft.Times(10_000), backward: MapDraft.Times(10_000)))
    }
    draft.streets += parallel
    return draft
  }

  private static func oneWay(_ from: UInt32, _ to: UInt32, length_mm: UInt32) -> MapDraft.Street {
    MapDraft.Street(
      id: 9, from: from, to: to, length_mm: length_mm, forward: MapDraft.Times(10_000),
      backward: nil)
  }

  private static func noWayOn(_ streets: Int...) -> TurnRule {
    let arcs = streets.map { DraftArc(street: $0, isForward: true) }
    return TurnRule(
      path: Array(arcs.dropLast()), to: arcs[arcs.count - 1], isMandatory: false, profiles: .both)
  }

  @Test func aMapWithoutRulesHasNoPorts() throws {
    let image = try MapCompilation(Self.row()).image()
    #expect(image.map.ports == nil)
    for tag in Self.tags { #expect(image.map.sections.find(tag) == nil) }
    #expect(image.map.nodeCount == 4 && image.map.arcCount == 6)
    var draft = Self.row()
    draft.turns = [Self.noWayOn(0, 1, 2)]
    let ruled = try MapCompilation(draft).image()
    #expect(ruled.map.ports?.bywayCount == 1)
    for tag in Self.tags { #expect(ruled.map.sections.find(tag) != nil) }
  }

  /// Pairs of nodes that the order keeps together: of each row its ends, and one more where it has a twin.
  @Test func parallelRowsHaveNoPairsWithEachOther() {
    let count = 100
    var rows: [MapDraft.Street] = []
    for index in 0..<count {
      rows.append(Self.oneWay(1, 2, length_mm: 200_000 + UInt32(index) * 2_000))
      rows.append(Self.oneWay(2, 1, length_mm: 201_000 + UInt32(index) * 2_000))
    }
    var draft = Self.row(rows)
    draft.turns = [Self.noWayOn(0, 1)]
    let apart = (draft.takenApart().ports?.kin ?? []).count
    #expect(apart <= 2 * (rows.count + 6) + 6)
    // Each with its twin: two pairs more for two rows.
    for index in rows.indices { rows[index].length_mm = 200_000 }
    draft = Self.row(rows)
    draft.turns = [Self.noWayOn(0, 1)]
    #expect((draft.takenApart().ports?.kin ?? []).count == apart + rows.count)
  }

  @Test func ofManyRowsEachHasATwin() {
    let count = 1_000
    let there = (0..<count).map { _ in Self.oneWay(1, 2, length_mm: 200_000) }
    let back = (0..<count).map { _ in Self.oneWay(2, 1, length_mm: 200_000) }
    let twins = Self.row(there + back).twins()
    #expect(Array(twins[..<3]) == [RoadMap.none, RoadMap.none, RoadMap.none])
    #expect(Array(twins[3..<3 + count]) == (0..<count).map { UInt32(3 + count + $0) })
    #expect(Array(twins[(3 + count)...]) == (0..<count).map { UInt32(3 + $0) })
  }

  /// A partner behind more rows than are looked at is none, so that forged tables do not cost their square.
  @Test func fewCandidatesAreLookedAt() {
    let most = MapDraft.mostCandidates
    for others in [most - 1, most] {
      let between = (0..<others).map {
        Self.oneWay(2, 1, length_mm: 300_000 + UInt32($0) * 2_000)
      }
      let draft = Self.row(
        [Self.oneWay(1, 2, length_mm: 200_000)] + between
          + [Self.oneWay(2, 1, length_mm: 200_000)])
      let twins = draft.twins()
      let last = draft.streets.count - 1
      #expect(twins[3] == (others < most ? UInt32(last) : RoadMap.none))
      #expect(twins[last] == (others < most ? 3 : RoadMap.none))
    }
  }

  /// Among few rows with places and lengths of chance: the same as by looking at all pairs.
  @Test func twinsAreThoseOfTheSlowSearch() {
    var random = SplitMix64(148)
    for _ in 0..<200 {
      let rows = (0..<random.below(30)).map { _ in
        let from = UInt32(random.below(3))
        let to = UInt32(random.below(3))
        return Self.oneWay(from, to, length_mm: 200_000 + UInt32(random.below(4)) * 400)
      }
      let draft = Self.row(rows)
      #expect(draft.twins() == Self.slowTwins(draft.streets))
    }
  }

  private static func slowTwins(_ streets: [MapDraft.Street]) -> [UInt32] {
    var twins = streets.map { _ in RoadMap.none }
    for (index, street) in streets.enumerated() where street.backward == nil {
      for (other, row) in streets.enumerated()
      where other != index && twins[index] == RoadMap.none && twins[other] == RoadMap.none
        && row.backward == nil && row.from == street.to && row.to == street.from
        && max(row.length_mm, street.length_mm) - min(row.length_mm, street.length_mm) <= 500
      {
        twins[index] = UInt32(other)
        twins[other] = UInt32(index)
      }
    }
    return twins
  }
}
