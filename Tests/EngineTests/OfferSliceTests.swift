// One turn has one slice of offers, however many units its firings free.

import HujiaContainers
import HujiaMapBuild
import HujiaRoads
import HujiaTestSupport
import Testing

@testable import HujiaEngine

struct OfferSliceTests {
  private static let waiting = 3_000
  private static let unsigned = 40

  /// Incidents whose radius no unit is within, though each has to be looked at, and others whose units do not sign.
  private static func bench() throws -> Bench {
    var draft = PlanDraft.with(.acknowledge, 15, [.nextUnit, .supervisor], after_s: 3_000)
    draft.planTypes = [1]
    draft.requirements = [Requirement(capabilities: 0), Requirement(capabilities: 0)]
    var far = PlanRecord()
    far.conditions.typeCount = 1
    far.requirementCount = 1
    far.radius_dm = 10_000
    var any = PlanRecord()
    any.firstRequirement = 1
    any.requirementCount = 1
    draft.plans = [far, any]
    let bench = try Bench(
      MapImage(MapDraft()), plans: draft, units: 2 * unsigned, incidents: waiting + unsigned,
      assignments: 2 * unsigned, events: 1 << 14)
    for _ in 0..<waiting {
      bench.report(bench.call(place(north_m: 1_000), tier: .emergency, type: 1))
    }
    for id in 1...2 * unsigned {
      bench.put(UInt64(id), at: place(north_m: 0))
      while bench.core.hasBackgroundWork { bench.workInBackground() }
    }
    for _ in 0..<unsigned {
      bench.report(bench.call(place(north_m: 0), tier: .emergency, type: 2))
    }
    _ = bench.drain()
    return bench
  }

  private static func place(north_m: Int32) -> Place {
    Place(
      street: Place.none, offset_mm: 0, node: Place.none, gap_dm: 0,
      lat_e7: 310_000_000 + north_m * 90, lon_e7: 0, isOffNetwork: true)
  }

  @Test func firingsOfATurnShareOneSlice() throws {
    let bench = try Self.bench()
    bench.core.time = Moment(now_ns: 16 * Bench.second_ns, wall_us: bench.wall_us + 16_000_000)
    var fired = 0
    var turns = 0
    while bench.core.nextDue_ns <= bench.core.time.now_ns || bench.core.hasBackgroundWork {
      var steps = EngineCore.offerSlice
      let now = bench.fireDue(most: 64, decisions: 16, offerSteps: &steps)
      check(now, atMost: 16, "a turn decides a bounded number")
      if turns == 0 {
        check(now, equals: 16)
        check(steps, atMost: 0)
        check(bench.core.hasOffersLeft)
      }
      bench.workInBackground(&steps)
      check(steps, above: -EngineCore.decisionSteps, "\(steps) left of one slice")
      fired += now
      turns += 1
      guard check(turns, below: 1_000) else { return }
    }
    check(fired, equals: Self.unsigned)
    // As many looks as there are takes so many slices at least: they were not made in the turns that fired.
    check(
      turns, atLeast: Self.waiting / EngineCore.offerSlice * Self.unsigned / 2, "\(turns) turns")
  }
}

extension OfferSliceTests {
  /// The walk over the heap's top beside a look at every unit in it.
  @Test func thoseThatStandBeforeATierAreAllFound() throws {
    var random = SplitMix64(5)
    var queue = try OfferQueue(.system, units: 40)
    var tiers: [UInt32: UInt8] = [:]
    for _ in 0..<3_000 {
      if random.chance(60) {
        let unit = UInt32(random.below(40))
        let tier = UInt8(random.below(6))
        queue.push(
          unit,
          from: OfferKey(
            tier: tier, key: WaitingKey(received_ns: Int64(random.below(9)), serial: 0)))
        tiers[unit] = tier
      } else if let (unit, _) = queue.pop() {
        tiers[unit] = nil
      }
      for tier in 0...6 as ClosedRange<UInt8> {
        var found: [UInt32] = []
        var place = queue.place(before: tier, after: nil)
        while let here = place, found.count <= 40 {
          found.append(queue.unit(at: here))
          place = queue.place(before: tier, after: here)
        }
        check(found.sorted(), equals: tiers.filter { $0.value < tier }.map(\.key).sorted())
      }
    }
  }
}
