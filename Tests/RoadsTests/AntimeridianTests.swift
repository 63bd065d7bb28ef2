import HujiaGeography
import HujiaMapBuild
import HujiaRoads
import HujiaTestSupport
import Testing

/// Maps across 180 degrees answer as the same maps elsewhere do.
@Suite struct AntimeridianTests {
  private static func turned(_ lon_e7: Int32, by turn_e7: Int64) -> Int32 {
    var lon = Int64(lon_e7) + turn_e7
    if lon > 1_800_000_000 { lon -= 3_600_000_000 }
    if lon < -1_800_000_000 { lon += 3_600_000_000 }
    return Int32(lon)
  }

  /// The same streets, turned round the Earth's axis.
  private static func turned(_ draft: MapDraft, by turn_e7: Int64) -> MapDraft {
    var copy = draft
    for index in copy.nodes.indices {
      copy.nodes[index].lon_e7 = turned(copy.nodes[index].lon_e7, by: turn_e7)
    }
    for index in copy.streets.indices {
      for place in copy.streets[index].inner.indices {
        copy.streets[index].inner[place].lon_e7 = turned(
          copy.streets[index].inner[place].lon_e7, by: turn_e7)
      }
    }
    return copy
  }

  /// Small maps at 122.4 degrees west are turned so that 180 degrees runs through them.
  @Test func aMapAcrossTheLineSnapsAsElsewhere() {
    for seed in 0..<UInt64(Scale.count(60, full: 1_000)) {
      var random = SplitMix64(seed &+ 9_000)
      let spread = [3_000, 200_000, 3_000_000, 40_000_000][Int(seed % 4)]
      let draft = SmallMaps.draft(seed: seed, spread_e7: spread)
      guard !draft.streets.isEmpty else { continue }
      let turn = -576_000_000 - Int64(random.below(spread + 1))
      let here = MapImage(draft)
      let there = MapImage(Self.turned(draft, by: turn))
      #expect(there.map.flaw == nil, "seed \(seed)")
      for street in 0..<here.map.streetCount {
        #expect(there.map.streetLength_mm[street] == here.map.streetLength_mm[street])
      }
      for _ in 0..<30 {
        let lat = Int32(377_000_000 - 5_000 + random.below(spread + 10_000))
        let lon = Int32(-1_224_000_000 - 5_000 + random.below(spread + 10_000))
        let expected = here.map.snap(lat_e7: lat, lon_e7: lon, limit_mm: 100_000)
        let found = there.map.snap(
          lat_e7: lat, lon_e7: Self.turned(lon, by: turn), limit_mm: 100_000)
        #expect(found.street == expected.street, "seed \(seed)")
        #expect(found.gap_dm == expected.gap_dm)
        #expect(found.offset_mm == expected.offset_mm)
        #expect(found.node == expected.node)
        #expect(found.isOffNetwork == expected.isOffNetwork)
        let a = here.map.point(of: expected)
        let b = there.map.point(of: found)
        #expect(b.lat_e7 == a.lat_e7)
        #expect(b.lon_e7.magnitude <= 1_800_000_000)
        #expect(b.lon_e7 == Self.turned(a.lon_e7, by: turn) || b.lon_e7.magnitude == 1_800_000_000)
      }
      withExtendedLifetime((here, there)) {}
    }
  }

  /// A place beyond the line belongs to the street that ends just before it.
  @Test func aMapThatEndsAtTheLineIsSeenFromBeyondIt() {
    var draft = MapDraft()
    draft.nodes = [(-168_000_000, 1_799_000_000), (-168_000_000, 1_799_990_000)]
    draft.streets = [
      MapDraft.Street(
        id: 1, from: 0, to: 1, length_mm: 10_000_000, forward: MapDraft.Times(1_000),
        backward: MapDraft.Times(1_000))
    ]
    let image = MapImage(draft)
    let place = image.map.snap(lat_e7: -168_000_000, lon_e7: -1_799_990_000, limit_mm: 250_000)
    #expect((2_120...2_140).contains(place.gap_dm))
    #expect(!place.isOffNetwork)
    #expect(place.node == 1)
    let greenwich = image.map.snap(lat_e7: -168_000_000, lon_e7: 0, limit_mm: 250_000)
    #expect(greenwich.isOffNetwork)
    #expect(greenwich.gap_dm > 10_000_000)
    withExtendedLifetime(image) {}
  }

  /// Streets all the way round leave no place to cut: the import says so.
  @Test func aRingRoundTheEarthIsRefused() {
    var draft = MapDraft()
    for step in 0..<36 {
      draft.nodes.append((0, Int32(-1_800_000_000 + step * 100_000_000)))
      draft.streets.append(
        MapDraft.Street(
          id: UInt64(step), from: UInt32(step), to: UInt32((step + 1) % 36),
          length_mm: 1_111_950_000, forward: MapDraft.Times(1), backward: nil))
    }
    #expect(draft.unwrappingFlaw?.contains("cut the data") == true)
    draft.streets.removeAll { (1...2).contains($0.id) }
    #expect(draft.unwrappingFlaw == nil)
  }

  /// At the poles all longitudes meet: nothing overflows, and a place is somewhere.
  @Test func polesAreQuiet() {
    for pole in [899_990_000, -899_990_000] as [Int32] {
      var draft = MapDraft()
      draft.nodes = [(pole, -1_800_000_000), (pole, 0), (pole, 900_000_000)]
      draft.streets = [(0, 1), (1, 2)].map { from, to in
        MapDraft.Street(
          id: UInt64(from), from: from, to: to, length_mm: 1_000, forward: MapDraft.Times(1_000),
          backward: MapDraft.Times(1_000))
      }
      let image = MapImage(draft)
      for lon in stride(from: Int32(-1_800_000_000), through: 1_800_000_000, by: 450_000_000) {
        for lat in [pole, pole > 0 ? 900_000_000 : -900_000_000, -pole] {
          let place = image.map.snap(lat_e7: lat, lon_e7: lon, limit_mm: 250_000)
          #expect(place.isOnStreets)
        }
      }
      withExtendedLifetime(image) {}
    }
  }
}
