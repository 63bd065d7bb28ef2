import HujiaGeography
import HujiaMapBuild
import HujiaRoads
import HujiaTestSupport
import Testing

/// Snapping beside a look at every segment of the map.
@Suite struct SnapTests {
  /// The distance to a segment in whole millimetres, rounded down, in 128-bit integers.
  private func gap_mm(_ map: RoadMap, _ segment: Int, _ lat_e7: Int32, _ lon_e7: Int32) -> Int64 {
    let scale = Distance.lonScale(lat_e7: lat_e7)
    func x(_ point: Int) -> Int128 {
      Int128(Distance.axis_mm(Int64(map.pointLon_e7[point]) - Int64(lon_e7), scale))
    }
    func y(_ point: Int) -> Int128 {
      Int128(
        Distance.axis_mm(Int64(map.pointLat_e7[point]) - Int64(lat_e7), Distance.latScale))
    }
    func root(_ square: Int128) -> Int64 { Distance.root(UInt64(square)) }
    let ax = x(segment)
    let ay = y(segment)
    let dx = x(segment + 1) - ax
    let dy = y(segment + 1) - ay
    let dot = -ax * dx - ay * dy
    let length2 = dx * dx + dy * dy
    if dot <= 0 { return root(ax * ax + ay * ay) }
    if dot >= length2 { return root((ax + dx) * (ax + dx) + (ay + dy) * (ay + dy)) }
    let cross = ax * dy - ay * dx
    return root(cross * cross / length2)
  }

  /// Of the streets that will do the least distance, and those that have it.
  private func nearest(
    _ map: RoadMap, _ lat_e7: Int32, _ lon_e7: Int32, _ willDo: (Int) -> Bool = { _ in true }
  ) -> (gap_mm: Int64, streets: Set<UInt32>) {
    var best = (gap_mm: Int64.max, streets: Set<UInt32>())
    for street in 0..<map.streetCount where willDo(street) {
      for segment in Int(map.streetFirstPoint[street])..<Int(map.streetFirstPoint[street + 1]) - 1 {
        let gap = gap_mm(map, segment, lat_e7, lon_e7)
        if gap < best.gap_mm { best = (gap, []) }
        if gap == best.gap_mm { best.streets.insert(UInt32(street)) }
      }
    }
    return best
  }

  private func compare(
    _ map: RoadMap, _ islets: Set<Int>, _ random: inout SplitMix64, spread_e7: Int, seed: UInt64
  ) {
    let far = random.chance(10) ? 20_000_000 : spread_e7 / 4
    let lat = Int32(377_000_000 - far + random.below(spread_e7 + 2 * far))
    let lon = Int32(-1_224_000_000 - far + random.below(spread_e7 + 2 * far))
    var truth = nearest(map, lat, lon)
    let mainland = nearest(map, lat, lon) { !islets.contains($0) }
    let reach_mm = truth.gap_mm <= 100_000 ? 100_000 : max(100_000, truth.gap_mm * 2)
    if mainland.gap_mm <= reach_mm { truth = mainland }
    let place = map.snap(lat_e7: lat, lon_e7: lon, limit_mm: 100_000)
    #expect(truth.streets.contains(place.street), "seed \(seed): \(lat) \(lon)")
    #expect(place.gap_dm == UInt32(clamping: truth.gap_mm / 100))
    #expect(place.isOffNetwork == (truth.gap_mm > 100_000))
    #expect(place.offset_mm <= map.streetLength_mm[Int(place.street)])
    let isTied = truth.streets.count > 1
    if isTied, place.node == Place.none {
      #expect(place.street == truth.streets.min(), "seed \(seed): \(lat) \(lon)")
    }
    for _ in 0..<3 {
      let hint = random.chance(20) ? UInt32.max : UInt32(random.below(map.streetCount))
      #expect(map.snap(lat_e7: lat, lon_e7: lon, hint: hint, limit_mm: 100_000) == place)
      // The street before never wins where another one fits as well or better, whatever the heading says.
      let heading = Int32(random.below(36_000))
      let speed = Int32(random.below(900))
      let moving = map.snap(
        lat_e7: lat, lon_e7: lon, heading_cdeg: heading, speed_cms: speed, limit_mm: 100_000)
      let hinted = map.snap(
        lat_e7: lat, lon_e7: lon, hint: random.chance(50) ? hint : place.street,
        heading_cdeg: heading, speed_cms: speed, limit_mm: 100_000)
      #expect(hinted == moving, "seed \(seed): \(lat) \(lon) heading \(heading)")
    }
  }

