import HujiaContainers
import HujiaMapBuild
import HujiaRoads
import Testing

@testable import HujiaRouting

/// Live traffic: every answer on an epoch's times equals plain search on those times, and an epoch that was mended is
/// the one that a full build makes, bit for bit.
@Suite struct EpochTests {
  /// The router, what builds its epochs, and the times in plain arrays (`.max` = closed).
  struct Traffic: ~Copyable {
    var world: World
    let store: EpochStore
    var times: [[UInt32]]
    var isSplit: Bool
    var mended = 0
    var built = 0

    init(_ image: MapImage, seed: UInt64, capacity: Int) throws {
      let map = image.map
      let world = try World(image, seed: seed, capacity: capacity)
      let store = try EpochStore(
        map: map, serving: world.router.metric, hasOneProfile: world.router.hasOneProfile,
        memory: .system)
      isSplit = !world.router.hasOneProfile
      self.world = world
      self.store = store
      times = [
        (0..<map.arcCount).map { map.arcNormal_ms[$0] },
        (0..<map.arcCount).map { map.arcResponse_ms[$0] },
      ]
    }

    /// A few arcs get other times: closed, opened, faster, slower, equal to another's.
    mutating func change(_ count: Int) throws {
      let map = world.image.map
      guard map.arcCount > 0 else { return }
      for _ in 0..<count {
        let arc = world.random.below(map.arcCount)
        let time_ms: UInt32 =
          switch world.random.below(6) {
          case 0: .max
          case 1: map.arcNormal_ms[arc]
          case 2: times[0][world.random.below(map.arcCount)]
          case 3: UInt32(1 + world.random.below(3)) * 1_000
          default: UInt32(1 + world.random.below(60_000))
          }
        if world.random.chance(10), !isSplit {
          store.split(try store.takeSecond())
          isSplit = true
        }
        let which = isSplit ? world.random.below(3) : 2
        for profile in Profile.allCases where which == 2 || which == Int(profile.rawValue) {
          times[Int(profile.rawValue)][arc] = time_ms
          store.set(arc: arc, profile, time_ms: time_ms)
        }
      }
    }

    /// One direction of many streets is closed, the other stays open.
    mutating func closeOneWays(_ count: Int) {
      let map = world.image.map
      for _ in 0..<count {
        let arc = world.random.below(map.arcCount)
        for profile in Profile.allCases {
          times[Int(profile.rawValue)][arc] = .max
          store.set(arc: arc, profile, time_ms: .max)
        }
      }
    }

    mutating func serve() {
      let metric = store.build(.alone)
      _ = world.router.publish(metric)
      store.published()
      built += 1
      if store.wasMended { mended += 1 }
    }

    /// The metric that answers beside one built from nothing on the same times.
    func compareWithFullBuild(_ note: String) throws {
      let map = world.image.map
      guard let hierarchy = Hierarchy(map), let served = world.router.metric else { return }
      let full = try Metric(map: map, memory: .system)
      if !served.hasOneProfile { full.split(try full.makeResponse()) }
      try full.reserveForTraffic()
      for layer in 0..<full.layers {
        for arc in 0..<map.arcCount { full.layer(layer).times[arc] = times[layer][arc] }
      }
      full.rebuild(try BuildScratch(hierarchy, memory: .system), .alone)
      #expect(full.layers == served.layers, "\(note)")
      for layer in 0..<full.layers {
        same(full.layer(layer), served.layer(layer), hierarchy, "\(note) layer \(layer)")
      }
    }

    private func same(_ full: Layer, _ mended: Layer, _ hierarchy: Hierarchy, _ note: String) {
      var differences = 0
      for arc in 0..<world.image.map.arcCount {
        if full.times[arc] != mended.times[arc] { differences += 1 }
        if full.incoming[arc].tail != mended.incoming[arc].tail { differences += 1 }
        if full.incoming[arc].time_ms != mended.incoming[arc].time_ms { differences += 1 }
      }
      for arc in 0..<hierarchy.arcCount {
        if full.costUp[arc] != mended.costUp[arc] { differences += 1 }
        if full.costDown[arc] != mended.costDown[arc] { differences += 1 }
        if full.throughUp[arc] != mended.throughUp[arc] { differences += 1 }
        if full.throughDown[arc] != mended.throughDown[arc] { differences += 1 }
      }
      for node in 0..<hierarchy.nodeCount where hierarchy.isUpper(node) {
        let start = hierarchy.row(UInt32(node))
        for entry in start...start + Int(hierarchy.depth[node]) {
          if full.timeUp[entry] != mended.timeUp[entry] { differences += 1 }
          if full.lengthUp[entry] != mended.lengthUp[entry] { differences += 1 }
          if full.rowsDown.times[entry] != mended.rowsDown.times[entry] { differences += 1 }
          if full.rowsDown.lengths[entry] != mended.rowsDown.lengths[entry] { differences += 1 }
        }
      }
      #expect(differences == 0, "\(note)")
    }
  }

