// Alarm levels, alternatives and minimum crews, case by case; on random worlds they are in ChoiceTests.

import HujiaTestSupport
import Testing

@testable import HujiaEngine

@Suite struct AlarmLevelTests {
  /// Level 1: one unit; 2: two more; 3: one of agency 2.
  private static func plans(_ dispatch: DispatchMode = .auto) -> PlanDraft {
    var draft = PlanDraft()
    var plan = PlanRecord()
    for (level, count, agency) in [(1, 1, 0), (2, 2, 0), (3, 1, 2)] as [(UInt8, UInt32, UInt32)] {
      var requirement = Requirement(capabilities: 0, agency: agency, count: count)
      requirement.level = level
      draft.requirements.append(requirement)
    }
    plan.requirementCount = 1
    plan.wholeCount = 3
    plan.levels = 3
    plan.dispatch = dispatch
    draft.plans = [plan]
    return draft
  }

  private static func bench(_ plans: PlanDraft = plans(), units: Int = 6) throws -> Bench {
    let bench = try Bench(Bench.row(), plans: plans)
    for unit in 1...units {
      bench.put(UInt64(unit), at: bench.node(unit), agency: unit == units ? 2 : 1)
    }
    return bench
  }

  @Test func aLevelAddsOnlyItsOwn() throws {
    let bench = try Self.bench()
    let incident = bench.open(at: 0)
    check(bench.units(incident), equals: [1])
    _ = bench.drain()
    check(bench.raise(incident, to: 2, act: Act(operatorID: 9)), equals: .ok)
    check(bench.units(incident), equals: [1, 2, 3])
    check(bench.chosen.map(\.unitID), equals: [1, 2, 3])
    check(bench.chosen.dropFirst().allSatisfy { $0.reason == .raised })
    let told = bench.drain()
    check(told.filter { $0.kind == .assignment }.map(\.unitID), equals: [2, 3])
    let raised = told.filter { $0.kind == .incident && $0.reason == Reason.raised.rawValue }
    check(raised.map(\.operatorID), equals: [9])
    check(bench.raise(incident, to: 3), equals: .ok)
    check(bench.units(incident), equals: [1, 2, 3, 6])
    check(bench.incident(incident)?.plan.alarmLevel, equals: 3)
  }

  @Test func whatIsThereIsNotAskedForAgain() throws {
    let bench = try Self.bench()
    let incident = bench.open(at: 0)
    // Sent by hand, beside the plan: it takes a place of the next level.
    check(bench.assign(incident, unit: 5, wall_us: 0, act: Act()), equals: .ok)
    check(bench.raise(incident, to: 2), equals: .ok)
    check(bench.units(incident), equals: [1, 5, 2])
    // A unit that was there and left is not replaced by a raise.
    let first = bench.live(incident)[0]
    bench.advance(first, .onScene)
    bench.advance(first, .cleared)
    check(bench.raise(incident, to: 3), equals: .ok)
    check(bench.units(incident), equals: [5, 2, 6])
    check(bench.raise(incident, to: 3), equals: .unchanged)
    check(bench.raise(incident, to: 1), equals: .unchanged)
    check(bench.units(incident), equals: [5, 2, 6])
  }

  @Test func aJumpAsksForAllBelow() throws {
    let bench = try Self.bench()
    let incident = bench.open(at: 0)
    check(bench.raise(incident, to: 3), equals: .ok)
    check(bench.units(incident), equals: [1, 2, 3, 6])
  }

  @Test func whatIsRefusedChangesNothing() throws {
    let bench = try Self.bench()
    let incident = bench.open(at: 0)
    _ = bench.drain()
    for level in [0, 4, 255, 256, 257, .max] as [UInt32] {
      check(bench.raise(incident, to: level), equals: .level)
    }
    check(bench.units(incident), equals: [1])
    check(bench.drain().isEmpty)
    check(bench.raise(incident + 1, to: 2), equals: .stale)
    bench.close(incident)
    check(bench.raise(incident, to: 2), equals: .state)
    // No plan, no level.
    var none = Self.plans()
    none.plans[0].conditions.tiers = 1 << UInt32(Tier.routine.rawValue)
    let other = try Self.bench(none)
    let manual = other.open(at: 0)
    check(other.incident(manual)?.plan.plan, equals: 0)
    check(other.raise(manual, to: 1), equals: .level)
  }

