import HujiaContainers
import HujiaRoads
import Testing

@testable import HujiaMapBuild
@testable import HujiaRouting

/// Whatever number of routing's order is changed under right checksums, opening finds it; what it does not look at,
/// `routingUntruth` finds.
@Suite struct HierarchyFlawTests {
  private func image(_ draft: MapDraft, _ seed: UInt64) throws -> MapImage {
    try MapCompilation(draft, rows: RandomNetwork.limits(seed)).image()
  }

  @Test func whatTheBuilderMakesHasNone() throws {
    for seed in 1...UInt64(Scale.count(60, full: 1_000)) {
      let image = try image(RandomNetwork.draft(seed: seed), seed)
      #expect(image.map.flaw == nil, "seed \(seed)")
      #expect(routingFlaw(image.map) == nil, "seed \(seed)")
      let plain = MapImage(RandomNetwork.draft(seed: seed))
      #expect(routingFlaw(plain.map) == nil)
    }
    let grid = try image(RandomNetwork.grid(seed: 2, side: 13), 5)
    #expect(grid.map.flaw == nil)
    #expect(grid.map.untruth == nil)
    #expect(routingFlaw(grid.map) == nil)
    let untruth = try routingUntruth(grid.map)
    #expect(untruth == nil)
    withExtendedLifetime(grid) {}
  }

  /// A copy of the bytes, changed in one section, under right checksums. `bytes`: another size of the section.
  private func changed(
    _ image: MapImage, _ tag: UInt32, bytes: Int? = nil,
    _ change: (UnsafeMutableRawBufferPointer) -> Void, _ body: (RoadMap) throws -> Void
  ) throws {
    let copy = UnsafeMutableRawBufferPointer.allocate(
      byteCount: image.bytes.count, alignment: 64)
    defer { copy.deallocate() }
    copy.copyMemory(from: UnsafeRawBufferPointer(image.bytes))
    for index in 0..<image.map.sections.sectionCount {
      let entry = image.map.sections.entry(index)
      guard entry.tag == tag else { continue }
      change(
        UnsafeMutableRawBufferPointer(rebasing: copy[entry.offset..<entry.offset + entry.bytes]))
      let size = bytes ?? entry.bytes
      copy.storeBytes(of: UInt64(size), toByteOffset: 64 + index * 32 + 16, as: UInt64.self)
      let content = UnsafeRawBufferPointer(rebasing: copy[entry.offset..<entry.offset + size])
      copy.storeBytes(
        of: MapFormat.checksum(content), toByteOffset: 64 + index * 32 + 24, as: UInt64.self)
    }
    let table = UnsafeRawBufferPointer(
      rebasing: copy[64..<64 + image.map.sections.sectionCount * 32])
    copy.storeBytes(of: MapFormat.checksum(table), toByteOffset: 24, as: UInt64.self)
    try body(try MapReader(UnsafeRawBufferPointer(copy), path: "test").map())
  }

