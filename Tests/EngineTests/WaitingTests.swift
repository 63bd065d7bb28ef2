// What waits, beside the slow obvious way: all waiting incidents in order, each looked at. And how many steps it takes.

import HujiaContainers
import HujiaMapBuild
import HujiaRoads
import HujiaRouting
import HujiaTestSupport
import Testing

@testable import HujiaEngine

/// All waiting incidents, most urgent first, one look each. Knows nothing of needs, cells and trees.
struct PlainWaiting {
  var order: [UInt32] = []

  init(_ core: inout EngineCore) {
    for slot in 0..<UInt32(core.limits.incidents)
    where core.incidents.isLive(slot) && core.incidents[slot].isWaiting {
      order.append(slot)
    }
    let keys = order.map { (core.incidents[$0].tier.rawValue, core.waiting.key(of: $0)) }
    order = zip(order, keys).sorted { $0.1 < $1.1 }.map(\.0)
  }

  func first(for unit: UInt32, _ core: inout EngineCore) -> UInt32? {
    for incident in order where canServe(unit, incident, &core) { return incident }
    return nil
  }

  private func canServe(_ slot: UInt32, _ incident: UInt32, _ core: inout EngineCore) -> Bool {
    let unit = core.units[slot]
    let record = core.incidents[incident]
    let isPressing = record.tier == .emergency || record.tier == .urgent
    let level = core.currentPlans.level(of: unit.activity)
    guard unit.isFree, unit.isCrewed, record.liveCount < 16,
      level == .available || (isPressing && level == .conditionallyAvailable)
    else { return false }
    let reserved_us = core.time.wall_us + 45 * 60_000_000
    guard isPressing || unit.shiftEnd_us == 0 || unit.shiftEnd_us >= reserved_us,
      core.couldServe(unit: slot, incident: incident)
    else { return false }
    for place in 0..<Int(record.refusalCount)
    where core.incidents.refusal(of: incident, place) == unit.id {
      return false
    }
    guard record.plan.radius_dm > 0, unit.hasPosition else { return true }
    return core.router.travel(from: unit.place, to: record.place, profile: record.plan.profile)
      .distance_dm <= record.plan.radius_dm
  }
}

@Suite struct WaitingTests {
  private static func place(_ lat_e7: Int32, _ lon_e7: Int32) -> Place {
    Place(
      street: Place.none, offset_mm: 0, node: Place.none, gap_dm: 0, lat_e7: lat_e7,
      lon_e7: lon_e7, isOffNetwork: true)
  }

  /// Types 1 ... 12 have a plan each: other capabilities, agencies, kinds, counts and radii.
  private static func plans(_ random: inout SplitMix64) -> PlanDraft {
    var draft = PlanDraft()
    for type in 1...12 {
      var plan = PlanRecord()
      plan.conditions.firstType = UInt32(draft.planTypes.count)
      plan.conditions.typeCount = 1
      draft.planTypes.append(UInt32(type))
      plan.firstRequirement = UInt32(draft.requirements.count)
      for _ in 0..<1 + random.below(3) {
        draft.requirements.append(
          Requirement(
            capabilities: random.chance(20) ? 0 : UInt64(random.below(16)),
            agency: random.chance(70) ? 0 : UInt32(random.below(3)),
            kind: random.chance(70) ? 0 : UInt32(random.below(3)),
            count: UInt32(1 + random.below(3))))
      }
      plan.requirementCount = UInt32(draft.requirements.count) - plan.firstRequirement
      plan.radius_dm = random.chance(40) ? 0 : UInt32(1 + random.below(30)) * 1_000
      draft.plans.append(plan)
    }
    for index in draft.levels.indices where random.chance(20) {
      draft.levels[index] = UInt8(random.below(3))
    }
    return draft
  }

  private func place(_ bench: Bench, _ random: inout SplitMix64, _ origin: (Int64, Int64)) -> Place
  {
    if bench.image.map.nodeCount > 0 { return bench.node(random.below(bench.image.map.nodeCount)) }
    let lat = min(max(origin.0 + Int64(random.below(400_000)), -900_000_000), 900_000_000)
    var lon = origin.1 + Int64(random.below(400_000))
    if lon > 1_800_000_000 { lon -= 3_600_000_000 }
    return Self.place(Int32(lat), Int32(lon))
  }

