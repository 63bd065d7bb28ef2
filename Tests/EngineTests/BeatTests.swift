// A plan that asks the beats first: the home officer, the team, the beats around, then the closest.

import HujiaContainers
import HujiaMapBuild
import HujiaTestSupport
import Testing

@testable import HujiaEngine

@Suite struct BeatTests {
  /// Four beats along the row of twenty nodes, five nodes each: 11, 12, 13, 14, each the neighbour of the next.
  private static func draft(_ rule: BeatRule, officers: [UInt64] = [0, 0, 0, 0]) -> PlanDraft {
    var draft = PlanDraft.builtIn
    draft.plans[0].beats = rule
    for index in 0..<4 as Range<Int32> {
      let west = index * 5 * 8_993 - 4_000
      draft.areas.append(
        AreaRecord(
          first: UInt32(index), count: 1, south_e7: -1_000, north_e7: 1_000, west_e7: west,
          east_e7: west + 5 * 8_993))
      draft.areaRings.append(RingRecord(first: UInt32(index) * 4, count: 4))
      for (north, east) in [(0, 0), (0, 1), (1, 1), (1, 0)] as [(Int32, Int32)] {
        draft.areaPoints.append(
          AreaPoint(lat_e7: north * 2_000 - 1_000, lon_e7: west + east * 5 * 8_993))
      }
      draft.beats.append(
        BeatRecord(
          number: UInt32(11 + index), area: UInt32(index), officer: officers[Int(index)]))
      draft.neighbours.append(
        (0..<4).filter { abs(Int32($0) - index) == 1 }.map(UInt32.init))
    }
    return draft
  }

  private func sent(_ bench: Bench, at node: Int) -> (unit: UInt64?, depth: UInt32?, Reason?) {
    _ = bench.recommend(bench.call(bench.node(node)))
    let first = bench.chosen.first
    return (first?.unitID, first?.ring, first?.reason)
  }

  @Test func officerThenTeamThenStepsThenTheClosest() throws {
    let bench = try Bench(
      Bench.row(), plans: Self.draft(BeatRule(rings: 4), officers: [0, 1, 0, 0]))
    // The call is at node 7, in beat 12. The nearer a unit is, the later it is asked.
    bench.put(6, at: bench.node(7), homeBeat: 0)
    bench.put(5, at: bench.node(8), homeBeat: 14)
    bench.put(4, at: bench.node(9), homeBeat: 13)
    bench.put(3, at: bench.node(12), homeBeat: 12)
    bench.put(2, at: bench.node(3), homeBeat: 12)
    bench.put(1, at: bench.node(19), homeBeat: 99)
    for (unit, depth) in [(1, 1), (2, 2), (3, 2), (4, 3), (5, 4)] as [(UInt64, UInt32)] {
      #expect(sent(bench, at: 7) == (unit, depth, .homeBeat))
      #expect(bench.core.remove(unit: unit) == .ok)
    }
    #expect(sent(bench, at: 7) == (6, 0, .closest))
  }

  @Test func oneStepIsNotTwo() throws {
    let bench = try Bench(Bench.row(), plans: Self.draft(BeatRule(rings: 3)))
    bench.put(5, at: bench.node(8), homeBeat: 14)
    bench.put(6, at: bench.node(7), homeBeat: 0)
    #expect(sent(bench, at: 7) == (6, 0, .closest))
    bench.put(5, at: bench.node(8), homeBeat: 13)
    #expect(sent(bench, at: 7) == (5, 3, .homeBeat))
  }

  /// Sixty seconds of turnout, ten from node to node.
  @Test func aUnitThatWouldBeThereTooLateComesWithAllOthers() throws {
    let bench = try Bench(
      Bench.row(), plans: Self.draft(BeatRule(rings: 2, most_ms: 80_000), officers: [1, 0, 0, 0]))
    bench.put(2, at: bench.node(1), homeBeat: 0)
    bench.put(1, at: bench.node(2), homeBeat: 0)
    #expect(sent(bench, at: 0) == (1, 1, .homeBeat))
    bench.put(1, at: bench.node(3), homeBeat: 0)
    #expect(sent(bench, at: 0) == (2, 0, .closest))
  }

