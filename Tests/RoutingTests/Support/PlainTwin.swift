import HujiaRoads

@testable import HujiaRouting

/// The obvious answer: all pairs of nodes by Floyd and Warshall, then every combination of ends. Times first, then
/// millimetres. Knows nothing of the router's code beyond the map itself.
struct PlainTwin {
  struct Value: Equatable, Comparable {
    var ms: UInt64
    var mm: UInt64
    static let never = Value(ms: .max / 4, mm: 0)
    static func < (a: Value, b: Value) -> Bool { (a.ms, a.mm) < (b.ms, b.mm) }
    static func + (a: Value, b: Value) -> Value { Value(ms: a.ms + b.ms, mm: a.mm + b.mm) }
    /// 2²⁹ − 1 ms and more is no way.
    var isReachable: Bool { ms < 0x1fff_ffff }
  }

  struct Unit {
    var index: UInt32
    var id: UInt64
    var capabilities: UInt64
    var level: UInt8
    var agency: UInt32
    var until: Int64
    var crew: UInt8
    var place: Place?
    var skip: UInt32 = 0
  }

  let map: RoadMap
  /// By profile, by arc; `.max` = closed.
  let times: [[UInt32]]
  private var table: [[Value]] = []

  init(map: RoadMap, times: [[UInt32]]? = nil) {
    self.map = map
    self.times =
      times ?? [
        (0..<map.arcCount).map { map.arcNormal_ms[$0] },
        (0..<map.arcCount).map { map.arcResponse_ms[$0] },
      ]
    for profile in 0..<2 { table.append(Self.allPairs(map, self.times[profile])) }
  }

  private static func allPairs(_ map: RoadMap, _ times: [UInt32]) -> [Value] {
    let n = map.nodeCount
    var best = [Value](repeating: .never, count: n * n)
    for node in 0..<n { best[node * n + node] = Value(ms: 0, mm: 0) }
    for arc in 0..<map.arcCount where times[arc] != .max {
      let cell = Int(map.arcTail[arc]) * n + Int(map.arcHead[arc])
      let length = UInt64(map.streetLength_mm[Int(map.arcStreet[arc])])
      best[cell] = min(best[cell], Value(ms: UInt64(times[arc]), mm: length))
    }
    for middle in 0..<n {
      for from in 0..<n where best[from * n + middle].isReachable {
        for to in 0..<n where best[middle * n + to].isReachable {
          let through = best[from * n + middle] + best[middle * n + to]
          if through < best[from * n + to] { best[from * n + to] = through }
        }
      }
    }
    return best
  }

  /// In mid-street; and at a junction of which all arms are closed to those that leave it, or to those that reach it.
  private func spots(
    _ place: Place, _ profile: Profile, leaving: Bool
  ) -> [(arc: Int, at: UInt64, length: UInt64)] {
    guard place.street != .max, place.node == .max || isClosed(place.node, profile, leaving) else {
      return []
    }
    var found: [(arc: Int, at: UInt64, length: UInt64)] = []
    func add(_ street: Int, _ offset: UInt64) {
      let length = UInt64(map.streetLength_mm[street])
      if map.streetFacts[street].forwardArc != .max {
        found.append((Int(map.streetFacts[street].forwardArc), offset, length))
      }
      if map.streetFacts[street].backwardArc != .max {
        found.append((Int(map.streetFacts[street].backwardArc), length - offset, length))
      }
    }
    add(Int(place.street), UInt64(place.offset_mm))
    let twin = map.streetFacts[Int(place.street)].twin
    if twin != .max {
      let length = UInt64(map.streetLength_mm[Int(twin)])
      add(Int(twin), length - min(UInt64(place.offset_mm), length))
    }
    return found
  }

  private func isClosed(_ node: UInt32, _ profile: Profile, _ leaving: Bool) -> Bool {
    (0..<map.arcCount).allSatisfy {
      (leaving ? map.arcTail[$0] : map.arcHead[$0]) != node
        || times[Int(profile.rawValue)][$0] == .max
    }
  }

  /// Closed streets take the map's own time for the places on them.
  private func own(_ arc: Int, _ profile: Profile) -> UInt32 {
    let now = times[Int(profile.rawValue)][arc]
    guard now == .max else { return now }
    return profile == .normal ? map.arcNormal_ms[arc] : map.arcResponse_ms[arc]
  }

