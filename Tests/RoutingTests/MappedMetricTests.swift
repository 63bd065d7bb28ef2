import HujiaContainers
import HujiaMapBuild
import HujiaRoads
import Testing

@testable import HujiaRouting

/// The first metric as it stands in the map: the same bits as one built at open, the same answers, and no crash on
/// whatever a damaged or forged file puts in its place.
@Suite struct MappedMetricTests {
  private func image(_ draft: MapDraft, _ seed: UInt64) throws -> MapImage {
    try MapCompilation(draft, rows: RandomNetwork.limits(seed)).image()
  }

  private func expectSame(_ a: LayerView, _ b: LayerView, _ map: RoadMap, _ note: String) throws {
    let hierarchy = try #require(Hierarchy(map))
    let one = try #require(a.labels)
    let two = try #require(b.labels)
    func same<Element>(_ x: UnsafePointer<Element>, _ y: UnsafePointer<Element>, _ count: Int) {
      let bytes = count * MemoryLayout<Element>.stride
      let isSame =
        UnsafeRawBufferPointer(start: x, count: bytes)
        .elementsEqual(UnsafeRawBufferPointer(start: y, count: bytes))
      #expect(isSame, "\(note)")
    }
    same(a.times_ms, b.times_ms, map.arcCount)
    same(one.incoming, two.incoming, map.arcCount)
    for (x, y) in [(one.up, two.up), (one.down, two.down)] {
      same(x.costs, y.costs, hierarchy.arcCount)
      same(x.through, y.through, hierarchy.arcCount)
      same(x.times, y.times, hierarchy.labelEntries)
      same(x.lengths, y.lengths, hierarchy.labelEntries)
    }
  }

  @Test func theFileHoldsWhatABuildMakes() throws {
    for seed in 1...UInt64(Scale.count(60, full: 600)) {
      let draft =
        seed % 4 == 0
        ? RandomNetwork.grid(seed: seed, side: 14) : RandomNetwork.draft(seed: seed)
      let image = try image(draft, seed)
      let map = image.map
      #expect(map.sections.damage == nil)
      let hierarchy = try #require(Hierarchy(map))
      let mapped = try #require(MappedMetric(map, hierarchy))
      let built = try Metric(map: map, memory: .system)
      try built.take(normal_ms: map.arcNormal_ms, response_ms: map.arcResponse_ms)
      try built.build()
      #expect(mapped.hasOneProfile == built.hasOneProfile)
      try expectSame(mapped.normal, built.view(.normal), map, "seed \(seed) normal")
      try expectSame(mapped.response, built.view(.response), map, "seed \(seed) response")
      withExtendedLifetime((image, built)) {}
    }
  }

  @Test func answersEqualAllPairs() throws {
    for seed in 1...UInt64(Scale.count(60, full: 1_000)) {
      let image = try image(RandomNetwork.draft(seed: seed), seed)
      let twin = PlainTwin(map: image.map)
      var world = try World(image, seed: seed &* 13, capacity: 12)
      #expect(world.router.epoch == 0)
      for _ in 0..<10 {
        for _ in 0..<4 { world.change() }
        world.compareNearest(twin, "seed \(seed)")
        world.compareTravel(twin, "seed \(seed)")
      }
    }
  }

  /// Long ways, many of equal time.
  @Test func lengthsOnGridsEqualAllPairs() throws {
    for seed in 1...UInt64(Scale.count(3, full: 40)) {
      let image = try image(RandomNetwork.grid(seed: seed, side: 13), seed)
      let twin = PlainTwin(map: image.map)
      var world = try World(image, seed: seed &* 7, capacity: 40)
      for _ in 0..<60 {
        for _ in 0..<4 { world.change() }
        world.compareTravel(twin, "seed \(seed)")
        world.compareNearest(twin, "seed \(seed)")
      }
    }
  }

  /// Asks everything that reads the metric; only returning at all is expected.
  private func exercise(_ map: RoadMap, _ random: inout SplitMix64) throws {
    var router = try Router(map: map, unitCapacity: 40, leafNodes: 8, memory: .system)
    for unit in 0..<40 as Range<UInt32> {
      router.put(
        unit: unit, id: UInt64(unit), capabilities: 1, level: 0, agency: 0,
        availableUntil_us: .max, crew: 1, place: RandomNetwork.place(on: map, &random))
    }
    let none = NearestUnit(unit: .max, travel_ms: 0, distance_dm: 0, isStraightLine: false)
    var found = [NearestUnit](repeating: none, count: 40)
    var points = [RoutePoint](
      repeating: RoutePoint(lat_e7: 0, lon_e7: 0, time_ms: 0, distance_dm: 0, street: 0),
      count: 500)
    for _ in 0..<6 {
      let from = RandomNetwork.place(on: map, &random)
      let to = RandomNetwork.place(on: map, &random)
      router.move(unit: UInt32(random.below(40)), to: from)
      for profile in Profile.allCases {
        _ = router.travel(from: from, to: to, profile: profile)
        _ = router.travelTime(from: from, to: to, profile: profile)
        let answer = router.route(
          from: from, to: to, profile: profile, into: &points, capacity: points.count)
        #expect(answer.needed >= 1)
        for way in Router.NearestWay.allCases {
          let count = router.nearest(
            to: to, filter: UnitFilter(), limit: 8, profile: profile, by: way, into: &found)
          #expect(count <= 8)
          for index in 0..<count { #expect(found[index].unit < 40) }
        }
      }
    }
  }

  /// One byte, a run of bytes, or a whole table replaced: opened all the same, found by a look, and never a crash.
  @Test(arguments: [0, 14] as [UInt64]) func damageIsFoundAndHarmless(_ limits: UInt64) throws {
    var random = SplitMix64(99)
    let image = try image(RandomNetwork.grid(seed: 5, side: 24), limits)
    let copy = UnsafeMutableRawBufferPointer.allocate(
      byteCount: image.bytes.count, alignment: 64)
    defer { copy.deallocate() }
    let large = (0..<image.map.sections.sectionCount).map { image.map.sections.entry($0) }
      .filter { MapFormat.isVerifiedLater($0.tag, bytes: $0.bytes) }
    #expect(large.count >= 6)
    for round in 0..<Scale.count(120, full: 3_000) {
      copy.copyMemory(from: UnsafeRawBufferPointer(image.bytes))
      let section = large[round % large.count]
      let isWhole = round % 3 == 0
      let first = isWhole ? 0 : random.below(section.bytes)
      let count = isWhole ? section.bytes : min(1 + random.below(400), section.bytes - first)
      let pattern = random.below(4)
      var isChanged = false
      for offset in first..<first + count {
        let old = copy[section.offset + offset]
        let new = [0, 255, UInt8(truncatingIfNeeded: random.next()), old ^ 4][pattern]
        copy[section.offset + offset] = new
        isChanged = isChanged || old != new
      }
      let map = try MapReader(UnsafeRawBufferPointer(copy), path: "test").map()
      #expect(map.sections.damage == (isChanged ? MapReader.name(section.tag) : nil))
      try exercise(map, &random)
    }
    withExtendedLifetime(image) {}
  }
}
