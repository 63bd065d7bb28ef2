// The decision beside the plain one, on thousands of random small worlds.

import HujiaContainers
import HujiaMapBuild
import HujiaRoads
import HujiaRouting
import HujiaTestSupport
import Testing

@testable import HujiaEngine

@Suite struct ChoiceTests {
  private static let levels: [(Activity, Level)] = [
    (.patrolling, .available), (.patrolling, .available), (.patrolling, .available),
    (.station, .available), (.meal, .conditionallyAvailable), (.court, .notAvailable),
  ]

  /// A network of a dozen nodes: few different times, one-ways, and often a part that is not connected.
  func network(_ random: inout SplitMix64) -> MapImage {
    var draft = MapDraft()
    let nodes = 4 + random.below(9)
    for _ in 0..<nodes {
      draft.nodes.append(
        (
          lat_e7: 377_000_000 + Int32(random.below(300_000)),
          lon_e7: -1_224_000_000 + Int32(random.below(300_000))
        ))
    }
    for number in 0..<nodes * 2 {
      let from = UInt32(random.below(nodes))
      let to = UInt32(random.below(nodes))
      if from == to { continue }
      let time = MapDraft.Times(
        normal_ms: UInt32(1 + random.below(6)) * 7_000,
        response_ms: UInt32(1 + random.below(6)) * 5_000)
      draft.streets.append(
        MapDraft.Street(
          id: UInt64(number), from: from, to: to, length_mm: UInt32(1 + random.below(8)) * 50_000,
          forward: time, backward: random.chance(70) ? time : nil))
    }
    return MapImage(draft)
  }

  func place(_ map: RoadMap, _ random: inout SplitMix64) -> Place {
    // Without streets: three places of few, so that many stand on one.
    if map.nodeCount == 0 {
      return map.snap(
        lat_e7: 377_000_000 + Int32(random.below(2)) * 90_000,
        lon_e7: -1_224_000_000 + Int32(random.below(3)) * 70_000, limit_mm: 250_000)
    }
    if random.chance(60) || map.streetCount == 0 {
      let node = random.below(map.nodeCount)
      return map.snap(
        lat_e7: map.nodeLat_e7[node], lon_e7: map.nodeLon_e7[node], limit_mm: 250_000)
    }
    return map.snap(
      lat_e7: 377_000_000 + Int32(random.below(300_000)),
      lon_e7: -1_224_000_000 + Int32(random.below(300_000)), limit_mm: 250_000)
  }

  func plans(_ random: inout SplitMix64) -> PlanDraft {
    var draft = PlanDraft()
    var plan = PlanRecord()
    // Entries of two alarm levels, some of them with alternatives.
    for level in 1...2 as ClosedRange<UInt8> {
      for _ in 0..<(level == 1 ? 1 : 0) + random.below(3) {
        let choices = random.chance(70) ? 1 : 2 + random.below(2)
        for choice in 0..<choices {
          var requirement = Requirement(
            capabilities: random.chance(30) ? 0 : UInt64(random.below(16)),
            role: UInt32(random.below(3)), agency: random.chance(80) ? 0 : UInt32(random.below(3)),
            kind: random.chance(80) ? 0 : UInt32(random.below(3)),
            count: UInt32(1 + random.below(2)))
          requirement.leastCrew = random.chance(80) ? 0 : UInt8(random.below(4))
          requirement.level = level
          requirement.choices = UInt8(choices)
          requirement.choice = UInt8(choice)
          draft.requirements.append(requirement)
          plan.levels = level
        }
      }
      if level == 1 { plan.requirementCount = UInt32(draft.requirements.count) }
    }
    plan.wholeCount = UInt32(draft.requirements.count)
    plan.radius_dm = random.chance(60) ? 0 : UInt32(random.below(12)) * 1_000
    plan.profile = [ProfileRule.byTier, .byTier, .response, .normal][random.below(4)]
    draft.plans = [plan]
    addBeats(&draft, &random)
    draft.defaultTurnout_ms = UInt32(random.below(3)) * 5_000
    draft.turnouts = [
      TurnoutRecord(kind: 1, turnout_ms: 10_000), TurnoutRecord(kind: 2, turnout_ms: 0),
    ]
    return draft
  }

