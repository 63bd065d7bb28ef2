// Plans on their way into tables: ordinary arrays, filled by the built-in plan or by the decoder, then copied once.

import HujiaContainers

/// Everything a version of the plans says, not yet in engine memory.
package struct PlanDraft: Sendable {
  package struct Chain: Sendable, Equatable {
    package var limit_ms: Int64
    package var repeat_ms: Int64
    package var steps: [Step]
    package var manners: ClockManners
    package init(
      limit_ms: Int64, repeat_ms: Int64, steps: [Step], manners: ClockManners = ClockManners()
    ) {
      self.limit_ms = limit_ms
      self.repeat_ms = repeat_ms
      self.steps = steps
      self.manners = manners
    }
  }

  package var plans: [PlanRecord] = []
  package var planTypes: [UInt32] = []
  package var planAreas: [UInt32] = []
  package var requirements: [Requirement] = []
  package var areas: [AreaRecord] = []
  package var areaRings: [RingRecord] = []
  package var areaPoints: [AreaPoint] = []
  package var beats: [BeatRecord] = []
  /// By beat, the places in `beats` of its neighbours.
  package var neighbours: [[UInt32]] = []
  package var types: [TypeRecord] = []
  package var tiers: [TierLimits]
  /// By clock, then by tier; nil = the clock does not run.
  package var chains: [[Chain?]]
  package var clockRules: [ClockRule] = []
  /// By rule, then by tier.
  package var ruleChains: [[Chain?]] = []
  package var turnouts: [TurnoutRecord] = []
  package var defaultTurnout_ms: UInt32 = 60_000
  package var levels: [UInt8]
  package var zone = [ZoneChange(from_s: .min, offset_s: 0)]
  /// By tier: what a call of it may take from others.
  package var preempt = [PreemptRule](repeating: PreemptRule(), count: PlanTables.tierCount)

  /// The tiers and chains of domain.md, and no plan.
  package init() {
    let minute: Int64 = 60_000
    tiers = [
      TierLimits(respond_ms: -1, arrive_ms: -1, arriveVulnerable_ms: -1, resolve_ms: -1),
      TierLimits(
        respond_ms: minute, arrive_ms: 8 * minute, arriveVulnerable_ms: 5 * minute, resolve_ms: -1),
      TierLimits(
        respond_ms: 5 * minute, arrive_ms: 15 * minute, arriveVulnerable_ms: -1, resolve_ms: -1),
      TierLimits(
        respond_ms: 30 * minute, arrive_ms: -1, arriveVulnerable_ms: -1, resolve_ms: 120 * minute),
      TierLimits(
        respond_ms: -1, arrive_ms: -1, arriveVulnerable_ms: -1, resolve_ms: 1_440 * minute),
    ]
    chains = Array(
      repeating: Array(repeating: nil, count: PlanTables.tierCount), count: PlanTables.clockCount)
    levels = Activity.allCases.map { $0.defaultLevel.rawValue }
    func every(_ clock: ClockKind, _ chain: Chain) {
      chains[Int(clock.rawValue)] = Array(repeating: chain, count: PlanTables.tierCount)
    }
    every(
      .acknowledge,
      Chain(
        limit_ms: 15_000, repeat_ms: 300_000,
        steps: [
          Step(after_ms: 0, action: .notifyAgain), Step(after_ms: 15_000, action: .nextUnit),
          Step(after_ms: 15_000, action: .supervisor),
        ]))
    every(
      .pending,
      Chain(
        limit_ms: -1, repeat_ms: 300_000,
        steps: [
          Step(after_ms: 0, action: .supervisor), Step(after_ms: 60_000, action: .tellCaller),
        ]))
    every(
      .arrival,
      Chain(
        limit_ms: -1, repeat_ms: 300_000,
        steps: [
          Step(after_ms: 0, action: .supervisor), Step(after_ms: 60_000, action: .suggestExchange),
        ]))
    every(
      .absence,
      Chain(
        limit_ms: 72 * 3_600_000, repeat_ms: 3_600_000,
        steps: [
          Step(after_ms: 0, action: .homeOfficer),
          Step(after_ms: 2 * 3_600_000, action: .gridWorker),
          Step(after_ms: 2 * 3_600_000, action: .openIncident),
        ]))
    every(
      .resolve,
      Chain(
        limit_ms: -1, repeat_ms: 3_600_000, steps: [Step(after_ms: 0, action: .supervisor)]))
  }

  /// The built-in plan: the tiers of domain.md, one unit of any capability for any type, sent automatically; an
  /// emergency takes units from what is routine or preventive.
  package static var builtIn: PlanDraft {
    var draft = PlanDraft()
    var plan = PlanRecord()
    plan.requirementCount = 1
    plan.wholeCount = 1
    draft.requirements = [.anyUnit]
    draft.plans = [plan]
    draft.preempt[Int(Tier.emergency.rawValue)].from =
      1 << UInt32(Tier.routine.rawValue) | 1 << UInt32(Tier.preventive.rawValue)
    return draft
  }

  /// Copies everything into blocks of `memory`.
  package func tables(_ memory: Memory) throws(OutOfMemory) -> PlanTables {
    var policies: [ClockPolicy] = []
    var steps: [Step] = []
    for chain in (chains + ruleChains).joined() {
      let first = Int32(steps.count)
      policies.append(
        ClockPolicy(
          limit_ms: chain?.limit_ms ?? -1, repeat_ms: chain?.repeat_ms ?? 0, firstStep: first,
          stepCount: Int32(chain?.steps.count ?? 0), manners: chain?.manners ?? ClockManners()))
      steps += chain?.steps ?? []
    }
    let least_ms = turnouts.map(\.turnout_ms).min() ?? defaultTurnout_ms
    var tables = PlanTables(
      plans: try Self.block(memory, plans), planTypes: try Self.block(memory, planTypes),
      planAreas: try Self.block(memory, planAreas),
      requirements: try Self.block(memory, requirements), areas: try Self.block(memory, areas),
      areaRings: try Self.block(memory, areaRings), areaGrid: try AreaGrid(areas, memory),
      openPlans: try Self.block(memory, plansWithoutArea),
      plansOfArea: try NumberLists(plansByArea, memory),
      areaPoints: try Self.block(memory, areaPoints), beats: try Self.block(memory, beats),
      beatOfArea: try Self.block(memory, beatOfArea),
      beatsAround: try NumberLists(beatsAround, memory),
      types: try Self.block(memory, types.sorted { $0.code < $1.code }),
      tiers: try Self.block(memory, tiers), policies: try Self.block(memory, policies),
      clockRules: try Self.block(memory, clockRules), steps: try Self.block(memory, steps),
      turnouts: try Self.block(memory, turnouts.sorted { $0.kind < $1.kind }),
      levels: try Self.block(memory, levels), zone: try Self.block(memory, zone),
      defaultTurnout_ms: defaultTurnout_ms, leastTurnout_ms: min(least_ms, defaultTurnout_ms))
    for tier in 0..<PlanTables.tierCount { tables.preempt[tier] = preempt[tier] }
    return tables
  }

  private var plansWithoutArea: [UInt32] {
    plans.indices.filter { plans[$0].conditions.areaCount == 0 }.map(UInt32.init)
  }

  private var plansByArea: [[UInt32]] {
    var lists = [[UInt32]](repeating: [], count: areas.count)
    for (index, plan) in plans.enumerated() {
      let named =
        Int(
          plan.conditions.firstArea)..<Int(
          plan.conditions.firstArea + plan.conditions.areaCount)
      for area in Set(planAreas[named]) { lists[Int(area)].append(UInt32(index)) }
    }
    return lists
  }

  static func block<Element: BitwiseCopyable>(
    _ memory: Memory, _ elements: [Element]
  ) throws(OutOfMemory) -> Block<Element> {
    let block = try Block<Element>(memory, count: elements.count)
    for (index, element) in elements.enumerated() { (block.base + index).initialize(to: element) }
    return block
  }
}
