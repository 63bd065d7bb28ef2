// What is asked of all units at once (the longest idle without a position, units past their shift, why nobody goes)
// beside a plain look at all, and with few looks.

import HujiaContainers
import HujiaRoads
import HujiaRouting
import HujiaTestSupport
import Testing

@testable import HujiaEngine

@Suite struct UnitClassTests {
  private static let activities: [Activity] = [.patrolling, .patrolling, .station, .meal, .court]

  /// The slow twin: all units, one after the other.
  private func plain(
    _ bench: Bench, level: Level, capabilities: UInt64, agency: UInt32, kind: UInt32
  ) -> UInt64? {
    let live = (0..<UInt32(bench.core.units.touched)).filter {
      bench.core.units.isLive($0)
    }
    let fitting = live.filter { slot in
      let unit = bench.core.units[slot]
      return !unit.hasPosition && unit.isCrewed && bench.core.level(of: slot) == level
        && unit.capabilities & capabilities == capabilities
        && (agency == 0 || agency == unit.agency) && (kind == 0 || kind == unit.kind)
    }
    let best = fitting.min {
      (bench.core.idleSince_ns(of: $0), bench.core.units[$0].id)
        < (bench.core.idleSince_ns(of: $1), bench.core.units[$1].id)
    }
    return best.map { bench.core.units[$0].id }
  }

  /// The slow twins of a choice's other questions: each unit is looked at.
  private func compareQuestions(
    _ bench: Bench, _ requirement: Requirement, _ tier: Tier, _ note: String
  ) {
    let asked = requirement.capabilities
    let limit_us = Eligibility.mustLast_us(
      to: tier, wall_us: bench.core.time.wall_us, evenIfOver: tier.isPressing)
    var isOver = false
    var why = Shortfall()
    for slot in 0..<UInt32(bench.core.units.touched) where bench.core.units.isLive(slot) {
      let unit = bench.core.units[slot]
      guard unit.capabilities & asked == asked,
        requirement.agency == 0 || requirement.agency == unit.agency,
        requirement.kind == 0 || requirement.kind == unit.kind
      else { continue }
      let isCrewed = unit.isCrewed && max(unit.crew, 1) >= Int32(requirement.leastCrew)
      let level = Eligibility.bit(bench.core.level(of: slot))
      let isSkipped = bench.core.router.isSkipped(unit: slot, stamp: bench.core.skipStamp)
      if isCrewed, level & Eligibility.levels(for: .emergency) != 0, !isSkipped,
        bench.core.isShiftOver(unit)
      {
        isOver = true
      }
      if !isCrewed {
        why.insert(.notCrewed)
      } else if level & Eligibility.levels(for: tier) == 0 || isSkipped {
        why.insert(.notAvailable)
      } else {
        why.insert(Eligibility.lasts(unit.shiftEnd_us, to: limit_us) ? .radius : .shiftEnd)
      }
    }
    check(
      bench.core.hasShiftOver(requirement, capabilities: asked), equals: isOver, "over, \(note)")
    check(
      bench.core.whyNone(requirement, capabilities: asked, tier: tier),
      equals: why.isEmpty ? .capability : why, "why, \(note)")
  }

  private func compare(_ seed: UInt64) throws {
    var random = SplitMix64(seed)
    let bench = try Bench(Bench.row(), units: 200, incidents: 32)
    var now_s = 0.0
    for step in 0..<300 {
      let id = UInt64(1 + random.below(random.chance(50) ? 180 : 20))
      let slot = bench.core.unit(id)
      switch random.below(10) {
      case 0..<4:
        bench.put(
          id, at: random.chance(20) ? bench.node(random.below(20)) : nil,
          capabilities: UInt64(random.below(4)), agency: UInt32(random.below(3)),
          kind: UInt32(random.below(3)), crew: random.chance(90) ? 0 : -1,
          activity: Self.activities[random.below(Self.activities.count)],
          shiftEnd_us: random.chance(40)
            ? 0 : Bench.wallStart_us + Int64(random.below(240) - 120) * 60_000_000)
      case 4: _ = bench.core.remove(unit: id)
      case 5:
        let activity = Self.activities[random.below(Self.activities.count)]
        _ = bench.set(activity: activity, of: id)
      case 6: bench.open(at: random.below(20), tier: random.chance(50) ? .emergency : .routine)
      case 7:
        if let slot, !bench.core.units[slot].isFree {
          let incident = bench.core.assignments[bench.core.units[slot].assignment].incident
          bench.close(bench.core.incidents.id(of: incident))
        }
      default:
        now_s += Double(random.below(3))
        bench.poll(s: now_s)
      }
      // Some are passed over, as those that declined are.
      bench.core.beginSelection(excludingRefusalsOf: nil)
      for _ in 0..<random.below(4) {
        let slot = UInt32(random.below(max(bench.core.units.touched, 1)))
        if bench.core.units.isLive(slot) { bench.core.skip(unit: slot) }
      }
      compareQuestions(
        bench,
        Requirement(
          capabilities: UInt64(random.below(4)), agency: UInt32(random.below(4)),
          kind: UInt32(random.below(4))), random.chance(50) ? .emergency : .routine,
        "seed \(seed), step \(step)")
      var filter = UnitFilter()
      filter.capabilities = UInt64(random.below(4))
      filter.agency = UInt32(random.below(4))
      let level: Level = random.chance(70) ? .available : .conditionallyAvailable
      filter.levels = 1 << UInt32(level.rawValue)
      let kind = UInt32(random.below(4))
      let found = bench.core.unitWithoutPosition(filter, kind: kind)
      let expected = plain(
        bench, level: level, capabilities: filter.capabilities, agency: filter.agency, kind: kind)
      check(found?.id, equals: expected, "seed \(seed), step \(step)")
    }
  }

  @Test func besideALookAtAll() throws {
    for seed in 0..<UInt64(Scale.count(60, full: 2_000)) { try compare(seed) }
  }

  /// Each unit is idle longer than all before it, so that a plain search would find a better one every time.
  @Test func aDecisionLooksAtFew() throws {
    let units = 8_192
    let bench = try Bench(Bench.row(), units: units)
    for unit in 1...UInt64(units) {
      bench.core.time = Moment(now_ns: Int64(units) - Int64(unit), wall_us: bench.wall_us)
      bench.put(unit, at: nil, agency: 1, kind: 1)
    }
    bench.poll(s: 1)
    let before = bench.core.router.unitLooks
    let incident = bench.open(at: 0)
    check(bench.units(incident), equals: [UInt64(units)])
    let looks = bench.core.router.unitLooks - before
    check(looks, atMost: 128)
  }

  /// Nobody is of the agency that the plan names: a look at each class tells, for the choice and for its reasons.
  @Test func anAgencyThatIsNotThereCostsNoLook() throws {
    var draft = PlanDraft()
    draft.requirements = [Requirement(capabilities: 0, agency: 9)]
    var plan = PlanRecord()
    plan.requirementCount = 1
    draft.plans = [plan]
    let bench = try Bench(Bench.row(), plans: draft, units: 4_096)
    for unit in 1...UInt64(4_096) { bench.put(unit, at: nil, agency: UInt32(1 + unit % 3)) }
    bench.poll(s: 1)
    let before = bench.core.router.unitLooks
    let incident = bench.open(at: 0)
    check(bench.units(incident), equals: [])
    check(bench.incident(incident)?.shortfall, equals: .capability)
    let looks = bench.core.router.unitLooks - before
    check(looks, equals: 0)
  }
}
