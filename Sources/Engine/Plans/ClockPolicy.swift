// What a clock does when its limit passes, and for which incidents. Flat and validated, as all of the plans.

/// What happens to a step that finds nobody.
package enum NobodyRule: UInt8, BitwiseCopyable, Sendable {
  /// It is told, and the chain keeps its times.
  case keep = 0
  /// It is told, and the next step comes at once.
  case skip
}

/// One step of a chain: due `after_ms` after the step before (the first: after the limit).
package struct Step: BitwiseCopyable, Equatable, Sendable {
  package var after_ms: Int64
  package var action: StepAction
  package init(after_ms: Int64, action: StepAction) {
    self.after_ms = after_ms
    self.action = action
  }
}

/// What a chain does besides its steps.
package struct ClockManners: BitwiseCopyable, Equatable, Sendable {
  /// The warning comes so long before the limit; -1 = by share.
  package var warnBefore_ms: Int64 = -1
  /// The warning comes when this share of the limit has passed; 0 = no warning.
  package var warn_percent: Int32 = 0
  /// How many signatures end the acknowledge clocks of all units of the incident; 0 = each its own.
  package var acknowledgements: Int32 = 0
  /// How far a step may be put off from its due time; 0 = not at all.
  package var snoozeMost_ms: Int64 = 300_000
  /// How long a step that a person took stays quiet; 0 = until its clock stops.
  package var taken_ms: Int64 = 0
  package var nobody = NobodyRule.keep
  package var lastResort = StepAction.lastResort
  package init() {}
}

/// A clock's chain. `limit_ms` -1: the limit is the tier's (pending, arrival, resolve) or that of the unit's kind
/// (turnout). `repeat_ms`: the last step comes again after it.
package struct ClockPolicy: BitwiseCopyable, Equatable, Sendable {
  package var limit_ms: Int64
  package var repeat_ms: Int64
  package var firstStep: Int32
  package var stepCount: Int32
  package var manners: ClockManners
  package init(
    limit_ms: Int64, repeat_ms: Int64, firstStep: Int32, stepCount: Int32,
    manners: ClockManners = ClockManners()
  ) {
    self.limit_ms = limit_ms
    self.repeat_ms = repeat_ms
    self.firstStep = firstStep
    self.stepCount = stepCount
    self.manners = manners
  }

  /// When the warning of a limit comes; nil = never.
  func warning_ns(start_ns: Int64, breach_ns: Int64) -> Int64? {
    if manners.warnBefore_ms >= 0 {
      return breach_ns.subtracting(ms: manners.warnBefore_ms)
    }
    guard manners.warn_percent > 0 else { return nil }
    return start_ns &+ (breach_ns &- start_ns) / 100 &* Int64(manners.warn_percent)
  }
}

/// A clock has another chain or limit under these conditions.
package struct ClockRule: BitwiseCopyable, Sendable {
  package var clock: ClockKind
  package var conditions = Conditions()
  package init(clock: ClockKind) { self.clock = clock }
}
