// Whole days of taking away in small random worlds, beside the plain choice: which unit drives where after each call,
// what each incident has lost, and that its promises stay where they were.

import HujiaContainers
import HujiaMapBuild
import HujiaRoads
import HujiaRouting
import HujiaTestSupport
import Testing

@testable import HujiaEngine

@Suite struct PreemptWorldTests {
  /// An incident as the test knows it.
  private struct Case {
    var id: UInt64
    var place: Place
    var tier: Tier
    var needs: UInt64
    var picks: [PlainPick] = []
  }

  /// A router that answers single questions only.
  private final class Ways {
    private var router: Router
    init(_ map: RoadMap) throws {
      router = try Router(map: map, unitCapacity: 1, memory: .system)
    }
    func travel(_ from: Place, _ to: Place, _ profile: Profile) -> Travel {
      router.travel(from: from, to: to, profile: profile)
    }
  }

  private final class World {
    let seed: UInt64
    let bench: Bench
    let draft: PlanDraft
    let ways: Ways
    let choices = ChoiceTests()
    var random: SplitMix64
    var units: [PlainUnit]
    var cases: [Case] = []
    var lost: [Int: Int] = [:]
    var arrived: Set<UInt64> = []
    var moving: Set<UInt64> = []
    private(set) var taken = 0
    /// A unit that was available before it was sent is idle from when it was let go.
    private var now_ns: Int64 { bench.core.time.now_ns }

    init(_ seed: UInt64, isGround: Bool) throws {
      self.seed = seed
      random = SplitMix64(seed &* 77 &+ 5)
      let image = isGround ? MapImage(MapDraft()) : choices.network(&random)
      var draft = choices.plans(&random)
      for tier in [Tier.emergency, .urgent, .routine] where random.chance(80) {
        var rule = PreemptRule()
        for raw in tier.rawValue + 1...Tier.preventive.rawValue where random.chance(60) {
          rule.from |= 1 << UInt32(raw)
        }
        rule.nearArrival_ms = UInt32(random.below(3)) * 10_000
        rule.margin_ms = UInt64(random.below(3)) * 15_000
        rule.most = UInt32(1 + random.below(3))
        draft.preempt[Int(tier.rawValue)] = rule
      }
      self.draft = draft
      bench = try Bench(image, plans: draft, units: 32, assignments: 256)
      ways = try Ways(image.map)
      units = choices.put(bench, &random)
    }

    private func profile(_ tier: Tier) -> Profile {
      ChoiceTests.profile(draft.plans[0].profile, tier)
    }

    /// What the plain choice says for a case, in the world as it is now.
    private func choose(_ index: Int) -> (picks: [PlainPick], shortfall: Shortfall) {
      let own = cases[index]
      let profile = profile(own.tier)
      var plain = PlainChoice(
        map: bench.image.map, requirements: draft.requirements,
        radius_dm: draft.plans[0].radius_dm, turnouts_ms: [1: 10_000, 2: 0],
        defaultTurnout_ms: draft.defaultTurnout_ms, wall_us: Bench.wallStart_us,
        beats: choices.plainBeats(draft), travel: { [ways] in ways.travel($0, $1, profile) })
      let rule = draft.preempt[Int(own.tier.rawValue)]
      plain.preempt = PlainPreempt(
        from: [Tier.urgent, .routine, .preventive].filter { rule.from >> $0.rawValue & 1 == 1 },
        nearArrival_ms: rule.nearArrival_ms, margin_ms: rule.margin_ms, most: Int(rule.most),
        lost: lost)
      for other in cases.indices {
        for pick in cases[other].picks where !arrived.contains(pick.unit) {
          guard let place = units.firstIndex(where: { $0.id == pick.unit }),
            let position = units[place].place
          else { continue }
          let way = ways.travel(position, cases[other].place, self.profile(cases[other].tier))
          units[place].order = PlainOrder(
            incident: other, tier: cases[other].tier, hasSetOut: moving.contains(pick.unit),
            left_ms: way.travel_ms)
        }
      }
      defer { for place in units.indices { units[place].order = nil } }
      return plain.choose(
        units, for: own.place, tier: own.tier, needs: own.needs, having: own.picks)
    }

    /// The picks go to their case; the cases that lose a unit are decided next, each once.
    private func apply(_ picks: [PlainPick], to index: Int) {
      var losers: [Int] = []
      for pick in picks {
        guard let place = units.firstIndex(where: { $0.id == pick.unit }) else { continue }
        if pick.isRobbed,
          let loser = cases.firstIndex(where: { $0.picks.contains { $0.unit == pick.unit } })
        {
          cases[loser].picks.removeAll { $0.unit == pick.unit }
          lost[loser, default: 0] += 1
          taken += 1
          if units[place].level == .available { units[place].idleSince_ns = now_ns }
          if !losers.contains(loser) { losers.append(loser) }
        }
        units[place].isBusy = true
        moving.remove(pick.unit)
        cases[index].picks.append(pick)
      }
      for loser in losers { apply(choose(loser).picks, to: loser) }
    }