  @Test func theLevelStaysThroughUpdates() throws {
    let bench = try Self.bench()
    let incident = bench.open(at: 0, tier: .routine)
    check(bench.raise(incident, to: 2), equals: .ok)
    check(bench.upgrade(incident, to: .emergency), equals: .ok)
    check(bench.units(incident), equals: [1, 2, 3])
    check(bench.incident(incident)?.plan.alarmLevel, equals: 2)
    // A plan with fewer levels is in force whole; one with as many then goes on from there.
    check(try bench.load(.builtIn))
    check(bench.upgrade(incident, to: .urgent), equals: .ok)
    check(bench.incident(incident)?.plan.requirementCount, equals: 1)
    check(bench.raise(incident, to: 2), equals: .level)
    check(try bench.load(Self.plans()))
    check(bench.upgrade(incident, to: .emergency), equals: .ok)
    check(bench.incident(incident)?.plan.requirementCount, equals: 2)
  }

  @Test func whatIsMissingWaits() throws {
    let bench = try Self.bench(units: 2)
    let incident = bench.open(at: 0)
    check(bench.raise(incident, to: 2), equals: .ok)
    check(bench.units(incident), equals: [1, 2])
    check(bench.incident(incident)?.isWaiting, equals: true)
    bench.put(7, at: bench.node(9))
    check(bench.units(incident), equals: [1, 2, 7])
    check(bench.incident(incident)?.isWaiting, equals: false)
  }

  @Test func recommendingNamesWithoutSending() throws {
    let bench = try Self.bench(Self.plans(.recommend))
    let incident = bench.open(at: 0)
    check(bench.assign(incident, unit: 1, wall_us: 0, act: Act()), equals: .ok)
    check(bench.raise(incident, to: 2), equals: .ok)
    check(bench.chosen.map(\.unitID), equals: [1, 2, 3])
    check(bench.chosen.map { $0.assignmentID != 0 }, equals: [true, false, false])
    check(bench.units(incident), equals: [1])
    let manual = try Self.bench(Self.plans(.manual))
    let other = manual.open(at: 0)
    check(manual.raise(other, to: 2), equals: .ok)
    check(manual.units(other).isEmpty)
    check(manual.decision.answer.shortfall, equals: .manual)
  }

  @Test func ofAHeldIncidentItCountsFromItsAppointment() throws {
    let bench = try Self.bench()
    bench.poll(s: 1)
    var call = bench.call(bench.node(0))
    call.appointmentWall_us = Bench.wallStart_us + 100_000_000
    check(bench.report(call), equals: .held)
    let incident = bench.decision.answer.incidentID
    check(bench.raise(incident, to: 2), equals: .ok)
    check(bench.units(incident).isEmpty)
    bench.poll(s: 101)
    check(bench.units(incident), equals: [1, 2, 3])
  }

  // Alternatives

  /// A medic of kind 3 or, failing that, two units of kind 1.
  private static func either() -> PlanDraft {
    var draft = PlanDraft()
    var plan = PlanRecord()
    var first = Requirement(capabilities: 1, role: 1, kind: 3)
    var second = Requirement(capabilities: 0, role: 2, kind: 1, count: 2)
    (first.choices, second.choices, second.choice) = (2, 2, 1)
    draft.requirements = [first, second]
    (plan.requirementCount, plan.wholeCount) = (2, 2)
    draft.plans = [plan]
    return draft
  }

  @Test func theFirstThatCanBeMetWins() throws {
    let bench = try Bench(Bench.row(), plans: Self.either())
    for unit in 1...3 as ClosedRange<UInt64> { bench.put(unit, at: bench.node(1), kind: 1) }
    bench.put(4, at: bench.node(15), capabilities: 1, kind: 3)
    // However far the medic is.
    check(bench.units(bench.open(at: 0)), equals: [4])
    let second = bench.open(at: 0)
    check(bench.units(second), equals: [1, 2])
    check(bench.incident(second)?.shortfall, equals: [])
    // One unit is no two: it goes all the same, and the incident waits for its fellow alone.
    let third = bench.open(at: 0)
    check(bench.units(third), equals: [3])
    check(bench.incident(third)?.isWaiting, equals: true)
    bench.put(5, at: bench.node(2), capabilities: 1, kind: 3)
    check(bench.units(third), equals: [3])
    bench.put(6, at: bench.node(2), kind: 1)
    check(bench.units(third), equals: [3, 6])
  }