  @Test func outsideEveryBeatTheClosestGoes() throws {
    let bench = try Bench(Bench.row(21), plans: Self.draft(BeatRule(rings: 6)))
    bench.put(1, at: bench.node(0), homeBeat: 11)
    bench.put(2, at: bench.node(19))
    #expect(sent(bench, at: 20) == (2, 0, .closest))
  }

  /// Availability ranks before the beat.
  @Test func anOfficerAtAMealComesAfterThoseAvailable() throws {
    let bench = try Bench(
      Bench.row(), plans: Self.draft(BeatRule(rings: 2), officers: [1, 0, 0, 0]))
    bench.put(1, at: bench.node(0), activity: .meal)
    bench.put(2, at: bench.node(9))
    #expect(sent(bench, at: 0) == (2, 0, .closest))
    #expect(bench.core.remove(unit: 2) == .ok)
    #expect(sent(bench, at: 0) == (1, 1, .homeBeat))
  }

  @Test func whoDeclinesIsReplacedByTheBeat() throws {
    let bench = try Bench(
      Bench.row(), plans: Self.draft(BeatRule(rings: 2), officers: [1, 0, 0, 0]))
    bench.put(1, at: bench.node(9))
    bench.put(2, at: bench.node(8), homeBeat: 11)
    bench.put(3, at: bench.node(0))
    let incident = bench.open(at: 0)
    #expect(bench.chosen.map(\.ring) == [1])
    bench.advance(bench.live(incident)[0], .declined)
    #expect(bench.units(incident) == [2])
    // A list of what is there says it as the choice did.
    #expect(bench.raise(incident, to: 1) == .unchanged)
    #expect(bench.chosen.map(\.ring) == [2])
    #expect(bench.chosen.map(\.reason) == [.nextUnit])
    #expect(bench.chosen.map(\.shownMarks) == [0])
  }

  /// Beats and officers are those of the newest plans, whatever the incident was opened under.
  @Test func newPlansMoveBeats() throws {
    let bench = try Bench(
      Bench.row(), plans: Self.draft(BeatRule(rings: 2), officers: [1, 0, 0, 0]))
    let incident = bench.open(at: 0)
    #expect(bench.units(incident).isEmpty)
    #expect(try bench.load(Self.draft(BeatRule(), officers: [2, 0, 0, 0])))
    bench.put(3, at: bench.node(1), activity: .offDuty)
    bench.put(1, at: bench.node(2), activity: .offDuty)
    bench.put(2, at: bench.node(9))
    #expect(bench.units(incident) == [2])
    #expect(bench.core.assignments[0].marks >> ChosenMark.ringShift == 1)
  }

  /// Of more units than are measured one by one the search finds the same. Half of each lot is of the beat.
  @Test(arguments: [40, 1_200], [false, true])
  func aCrowdedBeat(units count: Int, isGround: Bool) throws {
    let image = isGround ? MapImage(MapDraft()) : Bench.row()
    let bench = try Bench(image, plans: Self.draft(BeatRule(rings: 2)), units: count)
    var random = SplitMix64(UInt64(count))
    var best: (Int32, UInt64)?
    for id in 1...UInt64(count) {
      let node = Int32(1 + random.below(19))
      let place =
        isGround
        ? image.map.snap(lat_e7: 0, lon_e7: node * 8_993, limit_mm: 250_000)
        : bench.node(Int(node))
      bench.put(id, at: place, homeBeat: id % 2 == 0 ? 11 : 12)
      if id % 2 == 0, best.map({ (node, id) < $0 }) ?? true { best = (node, id) }
    }
    // Both 0 would be no place.
    let call = isGround ? image.map.snap(lat_e7: 0, lon_e7: 1, limit_mm: 250_000) : bench.node(0)
    _ = bench.recommend(bench.call(call))
    #expect(bench.chosen.first?.unitID == best?.1)
    #expect(bench.chosen.first?.ring == 2)
  }
}