  private func act(_ bench: Bench, _ random: inout SplitMix64, _ origin: (Int64, Int64)) throws {
    let id = UInt64(1 + random.below(12))
    bench.core.time.now_ns += Int64(random.below(2)) * Bench.second_ns
    switch random.below(10) {
    case 0...4:
      let call = bench.call(
        place(bench, &random, origin), tier: Tier(rawValue: UInt8(1 + random.below(4))) ?? .urgent,
        type: UInt32(1 + random.below(12)))
      bench.report(call)
    case 5, 6:
      let minutes = Int64([0, 0, 30, 50, -5][random.below(5)])
      bench.put(
        id, at: random.chance(90) ? place(bench, &random, origin) : nil,
        capabilities: UInt64(random.below(16)), agency: UInt32(random.below(3)),
        kind: UInt32(random.below(3)), crew: random.chance(90) ? 1 : -1,
        activity: [.patrolling, .meal, .court, .station][random.below(4)],
        shiftEnd_us: minutes == 0 ? 0 : bench.core.time.wall_us + minutes * 60_000_000)
    case 7:
      let activity: Activity = [.patrolling, .meal, .court, .training][random.below(4)]
      _ = bench.set(activity: activity, of: id)
    case 8:
      let slot = bench.slot(id)
      guard slot != .max, !bench.core.units[slot].isFree else { return }
      let assignment = bench.core.assignments.id(of: bench.core.units[slot].assignment)
      bench.advance(
        assignment, [.declined, .acknowledged, .onScene, .cleared, .cancelled][random.below(5)])
    default:
      let slot = UInt32(random.below(bench.core.limits.incidents))
      if bench.core.incidents.isLive(slot), random.chance(50) {
        bench.close(bench.core.incidents.id(of: slot))
      } else if bench.core.incidents.isLive(slot) {
        bench.upgrade(
          bench.core.incidents.id(of: slot),
          to: Tier(rawValue: UInt8(random.below(5))) ?? .none, type: UInt32(random.below(13)))
      }
    }
  }

  private func compare(_ seed: UInt64) throws {
    var random = SplitMix64(seed)
    let origins: [(Int64, Int64)] = [
      (377_000_000, -1_224_000_000), (-200_000, 1_799_800_000), (899_700_000, 0),
      (-899_990_000, 100_000), (600_000_000, -1_800_000_000),
    ]
    let origin = origins[random.below(origins.count)]
    let image = random.chance(60) ? MapImage(MapDraft()) : Bench.row(30)
    let bench = try Bench(
      image, plans: Self.plans(&random), units: 12, incidents: 64, assignments: 64, events: 16)
    for step in 0..<120 {
      try act(bench, &random, origin)
      if step == 60 { check(try bench.load(Self.plans(&random))) }
      while bench.core.hasBackgroundWork { bench.workInBackground() }
      while bench.core.popEvent() != nil {}
      let plain = PlainWaiting(&bench.core)
      check(bench.core.waiting.count, equals: plain.order.count)
      for unit in 0..<UInt32(bench.core.units.touched) {
        guard bench.core.units[unit].isFree, bench.core.units[unit].isCrewed else { continue }
        let expected = plain.first(for: unit, &bench.core)
        check(find(bench, unit, slice: .max), equals: expected, "seed \(seed), step \(step)")
        check(
          find(bench, unit, slice: 1), equals: expected, "seed \(seed), step \(step), in slices")
      }
    }
  }

  private func find(_ bench: Bench, _ unit: UInt32, slice: Int) -> UInt32? {
    var bound = OfferKey.least
    while true {
      var steps = slice
      switch bench.core.nextServable(by: unit, from: bound, &steps) {
      case .none: return nil
      case .unknown(let key):
        check(bound, below: key, "a visit gets on")
        bound = key
      case .incident(let incident, _): return incident
      }
    }
  }

