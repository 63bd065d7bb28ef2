// Clocks in Swift: what people do to them, and the events that stop them. Check, convert, call; holds no logic.

import HujiaDriver

/// One clock, and which of its firings a person saw.
public struct ClockSeen: Hashable, Sendable {
  public var clock: Clock
  /// 0 is enough for the clocks of assignments.
  public var incidentID: UInt64
  /// Of delivery, acknowledge, turnout, welfare and report; 0 for the others.
  public var assignmentID: UInt64
  /// Of absence; 0 for the others.
  public var watchID: UInt64
  public var step: Int32
  public var cycle: Int32

  public init(
    _ clock: Clock, incidentID: UInt64 = 0, assignmentID: UInt64 = 0, watchID: UInt64 = 0,
    step: Int32 = 0, cycle: Int32 = 0
  ) {
    self.clock = clock
    self.watchID = watchID
    self.incidentID = incidentID
    self.assignmentID = assignmentID
    self.step = step
    self.cycle = cycle
  }

  /// The firing that an escalation tells of; nil when the event is none.
  public init?(_ event: Event) {
    guard event.kind == .escalation, let clock = event.clock else { return nil }
    self.init(
      clock, incidentID: event.incidentID, assignmentID: event.assignmentID,
      watchID: event.watchID, step: event.step, cycle: event.cycle)
  }
}

/// What a clock is doing.
public struct ClockStatus: Sendable {
  public let state: State
  /// Of the last escalation; step 0 = none since the clock began.
  public let step: Int32
  public let cycle: Int32
  /// Of what comes next, UTC microseconds on the wall clock as it is now; nil = nothing.
  public let due_us: Int64?
}

/// The person behind an act, and the host's code of why. Both come back in the events of the act (`operatorID`,
/// `operatorReason`).
public struct Person: Hashable, Sendable {
  public var operatorID: UInt64
  public var reason: UInt32
  /// The host's number of the log-in or desk that the act came from, and its code of what the person acted as.
  public var sessionID: UInt64 = 0
  public var role: UInt32 = 0

  public init(operatorID: UInt64, reason: UInt32 = 0) {
    self.operatorID = operatorID
    self.reason = reason
  }
}

extension Act {
  init(_ person: Person?) {
    self.init(
      operatorID: person?.operatorID ?? 0, reason: person?.reason ?? 0, role: person?.role ?? 0,
      sessionID: person?.sessionID ?? 0)
  }
}

/// What became of an act on a clock that is no error.
public enum ClockAnswer: Sendable {
  case done
  /// It was so already.
  case unchanged
  /// The clock has moved on from what was seen; nothing was done.
  case passed
}

extension Engine {
  public func read(_ seen: ClockSeen) throws(HujiaError) -> ClockStatus {
    guard let reference = seen.reference else { throw .argument }
    return try with { driver in
      var reading = ClockReading()
      let status = driver.read(clock: reference, into: &reading)
      guard status == .ok else { return .failure(HujiaError(status)) }
      return .success(
        ClockStatus(
          state: ClockStatus.State(rawValue: reading.state.rawValue) ?? .none,
          step: reading.step, cycle: reading.cycle,
          due_us: reading.dueWall_us == 0 ? nil : reading.dueWall_us))
    }
  }

  /// A person takes an escalation: it climbs and repeats no more.
  @discardableResult
  public func take(
    _ seen: ClockSeen, operatorID: UInt64, reason: UInt32 = 0
  ) throws(HujiaError) -> ClockAnswer {
    try act(seen, Act(operatorID: operatorID, reason: reason)) { .takeClock($0) }
  }

  /// Puts the next step off, to so many seconds from now; needs a reason.
  @discardableResult
  public func snooze(
    _ seen: ClockSeen, for_s: UInt32, operatorID: UInt64, reason: UInt32
  ) throws(HujiaError) -> ClockAnswer {
    try act(seen, Act(operatorID: operatorID, reason: reason)) {
      .snoozeClock($0, for_ms: Int64(for_s) * 1_000)
    }
  }

  /// Fires the next step now.
  @discardableResult
  public func escalate(
    _ seen: ClockSeen, operatorID: UInt64, reason: UInt32 = 0
  ) throws(HujiaError) -> ClockAnswer {
    try act(seen, Act(operatorID: operatorID, reason: reason)) { .escalateClock($0) }
  }

  private func act(
    _ seen: ClockSeen, _ act: Act, _ change: (ClockReference) -> Change
  ) throws(HujiaError) -> ClockAnswer {
    guard let reference = seen.reference else { throw .argument }
    return try with { driver in
      var command = Command(change(reference), act: act)
      let status = driver.submit(&command)
      if status.isError || status == .full { return .failure(HujiaError(status)) }
      return .success(status == .passed ? .passed : status == .unchanged ? .unchanged : .done)
    }
  }

  /// A unit says that it is well.
  public func checkIn(unit id: UInt64, wall_us: Int64? = nil) throws(HujiaError) {
    try check { driver in
      driver.submit(.checkIn(unit: id, wall_us: wall_us ?? 0))
    }
  }

  /// Every channel to the unit failed.
  public func reportUndeliverable(_ assignmentID: UInt64) throws(HujiaError) {
    try check { driver in
      driver.submit(.undeliverable(assignment: assignmentID, wall_us: 0))
    }
  }

  /// The caller of a closed incident was asked how it went; `outcome`: the host's code, 0 = not stated.
  public func calledBack(
    _ incidentID: UInt64, outcome: Int32 = 0, by person: Person? = nil
  ) throws(HujiaError) {
    guard outcome >= 0 else { throw .argument }
    try check { driver in
      var command = Command(
        .callBack(incident: incidentID, outcome: outcome, wall_us: 0), act: Act(person))
      return driver.submit(&command)
    }
  }

  /// Says which agency leads.
  public func setLead(
    _ agency: UInt32, of incidentID: UInt64, by person: Person? = nil
  ) throws(HujiaError) {
    guard agency != 0 else { throw .argument }
    try check { driver in
      var command = Command(
        .setLead(incident: incidentID, agency: agency, wall_us: 0), act: Act(person))
      return driver.submit(&command)
    }
  }

  /// Moves the clocks of open incidents to the plans of now; how many incidents.
  @discardableResult
  public func migrateClocks() throws(HujiaError) -> UInt32 {
    var migrated: UInt32 = 0
    try check { driver in
      let result = driver.migrateClocks()
      migrated = result.migrated
      return result.status
    }
    return migrated
  }
}

extension ClockSeen {
  var reference: ClockReference? {
    guard let kind = ClockKind(rawValue: UInt8(clock.rawValue)),
      (kind == .absence) == (watchID != 0), step >= 0, cycle >= 0
    else { return nil }
    return ClockReference(
      clock: kind, incidentID: incidentID, assignmentID: assignmentID, watchID: watchID,
      step: step, cycle: cycle)
  }
}
