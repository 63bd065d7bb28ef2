// Which of two travel times counts: the plan's word, else the tier's; for the choice, for a unit sent by hand, for the
// road of an assignment, and after a change of tier.

import HujiaMapBuild
import HujiaRoads
import HujiaRouting
import HujiaTestSupport
import Testing

@testable import HujiaEngine

@Suite struct ProfileTests {
  /// Two roads from node 0 to node 2: over node 1 as everybody 20 s, with lights 40 s; over node 3 the other way
  /// round. Unit 1 stands at node 1, unit 2 at node 3, the call is at node 2, 10 s from each on its quick road.
  private static func diamond() -> MapImage {
    var draft = MapDraft()
    for (lat_e7, lon_e7) in [(0, 0), (9_000, 9_000), (0, 18_000), (-9_000, 9_000)] {
      draft.nodes.append((lat_e7: Int32(lat_e7), lon_e7: Int32(lon_e7)))
    }
    let calm = MapDraft.Times(normal_ms: 10_000, response_ms: 20_000)
    let pressing = MapDraft.Times(normal_ms: 20_000, response_ms: 10_000)
    for (id, (from, to, times)) in [(0, 1, calm), (1, 2, calm), (0, 3, pressing), (3, 2, pressing)]
      .enumerated()
    {
      draft.streets.append(
        MapDraft.Street(
          id: UInt64(id + 1), from: UInt32(from), to: UInt32(to), length_mm: 150_000,
          forward: times, backward: times))
    }
    return MapImage(draft)
  }

  private func bench(_ rule: ProfileRule) throws -> Bench {
    var plans = PlanDraft.builtIn
    for plan in plans.plans.indices { plans.plans[plan].profile = rule }
    let bench = try Bench(Self.diamond(), plans: plans)
    bench.put(1, at: bench.node(1))
    bench.put(2, at: bench.node(3))
    return bench
  }

  @Test(
    arguments: [ProfileRule.byTier, .response, .normal],
    [Tier.emergency, .urgent, .routine, .preventive])
  func theChoiceFollowsThePlanThenTheTier(rule: ProfileRule, tier: Tier) throws {
    let isPressing = tier == .emergency || tier == .urgent
    let isNormal = rule == .normal || (rule == .byTier && !isPressing)
    let bench = try bench(rule)
    let incident = bench.open(at: 2, tier: tier)
    check(bench.units(incident), equals: [isNormal ? 1 : 2])
    check(bench.chosen.map(\.travel_ms), equals: [10_000])
    // By hand the other one: twice as far in this profile. The road says the same.
    let other: UInt64 = isNormal ? 2 : 1
    check(bench.assign(incident, unit: other, wall_us: 0, act: Act()), equals: .ok)
    check(bench.chosen[0].travel_ms, equals: 20_000)
    for (assignment, time_ms) in zip(bench.live(incident), [10_000 as UInt32, 20_000]) {
      let (status, needed) = bench.core.route(ofAssignment: assignment)
      check(status, equals: .ok)
      check(needed, equals: 2)
      check(bench.core.routePoints[needed - 1].time_ms, equals: time_ms)
    }
    check(bench.core.route(ofAssignment: 12_345).status, equals: .stale)
  }

  @Test func aRaisedTierDrivesWithLights() throws {
    let bench = try bench(.byTier)
    let incident = bench.open(at: 2, tier: .routine)
    check(bench.incident(incident)?.plan.profile, equals: .normal)
    check(bench.units(incident), equals: [1])
    check(bench.upgrade(incident, to: .emergency), equals: .ok)
    check(bench.incident(incident)?.plan.profile, equals: .response)
    check(bench.core.route(ofAssignment: bench.live(incident)[0]).needed, equals: 2)
    check(bench.core.routePoints[1].time_ms, equals: 20_000)
    // The replacement of a unit that declines is chosen in the new profile.
    check(bench.advance(bench.live(incident)[0], .declined), equals: .ok)
    check(bench.units(incident), equals: [2])
    check(bench.chosen[0].travel_ms, equals: 10_000)
  }

  @Test func nobodysPlanIsByTierToo() throws {
    var plans = PlanDraft.builtIn
    plans.plans[0].conditions.typeCount = 1
    plans.planTypes = [99]
    let bench = try Bench(Self.diamond(), plans: plans)
    bench.put(1, at: bench.node(1))
    check(bench.report(bench.call(bench.node(2), tier: .routine)), equals: .manual)
    let incident = bench.decision.answer.incidentID
    check(bench.assign(incident, unit: 1, wall_us: 0, act: Act()), equals: .ok)
    check(bench.chosen[0].travel_ms, equals: 10_000)
  }

  @Test func theNearestAreAskedInEitherProfile() throws {
    let bench = try bench(.byTier)
    for (profile, expected) in [(Profile.normal, [1 as UInt64, 2]), (.response, [2, 1])] {
      let found = bench.core.nearest(
        to: bench.node(2), capabilities: 0, levels: 1, agency: 0, limit: 2, profile: profile)
      check(found, equals: 2)
      check((0..<2).map { bench.core.units[bench.core.found($0).unit].id }, equals: expected)
      check((0..<2).map { bench.core.found($0).travel_ms }, equals: [10_000, 20_000])
    }
  }
}
