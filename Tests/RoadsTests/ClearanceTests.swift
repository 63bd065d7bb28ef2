import HujiaMapBuild
import HujiaRoads
import HujiaTestSupport
import Testing

/// What a map knows of how far other streets keep away must never change where a report is placed.
@Suite struct ClearanceTests {
  /// A town of blocks of about a hundred metres, some corners moved, with streets of both ways, opposite carriageways
  /// as rows of their own, and bends.
  private func town(_ random: inout SplitMix64) -> MapDraft {
    let side = 6
    var draft = MapDraft()
    for row in 0..<side {
      for column in 0..<side {
        let moved = (random.below(4_000) - 2_000, random.below(4_000) - 2_000)
        draft.nodes.append(
          (
            lat_e7: Int32(377_000_000 + row * 9_000 + moved.0),
            lon_e7: Int32(-1_224_000_000 + column * 11_000 + moved.1)
          ))
      }
    }
    for row in 0..<side {
      for column in 0..<side {
        let here = row * side + column
        if column + 1 < side { addStreet(&draft, here, here + 1, &random) }
        if row + 1 < side { addStreet(&draft, here, here + side, &random) }
      }
    }
    return draft
  }

  private func addStreet(
    _ draft: inout MapDraft, _ from: Int, _ to: Int, _ random: inout SplitMix64
  ) {
    let ends = (draft.nodes[from], draft.nodes[to])
    var inner: [(lat_e7: Int32, lon_e7: Int32)] = []
    if random.chance(30) {
      inner.append(
        (
          lat_e7: ends.0.lat_e7 + (ends.1.lat_e7 - ends.0.lat_e7) / 2
            + Int32(random.below(3_000) - 1_500),
          lon_e7: ends.0.lon_e7 + (ends.1.lon_e7 - ends.0.lon_e7) / 2
            + Int32(random.below(3_000) - 1_500)
        ))
    }
    let isPair = random.chance(50)
    let street = MapDraft.Street(
      id: UInt64(draft.streets.count + 1), from: UInt32(from), to: UInt32(to), length_mm: 110_000,
      inner: inner, forward: MapDraft.Times(9_000),
      backward: isPair ? nil : MapDraft.Times(9_000))
    draft.streets.append(street)
    guard isPair else { return }
    var mirror = street
    mirror.id += 1
    mirror.from = street.to
    mirror.to = street.from
    mirror.inner.reverse()
    draft.streets.append(mirror)
  }

  @Test func aHintWithKnownClearanceNeverChangesThePlace() {
    for seed in 0..<UInt64(Scale.count(6, full: 60)) {
      var random = SplitMix64(seed &+ 5)
      let image = MapImage(town(&random))
      let map = image.map
      var known = 0
      for street in 0..<UInt32(map.streetCount) {
        if map.facts(ofStreet: street).clearances != 0 { known += 1 }
        for _ in 0..<40 {
          let spread = [1, 300, 3_000, 9_000][random.below(4)]
          let on = map.point(street: street, offset_mm: UInt32(random.below(110_001)))
          let lat = on.lat_e7 + Int32(random.below(2 * spread) - spread)
          let lon = on.lon_e7 + Int32(random.below(2 * spread) - spread)
          let isMoving = random.chance(50)
          let heading = isMoving ? Int32(random.below(36_000)) : .min
          func place(_ hint: UInt32) -> Place {
            map.snap(
              lat_e7: lat, lon_e7: lon, hint: hint, heading_cdeg: heading,
              speed_cms: isMoving ? 900 : .min, limit_mm: 100_000)
          }
          let truth = place(Place.none)
          #expect(place(street) == truth, "seed \(seed): \(lat) \(lon) from \(street)")
          #expect(place(truth.street) == truth, "seed \(seed): \(lat) \(lon)")
        }
      }
      // Blocks of a hundred metres leave room in the middle of nearly every street.
      #expect(known * 10 > map.streetCount * 9)
      withExtendedLifetime(image) {}
    }
  }
}