    func call(_ number: Int) {
      let tier = Tier(rawValue: UInt8(1 + random.below(4))).unsafelyUnwrapped
      let place = choices.place(bench.image.map, &random)
      let needs: UInt64 = random.chance(70) ? 0 : UInt64(random.below(32))
      let promises = dispatched()
      cases.append(Case(id: 0, place: place, tier: tier, needs: needs))
      let index = cases.count - 1
      let expected = choose(index)
      let note = "seed \(seed), call \(number), \(tier)"
      for isReport in [false, true] {
        var report = bench.call(place, tier: tier)
        report.needs = needs
        check(isReport ? bench.report(report) : bench.recommend(report), equals: .ok, note)
        let found = bench.chosen.map {
          PlainPick(
            unit: $0.unitID, travel_ms: $0.travel_ms, requirement: $0.requirement, seat: $0.seat,
            reason: $0.reason, isShiftOver: $0.marks & ChosenMark.shiftOver != 0, depth: $0.ring,
            isRobbed: $0.marks & ChosenMark.diverted != 0)
        }
        check(found, equals: expected.picks, note)
        check(bench.decision.answer.shortfall, equals: expected.shortfall, note)
      }
      cases[index].id = bench.decision.answer.incidentID
      apply(expected.picks, to: index)
      compare(note)
      // What a promise counts from is what it was.
      for (id, before) in promises where before != 0 {
        check(bench.incident(id)?.dispatchedWall_us, equals: before, note)
      }
    }

    private func dispatched() -> [(UInt64, Int64)] {
      cases.map { ($0.id, bench.incident($0.id)?.dispatchedWall_us ?? 0) }
    }

    /// Where each unit is, on which seat; and what was lost.
    private func compare(_ note: String) {
      var seen: Set<UInt64> = []
      for (index, own) in cases.enumerated() {
        let live = bench.live(own.id).compactMap { bench.core.assignments.slot(of: $0) }.map {
          bench.core.assignments[$0]
        }
        check(live.map { bench.core.units[$0.unit].id }, equals: own.picks.map(\.unit), note)
        check(live.map(\.requirement), equals: own.picks.map(\.requirement), note)
        check(live.map(\.seat), equals: own.picks.map(\.seat), note)
        for pick in own.picks { check(seen.insert(pick.unit).inserted, "\(note): on two") }
        guard let slot = bench.core.incident(own.id) else { continue }
        check(
          Int(bench.core.incidents[details: slot].robbed), equals: lost[index] ?? 0, note)
        // Served, or waiting: nobody is stranded.
        check(!bench.core.hasOpenSeat(slot) || bench.core.incidents[slot].isWaiting, note)
      }
    }

    /// Units sign, set out, arrive, and report other places on their way.
    func go() {
      for own in cases {
        for (order, pick) in zip(bench.live(own.id), own.picks) where random.chance(30) {
          let state: AssignmentState = [.acknowledged, .enRoute, .enRoute, .onScene][
            random.below(4)]
          guard let now = bench.state(order), now.rawValue < state.rawValue else { continue }
          bench.advance(order, state)
          if state == .enRoute { moving.insert(pick.unit) }
          if state == .onScene { arrived.insert(pick.unit) }
        }
      }
      for place in units.indices where units[place].isBusy && random.chance(30) {
        let unit = units[place]
        guard unit.place != nil else { continue }
        let here = choices.place(bench.image.map, &random)
        units[place].place = here
        bench.put(
          unit.id, at: here, capabilities: unit.capabilities, agency: unit.agency,
          kind: unit.kind, crew: unit.crew,
          activity: unit.level == .available ? .patrolling : .meal,
          shiftEnd_us: unit.shiftEnd_us, homeBeat: unit.homeBeat)
      }
    }
  }

  private func live(_ seed: UInt64, isGround: Bool) throws -> Int {
    let world = try World(seed, isGround: isGround)
    for number in 0..<6 {
      world.call(number)
      world.go()
    }
    return world.taken
  }

  @Test(arguments: 0..<8 as Range<UInt64>)
  func thousandsOfSmallWorlds(part: UInt64) throws {
    let count = UInt64(Scale.count(100, full: 10_000))
    var taken = 0
    for seed in part * count..<(part + 1) * count { taken += try live(seed, isGround: false) }
    check(taken, above: Int(count) / 10)
  }

  @Test(arguments: 0..<4 as Range<UInt64>)
  func worldsWithoutStreets(part: UInt64) throws {
    let count = UInt64(Scale.count(100, full: 10_000))
    var taken = 0
    for seed in part * count..<(part + 1) * count { taken += try live(seed, isGround: true) }
    check(taken, above: Int(count) / 10)
  }
}
