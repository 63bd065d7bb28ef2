// Turn rules: everything that routing answers beside plain Dijkstra over the arcs driven last.

import HujiaMapBuild
import HujiaRoads
import HujiaTestSupport
import Testing

@testable import HujiaRouting

/// On small invented networks with rules of every kind, which every machine has.
@Suite struct RandomTurnTests {
  @Test(arguments: [0, 1, 2, 3] as [UInt64]) func networks(_ lot: UInt64) throws {
    var queries = 0
    var mended = 0
    var split = 0
    var byways = 0
    for index in 0..<UInt64(Scale.count(30, full: 1_500)) {
      let seed = lot * 100_000 + index
      var random = SplitMix64(seed)
      let draft = TurnNetwork.make(&random)
      let cells = [0, 0, 3, 8][random.below(4)]
      let limits = try #require(RowLimits(mostNodes: cells, mostExits: cells * 2))
      let parts: MapCompilation.Parts = random.chance(10) ? [] : random.chance(10) ? .order : .all
      var world = try TurnWorld(
        "network \(seed)", draft, limits, parts: parts, units: 6, seed: seed)
      split += world.map.splitPlaceCount
      byways += world.map.ports?.bywayCount ?? 0
      compareStreetArcs(world.map)
      for round in 0..<3 {
        world.ask(round == 1 ? .response : .normal, goals: 8, routes: 30)
        world.moveUnits()
        try world.changeTraffic(1 + round)
      }
      world.ask(.normal, goals: 4, routes: 30)
      world.ask(.response, goals: 4, routes: 30)
      #expect(world.differences == 0)
      if world.differences > 0 { return }
      queries += world.queries
      mended += world.mended
    }
    #expect(split > 60)
    #expect(byways > 60)
    print(
      "lot \(lot): \(queries) questions, \(split) places taken apart, \(byways) byways, \(mended) mended"
    )
  }

  /// By the list of all byways.
  private func compareStreetArcs(_ map: RoadMap) {
    var expected = (0..<UInt32(map.arcCount)).map { $0 }
    if let ports = map.ports {
      for index in 0..<ports.bywayCount {
        expected[Int(ports.byways[index].other)] = ports.byways[index].arc
      }
    }
    for arc in 0..<UInt32(map.arcCount) where map.streetArc(of: arc) != expected[Int(arc)] {
      Issue.record("arc \(arc) is of \(expected[Int(arc)]), not \(map.streetArc(of: arc))")
    }
  }
}

enum TurnNetwork {
  /// A patch of a grid with some streets left out, one-way or doubled, and rules over one to four arcs.
  static func make(_ random: inout SplitMix64) -> MapDraft {
    var draft = MapDraft()
    let width = 2 + random.below(4)
    let height = 2 + random.below(3)
    for row in 0..<height {
      for column in 0..<width {
        draft.nodes.append(
          (
            lat_e7: Int32(row * 10_000 + random.below(3_000)),
            lon_e7: Int32(column * 10_000 + random.below(3_000))
          ))
      }
    }
    func add(_ from: Int, _ to: Int, _ random: inout SplitMix64) {
      let time_ms = UInt32(1 + random.below(6)) * 1_000
      func times(_ random: inout SplitMix64) -> MapDraft.Times {
        var times = MapDraft.Times(time_ms)
        if random.chance(20) { times.response_ms = time_ms / 2 }
        if random.chance(4) { times.normal_ms = MapDraft.Times.closed_ms }
        if random.chance(3) { times.response_ms = 0 }
        return times
      }
      let isOneWay = random.chance(25)
      draft.streets.append(
        MapDraft.Street(
          id: UInt64(draft.streets.count / 2), from: UInt32(from), to: UInt32(to),
          length_mm: random.chance(5) ? 0 : UInt32(50_000 + random.below(4) * 10_000),
          forward: times(&random), backward: isOneWay ? nil : times(&random)))
    }
    for row in 0..<height {
      for column in 0..<width {
        let node = row * width + column
        if column + 1 < width, random.chance(85) { add(node, node + 1, &random) }
        if row + 1 < height, random.chance(85) { add(node, node + width, &random) }
        if random.chance(8) { add(node, random.below(width * height), &random) }
      }
    }
    // Opposite carriageways as rows of their own.
    for index in draft.streets.indices
    where draft.streets[index].backward == nil && random.chance(40) {
      var twin = draft.streets[index]
      swap(&twin.from, &twin.to)
      draft.streets.append(twin)
    }
    if draft.streets.isEmpty { add(0, 1, &random) }
    addRules(&draft, &random)
    return draft
  }

  private static func addRules(_ draft: inout MapDraft, _ random: inout SplitMix64) {
    var leaving = [[DraftArc]](repeating: [], count: draft.nodes.count)
    var all: [DraftArc] = []
    for index in draft.streets.indices {
      for isForward in [true, false] {
        let arc = DraftArc(street: index, isForward: isForward)
        guard draft.times(arc) != nil else { continue }
        leaving[Int(draft.tailPlace(arc))].append(arc)
        all.append(arc)
      }
    }
    for _ in 0..<1 + random.below(8) {
      // Now and then from the path of another, so that they overlap.
      var path = [all[random.below(all.count)]]
      if random.chance(40), let other = draft.turns.last {
        path = Array(other.path.suffix(1 + random.below(other.path.count)))
      }
      for _ in 0..<[0, 0, 1, 1, 2, 3][random.below(6)] {
        let next = leaving[Int(draft.headPlace(path[path.count - 1]))]
        guard !next.isEmpty else { break }
        path.append(next[random.below(next.count)])
      }
      let next = leaving[Int(draft.headPlace(path[path.count - 1]))]
      guard !next.isEmpty else { continue }
      let profiles: [TurnRule.Profiles] = [.normal, .normal, .both, .response]
      draft.turns.append(
        TurnRule(
          path: path, to: next[random.below(next.count)], isMandatory: random.chance(35),
          profiles: profiles[random.below(4)]))
    }
  }
}