  /// Beyond half a metre the way to the street counts: 30 km/h are 120 ms a metre.
  private func gap(_ place: Place) -> Value {
    guard place.street != .max, place.gap_dm >= 5 else { return Value(ms: 0, mm: 0) }
    return Value(ms: UInt64(place.gap_dm) * 12, mm: UInt64(place.gap_dm) * 100)
  }

  private func before(_ time: UInt32, _ at: UInt64, _ length: UInt64) -> UInt64 {
    length == 0 ? 0 : UInt64(time) * at / length
  }

  func value(from: Place, to: Place, _ profile: Profile) -> Value? {
    let table = self.table[Int(profile.rawValue)]
    var best = Value.never
    var starts: [(node: Int, value: Value)] = []
    var goals: [(node: Int, value: Value)] = []
    if from.node != .max { starts.append((Int(from.node), Value(ms: 0, mm: 0))) }
    if to.node != .max { goals.append((Int(to.node), Value(ms: 0, mm: 0))) }
    for spot in spots(from, profile, leaving: true) where own(spot.arc, profile) != .max {
      let time = own(spot.arc, profile)
      let rest = UInt64(time) - before(time, spot.at, spot.length)
      starts.append((Int(map.arcHead[spot.arc]), Value(ms: rest, mm: spot.length - spot.at)))
    }
    for spot in spots(to, profile, leaving: false) where own(spot.arc, profile) != .max {
      let time = own(spot.arc, profile)
      goals.append(
        (
          Int(map.arcTail[spot.arc]),
          Value(ms: before(time, spot.at, spot.length), mm: spot.at)
        ))
      // Where one of them is at a junction the way along the street leads over that.
      for start in spots(from, profile, leaving: true)
      where from.node == .max && to.node == .max && start.arc == spot.arc && start.at <= spot.at {
        let ms = before(time, spot.at, spot.length) - before(time, start.at, spot.length)
        best = min(best, Value(ms: ms, mm: spot.at - start.at))
      }
    }
    for start in starts {
      for goal in goals {
        let through = table[start.node * map.nodeCount + goal.node]
        if through.isReachable { best = min(best, start.value + through + goal.value) }
      }
    }
    best = best + gap(from) + gap(to)
    return best.isReachable ? best : nil
  }

  func travel(from: Place, to: Place, _ profile: Profile) -> Travel {
    guard let value = value(from: from, to: to, profile) else {
      return StraightLine.travel(from: from, to: to, profile: profile)
    }
    return Travel(
      travel_ms: UInt32(value.ms), distance_dm: UInt32((value.mm + 50) / 100),
      isStraightLine: false)
  }

  static func passes(_ unit: Unit, _ filter: UnitFilter) -> Bool {
    if filter.skipStamp != 0 && unit.skip == filter.skipStamp { return false }
    if unit.crew < filter.leastCrew { return false }
    if filter.agency != 0 && filter.agency != unit.agency { return false }
    if filter.availableUntil_us != .min && unit.until < filter.availableUntil_us { return false }
    for bit in 0..<64 as Range<UInt64> where filter.capabilities & (1 << bit) != 0 {
      if unit.capabilities & (1 << bit) == 0 { return false }
    }
    return unit.level < 32 && filter.levels & (1 << UInt32(unit.level)) != 0
  }

  func nearest(
    _ units: [Unit], to place: Place, _ filter: UnitFilter, _ limit: Int, _ profile: Profile
  )
    -> [NearestUnit]
  {
    var all: [(travel: Travel, id: UInt64, index: UInt32)] = []
    for unit in units where unit.place != nil && Self.passes(unit, filter) {
      all.append((travel(from: unit.place!, to: place, profile), unit.id, unit.index))
    }
    all.sort {
      let a: (Int, UInt32, UInt64) = ($0.travel.isStraightLine ? 1 : 0, $0.travel.travel_ms, $0.id)
      let b: (Int, UInt32, UInt64) = ($1.travel.isStraightLine ? 1 : 0, $1.travel.travel_ms, $1.id)
      return a < b
    }
    return all.prefix(limit).map {
      NearestUnit(
        unit: $0.index, travel_ms: $0.travel.travel_ms, distance_dm: $0.travel.distance_dm,
        isStraightLine: $0.travel.isStraightLine)
    }
  }
}