  @Test func aFreedUnitFindsWhatALookAtEachFinds() throws {
    for seed in 1...400 as ClosedRange<UInt64> { try compare(seed) }
  }

  @Test func treesKeepTheOrderOfASortedList() throws {
    var random = SplitMix64(7)
    let links = try Block<TreapLinks>(.system, count: 300)
    let keys = try Block<WaitingKey>(.system, count: 300)
    let tree = WaitingTree(links.base, keys.base)
    var root = WaitingTree.none
    var listed: [UInt32] = []
    for turn in 0..<6_000 {
      let slot = UInt32(random.below(300))
      if let place = listed.firstIndex(of: slot) {
        tree.remove(slot, root: &root)
        listed.remove(at: place)
      } else {
        keys[slot] = WaitingKey(received_ns: Int64(random.below(40)), serial: UInt64(turn))
        tree.insert(slot, root: &root)
        let key = keys[slot]
        listed.insert(slot, at: listed.firstIndex { key < keys[$0] } ?? listed.count)
      }
      let bound = WaitingKey(
        received_ns: Int64(random.below(41)), serial: UInt64(random.below(6_000)))
      var walked: [UInt32] = []
      var next = tree.first(from: bound, root: root)
      while next != WaitingTree.none {
        walked.append(next)
        next = tree.next(after: next)
      }
      check(walked, equals: listed.filter { !(keys[$0] < bound) })
    }
  }

  @Test func cellsAroundAPlaceHoldAllThatIsWithinReach() {
    var random = SplitMix64(11)
    for _ in 0..<40_000 {
      let reach_dm = UInt64(1) << UInt64(random.below(27)) + UInt64(random.below(100))
      let cells = ReachCells(reach_dm: reach_dm)
      let lat = [0, 377_000_000, 899_999_000, -899_000_000, -600_000_000][random.below(5)]
      let spread = Int(min(reach_dm * 12, 1_000_000_000))
      func near(_ value: Int, _ most: Int) -> Int32 {
        Int32(min(max(value + random.below(spread + 1) - spread / 2, -most), most))
      }
      let lon = [0, 1_799_999_900, -1_800_000_000, -1_224_000_000][random.below(4)]
      let a = (near(lat, 900_000_000), near(lon, 1_800_000_000))
      let b = (near(lat, 900_000_000), random.chance(70) ? near(lon, 1_800_000_000) : -a.1)
      let travel = StraightLine.travel(
        from: Self.place(a.0, a.1), to: Self.place(b.0, b.1), profile: .normal)
      // Driven is 1.4 × the straight line.
      guard UInt64(travel.distance_dm) * 5 <= reach_dm * 7 - reach_dm / 100 else { continue }
      var around: [ReachCells.Cell] = []
      cells.around(a.0, a.1) { around.append($0) }
      check(around.contains(cells.cell(b.0, b.1)), "\(a) \(b) \(reach_dm) dm")
      check(around.count, atMost: 32)
      check(zip(around, around.dropFirst()).allSatisfy { $0 != $1 })
    }
  }

  // Steps

  private static func boatsAndPatrols() -> PlanDraft {
    var draft = PlanDraft()
    draft.planTypes = [1]
    draft.requirements = [Requirement(capabilities: 2), Requirement(capabilities: 1)]
    var boat = PlanRecord()
    boat.conditions.typeCount = 1
    boat.requirementCount = 1
    var patrol = PlanRecord()
    patrol.firstRequirement = 1
    patrol.requirementCount = 1
    draft.plans = [boat, patrol]
    return draft
  }

  // In a state

  private static func need(_ number: Int) -> Need {
    guard number > 0 else { return .anything(.urgent) }
    var need = Need(tier: .urgent)
    need.insert(
      NeedGroup(agency: 0, kind: 0, capabilities: UInt64(number), isAny: false))
    return need
  }

