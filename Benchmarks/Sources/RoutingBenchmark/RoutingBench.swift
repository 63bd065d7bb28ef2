// Questions and changes on one router, each timed alone at fresh random places, as a call of a host would find it.

import HujiaContainers
import HujiaRoads
import HujiaRouting

struct RoutingBench: ~Copyable {
  let file: MapFile
  let map: RoadMap
  var router: Router
  var random = Random(7)
  var places: [Place] = []
  var answer: [NearestUnit]

  init(_ file: MapFile, unitCapacity: Int) throws {
    self.file = file
    map = file.map
    router = try Router(map: file.map, unitCapacity: unitCapacity, memory: .system)
    answer = Array(
      repeating: NearestUnit(unit: 0, travel_ms: 0, distance_dm: 0, isStraightLine: false),
      count: 64)
  }

  mutating func place() -> Place {
    let street = UInt32(random.below(map.streetCount))
    let offset = UInt32(random.below(Int(map.streetLength_mm[Int(street)])))
    return placed(street, offset)
  }

  func placed(_ street: UInt32, _ offset_mm: UInt32) -> Place {
    let point = map.point(street: street, offset_mm: offset_mm)
    return Place(
      street: street, offset_mm: offset_mm, node: Place.none, gap_dm: 0, lat_e7: point.lat_e7,
      lon_e7: point.lon_e7, isOffNetwork: false)
  }

  mutating func atNode() -> Place {
    var place = place()
    place.node = map.end(of: place.street, isFirst: true)
    return place
  }

  /// 30 % have capability 1, 1 % capability 2.
  mutating func fill(to wanted: Int) {
    while places.count < wanted {
      let at = place()
      let dice = random.below(100)
      router.put(
        unit: UInt32(places.count), id: UInt64(places.count),
        capabilities: (dice < 30 ? 1 : 0) | (dice == 99 ? 2 : 0), level: 0, agency: 0,
        availableUntil_us: .max, crew: 1, place: at)
      places.append(at)
    }
    while router.maintain(1_000) {}
  }
}

// Travel
extension RoutingBench {
  mutating func travel(_ rows: Rows) {
    var sum: UInt64 = 0
    var samples: [Int] = []
    for kind in ["node to node", "mid-street to mid-street"] {
      // As the row through the C interface: 4,096 pairs drawn before, 16 a sample.
      let ends = (0..<8_192).map { _ in kind == "node to node" ? atNode() : place() }
      samples = []
      for _ in 0..<6_000 {
        let first = random.below(256) * 32
        let start = now_ns()
        for index in stride(from: first, to: first + 32, by: 2) {
          sum &+= UInt64(
            router.travelTime(from: ends[index], to: ends[index + 1], profile: .response).travel_ms)
        }
        samples.append((now_ns() - start) / 16)
      }
      rows.show("travel time, \(kind)", samples)
    }
    samples = []
    for _ in 0..<50_000 {
      let from = place()
      let to = place()
      let start = now_ns()
      sum &+= UInt64(router.travel(from: from, to: to, profile: .response).distance_dm)
      samples.append(now_ns() - start)
    }
    rows.show("travel time and distance", samples)
    route(rows, &sum)
    precondition(sum != 0)
  }

  private mutating func route(_ rows: Rows, _ sum: inout UInt64) {
    var points = [RoutePoint](
      repeating: RoutePoint(lat_e7: 0, lon_e7: 0, time_ms: 0, distance_dm: 0, street: 0),
      count: 5_000)
    var samples: [Int] = []
    var counted = 0
    for _ in 0..<5_000 {
      let from = place()
      let to = place()
      let start = now_ns()
      let needed = router.route(
        from: from, to: to, profile: .response, into: &points, capacity: points.count
      ).needed
      let took_ns = now_ns() - start
      if needed >= 300, needed < 400 { samples.append(took_ns) }
      counted += needed
    }
    sum &+= UInt64(counted)
    rows.show("route of 300 to 400 points, points included", samples)
  }
}

// Nearest units
extension RoutingBench {
  private mutating func ask(
    _ capabilities: UInt64, by way: Router.NearestWay?, times: Int, limit: Int = 8
  ) -> [Int] {
    var samples: [Int] = []
    let filter = UnitFilter(capabilities: capabilities)
    for _ in 0..<times {
      let goal = place()
      let start = now_ns()
      if let way {
        _ = router.nearest(
          to: goal, filter: filter, limit: limit, profile: .response, by: way, into: &answer)
      } else {
        _ = router.nearest(
          to: goal, filter: filter, limit: limit, profile: .response, into: &answer)
      }
      samples.append(now_ns() - start)
    }
    return samples
  }

