import HujiaMapBuild
import HujiaRoads
import HujiaTestSupport

/// Invented street networks with what makes trouble: one-ways, opposite carriageways as rows of their own, identical
/// parallels, streets of no length, shapes that are one point, nodes that no street reaches.
enum SmallMaps {
  static func draft(
    seed: UInt64, mostNodes: Int = 20, spread_e7: Int = 200_000, coarse_e7: Int = 1
  ) -> MapDraft {
    var random = SplitMix64(seed)
    var draft = MapDraft()
    func coordinate(_ base: Int) -> Int32 {
      Int32(base + random.below(spread_e7 / coarse_e7 + 1) * coarse_e7)
    }
    let nodes = 2 + random.below(mostNodes)
    for _ in 0..<nodes {
      draft.nodes.append((lat_e7: coordinate(377_000_000), lon_e7: coordinate(-1_224_000_000)))
    }
    for number in 0..<(1 + random.below(nodes * 3)) {
      let from = UInt32(random.below(nodes))
      let to = UInt32(random.below(nodes))
      guard from != to else { continue }
      var inner: [(lat_e7: Int32, lon_e7: Int32)] = []
      for _ in 0..<random.below(4) {
        inner.append((lat_e7: coordinate(377_000_000), lon_e7: coordinate(-1_224_000_000)))
      }
      if random.chance(10), let first = inner.first { inner.append(first) }
      let length = random.chance(10) ? 0 : UInt32(random.below(3_000_000))
      func times() -> MapDraft.Times {
        MapDraft.Times(
          normal_ms: UInt32(random.below(90_000)), response_ms: UInt32(random.below(60_000)))
      }
      let kind = random.below(10)
      let street = MapDraft.Street(
        id: UInt64(number) * 3 + 7, from: from, to: to, length_mm: length,
        name: ["", "Rīga Way", "环路", "Main"][random.below(4)], inner: inner,
        forward: kind == 0 ? nil : times(), backward: (1..<4).contains(kind) ? nil : times())
      draft.streets.append(street)
      if kind == 2 {
        var mirror = street
        mirror.id += 1
        mirror.from = to
        mirror.to = from
        mirror.inner.reverse()
        mirror.length_mm += UInt32(random.below(500))
        draft.streets.append(mirror)
      }
      if random.chance(10) {
        var parallel = street
        parallel.id += 2
        draft.streets.append(parallel)
      }
    }
    return draft
  }
}