  /// More needs than the table tells apart, and some that ask for any unit: read back from a state, each incident is
  /// listed as it was, and as many needs find a place of their own as before.
  @Test func fullTablesOfNeedsAreReadBackAsTheyWere() throws {
    let incidents = 1_200
    var lists = try WaitingLists(.system, incidents: incidents)
    // The last ones find the table full.
    var needs: [Int: Int] = [:]
    for incident in 0..<1_100 { needs[incident] = incident + 1 }
    // By slot the last ones come first, so that those of the full table are read before the others.
    func slot(_ incident: Int) -> UInt32 { UInt32(incidents - 1 - incident) }
    for incident in 0..<1_100 {
      lists.insert(
        slot(incident), Self.need(needs[incident] ?? 0), received_ns: Int64(incident), lat_e7: 0,
        lon_e7: 0, reach_dm: 0)
    }
    let bytes = Bytes()
    var writer = StateCoder { piece in
      bytes.all.append(contentsOf: piece)
      return true
    }
    lists.code(&writer)
    for incident in (0..<1_100).reversed() {
      lists.code(
        slot(incident), Self.need(needs[incident] ?? 0), lat_e7: 0, lon_e7: 0, reach_dm: 0, &writer)
    }
    writer.finish()
    var other = try WaitingLists(.system, incidents: incidents)
    bytes.all.withUnsafeBytes { raw in
      var reader = StateCoder(reading: raw)
      other.code(&reader)
      for incident in (0..<1_100).reversed() {
        other.code(
          slot(incident), Self.need(needs[incident] ?? 0), lat_e7: 0, lon_e7: 0, reach_dm: 0,
          &reader)
      }
      check(reader.flaw == nil)
    }
    var ofTier = 0
    func compare(_ what: String) {
      ofTier = 0
      for (incident, number) in needs {
        let own = lists.isFiled(slot(incident), under: Self.need(number))
        if !own { ofTier += 1 }
        if other.isFiled(slot(incident), under: Self.need(number)) != own {
          return _ = check(false, "\(what): incident \(incident) is listed otherwise")
        }
      }
    }
    compare("read back")
    check(ofTier, equals: 1_100 - WaitingLists.needLimit)
    // One need goes, and one incident that found the table full is filed anew: in both there is one place for it.
    for round in 0..<40 {
      let gone = 500 + round
      for incident in [1_050 + round % 40, 1_099 - round % 40] {
        if round == 0 || incident % 3 == 0 {
          let need = Self.need(incident + 1)
          lists.refile(slot(incident), need, lat_e7: 0, lon_e7: 0, reach_dm: 0)
          other.refile(slot(incident), need, lat_e7: 0, lon_e7: 0, reach_dm: 0)
        }
      }
      compare("round \(round)")
      lists.remove(slot(gone))
      other.remove(slot(gone))
      needs[gone] = nil
    }
  }

  private final class Bytes { var all: [UInt8] = [] }

  @Test func whatWaitsForSomethingElseCostsNothing() throws {
    let bench = try Bench(
      Bench.row(), plans: Self.boatsAndPatrols(), incidents: 20_001, events: 64)
    for _ in 0..<20_000 {
      bench.open(at: 3, tier: .emergency, type: 1)
      while bench.core.popEvent() != nil {}
    }
    let patrol = bench.open(at: 5, tier: .preventive, type: 2)
    bench.put(7, at: bench.node(5), capabilities: 1, activity: .court)
    bench.core.units.become(.patrolling, bench.slot(7))
    var steps = 100
    let found = bench.core.nextServable(by: bench.slot(7), from: .least, &steps)
    guard case .incident(let incident, _) = found else {
      check(false, "nothing found: \(found)")
      return
    }
    check(bench.core.incidents.id(of: incident), equals: patrol, "\(steps) left")
    check(steps, atLeast: 96, "\(steps) left")
    bench.core.units.become(.court, bench.slot(7))
    _ = bench.set(activity: .patrolling, of: 7)
    check(bench.units(patrol), equals: [7])
  }

