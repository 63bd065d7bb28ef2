import HujiaContainers
import HujiaMapBuild
import HujiaRoads
import Testing

@testable import HujiaRouting

/// Small awkward networks whose travel times change while units move: published as a whole, then everything again
/// beside all pairs. Some arcs close, some open, some take no time; now and then all arms of a junction are closed.
@Suite struct NewTimesTests {
  private func newTimes(_ map: RoadMap, _ random: inout SplitMix64) -> [[UInt32]] {
    let isCoarse = random.chance(50)
    let hasTwo = random.chance(70)
    var times: [[UInt32]] = [[], []]
    for arc in 0..<map.arcCount {
      for profile in 0..<2 {
        let own = profile == 0 ? map.arcNormal_ms[arc] : map.arcResponse_ms[arc]
        switch random.below(10) {
        case 0: times[profile].append(.max)
        case 1: times[profile].append(0)
        case 2, 3, 4, 5: times[profile].append(own)
        default:
          times[profile].append(
            isCoarse ? UInt32(1 + random.below(3)) * 1_000 : UInt32(random.below(90_000)))
        }
      }
      if !hasTwo { times[1][arc] = times[0][arc] }
    }
    for _ in 0..<random.below(5) {
      let node = UInt32(random.below(map.nodeCount))
      let profiles = hasTwo && random.chance(30) ? 0..<1 : 0..<2
      for arc in 0..<map.arcCount where map.arcTail[arc] == node || map.arcHead[arc] == node {
        for profile in profiles { times[profile][arc] = .max }
      }
    }
    return times
  }

  private func compare(_ draft: MapDraft, seed: UInt64, units: Int, epochs: Int, isOrdered: Bool)
    throws
  {
    let image = isOrdered ? try RandomNetwork.ordered(draft) : MapImage(draft)
    var world = try World(image, seed: seed &* 41, capacity: units)
    var twin = PlainTwin(map: image.map)
    for epoch in 0..<epochs {
      if epoch > 0 {
        let times = newTimes(image.map, &world.random)
        let metric = try Metric(map: image.map, memory: .system)
        try metric.take(normal_ms: times[0], response_ms: times[1])
        try metric.build()
        metric.epoch = UInt64(epoch)
        _ = world.router.publish(metric)
        twin = PlainTwin(map: image.map, times: times)
      }
      for turn in 0..<6 {
        let note = "seed \(seed), epoch \(epoch)"
        if turn == 3 { while world.router.maintain(2) {} }
        world.change()
        world.compareTravel(twin, note)
        world.compareNearest(twin, note)
        world.change()
      }
    }
    withExtendedLifetime(image) {}
  }

  @Test func smallNetworks() throws {
    for seed in 1...UInt64(Scale.count(60, full: 3_000)) {
      try compare(
        RandomNetwork.draft(seed: seed), seed: seed, units: 12, epochs: 4, isOrdered: true)
    }
  }

  @Test func smallNetworksByPlainSearch() throws {
    for seed in 1...UInt64(Scale.count(30, full: 1_000)) {
      try compare(
        RandomNetwork.draft(seed: seed), seed: seed, units: 12, epochs: 3, isOrdered: false)
    }
  }

  @Test func grids() throws {
    for seed in 1...UInt64(Scale.count(2, full: 40)) {
      try compare(
        RandomNetwork.grid(seed: seed, side: 10), seed: seed, units: 60, epochs: 4, isOrdered: true)
    }
  }
}