  private static func image(_ seed: UInt64, grid side: Int? = nil, oneProfile: Bool = false)
    throws -> MapImage
  {
    var draft =
      side.map { RandomNetwork.grid(seed: seed, side: $0) } ?? RandomNetwork.draft(seed: seed)
    if oneProfile {
      for index in draft.streets.indices {
        let street = draft.streets[index]
        draft.streets[index].forward = street.forward.map { MapDraft.Times($0.normal_ms) }
        draft.streets[index].backward = street.backward.map { MapDraft.Times($0.normal_ms) }
      }
    }
    return try RandomNetwork.ordered(draft, rows: RandomNetwork.limits(seed))
  }

  @Test func mendedEqualsFullBuildToTheBit() throws {
    var mended = 0
    var built = 0
    for seed in 1...UInt64(Scale.count(250, full: 6_000)) {
      let image = try Self.image(seed, oneProfile: seed % 2 == 0)
      var traffic = try Traffic(image, seed: seed &* 13, capacity: 1)
      // Never, and as a rule, so many rows that all are swept instead.
      if seed % 4 != 0 { traffic.store.mending?.rowsForOne = 1 }
      for round in 0..<12 {
        try traffic.change(1 + traffic.world.random.below(4))
        traffic.serve()
        try traffic.compareWithFullBuild("seed \(seed) round \(round)")
      }
      mended += traffic.mended
      built += traffic.built
    }
    #expect(mended > built / 2)
  }

  @Test func mendedGridsEqualFullBuildsToTheBit() throws {
    for seed in 1...UInt64(Scale.count(4, full: 60)) {
      let image = try Self.image(seed, grid: 14)
      var traffic = try Traffic(image, seed: seed &* 13, capacity: 1)
      // Never, and as a rule, so many rows that all are swept instead.
      if seed % 4 != 0 { traffic.store.mending?.rowsForOne = 1 }
      for round in 0..<25 {
        try traffic.change(round % 5 == 4 ? 40 : 1 + traffic.world.random.below(3))
        traffic.serve()
        try traffic.compareWithFullBuild("seed \(seed) round \(round)")
      }
      #expect(traffic.mended >= 20)
    }
  }

  @Test func answersFollowTheEpochWhileUnitsMove() throws {
    for seed in 1...UInt64(Scale.count(120, full: 3_000)) {
      let image = try Self.image(seed, oneProfile: seed % 3 == 0)
      var traffic = try Traffic(image, seed: seed &* 29, capacity: 12)
      for round in 0..<6 {
        let note = "seed \(seed) round \(round)"
        let twin = PlainTwin(map: image.map, times: traffic.times)
        #expect(traffic.world.router.epoch == UInt64(round), "\(note)")
        for _ in 0..<3 {
          for _ in 0..<4 { traffic.world.change() }
          traffic.world.compareNearest(twin, note)
          traffic.world.compareTravel(twin, note)
          _ = traffic.world.router.maintain(traffic.world.random.below(40))
        }
        try traffic.change(1 + traffic.world.random.below(8))
        // What is set but not served yet changes no answer.
        traffic.world.compareTravel(twin, "\(note), before")
        traffic.serve()
      }
    }
  }

  @Test func answersOnGridsFollowTheEpochWhileUnitsMove() throws {
    for seed in 1...UInt64(Scale.count(2, full: 30)) {
      let image = try Self.image(seed, grid: 10)
      var traffic = try Traffic(image, seed: seed &* 29, capacity: 90)
      for round in 0..<8 {
        let note = "seed \(seed) round \(round)"
        let twin = PlainTwin(map: image.map, times: traffic.times)
        for _ in 0..<12 {
          for _ in 0..<8 { traffic.world.change() }
          traffic.world.compareNearest(twin, note)
          traffic.world.compareTravel(twin, note)
          _ = traffic.world.router.maintain(traffic.world.random.below(40))
        }
        try traffic.change(round % 2 == 0 ? 3 : 60)
        traffic.serve()
      }
    }
  }

  /// Units in mid-street that can leave through one end only, often one that lies above their cell of the tree.
  @Test func closedDirectionsOnGrids() throws {
    for seed in 1...UInt64(Scale.count(6, full: 60)) {
      let image = try Self.image(seed, grid: 16, oneProfile: true)
      var traffic = try Traffic(image, seed: seed &* 31, capacity: 150)
      for _ in 0..<150 { traffic.world.change() }
      traffic.closeOneWays(image.map.arcCount / 5)
      traffic.serve()
      let twin = PlainTwin(map: image.map, times: traffic.times)
      for _ in 0..<20 {
        for _ in 0..<6 { traffic.world.change() }
        traffic.world.compareNearest(twin, "seed \(seed)")
        traffic.world.compareTravel(twin, "seed \(seed)")
      }
    }
  }

  /// Maps without routing's sections have epochs too: times only.
  @Test func mapsWithoutLabelsFollowTheEpoch() throws {
    for seed in 1...UInt64(Scale.count(40, full: 1_000)) {
      let image = RandomNetwork.make(seed: seed)
      var traffic = try Traffic(image, seed: seed &* 29, capacity: 8)
      for round in 0..<5 {
        try traffic.change(3)
        traffic.serve()
        #expect(traffic.world.router.epoch == UInt64(round + 1))
        let twin = PlainTwin(map: image.map, times: traffic.times)
        for _ in 0..<4 { traffic.world.change() }
        traffic.world.compareNearest(twin, "seed \(seed)")
        traffic.world.compareTravel(twin, "seed \(seed)")
      }
    }
  }
}