  /// Nine boxes of ground, some without a beat, with neighbours by chance; the ground of all is that of the places.
  private func addBeats(_ draft: inout PlanDraft, _ random: inout SplitMix64) {
    guard random.chance(50) else { return }
    for index in 0..<9 {
      let south = 377_000_000 + Int32(index / 3) * 100_000
      let west = -1_224_000_000 + Int32(index % 3) * 100_000
      if random.chance(15) { continue }
      let number = draft.areas.count
      draft.areas.append(
        AreaRecord(
          first: UInt32(number), count: 1, south_e7: south, north_e7: south + 100_000,
          west_e7: west, east_e7: west + 100_000))
      draft.areaRings.append(RingRecord(first: UInt32(draft.areaPoints.count), count: 4))
      for (north, east) in [(0, 0), (0, 1), (1, 1), (1, 0)] as [(Int32, Int32)] {
        draft.areaPoints.append(
          AreaPoint(lat_e7: south + north * 100_000, lon_e7: west + east * 100_000))
      }
      draft.beats.append(
        BeatRecord(
          number: UInt32(number + 1), area: UInt32(number),
          officer: random.chance(30) ? 0 : UInt64(random.below(30))))
    }
    let count = draft.beats.count
    for own in 0..<count {
      draft.neighbours.append(
        (0..<count).filter { $0 != own && random.chance(20) }.map(UInt32.init))
    }
    if count > 0, random.chance(80) {
      draft.plans[0].beats = BeatRule(
        rings: BeatRule.team + UInt8(random.below(4)),
        most_ms: random.chance(60) ? .max : UInt64(random.below(60)) * 1_000)
    }
  }

  func plainBeats(_ draft: PlanDraft) -> PlainBeats {
    let rule = draft.plans[0].beats
    return PlainBeats(
      beats: draft.beats.indices.map { index in
        let area = draft.areas[Int(draft.beats[index].area)]
        return PlainBeat(
          number: draft.beats[index].number, officer: draft.beats[index].officer,
          neighbours: draft.neighbours[index].map(Int.init),
          lat_e7: area.south_e7..<area.north_e7, lon_e7: area.west_e7..<area.east_e7)
      }, depth: rule.rings == 0 ? nil : Int(rule.rings) - 2,
      most_ms: rule.most_ms == .max ? nil : rule.most_ms)
  }

  func put(
    _ bench: Bench, _ random: inout SplitMix64
  ) -> [PlainUnit] {
    var units: [PlainUnit] = []
    for number in 0..<1 + random.below(14) {
      // Ids in no order, put at few different times, so that idleness ties too.
      let id = UInt64((number * 7 + 3) % 29 + 1)
      bench.core.time.now_ns = Int64(random.below(3)) * Bench.second_ns
      let (activity, level) = Self.levels[random.below(Self.levels.count)]
      let minutes = Int64([0, 0, 0, 30, 44, 45, 46, 90, -5][random.below(9)])
      let shiftEnd_us = minutes == 0 ? 0 : Bench.wallStart_us + minutes * 60_000_000
      let place = random.chance(85) ? place(bench.image.map, &random) : nil
      let unit = PlainUnit(
        id: id, capabilities: random.chance(25) ? 15 : UInt64(random.below(16)),
        agency: UInt32(random.below(3)), kind: UInt32(random.below(3)),
        crew: random.chance(90) ? Int32(random.below(4)) : -1, level: level,
        shiftEnd_us: shiftEnd_us,
        idleSince_ns: bench.core.time.now_ns, place: place, homeBeat: UInt32(random.below(10)))
      // As a host corrects itself: first of another beat.
      if random.chance(20) { bench.put(id, at: nil, homeBeat: UInt32(random.below(10))) }
      bench.put(
        id, at: place, capabilities: unit.capabilities, agency: unit.agency, kind: unit.kind,
        crew: unit.crew, activity: activity,
        shiftEnd_us: shiftEnd_us, homeBeat: unit.homeBeat)
      units.append(unit)
    }
    bench.core.time = Moment(now_ns: 10 * Bench.second_ns, wall_us: Bench.wallStart_us)
    return units
  }

