// Everything that routing answers on real and invented cities beside plain Dijkstra: while units move, before and after
// new travel times. HUJIA_FULL=1: 100,000 questions a city (release builds; New York only then).

import HujiaCities
import HujiaMapBuild
import HujiaMapImport
import HujiaRoads
import HujiaTestSupport
import Testing

@testable import HujiaRouting

@Suite(
  .serialized,
  .enabled(if: Cities.folder != nil, "the recorded cities are not here: set HUJIA_DATA"))
struct CityTwinTests {
  /// Rows of all nodes, as an import makes them, and of few, as that of a larger map does.
  @Test(arguments: [nil, RowLimits(mostNodes: 64, mostExits: 16)])
  func sanFrancisco(_ limits: RowLimits?) throws {
    try CityTwin.compare(
      "San Francisco", try Cities.sanFrancisco(), limits, units: 400,
      wanted: Scale.count(2_000, full: 100_000))
  }

  @Test(arguments: [nil, RowLimits(mostNodes: 256, mostExits: 24)])
  func manhattan(_ limits: RowLimits?) throws {
    try CityTwin.compare(
      "Manhattan", try Cities.manhattan(), limits, units: 700,
      wanted: Scale.count(2_000, full: 100_000))
  }

  @Test(.enabled(if: Scale.isFull)) func newYork() throws {
    try CityTwin.compare("New York", try Cities.newYork(), nil, units: 3_000, wanted: 100_000)
  }
}

/// The same on invented cities, which every machine has.
@Suite(.serialized) struct InventedCityTwinTests {
  @Test(arguments: [0, 17, 64] as [Int]) func small(_ cellNodes: Int) throws {
    try compare("small", seed: 3, cellNodes, units: 60)
  }

  @Test(arguments: [0, 64] as [Int]) func medium(_ cellNodes: Int) throws {
    try compare("medium", seed: 5, cellNodes, units: 200)
  }

  @Test(.enabled(if: Scale.isFull), arguments: [0, 64, 256] as [Int])
  func large(_ cellNodes: Int) throws {
    try compare("large", seed: 7, cellNodes, units: 500)
  }

  private func compare(_ size: String, seed: UInt64, _ cellNodes: Int, units: Int) throws {
    let limits = try #require(RowLimits(mostNodes: cellNodes, mostExits: min(cellNodes, 16)))
    try CityTwin.compare(
      "invented \(size), cells of \(cellNodes)", try Cities.invented(size, seed: seed), limits,
      units: units, wanted: Scale.count(2_000, full: 100_000))
  }
}

enum CityTwin {
  /// How many questions to ask of each kind for one goal. One plain search answers them all.
  private struct Share {
    var travels: Int
    var routes: Int
    var nearest: Int
    var plainNearest: Int
  }

  static func compare(
    _ name: String, _ draft: MapDraft, _ limits: RowLimits?, units: Int, wanted: Int
  ) throws {
    let image = try MapCompilation(draft, rows: limits).image()
    var world = try TwinWorld(name, image, units: units, seed: 2_018)
    let share = Share(travels: 400, routes: 60, nearest: 120, plainNearest: 2)
    let goals = max(4, wanted / 500)
    var epochs = 1
    var mended = 0
    for goal in 0..<goals {
      // Four times new travel times; right after them the cells are still to be mended.
      if goal > 0, goal % max((goals + 4) / 5, 3) == 0 {
        try world.changeTraffic()
        epochs += 1
      } else if goal > 0, goal % 2 == 0 {
        world.changeFewStreets()
        epochs += 1
        mended += world.epochs.wasMended ? 1 : 0
      }
      if goal % 3 == 1 { world.mendAll() }
      ask(&world, share, profile: goal % 2 == 0 ? .response : .normal)
    }
    #expect(world.differences == 0)
    #expect(world.queries >= wanted)
    #expect(mended > 0)
    print(
      "\(name): \(grouped(world.queries)) queries, \(world.differences) differences "
        + "(\(goals) plain searches, \(epochs) sets of travel times, \(mended) mended, \(units) moving units)"
    )
  }

  private static func ask(_ world: inout TwinWorld, _ share: Share, profile: Profile) {
    let goal = world.somewhere()
    for _ in 0..<world.units.count / 4 { world.change(near: goal) }
    world.plain.search(to: goal, profile)
    for index in 0..<share.travels {
      let from = index % 20 == 0 ? world.somewhere(on: goal.street) : world.somewhere()
      world.compareTravel(from, to: goal, profile)
    }
    for index in 0..<share.routes {
      let from = index % 20 == 0 ? world.somewhere(on: goal.street) : world.somewhere()
      world.compareRoute(from, to: goal, profile)
    }
    let ranking = world.ranking()
    for index in 0..<share.nearest {
      let limit = [1, 2, 4, 8, 8, 8, 16, 64][world.random.below(8)]
      let ways: [Router.NearestWay?] = [nil, nil, .labels, .cells]
      world.compareNearest(
        to: goal, profile, ranking, world.filter(), limit: limit, way: ways[index % 4])
    }
    for index in 0..<share.plainNearest {
      // These two search the streets: without limits they would cross the city.
      let filter = index == 0 ? UnitFilter(levels: 7) : world.filter()
      for way in [Router.NearestWay.network, .plain] {
        world.compareNearest(to: goal, profile, ranking, filter, limit: 8, way: way)
      }
    }
  }

  static func grouped(_ number: Int) -> String {
    var text = String(number)
    var place = text.count - 3
    while place > 0 {
      text.insert(",", at: text.index(text.startIndex, offsetBy: place))
      place -= 3
    }
    return text
  }
}
