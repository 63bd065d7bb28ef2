import HujiaContainers
import HujiaMapBuild
import HujiaRoads
import Testing

@testable import HujiaRouting

/// The same questions as `SmallNetworkTests`, on maps that carry the hierarchy.
@Suite struct LabelTests {
  @Test func travelAndRoutesEqualAllPairs() throws {
    for seed in 1...UInt64(Scale.count(150, full: 4_000)) {
      let image = try RandomNetwork.ordered(
        RandomNetwork.draft(seed: seed), rows: RandomNetwork.limits(seed))
      let twin = PlainTwin(map: image.map)
      var world = try World(image, seed: seed &* 31, capacity: 1)
      #expect(world.router.labelQuery(.normal) != nil)
      for _ in 0..<12 { world.compareTravel(twin, "seed \(seed)") }
    }
  }

  @Test func gridsEqualAllPairs() throws {
    for seed in 1...UInt64(Scale.count(3, full: 60)) {
      let image = try RandomNetwork.ordered(
        RandomNetwork.grid(seed: seed, side: 9), rows: RandomNetwork.limits(seed))
      let twin = PlainTwin(map: image.map)
      var world = try World(image, seed: seed &* 31, capacity: 1)
      for _ in 0..<300 { world.compareTravel(twin, "seed \(seed)") }
    }
  }

  @Test func nearestByEveryWayEqualsAllPairs() throws {
    for seed in 1...UInt64(Scale.count(100, full: 4_000)) {
      let image = try RandomNetwork.ordered(
        RandomNetwork.draft(seed: seed), rows: RandomNetwork.limits(seed))
      let twin = PlainTwin(map: image.map)
      var world = try World(image, seed: seed &* 17, capacity: 12)
      for _ in 0..<20 {
        for _ in 0..<4 { world.change() }
        world.compareNearest(twin, "seed \(seed)")
      }
    }
  }

  @Test func nearestOnGridsByEveryWayEqualsAllPairs() throws {
    for seed in 1...UInt64(Scale.count(3, full: 40)) {
      let image = try RandomNetwork.ordered(
        RandomNetwork.grid(seed: seed, side: 11), rows: RandomNetwork.limits(seed))
      let twin = PlainTwin(map: image.map)
      var world = try World(image, seed: seed &* 17, capacity: 90)
      for _ in 0..<Scale.count(60, full: 400) {
        for _ in 0..<8 { world.change() }
        world.compareNearest(twin, "seed \(seed)")
      }
    }
  }

  /// Few units on many cells, walking to and fro: a cell that was emptied and has not been mended yet is entered again
  /// while the cell above it has been.
  @Test func fewUnitsWalkingToAndFro() throws {
    for seed in 1...UInt64(Scale.count(3, full: 40)) {
      let image = try RandomNetwork.ordered(
        RandomNetwork.grid(seed: seed, side: 13), rows: RandomNetwork.limits(seed))
      let twin = PlainTwin(map: image.map)
      var world = try World(image, seed: seed &* 29, capacity: 6)
      for index in 0..<6 as Range<UInt32> { world.put(index) }
      let home = world.units.map { $0.place ?? RandomNetwork.place(on: image.map, &world.random) }
      for _ in 0..<Scale.count(400, full: 4_000) {
        for _ in 0..<1 + world.random.below(6) { world.walk(home: home) }
        world.compareNearest(twin, "seed \(seed)")
      }
    }
  }

  @Test func commonAncestorsByWalking() throws {
    let image = try RandomNetwork.ordered(RandomNetwork.grid(seed: 3, side: 16))
    let hierarchy = try #require(Hierarchy(image.map))
    let tables = try CommonAncestors(hierarchy, memory: .system)
    func ancestors(_ node: UInt32) -> Set<UInt32> {
      var found: Set<UInt32> = []
      var next = node
      while next != .max {
        found.insert(next)
        next = hierarchy.parent(Int(next))
      }
      return found
    }
    var random = SplitMix64(4)
    for _ in 0..<3_000 {
      let a = UInt32(random.below(image.map.nodeCount))
      let b = UInt32(random.below(image.map.nodeCount))
      #expect(Int(tables.view.count(a, b)) == ancestors(a).intersection(ancestors(b)).count)
    }
  }

  @Test func networkWithoutSeparatorsIsRefused() throws {
    var draft = MapDraft()
    var random = SplitMix64(8)
    let count = 400
    for _ in 0..<count {
      draft.nodes.append(
        (lat_e7: Int32(random.below(1_000_000)), lon_e7: Int32(random.below(1_000_000))))
    }
    for index in 0..<count * 8 {
      let from = UInt32(random.below(count))
      let to = UInt32(random.below(count))
      if from == to { continue }
      draft.streets.append(
        MapDraft.Street(
          id: UInt64(index), from: from, to: to, length_mm: 1_000, forward: MapDraft.Times(10),
          backward: MapDraft.Times(10)))
    }
    let compiled = try MapCompilation(draft)
    #expect(compiled.order == nil && compiled.refusal == "the network has no small separators")
    let image = compiled.image()
    #expect(Hierarchy(image.map) == nil && image.map.untruth == nil)
    withExtendedLifetime(image) {}
  }
}
