// What forbidden turns cost: New York beside itself with a rule at one node in twenty, the two asked in turns. Shares
// of processor time, so that a busy machine changes little.

import BenchmarkNetworks
import HujiaContainers
import HujiaMapBuild
import HujiaRoads
import HujiaRouting

struct Bans {
  private let rows: Rows
  private var random = Random(20)

  init(_ rows: Rows) { self.rows = rows }

  mutating func run(_ draft: MapDraft) throws {
    let plain = try MapCompilation(draft).image()
    let banned = try MapCompilation(withRules(draft)).image()
    let map = banned.map
    rows.show("bans: places taken apart", Double(map.splitPlaceCount), "")
    rows.show("bans: nodes", Double(map.nodeCount) / Double(plain.map.nodeCount), "times")
    rows.show(
      "bans: arcs of the order",
      Double(Hierarchy(map)?.arcCount ?? 0) / Double(Hierarchy(plain.map)?.arcCount ?? 1), "times")
    try compareQuestions(plain.map, map)
    try compareRefresh(plain.map, map)
  }

  /// At one node in twenty one turn is forbidden or one demanded. To both profiles: New York has one, and a second one
  /// is a cost of its own.
  private mutating func withRules(_ draft: MapDraft) -> MapDraft {
    var copy = draft
    var arcs = [(arriving: [DraftArc], leaving: [DraftArc])](
      repeating: ([], []), count: draft.nodes.count)
    for index in draft.streets.indices {
      for isForward in [true, false] {
        let arc = DraftArc(street: index, isForward: isForward)
        guard draft.times(arc) != nil else { continue }
        arcs[Int(draft.headPlace(arc))].arriving.append(arc)
        arcs[Int(draft.tailPlace(arc))].leaving.append(arc)
      }
    }
    for node in arcs.indices where random.below(14) == 0 {
      let (arriving, leaving) = arcs[node]
      // Dead ends and bends have no rules.
      guard arriving.count > 2, leaving.count > 2 else { continue }
      let from = arriving[random.below(arriving.count)]
      let to = leaving.filter { $0 != from.opposite }
      copy.turns.append(
        TurnRule(
          path: [from], to: to[random.below(to.count)], isMandatory: random.below(4) == 0,
          profiles: .both))
    }
    return copy
  }

  /// One router on each map, with units at the same places.
  private mutating func compareQuestions(_ plain: RoadMap, _ banned: RoadMap) throws {
    for count in [1_000, 10_000] {
      var first = try Asked(plain, units: count)
      var second = try Asked(banned, units: count)
      for question in Asked.Question.allCases {
        var shares: [Double] = []
        for lot in 0..<40 {
          let before = first.spend(question, lot)
          let after = second.spend(question, lot)
          shares.append(Double(after) / Double(max(before, 1)))
        }
        rows.show("bans: \(question.rawValue), \(count) units", shares.sorted()[20], "times")
      }
    }
  }

  private mutating func compareRefresh(_ plain: RoadMap, _ banned: RoadMap) throws {
    let stores = try [plain, banned].map {
      try EpochStore(map: $0, serving: nil, hasOneProfile: true, memory: .system)
    }
    for count in [10, 100_000] {
      var shares: [Double] = []
      let lots = count == 10 ? 42 : 6
      for lot in 0..<lots {
        var spent: [Int] = []
        for (store, map) in zip(stores, [plain, banned]) {
          var random = Random(UInt64(lot))
          if store.isUnprepared { store.prepare(.alone) }
          for _ in 0..<count {
            let facts = map.streetFacts[random.below(map.streetCount)]
            let time_ms = UInt32(1_000 + random.below(60_000))
            for profile in Profile.allCases where facts.forwardArc != RoadMap.none {
              store.set(arc: Int(facts.forwardArc), profile, time_ms: time_ms)
            }
          }
          let start = spent_ns()
          _ = store.build(.alone)
          spent.append(spent_ns() - start)
          store.published()
        }
        if lot > 1 { shares.append(Double(spent[1]) / Double(max(spent[0], 1))) }
      }
      rows.show("bans: refresh after \(count) streets", shares.sorted()[lots / 2 - 1], "times")
    }
  }

  private struct Asked: ~Copyable {
    enum Question: String, CaseIterable {
      case nearest = "8 nearest"
      case pair = "travel time"
      case route = "route"
      case cross = "a unit crosses"
    }

    let map: RoadMap
    var router: Router
    var units: [Place] = []
    var answer = [NearestUnit](
      repeating: NearestUnit(unit: 0, travel_ms: 0, distance_dm: 0, isStraightLine: false),
      count: 8)
    var points = [RoutePoint](
      repeating: RoutePoint(lat_e7: 0, lon_e7: 0, time_ms: 0, distance_dm: 0, street: 0),
      count: 5_000)

    init(_ map: RoadMap, units count: Int) throws {
      self.map = map
      router = try Router(map: map, unitCapacity: count, memory: .system)
      var random = Random(7)
      for unit in 0..<count {
        units.append(place(&random))
        router.put(
          unit: UInt32(unit), id: UInt64(unit), capabilities: 1, level: 0, agency: 0,
          availableUntil_us: .max, crew: 1, place: units[unit])
      }
      while router.maintain(1_000) {}
    }

    func place(_ random: inout Random) -> Place {
      let street = UInt32(random.below(map.streetCount))
      let offset_mm = UInt32(random.below(Int(map.streetLength_mm[Int(street)])))
      let point = map.point(street: street, offset_mm: offset_mm)
      return Place(
        street: street, offset_mm: offset_mm, node: Place.none, gap_dm: 0, lat_e7: point.lat_e7,
        lon_e7: point.lon_e7, isOffNetwork: false)
    }

    /// The same questions on both maps. Nanoseconds.
    mutating func spend(_ question: Question, _ lot: Int) -> Int {
      var random = Random(UInt64(lot) &* 977)
      let times = question == .route ? 100 : 2_000
      let places = (0..<times * 2).map { _ in place(&random) }
      let start = spent_ns()
      for index in 0..<times {
        let (one, other) = (places[index * 2], places[index * 2 + 1])
        switch question {
        case .nearest:
          _ = router.nearest(
            to: one, filter: UnitFilter(), limit: 8, profile: .normal, into: &answer)
        case .pair: _ = router.travelTime(from: one, to: other, profile: .normal)
        case .route:
          _ = router.route(
            from: one, to: other, profile: .normal, into: &points, capacity: points.count)
        case .cross: router.move(unit: UInt32(index % units.count), to: one)
        }
      }
      return spent_ns() - start
    }
  }
}
