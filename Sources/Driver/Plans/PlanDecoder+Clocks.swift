// Clocks and their chains: which run, what happens on breach, and where it is otherwise. A chain names actions, never
// another chain, so it has no cycles; what could never end or never come is refused here.

import HujiaEngine

extension PlanDecoder {
  private static let chainKeys = [
    "limit_s", "warn_before_s", "warn_percent", "steps", "repeat_s", "nobody", "last_resort",
    "snooze_max_s", "taken_s", "acknowledgements",
  ]

  mutating func readClocks(_ field: PlanField) throws(PlanError) {
    let clocks = try field.object(PlanWords.clocks.map(\.word))
    for clock in PlanWords.clocks {
      guard clocks.has(clock.word) else { continue }
      let index = Int(clock.value.rawValue)
      guard let value = clocks[clock.word] else {
        draft.chains[index] = Array(repeating: nil, count: PlanTables.tierCount)
        continue
      }
      let common = try value.object(Self.chainKeys + ["tiers"])
      if let chain = try chain(common, clock.value, base: nil, isRule: false) {
        draft.chains[index] = Array(repeating: chain, count: PlanTables.tierCount)
      }
      guard let tiers = common["tiers"] else { continue }
      let byTier = try tiers.object(PlanWords.tiers.map(\.word))
      for tier in PlanWords.tiers {
        guard let own = byTier[tier.word] else { continue }
        let members = try own.object(Self.chainKeys)
        if let chain = try chain(members, clock.value, base: nil, isRule: false) {
          draft.chains[index][Int(tier.value.rawValue)] = chain
        }
      }
    }
  }

  /// What a clock's entry says; with `base` it says only what is different. nil when it has no steps.
  private func chain(
    _ object: PlanObject, _ clock: ClockKind, base: PlanDraft.Chain?, isRule: Bool
  ) throws(PlanError) -> PlanDraft.Chain? {
    var chain =
      base
      ?? PlanDraft.Chain(limit_ms: Self.usualLimit_ms(clock), repeat_ms: 300_000, steps: [])
    if let steps = object["steps"] {
      chain.steps = try Self.steps(steps, clock)
    } else if chain.steps.isEmpty {
      guard isRule || object["tiers"] != nil else {
        throw object.field.wrong("\(object.field.path) has no steps: list what is done on breach")
      }
      return nil
    }
    if let limit = object["limit_s"] {
      guard isRule || ![.pending, .arrival, .resolve].contains(clock) else {
        throw limit.wrong("\(limit.path): this limit is the tier's; set it under tiers")
      }
      chain.limit_ms = try limit.seconds_ms(least_ms: 1)
    }
    if let value = object["repeat_s"] { chain.repeat_ms = try value.seconds_ms(least_ms: 1) }
    try Self.readManners(object, clock, &chain)
    let whole_ms = chain.steps.map(\.after_ms).reduce(max(chain.limit_ms, 0) + chain.repeat_ms, +)
    guard whole_ms <= Self.century_ms else {
      throw object.field.wrong(
        "\(object.field.path) takes more than 100 years to its end: shorten its delays")
    }
    return chain
  }

  private static let century_ms: Int64 = 3_155_760_000_000

  private static func steps(_ field: PlanField, _ clock: ClockKind) throws(PlanError) -> [Step] {
    var steps: [Step] = []
    for (index, element) in try field.elements().enumerated() {
      let step = try element.object(["after_s", "do"])
      let after_ms = try step["after_s"]?.seconds_ms(least_ms: index == 0 ? 0 : 1) ?? 0
      guard index == 0 || after_ms > 0 else {
        throw element.wrong("\(element.path) needs after_s: seconds after the step before")
      }
      let word = try step.require("do")
      let action = try word.word(PlanWords.steps)
      try refuseMisplaced(action, clock, word)
      steps.append(Step(after_ms: after_ms, action: action))
    }
    guard !steps.isEmpty, steps.count <= 64 else {
      throw field.wrong("\(field.path) needs 1 to 64 steps; to stop the clock give null")
    }
    return steps
  }

  private static func refuseMisplaced(
    _ action: StepAction, _ clock: ClockKind, _ field: PlanField
  ) throws(PlanError) {
    if clock != .absence, PlanWords.stepsOfWatchesOnly.contains(action) {
      throw field.wrong("\(field.path): only clocks.absence can do that, as it is about a watch")
    }
    if clock == .absence, PlanWords.stepsOfIncidentsOnly.contains(action) {
      throw field.wrong(
        "\(field.path): a watch has no unit on its way; known for it: home_officer, grid_worker, "
          + "supervisor, open_incident")
    }
    if action == .firstLeads, clock != .lead {
      throw field.wrong("\(field.path): only the clock \"lead\" sets who leads")
    }
    if action == .nextUnit, [.welfare, .report, .callback, .lead].contains(clock) {
      throw field.wrong(
        "\(field.path): this clock has no unit to replace: use \"backup\" or \"supervisor\"")
    }
  }