  @Test func whatIsOutOfReachCostsNothing() throws {
    var draft = PlanDraft()
    var plan = PlanRecord()
    draft.requirements = [Requirement(capabilities: 0)]
    plan.requirementCount = 1
    plan.radius_dm = 500
    draft.plans = [plan]
    let bench = try Bench(MapImage(MapDraft()), plans: draft, incidents: 20_001, events: 64)
    for number in 0..<20_000 {
      bench.report(
        bench.call(
          Self.place(310_000_000 + Int32(number % 200) * 10_000, Int32(number / 200) * 10_000)))
      while bench.core.popEvent() != nil {}
    }
    bench.report(bench.call(Self.place(320_000_000, 5_000), tier: .preventive))
    let near = bench.decision.answer.incidentID
    bench.put(7, at: Self.place(320_000_100, 5_100), activity: .court)
    var steps = 1_000
    bench.core.units.become(.patrolling, bench.slot(7))
    let found = bench.core.nextServable(by: bench.slot(7), from: .least, &steps)
    guard case .incident = found else {
      check(false, "nothing found: \(found)")
      return
    }
    check(steps, above: 900, "\(steps) left")
    bench.core.units.become(.court, bench.slot(7))
    _ = bench.set(activity: .patrolling, of: 7)
    check(bench.units(near), equals: [7])
  }

  /// Plans free many units before many that wait: slices of bounded work, the most urgent first.
  @Test func plansThatFreeManyServeInSlicesMostUrgentFirst() throws {
    let count = 400
    var draft = Self.boatsAndPatrols()
    let bench = try Bench(
      Bench.row(), plans: draft, units: count, incidents: count, assignments: count,
      events: 16 * count)
    for number in 1...count {
      bench.put(UInt64(number), at: bench.node(number % 20), capabilities: 1, activity: .court)
    }
    var random = SplitMix64(3)
    for _ in 0..<count {
      bench.open(
        at: random.below(20), tier: Tier(rawValue: UInt8(1 + random.below(4))) ?? .none, type: 2)
    }
    _ = bench.drain()
    draft.levels[Int(Activity.court.rawValue)] = Level.available.rawValue
    check(try bench.load(draft, finishes: false))
    check(bench.core.level(of: 0), equals: .available, "levels hold at once")
    var order: [UInt8] = []
    var slices = 0
    while bench.core.hasBackgroundWork {
      bench.workInBackground()
      slices += 1
      let sent = bench.drain().filter { $0.kind == .assignment }
      check(sent.count, atMost: EngineCore.offerSlice / (2 * EngineCore.decisionSteps) + 1)
      order += sent.compactMap { bench.incident($0.incidentID)?.tier.rawValue }
    }
    check(order.count, equals: count, "all, the most urgent first")
    check(order, equals: order.sorted(), "all, the most urgent first")
    check(slices, above: 20)
    check(bench.core.waiting.count, equals: 0)
  }

  /// A unit on an incident can do less than before: free units are asked at once for what is missing.
  @Test func aCapabilityIsLost() throws {
    var plans = PlanDraft.builtIn
    plans.requirements[0].capabilities = 3
    let bench = try Bench(Bench.row(), plans: plans)
    bench.put(1, at: bench.node(0), capabilities: 3)
    bench.put(2, at: bench.node(1), capabilities: 2)
    bench.put(3, at: bench.node(2), capabilities: 1)
    let incident = bench.open(at: 0)
    check(bench.units(incident), equals: [1])
    _ = bench.drain()
    bench.put(1, at: nil, capabilities: 1)
    check(bench.units(incident), equals: [1, 2])
    check(bench.drain().map(\.kind), equals: [.assignment, .incident])
    bench.put(2, at: nil, capabilities: 0)
    check(bench.units(incident), equals: [1, 2])
    check(bench.incident(incident)?.shortfall, equals: .capability)
    check(bench.core.waiting.count, equals: 1)
    bench.put(1, at: nil, capabilities: 0)
    check(bench.units(incident), equals: [1, 2, 3])
    bench.put(4, at: bench.node(9), capabilities: 2)
    check(bench.units(incident), equals: [1, 2, 3, 4])
    check(bench.core.waiting.count, equals: 0)
  }
}