  /// Streets with an end from which one cannot drive to the largest part and back, if its own part is small: fewer than
  /// 64 junctions and less than half of the largest.
  private func islets(_ map: RoadMap) -> Set<Int> {
    let n = map.nodeCount
    var leads = [Bool](repeating: false, count: n * n)
    for node in 0..<n { leads[node * n + node] = true }
    for arc in 0..<map.arcCount { leads[Int(map.arcTail[arc]) * n + Int(map.arcHead[arc])] = true }
    for middle in 0..<n {
      for from in 0..<n where leads[from * n + middle] {
        for to in 0..<n where leads[middle * n + to] { leads[from * n + to] = true }
      }
    }
    let sizes = (0..<n).map { node in
      (0..<n).count { leads[node * n + $0] && leads[$0 * n + node] }
    }
    let largest = sizes.max() ?? 0
    return Set(
      (0..<map.streetCount).filter { street in
        [true, false].contains { isFirst in
          let size = sizes[Int(map.end(of: UInt32(street), isFirst: isFirst))]
          return size < 64 && size * 2 < largest
        }
      })
  }

  @Test func equalsALookAtEverySegment() {
    for seed in 0..<UInt64(Scale.count(60, full: 2_000)) {
      var random = SplitMix64(seed &+ 1_000)
      // From a few houses to half a country, some with coordinates on a coarse raster, so that ties are common.
      let spread = [3_000, 200_000, 3_000_000, 40_000_000][Int(seed % 4)]
      let draft = SmallMaps.draft(
        seed: seed, spread_e7: spread, coarse_e7: seed % 3 == 0 ? spread / 8 : 1)
      guard !draft.streets.isEmpty else { continue }
      let image = MapImage(draft)
      let islets = islets(image.map)
      for _ in 0..<30 { compare(image.map, islets, &random, spread_e7: spread, seed: seed) }
      withExtendedLifetime(image) {}
    }
  }

  /// The place lies where it says it lies: snapping it again finds it again, at no distance.
  @Test func snappingASnappedPlaceStays() {
    var random = SplitMix64(77)
    for seed in 0..<UInt64(40) {
      let draft = SmallMaps.draft(seed: seed)
      guard !draft.streets.isEmpty else { continue }
      let image = MapImage(draft)
      for _ in 0..<20 {
        let street = UInt32(random.below(image.map.streetCount))
        let length = Int(image.map.streetLength_mm[Int(street)])
        let point = image.map.point(street: street, offset_mm: UInt32(random.below(length + 1)))
        let place = image.map.snap(lat_e7: point.lat_e7, lon_e7: point.lon_e7, limit_mm: 20)
        #expect(place.gap_dm == 0, "seed \(seed) street \(street)")
        #expect(!place.isOffNetwork)
      }
      withExtendedLifetime(image) {}
    }
  }

  /// Ends of a street, and offsets in between, are where the shape says.
  @Test func pointsAlongAStreet() {
    var draft = MapDraft()
    draft.nodes = [(0, 0), (0, 20_000)]
    draft.streets = [
      MapDraft.Street(
        id: 1, from: 0, to: 1, length_mm: 400_000, inner: [(10_000, 0), (10_000, 20_000)],
        forward: MapDraft.Times(1), backward: nil)
    ]
    let image = MapImage(draft)
    let map = image.map
    #expect(map.point(street: 0, offset_mm: 0) == (0, 0))
    #expect(map.point(street: 0, offset_mm: 400_000) == (0, 20_000))
    #expect(map.point(street: 0, offset_mm: .max) == (0, 20_000))
    // The shape is 1 + 2 + 1 parts, stretched to 400 m.
    let bend = map.point(street: 0, offset_mm: 100_000)
    #expect(abs(bend.lat_e7 - 10_000) <= 1)
    #expect(abs(bend.lon_e7) <= 1)
    let middle = map.point(street: 0, offset_mm: 200_000)
    #expect(middle.lat_e7 == 10_000)
    #expect(abs(middle.lon_e7 - 10_000) <= 1)
    withExtendedLifetime(image) {}
  }
}