  /// Limits that are neither the tier's nor the unit kind's; -1 for those that are.
  private static func usualLimit_ms(_ clock: ClockKind) -> Int64 {
    switch clock {
    case .delivery, .acknowledge: return 15_000
    case .welfare: return 600_000
    case .report: return 1_800_000
    case .callback: return 86_400_000
    case .lead: return 60_000
    case .absence: return 72 * 3_600_000
    default: return -1
    }
  }

  /// What the chain of a watch has not.
  private static let ownManners = [
    "warn_before_s", "warn_percent", "nobody", "last_resort", "acknowledgements",
  ]

  private static func readManners(
    _ object: PlanObject, _ clock: ClockKind, _ chain: inout PlanDraft.Chain
  ) throws(PlanError) {
    if clock == .absence, let key = ownManners.first(where: { object[$0] != nil }) {
      throw object.field.wrong(
        "\(object.field.path).\(key): the chain of a watch has limit_s, steps, repeat_s, "
          + "snooze_max_s and taken_s only")
    }
    if let value = object["warn_before_s"] {
      let before_ms = try value.seconds_ms(least_ms: 1)
      guard object["warn_percent"] == nil else {
        throw value.wrong("\(value.path) and warn_percent are both there: keep one")
      }
      guard chain.limit_ms < 0 || before_ms < chain.limit_ms else {
        throw value.wrong(
          "\(value.path) is not before the limit's \(chain.limit_ms / 1_000) s: give less")
      }
      chain.manners.warnBefore_ms = before_ms
      chain.manners.warn_percent = 0
    }
    if let value = object["warn_percent"] {
      chain.manners.warn_percent = Int32(try value.integer(1...99))
      chain.manners.warnBefore_ms = -1
    }
    if let value = object["nobody"] { chain.manners.nobody = try value.word(PlanWords.nobody) }
    if let value = object["last_resort"] {
      chain.manners.lastResort = try value.word(PlanWords.steps)
      guard ![.nextUnit, .backup, .firstLeads].contains(chain.manners.lastResort) else {
        throw value.wrong("\(value.path) may find nobody again: name a person's step")
      }
    }
    if let value = object["snooze_max_s"] {
      chain.manners.snoozeMost_ms = try value.seconds_ms(least_ms: 0)
    }
    if let value = object["taken_s"] {
      chain.manners.taken_ms = try value.seconds_ms(least_ms: 1)
    }
    if let value = object["acknowledgements"] {
      guard clock == .acknowledge else {
        throw value.wrong("\(value.path): only the clock \"acknowledge\" counts signatures")
      }
      chain.manners.acknowledgements = Int32(try value.integer(1...16))
    }
  }

  mutating func readClockRules(_ field: PlanField) throws(PlanError) {
    let elements = try field.elements()
    guard elements.count <= 1_000 else {
      throw field.wrong("clock_rules has \(elements.count) entries: give at most 1,000")
    }
    for element in elements { try readClockRule(element) }
    if !isRecorded { try refuseShadowedRules(elements) }
  }

  private mutating func readClockRule(_ element: PlanField) throws(PlanError) {
    let conditions = ["types", "tiers", "areas", "hours", "days", "vulnerable"]
    let rule = try element.object(["name", "clock", "runs"] + conditions + Self.chainKeys)
    if let name = rule["name"] { _ = try name.string() }
    let clock = try rule.require("clock").word(PlanWords.clocks)
    guard clock != .absence else {
      throw element.wrong(
        "\(element.path): clocks.absence has no rules: use its tiers, or the limit of the watch")
    }
    var record = ClockRule(clock: clock)
    record.conditions = try readConditions(rule)
    draft.clockRules.append(record)
    guard try rule["runs"]?.bool() ?? true else {
      draft.ruleChains.append(Array(repeating: nil, count: PlanTables.tierCount))
      return
    }
    guard Self.chainKeys.contains(where: { rule[$0] != nil }) else {
      throw element.wrong("\(element.path) changes nothing: give a limit, steps or another key")
    }
    var chains: [PlanDraft.Chain?] = []
    for base in draft.chains[Int(clock.rawValue)] {
      chains.append(try chain(rule, clock, base: base, isRule: true))
    }
    guard chains.contains(where: { $0 != nil }) else {
      throw element.wrong(
        "\(element.path): the clock has no chain to change: give steps, or name it under clocks")
    }
    draft.ruleChains.append(chains)
  }
}
