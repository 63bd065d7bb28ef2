// What comes after a step that fired: the next step of its chain, or the last one again. Clocks of incidents and those
// of watches go on alike.

/// Where a promise stands in its chain.
struct ChainPlace: BitwiseCopyable {
  /// The step that fires, 0-based, and the cycle of that firing.
  var step: Int32
  var cycle: Int32
  /// It is the last step again.
  var isRepeating: Bool
  /// When it is due: without a snooze, never "now".
  var due_ns: Int64
}

/// The steps of a clock, as the plans have them.
struct Chain: BitwiseCopyable {
  let policy: ClockPolicy
  private let tables: UnsafeMutablePointer<PlanTables>

  init(_ policy: ClockPolicy, in tables: UnsafeMutablePointer<PlanTables>) {
    self.policy = policy
    self.tables = tables
  }

  func step(_ index: Int32) -> Step { tables.pointee.step(policy, index) }

  /// What is due after `place` fired at `now_ns`; nil = the chain has come to its end. The next step is due at the due
  /// time of this one plus its delay. After the last step it repeats, in a cycle of its own; repeats that were slept
  /// through are one, not many.
  func next(after place: ChainPlace, at now_ns: Int64) -> ChainPlace? {
    var next = place
    if place.step + 1 < policy.stepCount {
      next.step = place.step + 1
      next.isRepeating = false
      next.due_ns = place.due_ns.adding(ms: step(next.step).after_ms)
      return next
    }
    guard policy.repeat_ms > 0 else { return nil }
    next.due_ns = place.due_ns.adding(ms: policy.repeat_ms)
    if next.due_ns <= now_ns {
      let repeat_ns = Int64(0).adding(ms: policy.repeat_ms)
      next.due_ns &+= (now_ns &- next.due_ns) / repeat_ns &* repeat_ns
      // This firing was a repeat itself, so it stands for all that were slept through.
      if place.isRepeating { next.due_ns = next.due_ns.adding(ms: policy.repeat_ms) }
    }
    next.isRepeating = true
    next.cycle = place.cycle &+ 1
    return next
  }

  /// Whether another step that is due by `until_ns` has the addressee of `place`: then that one stands for both. With
  /// `isLastResort` every step that comes is the last resort's. O(steps).
  func isOvertaken(_ place: ChainPlace, by until_ns: Int64, isLastResort: Bool = false) -> Bool {
    let told = step(place.step).action.addressee
    var place = place
    while let next = next(after: place, at: until_ns), next.due_ns <= until_ns {
      if isLastResort || step(next.step).action.addressee == told { return true }
      place = next
    }
    return false
  }
}