  mutating func nearest(_ rows: Rows) {
    for count in [100, 1_000, 10_000, 100_000] {
      fill(to: count)
      rows.show("8 nearest of \(count)", ask(0, by: nil, times: 20_000))
      rows.show("  by plain Dijkstra", ask(0, by: .plain, times: 100))
      if count < 10_000 { continue }
      rows.show("8 nearest of the 30 % that match of \(count)", ask(1, by: nil, times: 20_000))
      rows.show("8 nearest of the 1 % that match of \(count)", ask(2, by: nil, times: 20_000))
    }
  }

  /// The ways beside each other, around the numbers of units where one overtakes the other.
  mutating func switches(_ rows: Rows) {
    for count in [8, 16, 32, 48, 64, 96, 128, 192, 256, 512, 1_024, 1_400, 2_048] {
      fill(to: count)
      let ways: [Router.NearestWay] =
        count < 512 ? [.labels, .cells] : [.labels, .cells, .network]
      for way in ways {
        rows.show("switch: 8 of \(count) by \(way)", ask(0, by: way, times: 4_000))
      }
    }
    for count in [4_096, 16_384, 32_768, 65_536, 131_072, 262_144, 1_048_576] {
      fill(to: count)
      for limit in [2, 8, 32] {
        for way in [Router.NearestWay.cells, .network] {
          let settled = limit * map.nodeCount / count
          rows.show(
            "switch: \(limit) of \(count) (\(settled) settled) by \(way)",
            ask(0, by: way, times: 2_000, limit: limit))
        }
      }
    }
  }

  /// For a profiler: nothing but 8-nearest questions.
  mutating func profile(_ rows: Rows) {
    for count in [100, 1_000, 10_000] {
      fill(to: count)
      let goals = (0..<8_192).map { _ in place() }
      let start = spent_ns()
      for index in 0..<400_000 {
        _ = router.nearest(
          to: goals[index & 8_191], filter: UnitFilter(), limit: 8, profile: .response,
          into: &answer)
      }
      rows.show("8 nearest of \(count), processor time", Double(spent_ns() - start) / 4e8, "us")
    }
  }
}

// Moving units
extension RoutingBench {
  mutating func units(_ rows: Rows) {
    for count in [10_000, 1_000_000] {
      let before = resident_MiB()
      let known = places.count
      fill(to: count)
      let held = Double(resident_MiB().own - before.own) * 1_048_576
      if count - known > 500_000 {
        rows.show("memory a unit, to \(count)", held / Double(count - known), "bytes")
      }
      cross(rows, count)
      var samples: [Int] = []
      for _ in 0..<100_000 {
        let unit = random.below(count)
        var to = places[unit]
        to.offset_mm = UInt32(random.below(Int(map.streetLength_mm[Int(to.street)])))
        let start = now_ns()
        router.move(unit: UInt32(unit), to: to)
        samples.append(now_ns() - start)
      }
      rows.show("a unit reports from the same street, of \(count)", samples)
      lonely(rows, count)
    }
  }

  /// To a street at one end of its own.
  private mutating func cross(_ rows: Rows, _ count: Int) {
    var samples: [Int] = []
    for _ in 0..<100_000 {
      let unit = random.below(count)
      let node = map.end(of: places[unit].street, isFirst: random.below(2) == 0)
      let first = Int(map.firstOut[Int(node)])
      let out = first + random.below(Int(map.firstOut[Int(node) + 1]) - first)
      let street = map.arcStreet[out]
      let to = placed(street, UInt32(random.below(Int(map.streetLength_mm[Int(street)]))))
      let start = now_ns()
      router.move(unit: UInt32(unit), to: to)
      samples.append(now_ns() - start)
      places[unit] = to
    }
    rows.show("a unit crosses to the next street, of \(count)", samples)
  }

  /// Fewer units match than are asked for: the rest of the answer would be estimates.
  private mutating func lonely(_ rows: Rows, _ count: Int) {
    for unit in 0..<3 as Range<UInt32> {
      router.put(
        unit: unit, id: UInt64(unit), capabilities: 4, level: 0, agency: 0,
        availableUntil_us: .max, crew: 1, place: places[Int(unit)])
    }
    rows.show("8 asked for, 3 match, of \(count)", ask(4, by: nil, times: 1_000))
  }

  /// A fix 2 m beside its street, as `hj_positions_report` snaps it.
  mutating func snap(_ rows: Rows) {
    for kind in ["the street before", "nothing known", "another street"] {
      var samples: [Int] = []
      for _ in 0..<100_000 {
        let at = place()
        let hint =
          kind == "the street before"
          ? at.street : kind == "nothing known" ? Place.none : UInt32(random.below(map.streetCount))
        let start = now_ns()
        let found = map.snap(
          lat_e7: at.lat_e7 + 180, lon_e7: at.lon_e7 + 180, hint: hint, heading_cdeg: 9_000,
          speed_cms: 900, limit_mm: 250_000)
        samples.append(now_ns() - start)
        precondition(found.isOnStreets)
      }
      rows.show("a fix is snapped, hint: \(kind)", samples)
    }
  }
}