  @Test func whereNoneCanBeMetTheReasonsOfAllAreTold() throws {
    let bench = try Bench(Bench.row(), plans: Self.either())
    bench.put(1, at: bench.node(1), kind: 1, crew: -1)
    let incident = bench.open(at: 0)
    check(bench.units(incident).isEmpty)
    check(bench.incident(incident)?.shortfall, equals: [.capability, .notCrewed])
    bench.put(2, at: bench.node(1), capabilities: 1, kind: 3)
    check(bench.units(incident), equals: [2])
    check(bench.incident(incident)?.isWaiting, equals: false)
  }

  @Test func aUnitThatDoesNotSignIsReplacedByAnotherAlternative() throws {
    var draft = Self.either()
    draft.requirements[1].count = 1
    let bench = try Bench(Bench.row(), plans: draft)
    bench.put(1, at: bench.node(1), capabilities: 1, kind: 3)
    bench.put(2, at: bench.node(1), kind: 1)
    let incident = bench.open(at: 0)
    check(bench.units(incident), equals: [1])
    bench.poll(s: 31)
    check(bench.units(incident), equals: [2])
    let seated = bench.live(incident).compactMap { bench.core.assignments.slot(of: $0) }.map {
      bench.core.assignments[$0]
    }
    check(seated.map(\.requirement), equals: [1])
    check(seated.map(\.role), equals: [2])
  }

  /// A doctor and an ambulance (1, 2) or, failing that, two ambulances.
  private static func doctorOrTwo(_ dispatch: DispatchMode = .auto) -> PlanDraft {
    var draft = either()
    draft.requirements[0] = Requirement(capabilities: 3, role: 1)
    draft.requirements[1] = Requirement(capabilities: 2, role: 2, count: 2)
    for place in 0..<2 {
      draft.requirements[place].choices = 2
      draft.requirements[place].choice = UInt8(place)
    }
    draft.plans[0].dispatch = dispatch
    return draft
  }

  private func seats(_ incident: UInt64, _ bench: Bench) -> [UInt32] {
    bench.live(incident).compactMap { bench.core.assignments.slot(of: $0) }.map {
      bench.core.assignments[$0].requirement
    }
  }

  @Test func anUpdateKeepsTheAlternativeThatWasMet() throws {
    let bench = try Bench(Bench.row(), plans: Self.doctorOrTwo())
    for unit in 1...2 as ClosedRange<UInt64> {
      bench.put(unit, at: bench.node(1), capabilities: 2)
    }
    let incident = bench.open(at: 0)
    check(seats(incident, bench), equals: [1, 1])
    check(bench.upgrade(incident, to: .emergency), equals: .ok)
    check(seats(incident, bench), equals: [1, 1])
    check(bench.incident(incident)?.isWaiting, equals: false)
    bench.put(3, at: bench.node(1), capabilities: 1)
    check(bench.upgrade(incident, to: .urgent), equals: .ok)
    check(bench.units(incident), equals: [1, 2])
    // Other plans that ask for the same.
    check(try bench.load(Self.doctorOrTwo()))
    check(bench.upgrade(incident, to: .emergency), equals: .ok)
    check(bench.units(incident), equals: [1, 2])
    check(seats(incident, bench), equals: [1, 1])
    check(bench.incident(incident)?.isWaiting, equals: false)
  }

  @Test func unitsSentByHandMeetAnAlternative() throws {
    let bench = try Bench(Bench.row(), plans: Self.doctorOrTwo(.manual))
    for unit in 1...2 as ClosedRange<UInt64> {
      bench.put(unit, at: bench.node(1), capabilities: 2)
    }
    let incident = bench.open(at: 0)
    check(bench.assign(incident, unit: 1, wall_us: 0, act: Act()), equals: .ok)
    check(seats(incident, bench), equals: [0])
    check(bench.assign(incident, unit: 2, wall_us: 0, act: Act()), equals: .ok)
    check(seats(incident, bench), equals: [1, 1])
    check(bench.chosen.map(\.role), equals: [2])
    check(bench.core.incident(incident).map { bench.core.hasOpenSeat($0) }, equals: false)
  }

