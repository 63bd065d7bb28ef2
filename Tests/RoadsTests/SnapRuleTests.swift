import HujiaGeography
import HujiaMapBuild
import HujiaRoads
import Testing

/// The rules of snapping that a distance alone does not give.
@Suite struct SnapRuleTests {
  private let time = MapDraft.Times(10_000)

  /// Two one-way carriageways 12 m apart, north on the right and south on the left, and a cross street in the middle.
  private func avenue() -> MapImage {
    var draft = MapDraft()
    draft.nodes = [
      (377_000_000, -1_224_000_000), (377_020_000, -1_224_000_000),
      (377_000_000, -1_223_998_630), (377_020_000, -1_223_998_630),
      (377_010_000, -1_224_020_000), (377_010_000, -1_223_980_000),
    ]
    func street(_ id: UInt64, _ from: UInt32, _ to: UInt32, both: Bool = false) {
      draft.streets.append(
        MapDraft.Street(
          id: id, from: from, to: to, length_mm: 222_390, forward: time,
          backward: both ? time : nil))
    }
    street(1, 1, 0)  // southbound, west
    street(2, 2, 3)  // northbound, east
    street(3, 4, 5, both: true)
    return MapImage(draft)
  }

  private func street(_ image: MapImage, lon_e7: Int32, heading_cdeg: Int32, speed_cms: Int32)
    -> UInt64
  {
    let place = image.map.snap(
      lat_e7: 377_005_000, lon_e7: lon_e7, heading_cdeg: heading_cdeg, speed_cms: speed_cms,
      limit_mm: 250_000)
    return image.map.streetID[Int(place.street)]
  }

  @Test func headingAndSpeedChooseTheCarriageway() {
    let image = avenue()
    let nearWest: Int32 = -1_223_999_600
    #expect(street(image, lon_e7: nearWest, heading_cdeg: .min, speed_cms: 1_000) == 1)
    #expect(street(image, lon_e7: nearWest, heading_cdeg: 18_000, speed_cms: 1_000) == 1)
    #expect(street(image, lon_e7: nearWest, heading_cdeg: 100, speed_cms: 1_000) == 2)
    #expect(street(image, lon_e7: nearWest, heading_cdeg: 35_999, speed_cms: 1_000) == 2)
    // At a walk a heading is noise.
    #expect(street(image, lon_e7: nearWest, heading_cdeg: 100, speed_cms: 100) == 1)
    #expect(street(image, lon_e7: nearWest, heading_cdeg: 100, speed_cms: .min) == 1)
    // Twelve metres apart, the heading decides even from the far side; a street far away never wins by it.
    #expect(street(image, lon_e7: -1_224_002_500, heading_cdeg: 100, speed_cms: 1_000) == 2)
    let across = image.map.snap(
      lat_e7: 377_010_000, lon_e7: -1_224_015_000, heading_cdeg: 0, speed_cms: 1_000,
      limit_mm: 250_000)
    #expect(image.map.streetID[Int(across.street)] == 3)
    withExtendedLifetime(image) {}
  }

  @Test func aCrossStreetCountsAsFarther() {
    let image = avenue()
    // 5 m south of the cross street, 6 m east of the northbound lanes, driving north.
    let place = image.map.snap(
      lat_e7: 377_009_550, lon_e7: -1_223_997_950, heading_cdeg: 0, speed_cms: 1_000,
      limit_mm: 250_000)
    #expect(image.map.streetID[Int(place.street)] == 2)
    let parked = image.map.snap(lat_e7: 377_009_550, lon_e7: -1_223_997_950, limit_mm: 250_000)
    #expect(image.map.streetID[Int(parked.street)] == 3)
    withExtendedLifetime(image) {}
  }

  /// Exactly on a node wins over a foreign street through the same spot, whichever has the lower number.
  @Test(arguments: [false, true]) func theNodeWins(isForeignFirst: Bool) {
    var draft = MapDraft()
    draft.nodes = [
      (377_000_000, -1_224_000_000), (377_010_000, -1_224_000_000),
      (377_000_000, -1_224_010_000), (377_000_000, -1_223_990_000),
    ]
    let own = MapDraft.Street(
      id: 1, from: 0, to: 1, length_mm: 111_195, forward: time, backward: time)
    let foreign = MapDraft.Street(
      id: 2, from: 2, to: 3, length_mm: 175_900, forward: time, backward: time)
    draft.streets = isForeignFirst ? [foreign, own] : [own, foreign]
    let image = MapImage(draft)
    let place = image.map.snap(lat_e7: 377_000_000, lon_e7: -1_224_000_000, limit_mm: 250_000)
    #expect(place.node == 0)
    #expect(image.map.streetID[Int(place.street)] == 1)
    withExtendedLifetime(image) {}
  }

  @Test func withinHalfAMetreOfANodeIsAtIt() {
    let image = avenue()
    for (step_e7, node) in [(0, 0), (44, 0), (46, -1)] as [(Int32, Int)] {
      let place = image.map.snap(
        lat_e7: 377_000_000 + step_e7, lon_e7: -1_224_000_000, limit_mm: 250_000)
      #expect(place.node == (node < 0 ? Place.none : UInt32(node)), "\(step_e7)")
      if node >= 0 { #expect(image.map.point(of: place).lat_e7 == 377_000_000) }
      #expect(place.lat_e7 == 377_000_000 + step_e7)
    }
    withExtendedLifetime(image) {}
  }

  @Test func beyondTheLimitIsMarkedAndAnswered() {
    let image = avenue()
    let near = image.map.snap(lat_e7: 377_005_000, lon_e7: -1_224_022_700, limit_mm: 250_000)
    #expect(!near.isOffNetwork)
    let far = image.map.snap(lat_e7: 377_005_000, lon_e7: -1_224_070_000, limit_mm: 250_000)
    #expect(far.isOffNetwork)
    #expect(far.isOnStreets)
    #expect(far.gap_dm > 2_500)
    // Off the planet's usual places: an answer all the same, and no trap.
    for (lat, lon) in [(.min, .max), (.max, .min), (0, 0), (900_000_000, 1_800_000_000)]
      as [(Int32, Int32)]
    {
      for heading in [Int32.min, -1, 0, 35_999, .max] {
        let place = image.map.snap(
          lat_e7: lat, lon_e7: lon, hint: 1, heading_cdeg: heading, speed_cms: .max, limit_mm: 0)
        #expect(place.isOffNetwork)
      }
    }
    withExtendedLifetime(image) {}
  }

  /// One long diagonal leaves the corner cells empty; from other continents it is found all the same.
  @Test func emptyCornersSeenFromAfar() {
    var draft = MapDraft()
    draft.nodes = [(377_000_000, -1_224_000_000), (379_000_000, -1_220_000_000)]
    draft.streets = [
      MapDraft.Street(
        id: 1, from: 0, to: 1, length_mm: 40_000_000,
        inner: (1..<40).map { (377_000_000 + $0 * 5_000, -1_224_000_000 + $0 * 10_000) },
        forward: time, backward: time)
    ]
    let image = MapImage(draft)
    for lat in [-900_000_000, 0, 378_900_000, 900_000_000] as [Int32] {
      for lon in [-1_800_000_000, -1_223_900_000, -1_220_100_000, 0, 1_800_000_000] as [Int32] {
        let place = image.map.snap(lat_e7: lat, lon_e7: lon, limit_mm: 1_000)
        #expect(place.street == 0, "\(lat) \(lon)")
        #expect(place.isOffNetwork, "\(lat) \(lon)")
      }
    }
    withExtendedLifetime(image) {}
  }
}