  static func profile(_ rule: ProfileRule, _ tier: Tier) -> Profile {
    switch rule {
    case .response: .response
    case .normal: .normal
    case .byTier: tier == .routine || tier == .preventive ? .normal : .response
    }
  }

  private func compare(_ seed: UInt64, isGround: Bool = false) throws {
    var random = SplitMix64(seed)
    let image = isGround ? MapImage(MapDraft()) : network(&random)
    let draft = plans(&random)
    let bench = try Bench(image, plans: draft)
    var units = put(bench, &random)
    var router = try Router(map: image.map, unitCapacity: 1, memory: .system)
    for call in 0..<3 {
      let place = place(image.map, &random)
      let tier = Tier(rawValue: UInt8(1 + random.below(4))).unsafelyUnwrapped
      let profile = Self.profile(draft.plans[0].profile, tier)
      var ways: [UInt64: Travel] = [:]
      for unit in units {
        guard let position = unit.place else { continue }
        let way = router.travel(from: position, to: place, profile: profile)
        ways[unit.id] = way
        guard position.node != Place.none, place.node != Place.none else { continue }
        let time_ms = PlainChoice.time_ms(
          image.map, from: position.node, to: place.node, profile)
        check(way.isStraightLine, equals: (time_ms == nil), "seed \(seed)")
        guard let time_ms else { continue }
        // Away from its node a place adds the way to the street.
        let isAway = position.countedGap_dm > 0 || place.countedGap_dm > 0
        check(isAway ? way.travel_ms > time_ms : way.travel_ms == time_ms, "seed \(seed)")
      }
      let known = units.map { (place: $0.place, way: ways[$0.id]) }
      let plain = PlainChoice(
        map: image.map, requirements: draft.requirements, radius_dm: draft.plans[0].radius_dm,
        turnouts_ms: [1: 10_000, 2: 0], defaultTurnout_ms: draft.defaultTurnout_ms,
        wall_us: Bench.wallStart_us, beats: plainBeats(draft),
        travel: { from, _ in
          known.first { $0.place == from }.flatMap(\.way)
            ?? Travel(travel_ms: 0, distance_dm: 0, isStraightLine: false)
        })
      // Sixteen is what nobody has.
      let needs: UInt64 = random.chance(50) ? 0 : UInt64(random.below(32))
      let expected = plain.choose(units, for: place, tier: tier, needs: needs)
      // Asking changes nothing; the report then says the same and reserves.
      for isReport in [false, true] {
        var report = bench.call(place, tier: tier)
        report.needs = needs
        let status = isReport ? bench.report(report) : bench.recommend(report)
        let found = bench.chosen.map {
          PlainPick(
            unit: $0.unitID, travel_ms: $0.travel_ms, requirement: $0.requirement, seat: $0.seat,
            reason: $0.reason, isShiftOver: $0.marks & ChosenMark.shiftOver != 0,
            depth: $0.ring)
        }
        let note = "seed \(seed), call \(call), \(tier): \(found) but \(expected.picks)"
        check(status, equals: .ok, note)
        check(found, equals: expected.picks, note)
        check(
          bench.decision.answer.shortfall, equals: expected.shortfall,
          "seed \(seed), call \(call), \(tier): \(bench.decision.answer.shortfall.rawValue) but \(expected.shortfall.rawValue)"
        )
        check(bench.chosen.allSatisfy { ($0.assignmentID != 0) == isReport }, note)
      }
      let raised = compareRaise(bench, plain, units, (place, tier, needs), expected.picks, seed)
      for pick in expected.picks + raised {
        if let place = units.firstIndex(where: { $0.id == pick.unit }) {
          units[place].isBusy = true
        }
      }
      // No unit on two incidents.
      for unit in units where unit.isBusy {
        check(!bench.core.units[bench.slot(unit.id)].isFree, "seed \(seed)")
      }
    }
  }