  @Test func aRaiseTakesTheAlternativeThatIsThere() throws {
    var draft = Self.doctorOrTwo()
    draft.requirements.insert(Requirement(capabilities: 0, kind: 5), at: 0)
    for place in 1...2 { draft.requirements[place].level = 2 }
    (draft.plans[0].requirementCount, draft.plans[0].wholeCount) = (1, 3)
    draft.plans[0].levels = 2
    let bench = try Bench(Bench.row(), plans: draft)
    bench.put(1, at: bench.node(1), kind: 5)
    let incident = bench.open(at: 0)
    for unit in 2...3 as ClosedRange<UInt64> {
      bench.put(unit, at: bench.node(1), capabilities: 2)
      check(bench.assign(incident, unit: unit, wall_us: 0, act: Act()), equals: .ok)
    }
    bench.put(4, at: bench.node(1), capabilities: 1)
    check(bench.raise(incident, to: 2), equals: .ok)
    check(bench.units(incident), equals: [1, 2, 3])
    check(seats(incident, bench), equals: [0, 2, 2])
  }

  @Test func besideAnotherUnitNoOtherAlternativeIsTaken() throws {
    var draft = Self.doctorOrTwo()
    draft.requirements[1].count = 1
    draft.requirements[1].capabilities = 0
    draft.requirements[1].kind = 7
    let bench = try Bench(Bench.row(), plans: draft)
    bench.put(1, at: bench.node(1), capabilities: 1)
    bench.put(2, at: bench.node(1), capabilities: 2)
    let incident = bench.open(at: 0)
    check(bench.units(incident), equals: [1, 2])
    check(bench.advance(bench.live(incident)[1], .acknowledged), equals: .ok)
    bench.put(3, at: bench.node(1), kind: 7)
    bench.poll(s: 31)
    check(!bench.units(incident).contains(3))
    check(seats(incident, bench).allSatisfy { $0 == 0 })
  }

  @Test func roomThatEndsWithinASeatMeetsNoAlternative() throws {
    var draft = Self.doctorOrTwo()
    draft.requirements[1].count = 1
    draft.requirements[1].capabilities = 0
    draft.requirements[1].kind = 7
    draft.requirements.insert(
      Requirement(capabilities: 0, kind: 1, count: UInt32(EngineLimits.chosen - 1)), at: 0)
    (draft.plans[0].requirementCount, draft.plans[0].wholeCount) = (3, 3)
    let bench = try Bench(Bench.row(), plans: draft, units: 32)
    for unit in 1..<UInt64(EngineLimits.chosen) { bench.put(unit, at: bench.node(1), kind: 1) }
    bench.put(21, at: bench.node(1), capabilities: 1, kind: 2)
    bench.put(22, at: bench.node(1), capabilities: 2, kind: 2)
    bench.put(23, at: bench.node(1), kind: 7)
    let incident = bench.open(at: 0)
    check(bench.units(incident).last, equals: 23)
    check(bench.incident(incident)?.shortfall, equals: [])
  }

  // Crews

  @Test func aCrewThatShrankKeepsItsSeatThroughAnUpdate() throws {
    var draft = PlanDraft.builtIn
    draft.requirements[0].leastCrew = 2
    let bench = try Bench(Bench.row(), plans: draft)
    bench.put(1, at: bench.node(1), crew: 2)
    let incident = bench.open(at: 0)
    bench.put(1, at: bench.node(1), crew: 1)
    bench.put(2, at: bench.node(1), crew: 2)
    check(bench.upgrade(incident, to: .urgent), equals: .ok)
    check(bench.units(incident), equals: [1])
  }

  @Test func aMinimumCrewIsKept() throws {
    var draft = PlanDraft.builtIn
    draft.requirements[0].leastCrew = 2
    let bench = try Bench(Bench.row(), plans: draft)
    bench.put(1, at: bench.node(1), crew: 1)
    bench.put(2, at: bench.node(1))  // not stated: one
    let incident = bench.open(at: 0)
    check(bench.units(incident).isEmpty)
    check(bench.incident(incident)?.shortfall, equals: .notCrewed)
    bench.put(1, at: bench.node(1), crew: 2)
    check(bench.units(incident), equals: [1])
  }
}
