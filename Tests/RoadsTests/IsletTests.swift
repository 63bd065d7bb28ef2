import HujiaMapBuild
import HujiaRoads
import HujiaTestSupport
import Testing

/// Places beside streets that lead nowhere, on the real things small.
@Suite struct IsletTests {
  /// Metres east and north of a corner in Piedmont, as coordinates.
  private func at(_ x: Int, _ y: Int) -> (lat_e7: Int32, lon_e7: Int32) {
    (450_000_000 + Int32(y * 90), 70_000_000 + Int32(x * 127))
  }

  /// A main road of six crossings, a car park of three 15 m beside it, and another one 2 km away.
  private func carParks(mainTimes: MapDraft.Times? = MapDraft.Times(1)) -> MapImage {
    var draft = MapDraft()
    for index in 0..<7 { draft.nodes.append(at(index * 100, 0)) }
    draft.nodes += [at(200, 15), at(280, 15), at(280, 30), at(200, 2_000), at(280, 2_000)]
    let pairs: [(UInt32, UInt32)] = [
      (0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 6), (7, 8), (8, 9), (10, 11),
    ]
    for (index, pair) in pairs.enumerated() {
      draft.streets.append(
        MapDraft.Street(
          id: UInt64(index), from: pair.0, to: pair.1, length_mm: 100_000,
          forward: MapDraft.Times(10_000), backward: MapDraft.Times(10_000)))
    }
    return MapImage(draft)
  }

  @Test func aPlaceOnAnIsletBesideTheRoadBelongsToTheRoad() {
    let image = carParks()
    let place = at(240, 15)
    let snapped = image.map.snap(
      lat_e7: place.lat_e7, lon_e7: place.lon_e7, hint: 6, limit_mm: 250_000)
    #expect(snapped.street == 2)
    #expect(!snapped.isOffNetwork)
    #expect((148...152).contains(snapped.gap_dm))
    // With a limit of 10 m the road is too far, and the car park is what there is.
    let near = image.map.snap(lat_e7: place.lat_e7, lon_e7: place.lon_e7, limit_mm: 10_000)
    #expect(near.street == 6)
    #expect(near.gap_dm == 0)
    withExtendedLifetime(image) {}
  }

  @Test func farFromTheRoadAnIsletIsWhatThereIs() {
    let image = carParks()
    let place = at(240, 2_000)
    let snapped = image.map.snap(lat_e7: place.lat_e7, lon_e7: place.lon_e7, limit_mm: 250_000)
    #expect(snapped.street == 8)
    #expect(snapped.gap_dm == 0)
    #expect(!snapped.isOffNetwork)
    withExtendedLifetime(image) {}
  }

  /// Two banks of a river of like size: neither is an islet of the other.
  @Test func aTownOnTwoBanksKeepsBoth() {
    var draft = MapDraft()
    for y in [0, 60] { for x in 0..<4 { draft.nodes.append(at(x * 100, y)) } }
    for first in [0, 1, 2, 4, 5, 6] as [UInt32] {
      draft.streets.append(
        MapDraft.Street(
          id: UInt64(first), from: first, to: first + 1, length_mm: 100_000,
          forward: MapDraft.Times(10_000), backward: MapDraft.Times(10_000)))
    }
    let image = MapImage(draft)
    let place = at(150, 58)
    #expect(
      image.map.snap(lat_e7: place.lat_e7, lon_e7: place.lon_e7, limit_mm: 250_000).street == 4)
    withExtendedLifetime(image) {}
  }

  /// An island of 64 crossings beside a city of a thousand has its own police car.
  @Test func anIslandOf64CrossingsIsNoIslet() {
    for (island, isIslet) in [(63, true), (64, false)] {
      var draft = MapDraft()
      func row(_ count: Int, _ y: Int) {
        let first = UInt32(draft.nodes.count)
        for x in 0..<count { draft.nodes.append(at(x * 20, y)) }
        for node in first..<first + UInt32(count) - 1 {
          draft.streets.append(
            MapDraft.Street(
              id: UInt64(node), from: node, to: node + 1, length_mm: 20_000,
              forward: MapDraft.Times(1_000), backward: MapDraft.Times(1_000)))
        }
      }
      row(1_000, 0)
      row(island, 100)
      let image = MapImage(draft)
      let place = at(110, 100)
      let snapped = image.map.snap(lat_e7: place.lat_e7, lon_e7: place.lon_e7, limit_mm: 250_000)
      #expect((snapped.street < 999) == isIslet, "\(island)")
      withExtendedLifetime(image) {}
    }
  }

  /// A stub that can only be left, drawn one-way by mistake: the road beside it is where one can drive to.
  @Test func aStubThatCanOnlyBeLeftIsAnIslet() {
    var draft = MapDraft()
    draft.nodes = [at(0, 0), at(500, 0), at(1_000, 0), at(520, 12), at(600, 12)]
    for (index, pair) in ([(0, 1), (1, 2), (4, 3), (3, 1)] as [(UInt32, UInt32)]).enumerated() {
      draft.streets.append(
        MapDraft.Street(
          id: UInt64(index), from: pair.0, to: pair.1, length_mm: 100_000,
          forward: MapDraft.Times(10_000), backward: index < 2 ? MapDraft.Times(10_000) : nil))
    }
    let image = MapImage(draft)
    let place = at(580, 12)
    let snapped = image.map.snap(lat_e7: place.lat_e7, lon_e7: place.lon_e7, limit_mm: 250_000)
    #expect(snapped.street == 1)
    withExtendedLifetime(image) {}
  }
}