  /// The incident opened last is raised; returns the units that came to it.
  private func compareRaise(
    _ bench: Bench, _ plain: PlainChoice, _ units: [PlainUnit],
    _ call: (place: Place, tier: Tier, needs: UInt64), _ before: [PlainPick], _ seed: UInt64
  ) -> [PlainPick] {
    let incident = bench.decision.answer.incidentID
    let levels = bench.core.currentPlans.plans[0].levels
    let note = "seed \(seed), raised"
    guard levels > 1 else {
      check(bench.raise(incident, to: 2), equals: .level, note)
      return []
    }
    let expected = plain.choose(
      units, for: call.place, tier: call.tier, needs: call.needs, level: 2, having: before)
    check(bench.raise(incident, to: 3), equals: .level, note)
    check(bench.raise(incident, to: 2), equals: .ok, note)
    let all = before + expected.picks
    check(bench.chosen.map(\.unitID), equals: all.map(\.unit), note)
    check(bench.chosen.map(\.requirement), equals: all.map(\.requirement), note)
    check(bench.chosen.map(\.seat), equals: all.map(\.seat), note)
    check(bench.chosen.map(\.ring), equals: all.map(\.depth), note)
    check(bench.decision.answer.shortfall, equals: expected.shortfall, note)
    check(bench.raise(incident, to: 2), equals: .unchanged, note)
    check(bench.chosen.map(\.unitID), equals: all.map(\.unit), note)
    return expected.picks
  }

  @Test(arguments: 0..<8 as Range<UInt64>)
  func thousandsOfSmallWorlds(part: UInt64) throws {
    let count = UInt64(Scale.count(250, full: 10_000))
    for seed in part * count..<(part + 1) * count { try compare(seed) }
  }

  @Test(arguments: 0..<4 as Range<UInt64>)
  func worldsWithoutStreets(part: UInt64) throws {
    let count = UInt64(Scale.count(250, full: 10_000))
    for seed in part * count..<(part + 1) * count { try compare(seed, isGround: true) }
  }

  @Test func sixteenAtMost() throws {
    var plans = PlanDraft.builtIn
    plans.requirements[0].count = 16
    let bench = try Bench(Bench.row(), plans: plans, units: 20)
    for unit in 1...20 as ClosedRange<UInt64> { bench.put(unit, at: bench.node(Int(unit - 1))) }
    let incident = bench.open(at: 0)
    check(bench.units(incident), equals: Array(1...16))
    check(bench.incident(incident)?.shortfall, equals: [])
    check(bench.assign(incident, unit: 17, wall_us: 0, act: Act()), equals: .full)
  }

  @Test func aFullAssignmentTableIsSaid() throws {
    var plans = PlanDraft.builtIn
    plans.requirements[0].count = 3
    let bench = try Bench(Bench.row(), plans: plans, assignments: 2)
    for unit in 1...3 as ClosedRange<UInt64> { bench.put(unit, at: bench.node(Int(unit))) }
    let incident = bench.open(at: 0)
    check(bench.units(incident), equals: [1, 2])
    check(bench.incident(incident)?.shortfall.contains(.tableFull), equals: true)
  }

  @Test func manualAndRecommendReserveNobody() throws {
    for mode in [DispatchMode.manual, .recommend] {
      var plans = PlanDraft.builtIn
      plans.plans[0].dispatch = mode
      let bench = try Bench(Bench.row(), plans: plans)
      bench.put(1, at: bench.node(1))
      check(bench.report(bench.call(bench.node(0))), equals: (mode == .manual ? .manual : .ok))
      let incident = bench.decision.answer.incidentID
      check(bench.chosen.map(\.unitID), equals: (mode == .manual ? [] : [1]))
      check(bench.live(incident).isEmpty)
      check(bench.incident(incident)?.state, equals: .pending)
      check(bench.core.units[bench.slot(1)].isFree)
      bench.put(2, at: bench.node(0))
      check(bench.live(incident).isEmpty)
      check(bench.assign(incident, unit: 2, wall_us: 0, act: Act()), equals: .ok)
      check(bench.units(incident), equals: [2])
    }
  }
}