  /// Every element of every section, to a few values each.
  @Test(arguments: [0, 13] as [UInt64]) func everyChangedNumberIsFound(_ limits: UInt64) throws {
    let image = try image(RandomNetwork.grid(seed: 5, side: 7), limits)
    let nodes = UInt32(image.map.nodeCount)
    let words = [
      HierarchyTag.rowStart, HierarchyTag.upFirst, HierarchyTag.upHead, HierarchyTag.ofMapArc,
    ]
    for tag in words {
      let count = try #require(image.map.sections.find(tag)).count / 4
      for index in 0..<count {
        for value in [0, nodes, .max, UInt32(index)] {
          var isSame = false
          try changed(
            image, tag,
            {
              let place = $0.baseAddress.unsafelyUnwrapped + index * 4
              isSame = place.load(as: UInt32.self) == value
              place.storeBytes(of: value, as: UInt32.self)
            }
          ) { map in
            let isFound = routingFlaw(map) != nil
            #expect(isFound != isSame, "\(MapReader.name(tag)) \(index) \(value)")
          }
        }
      }
    }
    for tag in [HierarchyTag.depth, HierarchyTag.upDepth] {
      let count = try #require(image.map.sections.find(tag)).count / 2
      for index in 0..<count {
        try changed(
          image, tag,
          {
            let place = $0.baseAddress.unsafelyUnwrapped + index * 2
            place.storeBytes(of: place.load(as: UInt16.self) ^ 1, as: UInt16.self)
          }
        ) { #expect(routingFlaw($0) != nil, "\(MapReader.name(tag)) \(index)") }
      }
    }
    withExtendedLifetime(image) {}
  }

  /// Limits beyond what a node's record holds, another version, a section cut short: a flaw with a name, never a map
  /// that answers by plain search.
  @Test func forgedLimitsAreRefused() throws {
    let image = try image(RandomNetwork.grid(seed: 7, side: 9), 13)
    let facts = MemoryLayout<HierarchyFacts>.stride
    for (offset, value) in [
      (0, 1), (0, 3), (40, .max), (40, 0xffff), (44, 0xffff), (40, 1), (44, 0),
    ]
      as [(Int, UInt32)]
    {
      try changed(
        image, HierarchyTag.facts,
        { $0.storeBytes(of: value, toByteOffset: offset, as: UInt32.self) }
      ) { #expect(routingFlaw($0) != nil, "\(offset) \(value)") }
    }
    for bytes in [0, 8, 39, 41, facts - 1] {
      try changed(image, HierarchyTag.facts, bytes: bytes, { _ in }) {
        #expect(Hierarchy($0) == nil && routingFlaw($0) != nil)
      }
    }
    let metric = MemoryLayout<MetricFacts>.stride
    for bytes in [0, 8, metric - 8] {
      try changed(image, MetricTag.facts, bytes: bytes, { _ in }) {
        #expect(routingFlaw($0) != nil)
      }
    }
    for place in stride(from: 0, to: metric - 8, by: 8) {
      try changed(
        image, MetricTag.facts, { $0.storeBytes(of: 3, toByteOffset: place, as: UInt64.self) }
      ) { #expect(routingFlaw($0) != nil, "\(place)") }
    }
    withExtendedLifetime(image) {}
  }

  @Test func aForgedMetricIsNoContradictionButUntrue() throws {
    let image = try image(RandomNetwork.grid(seed: 6, side: 8), 13)
    var random = SplitMix64(17)
    for profile in 0...1 {
      for part in MetricTag.Part.allCases {
        let tag = MetricTag.tag(profile, part)
        guard let section = image.map.sections.find(tag), section.count > 0 else { continue }
        try changed(image, tag, { $0[random.below($0.count)] ^= 1 << UInt8(random.below(8)) }) {
          (map: RoadMap) throws -> Void in
          #expect(routingFlaw(map) == nil)
          let untruth = try routingUntruth(map)
          #expect(untruth != nil, "\(MapReader.name(tag))")
        }
      }
    }
    withExtendedLifetime(image) {}
  }

  /// All pairs of three hundred places on a line are joined, so every way over places between takes as long and is as
  /// far as the direct one: nodes with more than 255 arcs find lengths without following all combinations.
  @Test(.timeLimit(.minutes(2))) func manyArcsOfEqualTime() throws {
    let count = 300
    var draft = MapDraft()
    for node in 0..<count { draft.nodes.append((lat_e7: 400_000_000, lon_e7: Int32(node * 900))) }
    for high in 1..<UInt32(count) {
      for low in 0..<high {
        let times = MapDraft.Times((high - low) * 10)
        draft.streets.append(
          MapDraft.Street(
            id: UInt64(draft.streets.count), from: low, to: high, length_mm: (high - low) * 7_000,
            forward: times, backward: times))
      }
    }
    let contraction = try #require(Contraction(draft, rank: nil, mostArcs: .max))
    let order = RoutingOrder(numbers: (0..<UInt32(count)).map { $0 }, contraction: contraction)
    let image = try MapCompilation(draft, order: order, with: .order).image()
    #expect(routingFlaw(image.map) == nil)
    var router = try Router(map: image.map, unitCapacity: 1, memory: .system)
    func place(_ node: UInt32) -> Place {
      Place(
        street: 0, offset_mm: 0, node: node, gap_dm: 0, lat_e7: 400_000_000,
        lon_e7: Int32(node) * 900, isOffNetwork: false)
    }
    for (from, to) in [(299, 255), (299, 0), (255, 299), (280, 260), (270, 299), (10, 290)] {
      let travel = router.travel(
        from: place(UInt32(from)), to: place(UInt32(to)), profile: .normal)
      let apart = UInt32(abs(from - to))
      #expect(travel.travel_ms == apart * 10)
      #expect(travel.distance_dm == apart * 70)
    }
    withExtendedLifetime(image) {}
  }
}
