import HujiaContainers
import HujiaRoads
import Testing

@testable import HujiaRouting

/// The router against Floyd and Warshall on thousands of small awkward networks, while units come, move and go.
@Suite struct SmallNetworkTests {
  @Test func travelAndRoutesEqualAllPairs() throws {
    for seed in 1...UInt64(Scale.count(150, full: 4_000)) {
      let image = RandomNetwork.make(seed: seed)
      let twin = PlainTwin(map: image.map)
      var world = try World(image, seed: seed &* 31, capacity: 1)
      for _ in 0..<12 { world.compareTravel(twin, "seed \(seed)") }
    }
  }

  @Test func nearestEqualsAllPairs() throws {
    for seed in 1...UInt64(Scale.count(150, full: 4_000)) {
      let image = RandomNetwork.make(seed: seed)
      let twin = PlainTwin(map: image.map)
      var world = try World(image, seed: seed &* 17, capacity: 12)
      for _ in 0..<20 {
        for _ in 0..<4 { world.change() }
        world.compareNearest(twin, "seed \(seed)")
      }
    }
  }
}
